"""Let a model word the boxes of a todo list; which steps there are is not its to say."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sous.commands.generated import show_request
from sous.names import TODO
from sous.output.partial import partial_path
from sous.plan.boxes import read_boxes
from sous.plan.todo import key_of
from sous.reports.asking import Asker
from sous.terminal import say

if TYPE_CHECKING:
    from sous.plan.shape import Plan
    from sous.request import ModelRequest


def refined(plan: Plan, request: ModelRequest) -> Plan:
    """Return the plan with the verifications of its steps as a model words them.

    Raises SousError.
    """
    asker = Asker.of(request)
    template = asker.template("todo-gen", own=True)
    if request.dry_run:
        show_request(asker.choice, asker.fitted(template, plan.text, "todo"))
        return plan
    partial = partial_path(plan.path.with_name(TODO))
    answer = asker.ask(template, plan.text, task="todo", what="wording the boxes", partial=partial)
    words: dict[str, list[str]] = {}
    under = ""
    for box in read_boxes(answer):
        if box.depth == 0:
            under = key_of(f"- [ ] {box.text}")
        else:
            words.setdefault(under, []).append(box.text)
    found = [words.get(key_of(f"- [ ] {step.name}")) for step in plan.steps]
    say(f"{sum(map(bool, found))} of {len(found)} steps were worded anew; {asker.used()}")
    asker.log()
    steps = (
        dataclasses.replace(step, verify=tuple(verify)) if verify else step
        for step, verify in zip(plan.steps, found, strict=True)
    )
    return dataclasses.replace(plan, steps=tuple(steps))
