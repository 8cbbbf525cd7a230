"""`sous fleet`: each repository in a process of its own, done once, paid once, and shown."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from scene import SOUS, committed, git, write_tree
from sous.fleet.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from fake_forge import FakeForge
    from fake_model import FakeModel
    from scene import Run

BAD = "def add(a, b):\n    try:\n        return a - b\n    except:\n        pass\n"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder with three repositories and a list of them."""
    folder = tmp_path / "work"
    for name in ("a", "b", "c"):
        committed(
            tmp_path / "origins" / name, {"app.py": BAD.replace("add", f"add_{name}"), "README.md": f"# {name}\n"}
        )
    lines = "".join(f"{(tmp_path / 'origins' / name).as_uri()} {'web' if name < 'c' else 'api'}\n" for name in "abc")
    write_tree(folder, {"repos.txt": lines})
    return folder


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("fleet/repos/*/*/result.json"))


def index_of(folder: Path) -> Any:
    return json.loads((folder / "fleet" / "index.json").read_text())


def test_reports_of_all_and_the_second_run_does_nothing_again(three: Path, run: Run) -> None:
    done = run("sous", "fleet", "code-review", "check", "repos.txt", cwd=three)
    assert done.code == 0, done.err
    assert "3 repositories: 3 done; findings: 3 medium; see fleet/index.html" in done.err
    assert len(results(three)) == 6
    index = index_of(three)
    assert [row["state"] for row in index["repositories"]] == ["done"] * 3
    assert [one["count"] for one in index["shared"]] == [3] or index["shared"] == []
    for row in index["repositories"]:
        for path in (path for task in row["tasks"].values() for path in task["files"]):
            assert (three / "fleet" / path).is_file()
    stamps = [path.stat().st_mtime_ns for path in results(three)]
    again = run("sous", "fleet", "code-review", "check", "repos.txt", cwd=three)
    assert "3 done (3 as they were)" in again.err
    assert [path.stat().st_mtime_ns for path in results(three)] == stamps


def test_a_new_commit_is_looked_at_anew(three: Path, run: Run) -> None:
    run("sous", "fleet", "code-review", "repos.txt", "-q", cwd=three)
    write_tree(three.parent / "origins" / "a", {"app.py": "def add_a(a, b):\n    return a + b\n"})
    git(three.parent / "origins" / "a", "commit", "-qam", "mended")
    done = run("sous", "fleet", "code-review", "repos.txt", cwd=three)
    assert "3 done (2 as they were)" in done.err
    (row,) = [row for row in index_of(three)["repositories"] if row["name"].endswith("/a")]
    assert (row["new"], row["gone"], row["severities"]) == (0, 1, {})


def test_one_that_cannot_be_fetched_does_not_stop_the_others(three: Path, run: Run) -> None:
    with (three / "repos.txt").open("a") as stream:
        stream.write((three.parent / "origins" / "gone").as_uri())
    done = run("sous", "fleet", "bundle", "repos.txt", cwd=three)
    assert done.code == 0
    assert "3 done, 1 failed" in done.err
    assert "origins/gone failed: cannot fetch" in done.err
    status = run("sous", "fleet", "status", cwd=three)
    assert status.code == 0
    assert re.search(r"origins/gone +failed", status.out)
    only = run("sous", "fleet", "bundle", "repos.txt", "--failed", "--json", "-q", cwd=three)
    assert only.code == 1
    assert "the only repository failed: cannot fetch" in only.err
    assert len(json.loads(only.out)["repositories"]) == 4


def test_only_those_that_are_meant(three: Path, run: Run) -> None:
    done = run("sous", "fleet", "bundle", "repos.txt", "--tag", "web", "--only", "*/b", cwd=three)
    assert "1 repository: 1 done" in done.err
    assert [path.parent.parent.name.rpartition("-")[0] for path in results(three)] == ["origins-b"]
    none = run("sous", "fleet", "bundle", "repos.txt", "--since", "2999-01-01", cwd=three)
    assert "3 unchanged" in none.err
    wrong = run("sous", "fleet", "bundle", "repos.txt", "--since", "last week", cwd=three)
    assert wrong.code == 2


def test_nothing_of_a_repository_is_obeyed(three: Path, run: Run, tmp_path: Path) -> None:
    origin = three.parent / "origins" / "a"
    write_tree(
        origin,
        {
            ".mise.toml": f'[env]\nSOUS_MODEL = "evil"\n[_.sous]\nmodel = "evil"\npacker = "touch {tmp_path}/ran"\n',
            ".gitattributes": "* filter=evil\n",
            ".git/hooks/post-checkout": f"#!/bin/sh\ntouch {tmp_path}/ran\n",
        },
    )
    (origin / ".git/hooks/post-checkout").chmod(0o755)
    (origin / "link").symlink_to("/etc/passwd")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "evil")
    done = run("sous", "fleet", "bundle", "code-review", "repos.txt", "--only", "*/a", cwd=three)
    assert done.code == 0, done.err
    assert not (tmp_path / "ran").exists()
    (bundle,) = three.glob("fleet/repos/*/bundle-*/output.txt")
    assert "root:" not in bundle.read_text()


def test_options_of_a_repository_hold_for_it_alone(three: Path, run: Run) -> None:
    origins = three.parent / "origins"
    table = "".join(
        f'[[repository]]\naddress = "{(origins / name).as_uri()}"\n{more}\n'
        for name, more in (("a", 'options = { ignore = ["README.md"] }'), ("b", ""))
    )
    write_tree(three, {"repos.toml": table})
    run("sous", "fleet", "bundle", "repos.toml", "-q", cwd=three)
    held = {path.parent.parent.name[:9]: '<file path="README.md">' in path.read_text()
            for path in three.glob("fleet/repos/*/*/output.txt")}  # fmt: skip
    assert held == {"origins-a": False, "origins-b": True}
    write_tree(three, {"repos.toml": table.replace("ignore", "ignores")})
    wrong = run("sous", "fleet", "bundle", "repos.toml", cwd=three)
    assert "repository 1: options are a table with allow_secrets, budget" in wrong.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Missing argument"),
        (("repos.txt",), "repos.txt is not a task; name one or more first"),
        (("code-review",), "name the repositories after the tasks"),
        (("code-review", "gone.txt"), "gone.txt is neither a file nor a folder"),
        (("security-review", "repos.txt"), "static analysis makes no security-review"),
        (("bundle", "repos.txt", "--only", "x"), "no repository is chosen"),
        (("bundle", "repos.txt", "--tag", "x"), "no repository is chosen: look at the list (it has the tags api, web)"),
        (("bundle", "repos.txt", "-o", "."), "contains other files"),
        (("readme", "repos.txt", "--verify", "gpt-4"), "--verify asks whether faults are real, and readme names none"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_done(
    three: Path, run: Run, words: tuple[str, ...], told: str
) -> None:
    done = run("sous", "fleet", "run", *words, cwd=three)
    assert done.code in (1, 2)
    assert told in done.err
    assert results(three) == []


def test_two_at_once_in_one_folder(three: Path, run: Run) -> None:
    from sous.fleet.place import FleetFolder
    from sous.locks import locked

    folder = FleetFolder(three / "fleet")
    folder.begin()
    with locked(folder.lock) as got:
        assert got
        done = run("sous", "fleet", "bundle", "repos.txt", cwd=three)
    assert done.code == 1
    assert "another `sous fleet` is at work in fleet" in done.err


def test_a_model_is_asked_once_for_each_and_a_limit_holds_over_all(three: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    asked = ("fleet", "code-review", "repos.txt", "-m", "gpt-4", "-j", "2")
    dry = run("sous", *asked, "--dry-run", cwd=three, env=env)
    assert dry.code == 0, dry.err
    assert len(model.requests) == 0
    (most,) = re.findall(r"at most \$([\d.]+)", dry.out)
    none = run("sous", *asked, "--max-cost", "0.01", cwd=three, env=env)
    assert none.code == 4
    assert "3 repositories not done: it may cost" in none.err
    assert len(model.requests) == 0
    some = run("sous", *asked, "--max-cost", str(float(most) / 3 * 1.1), cwd=three, env=env)
    assert some.code == 0, some.err  # what each really costs is far less than what it might
    assert len(model.requests) == 3
    again = run("sous", *asked, cwd=three, env=env)
    assert "3 done (3 as they were)" in again.err
    assert len(model.requests) == 3
    keys = [path for path in (three / "fleet").rglob("*") if path.is_file() and b"OPENAI_API_KEY" in path.read_bytes()]
    assert keys == []


def test_second_opinions_are_paid_within_the_limit(run: Run, repo: Path, tmp_path: Path, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    model.script = lambda prompt: "1: real: it is\n" if "# Finding 1" in prompt else ISSUES
    asked = ("fleet", "code-review", str(repo), "-m", "gpt-4", "--verify", "gpt-4o")
    most = [
        float(re.findall(r"at most \$([\d.]+)", run("sous", *words, "-n", cwd=tmp_path, env=env).out)[0])
        for words in (asked[:-2], asked)
    ]
    assert most[0] < most[1]
    done = run("sous", *asked, "--max-cost", str(most[1] * 1.01), cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert [body["model"] for body in model.requests] == ["gpt-4", "gpt-4o"]
    (row,) = index_of(tmp_path)["repositories"]
    assert row["tasks"]["code-review"]["findings"][0]["opinion"] == "real"
    lines = [json.loads(line) for line in (tmp_path / "fleet/ledger.jsonl").read_text().splitlines()]
    assert sum(float(line["dollars"]) for line in lines if "settle" in line) == pytest.approx(float(row["dollars"]))


def test_a_limit_that_is_reached_ends_the_run_and_the_next_goes_on(three: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    asked = ("fleet", "code-review", "repos.txt", "-m", "gpt-4", "-j", "2")
    dry = run("sous", *asked, "--dry-run", cwd=three, env=env)
    most = float(re.findall(r"at most \$([\d.]+)", dry.out)[0]) / 3
    model.written = round(most * 0.8 / 60e-6)  # each costs most of what it may
    limit = 2.2 * most
    some = run("sous", *asked, "--max-cost", f"{limit:.4f}", cwd=three, env=env)
    assert (some.code, len(model.requests)) == (4, 2), some.err
    assert "3 repositories: 2 done, 1 not done" in some.err
    assert "1 repository not done: it may cost" in some.err
    spent = Ledger(three / "fleet/ledger.jsonl").spent
    assert 1.5 * most < float(spent) <= limit
    assert [row["state"] for row in index_of(three)["repositories"]].count("left") == 1
    same = run("sous", *asked, "--max-cost", f"{limit:.4f}", cwd=three, env=env)
    assert (same.code, len(model.requests)) == (4, 2), "what was spent counts in the next run"
    more = run("sous", *asked, "--max-cost", f"{3 * most:.4f}", cwd=three, env=env)
    assert (more.code, len(model.requests)) == (0, 3), more.err
    total = float(index_of(three)["totals"]["dollars"])
    assert float(spent) < total <= 3 * most


def test_a_price_that_nobody_knows_cannot_be_limited(three: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "fleet", "code-review", "repos.txt", "-m", "ok", "--max-cost", "1", cwd=three)
    assert done.code == 4
    assert "the price of ok is not known, so --max-cost cannot be enforced" in done.err
    assert not model.requests


def test_all_failed_is_no_success(three: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "fleet", "code-review", "repos.txt", "-m", "empty", cwd=three)
    assert done.code == 1
    assert "all 3 repositories failed" in done.err
    write_tree(three, {"gone.txt": (three / "gone").as_uri()})
    dry = run("sous", "fleet", "bundle", "gone.txt", "--dry-run", cwd=three)
    assert dry.code == 1, "nothing of what would be done can be"
    assert "the only repository failed" in dry.err


def test_findings_of_a_severity_fail_where_that_is_asked_for(three: Path, run: Run) -> None:
    done = run("sous", "fleet", "code-review", "repos.txt", "--fail-on", "medium", cwd=three)
    assert done.code == 1
    assert "findings of medium or worse in 3 repositories" in done.err
    assert run("sous", "fleet", "status", "--fail-on", "high", cwd=three).code == 0


def test_what_is_killed_between_answer_and_report_is_not_paid_twice(three: Path, run: Run, model: FakeModel) -> None:
    asked = [*SOUS, "fleet", "code-review", "repos.txt", "-m", "slow", "-j", "3", "-q"]
    with subprocess.Popen(asked, cwd=three, stderr=subprocess.DEVNULL) as job:
        until = time.monotonic() + 60
        while len(model.requests) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        job.kill()
    until = time.monotonic() + 60
    while len(results(three)) < 3 and time.monotonic() < until:
        time.sleep(0.1)  # the children end what they do, whether anybody waits for it or not
    asked_for = len(model.requests)
    again = run("sous", "fleet", "code-review", "repos.txt", "-m", "slow", cwd=three)
    assert "3 done (3 as they were)" in again.err
    assert len(model.requests) == asked_for == 3


ISSUES = """## Adding gives the difference

- **Labels:** bug
- **Severity:** high
- **Location:** `src/app.py:1-2`

```python
def add(a, b):
    return a - b
```
"""


def test_issues_are_posted_once_to_the_repository_of_each(
    forge: FakeForge, repo: Path, tmp_path: Path, run: Run, model: FakeModel
) -> None:
    git(repo, "remote", "add", "origin", "git@github.com:o/r.git")
    model.script = lambda _: ISSUES
    made = run("sous", "fleet", "github-issues", str(repo), "-m", "scripted", cwd=tmp_path)
    assert made.code == 0, made.err
    dry = run("sous", "fleet", "post", "--dry-run", cwd=tmp_path)
    assert dry.out.splitlines() == [
        "repo: 1 to create, 0 to update, 0 to leave", "  create Adding gives the difference",
    ]  # fmt: skip
    refused = run("sous", "fleet", "post", cwd=tmp_path)
    assert (refused.code, len(forge.issues)) == (1, 0)
    assert "pass --yes" in refused.err
    done = run("sous", "fleet", "post", "--yes", cwd=tmp_path)
    assert done.out.splitlines() == ["https://forge.example/o/r/issues/1"]
    again = run("sous", "fleet", "post", "--yes", cwd=tmp_path)
    assert "nothing to post" in again.err
    assert len(forge.issues) == 1


def test_who_cannot_be_posted_to_is_named(three: Path, run: Run, model: FakeModel) -> None:
    model.script = lambda _: ISSUES
    run("sous", "fleet", "github-issues", "repos.txt", "-m", "scripted", "-q", cwd=three)
    done = run("sous", "fleet", "post", "--dry-run", cwd=three)
    assert len(re.findall(r"origins/[abc]: file:///.* names no host, so sous cannot post there", done.out)) == 3
    assert "nothing to post" in done.err
    assert done.code == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_all_in_order(three: Path, run: Run, model: FakeModel) -> None:
    asked = [*SOUS, "fleet", "code-review", "repos.txt", "-m", "slow", "-j", "1"]
    with subprocess.Popen(asked, cwd=three, stderr=subprocess.PIPE, text=True) as job:
        until = time.monotonic() + 60
        while not model.requests and time.monotonic() < until:
            time.sleep(0.05)
        job.send_signal(signal.SIGINT)
        _, told = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "waiting for 1 that is being done" in told
    assert "1 done, 2 not done" in told
    done = run("sous", "fleet", "code-review", "repos.txt", "-m", "slow", cwd=three)
    assert "3 done (1 as they were)" in done.err
    assert len(model.requests) == 3


def test_one_that_never_ends_is_ended(three: Path, run: Run) -> None:
    with socket.socket() as listener:  # nobody ever answers
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with (three / "repos.txt").open("a") as stream:
            stream.write(f"http://127.0.0.1:{listener.getsockname()[1]}/o/hangs.git")
        done = run("sous", "fleet", "bundle", "repos.txt", "--timeout", "3", cwd=three)
    assert "o/hangs failed: it exceeded --timeout and was stopped" in done.err
    assert "3 done, 1 failed" in done.err


def test_the_ledger_has_what_it_cost(three: Path, run: Run, model: FakeModel) -> None:
    env = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "x"}
    run("sous", "fleet", "code-review", "repos.txt", "-m", "gpt-4", "-q", cwd=three, env=env)
    lines = [json.loads(line) for line in (three / "fleet/ledger.jsonl").read_text().splitlines()]
    spent = [float(line["dollars"]) for line in lines if "settle" in line]
    assert len(spent) == 3
    assert sum(spent) == pytest.approx(float(index_of(three)["totals"]["dollars"]))
    assert Ledger(three / "fleet/ledger.jsonl").spent == 0
