"""A second opinion about findings: whether what is proved to stand there is a defect."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.asking.expected import Expectation, Form
from sous.document.edits import Edit
from sous.errors import SousError
from sous.lines import line_end_of
from sous.models.price import Cost, price
from sous.models.window import longest_answer, more_tokens
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sous.asking.session import Session
    from sous.claims.evidence import Evidence
    from sous.models.choose import Choice
    from sous.reports.findings import Finding
    from sous.reports.looked_up import LookedUp

_AT_ONCE = 10  # findings in one call
_AROUND = 40  # lines of code before and behind those that are named
_LONGEST = 200  # lines of code that are named
_ANSWER = re.compile(
    r"""
    ^[^\w\n]{0,8} (?:finding[ \t]+)? (?P<number>\d{1,4})
    [^\w\n]{1,8} (?P<verdict>not[ ]real|real|unsure)\b
    \** [ \t]* [:.,\u2013\u2014-]* \** [ \t]* (?P<why>[^\n]*)$
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
VERDICTS = ("real", "not real", "unsure")
_SAID = re.compile(r"^\*\*Second opinion \([^\n]*\):\*\* (real|not real|unsure)\b", re.MULTILINE)
_USUAL = (9_000, 1_000)  # tokens of a call about ten findings, and of its answer
_MOST_READ, _MOST_CALLS = 40_000, 2  # tokens of the longest such call, and how many are priced


@dataclass(frozen=True)
class Opinion:
    """What a model said of a finding: one of VERDICTS, and why."""

    verdict: str
    why: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.verdict}: {self.why}" if self.why else self.verdict


def opinion_in(finding: str) -> str:
    """Return what a second opinion said of a finding of a report: one of VERDICTS, "" for none."""
    said = _SAID.search(finding)
    return said[1] if said else ""


def price_of_opinions(choice: Choice) -> tuple[Cost, Cost]:
    """Return what the second opinions about one report should cost, and the most for 20 findings.

    How many findings there are is not known before the report is there.
    """
    more = more_tokens(choice.model)
    calls = ((1, *_USUAL), (_MOST_CALLS, _MOST_READ, longest_answer(choice.options)))
    costs = [
        price(choice.model, input_tokens=int(read * more), output_tokens=written).dollars
        for _, read, written in calls
    ]
    expected, most = (
        Cost(None if cost is None else count * cost)
        for cost, (count, *_) in zip(costs, calls, strict=True)
    )
    return expected, most


def with_opinions(looked: LookedUp, evidence: Evidence, session: Session) -> LookedUp:
    """Return a report with what another model says of its findings, behind each of them."""
    findings = looked.proved
    opinions = second_opinions(findings, evidence, session)
    edits = []
    ends = line_end_of(looked.checked_text)
    for number, opinion in opinions.items():
        finding = findings[number]
        at = finding.start + len(finding.source.rstrip())
        said = f"**Second opinion ({session.choice.name}):** {opinion}"
        edits.append(Edit(at, at, f"{ends}{ends}{said}"))
    words = in_words(opinions.values(), len(findings), session)
    return looked.extended(edits, words)


def second_opinions(
    findings: Sequence[Finding], evidence: Evidence, session: Session
) -> dict[int, Opinion]:
    """Ask a model about findings.

    Return its words by the place of the finding among them, none for one it left out. A call that
    fails leaves its findings without an opinion, which is reported.
    """
    opinions: dict[int, Opinion] = {}
    for start in range(0, len(findings), _AT_ONCE):
        batch = findings[start : start + _AT_ONCE]
        shown = (_shown(number, finding, evidence) for number, finding in enumerate(batch, 1))
        template = session.template("verify-gen")
        try:
            answer = session.ask(
                template,
                "\n\n".join(shown),
                task="verify",
                what="a second opinion",
                expectation=_VERDICTS,
                is_kept=True,
            )
        except SousError as exc:
            say(f"no second opinion about {len(batch)} findings: {exc}")
            continue
        for number, opinion in read_opinions(answer):
            if 1 <= number <= len(batch):
                opinions[start + number - 1] = opinion  # the last word counts
    return opinions


def read_opinions(answer: str) -> Iterator[tuple[int, Opinion]]:
    """Yield the opinions of an answer with the numbers of their findings: `1: real: why`."""
    for match in _ANSWER.finditer(answer):
        yield int(match["number"]), Opinion(match["verdict"].lower(), one_line(match["why"]))


def _has_verdicts(text: str) -> str | None:
    has_one = next(read_opinions(text), None) is not None
    return None if has_one else "gave no verdict (`1: real: …`)"


_VERDICTS = Expectation(_has_verdicts, Form.LINES)


def _shown(number: int, finding: Finding, evidence: Evidence) -> str:
    found = evidence.resolve(finding.path) if finding.path else []
    source = evidence.source(found[0]) if len(found) == 1 else None
    parts = [f"# Finding {number}", _without_fix(finding.source)]
    if source and finding.first:
        first, last = (
            finding.first - _AROUND,
            min(finding.last or finding.first, finding.first + _LONGEST) + _AROUND,
        )
        lines = [f"{at}: {line}" for at, line in source.between(first, last)]
        parts.append(f"The code around it, {source.path}:\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _without_fix(source: str) -> str:
    """Return a finding without its proposal, which would plead for it."""
    return re.split(r"^\*\*How to fix:?\*\*", source, maxsplit=1, flags=re.MULTILINE)[0].strip()


def in_words(opinions: Collection[Opinion], asked: int, session: Session) -> str:
    """Return in words how many findings were said to be what, and what that took."""
    counts = Counter(opinion.verdict for opinion in opinions)
    parts = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    parts += [f"{asked - len(opinions)} without one"] if asked > len(opinions) else []
    return f"second opinions: {', '.join(parts)} ({session.used()})"
