"""The story that all generating commands share: bundle -> prompt -> model -> check -> write."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous import __version__
from sous.bundle.obtain import obtain_bundle
from sous.bundle.read import Bundle, bundle_from, files_newer_than_bundle, read_bundle
from sous.errors import SousError
from sous.files import shown_path, write_file
from sous.models.ask import Answer, ask
from sous.models.choose import Choice, choose_model, llm_folder
from sous.models.count import count_tokens
from sous.models.price import price
from sous.names import BUNDLE, REPORTS, Report
from sous.prompts.find import Template, find_template
from sous.prompts.render import Prompt, fill
from sous.reports import readme
from sous.reports.provenance import is_unchanged, read_signature, sign
from sous.reports.shape import count_findings, unwrap
from sous.reports.target import Target, check_target, read_existing
from sous.root import find_root
from sous.settings import Settings, load_settings
from sous.terminal import Waiting, clean, is_interactive, say, say_lines, stderr_is_terminal, write_stdout

if TYPE_CHECKING:
    from sous.commands.options import Request

_HEAD_LINES = 10  # of bundle and task each, shown by --dry-run


def generate(command: str, request: Request) -> None:
    """Make the report of `command` as the request says. Raises SousError."""
    report = REPORTS[command]
    to_stdout = request.output == "-" or (request.output is None and request.bundle == "-")
    root = _root(request, strict=not (to_stdout and request.bundle))
    settings = _settings(request, root)
    plan = None if to_stdout or request.dry_run else _plan(report, request, root)
    bundle = _bundle(request, root, settings)
    template = find_template(
        request.template or report.template, project=settings.templates, user=llm_folder() / "templates"
    )
    choice = choose_model(settings.model, settings.options)
    prompt = fill(template, bundle.text)
    if request.dry_run:
        _show(choice, prompt)
        return
    facts = _facts(report, bundle, template, choice)
    if plan and not request.force and _is_up_to_date(plan, facts):
        _tell(
            request,
            f"{shown_path(plan.target.path, root)} is up to date: same bundle, template and model; --force asks again",
        )
        return
    partial = _partial_path(plan.target.path if plan else Path.cwd() / report.output)
    answer = _ask(prompt, choice, request, partial)
    body = unwrap(answer.text)
    text = sign(body, {**facts, **_bill(answer)})
    if plan is None:
        write_stdout(text.encode("utf-8", "replace"))
        where = "stdout"
    else:
        where = _write(plan, text, root, partial)
    _tell(request, f"{where}: {_what_came(report, body)}; {_used(answer)}")


@dataclass(frozen=True)
class _Plan:
    """Where the report goes; `way` is set for a README alone."""

    target: Target
    way: readme.Way = readme.Way.WHOLE


def _root(request: Request, *, strict: bool) -> Path:
    try:
        return find_root(Path.cwd(), named=request.root)
    except SousError:
        if strict:
            raise
        return Path.cwd()  # a filter reads and writes no file, so any folder will do


def _settings(request: Request, root: Path) -> Settings:
    given = {"model": request.model, "options": request.options or None}
    needs = {"model", "options"} - {key for key, value in given.items() if value is not None}
    if request.template is None or "/" not in request.template:
        needs.add("templates")
    if request.bundle is None and not (root / BUNDLE).exists():
        needs.add("packer")
    return load_settings(root, given=given, needs=needs)


def _bundle(request: Request, root: Path, settings: Settings) -> Bundle:
    if request.bundle == "-":
        return bundle_from(sys.stdin.buffer.read(), None)
    if request.bundle is not None:
        bundle = read_bundle(Path(request.bundle))
    else:
        bundle = read_bundle(obtain_bundle(root, settings, pack=request.pack))
    stale = files_newer_than_bundle(bundle, root)
    if stale:
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        name = shown_path(bundle.path or root, root)
        say(f"{name} is older than {stale[0]}{more}; pack again to have the changes in it")
    return bundle


def _plan(report: Report, request: Request, root: Path) -> _Plan:
    named = request.output is not None
    path = Path(request.output).absolute() if request.output is not None else root / report.output
    if report.command != "readme":
        return _Plan(check_target(path, root=root, force=request.force, named=named))
    plan = readme.plan_readme(
        path, root=root, force=request.force, named=named, yes=request.yes, interactive=is_interactive()
    )
    return _Plan(plan.target, plan.way)


def _facts(report: Report, bundle: Bundle, template: Template, choice: Choice) -> dict[str, Any]:
    """Return what decides about the answer; the same facts again need no new call."""
    return {
        "task": report.command,
        "bundle": bundle.fingerprint(without=report.output),
        "template": template.fingerprint,
        "model": choice.name,
        "options": dict(choice.options),
    }


def _bill(answer: Answer) -> dict[str, Any]:
    dollars = answer.cost.dollars
    return {
        "tokens": {"input": answer.input_tokens, "output": answer.output_tokens, "cached": answer.cached_tokens},
        "usd": None if dollars is None else float(round(dollars, 6)),
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "sous": __version__,
    }


def _is_up_to_date(plan: _Plan, facts: dict[str, Any]) -> bool:
    if not plan.target.path.exists():
        return False
    text = read_existing(plan.target.path)
    if plan.way is readme.Way.MARKED:
        text = readme.marked_text(text)
    _, known = read_signature(text)
    return known is not None and is_unchanged(text) and all(known.get(key) == value for key, value in facts.items())


def _ask(prompt: Prompt, choice: Choice, request: Request, partial: Path) -> Answer:
    """Ask, show the answer as it comes on a terminal, and keep what came if it fails."""
    tokens = count_tokens(prompt.text)
    _tell(
        request,
        f"asking {choice.name}: {tokens:,} tokens, {price(choice.model, input_tokens=tokens)} before the answer",
    )
    live = stderr_is_terminal() and not request.quiet
    received: list[str] = []
    waiting = Waiting(choice.name, enabled=live)

    def on_text(piece: str) -> None:
        waiting.stop()
        received.append(piece)
        if live:
            sys.stderr.write(clean(piece))
            sys.stderr.flush()

    try:
        with waiting:
            answer = ask(prompt, choice, on_text)
    except SousError as exc:
        kept = _keep(received, partial)
        if live and received:
            say("")
        raise type(exc)(f"{exc}. {kept}" if kept else str(exc)) from exc
    except BaseException:
        kept = _keep(received, partial)
        if kept:
            say(kept)
        raise
    if live:
        say("")
    return answer


def _keep(received: list[str], partial: Path) -> str:
    """Write what came of an answer beside the report and say so; nothing for no text."""
    text = "".join(received)
    if not text.strip():
        return ""
    write_file(partial, text.encode("utf-8", "replace"))
    return f"What came is kept in {partial.name}"


def _partial_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


def _write(plan: _Plan, text: str, root: Path, partial: Path) -> str:
    """Put the report in place and return what to call it. Raises SousError."""
    path, way = plan.target.path, plan.way
    try:
        if way is readme.Way.ASK:
            path, text = _settle(path, text, root)
        elif way is readme.Way.MARKED:
            text = readme.between_markers(_exactly(path), text)
        write_file(path, text.encode("utf-8", "replace"))
    except SousError:
        # The answer is paid for: what cannot be written in place is tried beside it, then told.
        _rescue(text, partial)
        raise
    partial.unlink(missing_ok=True)
    name = shown_path(path, root)
    if plan.target.in_git:
        say(f"{name} was replaced; `git diff -- {name}` shows what changed, `git checkout -- {name}` goes back")
    if way is readme.Way.ASIDE:
        say(f"README.md was left as it is, it has changes that git does not hold; the text is in {name}")
    return name


def _rescue(text: str, partial: Path) -> None:
    try:
        write_file(partial, text.encode("utf-8", "replace"))
    except SousError:
        return
    say(f"the whole answer is kept in {partial}")


def _settle(path: Path, text: str, root: Path) -> tuple[Path, str]:
    """Show the difference to the README that is there and ask; a no puts the text beside it."""
    say_lines(readme.difference(read_existing(path), text, path.name))
    if click.confirm(f"Replace {path.name}, which git does not hold in this form?", default=False, err=True):
        return path, text
    return readme.aside(path, root=root, force=True).path, text


def _exactly(path: Path) -> str:
    """Return a text with its line ends as they are."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _what_came(report: Report, body: str) -> str:
    lines = body.count("\n")
    if report.command == "readme":
        return f"{lines} lines"
    findings = count_findings(body)
    if not findings:
        return f"{lines} lines of prose, none in the form of a finding"
    return f"{findings} finding{'s' * (findings != 1)}"


def _used(answer: Answer) -> str:
    if answer.input_tokens is None:
        return f"{answer.model}, {answer.seconds:.1f} s, the provider counted no tokens"
    cached = f" ({answer.cached_tokens:,} cached)" if answer.cached_tokens else ""
    tokens = f"{answer.input_tokens:,} tokens in{cached}, {answer.output_tokens or 0:,} out"
    return f"{answer.model}, {answer.seconds:.1f} s, {tokens}, {answer.cost}"


def _show(choice: Choice, prompt: Prompt) -> None:
    """Print what would be sent."""
    tokens = count_tokens(prompt.text)
    click.echo(f"model:   {choice.name}")
    if choice.options:
        click.echo(f"options: {', '.join(f'{key}={value}' for key, value in choice.options.items())}")
    click.echo(f"tokens:  {tokens:,} (o200k_base)")
    click.echo(f"price:   {price(choice.model, input_tokens=tokens)} before the answer")
    click.echo("prompt:")
    for part in (prompt.bundle, prompt.task):
        lines = part.strip("\n ").splitlines()
        for line in lines[:_HEAD_LINES]:
            click.echo(f"  {clean(line)}")
        if len(lines) > _HEAD_LINES:
            click.echo(f"  … {len(lines) - _HEAD_LINES:,} more lines …")
    say("nothing was sent")


def _tell(request: Request, message: str) -> None:
    if not request.quiet:
        say(message)
