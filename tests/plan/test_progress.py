from __future__ import annotations

import json
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scene import SOUS
from sous.plan.progress import State, boxes_of_none, mark, read_progress, tick, with_boxes
from sous.plan.shape import planned_steps, read_plan
from sous.plan.todo import make_todo, split_comment

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

PLAN = """\
# Plan

## Step 1: Set up

- **Builds on:** nothing
- **Files:** `app.py`, `test_app.py`
- **Covers:** Requirements; Errors
- **Wired in by:** step 2

```text
Write the app, with its tests.
```

**Verify:**

- `pytest` passes
- it starts

## Step 2: Serve

- **Builds on:** step 1

```text
Serve it, and wire it in.
```
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / ".mise.toml").touch()
    path = tmp_path / "prompt_plan.md"
    path.write_text(PLAN)
    return path


def test_the_fixed_shape_is_read() -> None:
    first, second = planned_steps(PLAN)
    assert (first.files, first.covers, first.wired_in_by) == (
        ("app.py", "test_app.py"),
        "Requirements; Errors",
        "step 2",
    )
    assert first.verify == ("`pytest` passes", "it starts")
    assert second.builds_on == ("1",)


def test_a_list_is_made_from_the_plan(plan: Path) -> None:
    text = make_todo(read_plan(plan), None)
    assert "- [ ] Step 1: Set up\n  - [ ] `pytest` passes\n  - [ ] it starts\n- [ ] Step 2: Serve\n" in text


def test_ticks_and_lines_of_others_stay_when_the_plan_changes(plan: Path) -> None:
    old = (
        make_todo(read_plan(plan), None)
        .replace("- [ ] Step 1", "- [x] Step 1")
        .replace("- [ ] it starts", "- [x] it starts")
    )
    old = old.replace("- [ ] Step 2", "  - [ ] ask Ann about the port\nSee the wiki.\n- [ ] Step 2")
    old = old.replace("\n<!-- sous", "\n## Mine\n\n- [ ] buy milk\n\n<!-- sous")
    plan.write_text(
        PLAN.replace(
            "## Step 1: Set up", "## Step 0: Draw\n\n```text\nDraw the whole of it first.\n```\n\n## Step 1: Set up"
        )
        .replace("- it starts", "- it starts\n- it stops")
        .replace("Step 2: Serve", "Step 2: Serve all")
    )
    text = make_todo(read_plan(plan), old)
    lines = text.splitlines()
    assert "- [ ] Step 0: Draw" in lines
    assert lines[lines.index("- [x] Step 1: Set up") :][:6] == [
        "- [x] Step 1: Set up", "  - [ ] `pytest` passes", "  - [x] it starts", "  - [ ] it stops",
        "  - [ ] ask Ann about the port", "See the wiki.",
    ]  # fmt: skip
    assert "- [ ] buy milk" in lines
    assert "- [ ] Step 2: Serve" not in lines
    assert make_todo(read_plan(plan), text) == text


def test_a_step_that_is_gone_and_was_ticked_is_kept_at_the_end(plan: Path) -> None:
    old = make_todo(read_plan(plan), None).replace("- [ ] Step 1", "- [x] Step 1")
    plan.write_text("# Plan\n\n" + PLAN[PLAN.index("## Step 2") :])
    text = make_todo(read_plan(plan), old)
    assert "## No longer in the plan\n\n- [x] Step 1: Set up\n" in text
    assert make_todo(read_plan(plan), text) == text


NOTE = """\
  - [ ] it starts
  ```sh
  make x
# then
- [ ] Step 2: Serve
  ```

  Two paragraphs.

## Phase B

"""


def test_what_people_wrote_stays_where_it_is(plan: Path) -> None:
    old = make_todo(read_plan(plan), None).replace("  - [ ] it starts\n", NOTE)
    text = make_todo(read_plan(plan), old)
    assert split_comment(text)[0] == split_comment(old)[0]
    plan.with_name("todo.md").write_text(old)
    tick(plan, "2", State.DONE)
    text = plan.with_name("todo.md").read_text()
    assert text.count("[x]") == 1
    assert split_comment(make_todo(read_plan(plan), text))[0] == split_comment(text)[0]
    crlf = make_todo(read_plan(plan), text).replace("\n", "\r\n")
    assert make_todo(read_plan(plan), crlf) == crlf


def test_a_step_that_was_renamed_keeps_its_ticks(plan: Path) -> None:
    old = make_todo(read_plan(plan), None).replace("[ ] Step 1", "[x] Step 1").replace("[ ] it starts", "[x] it starts")
    plan.write_text(PLAN.replace("Set up", "Begin"))
    text = make_todo(read_plan(plan), old)
    assert "- [x] Step 1: Begin\n  - [ ] `pytest` passes\n  - [x] it starts\n" in text
    plan.write_text("# Plan\n\n" + PLAN[PLAN.index("## Step 2") :])
    gone = make_todo(read_plan(plan), text)
    plan.write_text(PLAN.replace("Set up", "Begin"))
    assert make_todo(read_plan(plan), gone) == text


def test_lines_that_people_add_to_or_behind_our_comment_are_theirs(run: Run, plan: Path) -> None:
    path = plan.with_name("todo.md")
    text = make_todo(read_plan(plan), None).replace("[ ] Step 1: Set up", "[x] Step 1: Set up (by Bob, see PR 3)")
    path.write_text(f"{text}- [ ] buy milk\n")
    assert [state.value for state in read_progress(plan).states] == ["done", "open"]
    done = run("sous", "todo", cwd=plan.parent)
    assert done.code == 0, done.err
    lines = path.read_text().splitlines()
    assert [line for line in lines if "Step 1" in line] == ["- [x] Step 1: Set up (by Bob, see PR 3)"]
    assert lines.count("- [ ] buy milk") == 1
    assert lines[-1].startswith("<!-- sous {")


def test_ticks_at_the_same_time_are_all_kept(plan: Path) -> None:
    steps = "".join(f"## Step {n}: Make {n}\n\n```text\nMake the part {n} of it.\n```\n\n" for n in range(1, 9))
    plan.write_text(steps)
    command = [*SOUS, "step", "done"]
    jobs = [subprocess.Popen([*command, str(n)], cwd=plan.parent, stderr=subprocess.DEVNULL) for n in range(1, 9)]
    assert [job.wait(60) for job in jobs] == [0] * 8
    assert not read_progress(plan).open


def test_long_plans_are_read_in_time(plan: Path) -> None:
    steps = (f"## Step {n}: Make {n}\n\n```text\nMake the part {n} of it.\n```\n\n" for n in range(1, 3001))
    plan.write_text("".join(steps))
    plan.with_name("todo.md").write_text(make_todo(read_plan(plan), None))
    began = time.process_time()
    assert len(read_progress(plan).open) == 3000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("todo", "states"),
    [
        ("- [x] Step 1: Set up\n- [ ] Step 2: Serve\n", "do"),
        ("- [ ] **Step 1**: Set up\n- [x] Step 2\n", "od"),
        ("## Step 1: Set up\n\n- [x] a\n- [x] b\n\n## Step 2\n\n- [x] c\n- [ ] d\n", "do"),
        ("- [x] Set up\n", "do"),
        ("- [x] Step 1: Something else\n", "oo"),
        ("- [x] ~~Step 2: Serve~~ (skipped)\n", "os"),
        ("- [x] 1 banana\n", "oo"),
        ("- [ x] Step 1: Set up\n- [  ] Step 2: Serve\n", "do"),
        ("```\n- [x] Step 1: Set up\n```\n", "oo"),
    ],
)
def test_the_state_of_steps_is_read_from_lists_of_any_form(plan: Path, todo: str, states: str) -> None:
    plan.with_name("todo.md").write_text(todo)
    assert "".join(state.value[0] for state in read_progress(plan).states) == states


@pytest.mark.parametrize(
    "todo",
    [
        None,
        "# Mine\n\n- [ ] buy milk\n",
        "## Step 2\r\n\r\n- [ ] a\r\n- [ ] b\r\n",
        "- [ ] Step 2: Serve\n",
    ],
)
def test_a_tick_changes_nothing_else_and_can_be_taken_back(plan: Path, todo: str | None) -> None:
    path = plan.with_name("todo.md")
    if todo is not None:
        path.write_bytes(todo.encode())
    for state in (State.DONE, State.SKIPPED, State.OPEN):
        tick(plan, "2", state)
        assert read_progress(plan).states[1] is state
        assert read_progress(plan).states[0] is State.OPEN
    if todo and "tep 2" in todo:
        assert path.read_bytes() == todo.encode()
    elif todo:
        assert path.read_text().startswith(todo)


@pytest.mark.parametrize("box", ["[  ]", "[]", "[ ]"])
def test_a_box_of_any_form_is_ticked(plan: Path, box: str) -> None:
    plan.with_name("todo.md").write_text(f"- {box} Step 2: Serve\n")
    tick(plan, "2", State.DONE)
    assert plan.with_name("todo.md").read_text() == "- [x] Step 2: Serve\n"


def test_steps_of_one_title_keep_their_own_ticks(plan: Path) -> None:
    plan.write_text(PLAN.replace("Serve", "Set up"))
    tick(plan, "2", State.DONE)
    text = plan.with_name("todo.md").read_text()
    assert make_todo(read_plan(plan), text) == text
    assert [state.value for state in read_progress(plan).states] == ["open", "done"]


def test_what_a_title_says_is_to_be_done_is_not_done(plan: Path) -> None:
    plan.write_text(PLAN.replace("Set up", "Mark an item as done").replace("Serve", "Serve (done)"))
    assert [state.value for state in read_progress(plan).states] == ["open", "done"]


@pytest.mark.parametrize("command", [["step", "done", "1"], ["todo"]])
def test_no_link_out_of_the_project_is_followed(run: Run, plan: Path, tmp_path: Path, command: list[str]) -> None:
    victim = tmp_path.parent / f"{tmp_path.name}-bashrc"
    victim.write_text("# mine\n")
    plan.with_name("todo.md").symlink_to(victim)
    done = run("sous", *command, cwd=plan.parent)
    assert done.code == 1
    assert "todo.md is a link to" in done.err
    assert victim.read_text() == "# mine\n"


def test_a_todo_is_made_from_a_plan_that_is_named(run: Run, plan: Path) -> None:
    plan.rename(plan.with_name("other.md"))
    assert run("sous", "todo", "other.md", cwd=plan.parent).code == 0
    assert "- [ ] Step 1: Set up" in plan.with_name("todo.md").read_text()


def test_the_commands_tick_and_show(run: Run, plan: Path) -> None:
    folder = plan.parent
    assert run("sous", "next", cwd=folder).out == "Write the app, with its tests.\n"
    assert run("sous", "todo", cwd=folder).code == 0
    assert run("sous", "step", "done", "1", cwd=folder).code == 0
    assert run("sous", "next", cwd=folder).out == "Serve it, and wire it in.\n"
    shown = run("sous", "status", cwd=folder).out
    assert "1 of 2 steps" in shown
    assert "✓ 1  Set up" in shown
    steps = json.loads(run("sous", "status", "--json", cwd=folder).out)["steps"]
    assert [(step["number"], step["title"], step["done"]) for step in steps] == [
        ("1", "Set up", True),
        ("2", "Serve", False),
    ]
    boxes = json.loads(run("sous", "status", "--todo", "todo.md", "--json", cwd=folder).out)["boxes"]
    assert [(box["done"], box["depth"]) for box in boxes] == [(True, 0), (True, 1), (True, 1), (False, 0)]
    assert run("sous", "step", "skip", "2", cwd=folder).code == 0
    assert "all 2 steps of prompt_plan.md are done" in run("sous", "next", cwd=folder).err


CONFLICT = "- [x] a\n<<<<<<< HEAD\n- [ ] b\n=======\n- [x] b\n>>>>>>> x\n"
BAD = {
    "no plan": (None, None, ["next"], "there is no prompt_plan.md; make one with `sous plan`"),
    "no prompts": ("# Notes\n\nNothing here.\n", None, ["next"], "has no prompts that sous recognises"),
    "two of one number": (PLAN.replace("Step 2", "Step 1"), None, ["step", "done", "1"], "steps 1: lines 3 and 19"),
    "no such step": (PLAN, None, ["step", "done", "1", "9"], "has no step 9; it has 1, 2"),
    "conflict in the list": (PLAN, CONFLICT, ["todo"], "todo.md:2: there is a merge conflict"),
    "conflict, ticking": (PLAN, CONFLICT, ["step", "done", "1"], "todo.md:2: there is a merge conflict"),
    "not text": ("\udcff", None, ["status"], "prompt_plan.md is not UTF-8"),
    "a list of somebody's own": (PLAN, "# Mine\n\n- [ ] milk\n", ["todo"], "todo.md was not made by sous; --force"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "todo", "args", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_said_in_one_line_and_nothing_is_lost(
    run: Run, plan: Path, text: str | None, todo: str | None, args: list[str], says: str
) -> None:
    plan.unlink() if text is None else plan.write_bytes(text.encode("utf-8", "surrogateescape"))
    path = plan.with_name("todo.md")
    if todo is not None:
        path.write_text(todo)
    done = run("sous", *args, cwd=plan.parent)
    assert done.code == 1
    assert says in done.err
    assert len(done.err.splitlines()) == 1
    assert (path.read_text() if path.exists() else None) == todo


def test_a_file_that_is_no_plan_gives_none_and_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n\n- a\n")
    done = run("sous", "status", "--plan", "notes.md", "--json", cwd=tmp_path)
    assert json.loads(done.out) == {"steps": [], "confidence": 0.0, "left_out": []}
    assert "has no prompts" in done.err
    done = run("sous", "status", "--todo", "notes.md", "--json", cwd=tmp_path)
    assert json.loads(done.out) == {"boxes": []}
    assert "has no boxes" in done.err


@pytest.mark.parametrize("info", ["python", "js x", "text"])
def test_a_block_in_a_list_that_shows_a_fence_hides_no_step(plan: Path, info: str) -> None:
    block = f"\n  ```text\n  ```{info}\n  - [ ] Step 2: Serve\n  ```\n\n"
    old = make_todo(read_plan(plan), None).replace("[ ]", "[x]").replace("- [x] Step 2", f"{block}- [x] Step 2")
    plan.with_name("todo.md").write_text(old)
    assert not read_progress(plan).open
    again = make_todo(read_plan(plan), old)
    assert again.count("[x] Step 2: Serve") == 1
    assert split_comment(again)[0] == split_comment(old)[0]


@pytest.mark.parametrize(
    ("box", "state"),
    [
        ("- [~] Step 1: Set up", State.OPEN),
        ("- [/] Step 1: Set up", State.OPEN),
        ("- [-] Step 1: Set up", State.SKIPPED),
        ("- [\u2713] Step 1: Set up", State.DONE),
        ("## Step 1: Set up\n\n- [-] a\n- [x] b", State.DONE),
        ("## Step 1: Set up\n\n- [-] a\n- [~] b", State.OPEN),
    ],
)
def test_a_mark_of_a_box_is_the_state_of_its_step(plan: Path, box: str, state: State) -> None:
    plan.with_name("todo.md").write_text(f"{box}\n", encoding="utf-8")
    assert read_progress(plan).states[0] is state


def test_a_tick_changes_the_mark_and_leaves_what_was_dropped(plan: Path) -> None:
    todo = plan.with_name("todo.md")
    todo.write_bytes(b"- [~] Step 1: Set up\r\n  - [-] a\r\n  - [/] b\r\n\tc\r\n- [ ] Step 2: Serve\r\n")
    tick(plan, "1", State.DONE)
    assert todo.read_bytes() == (b"- [x] Step 1: Set up\r\n  - [-] a\r\n  - [x] b\r\n\tc\r\n- [ ] Step 2: Serve\r\n")


@pytest.mark.parametrize("mark", ["~", "/", "-"])
def test_marks_stay_when_the_list_is_made_again(plan: Path, mark: str) -> None:
    made = make_todo(read_plan(plan), None).replace("- [ ] Step 1", f"- [{mark}] Step 1")
    assert f"- [{mark}] Step 1: Set up" in make_todo(read_plan(plan), made)


def test_status_shows_the_state_of_boxes(run: Run, plan: Path) -> None:
    todo = plan.with_name("list.md")
    todo.write_text("- [ ] a\n- [~] b\n- [-] c\n- [x] d\n")
    shown = run("sous", "status", "--todo", todo, cwd=plan.parent).out
    assert "1 of 3 boxes" in shown
    assert [line.strip() for line in shown.splitlines()[1:]] == ["· a", "~ b", "- c", "✓ d"]
    boxes = json.loads(run("sous", "status", "--todo", todo, "--json", cwd=plan.parent).out)["boxes"]
    assert [box["state"] for box in boxes] == ["open", "in progress", "dropped", "done"]


@pytest.mark.parametrize("row", ["| 2 | [ ] | Serve |", "| [ ] | 2 | Serve |", "| 2 | Serve | [ ] |"])
def test_a_step_in_a_table_is_ticked_in_its_cell(plan: Path, row: str) -> None:
    todo = plan.with_name("todo.md")
    for state, box in ((State.SKIPPED, "[-]"), (State.DONE, "[x]"), (State.OPEN, "[ ]")):
        todo.write_text(f"| id | ok | what |\n|---|---|---|\n{row}\n")
        tick(plan, "2", state)
        assert todo.read_text().splitlines()[-1] == row.replace("[ ]", box)
        assert read_progress(plan).states[1] is state


NESTED = "- [ ] Step 1: Set up\n  - [ ] `make` passes\n  - [-] dropped\n  - [ ] it starts\n- [ ] Step 2: Serve\n"


def test_boxes_below_a_step_are_ticked_only_where_they_passed(plan: Path) -> None:
    plan.with_name("todo.md").write_text(NESTED)
    progress = read_progress(plan)
    text = mark(progress, progress.open[0], State.DONE, ["it starts", "dropped"])
    assert text == NESTED.replace("[ ] Step 1", "[x] Step 1").replace("[ ] it", "[x] it")
    plan.with_name("todo.md").write_text(text)
    assert [one.step.number for one in read_progress(plan).open] == ["2"]


def test_a_section_without_a_box_of_its_own_is_done_as_a_whole(plan: Path) -> None:
    plan.with_name("todo.md").write_text("## Step 1: Set up\n\n- [ ] a\n- [ ] b\n")
    progress = read_progress(plan)
    assert mark(progress, progress.open[0], State.DONE, ()).count("[x]") == 2


def test_a_step_is_verified_as_the_list_says(plan: Path) -> None:
    plan.with_name("todo.md").write_text(NESTED)
    progress = read_progress(plan)
    first, second = with_boxes(progress, progress.open)
    assert first.verify == ("`make` passes", "it starts")
    assert second.verify == progress.open[1].verify


def test_what_a_model_worded_stays_while_the_plan_says_the_same(plan: Path) -> None:
    read = read_plan(plan)
    refined = [replace(step, verify=(f"see {step.step.title}",)) for step in read.steps]
    text = make_todo(read, None, refined=refined).replace("[ ] see Set up", "[x] see Set up")
    again = make_todo(read, make_todo(read, text))
    assert again == text
    plan.write_text(plan.read_text().replace("it starts", "it starts at once"))
    changed = make_todo(read_plan(plan), again)
    assert "it starts at once" in changed
    assert "see Set up" not in changed
    assert "see Serve" in changed


@pytest.mark.parametrize(
    ("todo", "boxes"),
    [("## 1. Structure\n\n- [x] Add folders\n- [ ] Add files\n", 2), ("- [ ] Step 1: Set up\n- [x] Add files\n", 0)],
)
def test_boxes_of_a_list_that_names_no_step_are_known(plan: Path, todo: str, boxes: int) -> None:
    plan.with_name("todo.md").write_text(todo, "utf-8")
    assert len(boxes_of_none(read_progress(plan))) == boxes


def test_status_says_that_a_list_names_no_step(run: Run, plan: Path) -> None:
    plan.with_name("todo.md").write_text("- [x] Add folders\n", "utf-8")
    said = run("sous", "status", cwd=plan.parent).err
    assert "todo.md contains none of these steps; `sous status --todo todo.md` shows its boxes, 1 of 1 done" in said
