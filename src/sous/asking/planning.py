"""A specification to a plan: asked for, looked through, repaired once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sous.asking.expected import Expectation, Form, sections
from sous.asking.own_file import signed
from sous.asking.swapped import PLAN, not_swapped
from sous.bundle.read import read_bundle
from sous.errors import SousError
from sous.files import shown_path
from sous.names import SPEC
from sous.output.provenance import read_signature
from sous.plan.amend import amended, renumbered
from sous.plan.check import holes_in
from sous.plan.shape import planned_steps, read_markdown, read_plan
from sous.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from sous.asking.delivery import Delivery
    from sous.asking.session import Session
    from sous.prompts.render import Template


@dataclass(frozen=True)
class DraftPlan:
    """The text of a plan, and what it lacks."""

    body: str
    holes: list[str]

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return len(planned_steps(self.body))


@dataclass(frozen=True)
class PlanSources:
    """What a plan is made from: the specification, what is sent of it, the template."""

    path: Path
    spec: str
    sent: str
    template: Template

    @classmethod
    def read(
        cls, session: Session, spec: Path | None, bundle: Path | None, *, tdd: bool
    ) -> PlanSources:
        """Read the specification, and a bundle that is to stand before it. Raises SousError."""
        path, text = _spec(spec, session.root)
        template = session.template("plan-gen" if tdd else "plan-no-tdd-gen", own=True)
        before = f"{read_bundle(bundle).text.rstrip()}\n\n" if bundle else ""
        return cls(path, text, f"{before}# The specification\n\n{text}", template)

    def facts(self, session: Session) -> dict[str, Any]:
        """Return what decides about the answer; the same facts again need no new call."""
        return {
            "task": "plan",
            "spec": hashlib.sha256(self.sent.encode("utf-8", "replace")).hexdigest(),
            "template": self.template.fingerprint,
            "model": session.choice.name,
            "options": dict(session.choice.options),
        }

    def checked(self, body: str) -> DraftPlan:
        """Return a plan with what it lacks."""
        return DraftPlan(body, holes_in(body, self.spec))


def plan_in_place(sources: PlanSources, delivery: Delivery, session: Session) -> DraftPlan | None:
    """Return the plan that is there, None where it has to be asked for."""
    is_up_to_date = delivery.is_up_to_date(sources.facts(session))
    if session.request.force or not is_up_to_date:
        return None
    return sources.checked(read_plan(delivery.path).text)


def new_plan(sources: PlanSources, delivery: Delivery, session: Session) -> DraftPlan:
    """Ask for a plan. Raises UnusableAnswer when there is no step in it."""
    body = session.ask(
        sources.template,
        sources.sent,
        task="plan",
        what="planning",
        partial=delivery.partial,
        expectation=STEPS,
    )
    return sources.checked(body)


def _has_steps(text: str) -> str | None:
    return None if planned_steps(text) else "sent no plan: it has no step with a prompt"


STEPS = not_swapped(Expectation(_has_steps, Form.DOCUMENT), "a plan", own=PLAN)
CHANGES = not_swapped(Expectation(sections, Form.DOCUMENT), "changes of a plan", own=PLAN)


def repaired(
    plan: DraftPlan, sources: PlanSources, delivery: Delivery, session: Session
) -> DraftPlan:
    """Return a plan with its steps numbered anew, and mended by a model where it lacks more.

    The model gives only what changes, once; the better of the two plans is returned.
    """
    numbered = sources.checked(renumbered(plan.body))
    if not numbered.holes:
        return numbered
    plan = numbered if len(numbered.holes) < len(plan.holes) else plan
    listed = "\n".join(f"- {hole}" for hole in plan.holes)
    sent = f"{sources.sent}\n# The plan\n\n{plan.body}\n# What it lacks\n\n{listed}\n"
    template = session.template("plan-repair-gen")
    try:
        body = session.ask(
            template,
            sent,
            task="plan",
            what="repairing",
            partial=delivery.partial,
            expectation=CHANGES,
        )
    except SousError as exc:  # the plan itself is paid for
        say(f"it could not be repaired: {exc}")
        return plan
    again = sources.checked(amended(plan.body, body))
    return again if again.steps >= plan.steps and len(again.holes) < len(plan.holes) else plan


def deliver_plan(
    plan: DraftPlan, sources: PlanSources, delivery: Delivery, session: Session
) -> str:
    """Write a plan and return where, for people."""
    return delivery.deliver(signed(plan.body, sources.facts(session), session))


def _spec(spec: Path | None, root: Path) -> tuple[Path, str]:
    path = spec if spec is not None else root / SPEC
    if not path.is_file():
        raise SousError(
            f"there is no {shown_path(path)}; make one with `sous hone IDEA`, "
            "or name a file: `sous plan FILE`"
        )
    text = read_signature(read_markdown(path))[0]
    if not text.strip():
        raise SousError(
            f"{shown_path(path)} is empty; write down what is to be built, or use `sous hone IDEA`"
        )
    return path, text
