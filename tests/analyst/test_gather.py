"""A file that takes too long is named and skipped, and the others are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sous.analyst import gather
from sous.analyst.gather import TOO_SLOW, Gathering
from sous.analyst.lint import lint
from sous.analyst.read import read_file as read_facts
from sous.bundle.readers import PackedFile
from sous.project.parsing import Parser

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.facts import FileFacts
    from sous.analyst.survey import Survey

SLOW = "".join(f"else if (x == {at}) {{ return {at} }}\n" for at in range(6_000))
FILES = {"slow.js": f"function f(x) {{\nif (x) {{ return 0 }}\n{SLOW}}}\n", "a.py": "def f():\n    return 1\n"}


def gathered(files: dict[str, str]) -> Gathering:
    found = Gathering({path: PackedFile(path, text) for path, text in files.items()})
    found.read(list(files))
    return found


@pytest.fixture(autouse=True)
def loaded() -> None:
    """What is imported late is there, so that it is no part of the time of the first file."""
    gathered({"a.py": FILES["a.py"], "b.js": "function f(x) { return x }\n"})


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never ends reading `slow.py` in this process, however fast the machine is."""
    read = read_facts

    def read_file(path: str, text: str, *, is_whole: bool) -> FileFacts:
        while path == "slow.py":
            pass
        return read(path, text, is_whole=is_whole)

    monkeypatch.setattr(gather, "read_file", read_file)
    monkeypatch.setattr(gather, "SECONDS", 0.2)


def impatient(monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    """Have other processes asked in another way."""
    reader = Parser(**{"module": "sous.analyst.worker", "stays": "is skipped", **options})
    monkeypatch.setattr(gather, "_reader", lambda _process, _number: reader)


@pytest.mark.usefixtures("endless")
def test_a_slow_file_is_ended_in_this_process() -> None:
    found = gathered({**FILES, "slow.py": "x = 1\n"})
    assert found.skipped == {"slow.py"}
    assert found.found["slow.py"].generated == TOO_SLOW
    assert [one.name for one in found.found["a.py"].functions] == ["f"]


@pytest.mark.parametrize("options", [{"seconds": 0.05}, {"module": "sous.analyst.nowhere"}])
def test_a_file_is_ended_with_its_process(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, **options)
    assert gathered(FILES).skipped == {"slow.js"}


def test_a_large_file_is_read_by_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_LARGE", 20)
    found = gathered(FILES)
    assert (found.skipped, found.found["slow.js"].generated, len(found.found["a.py"].functions)) == (set(), "", 1)


@pytest.mark.usefixtures("endless")
def test_what_was_skipped_is_named(survey: Callable[..., Survey], capsys: pytest.CaptureFixture[str]) -> None:
    found = survey({**FILES, "slow.py": "x = 1\n"})
    assert "`slow.py` skipped: not read within 10 s" in found.told
    assert "slow.py" in capsys.readouterr().err
    assert not found.is_whole


@pytest.mark.exhaustive
def test_a_text_on_which_ruff_overflows_its_stack_costs_the_others_nothing() -> None:
    deep = "[" * 200_000
    found = lint(["import os\n", deep, "import requests\n\nrequests.get('https://example.com')\n"])
    assert found[1] is None
    assert found[2] is not None
    assert "S113" in [one.rule for one in found[2].smells]
