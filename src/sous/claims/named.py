"""Whether a name that a report says is one of the code, and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.claims.lookup import Lookup, is_near, is_of_a_library, names_in
from sous.claims.verdict import Judged, Verdict, moved_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference


_SPECIAL = re.compile(r"__\w+__")  # a name of Python itself


class NameJudge:
    """Judges names by a bundle; they are looked up by `lookup`, which others share."""

    def __init__(self, evidence: Evidence, lookup: Lookup) -> None:
        self._evidence = evidence
        self._lookup = lookup

    def judge(self, reference: Reference) -> Judged | None:
        """Return the verdict, None for what is only mentioned."""
        names = names_in(reference.text)
        if not names:
            return None
        there = self._defined_after_all(reference, names[-1])
        if there:
            return there
        if self._lookup.has_name(names):
            if reference.places:
                return self.at_places(reference, names[-1])
            home = self._lookup.home_of(names[-1], reference.near)
            is_proved = self._lookup.has_whole(names) and self._is_of_its_file(reference, home)
            return Judged(reference, Verdict.VERIFIED if is_proved else Verdict.LOCATED, home)
        return self._missing_name(reference, names)

    def _defined_after_all(self, reference: Reference, name: str) -> Judged | None:
        """Return the verdict on a name that a file is said to lack, and defines at its top."""
        paths = self._evidence.resolve(reference.absent_in) if reference.absent_in else []
        for source in self._lookup.sources(paths):
            for span in source.definitions(name):
                if not source.lines[span.first][:1].isspace():
                    lines = source.lines_of(span)
                    why = f"it is defined in line {lines.start}"
                    return Judged(reference, Verdict.UNPROVEN, source.path, lines, why)
        return None

    def _is_of_its_file(self, reference: Reference, home: str | None) -> bool:
        """Tell whether a name is in a file that its text is about, where there is one.

        Of a library's own name it proves nothing that it is somewhere.
        """
        if is_of_a_library(names_in(reference.text)[-1:]):
            return False
        near = {path for named in reference.near for path in self._evidence.resolve(named)}
        return not near or home in near

    def _missing_name(self, reference: Reference, names: Sequence[str]) -> Judged | None:
        if not reference.firm or is_of_a_library(names) or self._is_of_a_query(names):
            return None
        if self._is_foreign(names) or _SPECIAL.fullmatch(names[-1]):
            return None
        if self._is_part_of_something(names):
            return Judged(reference, Verdict.VERIFIED)
        if not reference.places and not reference.is_called:
            why = "the report gives no place for it"  # as likely a proposal, or of a library
            return Judged(reference, Verdict.UNKNOWN, None, why=why)
        if self._evidence.is_partial:
            why = "not all of the code is in the bundle"
            return Judged(reference, Verdict.UNKNOWN, None, why=why)
        return Judged(reference, Verdict.UNPROVEN, None, why="there is no such name")

    def _is_foreign(self, names: Sequence[str]) -> bool:
        """Tell whether a name is of a class or module that the code does not define."""
        owner = names[-2] if len(names) > 1 else ""
        if not owner[:1].isupper() or not self._evidence.holds_word(owner):
            return False
        return not any(source.definitions(owner) for source in self._evidence.sources([owner]))

    def _is_of_a_query(self, names: Sequence[str]) -> bool:
        """Tell whether a name is of SQL or the environment, which code has in small letters."""
        name = names[-1]
        return len(names) == 1 and name.isupper() and self._has_small(name)

    def _has_small(self, name: str) -> bool:
        return self._evidence.holds_word(name.lower())

    def _is_part_of_something(self, names: Sequence[str]) -> bool:
        """Tell whether names are those of a module, or a beginning or end of longer ones."""
        last = names[-1]
        is_affix = last.startswith("_") or last.endswith("_")
        if is_affix and self._evidence.is_part_of_word(last):
            return True
        return len(names) > 1 and self._evidence.has_module(names)

    def at_places(self, reference: Reference, name: str) -> Judged:
        """Return the verdict on a name that exists, whose sentence or finding names lines."""
        cited = list(self._lookup.cited(reference))
        for place, source in cited:
            if is_near(source, name, place.first, place.last):
                return Judged(reference, Verdict.VERIFIED, source.path)
        if reference.is_subject and len(cited) == 1:
            _, source = cited[0]
            defined = [] if source.is_reduced else source.definitions(name)
            if len(defined) == 1 and not source.is_variable(defined[0], name):
                return moved_name(reference, name, source.lines_of(defined[0]))
        return Judged(reference, Verdict.LOCATED, self._lookup.home_of(name, reference.near))
