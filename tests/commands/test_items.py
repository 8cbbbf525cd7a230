"""`sous items`, as a real process."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from listed import TWO
from scene import SOUS, in_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run


@pytest.fixture
def items(run: Run, repo: Path) -> Callable[..., Done]:
    (repo / "issues.md").write_text(TWO)

    def go(*args: str, **more: object) -> Done:
        return run("sous", "items", *args, cwd=repo, **more)

    return go


def test_a_list_for_people_and_for_machines(items: Callable[..., Done]) -> None:
    done = items()

    assert done.code == 0, done.err
    assert [line.split("  ", 3)[:3] for line in done.out.splitlines()] == [
        ["1", "[ ]", "high"],
        ["2", "[ ]", "high"],
    ]
    assert "issues.md: 2 items, 2 open" in done.err
    data = json.loads(items("issues.md", "--json").out)
    known = ["number", "id", "title", "severity", "state", "labels", "location", "body"]
    assert list(data[0]) == [*known, "line", "confidence"]
    assert data[1]["title"] == "Nothing is added"


def test_the_newest_report_is_the_default(items: Callable[..., Done], repo: Path) -> None:
    time.sleep(0.01)
    (repo / "missing-tests.md").write_text("## Issue 1: One\n")

    assert "missing-tests.md: 1 item, 1 open" in items().err


def test_ticks(items: Callable[..., Done], repo: Path) -> None:
    ident = json.loads(items("--json").out)[1]["id"]
    assert "1: Adding gives the difference: done" in items("done", "1").err
    assert (repo / "issues.md").read_text() == TWO.replace("## Adding", "## [x] Adding")
    assert items("next").out.startswith("## Nothing is added")
    items("skip", ident[:6])
    assert "all 2 items of issues.md are done or skipped" in items("next").err
    items("reopen", "1", "2")
    assert (repo / "issues.md").read_text() == TWO


def test_an_item_with_its_code(items: Callable[..., Done], repo: Path) -> None:
    (repo / "src" / "other.py").write_text("x = 1\n")
    done = items("show", "1", "--context")

    assert done.code == 0, done.err
    assert '<file path="src/app.py">\n1: def add(a, b):\n2:     return a - b\n</file>' in done.out
    assert "other.py" not in done.out
    assert "with the file that it names" in done.err
    whole = items("show", "1", "--whole")
    assert '<file path="src/other.py">' in whole.out
    assert whole.out.rstrip().endswith("is 0.")
    small = items("show", "1", "--whole", "--limit", "10")
    assert (small.code, "--limit allows more" in small.err) == (4, True)


def test_a_file_that_is_too_long_gives_the_lines_around(items: Callable[..., Done], repo: Path) -> None:
    filler = "".join(f"VALUE_{number} = {number}\n" for number in range(3000))
    (repo / "src" / "app.py").write_text("def add(a, b):\n    return a - b\n" + filler)
    done = items("show", "1", "--context", "--limit", "1500")

    assert "VALUE_50" in done.out
    assert "VALUE_500 " not in done.out


def test_an_item_that_names_nothing_comes_with_the_bundle(items: Callable[..., Done], repo: Path) -> None:
    (repo / "issues.md").write_text("## Issue 1: Make it better\n\nText.\n")

    assert "with the whole bundle" in items("show", "1", "--context").err


def test_copying(items: Callable[..., Done], fake_bin: Callable[[str, str], Path], repo: Path) -> None:
    fake_bin("xclip", f"open({str(repo / 'clip.log')!r}, 'wb').write(sys.stdin.buffer.read())")
    done = items("copy", "next", "--context", env={"DISPLAY": ":7"})

    assert done.code == 0, done.err
    assert (
        "1 of 2: Adding gives the difference: copied to the clipboard (xclip), with the file that it names" in done.err
    )
    assert (repo / "clip.log").read_text().startswith("## Adding gives the difference")


def test_without_a_clipboard_the_command_that_prints_is_named(items: Callable[..., Done], tmp_path: Path) -> None:
    done = items("copy", "next", env={"PATH": str(tmp_path)})
    assert done.code == 1
    assert "no clipboard here: install wl-copy, xclip or xsel; `sous items show 1` prints it" in done.err


WRONG = {
    ("show",): "say which: sous items show N",
    ("show", "9"): "issues.md has no item 9",
    ("show", "abcd"): "has no item abcd",
    ("frobnicate", "1"): "unknown action frobnicate",
    ("next", "7"): "there is no file '7'",
    ("show", "1", "2"): "takes one item",
    ("done", "1", "gone.md"): "cannot read",
    ("--context",): "go with copy, show or next",
    ("pick",): "needs a terminal",
}


@pytest.mark.parametrize("args", WRONG)
def test_what_is_wrong_is_told_in_one_line(items: Callable[..., Done], repo: Path, args: tuple[str, ...]) -> None:
    done = items(*args)

    assert done.code in (1, 2)
    assert WRONG[args] in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert (repo / "issues.md").read_text() == TWO


def test_no_items(items: Callable[..., Done], repo: Path) -> None:
    (repo / "text.md").write_text("Text.\n")
    done = items("text.md")

    assert (done.code, "lists no items; these are understood: headings" in done.err) == (1, True)
    (repo / "issues.md").unlink()
    assert "there is no report here yet" in items().err


def test_a_report_without_findings_says_so(run: Run, repo: Path) -> None:
    (repo / "code-review.md").write_text("# Code review\n\n## No findings\n\nLooked at 3 files.\n")

    listed = run("sous", "items", "code-review.md", cwd=repo)
    machines = run("sous", "items", "code-review.md", "--json", cwd=repo)
    following = run("sous", "items", "next", "code-review.md", cwd=repo)

    assert (listed.code, listed.out, listed.err.strip()) == (0, "", "code-review.md: no findings")
    assert (machines.code, json.loads(machines.out)) == (0, [])
    assert (following.code, following.err.strip()) == (0, "code-review.md: no findings")


def test_static_analysis_that_finds_nothing_says_so(run: Run, repo: Path) -> None:
    (repo / "app.py").write_text("")

    done = run("sous", "code-review", cwd=repo)

    assert done.code == 0, done.err
    assert "no findings" in done.err
    assert "prose" not in done.err


def test_escapes_in_titles_stay_harmless(items: Callable[..., Done], repo: Path) -> None:
    (repo / "issues.md").write_text("## Issue 1: \x1b]0;evil\x07One\n\n\x1b[2Jtext\n")

    assert "\x1b" not in items().out
    assert "\x1b" not in in_terminal([*SOUS, "items", "show", "1"], repo, stdout=True)


def test_a_report_made_anew_keeps_its_ticks(run: Run, repo: Path, model: FakeModel) -> None:
    first = run("sous", "code-review", "-m", "ok", cwd=repo)
    assert first.code == 0, first.err
    run("sous", "items", "done", "1", "code-review.md", cwd=repo)
    done = run("sous", "code-review", "-m", "ok", "--force", cwd=repo)

    assert done.code == 0, done.err
    assert (repo / "code-review.md").read_text().startswith("## [x] Adding gives the difference")
    assert "up to date" in run("sous", "code-review", "-m", "ok", cwd=repo).err


def test_picking_by_number(repo: Path, fake_bin: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    fake_bin("xclip", f"open({str(repo / 'clip.log')!r}, 'wb').write(sys.stdin.buffer.read())")
    monkeypatch.setenv("DISPLAY", ":7")
    (repo / "issues.md").write_text(TWO)
    shown = in_terminal([*SOUS, "items", "pick"], repo, b"copy 2\ndone 2\nskip 1\n9\nshow\nlist\nq\n")

    assert (repo / "clip.log").read_text().startswith("## Nothing is added")
    assert (repo / "issues.md").read_text() == TWO.replace("## Adding", "## [-] Adding").replace(
        "## Nothing", "## [x] Nothing"
    )
    assert "copied to the clipboard" in shown
    assert "issues.md has no item 9" in shown
    assert "name an item, as in `show 1`" in shown


def test_picking_ends_with_the_terminal(repo: Path) -> None:
    (repo / "issues.md").write_text(TWO)
    assert "Traceback" not in in_terminal([*SOUS, "items", "pick"], repo, b"\x04")


def test_a_number_alone_says_how_to_see_it(repo: Path, run: Run) -> None:
    done = run("sous", "items", "1", cwd=repo)
    assert done.code == 2
    assert "`sous items show 1` prints it" in done.err
