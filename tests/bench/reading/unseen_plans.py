"""Read the unseen files that are plans, and those that are none, and compare with the truth."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.plan.steps import read_steps

if TYPE_CHECKING:
    from sous.plan.steps import Step

FOLDERS = [Path(__file__).with_name(name) for name in ("unseen", "unseen3", "unseen4", "unseen5")]


class Score(NamedTuple):
    """What of a file was read: steps expected, found, invented; prompts judged and right."""

    name: str
    expected: int
    found: int
    invented: int
    prompts: int
    right: int
    wrong: list[str]


def files(folders: list[Path] | None = None) -> list[Path]:
    """Return the files that have steps for their truth, or none."""
    found = [path for folder in folders or FOLDERS for path in sorted(folder.glob("*.truth.json"))]
    paths = [path.with_name(path.name.removesuffix(".truth.json")) for path in found]
    return [path for path in paths if path.name[0] in "pdn"]


def score(path: Path) -> Score:
    """Read a file and compare its steps with the truth."""
    truth = json.loads(path.with_name(f"{path.name}.truth.json").read_text("utf-8"))
    steps = read_steps(path.read_text("utf-8"))
    titles = {_plain(step.title): step for step in steps}
    wanted = {_plain(title): str(at) for at, title in enumerate(truth["titles"], 1)}
    lost = [title for title in wanted if title not in titles]
    extra = [step.title for step in steps if _plain(step.title) not in wanted]
    wrong = [f"lost {title!r}" for title in lost] + [f"invented {title!r}" for title in extra]
    right = 0
    for number, ends in truth["prompts"].items():
        step = titles.get(_plain(truth["titles"][int(number) - 1]))
        is_right = step is not None and _has_ends(step, ends)
        right += is_right
        if step and not is_right:
            said = step.prompt.split("\n")
            wrong.append(f"prompt {number}: {said[0]!r} .. {said[-1]!r}, not {ends}")
    wrong += _done(truth, titles)
    found = len(wanted) - len(lost)
    name = f"{path.parent.name}/{path.name}"
    return Score(name, len(wanted), found, len(extra), len(truth["prompts"]), right, wrong)


def _plain(title: str) -> str:
    return title.replace("*", "").strip()


def _has_ends(step: Step, ends: list[str]) -> bool:
    lines = [line.strip() for line in step.prompt.strip().split("\n")]
    return [_bare(lines[0]), _bare(lines[-1])] == [_bare(end) for end in ends]


def _bare(line: str) -> str:
    return line.strip().removeprefix(">").strip()


def _done(truth: dict[str, Any], titles: dict[str, Step]) -> list[str]:
    """Return which steps are done by the truth and not by what was read, or the other way."""
    states = zip(truth["titles"], truth.get("done", ()), strict=False)
    steps = ((titles.get(_plain(title)), done) for title, done in states)
    return [f"done is {step.done}: {step.title}" for step, done in steps if step and step.done != done]


def main() -> None:
    folders = [Path(name).resolve() for name in sys.argv[1:] if name != "-v"] or FOLDERS
    scores = [score(path) for path in files(folders)]
    for one in scores:
        if one.wrong or "-v" in sys.argv:
            print(f"{one.name}: {one.found} of {one.expected}, {one.invented} invented")
            print("".join(f"  {text}\n" for text in one.wrong), end="")
    for folder in folders:
        own = [one for one in scores if one.name.startswith(f"{folder.name}/")]
        figures = [(one.expected, one.found, one.invented, one.prompts, one.right) for one in own]
        sums = [sum(column) for column in zip(*figures, strict=True)]
        print(
            f"{folder.name}: {len(own)} files, {sums[1]} of {sums[0]} steps, {sums[2]} invented, "
            f"{sums[4]} of {sums[3]} prompts, {sum(bool(one.wrong) for one in own)} with a fault"
        )


if __name__ == "__main__":
    main()
