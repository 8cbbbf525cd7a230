"""A report looked through as a whole: what it says of the code, and what came of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sous.claims.find import find_references
from sous.claims.judge import judge_all
from sous.claims.mark import ALREADY, closed_by_table, edits_of, unmarked
from sous.claims.proposals import without_fixed, without_proposals
from sous.claims.verdict import Judged, Verdict
from sous.document.edits import Edit, edited

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference

_FEW = 5  # references, of which nothing can be told about all of a report
_HELD = ("verified", "located", "moved", "ambiguous")
_NEARLY_NOTHING = 0.2  # of the references hold


@dataclass(frozen=True)
class Checked:
    """A report without the marks of an earlier check, and its references with their verdicts."""

    text: str
    judged: tuple[Judged, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many references have each verdict."""
        counted = Counter(one.verdict.value for one in self.judged)
        return {verdict.value: counted[verdict.value] for verdict in Verdict}

    @property
    def is_about_something_else(self) -> bool:
        """Whether so little of it holds that it is likely about another repository."""
        counts = self.counts
        told = len(self.judged) - counts["unknown"]
        return told >= _FEW and sum(counts[name] for name in _HELD) < _NEARLY_NOTHING * told

    def marked(self, *, others: Iterable[Edit] = ()) -> str:
        """Return the report: what moved corrected, what is unproven marked, all counted in a table.

        `others`: what else is to be written into the text. Without references there is no table.
        """
        text = edited(self.text, (*edits_of(self.text, self.judged), *others))
        return closed_by_table(text, self.counts) if self.judged else text

    def told(self) -> str:
        """Return the counts in words."""
        count = len(self.judged)
        parts = [
            f"{number:,} {name}"
            for name, number in self.counts.items()
            if number or name == "verified"
        ]
        return f"{count:,} reference{'s' * (count != 1)}: {', '.join(parts)}"

    def as_json(self) -> dict[str, Any]:
        """Return all of it for machines."""
        return {"references": [_entry(one) for one in self.judged], "summary": self.counts}


def check_report(text: str, evidence: Evidence, *, is_readme: bool = False) -> Checked:
    """Look up what a report says of the code.

    Of a README also the tasks, options and variables that it names.
    """
    bare = unmarked(text)
    lines = bare.split("\n")
    said = [one for one in find_references(bare, evidence) if not _is_in_note(one, lines)]
    judged = without_fixed(without_proposals(judge_all(said, evidence), lines), lines)
    if is_readme:
        from sous.claims.readme import holds_in_readme, judge_readme

        more = list(judge_readme(bare, evidence))
        told = {(one.reference.text, one.reference.line) for one in more}
        judged = [one for one in judged if (one.reference.text, one.reference.line) not in told]
        judged = [one for one in judged if holds_in_readme(one, evidence)]
        judged = sorted((*judged, *more), key=lambda one: (one.reference.line, one.reference.at))
    return Checked(bare, tuple(judged))


def _is_in_note(reference: Reference, lines: Sequence[str]) -> bool:
    """Tell whether a reference is in a note of ours behind a target, which is no claim."""
    line = lines[reference.line - 1] if reference.line <= len(lines) else ""
    return (
        ALREADY in line
        and reference.text in line.partition(ALREADY)[2]
        and reference.text not in line.partition(ALREADY)[0]
    )


def _entry(one: Judged) -> dict[str, Any]:
    reference = one.reference
    return {
        "kind": reference.kind,
        "text": reference.text,
        "quote": reference.quote,
        "path": one.path if one.verdict is not Verdict.MOVED else reference.named or one.path,
        "start": reference.start,
        "end": reference.end,
        "verdict": one.verdict.value,
        "found": {"path": one.found.path, "line": one.found.start} if one.found else None,
        "report_line": reference.line,
    }
