"""Languages and kinds of files from `languages.toml`, by path, ending or name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sous.project.data import parse_toml
from sous.project.syntax import Grammar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["code", "document", "data", "other"]
# What comments begin with in the languages that are common, for code of which none is known.
COMMENTS = ("//", "#", "--", "/*", "<!--", ";")
COMMENT = r"(?://+|\#+|--|/\*+|<!--|;+|%|\*)"  # the same as a pattern, with what goes on with one


@dataclass(frozen=True, eq=False)
class Language:
    """A language, or a kind of files without one; `languages.toml` says what each field is."""

    name: str
    endings: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    kind: Kind = "code"
    settings: bool = False
    prose: bool = False
    line: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    fence: str = ""
    fences: Mapping[str, str] = field(default_factory=dict)
    grammar: str = ""
    grammars: Mapping[str, str] = field(default_factory=dict)
    syntax: str = ""
    functions: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    analysis: str = ""
    tests: tuple[str, ...] = ()
    tests_in: tuple[str, ...] = ()
    only_tests: tuple[str, ...] = ()

    @property
    def comments(self) -> tuple[str, ...]:
        """What a comment begins with."""
        return self.line + self.block


_WORDS = (
    "endings",
    "sure",
    "doubtful",
    "files",
    "line",
    "block",
    "functions",
    "bodies",
    "begins",
    "tests",
    "tests_in",
    "only_tests",
)


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """Return all languages by their names."""
    data = parse_toml(Path(__file__).with_name("languages.toml").read_text("utf-8"))
    return {name: _language(name, fields) for name, fields in data.items()}


def _language(name: str, fields: dict[str, Any]) -> Language:
    words: dict[str, Any] = {key: tuple(fields.get(key, "").split()) for key in _WORDS}
    return Language(name, **{**fields, **words})


def ending_of(path: str) -> str:
    """Return the ending of a file's name in lower case, without the dot.

    Empty for a name without one.
    """
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return ending.lower() if stem or dot else ""


@lru_cache(maxsize=1)
def _by_ending() -> Mapping[str, Language]:
    return {ending: one for one in languages().values() for ending in one.endings}


@lru_cache(maxsize=1)
def _by_file() -> Mapping[str, Language]:
    return {name: one for one in languages().values() for name in one.files}


def language_at(path: str) -> Language | None:
    """Return the language of a file by its ending, else by its whole name.

    None for one that is not known.
    """
    found = _by_ending().get(ending_of(path))
    return found or _by_file().get(path.rpartition("/")[2].lower())


def kind_at(path: str) -> Kind:
    """Return whether a file is code, a document, data or something else."""
    language = language_at(path)
    return language.kind if language else "other"


def fence_at(path: str) -> str:
    """Return the word behind a fence around a file; empty where there is none."""
    language = language_at(path)
    if language is None:
        return ""
    return language.fences.get(ending_of(path), language.fence)


def grammar_at(path: str) -> Grammar | None:
    """Return the grammar that parses a file; None where there is none."""
    language = language_at(path)
    if language is None:
        return None
    name = language.grammars.get(ending_of(path), language.grammar)
    if not name:
        return None
    return Grammar(name, language.functions, language.bodies, language.begins)


def syntax_at(path: str) -> str:
    """Return the name of the grammar that finds comments in a file; empty where there is none."""
    language = language_at(path)
    if language is None:
        return ""
    return language.grammars.get(ending_of(path), language.grammar) or language.syntax


def comments_at(path: str) -> tuple[str, ...]:
    """Return what a comment begins with in a file.

    In any common language where that of the file is not known.
    """
    language = language_at(path)
    return language.comments if language else COMMENTS


def is_comment(line: str, marks: tuple[str, ...] = COMMENTS) -> bool:
    """Tell whether a line is a comment or continues one; `marks` are what comments begin with."""
    bare = line.lstrip()
    if bare.startswith(marks):
        return True
    return "/*" in marks and (bare.startswith(("* ", "*/", "**", "*\t")) or bare == "*")


def _each(name: str) -> Iterator[str]:
    for one in languages().values():
        yield from getattr(one, name)


@lru_cache(maxsize=1)
def named_endings() -> frozenset[str]:
    """Return the endings that files have where reports name them."""
    return frozenset(_each("endings")) - frozenset(_each("doubtful"))


@lru_cache(maxsize=1)
def sure_endings() -> frozenset[str]:
    """Return the endings that a name in prose has only if it is a file."""
    return frozenset(_each("sure"))


@lru_cache(maxsize=1)
def file_names() -> frozenset[str]:
    """Return names without an ending that are files, in lower case."""
    return frozenset(_each("files"))


@lru_cache(maxsize=1)
def settings_endings() -> frozenset[str]:
    """Return the endings of files that hold names and values, where a secret needs no quotes."""
    return frozenset(
        ending for one in languages().values() if one.settings for ending in one.endings
    )
