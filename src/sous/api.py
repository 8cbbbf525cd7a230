"""What the commands do, as functions: nothing is printed, no setting is found, no folder assumed.

Each function gets all that it depends on as arguments and may be called from several threads at
once. See docs/api.md.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sous.asking.sink import Sink, Terms
from sous.errors import OverBudget, SousError, UnusableAnswer, UsageProblem
from sous.names import BUNDLE, OWN_FILES, PLAN, REPORTS
from sous.root import standing_in
from sous.settings import FOR_MODELS, Settings, load_settings
from sous.surroundings import is_by_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import llm
    from typing_extensions import Unpack

    from sous.asking.report import ReportJob
    from sous.asking.session import Session
    from sous.bundle.read import Bundle
    from sous.bundle.recipe import Choices, Order
    from sous.bundle.summary import Packed
    from sous.bundle.write import Writable
    from sous.claims.check import Checked
    from sous.claims.evidence import Evidence
    from sous.items.finding import Finding
    from sous.items.read import Items
    from sous.models.choose import Choice
    from sous.names import Report
    from sous.plan.progress import Progress
    from sous.reports.looked_up import LookedUp

    Listener = Callable[[str], None]

__all__ = [
    "LookedAt", "MadeReport", "OverBudget", "PackedBundle", "Price", "Settings", "Sink",
    "SousError", "Terms", "UnusableAnswer", "UsageProblem", "check", "items", "pack", "plan",
    "price", "read_bundle", "report", "reports", "settings_of", "terms",
]  # fmt: skip
_DEFAULTS = Settings()


@dataclass(frozen=True)
class PackedBundle:
    """What was packed: its text (None where it went to a file or stream), the file, and the sums.

    `summary` has the numbers of files, bytes and o200k tokens, tokens by path, what was left out
    and why, and where secrets were masked.
    """

    summary: Packed
    text: str | None = None
    path: Path | None = None


@dataclass(frozen=True)
class MadeReport:
    """A report, what it found, and what it took.

    `text` is marked where the bundle does not prove it; `checked` has each claim with its verdict
    (None: the bundle's form is not known, or there was no time). `cost` is in US dollars, None
    where the price is not known; `seconds` are those of the model, tokens as it counted them.
    """

    command: str
    text: str
    findings: tuple[Finding, ...]
    checked: Checked | None
    model: str
    cost: Decimal | None
    seconds: float
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Price:
    """What a report would take: tokens sent (o200k_base), US dollars it should and may cost.

    Dollars are None where the price of the model is not known.
    """

    tokens: int
    expected: Decimal | None
    most: Decimal | None


@dataclass(frozen=True)
class LookedAt:
    """A report with a verdict on each of its claims, and what they were looked up in."""

    checked: Checked
    evidence: Evidence


def settings_of(root: Path) -> Settings:
    """Return the settings that a command would use in `root`, for the other functions to be given.

    The one function that reads SOUS_… variables and configuration files; what an untrusted project
    sets is refused as in a command. Raises SousError.
    """
    with _call(root, None) as folder:
        return load_settings(folder, needs=FOR_MODELS)


def pack(  # noqa: PLR0913  # each is one thing to say
    root: Path,
    paths: Sequence[str | Path] = (),
    *,
    output: Path | Writable | None = None,
    force: bool = False,
    settings: Settings = _DEFAULTS,
    order: Order | None = None,
    cached: bool = True,
    counting: bool = True,
    on_file: Callable[[int, int], None] | None = None,
    on_message: Listener | None = None,
    **choices: Unpack[Choices],
) -> PackedBundle:
    """Pack a project, or `paths` in it, and return the text, or write it to `output`.

    `choices` are the fields of `sous.bundle.recipe.Recipe`, such as `style`, `include`, `budget`
    (tokens) or `secrets`; they go over `settings`, globs of both hold together. A file at `output`
    is replaced as a whole, and only where it is a bundle, unless `force`. `cached`: use what the
    user's cache knows of files. `counting`: count tokens, else they are 0. `on_file` is called
    with how many of how many files are done. `order` is what a command line said, which has the
    environment and the configuration of `root` hold where no `settings` are given.

    Raises UsageProblem for a path that is not to be packed, OverBudget, and SousError.
    """
    from sous.bundle.pack import pack_parts, pack_to_file, pack_to_stream
    from sous.bundle.recipe import Order
    from sous.bundle.target import check_bundle_target

    with _call(root, on_message) as folder:
        meant = None if order and settings is _DEFAULTS else settings
        order = order or Order(folder, tuple(map(str, paths)), project=not paths, given=choices)
        if isinstance(output, Path):
            path = folder / output
            check_bundle_target(path, root=folder, force=force, named=path != folder / BUNDLE)
            write = pack_parts if order.given.get("split") else pack_to_file
            summary = write(
                path, order, root=folder, settings=meant,
                on_file=on_file, cached=cached, counting=counting,
            )  # fmt: skip
            return PackedBundle(summary, path=path)
        stream = io.BytesIO() if output is None else output
        summary = pack_to_stream(
            stream, order, root=folder, settings=meant,
            on_file=on_file, cached=cached, counting=counting,
        )  # fmt: skip
        text = stream.getvalue().decode() if isinstance(stream, io.BytesIO) else None
        return PackedBundle(summary, None if output else text)


def read_bundle(
    bundle: Path | str, *, root: Path | None = None, on_message: Listener | None = None
) -> Bundle:
    """Return a bundle of any packer that sous knows: a file, or (a string) its text.

    `files` has the packed files by path; `reading` is None where the form is not known. `root`: no
    link may lead out of it; that of a git repository or mise project around a file is known.
    Raises SousError for a file that is missing, no regular one or empty.
    """
    from sous.bundle import read

    with _call(root, on_message):
        if isinstance(bundle, str):
            return read.bundle_from(bundle.encode("utf-8", "surrogatepass"), None)
        return read.read_bundle(bundle)


def report(  # noqa: PLR0913  # each is one thing to say
    bundle: Bundle,
    command: str,
    *,
    model: str | llm.Model | None = None,
    root: Path | None = None,
    template: str | None = None,
    split: bool = True,
    settings: Settings = _DEFAULTS,
    on_message: Listener | None = None,
    place: Callable[[MadeReport], None] | None = None,
    verify: str | llm.Model | None = None,
) -> MadeReport:
    """Ask a model for a report and return it with its claims looked up in the bundle.

    `command` is a name of `sous.names.REPORTS`, such as `code-review`. `model` is a model of llm,
    or a name of one; without it and without `settings.model` static analysis makes the report.
    Keys are llm's matter: set `model.key`, or have llm know it. `root` is where history and
    coverage are, if anywhere. `template` names another prompt template. Without `split`, a bundle
    that does not fit the model raises OverBudget. Nothing is written to llm's log. `place` gets the
    report and puts it where it is to be: until it returns, the answers are kept, and another call
    takes them instead of paying again. `verify` is another model, which is asked whether the proved
    findings are real; what it says stands behind each, and counts in what the report cost.

    Raises UsageProblem for what does not exist, UnusableAnswer for an answer that is no report,
    OverBudget for what would cost more than `settings.max_cost` dollars, and SousError.
    """
    how = terms(
        model=model, root=root, template=template, split=split, settings=settings,
        on_message=on_message,
    )  # fmt: skip
    sink = _Alone(place, how, _verifier(verify, how), is_quiet=on_message is None)
    reports(bundle, [command], how, sink, on_message=on_message)
    return sink.made[0]


def reports(
    bundle: Bundle,
    commands: Sequence[str],
    how: Terms,
    sink: Sink,
    *,
    on_message: Listener | None = None,
) -> None:
    """Make several reports at once, as the commands do, and give each to `sink` when it is there.

    All calls share the limits of `how`, which `terms` makes. The methods of `Sink` say what it can
    decide and hear. Raises UsageProblem for a name that there is not, and what `sink` raises.
    """
    from sous.asking.making import Making

    with _call(how.root, on_message):
        Making(bundle, how, sink).make([_report_named(command) for command in commands])


def terms(
    *,
    model: str | llm.Model | None = None,
    root: Path | None = None,
    template: str | None = None,
    split: bool = True,
    settings: Settings = _DEFAULTS,
    on_message: Listener | None = None,
) -> Terms:
    """Return how reports are made, for `reports`; the arguments are those of `report`.

    Raises UsageProblem for a model or an option that does not exist, and SousError.
    """
    with _call(root, on_message) as folder:
        where = folder if root else None
        return Terms(_choice(model, settings, where), settings, where, template, split=split)


def price(  # noqa: PLR0913  # each is one thing to say
    bundle: Bundle,
    command: str,
    *,
    model: str | llm.Model | None = None,
    root: Path | None = None,
    template: str | None = None,
    split: bool = True,
    settings: Settings = _DEFAULTS,
    verify: str | llm.Model | None = None,
) -> Price:
    """Return what `report` would take, with the same arguments; nothing is sent.

    Second opinions (`verify`) are priced for 20 findings; their tokens are not known before.
    Raises what `report` raises before it asks.
    """
    from sous.asking.making import Making

    how = terms(model=model, root=root, template=template, split=split, settings=settings)
    with _call(root, None):
        fitted = Making(bundle, how, Sink()).fitted(_report_named(command))
        costs = [(fitted.cost(how.choice), fitted.most(how.choice))]
        verifier = _verifier(verify, how)
        if verifier and REPORTS[command].has_faults:
            from sous.asking.opinion import price_of_opinions

            costs.append(price_of_opinions(verifier))
        expected, most = (_sum(one.dollars for one in both) for both in zip(*costs, strict=True))
        return Price(sum(fitted.tokens), expected, most)


def check(
    report: Path | str,
    bundle: Bundle,
    *,
    root: Path | None = None,
    on_message: Listener | None = None,
) -> LookedAt:
    """Look up what a report (a file, or its text) says of the code in a bundle.

    `checked.judged` has each claim with its line in the report, counted from 1, and its verdict;
    `checked.marked()` is the report with them. `root` is the project on the disk, if it is there.
    Raises SousError for an empty report, one that is not UTF-8, and a bundle of no known form.
    """
    from sous.claims.check import check_report
    from sous.claims.evidence import Evidence
    from sous.effort import read_within
    from sous.files import shown_path
    from sous.output.provenance import read_signature

    with _call(root, on_message) as folder:
        text, path = _text_and_path(report)
        name = shown_path(path) if path else "the report"
        if not text.strip():
            raise SousError(f"{name} is empty; there is nothing to check")
        if bundle.reading is None:
            packed = shown_path(bundle.path) if bundle.path else "the bundle"
            raise SousError(f"{packed} has no known format, so nothing can be looked up in it")
        own = _name_in(folder, path)
        left_out = {own, *_same_files(text, own, bundle), *OWN_FILES}
        evidence = Evidence(
            bundle, without=left_out, folder=folder if root else None,
            beside=own.rpartition("/")[0],
        )  # fmt: skip
        is_readme = own.rpartition("/")[2].lower().startswith("readme")
        body = read_signature(text)[0]
        return LookedAt(
            read_within(name, check_report, body, evidence, is_readme=is_readme), evidence
        )


def items(report: Path | str, *, root: Path | None = None) -> Items:
    """Return the items of a report, or of any markdown: issues, findings, missing tests.

    `report` is a file, or its text. `open` are those that are neither done nor skipped;
    `left_over` is how many lines belong to none. `root`: no link may lead out of it. Raises
    SousError for a file that cannot be read or lists no items; a text without items has none,
    nor has a report that says that nothing was found.
    """
    from sous.effort import read_within
    from sous.items.read import read_items
    from sous.items.tick import read_file

    with _call(root, None):
        if isinstance(report, str):
            return read_within("the text", read_items, report)
        return read_file(report)


def plan(path: Path, *, root: Path | None = None) -> Progress:
    """Return the steps of a plan and the state of each: open, done or skipped.

    `path` is the plan, or a folder with `prompt_plan.md` in it; the todo.md beside it counts.
    `open` are the steps to be done, in order. `root`: no link may lead out of it. Raises SousError
    for a plan that cannot be read; one without steps that can be recognised has none.
    """
    from sous.plan.progress import read_progress

    with _call(root, None):
        return read_progress(path / PLAN if path.is_dir() else path)


@contextlib.contextmanager
def _call(root: Path | None, on_message: Listener | None) -> Iterator[Path]:
    """Have a call stand in its project, whatever the process's own folder and stderr are."""
    folder = root.resolve() if root else None
    if folder is not None and not folder.is_dir():
        raise UsageProblem(f"{root} is not a folder; name the project's")
    if is_by_command():
        yield folder or Path()
        return
    try:
        with standing_in(folder, on_message):
            yield folder or Path()
    except OSError as exc:  # a full disk, a folder that is gone
        where = f" {exc.filename}" if exc.filename else ""
        raise SousError(f"cannot use{where}: {exc.strerror or exc}") from exc


class _Alone(Sink):
    """Keeps the report that a call is for, after `place` has it."""

    def __init__(
        self,
        place: Callable[[MadeReport], None] | None,
        how: Terms,
        verifier: Choice | None,
        *,
        is_quiet: bool,
    ) -> None:
        self._place = place
        self._how = how
        self._verifier = verifier
        self._is_quiet = is_quiet
        self.made: list[MadeReport] = []

    @property
    def is_quiet(self) -> bool:
        """Whether nobody listens."""
        return self._is_quiet

    @property
    def verifier(self) -> Choice | None:
        """The other model that is asked whether faults are real."""
        return self._verifier

    def second_opinion(self, report: Report, *, spent: Decimal) -> Session | None:
        """Return the session of the other model, within the limit of the call."""
        from sous.asking.session import Session
        from sous.request import ModelRequest

        if self._verifier is None or not report.has_faults:
            return None
        how = self._how
        return Session(
            ModelRequest(quiet=self._is_quiet), how.root or Path(), how.settings, self._verifier,
            before=spent, has_line=False,
        )  # fmt: skip

    def place(self, job: ReportJob, looked: LookedUp) -> None:
        """Take a report that is done."""
        from sous.reports.findings import split_report

        text, bills = looked.text, job.bills
        made = MadeReport(
            job.report.command, text, tuple(split_report(text)[0]), looked.checked,
            job.choice.name, job.total.dollars, sum(bill.seconds for bill in bills),
            sum(bill.tokens.read for bill in bills), sum(bill.tokens.written for bill in bills),
        )  # fmt: skip
        if self._place:
            self._place(made)
        self.made.append(made)


def _report_named(command: str) -> Report:
    if command not in REPORTS:
        raise UsageProblem(f"there is no report {command!r}; there are {', '.join(REPORTS)}")
    return REPORTS[command]


def _choice(model: str | llm.Model | None, settings: Settings, root: Path | None) -> Choice:
    from sous.models.choose import Choice, choice_of, choose_model, ready
    from sous.names import STATIC

    wanted = settings.model if model is None else model
    if wanted in (None, STATIC):
        from sous.analyst.static import Static

        return Choice(Static(root, results=settings.sarif))
    if isinstance(wanted, str):
        return ready(choose_model(wanted, settings.options))
    return ready(choice_of(wanted, settings.options))


def _verifier(verify: str | llm.Model | None, how: Terms) -> Choice | None:
    """Return the other model; what limits the answers of the first limits the same model's too."""
    from sous.models.choose import choice_of, choose_model, ready

    if verify is None:
        return None
    if not isinstance(verify, str):
        return ready(choice_of(verify, {}))
    verifier = choose_model(verify, {})
    if verifier.name == how.choice.name:
        verifier = choose_model(verify, how.choice.options)
    return ready(verifier)


def _sum(dollars: Iterable[Decimal | None]) -> Decimal | None:
    """Return a sum, None where a part of it is not known."""
    every = list(dollars)
    known = [one for one in every if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(every) else None


def _text_and_path(report: Path | str) -> tuple[str, Path | None]:
    """Return the text of a report and where it is. Raises SousError for one that is not UTF-8."""
    from sous.files import read_file, shown_path
    from sous.plan.shape import LARGEST
    from sous.root import project_of

    if isinstance(report, str):
        return report, None
    try:
        data = read_file(report, root=project_of(report), most=LARGEST)
        return data.decode("utf-8"), report
    except UnicodeDecodeError as exc:
        raise SousError(
            f"{shown_path(report)} is not UTF-8 (byte {exc.start}); save it as UTF-8, then check it"
        ) from exc
    except OSError as exc:
        raise SousError(f"cannot read {shown_path(report)}: {exc.strerror}") from exc


def _name_in(folder: Path, path: Path | None) -> str:
    """Return the name of a report in its project, "" for a text that is in no file."""
    if path is None:
        return ""
    real = path.resolve()
    return real.relative_to(folder).as_posix() if real.is_relative_to(folder) else real.name


def _same_files(text: str, name: str, bundle: Bundle) -> set[str]:
    """Return the packed files that are the report itself, under whatever folder."""
    last = name.rpartition("/")[2]
    found = set()
    for path, packed in bundle.files.items():
        if path.endswith(last) and packed.text.strip() == text.strip():
            found.add(path)
    return found
