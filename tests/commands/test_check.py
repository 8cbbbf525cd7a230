from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from scene import packed
from sous.output.provenance import is_unchanged, sign

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

CODE = {"app.py": "def serve(port):\n    listen(port)\n    return port\n", "other.py": "VALUE = 3\n"}
REPORT = """\
# Review

- `app.py:1`: `return port`
- `app.py:9` and `gone.py:2`
- `serve_all()` never ends, `serve()` does.

```python
# app.py:2
listen(ports)
```

See `other.py`, \x1b[31mred\x1b[0m.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".mise.toml").touch()
    (tmp_path / "output.txt").write_text(packed(CODE))
    (tmp_path / "code-review.md").write_text(REPORT)
    return tmp_path


def test_five_planted_errors_are_named_and_no_more(run: Run, project: Path) -> None:
    done = run("sous", "check", "code-review.md", cwd=project)
    assert done.code == 0
    assert done.out.splitlines() == [
        "code-review.md: 7 references: 1 verified, 1 located, 1 moved, 4 unproven",
        "  \u2192 line 3: app.py:1: it is app.py:3",
        "  \u26a0 line 4: app.py:9: the file has 3 lines",
        "  \u26a0 line 4: gone.py:2: there is no such file",
        "  \u26a0 line 5: serve_all: there is no such name",
        "  \u26a0 line 8: app.py:2: the quote is nowhere",
    ]
    assert (project / "code-review.md").read_text() == REPORT


def test_strict_ends_with_3(run: Run, project: Path) -> None:
    assert run("sous", "check", "code-review.md", "--strict", "-q", cwd=project).code == 3
    (project / "code-review.md").write_text("`app.py:1-3`\n")
    assert run("sous", "check", "code-review.md", "--strict", cwd=project).code == 0


def test_json_is_one_entry_a_claim(run: Run, project: Path) -> None:
    data = json.loads(run("sous", "check", "code-review.md", "--json", cwd=project).out)
    assert data["summary"] == {
        "verified": 1, "located": 1, "moved": 1, "ambiguous": 0, "unproven": 4, "unknown": 0,
    }  # fmt: skip
    assert data["references"][0] == {
        "kind": "line", "text": "app.py:1", "quote": "return port", "path": "app.py", "start": 1, "end": 1,
        "verdict": "moved", "found": {"path": "app.py", "line": 3}, "report_line": 3,
    }  # fmt: skip


def test_fix_writes_and_a_report_of_ours_stays_ours(run: Run, project: Path) -> None:
    path = project / "code-review.md"
    path.write_text(sign(REPORT, {"task": "code-review"}))
    assert run("sous", "check", "code-review.md", "--fix", cwd=project).code == 0
    text = path.read_text()
    assert "- `app.py:3`: `return port`\n" in text
    assert "`gone.py:2` \u26a0 not found in the bundle\n" in text
    assert is_unchanged(text)
    assert run("sous", "check", "code-review.md", "--fix", cwd=project).code == 0
    body = text.partition("\n<!-- sous {")[0]
    assert path.read_text().partition("\n<!-- sous {")[0] == body.replace("| 7 | 1 | 1 | 1 |", "| 7 | 2 | 1 | 0 |")
    changed = text.replace("# Review", "# My review")
    path.write_text(changed)
    assert run("sous", "check", "code-review.md", "--fix", cwd=project).code == 0
    assert not is_unchanged(path.read_text())


def test_a_page_is_written(run: Run, project: Path) -> None:
    assert run("sous", "check", "code-review.md", "--html", "page.html", cwd=project).code == 0
    page = (project / "page.html").read_text()
    assert page.count("<script>") == 1
    assert page.count("<script") == 2  # the other is data


@pytest.mark.parametrize(
    ("report", "bundle", "says", "code"),
    [
        (None, None, "does not exist", 2),
        ("", None, "code-review.md is empty", 1),
        ("Nice.\n", None, "contains no reference to the code", 0),
        (REPORT, "just words\n", "has no known format", 1),
        (REPORT, "", "output.txt is empty", 1),
    ],
)
def test_bad_input_is_said(
    run: Run, project: Path, report: str | None, bundle: str | None, says: str, code: int
) -> None:
    path = project / "code-review.md"
    path.unlink() if report is None else path.write_text(report)
    if bundle is not None:
        (project / "output.txt").write_text(bundle)
    done = run("sous", "check", "code-review.md", cwd=project)
    assert done.code == code
    assert says in done.out + done.err
    assert len(done.err.splitlines()) <= 1


def test_a_report_is_no_evidence_for_itself(run: Run, project: Path) -> None:
    (project / "output.txt").write_text(packed({**CODE, "notes/code-review.md": "x\n", "code-review.md": REPORT}))
    done = run("sous", "check", "code-review.md", cwd=project)
    assert "4 unproven" in done.out


def test_a_report_of_a_model_is_checked_before_it_is_written(run: Run, project: Path, model: FakeModel) -> None:
    model.script = lambda _prompt: REPORT
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--force", cwd=project)
    assert done.code == 0, done.err
    text = (project / "code-review.md").read_text()
    assert "`gone.py:2` \u26a0 not found in the bundle\n" in text
    assert "<!-- sous check -->\n| references |" in text
    assert is_unchanged(text)
    assert "7 references: 1 verified, 1 located, 1 moved, 4 unproven" in done.err
    again = run("sous", "code-review", "output.txt", "-m", "scripted", cwd=project)
    assert "is up to date" in again.err


def test_a_report_of_10_mb_is_read(run: Run, project: Path) -> None:
    unit = f"See `app.py:2`.\n\n{'Words that say nothing of any file, and it goes on so for a while. ' * 100}\n\n"
    (project / "code-review.md").write_text("# Review\n\n" + unit * (10_000_000 // len(unit)))
    done = run("sous", "check", "code-review.md", cwd=project)
    assert f"{10_000_000 // len(unit):,} references: 0 verified, {10_000_000 // len(unit):,} located" in done.out


def test_links_go_from_the_folder_of_the_report(run: Run, project: Path) -> None:
    files = {
        "src/app.py": "x = 1\n",
        "docs/how.md": "How\n",
        "docs/sub/index.md": "",
        "index.md": "",
        "README.md": "R\n",
    }
    (project / "output.txt").write_text(packed(files))
    (project / "docs/sub").mkdir(parents=True)
    report = project / "docs/sub/README.md"
    report.write_text("See [it](../../src/app.py#L1), [how](../how.md), [top](../../README.md), [no](../app.py).\n")
    done = run("sous", "check", "docs/sub/README.md", cwd=project)
    assert "4 references: 0 verified, 3 located, 1 unproven" in done.out
    assert "../app.py" in done.out


def test_a_bundle_without_line_numbers_or_of_another_packer(run: Run, project: Path) -> None:
    (project / "output.txt").write_text(f"# Files\n\n## File: app.py\n```python\n{CODE['app.py']}```\n")
    (project / "r.md").write_text("`app.py:2` and `app.py:30`\n\n`app.py:1`:\n\n```python\n    return port\n```\n")
    done = run("sous", "check", "r.md", cwd=project)
    assert "3 references: 0 verified, 1 located, 1 moved, 1 unproven" in done.out
    assert "app.py:1: it is app.py:3" in done.out


@pytest.mark.parametrize("data", [b"`app.py:300` caf\xe9\n", "`app.py:300`\n".encode("utf-16")])
def test_a_report_that_is_not_utf8_is_left_as_it_is(run: Run, project: Path, data: bytes) -> None:
    report = project / "r.md"
    report.write_bytes(data)
    done = run("sous", "check", "r.md", "--fix", cwd=project)
    assert done.code == 1
    assert "r.md is not UTF-8 (byte" in done.err
    assert report.read_bytes() == data


def test_what_is_read_only_or_something_else_is_not_replaced(run: Run, project: Path) -> None:
    report = project / "r.md"
    report.write_text("`app.py:300`\n")
    report.chmod(0o444)
    done = run("sous", "check", "r.md", "--fix", cwd=project)
    assert (done.code, report.read_text()) == (1, "`app.py:300`\n")
    assert "read-only" in done.err
    for other in ("r.md", "app.py", "output.txt"):
        (project / other).touch()
        before = (project / other).read_text()
        done = run("sous", "check", "r.md", "--html", other, cwd=project)
        assert done.code == 1
        assert f"{other} exists and is not a page of sous" in done.err
        assert (project / other).read_text() == before
    for _ in range(2):
        assert run("sous", "check", "r.md", "--html", "page.html", cwd=project).code == 0


def test_fix_says_when_there_is_nothing_to_do(run: Run, project: Path) -> None:
    (project / "r.md").write_text("Nothing of note.\n")
    done = run("sous", "check", "r.md", "--fix", cwd=project)
    assert "r.md: nothing to correct or mark" in done.err


def test_json_holds_no_control_characters(run: Run, project: Path) -> None:
    (project / "r.md").write_text("`gone/a\u202e.py:3` and `x/\x9b31m.py:2`\n")
    done = run("sous", "check", "r.md", "--json", cwd=project)
    assert done.out.isascii()
    assert "\\u202e" in done.out


def test_a_page_keeps_its_links_to_the_code(run: Run, project: Path) -> None:
    (project / "r.md").write_text("[rel](app.py#L3), [`app.py:1`](https://x.example/) and <https://y.example/>\n")
    assert run("sous", "check", "r.md", "--html", "page.html", cwd=project).code == 0
    page = (project / "page.html").read_text()
    assert page.count('id="r0"') == page.count('id="r1"') == 1
    assert not re.search("[\ue000-\ue0ff]|%EE%80", page)
    assert 'href="https' not in page


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_page_is_not_forged_by_a_report(run: Run, project: Path, ends: str) -> None:
    forged = "&#xE000;0&#xE002;click me&#xE001; &#57344;9999&#xE002;x&#xE001; \ue0000\ue002x\ue001"
    report = f"# Review\n\n{forged} and `app.py:1`\n\n[a]: `app.py:2` 'x'\n\nmore\n".replace("\n", ends)
    (project / "r.md").write_bytes(report.encode())
    assert run("sous", "check", "r.md", "--html", "page.html", cwd=project).code == 0
    page = (project / "page.html").read_bytes().decode()
    assert page.count(' id="r') == page.count("<td><a href=") == 1
    assert "\r" not in page
    assert "\u240d" not in page
    assert not re.search(r"[0-9a-f]{16}:", page)


def test_somebody_elses_page_is_not_replaced(run: Run, project: Path) -> None:
    (project / "index.html").write_text("<!doctype html><title>Mine</title>")
    done = run("sous", "check", "code-review.md", "--html", "index.html", cwd=project)
    assert done.code == 1
    assert "index.html exists and is not a page of sous" in done.err
    assert (project / "index.html").read_text() == "<!doctype html><title>Mine</title>"


def test_a_tree_in_json_that_is_broken_lists_nothing(run: Run, project: Path) -> None:
    (project / "output.txt").write_text('{"directoryStructure": "a\\q\\u12", "files": {"app.py": "x = 1\\n"}}\n')
    done = run("sous", "check", "code-review.md", cwd=project)
    assert "Traceback" not in done.err


def test_a_report_may_link_to_itself_and_to_what_lies_beside_it(run: Run, project: Path) -> None:
    (project / "docs").mkdir()
    (project / "docs/notes.txt").touch()
    (project / "docs/review.md").write_text("[up](review.md#top), [beside](notes.txt) and [gone](gone.txt)\n")
    done = run("sous", "check", "docs/review.md", cwd=project)
    assert "3 references: 0 verified, 1 unproven, 2 unknown" in done.out


def test_a_page_that_carries_our_tag_and_is_not_ours_is_left_alone(run: Run, project: Path) -> None:
    write = ("sous", "check", "code-review.md", "--html", "page.html")
    assert run(*write, cwd=project).code == 0
    assert run(*write, cwd=project).code == 0
    mine = (project / "page.html").read_text().replace("</main>", "<p>My notes</p></main>")
    (project / "page.html").write_text(mine)
    done = run(*write, cwd=project)
    assert (done.code, (project / "page.html").read_text()) == (1, mine)
    assert "not the page that sous wrote" in done.err


def test_a_bundle_that_is_older_than_the_files_is_said(run: Run, repo: Path) -> None:
    assert run("sous", "bundle", "-q", cwd=repo).code == 0
    os.utime(repo / "output.txt", (1, 1))
    (repo / "r.md").write_text("`src/app.py:1`\n")
    assert "output.txt is older than" in run("sous", "check", "r.md", cwd=repo).err
    assert run("sous", "check", "r.md", "--bundle", "output.txt", cwd=repo).err == ""
