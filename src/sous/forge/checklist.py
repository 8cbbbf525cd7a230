"""The steps of a team's plan as the checklist of one pull request, opened once and renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.forge.body import harmless_title
from sous.forge.defuse import harmless
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.forge.forge import Forge, PullRequest
    from sous.team.shared import TeamStep

BEGIN, END = "<!-- sous:plan -->", "<!-- /sous:plan -->"
_LONGEST = 200  # characters of a name in the list


def put_up(
    forge: Forge, head: str, base: str, *, plan: str, steps: Sequence[TeamStep]
) -> tuple[PullRequest, str]:
    """Open the pull request of a plan's branch, or renew its list; return it, and what was done.

    What people wrote around the list, and the title, stay. Raises SousError.
    """
    found = forge.pull_request(head, base)
    if found is None:
        title = harmless_title(f"{plan}: {len(steps)} steps", forge.most_title)
        text = checklist(plan, steps, most=forge.most_body)
        return forge.open_pull_request(head, base, title, text), "opened"
    around = found.body.replace("\r\n", "\n")
    text = renewed(around, plan, steps, most=forge.most_body)
    if text == around:
        return found, "unchanged"
    return forge.change_pull_request(found, text), "renewed"


def renewed(body: str, plan: str, steps: Sequence[TeamStep], *, most: int) -> str:
    """Return a text with its list made again; one that has none gets it at its end."""
    before, begin, rest = body.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin:
        before, after = f"{body.rstrip()}\n\n" if body.strip() else "", ""
    elif not end:
        after = ""
    room = most - len(before) - len(after)
    return f"{before}{checklist(plan, steps, most=room)}{after}"


def checklist(plan: str, steps: Sequence[TeamStep], *, most: int) -> str:
    """Return the list of steps with its marks; what does not fit is counted."""
    done = sum(step.record is not None for step in steps)
    head = f"{BEGIN}\nSteps of {harmless(one_line(plan))}: {done} of {len(steps)} are done.\n\n"
    foot = f"\nThis list is written by `sous land --pr`.\n{END}"
    lines: list[str] = []
    room = most - len(head) - len(foot) - 40
    for at, step in enumerate(steps):
        line = _line(step)
        room -= len(line) + 1
        if room < 0:
            lines.append(f"- … and {len(steps) - at} more")
            break
        lines.append(line)
    return "\n".join((f"{head}{lines[0] if lines else ''}", *lines[1:], foot))


def _line(step: TeamStep) -> str:
    record = step.record
    by = f" — {one_line(record.by)[:_LONGEST]}" if record and record.by else ""
    name = harmless(f"{one_line(step.planned.name)[:_LONGEST]}{by}")
    return f"- [{'x' if record else ' '}] {name}"
