"""The proof of a step: which runs of the tests it needs, and what they come to together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.runner.bodies import split_inline, with_tests_of
from sous.runner.differences import entries, texts_of
from sous.runner.judge import has_new_tests, has_tests, is_ignore_file, is_plain_test
from sous.runner.meddling import meddling
from sous.runner.omissions import elided, vanished_names
from sous.runner.proof import Comparison, ProofResult, shown
from sous.runner.trial import CANNOT_START, Trial, last_line, run_clean, run_in_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sous.plan.shape import Planned
    from sous.runner.checkpoint import Checkpoint
    from sous.runner.config import RunConfig
    from sous.runner.differences import Difference
    from sous.runner.guard import Guard
    from sous.runner.trial import Job

_ABOUT_TESTS = re.compile(
    r"^\W*(?:add|write|create|extend|rename|move|split|merge|tidy|cover|reorgani[sz]e|convert)\b"
    r"(?:(?!\b(?:with|and|plus|its|their)\b)[^.,;\n]){0,40}\btest(?:s|_\w+)?\b",
    re.IGNORECASE,
)
_NO_TEST = "no test is new: write the test first (or run with --no-tdd)"
_NO_PROOF = "the tests pass without the new code too, so none of them is a test of this step"
_MOST_FLAKY = 3  # tests that are run again, as one that fails once in three might be among them


@dataclass
class Prover:
    """Runs the tests of one run of a plan, and knows how they were before the step in work."""

    config: RunConfig
    folder: Path  # for index files
    job: Job
    what: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, Trial] = field(default_factory=dict)  # by commit
    flaky: set[str] = field(default_factory=set)

    def baseline(self, start: Checkpoint, guard: Guard) -> Trial:
        """Return how the tests are before anything is done; the last run of a step counts."""
        known = self._known.get(guard.head)
        if known is None:
            known = self._trial(start, guard)
            if known.results and known.results.failed and known.results.passed:
                known = self._again(start, guard, known, known.results.failed)
            self.remember(guard.head, known)
        return known

    def remember(self, commit: str, trial: Trial) -> None:
        """Note how the tests are at a commit."""
        self._known = {commit: trial}

    @property
    def known(self) -> Mapping[str, Trial]:
        """How the tests are, by commit, as far as it is known."""
        return self._known

    def check(self, start: Checkpoint, guard: Guard) -> str | None:
        """Run the tests before anything is done; return what is to be said of them.

        Raises SousError when they could prove nothing.
        """
        test, config = self.config.test, self.config
        trial = self.baseline(start, guard)
        code = trial.ended.code
        if code is None:
            raise SousError(
                f"`{test}` did not end within {config.test_timeout:g} s; fix it, or see "
                "--test-timeout"
            )
        if code in CANNOT_START:
            raise SousError(
                f"`{test}` could not be started: {last_line(trial.ended)}; name another with "
                f"--test{self._hint(start)}"
            )
        if trial.results and trial.results.foreign:
            raise SousError(
                f"the tests load {trial.results.foreign} from the project itself and not from the "
                "clean place where they run: an installed package points there; use --in-place"
            )
        if trial.is_green:
            return self._doubt(trial, start)
        if trial.results and trial.results.passed and trial.results.failed:
            failed = sorted(trial.results.failed)
            return f"{shown(failed)} fail{'s' * (len(failed) == 1)} already, before the first step"
        if config.tdd and has_tests(start):
            raise SousError(
                f"`{test}` fails already, before the first step (exit code {code}: "
                f"{trial.says()}), so it could not show that a new test failed first; fix that, "
                "or use --no-tdd"
                f"{self._hint(start)}"
            )
        return None

    def _doubt(self, trial: Trial, start: Checkpoint) -> str | None:
        if trial.is_known and self.config.tdd:
            return None
        test, tested = self.config.test, has_tests(start)
        if not trial.is_known and tested:
            return (
                f"`{test}` does not report each test: only its exit code counts, and what "
                "is written in the tests"
            )
        if not tested and not self.config.tdd:
            return f"`{test}` passes though there are no tests yet; its result may mean nothing"
        return None

    def _hint(self, start: Checkpoint) -> str:
        """Return what else may be the matter where files that git does not hold are not there."""
        if self.config.in_place or not (start.loose or start.ignored):
            return ""
        return (
            ". It ran in a clean checkout, without files that git ignores or does not track; "
            "--in-place runs it here"
        )

    def prove(
        self,
        step: Planned,
        start: Checkpoint,
        after: Checkpoint,
        changed: Sequence[Difference],
        guard: Guard,
    ) -> tuple[ProofResult, Trial | None]:
        """Return what speaks against a step, and the run of its tests."""
        asked = f"{step.step.title}\n{step.step.prompt}"
        found = [*elided(changed), *vanished_names(changed, asked)]
        if found or self.config.test is None:
            return ProofResult(tuple(found)), None
        before = self.baseline(start, guard)
        if before.is_known and (found := meddling(changed, asked)):
            return ProofResult(tuple(found)), None
        trial = self._after(before, after, guard)
        if problem := self._red(before, trial):
            return ProofResult((problem,), trial.ended.output), trial
        work = _Work(step, start, after, changed, guard, before, trial)
        return self._compare(work, asked), trial

    def lands(
        self, merged: Checkpoint, guard: Guard, at_tip: Trial, base: Trial, own: Trial
    ) -> tuple[str | None, Trial]:
        """Run the tests on a proved step together with what landed since it began.

        `base` and `own` are the runs before the step and with it; return what is wrong.
        """
        trial = self._after(at_tip, merged, guard)
        if problem := self._red(at_tip, trial):
            return problem, trial
        first, mine, theirs, now = (_passed(one) for one in (base, own, at_tip, trial))
        lost = ((theirs - (first - mine)) | (mine - (first - theirs))) - now
        if lost and trial.is_known:
            return f"{shown(sorted(lost))} passed before the merge", trial
        return None, trial

    def _after(self, before: Trial, after: Checkpoint, guard: Guard) -> Trial:
        """Run the tests on the work; again where few failed that passed before."""
        trial = self._trial(after, guard)
        failed = trial.results.failed if trial.results else set()
        passed = before.results.passed if before.results else set()
        if 0 < len(failed) <= _MOST_FLAKY and failed <= passed:
            return self._again(after, guard, trial, failed)
        return trial

    def _again(self, now: Checkpoint, guard: Guard, first: Trial, failed: set[str]) -> Trial:
        if len(failed) > _MOST_FLAKY:
            return first
        second = self._trial(now, guard)
        if second.is_green:
            self.flaky |= failed
            return second
        return first

    def _red(self, before: Trial, trial: Trial) -> str | None:
        """Return what is wrong with the tests on the work itself."""
        test, code = self.config.test, trial.ended.code
        if code is None:
            return f"`{test}` did not end within {self.config.test_timeout:g} s"
        failed = trial.results.failed if trial.results else set()
        known = before.results.failed if before.results else set()
        is_as_before = bool(failed) and failed <= known and before.ended.code == code
        if code != 0 and not is_as_before:
            return f"`{test}` fails with exit code {code}: {trial.says()}"
        if failed - known:
            return f"{shown(sorted(failed - known))} failed, though `{test}` ends with exit code 0"
        return self._odd(before, trial)

    def _odd(self, before: Trial, trial: Trial) -> str | None:
        """Return what is odd with tests that passed."""
        test = self.config.test
        if before.is_known and not trial.is_known:
            return f"`{test}` no longer reports the result of each test, as it did before the step"
        if trial.results and not trial.results.passed and before.outcomes:
            return f"`{test}` ran no test that passed"
        changed = sorted(trial.touched - before.touched)
        return f"{shown(changed)} changed while the tests ran" if changed else None

    def _compare(self, work: _Work, asked: str) -> ProofResult:
        old = self._old(work)
        is_first = self.config.tdd and not work.step.untested and work.code
        evidence = Comparison(
            work.before, work.trial, old, work.changed, asked, is_bound=bool(work.step.untested)
        )
        if is_first or evidence.broken:
            evidence = replace(evidence, without=self._without(work))
        if not self.config.in_place and (texts := evidence.forms_alone()):
            evidence = replace(evidence, alone=self._trial(work.start, work.guard, texts))
        if not self.config.in_place and evidence.reworked and (texts := evidence.forms_beside()):
            evidence = replace(evidence, beside=self._trial(work.start, work.guard, texts))
        problems = [*evidence.problems(), *self._unproved(work, evidence)]
        output = work.trial.ended.output if not problems else self._output(evidence)
        return ProofResult(
            tuple(problems), output, tuple(self._notes(evidence)), tuple(evidence.unclear())
        )

    def _output(self, evidence: Comparison) -> str:
        other = evidence.without or evidence.old or evidence.after
        return other.ended.output

    def _notes(self, evidence: Comparison) -> list[str]:
        found = evidence.notes()
        if self.flaky:
            found.append(f"flaky, run again: {shown(sorted(self.flaky))}")
            self.flaky = set()
        if not evidence.after.is_known:
            found.append("by its exit code alone")
        return found

    def _unproved(self, work: _Work, evidence: Comparison) -> list[str]:
        """Return why nothing shows that the step was done, where a test has to."""
        if not self.config.tdd or work.step.untested:
            return []
        if not work.code:
            return self._without_code(work, evidence)
        without = evidence.without
        if without is None:
            return []
        if why := self._shows_nothing(without):
            return [why]
        if evidence.after.is_known:
            is_proved = bool(evidence.proofs() or evidence.comes_with_code())
            is_none = not (evidence.new or work.tests)
        else:
            is_proved = bool(work.tests) and not without.is_green
            is_none = not work.tests
        if is_proved:
            return []
        return [_NO_TEST if is_none else _NO_PROOF]

    def _shows_nothing(self, without: Trial) -> str | None:
        test, code = self.config.test, without.ended.code
        if code is None:
            how = f"did not end within {self.config.test_timeout:g} s"
        elif code in CANNOT_START:
            how = f"fails with exit code {code}"
        else:
            return None
        return f"without the new code `{test}` {how}, which says nothing about the new tests"

    def _without_code(self, work: _Work, evidence: Comparison) -> list[str]:
        """Judge a step that changed nothing but tests."""
        is_asked = work.step.is_about_tests or _is_about_tests(work.step)
        is_new = (
            bool(evidence.new) if evidence.after.is_known else has_new_tests(texts_of(work.changed))
        )
        if is_asked and (is_new or evidence.renamed or not evidence.vanished) and work.tests:
            return []
        return [_NO_PROOF if is_new else _NO_TEST]

    def _old(self, work: _Work) -> Trial | None:
        """Run the tests of before on the new code, where those of now may hide something."""
        found = [
            one for one in work.tests
            if one.old.is_there or not is_plain_test(one.path, one.new.text)
        ]  # fmt: skip
        texts = work.inline(old=True)
        if not (found or texts) or not (work.before.outcomes or has_tests(work.start)):
            return None
        mixed = work.after.mixed(self.folder / "old", entries(work.tests, old=True))
        if self.config.in_place:
            return self._beside(work, [one.path for one in found], texts, work.start)
        return self._trial(mixed, work.guard, texts)

    def _without(self, work: _Work) -> Trial:
        """Run the tests of now on the code of before."""
        texts = work.inline(old=False)
        if self.config.in_place:
            paths = [one.path for one in work.code if one.path not in texts]
            return self._beside(work, paths, texts, work.start)
        mixed = work.start.mixed(
            self.folder / "without", entries([*work.tests, *work.rules], old=False)
        )
        return self._trial(mixed, work.guard, texts)

    def _beside(
        self, work: _Work, paths: Sequence[str], texts: Mapping[str, str], other: Checkpoint
    ) -> Trial:
        """Run the tests in the project with some files as they were, and bring the work back."""
        from sous.files import write_file

        top = work.after.place.top
        try:
            other.restore(paths)
            for path, text in texts.items():
                write_file(top / path, text.encode("utf-8", "surrogateescape"), root=top)
            return self._trial(work.after, work.guard)
        finally:
            work.after.restore()

    def _trial(
        self, checkpoint: Checkpoint, guard: Guard, texts: Mapping[str, str] | None = None
    ) -> Trial:
        command = self.config.test or ""
        if self.config.in_place:
            return run_in_place(checkpoint.place.root, command, self.job)
        return run_clean(checkpoint, guard, command, self.job, texts or {})


@dataclass(frozen=True)
class _Work:
    """What an agent did, and how its tests went."""

    step: Planned
    start: Checkpoint
    after: Checkpoint
    changed: Sequence[Difference]
    guard: Guard
    before: Trial
    trial: Trial

    @property
    def tests(self) -> list[Difference]:
        """The changed files of tests."""
        return [one for one in self.changed if one.is_test_side]

    @property
    def rules(self) -> list[Difference]:
        """The changed files that say what git ignores: no code that tests could miss."""
        return [one for one in self.changed if is_ignore_file(one.path)]

    @property
    def code(self) -> list[Difference]:
        """The changed files that are neither, or not alone."""
        return [
            one
            for one in self.changed
            if not one.is_test_side and not is_ignore_file(one.path) and not self._only_inside(one)
        ]

    def _only_inside(self, one: Difference) -> bool:
        old, new = split_inline(one.old.text), split_inline(one.new.text)
        return bool(
            one.path.endswith(".rs") and old and new and (old[0], old[2]) == (new[0], new[2])
        )

    def inline(self, *, old: bool) -> dict[str, str]:
        """Return files of Rust whose tests are inside: the code of one state, tests of another."""
        found = {}
        for one in self.changed:
            if one.path.endswith(".rs") and not one.is_test_side and one.old.is_there:
                code, tests = (one.new, one.old) if old else (one.old, one.new)
                text = with_tests_of(code.text, tests.text) if one.new.is_there else None
                if text is not None and text != (one.new if old else one.old).text:
                    found[one.path] = text
        return found


def _passed(trial: Trial) -> set[str]:
    return trial.results.passed if trial.results else set()


def _is_about_tests(step: Planned) -> bool:
    from sous.project.paths import is_test_path

    words = (step.step.title, step.step.prompt)
    named = bool(step.files) and all(is_test_path(path) for path in step.files)
    return named or any(_ABOUT_TESTS.search(one) for one in words)
