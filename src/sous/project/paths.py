"""Paths of any repository: which are of tests, and which file a loosely written path means."""

from __future__ import annotations

import posixpath
import re
from fnmatch import translate
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sous.project.languages import Language, language_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_FOLDER_OF_TESTS = re.compile(
    r"""
      (?i:(?:.*[._ -])?tests?)                 # test, tests, App.Tests, integration-tests
    | .*[a-z0-9]Tests? | .*[A-Z]{2}Tests?      # AppTests, androidTest, AppUITests
    | (?i:(?:.*[._ -])?tests?[._-]?          # test-data, testutils
          (?:utils?|helpers?|data|fixtures?|support|cases?|resources?|suites?|unit|integration))
    | testing | unittests? | __(?:tests?|mocks|snapshots|fixtures)__ | e2e
    """,
    re.VERBOSE,
)
# Names of test files in all languages; names of data are tests less often, and those without an
# ending still less.
_CODE = ("test", "tests", "test[-_.]*", "tests[-_.]*", "*[-_.]test", "*[-_.]tests")
_DATA = ("test[-_.]*", "*[-_.]test", "*[-_.]tests")
_BARE = ("test[-_]*", "*[-_]test")
_PROGRAM = "/src/main/"  # what Maven and Gradle build, whatever packages in it are called


def is_test_path(path: str) -> bool:
    """Tell whether a file is a test or serves tests, by its path from the root."""
    folder, _, name = path.rpartition("/")
    if is_test_name(name):
        return True
    language = language_at(name)
    return _is_in_tests(folder, language.tests_in if language else ())


def is_test_name(name: str) -> bool:
    """Tell whether a file is a test by its name alone."""
    stem, dot, _ = name.rpartition(".")
    if not (stem and dot):
        return bool(_compiled(_BARE).fullmatch(name))
    pattern = _pattern(language_at(name))
    return bool(pattern and pattern.fullmatch(stem))


@lru_cache(maxsize=4096)
def _is_in_tests(folder: str, more: tuple[str, ...]) -> bool:
    outside = f"/{folder}/".partition(_PROGRAM)[0]
    names = outside.strip("/").split("/")
    return any(_FOLDER_OF_TESTS.fullmatch(name) or name.lower() in more for name in names)


@lru_cache(maxsize=256)
def _pattern(language: Language | None) -> re.Pattern[str] | None:
    if language is None:
        return _compiled(_DATA)
    if language.only_tests:
        return _compiled(language.only_tests)
    if language.kind == "document":
        return None
    common = _CODE if language.kind == "code" else _DATA
    return _compiled(common + language.tests)


@lru_cache(maxsize=256)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches any of the globs; those without capitals match in any case."""
    exact = [translate(one) for one in globs if one != one.lower()]
    folded = [f"(?i:{translate(one)})" for one in globs if one == one.lower()]
    return re.compile("|".join(exact + folded))


class Paths:
    """The files of a repository, to be found by what people and programs call them.

    `root` is the name of its folder, `beside` the folder in it where what names them is.
    """

    def __init__(self, paths: Iterable[str], *, root: str = "", beside: str = "") -> None:
        self._paths = frozenset(paths)
        self._root = root
        self._beside = beside

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[str]]:
        """The paths by the name of their file."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def _depth(self) -> int:
        return max((path.count("/") + 1 for path in self._paths), default=0)

    def resolve(self, written: str) -> list[str]:
        """Return the files a path may mean: as written, by its end, or without its beginning.

        An absolute path is taken from the longest end of it that is a file.
        """
        bare = _bare(written)
        if not bare:
            return []
        exact = next((one for one in self._exactly(bare) if one in self._paths), None)
        if exact is not None:
            return [exact]
        if "\\" in bare:
            return self.resolve(written.replace("\\", "/"))
        bare = re.sub(r"^(?:\.\./)+", "", bare)  # from some other file
        parts = bare.split("/")
        return (
            self._ending(bare)
            or self._without_beginning(written, parts)
            or self._abbreviated(parts)
        )

    def _exactly(self, bare: str) -> Iterator[str]:
        yield bare
        yield posixpath.normpath(posixpath.join(self._beside, bare))
        yield posixpath.normpath(bare)
        if bare.startswith(("a/", "b/")):  # as in a diff
            yield bare[2:]

    def _ending(self, bare: str) -> list[str]:
        candidates = self.by_name.get(bare.rpartition("/")[2], [])
        return [one for one in candidates if one == bare or one.endswith(f"/{bare}")]

    def _abbreviated(self, parts: Sequence[str]) -> list[str]:
        """Return the one file whose path has these parts in their order, and others between."""
        if len(parts) == 1:
            return []
        candidates = self.by_name.get(parts[-1], [])
        found = [one for one in candidates if _are_in(parts, one.split("/"))]
        return found if len(found) == 1 else []

    def _without_beginning(self, written: str, parts: Sequence[str]) -> list[str]:
        if is_absolute(written):
            exact = next(
                (rest for rest in tails(parts, most=self._depth) if rest in self._paths), None
            )
            return [exact] if exact else []
        rest = "/".join(parts[1:])
        return [rest] if self._root and parts[0] == self._root and rest in self._paths else []


def _are_in(parts: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether parts come among others in their order."""
    rest = iter(others)
    return all(part in rest for part in parts)


def is_absolute(written: str) -> bool:
    """Tell whether a path begins at the root of some system, or at somebody's home."""
    return written.startswith(("/", "~")) or bool(re.match(r"[A-Za-z]:[/\\]", written))


def tails(parts: Sequence[str], *, most: int) -> Iterator[str]:
    """Yield the proper ends of a path with at most so many parts, the longest first."""
    first = max(1, len(parts) - most)
    return ("/".join(parts[at:]) for at in range(first, len(parts)))


def _bare(written: str) -> str:
    return written.removeprefix("./").strip("/")
