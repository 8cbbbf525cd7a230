"""`sous plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import context_option, model_options, output_option

if TYPE_CHECKING:
    from sous.prompts.render import Template
    from sous.reports.asking import Asker
    from sous.request import ModelRequest


@click.command("plan")
@click.argument("spec", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--tdd/--no-tdd", default=True, help="Each step begins with a test that fails.  [default: tdd]"
)
@click.option("--repair", is_flag=True, help="Send what the plan lacks back to the model, once.")
@context_option
@output_option("prompt_plan.md")
@model_options()
def plan(
    spec: Path | None,
    *,
    tdd: bool,
    repair: bool,
    bundle: Path | None,
    output: str | None,
    request: ModelRequest,
) -> None:
    """Turn a specification (spec.md) into a plan: small steps, and for each the prompt that carries it out.

    The plan is checked: numbers, a prompt for each step, nothing left unused, every heading of the spec covered. What
    it lacks is listed.
    """
    from sous.asking.ticks import with_old_ticks
    from sous.commands.generated import show_request
    from sous.files import shown_path
    from sous.names import PLAN, Report
    from sous.output.lock import holding
    from sous.output.place import destination_of, facts_in_place, put_in_place
    from sous.output.provenance import sign
    from sous.plan.check import holes_in
    from sous.plan.shape import read_plan
    from sous.reports.asking import Asker
    from sous.terminal import say, write_stdout

    asker = Asker.of(request)
    source, text = _spec(spec, asker.root)
    named = output is not None
    path = Path(output).absolute() if output else asker.root / PLAN
    template = asker.template("plan-gen" if tdd else "plan-no-tdd-gen", own=True)
    sent = _with_context(text, bundle)
    facts = _facts(sent, template, asker)
    if request.dry_run:
        show_request(asker.choice, asker.fitted(template, sent, "plan"))
        return
    try:
        if output == "-":
            body, holes = _asked(asker, template, sent, text, asker.root / PLAN)
            if repair and holes:
                body, holes = _repaired(asker, sent, text, body, holes, path=asker.root / PLAN)
            write_stdout(sign(body, {**facts, **asker.bill()}).encode("utf-8", "replace"))
            _tell(asker, "stdout", body, holes, repair=repair)
            return
        with holding([path], who="plan", timeout=asker.settings.timeout):
            place = destination_of(
                Report("plan", PLAN),
                path,
                root=asker.root,
                named=named,
                force=request.force,
                yes=False,
            )
            known = facts_in_place(place, asker.root)
            if (
                known
                and not request.force
                and all(known.get(key) == value for key, value in facts.items())
            ):
                body = read_plan(path).text
                holes = holes_in(body, text)
                if not (repair and holes):
                    say(
                        f"{shown_path(path)} is up to date: same {source.name}, template and model; --force asks again"
                    )
                    return
            else:
                body, holes = _asked(asker, template, sent, text, path)
            if repair and holes:
                body, holes = _repaired(asker, sent, text, body, holes, path=path)
            name = put_in_place(
                place,
                with_old_ticks(sign(body, {**facts, **asker.bill()}), place),
                root=asker.root,
                named=named,
            )
        _tell(asker, name, body, holes, repair=repair)
    finally:
        asker.log()


def _spec(spec: Path | None, root: Path) -> tuple[Path, str]:
    from sous.errors import SousError
    from sous.files import shown_path
    from sous.names import SPEC
    from sous.output.provenance import read_signature
    from sous.plan.shape import read_markdown

    path = spec if spec is not None else root / SPEC
    if not path.is_file():
        raise SousError(
            f"there is no {shown_path(path)}; make one with `sous hone IDEA`, or name a file: `sous plan FILE`"
        )
    text = read_signature(read_markdown(path))[0]
    if not text.strip():
        raise SousError(
            f"{shown_path(path)} is empty; write down what is to be built, or use `sous hone IDEA`"
        )
    return path, text


def _with_context(text: str, bundle: Path | None) -> str:
    from sous.bundle.read import read_bundle

    if bundle is None:
        return f"# The specification\n\n{text}"
    return f"{read_bundle(bundle).text.rstrip()}\n\n# The specification\n\n{text}"


def _facts(sent: str, template: Template, asker: Asker) -> dict[str, Any]:
    import hashlib

    return {
        "task": "plan",
        "spec": hashlib.sha256(sent.encode("utf-8", "replace")).hexdigest(),
        "template": template.fingerprint,
        "model": asker.choice.name,
        "options": dict(asker.choice.options),
    }


def _asked(
    asker: Asker, template: Template, sent: str, spec: str, path: Path
) -> tuple[str, list[str]]:
    """Return a plan and what it lacks. Raises UnusableAnswer when there is no step in it."""
    from sous.errors import UnusableAnswer
    from sous.output.partial import keep_somewhere, partial_path
    from sous.plan.check import holes_in
    from sous.plan.shape import planned_steps

    partial = partial_path(path)
    body = asker.ask(template, sent, task="plan", what="planning", partial=partial)
    if not planned_steps(body):
        kept = keep_somewhere(partial, body, what="What came")
        raise UnusableAnswer(
            f"{asker.choice.name} sent no plan: no step with a prompt is in it. {kept}"
        )
    return body, holes_in(body, spec)


def _repaired(
    asker: Asker, sent: str, spec: str, body: str, holes: list[str], *, path: Path
) -> tuple[str, list[str]]:
    """Send a plan back once with what it lacks.

    Return the better of the two, and what that still lacks.
    """
    from sous.errors import SousError
    from sous.output.partial import partial_path
    from sous.plan.check import holes_in
    from sous.plan.shape import planned_steps
    from sous.terminal import say

    listed = "\n".join(f"- {hole}" for hole in holes)
    again = f"{sent}\n# The plan\n\n{body}\n# What it lacks\n\n{listed}\n"
    template = asker.template("plan-repair-gen")
    try:
        mended = asker.ask(
            template, again, task="plan", what="repairing", partial=partial_path(path)
        )
    except SousError as exc:  # the plan itself is paid for
        say(f"it could not be repaired: {exc}")
        return body, holes
    left = holes_in(mended, spec)
    return (mended, left) if planned_steps(mended) and len(left) < len(holes) else (body, holes)


def _tell(asker: Asker, name: str, body: str, holes: list[str], *, repair: bool) -> None:
    from sous.plan.shape import planned_steps
    from sous.terminal import say, say_lines

    if not asker.request.quiet:
        say(f"{name}: {len(planned_steps(body))} steps; {asker.used()}")
    if holes:
        say(
            f"it lacks {len(holes)} thing{'s' * (len(holes) != 1)}"
            + ("" if repair else "; --repair sends them back once")
        )
        say_lines(f"  - {hole}" for hole in holes)
    asker.ring("plan done")
