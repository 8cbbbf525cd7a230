"""A small repository that reviews are written about: every line of it is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from bench.reading.words import Words

SHARED = "log = logging.getLogger(__name__)"
TWIN = "store.py"


@dataclass
class Span:
    """A function of a file: its name and lines, counted from 1."""

    path: str
    name: str
    first: int
    last: int


@dataclass
class Repository:
    """Files by path, and the functions in them."""

    files: dict[str, list[str]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    version: str = "0.4.2"

    def line(self, path: str, number: int) -> str:
        """Return a line without its indent."""
        return self.files[path][number - 1].strip()

    def lines(self, path: str, first: int, last: int) -> list[str]:
        """Return lines as they stand."""
        return self.files[path][first - 1 : last]


def make_repository(words: Words) -> Repository:
    """Write modules of functions, two files of one name, and a manifest."""
    rng = words.rng
    repository = Repository(version=f"0.{rng.randrange(2, 9)}.{rng.randrange(1, 9)}")
    paths = [f"src/app/{words.name()}.py" for _ in range(6)] + [f"src/app/{TWIN}", f"src/web/{TWIN}"]
    for path in paths:
        _module(repository, words, path, 3 if path.startswith("src/web") else rng.randrange(6, 10))
    repository.files["pyproject.toml"] = [
        "[project]",
        f'name = "{words.name()}"',
        f'version = "{repository.version}"',
        'requires-python = ">=3.11"',
        "",
        "[tool.pytest.ini_options]",
        f'addopts = "-q --durations={rng.randrange(3, 9)}"',
    ]
    return repository


def _module(repository: Repository, words: Words, path: str, functions: int) -> None:
    lines = ["import logging", "import os", ""] + [""] * words.rng.randrange(0, 2) + [SHARED, ""]
    lines += [f"LIMIT_{words.name().upper()} = {words.rng.randrange(11, 99)}"]
    for _ in range(functions):
        lines += ["", ""]
        name = words.name()
        body = _function(words, words.rng, name)
        repository.spans.append(Span(path, name, len(lines) + 1, len(lines) + len(body)))
        lines += body
    repository.files[path] = lines


def _function(words: Words, rng: Random, name: str) -> list[str]:
    rows, total, key = words.name(), words.name(), words.name()
    lines = [f"def {name}({rows}, {key}=None):", f"    {total} = {rng.randrange(100, 999)}"]
    lines += [f"    for {key} in {rows}[{rng.randrange(1, 9)}:]:"]
    lines += [f"        if {key}.{words.name()} > {total} - {rng.randrange(10, 99)}:"]
    lines += [f"            {total} += os.stat({key}).st_size * {rng.randrange(10, 99)}"]
    if rng.random() < 0.5:
        lines += ["        else:", f"            log.warning('{words.name()} is %s', {key})"]
    return [*lines, f"    return {total} // len({rows})"]
