"""What runs of the tests prove about a step, by what each test did before and after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sous.project.paths import is_test_path
from sous.runner.bodies import (
    assertions,
    base,
    body_of,
    comes_with_code,
    is_alike,
    is_changed,
    leaf,
    likeness,
    same_body,
)
from sous.runner.completed import completed, declared, words_of
from sous.runner.judge import decides_tests
from sous.runner.names import helper_of, with_names
from sous.runner.pieces import with_pieces
from sous.runner.results import FAIL, PASS, SKIP, XFAIL
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sous.runner.differences import Difference
    from sous.runner.trial import Trial

_MOST_COMPARED = 200  # tests that vanished, times those that are new
_REMOVES = re.compile(r"\b(?:remov|delet|drop|retir|tak\w+ out|get rid)", re.IGNORECASE)
_RENAMES = re.compile(r"\b(?:renam|replac|call it|instead of)", re.IGNORECASE)
_SHOWN = 3


@dataclass(frozen=True)
class Comparison:
    """The runs about one step.

    `before` without it, `after` with it, `old` its code under the old tests, `without` its tests on
    the old code (None: not run, as nothing asked for it). `asked`: the words of the step.
    """

    before: Trial
    after: Trial
    old: Trial | None
    changed: Sequence[Difference]
    asked: str
    without: Trial | None = None
    alone: Trial | None = None  # the old tests on the old code, changed ones in their new form
    beside: Trial | None = None  # the same, on the old code with the names that helpers need
    is_bound: bool = False  # a step of a kind that changes no behaviour

    @cached_property
    def _olds(self) -> dict[str, str]:
        return {one.path: one.old.text for one in self.changed if one.old.is_there}

    @cached_property
    def _news(self) -> dict[str, str]:
        return {one.path: one.new.text for one in self.changed if one.new.is_there}

    @cached_property
    def _passed(self) -> set[str]:
        return self.before.results.passed if self.before.results else set()

    @cached_property
    def vanished(self) -> list[str]:
        """The tests that passed before and no longer run."""
        return sorted(self._passed - self.after.outcomes.keys())

    @cached_property
    def new(self) -> list[str]:
        """The tests that there were not before, and that pass."""
        now = self.after.results.passed if self.after.results else set()
        return sorted(now - self.before.outcomes.keys())

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The tests that vanished, each with the new one that was plainly made from it."""
        found: dict[str, str] = {}
        if len(self.vanished) * len(self.new) > _MOST_COMPARED**2:
            return found
        for name in self.vanished:
            left = [one for one in self.new if one not in found.values()]
            if match := self._made_from(name, left):
                found[name] = match
        return found

    def _made_from(self, name: str, left: Sequence[str]) -> str | None:
        old = body_of(name, self._olds.values())
        if old is None:
            same = [one for one in left if leaf(one) == leaf(name)]
            return same[0] if len(same) == 1 else None
        bodies = {one: body_of(one, self._news.values()) or "" for one in left}
        equal = [one for one in left if same_body(name, one, old, bodies[one])]
        if equal:
            return next((one for one in equal if leaf(one) == leaf(name)), equal[0])
        taken = self.asked if _RENAMES.search(self.asked) else ""
        alike = [one for one in left if is_alike(name, one, old, bodies[one], taken=taken)]
        return max(alike, key=lambda one: likeness(name, one, old, bodies[one]), default=None)

    def _rows(self, name: str, trial: Trial) -> list[str]:
        """Return the rows of the table that a test is one of; none where it is no row."""
        of = base(name)
        return [one for one in trial.outcomes if base(one) == of] if of != name else []

    def _is_row_kept(self, name: str) -> bool:
        """Tell whether a table that lost this row has as many rows as before."""
        before, after = self._rows(name, self.before), self._rows(name, self.after)
        return bool(after) and len(after) >= len(before)

    def _forms(self, name: str) -> list[str]:
        """Return what a test of before is now: itself, its new name, the rows of its table."""
        if name in self.after.outcomes:
            return [name]
        if name in self.renamed:
            return [self.renamed[name]]
        return self._rows(name, self.after) if self._is_row_kept(name) else []

    def fails_without(self, name: str) -> bool:
        """Tell whether a test that passes now fails, or cannot even begin, on the old code."""
        if self.without is None:
            return False
        outcome = self.without.outcomes.get(name)
        if outcome is not None:
            return outcome == FAIL
        return self.without.ended.code != 0 and (
            name not in self.before.outcomes or is_changed(name, self._olds, self._news)
        )

    @cached_property
    def broken(self) -> list[str]:
        """The tests that passed before, and whose old form fails on the new code."""
        old = self.old
        if old is None:
            return []
        found = []
        for name in sorted(self._passed):
            outcome = old.outcomes.get(name)
            is_lost = outcome is None and (
                old.ended.code == 0 or is_changed(name, self._olds, self._news)
            )
            if outcome == FAIL or is_lost:
                found.append(name)
        return found

    @cached_property
    def reworked(self) -> list[str]:
        """The tests whose expectation was changed, and whose new form fails on the old code."""
        return [name for name in self.broken if self._is_reworked(name)]

    def _is_reworked(self, name: str) -> bool:
        forms = self._forms(name)
        return (
            not self.is_bound
            and all(self.after.outcomes.get(one) == PASS for one in forms)
            and any(self._fails_alone(one, name) for one in forms)
        )

    def _fails_alone(self, form: str, name: str) -> bool:
        """Tell whether what became of a test fails on the old code, for whatever else is new.

        Not where it only lacks new names that its helpers need.
        """
        if self.beside and self.beside.outcomes.get(form) == PASS:
            return False
        if self.without and self.without.outcomes.get(form) == FAIL:
            return True
        return self.alone is not None and _fails_in(self.alone, form, name)

    def forms_alone(self) -> dict[str, str]:
        """Return old files of tests with the new form of each changed test that is in doubt.

        Where a new test cannot even be built on the old code, the run without the code tells
        nothing of the others. What a test calls in files of tests comes along.
        """
        doubted = []
        for name in self.broken:
            forms = self._forms(name)
            told = [self.without.outcomes.get(one) for one in forms] if self.without else [None]
            if forms and FAIL not in told and None in told:
                doubted.append(name)
        return self._in_new_form(doubted)[0]

    def forms_beside(self) -> dict[str, str]:
        """Return the same of each changed test, with old code that has the names helpers need.

        Nothing where no helper needs any. Tests of what is not there any more are left out, as it
        may be one of the new names now.
        """
        olds = {one.path: one.old.text for one in self._code if one.old.is_there}
        news = {one.path: one.new.text for one in self._code if one.new.is_there}
        before, after = (
            {name for path, text in of.items() for name in declared(path, text)}
            for of in (olds, news)
        )
        texts, bodies = self._in_new_form(self.broken, gone=before - after)
        needed, named = words_of(texts.values()), words_of(bodies)
        code = {
            path: text
            for path, new in news.items()
            if path not in texts
            and (text := completed(path, olds.get(path), new, needed=needed, named=named))
        }
        return {**texts, **code} if code else {}

    @cached_property
    def _code(self) -> list[Difference]:
        return [one for one in self.changed if not one.is_test_side]

    def _in_new_form(
        self, names: Iterable[str], gone: Collection[str] = ()
    ) -> tuple[dict[str, str], list[str]]:
        """Return old files of tests with some in their new form, and these; none with `gone`."""
        found: dict[str, str] = {}
        bodies = []
        for name in names:
            forms = self._forms(name)
            new = body_of(forms[0], self._news.values()) if forms else None
            for path, text in self._olds.items() if new else ():
                old = body_of(name, [text])
                if old and new and old != new and not words_of([text]) & {*gone}:
                    found[path] = found.get(path, text).replace(old, new)
                    bodies.append(new)
        return (self._with_helpers(found, bodies) if found else {}), bodies

    def _with_helpers(self, found: Mapping[str, str], forms: Sequence[str]) -> dict[str, str]:
        """Return files with tests in their new form, and what these call in files of tests."""
        serving = {
            path: text
            for path, text in self._news.items()
            if path in found or (is_test_path(path) and not decides_tests(path))
        }
        result = with_pieces(found, forms, self._olds, serving)
        for path, text in serving.items():
            if path in found:
                result[path] = with_names(result[path], text)
            elif path not in result and (helper := helper_of(path, text)) is not None:
                result[path] = helper
        return result

    def problems(self) -> list[str]:
        """Return what speaks against the step, whatever anybody says."""
        return [*self._switched_off(), *self._broken(), *self._hollow()]

    def _switched_off(self) -> list[str]:
        now = self.after.outcomes
        skipped = sorted(name for name in self._passed if now.get(name) in (SKIP, XFAIL))
        return [f"{shown(skipped)} passed before and is now skipped"] if skipped else []

    def _broken(self) -> list[str]:
        left = [
            name for name in self.broken if name not in self.reworked and not self._is_asked(name)
        ]
        if not left:
            return []
        why = (
            "behaviour was not supposed to change"
            if self.is_bound
            else "its new version does not fail without the new code"
        )
        return [f"{shown(left)}: the old test fails on the new code, and {why}"]

    def _hollow(self) -> list[str]:
        """Tell of tests that asserted something and do not any more."""
        found = []
        for name in sorted(self._passed):
            old = body_of(name, self._olds.values())
            forms = self._forms(name)
            new = body_of(forms[0], self._news.values()) if forms and old else None
            if old and new and old != new and assertions(old) and not assertions(new):
                found.append(name)
        return [f"{shown(found)} no longer asserts anything"] if found else []

    def unclear(self) -> list[str]:
        """Return what only a person can decide: tests that vanished without a trace."""
        gone = [
            name for name in self.vanished if not self._forms(name) and not self._is_asked(name)
        ]
        return [f"{shown(gone)} passed before and no longer runs"] if gone else []

    def _is_asked(self, name: str) -> bool:
        """Tell whether the step asks in so many words to remove a test, or its file."""
        if not _REMOVES.search(self.asked) or self._forms(name):
            return False
        words = {leaf(name)}
        for one in self.changed:
            if not one.new.is_there and body_of(name, [one.old.text]):
                words |= {one.path, one.path.rpartition("/")[2]}
        return any(re.search(rf"(?<![\w/]){re.escape(word)}(?!\w)", self.asked) for word in words)

    def proofs(self) -> list[str]:
        """Return the tests that pass with the new code, and fail without it."""
        now = self.after.results.passed if self.after.results else set()
        return sorted(name for name in now if self.fails_without(name))

    def comes_with_code(self) -> list[str]:
        """Return the new tests that stand in the new code itself, and are not run without it."""
        if self.without is None:
            return []
        told = self.without.outcomes
        code = [one for one in self.changed if one.new.is_there and not one.is_test_side]
        return [
            name
            for name in self.new
            if name not in told
            and any(comes_with_code(name, one.path, one.old.text, one.new.text) for one in code)
        ]

    def notes(self) -> list[str]:
        """Return what is good to know about a step that is done."""
        found = []
        made = [name for name in self.new if name not in self.renamed.values()]
        if made:
            found.append(f"{len(made)} new test{'s' * (len(made) != 1)}")
        if self.after.results:
            found.append(f"{len(self.after.results.passed)} pass")
        if self.reworked:
            found.append(f"changed: {shown(self.reworked)}")
        names = [f"{leaf(old)} is now {leaf(new)}" for old, new in sorted(self.renamed.items())]
        moved = [one for one in names if len(set(one.split(" is now "))) > 1]
        if moved:
            found.append(one_line(", ".join(moved[:_SHOWN])))
        return found


def _fails_in(trial: Trial, form: str, name: str) -> bool:
    """Tell whether a test fails in a run, or cannot be built there, under either name."""
    told = [trial.outcomes.get(one) for one in (form, name)]
    return FAIL in told or (told == [None, None] and trial.ended.code != 0)


def shown(names: Iterable[str]) -> str:
    """Return the names of some tests for one line."""
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return one_line(", ".join(found[:_SHOWN]))[:200] + more


@dataclass(frozen=True)
class ProofResult:
    """What a proof came to: problems (none: it holds), what was printed, what is good to know.

    `unclear`: what only a person can decide.
    """

    problems: tuple[str, ...] = ()
    output: str = ""
    notes: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
