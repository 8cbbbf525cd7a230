"""Rules that need Python's own tree."""

from __future__ import annotations

import ast

import pytest

from sous.analyst.syntax_rules import Removed, python_smells

SEEN = {
    "import telnetlib": "telnetlib 3.13",
    "from distutils.version import LooseVersion": "distutils 3.12",
    "from collections import Mapping": "collections.Mapping 3.10",
    "import inspect\nx = inspect.getargspec(y)": "inspect.getargspec 3.11",
    "import asyncio\n@asyncio.coroutine\ndef f(): pass": "asyncio.coroutine 3.11",
    "try:\n    f()\nexcept:\n    pass": "",
    "while g():\n    try:\n        f()\n    except:\n        continue": "",
    "def f():\n    try:\n        g()\n    except:\n        return None": "",
    "if a:\n    f(1)\nelse:\n    f( 1 )": "",
    "x = f(1) if a else f(1)": "",
}
NOT_SEEN = [
    "from .telnetlib import x",
    "from collections import OrderedDict",
    "collections = f()\nx = collections.Mapping",
    "try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping",
    "try:\n    f()\nexcept OSError:\n    pass",
    "try:\n    if x:\n        x.close()\nexcept:\n    pass",
    "try:\n    f()\nexcept:\n    log()",
    "try:\n    f()\nexcept:\n    pass  # it is gone",
    "if a:\n    f(1)\nelse:\n    f(2)",
    "if a:\n    f(1)\nelif b:\n    f(2)\nelse:\n    f(2)",
    "if a:\n    pass\nelse:\n    pass",
    "if isinstance(a, int):\n    f(a)\nelse:\n    f(a)",
    "if a:\n    f(1)\nelse:\n    f(1)  # for now",
]


def seen(text: str) -> list[str]:
    return [one.said for one in python_smells(ast.parse(text), text.split("\n"))]


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen(text: str) -> None:
    assert seen(text) == [SEEN[text]]


@pytest.mark.parametrize("text", NOT_SEEN)
def test_what_is_not_seen(text: str) -> None:
    assert seen(text) == []


def test_branches_too_deep_to_compare_are_let_be() -> None:
    long = "+".join("a" * 2_000)
    assert seen(f"x = {long} if a else {long}") == []


def test_what_is_said_of_a_removed_name_can_be_read_back() -> None:
    assert Removed.said("ssl.wrap_socket 3.12") == ("ssl.wrap_socket", "3.12")
