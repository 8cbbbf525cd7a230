"""All that is known of a bundle without a model: the facts of its files, and how these hang together."""

from __future__ import annotations

import re
import threading
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.analyst.gather import Gathering
from sous.analyst.known import key_of, known_facts, remember_facts
from sous.analyst.languages import how_generated, is_beside, language_of, measured
from sous.analyst.lint import Linted, lint, linter_version
from sous.analyst.linters import read_results
from sous.analyst.python import MAIN
from sous.analyst.read import functions_around
from sous.bundle.references import resolved, users
from sous.claims.source import is_reduced
from sous.effort import SECONDS
from sous.errors import SousError
from sous.project.languages import named_endings
from sous.project.parsing import PARSER, is_installed
from sous.project.paths import is_test_path
from sous.surroundings import carried
from sous.terminal import UNSAFE, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sous.analyst.facts import FileFacts, Function
    from sous.bundle.read import Bundle
    from sous.bundle.readers import PackedFile

# in paths: as code, in one line
_NOT_IN_REPORTS = re.compile(rf"{UNSAFE.pattern}|[`*?\n\u2028\u2029]")
_DECORATORS = 10  # lines of them above a function


class Code(NamedTuple):
    """A function and the file that it is in."""

    path: str
    function: Function


class Survey:
    """A bundle, read.

    `told`: what could not be done, in words.

    `root`: the project on the disk, where it is there, for what a bundle cannot hold: history and
    coverage. `results`: files in which linters say what they found.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        root: Path | None = None,
        without: Iterable[str] = (),
        results: Sequence[Path] = (),
    ) -> None:
        self.bundle = bundle
        self.root = root
        self.told: list[str] = []
        left_out = set(without)
        unnamed = {path for path in bundle.files if _NOT_IN_REPORTS.search(path)} - left_out
        if unnamed:
            files = f"{len(unnamed)} file{'s were' if len(unnamed) > 1 else ' was'}"
            self.told.append(f"{files} left out: control characters, backticks, * or ? in the name")
        self.files: dict[str, PackedFile] = {
            path: bundle.files[path] for path in sorted(bundle.files.keys() - left_out - unnamed)
        }
        self.memo: dict[str, Any] = {}  # what was worked out from all of this, by its name
        self.skipped: set[str] = set()  # files that could not be read in their time
        # all that can be known was looked at, so that it is worth to be remembered
        self.is_whole = True
        self.facts = self._read()
        linted = read_results(results, self.files, root)
        self.linted = linted.found
        self.told += linted.told

    def _read(self) -> dict[str, FileFacts]:
        by = linter_version()
        keys: dict[str, str] = {}
        for path, file in self.files.items():
            keys[path] = key_of(path, file.text, is_whole=not is_reduced(file.text), by=by)
        known = known_facts(keys.values())
        new = [path for path, key in keys.items() if key not in known]
        fresh = self._fresh(new, lints=bool(by))
        if self.is_whole:
            remember_facts(
                {keys[path]: facts for path, facts in fresh.items() if path not in self.skipped}
            )
        self.is_whole = self.is_whole and not self.skipped
        self._tell_missing(lints=bool(by))
        return {path: fresh.get(path) or known[key] for path, key in keys.items()}

    def _tell_missing(self, *, lints: bool) -> None:
        """Say which programs are not there for what is in the bundle."""
        seen = {language_of(path) for path in self.files}
        unread = sorted(seen & measured())
        if unread and not is_installed():
            missing = f"no parser for {', '.join(unread)} is installed"
            self.told.append(f"{missing}; the Python package {PARSER} adds it")
        if "Python" in seen and not lints:
            self.told.append("ruff is missing or broken, so the rules for Python were not tried")

    def _fresh(self, paths: Sequence[str], *, lints: bool) -> dict[str, FileFacts]:
        """Read files that are not known yet: ruff and the parsers beside each other."""
        python = [path for path in paths if self._is_linted(path)]
        linted: list[Linted | None] = []

        def look() -> None:
            try:
                linted.extend(lint([self.files[path].text for path in python]))
            except SousError as exc:
                self.told.append(f"{exc}, so the rules for Python were not tried")
                self.is_whole = False

        thread = threading.Thread(target=carried(look), daemon=True)
        if python and lints:
            thread.start()
        gathering = Gathering(self.files)
        gathering.read(paths)
        facts = gathering.found
        self._tell_skipped(gathering.skipped)
        if python and lints:
            thread.join()
        for path, found in zip(python, linted, strict=False):
            one = facts[path]
            if found and not one.generated:
                # what newer Python can read is no fault
                problem = one.problem if not found.is_readable else None
                facts[path] = one._replace(smells=(*one.smells, *found.smells), problem=problem)
        failed = [path for path, found in zip(python, linted, strict=False) if found is None]
        if failed:
            more = f" and {len(failed) - 1} more" if failed[1:] else ""
            self.told.append(
                f"ruff fails on `{failed[0]}`{more}, so the rules for Python were not tried there"
            )
            self.is_whole = False
        return facts

    def _is_linted(self, path: str) -> bool:
        is_code = language_of(path) == "Python" and not is_test_path(path)
        return is_code and not how_generated(path, self.files[path].text)

    def _tell_skipped(self, paths: set[str]) -> None:
        """Name what was skipped, in the report and on stderr."""
        self.skipped = paths
        if paths:
            first, *more = sorted(paths)
            others = f" and {len(more)} more file{'s' * (len(more) != 1)}" if more else ""
            self.told.append(f"`{first}`{others} skipped: not read within {SECONDS:g} s")
            say(f"static analysis: {self.told[-1]}")

    # -- files

    @cached_property
    def tests(self) -> set[str]:
        """The files that are tests or serve them."""
        return {path for path in self.files if is_test_path(path)}

    @cached_property
    def code(self) -> list[str]:
        """The files of the program itself, written by hand: no tests, nothing generated."""
        return [
            path
            for path, one in self.facts.items()
            if one.language and not one.generated and path not in self.tests
        ]

    @cached_property
    def program(self) -> list[str]:
        """Those of `code` that are not beside it: no documentation, examples or scripts for developers."""
        return [path for path in self.code if not is_beside(path)] or self.code

    @cached_property
    def uses(self) -> Mapping[str, set[str]]:
        """For each file those that it refers to."""
        return resolved(((path, one.refers) for path, one in self.facts.items()), self.facts)

    @cached_property
    def users(self) -> Mapping[str, set[str]]:
        """For each file those that refer to it, tests and itself aside."""
        found = users(self.uses)
        return {path: using - self.tests - {path} for path, using in found.items()}

    @cached_property
    def mentions(self) -> Counter[str]:
        """How many functions and files, tests aside, use a name."""
        counted: Counter[str] = Counter()
        for path in self.code:
            facts = self.facts[path]
            counted.update(facts.uses)
            for function in facts.functions:
                counted.update(set(function.uses) - {function.name})
        return counted

    @cached_property
    def beginnings(self) -> set[str]:
        """Beginnings of names that are put together while the code runs: `_load_{}`."""
        return {one for facts in self.facts.values() for one in facts.beginnings}

    @cached_property
    def functions(self) -> list[Code]:
        """The functions of the program."""
        return [Code(path, one) for path in self.code for one in self.facts[path].functions]

    @cached_property
    def same_name(self) -> Counter[str]:
        """How many functions have a name."""
        return Counter(one.function.name for one in self.functions)

    def reach(self, path: str, function: Function | None = None) -> int:
        """Return how much refers to a file, or to a function in it: files and functions, as names tell."""
        files = len(self.users.get(path, ()))
        if function is None:
            return files
        calls = self.mentions[function.name] / max(1, self.same_name[function.name])
        return int(calls) + files // 4

    # -- places

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file."""
        return self.files[path].text.split("\n")

    def number(self, path: str, line: int) -> int:
        """Return the number in the bundle of a line of the text (both from 1)."""
        numbers = self.files[path].numbers
        return numbers[min(line, len(numbers)) - 1] if numbers else line

    def shown(self, function: Function) -> str:
        """Return what a report calls a function: with its class, unless that reads like the name of a file."""
        return function.name if function.name.lower() in self._endings else function.qualified

    @cached_property
    def _endings(self) -> set[str]:
        own = {path.rpartition("/")[2].rpartition(".")[2].lower() for path in self.bundle.files}
        return own | named_endings() | {language.lower() for language in measured()} | {"python"}

    def function_at(self, path: str, line: int) -> Function | None:
        """Return the function that a line is in."""
        if path not in self._sorted:
            self._sorted[path] = sorted(
                (one for one in self.facts[path].functions if one.name != MAIN),
                key=lambda one: one.first,
            )
        found = functions_around(self._sorted[path], line)
        if found is None and self.lines(path)[line - 1].lstrip().startswith("@"):  # a decorator
            return next(
                (one for one in self._sorted[path] if 0 < one.first - line < _DECORATORS), None
            )
        return found

    @cached_property
    def _sorted(self) -> dict[str, list[Function]]:
        return {}
