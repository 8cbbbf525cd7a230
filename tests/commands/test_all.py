"""Five reports at once."""

from __future__ import annotations

import re
import subprocess
import time
from typing import TYPE_CHECKING

from scene import SOUS
from sous.names import REPORTS

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run


def test_all_writes_five_reports_and_a_table(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "all", "-m", "ok", cwd=repo)
    assert done.code == 0, done.err
    assert len(model.requests) == 5
    for report in REPORTS.values():
        if not report.is_of_all:
            assert not (repo / report.output).exists()
            continue
        name = "README.generated.md" if report.command == "readme" else report.output
        assert "Adding gives the difference" in (repo / name).read_text()
        assert re.search(rf"^{name} +written +1,000 +640 +50 +price unknown +[\d.]+ s$", done.err, re.MULTILINE)


def test_all_leaves_a_readme_that_sous_did_not_write(repo: Path, run: Run, model: FakeModel) -> None:
    before = (repo / "README.md").read_text()
    done = run("sous", "all", "-m", "ok", cwd=repo)
    assert "README.md was left as it is, sous did not write it; the text is in README.generated.md\n" in done.err
    assert (repo / "README.md").read_text() == before
    assert model.requests


def test_all_again_sends_nothing(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "all", "-m", "ok", cwd=repo)
    done = run("sous", "all", "-m", "ok", cwd=repo)
    assert done.code == 0, done.err
    assert done.err.count("up to date") == 10  # said, and in the table
    assert len(model.requests) == 5


def test_one_that_fails_does_not_stop_the_others(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "issues.md").write_text("mine\n")
    (repo / "src" / "app.py").write_text("fresh = 1\n")
    done = run("sous", "all", "-m", "ok", cwd=repo)
    assert done.code == 1
    assert "Error: 1 of 5 reports failed: github-issues" in done.err
    assert re.search(r"^issues.md +failed$", done.err, re.MULTILINE)
    assert "\nto decide: issues.md was not written: `sous github-issues`\n" in done.err
    assert "\nto decide: code-review.md has 2 unproven references: `sous check code-review.md`\n" in done.err
    assert "github-issues: issues.md exists and was not written by sous" in done.err
    assert (repo / "issues.md").read_text() == "mine\n"
    assert (repo / "code-review.md").exists()
    assert len(model.requests) == 4


def test_the_first_is_asked_alone_until_it_answers(repo: Path, run: Run, model: FakeModel) -> None:
    run("sous", "all", "-m", "think", cwd=repo)
    first, *others = model.times
    assert all(one - first >= 0.9 for one in others)
    assert max(others) - min(others) < 0.8
    bundles = {prompt.partition("Everything above this line is the bundle")[0] for prompt in model.prompts()}
    assert len(bundles) == 1


def test_parts_are_the_same_for_all_tasks_and_follow_each_other(repo: Path, run: Run, model: FakeModel) -> None:
    for number in range(8):
        (repo / f"m{number}.py").write_text("".join(f"name_{number}_{line} = {line}\n" for line in range(300)))
    run("sous", "all", "-m", "ok", "--context-window", "9000", "--jobs", "1", cwd=repo)
    parts = [prompt.partition("Everything above this line")[0] for prompt in model.prompts()][
        :-1
    ]  # the last is a README's
    assert len(set(parts)) * 5 == len(parts)
    assert [parts[at] for at in range(0, len(parts), 5)] == list(dict.fromkeys(parts))


def test_two_at_once_take_turns_and_pay_once(repo: Path, model: FakeModel) -> None:
    argv = [*SOUS, "all", "-m", "slow"]
    with subprocess.Popen(argv, cwd=repo, stderr=subprocess.PIPE, text=True) as one:
        while not model.requests:
            time.sleep(0.02)
        two = subprocess.run(argv, cwd=repo, capture_output=True, text=True, check=False, timeout=60)
        assert one.wait() == 0
    assert two.returncode == 0, two.stderr
    assert re.search(r"waiting for `sous all` \(process \d+\), which is writing ", two.stderr)
    assert "up to date" in two.stderr
    assert len(model.requests) == 5


def test_several_reports_do_not_go_to_stdout(repo: Path, run: Run, model: FakeModel) -> None:
    assert run("sous", "all", "-", "-m", "ok", cwd=repo, input="x").code == 2
    assert not model.requests


def test_a_dry_run_shows_all(repo: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "all", "-m", "ok", "--dry-run", cwd=repo)
    assert done.code == 0
    assert done.out.count("model:   ok") == 5
    assert not model.requests


def test_without_a_model_the_table_has_no_tokens_and_a_readme_of_others_is_not_called_written(
    repo: Path, run: Run
) -> None:
    (repo / "README.md").write_text("# Mine\n")
    done = run("sous", "all", "-m", "sous-static", cwd=repo)
    assert done.code == 0, done.err
    assert re.search(r"^report +status +time$", done.err, re.MULTILINE)
    assert re.search(r"^README.generated.md +written ", done.err, re.MULTILINE)


def test_a_dry_run_names_each_report(repo: Path, run: Run) -> None:
    done = run("sous", "all", "-m", "sous-static", "--dry-run", cwd=repo)
    assert [line.split()[1] for line in done.out.splitlines() if line.startswith("report:")] == [
        report.command for report in REPORTS.values() if report.is_of_all
    ]
