"""Whether a path that a report names is one of the code, and what it may be where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.claims.lookup import Lookup, names_in
from sous.claims.verdict import Judged, Verdict, moved_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.claims.evidence import Evidence
    from sous.claims.reference import Reference

_FILE = re.compile(r"\w\.[a-z]{1,4}$")


class PathJudge:
    """Judges paths by a bundle; they are looked up by `lookup`, which others share."""

    def __init__(self, evidence: Evidence, lookup: Lookup) -> None:
        self._evidence = evidence
        self._lookup = lookup

    def judge(self, reference: Reference) -> Judged | None:
        """Return the verdict, None for what is only mentioned."""
        named = reference.named or ""
        meant = self._lookup.meant(reference)
        if meant:
            home = self._lookup.other_home(reference.bound, meant)
            if home:
                return moved_name(reference, reference.bound, home)
            return self._present(reference, meant, named)
        is_glob = "*" in named or "{" in named
        if self._evidence.matches(named) if is_glob else self._evidence.has_folder(named):
            return Judged(reference, Verdict.LOCATED, named)
        return self._missing_glob(reference, named) if is_glob else self.missing(reference)

    def _present(self, reference: Reference, meant: Sequence[str], named: str) -> Judged:
        """Return the verdict on a path that is there: a name that it contains is looked up."""
        source = self._evidence.source(meant[0]) if len(meant) == 1 else None
        names = names_in(reference.bound or "")
        has_name = source is not None and bool(names) and bool(source.find_word(names[-1]))
        verdict = Verdict.VERIFIED if has_name else Verdict.LOCATED
        return Judged(reference, verdict, meant[0] if len(meant) == 1 else named)

    def _missing_glob(self, reference: Reference, named: str) -> Judged | None:
        if self._is_of_runtime(named):
            return None
        return Judged(reference, Verdict.UNPROVEN, named, why="no file matches it")

    def missing(self, reference: Reference) -> Judged | None:
        """Return the verdict on a path that is not there: it may be one that is to be made."""
        named = reference.named
        if self._evidence.may_be_left_out(named):
            return Judged(reference, Verdict.UNKNOWN, named, why="it is not in the bundle")
        is_data = self._evidence.is_of_no_kind(named or "") and not reference.is_target
        if reference.kind == "path" and (is_data or self._is_list(named or "")):
            return None
        if reference.kind == "path" and (not reference.firm or self._is_of_runtime(named or "")):
            return None
        return Judged(reference, Verdict.UNPROVEN, named, why="there is no such file")

    def _is_list(self, named: str) -> bool:
        """Tell whether a path is a list of files: `error.tsx/loading.tsx`, `a/b/c.rs` of three."""
        *before, last = named.strip("/").split("/")
        ending = last.rpartition(".")[2]
        names = [name if _FILE.search(name) else f"{name}.{ending}" for name in before]
        if any(map(_FILE.search, before)):
            return True
        return bool(names) and all(self._evidence.resolve(name) for name in (*names, last))

    def _is_of_runtime(self, named: str) -> bool:
        """Tell whether a path is one that the code itself names, or of a home: made when it runs.

        As a word at the begin of a sentence it may be written with a capital.
        """
        name = named.strip("/").rpartition("/")[2]
        is_word = named[:1].isupper() and self._evidence.resolve(named[:1].lower() + named[1:])
        if named.startswith("~") or is_word:
            return True
        is_name_of_file = bool(self._evidence.resolve(name))  # then it is in a wrong folder
        return bool(name) and not is_name_of_file and self._evidence.is_part_of_word(name)
