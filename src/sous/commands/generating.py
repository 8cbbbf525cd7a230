"""The story that all generating commands share: bundle -> prompts -> model -> check -> write."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous import __version__
from sous.asking.ticks import with_old_ticks
from sous.bundle.read import Bundle, bundle_from, files_newer_than_bundle, read_bundle
from sous.bundle.remembered import order_of
from sous.commands.generated import Result, asking, results_table, show_request, what_came
from sous.errors import OverBudget, SousError, UsageProblem
from sous.files import refuse_link_out, shown_path
from sous.models.ask import Patience
from sous.models.choose import Choice, choose_if_configured, choose_model, llm_folder, ready
from sous.models.price import Cost, price
from sous.names import BUNDLE, OWN_FILES, REPORTS, Report
from sous.notify import notify
from sous.output.lock import holding
from sous.output.partial import keep_somewhere, partial_path
from sous.output.place import destination_of, facts_in_place, put_in_place
from sous.output.readme import OURS, readme_in
from sous.prompts.find import find_template, is_file_name, shipped_template
from sous.reports.fit import fit
from sous.reports.job import Job
from sous.reports.make import Maker, Making, Ways
from sous.request import ModelRequest, Request
from sous.root import find_root
from sous.settings import FOR_MODELS, Settings, load_settings
from sous.terminal import Waiting, binary_stdout, one_line, read_stdin, say, say_lines, write_stdout
from sous.tokens import preload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sous.output.target import Destination
    from sous.prompts.render import Template
    from sous.reports.looked_up import LookedUp, Memory


@dataclass(frozen=True)
class Scene:
    """What all reports of one run share."""

    request: Request
    root: Path
    settings: Settings
    bundle: Bundle
    choice: Choice
    verifier: Choice | None = None


def generate(commands: Sequence[str], request: Request) -> None:
    """Make the reports of these commands as the request says. Raises SousError."""
    began = time.monotonic()
    gc.set_threshold(200_000, 20, 20)  # importing llm makes many objects and hardly a cycle
    preload()  # beside that import
    reports = [REPORTS[command] for command in commands]
    if request.verify and not any(report.has_faults for report in reports):
        raise UsageProblem(
            f"--verify asks whether faults are real, and {commands[0]} names none; leave it out"
        )
    to_stdout = request.output == "-" or (request.output is None and request.bundle == "-")
    if to_stdout and len(reports) > 1:
        raise UsageProblem("several reports go to files; name a bundle, or leave it out")
    if to_stdout:
        binary_stdout()  # a closed one is told before anything is sent
    root = _root(request, strict=not (to_stdout and request.bundle))
    settings = _settings(request, root)
    paths = (
        [] if to_stdout or request.dry_run else [_path(report, request, root) for report in reports]
    )
    who = reports[0].command if len(reports) == 1 else "all"
    with holding(paths, who=who, timeout=settings.timeout):
        results = [Result(report) for report in reports]
        choice, told = _choice(request, settings, root)
        # before anything is packed
        plans = _plans(results, request, root, static=choice.is_static) if paths else {}
        verifier = (
            ready(choose_model(request.verify, {})) if request.verify else None
        )  # before anything is packed or paid
        bundle = _bundle(request, root, settings)
        if told:
            say(told)
        scene = Scene(request, root, settings, bundle, choice, verifier)
        for result in results:
            _begin(result, scene, plans.get(result.report))
        _send(scene, [result for result in results if result.making])
        if len(results) > 1 and not request.dry_run and not request.quiet:
            say_lines(results_table(results))
    gc.freeze()  # at the end of the process they are not looked through once more
    _end(results, settings, seconds=time.monotonic() - began)


def _end(results: Sequence[Result], settings: Settings, *, seconds: float) -> None:
    """Ring, and raise what went wrong."""
    failed = {result.report.command: result.error for result in results if result.error}
    done = ", ".join(result.report.command for result in results)
    notify(
        f"{', '.join(failed)} failed" if failed else f"{done} done",
        when=settings.notify,
        seconds=seconds,
    )
    if not failed:
        return
    first = next(iter(failed.values()))
    if len(results) == 1:
        raise first
    raise type(first)(f"{len(failed)} of {len(results)} reports failed: {', '.join(failed)}")


def _root(request: Request, *, strict: bool) -> Path:
    try:
        return find_root(Path.cwd(), named=request.root)
    except SousError:
        if strict:
            raise
        return Path.cwd()  # a filter reads and writes no file, so any folder will do


def _settings(request: Request, root: Path) -> Settings:
    given = request.given()
    needs = FOR_MODELS - {key for key, value in given.items() if value is not None}
    if request.template and is_file_name(request.template):
        needs -= {"templates"}
    if request.bundle is None and request.pack and not (root / BUNDLE).exists():
        needs |= {"packer"}
    return load_settings(root, given=given, needs=needs)


def _choice(request: Request, settings: Settings, root: Path) -> tuple[Choice, str]:
    """Return the model that is meant, or static analysis where there is none, and that in words."""
    from sous.analyst.static import Static

    choice, told = choose_if_configured(
        settings.model, settings.options, required=request.model_required
    )
    if choice and not choice.is_static:
        return ready(choice), told
    choice = Choice(Static(root))
    if request.model_required:
        raise UsageProblem(
            f"{choice.name} is no model, and --model-required asks for one; name another with -m"
        )
    if request.template:
        raise UsageProblem(
            f"--template is for models, and {choice.name} reads none; name a model with -m"
        )
    return choice, told


def _path(report: Report, request: Request, root: Path) -> Path:
    return Path(request.output).absolute() if request.output is not None else root / report.output


def _plan(report: Report, request: Request, root: Path, *, static: bool) -> Destination:
    path, named = _path(report, request, root), request.output is not None
    return destination_of(
        report, path, root=root, named=named, force=request.force, yes=request.yes, static=static
    )


def _bundle(request: Request, root: Path, settings: Settings) -> Bundle:
    if request.bundle == "-":
        bundle = bundle_from(read_stdin(), None)
        _say_if_unknown(bundle, "stdin")
        return bundle
    path = (
        Path(request.bundle)
        if request.bundle is not None
        else _obtained(root, settings, pack=request.pack)
    )
    bundle = read_bundle(path)
    _say_if_unknown(bundle, shown_path(path))
    order = order_of(path)
    if order and not order.is_whole(root):
        what = order.what()
        say(
            f"{shown_path(path)} holds only {what}, as it was packed; `sous bundle --project` packs all"
        )
    is_fresh = order and request.pack and request.bundle is None
    if not is_fresh:
        _say_if_not_of_these_files(bundle, path)
    return bundle


def _say_if_not_of_these_files(bundle: Bundle, path: Path) -> None:
    """Say where a bundle that lies beside files is not of them: it may have come with them, or be old."""
    from sous.bundle.compare import differences
    from sous.bundle.remembered import is_as_packed

    folder = path.parent
    is_of_here = path.name == BUNDLE or any((folder / one).is_file() for one in bundle.files)
    line = ""
    if is_of_here and not is_as_packed(path):
        line = differences(bundle, folder).line(shown_path(path))
    stale = [] if line else files_newer_than_bundle(bundle, folder)
    if line:
        say(f"{line}: what it says is what is sent")
    elif stale:
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        say(
            f"{shown_path(path)} is older than {stale[0]}{more}; pack again with what made it to have the changes in it"
        )


def _say_if_unknown(bundle: Bundle, name: str) -> None:
    if bundle.reading is None:
        say(f"{name} is in no form that is known; it is sent as one text, and checks are off")


def _obtained(root: Path, settings: Settings, *, pack: bool) -> Path:
    if not pack and (root / BUNDLE).is_file():
        refuse_link_out(root / BUNDLE, root=root)
        return root / BUNDLE
    from sous.bundle.obtain import obtain_bundle  # with all of the packer

    return obtain_bundle(root, settings, pack=pack)


def _plans(
    results: Sequence[Result], request: Request, root: Path, *, static: bool
) -> dict[Report, Destination]:
    """Return where each report goes.

    Raises SousError when the only one can go nowhere; one of several fails alone.
    """
    plans = {}
    for result in results:
        try:
            plans[result.report] = _plan(result.report, request, root, static=static)
        except SousError as exc:
            if len(results) == 1:
                raise
            result.fail(exc)
    return plans


def _begin(result: Result, scene: Scene, plan: Destination | None) -> None:
    """Go as far with a report as it gets without a model."""
    if result.error:
        return
    try:
        _prepare(result, scene, plan)
    except SousError as exc:
        result.fail(exc)


def _prepare(result: Result, scene: Scene, plan: Destination | None) -> None:
    request, report = scene.request, result.report
    template = _template(report, scene)
    facts = _facts(report, scene, template)
    covered = plan is not None and _covers(facts_in_place(plan, scene.root), facts)
    if plan and covered and not request.force:
        result.note = "up to date"
        name = shown_path(plan.path)
        _tell(request, f"{name} is up to date: same bundle, template and model; --force asks again")
        return
    fitted = fit(
        scene.bundle, template, scene.choice, scene.settings,
        task=report.command, split=request.split, facts=_facts_for_prompt(scene),
    )  # fmt: skip
    if request.dry_run:
        result.note = "not sent"
        show_request(scene.choice, fitted)
        return
    job = Job(report, scene.choice, fitted, facts)
    kept = job.take_kept(afresh=request.force)
    _tell(request, asking(job, kept))
    cut = sum(part.cut_lines for part in fitted.parts)
    if cut:
        say(f"{cut} lines are longer than a whole part may be; their ends are not sent")
    result.making = Making(
        job, plan, partial_path(plan.path) if plan else partial_path(Path.cwd() / report.output)
    )


def _template(report: Report, scene: Scene) -> Template:
    if scene.choice.is_static:
        return shipped_template(report.template)  # whose task it knows
    named = scene.request.template or report.template
    return find_template(named, project=scene.settings.templates, user=llm_folder() / "templates")


def _facts_for_prompt(scene: Scene) -> Callable[[str | None], str] | None:
    """Return what tells the facts about a part of the bundle (None: all of it).

    None where none are asked for.
    """
    if not scene.settings.evidence or scene.choice.is_static:
        return None
    if scene.bundle.reading is None:
        raise UsageProblem(
            "--evidence needs a bundle whose files can be told apart; pack with `sous bundle`"
        )
    from sous.analyst.reports import survey_of
    from sous.analyst.table import facts_table

    with Waiting("looking at the code", enabled=False if scene.request.quiet else None):
        survey = survey_of(scene.bundle, root=scene.root)

    def told(part: str | None) -> str:
        only = (
            None
            if part is None
            else set(bundle_from(part.encode("utf-8", "surrogatepass"), None).files)
        )
        table = facts_table(survey, only=only)
        return f"\n{table}" if table else ""

    return told


def _send(scene: Scene, results: Sequence[Result]) -> None:
    """Ask the model for all that is missing, and put each report in its place as soon as its last answer is there."""
    every = {result.making: result for result in results if result.making}
    if not every:
        return
    _check_cost(scene, [one.job for one in every])

    def finish(one: Making) -> None:
        _finish(one, scene, sum((other.job.spent for other in every), Decimal(0)))
        every[one].note = "written"

    settings = scene.settings
    maker = Maker(
        Ways(finish, _keep),
        jobs=settings.jobs,
        patience=Patience(settings.retries, time.monotonic() + settings.timeout),
        most=_most(settings),
        quiet=scene.request.quiet,
    )
    maker.make(list(every))


def _most(settings: Settings) -> Decimal | None:
    return None if settings.max_cost is None else Decimal(str(settings.max_cost))


def _check_cost(scene: Scene, jobs: Sequence[Job]) -> None:
    most = _most(scene.settings)
    if most is None:
        return
    costs = [job.fitted.cost(job.choice, only=job.missing).dollars for job in jobs]
    known = [cost for cost in costs if cost is not None]
    unknown = scene.choice if len(known) < len(costs) else None
    if scene.verifier and price(scene.verifier.model, input_tokens=1).dollars is None:
        unknown = scene.verifier
    if unknown:
        raise OverBudget(
            f"the price of {unknown.name} is not known (price unknown), so --max-cost cannot hold: nothing was "
            "sent. Leave --max-cost out, or take a model whose price is known (`sous models`)"
        )
    if sum(known) > most:
        raise OverBudget(
            f"it would cost about {Cost(sum(known, Decimal(0)))}, more than --max-cost {Cost(most)}; nothing was sent. "
            "Pack less, take a cheaper model (`sous models`), or allow more"
        )


def _finish(one: Making, scene: Scene, spent: Decimal) -> None:
    """Put a report in its place; `spent`: US dollars of the whole run.

    Raises SousError; what was paid is kept.
    """
    report, body = one.job.report, one.job.body()
    told = what_came(report, body)
    looked: Sequence[str] = ()
    if scene.bundle.reading is not None:
        found = _look_up(one, body, scene, spent)
        body, looked = found.text, found.told
    text = one.job.signed(body)
    if one.plan is None:
        where = _print(text, one.rest)
    else:
        where = put_in_place(
            one.plan,
            with_old_ticks(text, one.plan),
            root=scene.root,
            named=scene.request.output is not None,
        )
    one.job.done()
    _tell(scene.request, f"{where}: {told}; {one.job.used()}")
    if looked:
        _tell(scene.request, f"{where}: {'; '.join(looked)}")


def _look_up(one: Making, body: str, scene: Scene, spent: Decimal) -> LookedUp:
    """Return a report with all that can be known of its claims.

    Raises no error: the answer is paid for.
    """
    from sous.claims.evidence import Evidence
    from sous.reports.asking import Asker
    from sous.reports.looked_up import LookedUp, looked_up

    report = one.job.report
    asker = None
    if scene.verifier and report.has_faults:  # there is a live line already
        asker = Asker(
            ModelRequest(quiet=True), scene.root, scene.settings, scene.verifier, spent=spent
        )
    try:
        evidence = Evidence(scene.bundle, without={report.output, *OWN_FILES}, folder=scene.root)
        memory = _memory(scene.request, one)
        return looked_up(report, body, evidence, root=scene.root, asker=asker, memory=memory)
    except Exception as exc:  # noqa: BLE001  # whatever it is, it is no reason to lose what was paid for
        reason = exc if isinstance(exc, SousError) else f"{type(exc).__name__}: {exc}"
        say(
            f"the claims of {report.output} could not be looked up ({one_line(str(reason))}); it is as it came"
        )
        return LookedUp(body, [])
    except BaseException:
        say(_keep([body], one.rest))
        raise
    finally:
        one.job.opinions += asker.answers if asker else []


def _memory(request: Request, one: Making) -> Memory:
    """Return what the memory of findings is used for: a report that goes to stdout is not noted in it."""
    from sous.reports.looked_up import Memory

    if one.plan is None:
        return Memory.UNUSED
    return Memory.KEPT if request.all_findings else Memory.OBEYED


def _facts(report: Report, scene: Scene, template: Template) -> dict[str, Any]:
    """Return what decides about the answer; the same facts again need no new call."""
    return {
        "task": report.command,
        "bundle": scene.bundle.fingerprint(without={report.output, "README.md"}),
        "readme": readme_in(scene.bundle) if report.command != "readme" else None,
        "template": template.fingerprint,
        "model": scene.choice.name,
        "options": dict(scene.choice.options),
        **({"analyst": _analyst()} if scene.choice.is_static else {}),
        **({"all_findings": True} if scene.request.all_findings else {}),
        **({"evidence": True} if scene.settings.evidence and not scene.choice.is_static else {}),
        **({"verify": scene.verifier.name} if scene.verifier and report.has_faults else {}),
    }


def _analyst() -> str:
    from sous.analyst.lint import linter_version

    return f"{__version__}, {linter_version() or 'no ruff'}"


def _covers(known: dict[str, object] | None, facts: dict[str, Any]) -> bool:
    """Tell whether a report was made from the same.

    A README of our own making is no news, whatever stood there.
    """
    same = {**facts, "readme": (known or {}).get("readme")} if facts["readme"] == OURS else facts
    return known is not None and all(known.get(key) == value for key, value in same.items())


def _print(text: str, partial: Path) -> str:
    """Write a report to stdout; where that fails, the answer is kept: it is paid for."""
    try:
        write_stdout(text.encode("utf-8", "replace"))
    except (OSError, SousError):
        say(_keep([text], partial))
        raise
    return "stdout"


def _keep(received: Sequence[str], partial: Path) -> str:
    """Write what came of an answer beside the report and return that in words; nothing for no text."""
    text = "".join(received)
    if not text.strip():
        return ""
    return keep_somewhere(partial, text, what="What came")


def _tell(request: Request, message: str) -> None:
    if not request.quiet:
        say(message)
