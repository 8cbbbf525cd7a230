"""A second opinion about findings: whether what is proved to stand there is a defect."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sous.claims.evidence import Evidence
    from sous.reports.asking import Asker
    from sous.reports.findings import Finding

_AT_ONCE = 10  # findings in one call
_AROUND = 40  # lines of code before and behind those that are named
_LONGEST = 200  # lines of code that are named
_ANSWER = re.compile(
    r"^[^\w\n]{0,8}(?:finding[ \t]+)?(?P<number>\d{1,4})[^\w\n]{1,8}(?P<verdict>not real|real|unsure)\b"
    r"\**[ \t]*[:.,\u2013\u2014-]*\**[ \t]*(?P<why>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
VERDICTS = ("real", "not real", "unsure")


@dataclass(frozen=True)
class Opinion:
    """What a model said of a finding: one of VERDICTS, and why."""

    verdict: str
    why: str


def second_opinions(
    findings: Sequence[Finding], evidence: Evidence, asker: Asker
) -> dict[int, Opinion]:
    """Ask a model about findings.

    Return its words by the place of the finding among them, none for one it left out.

    A call that fails leaves its findings without an opinion, which is said.
    """
    opinions: dict[int, Opinion] = {}
    for start in range(0, len(findings), _AT_ONCE):
        batch = findings[start : start + _AT_ONCE]
        sent = "\n\n".join(
            _shown(number, finding, evidence) for number, finding in enumerate(batch, 1)
        )
        try:
            answer = asker.ask(
                asker.template("verify-gen"), sent, task="verify", what="a second opinion"
            )
        except SousError as exc:
            say(f"no second opinion about {len(batch)} findings: {exc}")
            continue
        for match in _ANSWER.finditer(answer):
            number = int(match["number"])
            if 1 <= number <= len(batch):
                opinion = Opinion(match["verdict"].lower(), one_line(match["why"]))
                opinions.setdefault(start + number - 1, opinion)
    return opinions


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


def told(opinions: Collection[Opinion], asked: int, asker: Asker) -> str:
    """Return in words how many findings were said to be what, and what that took."""
    counts = Counter(opinion.verdict for opinion in opinions)
    parts = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    parts += [f"{asked - len(opinions)} without one"] if asked > len(opinions) else []
    return f"second opinions: {', '.join(parts)} ({asker.used()})"
