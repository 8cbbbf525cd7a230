"""The story that all generating commands share: bundle -> prompt -> model -> check -> write."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous import __version__
from sous.bundle.obtain import obtain_bundle
from sous.bundle.pack import order_of
from sous.bundle.read import Bundle, bundle_from, files_newer_than_bundle, read_bundle
from sous.errors import SousError, UnusableAnswer
from sous.files import shown_path
from sous.models.ask import Answer, ask
from sous.models.choose import Choice, choose_model, llm_folder
from sous.models.size import Size, size_of
from sous.names import BUNDLE, REPORTS, Report
from sous.prompts.find import find_template, is_file_name
from sous.prompts.render import Prompt, Template, fill
from sous.reports.place import facts_in_place, keep_partial, place_report, plan_report
from sous.reports.provenance import sign
from sous.reports.shape import count_findings, is_visible, unwrap
from sous.reports.target import Plan, partial_path
from sous.root import find_root
from sous.settings import Settings, load_settings
from sous.terminal import Waiting, clean, read_stdin, say, say_lines, stderr_is_terminal, write_stdout

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
    size = size_of(prompt.text, choice)
    if request.dry_run:
        _show(choice, prompt, size)
        return
    facts = _facts(report, bundle, template, choice)
    if plan and not request.force and _covers(facts_in_place(plan), facts):
        name = shown_path(plan.target.path)
        _tell(request, f"{name} is up to date: same bundle, template and model; --force asks again")
        return
    if not request.force:
        size.check()
    _tell(request, f"asking {choice.name}: {size.tokens:,} tokens{size.share}, {size.price}")
    partial = plan.partial if plan else partial_path(Path.cwd() / report.output)
    answer = _ask(prompt, choice, partial, live=_is_watched(request, to_stdout=to_stdout))
    body = unwrap(answer.text)
    if not is_visible(body):
        raise UnusableAnswer(f"{choice.name} sent an answer without any text; try again, or take another model")
    text = sign(body, {**facts, **_bill(answer)})
    try:
        where = place_report(plan, text, root=root, named=request.output is not None) if plan else _print(text, partial)
    finally:
        answer.log()  # of all that may fail, the last
    _tell(request, f"{where}: {_what_came(report, body)}; {_used(answer)}")


def _root(request: Request, *, strict: bool) -> Path:
    try:
        return find_root(Path.cwd(), named=request.root)
    except SousError:
        if strict:
            raise
        return Path.cwd()  # a filter reads and writes no file, so any folder will do


def _settings(request: Request, root: Path) -> Settings:
    given = {"model": request.model, "options": request.options or None}
    needs = {"model", "options", "templates"} - {key for key, value in given.items() if value is not None}
    if request.template and is_file_name(request.template):
        needs.discard("templates")
    if request.bundle is None and request.pack and not (root / BUNDLE).exists():
        needs.add("packer")
    return load_settings(root, given=given, needs=needs)


def _plan(report: Report, request: Request, root: Path) -> Plan:
    path = Path(request.output).absolute() if request.output is not None else root / report.output
    named = request.output is not None
    return plan_report(report, path, root=root, named=named, force=request.force, yes=request.yes)


def _bundle(request: Request, root: Path, settings: Settings) -> Bundle:
    if request.bundle == "-":
        return bundle_from(read_stdin(), None)
    path = Path(request.bundle) if request.bundle is not None else obtain_bundle(root, settings, pack=request.pack)
    bundle = read_bundle(path)
    order = order_of(path)
    if order and not order.is_whole(root):
        what = order.what()
        say(f"{shown_path(path)} holds only {what}, as it was packed; `sous bundle --project` packs all")
    is_fresh = order and request.pack and request.bundle is None
    stale = [] if is_fresh else files_newer_than_bundle(bundle, path.parent)
    if stale:
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        say(
            f"{shown_path(path)} is older than {stale[0]}{more}; pack again with what made it to have the changes in it"
        )
    return bundle


def _facts(report: Report, bundle: Bundle, template: Template, choice: Choice) -> dict[str, Any]:
    """Return what decides about the answer; the same facts again need no new call."""
    return {
        "task": report.command,
        "bundle": bundle.fingerprint(without=report.output),
        "template": template.fingerprint,
        "model": choice.name,
        "options": dict(choice.options),
    }


def _covers(known: dict[str, object] | None, facts: dict[str, Any]) -> bool:
    return known is not None and all(known.get(key) == value for key, value in facts.items())


def _bill(answer: Answer) -> dict[str, Any]:
    dollars = answer.cost.dollars
    return {
        "tokens": {"input": answer.input_tokens, "output": answer.output_tokens, "cached": answer.cached_tokens},
        "usd": None if dollars is None else float(round(dollars, 6)),
        "date": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "sous": __version__,
    }


def _print(text: str, partial: Path) -> str:
    """Write a report to stdout; where that fails, the answer is kept: it is paid for."""
    try:
        write_stdout(text.encode("utf-8", "replace"))
    except OSError:
        say(_keep([text], partial))
        raise
    return "stdout"


def _is_watched(request: Request, *, to_stdout: bool) -> bool:
    """Tell whether to show the answer as it comes; not where the whole of it will stand on the same terminal."""
    return stderr_is_terminal() and not request.quiet and not (to_stdout and sys.stdout.isatty())


def _ask(prompt: Prompt, choice: Choice, partial: Path, *, live: bool) -> Answer:
    """Ask, show the answer as it comes if `live`, and keep what came if it fails."""
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
    except BaseException as exc:
        if live and received:
            say_lines([""])
        kept = _keep(received, partial)
        if kept and isinstance(exc, SousError):
            raise type(exc)(f"{exc}. {kept}") from exc
        if kept:
            say(kept)
        raise
    if live:
        say_lines([""])
    return answer


def _keep(received: list[str], partial: Path) -> str:
    """Write what came of an answer beside the report and say so; nothing for no text."""
    text = "".join(received)
    if not text.strip():
        return ""
    try:
        kept = keep_partial(partial, text)
    except SousError as exc:
        return f"What came could not be kept: {exc}"
    return f"What came is kept in {shown_path(kept)}"


def _what_came(report: Report, body: str) -> str:
    lines = len(body.splitlines())
    if report.command == "readme":
        return f"{lines} line{'s' * (lines != 1)}"
    findings = count_findings(body)
    if not findings:
        return f"{lines} line{'s' * (lines != 1)} of prose, none in the form of a finding"
    return f"{findings} finding{'s' * (findings != 1)}"


def _used(answer: Answer) -> str:
    if answer.input_tokens is None:
        return f"{answer.model}, {answer.seconds:.1f} s, the provider counted no tokens"
    cached = f" ({answer.cached_tokens:,} cached)" if answer.cached_tokens else ""
    tokens = f"{answer.input_tokens:,} tokens in{cached}, {answer.output_tokens or 0:,} out"
    return f"{answer.model}, {answer.seconds:.1f} s, {tokens}, {answer.cost}"


def _show(choice: Choice, prompt: Prompt, size: Size) -> None:
    """Print what would be sent."""
    shown = [f"model:   {choice.name}"]
    if choice.options:
        shown.append(f"options: {', '.join(f'{key}={value}' for key, value in choice.options.items())}")
    shown += [
        f"tokens:  {size.tokens:,} (o200k_base){size.share}",
        f"price:   {size.price.removeprefix('price ')}",
        "prompt:",
    ]
    for part in (prompt.bundle, prompt.task):
        lines = part.strip("\n ").splitlines()
        shown += [f"  {line}" for line in lines[:_HEAD_LINES]]
        if len(lines) > _HEAD_LINES:
            shown.append(f"  … {len(lines) - _HEAD_LINES:,} more lines …")
    write_stdout("".join(f"{clean(line)}\n" for line in shown).encode("utf-8", "replace"))
    say("nothing was sent")


def _tell(request: Request, message: str) -> None:
    if not request.quiet:
        say(message)
