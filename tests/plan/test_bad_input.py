"""Plans and lists that nobody wrote on purpose: huge, deep, torn, binary, in conflict."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.plan.boxes import read_boxes
from sous.plan.shape import read_markdown
from sous.plan.steps import read_steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

GROWTH = 9  # times the seconds for four times the text; x4 is linear, x16 is quadratic
LEAST = 0.1  # seconds below which nothing is compared
STEP = "## Step 1: Add it\n\nDo it now, all of it.\n\n"
NEXT = STEP.replace("1: Add", "2: Use")


def repeated(text: str) -> Callable[[int], str]:
    return lambda size: "# Plan\n\n" + text * (size // len(text))


LARGE = {
    "steps": repeated(STEP),
    "bold steps": repeated("**Step 1: Add it**\n\nDo it now.\n\n"),
    "underlined steps": repeated("Step 1: Add it\n---\n\nDo it now.\n\n"),
    "items": repeated("1. **Add it to the queue**\n\n   Do it now.\n\n"),
    "blocks": repeated("```text\nTask 1: Add it\nDo it now.\n```\n\n"),
    "torn blocks": repeated("```text\n## Prompt 1: Add it\n\n```text\nDo it now.\n"),
    "prompt fields": repeated("**Prompt:**\n\nDo it now, all of it, and well.\n\n"),
    "web copies": repeated("text\nCopy\nEdit\n"),
    "boxes": repeated("- [ ] a\n"),
    "rows": repeated("| [ ] | a |\n"),
    "levels": lambda size: "".join(f"{'  ' * at}- [ ] a\n" for at in range(int(size**0.5))),
    "blank heading": lambda size: f"## Step 1:{' ' * size}x\n\nDo it now.\n",
    "blank bold": lambda size: f"# Plan\n\n**Step 1{' ' * size}x**\n\nDo it now.\n",
    "blank item": lambda size: f"1.{' ' * size}**x{' ' * size}**\n\n   Do it.\n",
    "stars": lambda size: f"## {'*' * size}\n\n{'**' * size}\n",
    "quotes": lambda size: f"{STEP}**Prompt:**\n\n{'>' * size} a\n",
    "tabs": lambda size: "\t" * size + "- [ ] a\n",
    "NUL": lambda size: "\0" * size,
}


@pytest.mark.parametrize("read", [read_steps, read_boxes])
@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_four_times_the_text_takes_about_four_times_the_time(
    make: Callable[[int], str], read: Callable[[str], object]
) -> None:
    small, large = (_seconds(read, make(size)) for size in (20_000, 80_000))
    assert large < LEAST or large < GROWTH * max(small, LEAST / 2)


def _seconds(read: Callable[[str], object], text: str) -> float:
    seconds = []
    for _ in range(3):  # the quickest: a busy machine makes others slower
        began = time.process_time()
        read(text)
        seconds.append(time.process_time() - began)
    return min(seconds)


def test_a_hundred_thousand_boxes_are_read() -> None:
    assert len(read_boxes("- [ ] a\n" * 100_000)) == 100_000


def test_eight_hundred_levels_are_read() -> None:
    text = "".join(f"{'  ' * at}- [ ] a\n" for at in range(800))
    assert [box.depth for box in read_boxes(text)] == list(range(800))


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_any_line_end_ends_a_line(end: str) -> None:
    steps = read_steps(f"# Plan\n\n{STEP}{NEXT}".replace("\n", end))
    assert [step.prompt for step in steps] == ["Do it now, all of it."] * 2


@pytest.mark.parametrize("data", [b"", b"\n" * 9, b"\0" * 99, bytes(range(256)) * 9, b"\xff\xfe#\0 \0"])
def test_what_is_no_text_is_no_plan(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "plan.md").write_bytes(data)
    done = run("sous", "next", "--plan", "plan.md", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "Traceback" not in done.err


def test_of_two_plans_in_a_file_no_step_is_lost() -> None:
    assert len(read_steps(f"# Plan\n\n{STEP}{NEXT}# Second plan\n\n{STEP}")) == 3


CONFLICT = "<<<<<<< ours\nDo a.\n=======\nDo b.\n>>>>>>> theirs\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("command", ["next", "run", "status"])
def test_a_conflict_is_named_with_its_line(run: Run, tmp_path: Path, command: str, end: str) -> None:
    text = f"# Plan\n\n{STEP}{CONFLICT}".replace("\n", end)
    (tmp_path / "plan.md").write_bytes(text.encode())
    done = run("sous", command, "--plan", "plan.md", cwd=tmp_path)
    assert done.code == 1
    assert "plan.md:7: there is a merge conflict" in done.err


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_a_conflict_in_a_block_is_text(tmp_path: Path, fence: str) -> None:
    path = tmp_path / "plan.md"
    path.write_text(f"{STEP}{fence}text\n{CONFLICT}{fence}\n")
    assert CONFLICT in read_markdown(path)


def test_a_conflict_in_a_block_that_is_open_is_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(f"{STEP}```text\n{CONFLICT}")
    with pytest.raises(SousError, match=r"plan\.md:6: there is a merge conflict"):
        read_markdown(path)
