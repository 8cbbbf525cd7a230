"""What a report is told and held to: facts for its prompt, and the code its claims are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.bundle.read import bundle_from
from sous.errors import SousError, UsageProblem
from sous.names import OWN_FILES
from sous.output.partial import keep_somewhere
from sous.reports.looked_up import LookedUp, Memory, looked_up
from sous.terminal import one_line, say
from sous.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sous.asking.report import ReportJob
    from sous.asking.session import Session
    from sous.bundle.read import Bundle


def facts_for_prompts(
    bundle: Bundle, root: Path | None, *, quiet: bool, results: Sequence[Path] = ()
) -> Callable[[str | None], str]:
    """Return what gives the facts about a part of a bundle, None: all of it.

    `results`: files of linters.
    """
    if bundle.reading is None:
        raise UsageProblem(
            "--evidence needs a bundle whose files can be told apart; pack with `sous bundle`"
        )
    from sous.analyst.reports import survey_of
    from sous.analyst.table import facts_table

    with Waiting("looking at the code", enabled=False if quiet else None):
        survey = survey_of(bundle, root=root, results=results)

    def facts(part: str | None) -> str:
        only = None
        if part is not None:
            only = set(bundle_from(part.encode("utf-8", "surrogatepass"), None).files)
        table = facts_table(survey, only=only)
        return f"\n{table}" if table else ""

    return facts


def look_up(
    job: ReportJob,
    body: str,
    bundle: Bundle,
    *,
    root: Path | None,
    memory: Memory,
    verifier: Session | None,
) -> LookedUp:
    """Return a report with all that can be known of its claims.

    Raises no error: the answer is paid for.
    """
    report = job.report
    if bundle.reading is None:
        return LookedUp(body)
    try:
        return _looked_up(job, body, bundle, root=root, memory=memory, verifier=verifier)
    except Exception as exc:  # noqa: BLE001  # the answer is paid for, whatever it is
        reason = exc if isinstance(exc, SousError) else f"{type(exc).__name__}: {exc}"
        say(
            f"the claims of {report.output} could not be looked up ({one_line(str(reason))}); "
            "it is as it came"
        )
        return LookedUp(body)
    except BaseException:
        if job.rest:
            say(keep_somewhere(job.rest, body, what="The answer"))
        raise


def _looked_up(
    job: ReportJob,
    body: str,
    bundle: Bundle,
    *,
    root: Path | None,
    memory: Memory,
    verifier: Session | None,
) -> LookedUp:
    from sous.asking.opinion import with_opinions
    from sous.claims.evidence import Evidence

    evidence = Evidence(bundle, without={job.report.output, *OWN_FILES}, folder=root)
    looked = looked_up(job.report, body, evidence, root=root, memory=memory)
    if verifier and looked.proved:
        job.opinions = verifier.bill
        looked = with_opinions(looked, evidence, verifier)
    _ = looked.text  # where it cannot be made, it is as it came
    return looked
