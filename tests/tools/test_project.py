"""What an agent gets of a project, and what it cannot reach."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.tools import project
from sous.tools.project import MOST_TEXT, ProjectTools

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """# Plan

## Step 1: Add

- **Verify:** `pytest -q`

```text
Write add() in src/app.py.
```

## Step 2: Halve

```text
Write half() in src/app.py.
```
"""
REVIEW = (
    "# Review\n\n## Adding subtracts\n\n- **Location:** `src/app.py:2`\n\n## Lost\n\n- **Location:** `src/none.py:7`\n"
)


@pytest.fixture
def tools(repo: Path) -> ProjectTools:
    write_tree(repo, {"prompt_plan.md": PLAN, "code-review.md": REVIEW})
    return ProjectTools(repo, may_write=True)


def test_files_are_listed_by_weight_and_read_in_pieces(tools: ProjectTools, repo: Path) -> None:
    (repo / "src/long.py").write_text("".join(f"value_{n} = {n}\n" for n in range(4_000)))
    listed = tools.list_files("src")
    assert [file["path"] for file in listed["files"]] == ["src/long.py", "src/app.py"]
    pieces: list[str] = []
    offset: int | None = 0
    while offset is not None:
        piece = tools.read_files(["src"], offset=offset)
        assert len(piece["text"]) <= MOST_TEXT
        pieces.append(piece["text"])
        offset = piece["next_offset"]
    assert len(pieces) > 1
    text = "".join(pieces)
    assert len(text) == piece["characters"]
    assert "return a - b" in text
    assert "4000: value_3999 = 3999" in text


def test_signatures_and_no_secret(tools: ProjectTools, repo: Path) -> None:
    key = "ghp_" + "k3Jd92mXqP7bLs0VtYw8RzNc4HfGa1Ue6oTi"
    (repo / "src/app.py").write_text(f'KEY = "{key}"\n\n\ndef add(a, b):\n    hidden = 1\n    return a - b + hidden\n')
    text = tools.read_files(["src/app.py"], signatures_only=True)["text"]
    assert "def add(a, b)" in text
    assert "hidden" not in text
    assert key not in text
    assert "[masked]" in text


@pytest.mark.parametrize(
    "path",
    [
        "../other",
        "/etc/passwd",
        "link",
        ".git/config",
        "a\0b",
        "src/nothing.py",
        "x" * 300 + ".md",
        "x/" * 9_000 + "a.md",
    ],
    ids=lambda path: path[:20],
)
def test_what_is_not_in_the_project_is_refused(path: str, tools: ProjectTools, repo: Path) -> None:
    (repo.parent / "other").write_text("theirs")
    (repo / "link").symlink_to(repo.parent / "other")
    (repo / "link.md").symlink_to(repo.parent / "other")
    for call in (tools.read_files, tools.list_files, tools.check_report, tools.list_items):
        argument: Any = [path] if call == tools.read_files else path
        with pytest.raises(SousError) as refused:
            call(argument)
        assert "theirs" not in str(refused.value)
    with pytest.raises(SousError):
        tools.check_report("link.md")


@pytest.mark.parametrize("offset", [-1, 10**9])
def test_an_offset_outside_the_text_is_refused(offset: int, tools: ProjectTools) -> None:
    with pytest.raises(SousError, match="is not within the text"):
        tools.read_files(["src"], offset=offset)


def test_lines_of_a_file(tools: ProjectTools) -> None:
    assert tools.read_files(["src/app.py"], first_line=2, last_line=2)["text"] == "2:     return a - b\n"
    assert tools.read_files(["src/app.py"], first_line=2, last_line=10**9)["text"].startswith("2:     return a - b\n")


@pytest.mark.parametrize(
    ("paths", "first", "last", "why"),
    [
        (["src/app.py"], 0, 1, "has 2 lines"),
        (["src/app.py"], 99, None, "has 2 lines"),
        (["src/app.py"], 2, 1, "none from 2 to 1"),
        (["."], 2, None, "of a single file"),
    ],
)
def test_lines_that_there_are_not(
    paths: list[str], first: int, last: int | None, why: str, tools: ProjectTools
) -> None:
    with pytest.raises(SousError, match=why):
        tools.read_files(paths, first_line=first, last_line=last)


def test_secrets_of_reports_and_plans_are_masked(tools: ProjectTools, repo: Path) -> None:
    key = "ghp_" + "k3Jd92mXqP7bLs0VtYw8RzNc4HfGa1Ue6oTi"
    for name in ("prompt_plan.md", "code-review.md"):
        text = (repo / name).read_text()
        (repo / name).write_text(
            text.replace("Write add()", f"Write {key}").replace("## Lost\n", f"## Lost\n\n{key}\n")
        )
    for answer in (tools.next_step(), tools.read_item(2)):
        assert key not in str(answer)
        assert "[masked]" in str(answer)


def test_a_secret_at_the_cut_is_masked(tools: ProjectTools, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "ghp_" + "k3Jd92mXqP7bLs0VtYw8RzNc4HfGa1Ue6oTi"
    (repo / "code-review.md").write_text(f"# Review\n\n## Lost\n\n- **Location:** `src/app.py:1`\n\n{key} is there\n")
    monkeypatch.setattr(project, "MOST_TEXT", 45)
    body = tools.read_item("1")["body"]
    assert "ghp_" not in body
    assert "more characters" in body


def test_claims_of_a_report(tools: ProjectTools) -> None:
    found = tools.check_report()
    assert found["counts"]["unproven"] == 1
    assert [(claim["line"], claim["claim"], claim["verdict"]) for claim in found["claims"]] == [
        (9, "src/none.py:7", "unproven")
    ]


def test_steps_and_items_are_read_and_marked(tools: ProjectTools, repo: Path) -> None:
    assert tools.next_step()["step"]["prompt"] == "Write add() in src/app.py."
    assert tools.mark_step("1")["name"] == "Step 1: Add"
    assert [step["state"] for step in tools.list_steps()["steps"]] == ["done", "open"]
    assert tools.next_step()["step"]["number"] == "2"
    tools.mark_step(2, "skipped")
    assert tools.next_step() == {"step": None, "done": 1}
    assert [item["title"] for item in tools.list_items()["items"]] == ["Adding subtracts", "Lost"]
    tools.mark_item("2")
    assert tools.list_items()["open"] == 1
    assert "src/none.py" in tools.read_item("2")["body"]
    assert "## [x] Lost" in (repo / "code-review.md").read_text()
    with pytest.raises(SousError, match="has no step 7"):
        tools.mark_step("7")


def test_findings_are_listed_and_dismissed_with_a_reason(tools: ProjectTools, repo: Path) -> None:
    from sous.reports.memory import RememberedFinding, write_memory

    write_memory(repo, [RememberedFinding("a" * 12, "open", "code-review", "Adding subtracts", quote="x" * 900)])
    (listed,) = tools.list_findings()["findings"]
    assert listed["quote"].startswith("x" * 500 + " [400 more characters")
    with pytest.raises(SousError, match="say why"):
        tools.dismiss_finding(listed["id"], "  ")
    with pytest.raises(SousError, match="no finding is called ''"):
        tools.dismiss_finding("", "meant so")
    assert tools.dismiss_finding(listed["id"], "meant so")["state"] == "dismissed"
    assert tools.list_findings()["findings"] == []
    assert tools.list_findings(all_states=True)["findings"][0]["why"] == "meant so"


def test_a_bundle_is_written_and_no_other_file_is_replaced(tools: ProjectTools, repo: Path) -> None:
    git(repo, "add", "prompt_plan.md")
    assert tools.write_bundle()["path"] == "output.txt"
    assert "return a - b" in (repo / "output.txt").read_text()
    (repo / "output.txt").write_text("my notes\n")
    with pytest.raises(SousError):
        tools.write_bundle()
    assert (repo / "output.txt").read_text() == "my notes\n"


def test_long_lists_say_what_they_leave_out(tools: ProjectTools, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "MOST_ROWS", 1)
    listed = tools.list_steps()
    assert (len(listed["steps"]), listed["left_out"], listed["next_offset"]) == (1, 1, 1)
    rest = tools.list_steps(offset=listed["next_offset"])
    assert [one["number"] for one in (*listed["steps"], *rest["steps"])] == ["1", "2"]
    assert (rest["left_out"], rest["next_offset"]) == (0, None)


@pytest.mark.parametrize("name", ["list_files", "check_report", "list_findings", "list_items", "list_steps"])
@pytest.mark.parametrize("offset", [-1, 10**9])
def test_an_offset_out_of_a_list_is_refused(tools: ProjectTools, name: str, offset: int) -> None:
    with pytest.raises(SousError, match="is not within a list of"):
        getattr(tools, name)(offset=offset)


def test_a_name_cannot_break_the_line_of_an_error(tools: ProjectTools) -> None:
    with pytest.raises(SousError) as error:
        tools.list_items("a\nb\x1b[2J.md")
    assert str(error.value) == "there is no a\\x0ab\\x1b[2J.md in this project"


def test_who_may_not_write_is_offered_nothing_that_does(repo: Path) -> None:
    names = {tool.__name__ for tool in ProjectTools(repo).offered()}
    assert names == {tool.__name__ for tool in ProjectTools(repo).reading()}
    assert not names & {tool.__name__ for tool in ProjectTools(repo).writing()}


def test_a_name_that_is_no_utf8_can_be_answered(tools: ProjectTools, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = SimpleNamespace(tokens=1, by_path={"\udcff.txt": 1})
    monkeypatch.setattr(tools, "_packed", lambda *_, **__: SimpleNamespace(summary=summary))
    assert tools.list_files()["files"] == [{"path": "\\xff.txt", "tokens": 1}]
