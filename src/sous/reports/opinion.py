"""A second opinion about findings: whether what is proved to stand there is a defect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.reports.findings import split_report
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.check import Checked
    from sous.claims.evidence import Evidence
    from sous.reports.asking import Asker
    from sous.reports.findings import Finding

_AT_ONCE = 10  # findings in one call
_AROUND = 40  # lines of code before and behind those that are named
_ANSWER = re.compile(
    r"^\W{0,4}(?P<number>\d+)\W{0,4}:\s*\**(?P<verdict>real|not real|unsure)\b\**\s*[:.\u2013\u2014-]*\s*"
    r"(?P<why>.*)$",
    re.IGNORECASE | re.MULTILINE,
)


def second_opinions(text: str, checked: Checked, evidence: Evidence, asker: Asker) -> tuple[str, dict[str, int]]:
    """Ask a model about the findings whose evidence holds; return the report with its words, and how many are which.

    `text` is the report with marks, `checked` what it was without.
    A call that fails leaves its findings without an opinion, which is said.
    """
    counts = {"real": 0, "not real": 0, "unsure": 0}
    findings, found = split_report(text)[0], split_report(checked.text)[0]
    proved = [findings[at] for at in _proved(found, checked)] if len(findings) == len(found) else []
    for start in range(0, len(proved), _AT_ONCE):
        batch = proved[start : start + _AT_ONCE]
        sent = "\n\n".join(_shown(number, finding, evidence) for number, finding in enumerate(batch, 1))
        try:
            answer = asker.ask(asker.template("verify-gen"), sent, task="verify", what="a second opinion")
        except SousError as exc:
            say(f"no second opinion about {len(batch)} findings: {exc}")
            continue
        for match in _ANSWER.finditer(answer):
            number = int(match["number"])
            if 1 <= number <= len(batch):
                verdict = match["verdict"].lower()
                counts[verdict] += 1
                source = batch[number - 1].source
                words = f"**Second opinion ({asker.choice.name}):** {verdict}: {one_line(match['why'])}"
                text = text.replace(source, f"{source.rstrip()}\n\n{words}\n\n", 1)
    asker.log()
    return text, counts


def _proved(findings: Sequence[Finding], checked: Checked) -> Iterator[int]:
    """Yield which findings have nothing unproven and something that holds; of the text that was checked."""
    at = 0
    for number, finding in enumerate(findings):
        at = checked.text.index(finding.source, at)
        first = checked.text.count("\n", 0, at) + 1
        last = first + finding.source.count("\n")
        verdicts = {one.verdict.value for one in checked.judged if first <= one.reference.line < last}
        if "unproven" not in verdicts and {"verified", "moved"} & verdicts:
            yield number


def _shown(number: int, finding: Finding, evidence: Evidence) -> str:
    source = evidence.source(finding.path) if finding.path else None
    parts = [f"# Finding {number}", _without_fix(finding.source)]
    if source and finding.first:
        first, last = finding.first - _AROUND, (finding.last or finding.first) + _AROUND
        lines = [f"{at}: {line}" for at, line in zip(source.numbers, source.lines, strict=False) if first <= at <= last]
        parts.append(f"The code around it, {source.path}:\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _without_fix(source: str) -> str:
    """Return a finding without its proposal, which would plead for it."""
    return re.split(r"^\*\*How to fix:?\*\*", source, maxsplit=1, flags=re.MULTILINE)[0].strip()


def told(counts: dict[str, int], model: str) -> Sequence[str]:
    """Return the counts in words; nothing where there are none."""
    parts = [f"{number} {verdict}" for verdict, number in counts.items() if number]
    return [f"{model}: {', '.join(parts)}"] if parts else []
