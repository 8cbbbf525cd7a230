from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scene import git, packed
from sous.commands.findings import findings
from sous.errors import SousError
from sous.reports.memory import split_memory

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

CODE = {"app.py": "def add(a, b):\n    return a - b\n\n\ndef mul(a, b):\n    return a + b\n"}


def finding(title: str, line: int, quote: str, severity: str = "high") -> str:
    return (
        f"## {title}\n\n- **Labels:** bug\n- **Severity:** {severity}\n- **Location:** `app.py:{line}-{line}`\n\n"
        f"**Quote:**\n\n```python\n{quote}\n```\n\n**What is wrong:** It is.\n\n**How to fix:** Mend it.\n\n"
    )


ADD, MUL = finding("Adding subtracts", 2, "    return a - b"), finding("Mul adds", 6, "    return a + b", "low")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".mise.toml").touch()
    (tmp_path / "output.txt").write_text(packed(CODE))
    return tmp_path


def review(run: Run, project: Path, model: FakeModel, text: str) -> str:
    model.script = lambda _prompt: text
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--force", cwd=project)
    assert done.code == 0, done.err
    return done.err


def listed(run: Run, project: Path) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads(run("sous", "findings", "--json", cwd=project).out)
    return data


def test_a_dismissed_finding_stays_away_whatever_it_is_called(run: Run, project: Path, model: FakeModel) -> None:
    assert "2 new, 0 known" in review(run, project, model, ADD + MUL)
    shown = run("sous", "findings", cwd=project).out.splitlines()
    assert [line.split("  ", 1)[1] for line in shown] == [
        "high      app.py:2  Adding subtracts",
        "low       app.py:6  Mul adds",
    ]
    first = shown[0].split()[0]
    done = run("sous", "findings", "dismiss", first[:6], "--why", "on purpose", cwd=project)
    assert done.code == 0, done.err
    told = review(run, project, model, finding("Another title", 1, "  return a  -  b") + MUL)
    assert "0 new, 1 known, 1 dismissed by .sous/findings.jsonl (--all-findings shows them)" in told
    text = (project / "code-review.md").read_text()
    assert "Another title" not in text
    assert "Mul adds" in text
    assert "on purpose" in run("sous", "findings", "--all", cwd=project).out
    assert run("sous", "findings", "reopen", first, cwd=project).code == 0
    assert "0 new, 2 known" in review(run, project, model, ADD + MUL)
    assert {one["state"] for one in listed(run, project)} == {"open"}


def test_all_dismissed_is_said(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD)
    run("sous", "findings", "dismiss", listed(run, project)[0]["id"], "--why", "no", cwd=project)
    review(run, project, model, ADD)
    assert (project / "code-review.md").read_text().startswith("## No findings\n\nAll 1 that were found are dismissed.")


def test_code_that_changed_makes_it_new_and_the_old_one_fixed(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    (project / "output.txt").write_text(packed({"app.py": CODE["app.py"].replace("a - b", "b - a")}))
    told = review(run, project, model, finding("Adding subtracts", 2, "    return b - a") + MUL)
    assert "1 new, 1 known, 1 fixed since" in told
    assert sorted(one["state"] for one in listed(run, project)) == ["fixed", "open", "open"]


def test_a_finding_with_an_invented_quote_is_not_remembered(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, finding("Invented", 2, "    return nothing_like_that(x)"))
    assert listed(run, project) == []


def test_the_memory_is_sorted_and_shared(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    path = project / ".sous/findings.jsonl"
    lines = path.read_text().splitlines()
    assert lines == sorted(lines)
    assert "!findings.jsonl" in (project / ".sous/.gitignore").read_text()
    before = path.read_bytes()
    review(run, project, model, MUL + ADD)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "says", "code"),
    [
        (["dismiss"], "say which", 2),
        (["dismiss", "abc"], "say why", 2),
        (["dismiss", "zzz", "--why", "x"], "no finding is called 'zzz'", 1),
        (["list", "x"], "no such action", 2),
    ],
)
def test_bad_input_is_said(run: Run, project: Path, args: list[str], says: str, code: int) -> None:
    done = run("sous", "findings", *args, cwd=project)
    assert done.code == code
    assert says in done.err


def test_a_conflict_in_the_memory_is_named_and_nothing_is_lost(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD)
    path = project / ".sous/findings.jsonl"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> x\n")
    before = path.read_bytes()
    done = run("sous", "findings", cwd=project)
    assert "findings.jsonl:1: there is a merge conflict" in done.err
    model.script = lambda _prompt: MUL
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--force", cwd=project)
    assert done.code == 0
    assert path.read_bytes() == before
    assert "there is a merge conflict; fix the line or delete it; the findings of" in done.err
    assert "Mul adds" in (project / "code-review.md").read_text()


LINE = {"id": "abcdef", "state": "open", "report": "code-review", "title": "t", "severity": "high", "path": "a.py"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a\x1b[31mRED"}, {"id": ["x"]}, {"id": None}, {"id": 5}, {"id": "../x"}, {"state": "bogus\x1b]0;x\x07"},
        {"title": 5}, {"severity": {"a": 1}}, {"path": 3}, {"line": "7"}, {"why": None},
    ],
)  # fmt: skip
def test_a_line_that_is_no_finding_is_named(run: Run, project: Path, change: dict[str, object]) -> None:
    (project / ".sous").mkdir()
    (project / ".sous/findings.jsonl").write_text(f"{json.dumps(LINE)}\n{json.dumps({**LINE, **change})}\n")
    for args in (["--all"], ["--json"], ["dismiss", "ab", "--why", "x"]):
        done = run("sous", "findings", *args, cwd=project)
        assert done.code == 1
        assert "findings.jsonl:2: it is not a finding; fix the line or delete it" in done.err
        assert "\x1b" not in done.out + done.err


def test_after_a_merge_what_somebody_decided_holds(run: Run, project: Path) -> None:
    (project / ".sous").mkdir()
    lines = [json.dumps({**LINE, "state": state}) for state in ("open", "fixed", "dismissed", "fixed", "open")]
    (project / ".sous/findings.jsonl").write_text("\ufeff" + "\n".join(lines) + "\n", "utf-8")
    assert [one["state"] for one in listed(run, project)] == ["dismissed"]


def test_a_bundle_of_a_part_makes_nothing_fixed(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD)
    (project / "app.py").write_text(CODE["app.py"])
    (project / "output.txt").write_text(packed({"other.py": "x = 1\n"}))
    assert "fixed" not in review(run, project, model, "## No findings\n\nFine.\n")
    (project / "app.py").unlink()
    assert "1 fixed since" not in review(
        run, project, model, "## No findings\n\nFine.\n"
    )  # told only beside other findings
    assert [one["state"] for one in listed(run, project)] == ["fixed"]


@pytest.mark.parametrize(
    "quote",
    [
        "2:     return a - b\n3: \n4: \n5: def mul(a, b):",
        "    return a - b  # wrong\n\n\ndef mul(a, b):",
        "def add(a, b):\n    # the sum?\n    return a - b",
        "def add(a, b):\n    ...\ndef mul(a, b):",
    ],
)
def test_what_models_do_to_quotes_makes_nothing_fixed(run: Run, project: Path, model: FakeModel, quote: str) -> None:
    for _ in range(2):
        told = review(run, project, model, finding("Adding subtracts", 1, quote))
        assert "fixed" not in told
    assert "0 new, 1 known" in told
    assert [one["state"] for one in listed(run, project)] == ["open"]


def test_a_finding_whose_place_is_mended_is_known_by_it(run: Run, project: Path, model: FakeModel) -> None:
    (project / "output.txt").write_text(packed({**CODE, "lib/other.py": "VALUE = 3\n"}))
    review(run, project, model, ADD.replace("app.py:2-2", "lib/other.py:1-1"))
    assert "0 new, 1 known" in review(run, project, model, ADD)
    assert [(one["path"], one["line"]) for one in listed(run, project)] == [("app.py", 2)]


def test_a_report_with_other_line_ends_is_remembered(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, (ADD + MUL).replace("\n", "\r\n"))
    first = next(one["id"] for one in listed(run, project) if one["title"] == "Adding subtracts")
    run("sous", "findings", "dismiss", first, "--why", "no", cwd=project)
    assert "1 known, 1 dismissed by .sous/findings.jsonl" in review(
        run, project, model, (MUL + ADD).replace("\n", "\r\n").rstrip()
    )
    assert "Adding subtracts" not in (project / "code-review.md").read_text()


@pytest.mark.parametrize("place", ["app.py:" + "9" * 5000, "app.py:1-" + "9" * 5000, "app.py:0-0"])
def test_lines_beyond_all_counting_lose_no_report(run: Run, project: Path, model: FakeModel, place: str) -> None:
    review(run, project, model, ADD.replace("app.py:2-2", place) + f"```{place}\nx\n```\n[x](app.py#L{'9' * 5000})\n")
    assert "Adding subtracts" in (project / "code-review.md").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_go_round_or_out_lose_no_report(run: Run, project: Path, model: FakeModel, tmp_path: Path) -> None:
    (project / "loop.py").symlink_to("loop.py")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "findings.jsonl").write_text(json.dumps(LINE) + "\n")
    (project / ".sous").symlink_to(elsewhere.parent.parent)
    told = review(run, project, model, f"{ADD}See `loop.py:3` and `loop.py`.\n")
    assert "is a link; remove it" in told
    assert "Adding subtracts" in (project / "code-review.md").read_text()
    done = run("sous", "findings", cwd=project)
    assert (done.code, "is a link; remove it" in done.err) == (1, True)


def test_in_a_folder_each_finding_is_a_file_and_merges(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    before = (project / ".sous" / "findings.jsonl").read_text().splitlines()
    ids = [one["id"] for one in listed(run, project)]
    assert split_memory(project)
    assert not split_memory(project)
    folder = project / ".sous" / "findings"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{one}.json" for one in ids)
    assert sorted(path.read_text().strip() for path in folder.iterdir()) == sorted(before)
    assert not (project / ".sous" / "findings.jsonl").exists()
    git(project, "init", "-q")
    git(project, "add", ".sous")
    git(project, "commit", "-qm", "start")
    for at, branch in enumerate(("one", "two")):
        git(project, "switch", "-q", "-c", branch, "main")
        assert run("sous", "findings", "dismiss", ids[at], "--why", branch, cwd=project).code == 0
        review(run, project, model, ADD + MUL + finding("New", 1 + 4 * at, f"def {('add', 'mul')[at]}(a, b):"))
        git(project, "add", ".sous")
        git(project, "commit", "-qm", branch)
    git(project, "merge", "-q", "one")
    states = {one["id"]: (one["state"], one["why"]) for one in listed(run, project)}
    assert (states[ids[0]], states[ids[1]]) == (("dismissed", "one"), ("dismissed", "two"))
    assert "2 dismissed" in review(run, project, model, ADD + MUL)


def test_a_folder_of_findings_is_not_packed(run: Run, repo: Path) -> None:
    assert not split_memory(repo)
    (repo / ".sous" / "findings" / "0123456789ab.json").write_text("{}\n")
    git(repo, "add", ".sous")
    assert "findings" not in run("sous", "bundle", "-o", "-", cwd=repo).out


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("0123456789ab.json", "<<<<<<< ours\n", "there is a merge conflict"),
        ("0123456789ab.json", "{}\n", "it is not a finding"),
        ("ffff.json", '{"id": "0123", "state": "open", "report": "r", "title": "t"}\n', "contains another finding"),
    ],
)
def test_a_file_that_is_no_finding_is_named(run: Run, project: Path, name: str, text: str, told: str) -> None:
    split_memory(project)
    (project / ".sous" / "findings" / name).write_text(text)
    done = run("sous", "findings", cwd=project)
    assert (done.code, f".sous/findings/{name}" in done.err, told in done.err) == (1, True, True), done.err


def test_deciding_marks_the_finding_in_each_report_that_lists_it(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    (project / "issues.md").write_text(MUL + ADD)
    (project / "missing-tests.md").write_bytes(b"\0 no report")
    known = {one["title"]: one["id"] for one in listed(run, project)}
    done = run("sous", "findings", "dismiss", known["Mul adds"], "--why", "on purpose", cwd=project)
    assert "marked as skipped in code-review.md, issues.md" in done.err
    assert [line.split()[1] for line in run("sous", "items", "issues.md", cwd=project).out.splitlines()] == ["[-]", "["]
    done = run("sous", "findings", "reopen", known["Mul adds"], cwd=project)
    assert "marked as open in code-review.md, issues.md" in done.err
    assert "[-]" not in (project / "code-review.md").read_text()


def test_a_report_that_cannot_be_marked_is_named(
    run: Run, project: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review(run, project, model, ADD)

    def refuse(*_: object) -> None:
        raise SousError("it is locked")

    monkeypatch.setattr("sous.runner.by_hand.set_states", refuse)
    known = listed(run, project)[0]["id"]
    findings.main(["dismiss", known, "--why", "so", "--root", str(project)], standalone_mode=False)
    told = capsys.readouterr().err
    assert "not marked in code-review.md: it is locked" in told
    assert "marked as skipped" not in told


def test_what_no_report_lists_is_made_anew(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD)
    first = listed(run, project)[0]["id"]
    (project / "code-review.md").unlink()
    done = run("sous", "findings", "reopen", first, cwd=project)
    assert "`sous code-review --force` lists them again" in done.err


def test_another_report_sees_too_that_the_quote_is_gone(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    (project / "output.txt").write_text(packed({"app.py": CODE["app.py"].replace("a - b", "b - a")}))
    model.script = lambda _prompt: MUL
    done = run("sous", "github-issues", "output.txt", "-m", "scripted", cwd=project)
    assert "1 known, 1 fixed since" in done.err
    assert {one["title"]: one["state"] for one in listed(run, project)} == {
        "Adding subtracts": "fixed",
        "Mul adds": "open",
    }


def test_a_report_counts_what_it_lists(run: Run, project: Path, model: FakeModel) -> None:
    review(run, project, model, ADD + MUL)
    run("sous", "findings", "dismiss", listed(run, project)[0]["id"], "--why", "no", cwd=project)
    assert "code-review.md: 1 finding;" in review(run, project, model, ADD + MUL)
