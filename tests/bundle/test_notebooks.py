from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from sous.bundle.compare import differences
from sous.bundle.notebooks import as_cells
from sous.bundle.pack import pack_to_file
from sous.bundle.process import number_lines
from sous.bundle.read import read_bundle
from sous.bundle.recipe import Order
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from pathlib import Path

    from sous.bundle.summary import Packed

CODE = {"cell_type": "code", "metadata": {}, "execution_count": 1}


def code(*source: str, outputs: Any = ()) -> dict[str, Any]:
    return {**CODE, "outputs": list(outputs), "source": list(source)}


def notebook(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def written(*cells: Any, indent: int | None = 1, **more: Any) -> str:
    return json.dumps(notebook(*cells, **more), indent=indent, ensure_ascii=False) + "\n"


PRINTS = {"output_type": "stream", "name": "stdout", "text": ["print(1)\n", "x\n"]}


def test_code_and_text_keep_the_numbers_of_the_file() -> None:
    text = written(
        {"cell_type": "markdown", "metadata": {"source": ["# Über\n"]}, "source": ["# Über\n", "text"]},
        code("print(1)\n", "\n", 'x = "a\\n"', outputs=[PRINTS]),
    )
    cells = as_cells(text)
    assert cells.text.split("\n") == [
        "⋮---- notebook: python, 2 cells",
        "⋮---- cell 1: markdown",
        "# Über",
        "text",
        "⋮---- cell 2: code",
        "print(1)",
        "",
        'x = "a\\n"',
        "⋮---- output: stdout, 11 B: print(1)",
        "",
    ]
    lines = text.split("\n")
    for number, line in zip(cells.numbers or [], cells.text.split("\n"), strict=False):
        if number and number > 1:
            assert json.dumps(line, ensure_ascii=False)[1:-1] in lines[number - 1]
    assert number_lines(cells.text, cells.numbers).count(": ") >= 5


@pytest.mark.parametrize(
    "text",
    [
        written(code("a\n", "b"), indent=None),
        written({**CODE, "outputs": [], "source": "a\nb"}),
        written(code("a\nb")),
        written(code("a", "\n", "b")),
    ],
)
def test_where_the_file_has_no_line_for_each_there_are_no_numbers_of_it(text: str) -> None:
    cells = as_cells(text)
    assert (cells.text.split("\n")[2:4], cells.numbers) == (["a", "b"], None)


PNG = "iVBORw0KGgo" * 900
OUTPUTS: list[tuple[Any, str]] = [
    (PRINTS, "stdout, 11 B: print(1)"),
    ({"output_type": "stream", "name": "stderr", "text": "\n\x1b[31mbad\x1b[0m\r\x07\n"}, r"stderr, 16 B: bad\x0d\x07"),
    (
        {"output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": ["x" * 9]},
        "error, 9 B: KeyError: 'a'",
    ),
    (
        {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": ["<Figure>"]}},
        "image/png, 9.9 kB; text/plain, 8 B: <Figure>",
    ),
    ({"output_type": "execute_result", "data": {"application/json": {"a": [1, 2]}}}, "application/json, 13 B"),
    ({"output_type": "stream", "name": "stdout", "text": "y" * 3_000_000}, f"stdout, 3.0 MB: {'y' * 100}…"),
    ({"output_type": "stream", "name": "a\nb", "text": 5}, "a b, 1 B"),
    (7, "None, 2 B"),
]


@pytest.mark.parametrize(("output", "line"), OUTPUTS)
def test_an_output_is_one_line_with_its_size(output: Any, line: str) -> None:
    assert as_cells(written(code("a", outputs=[output]))).text.split("\n")[3:] == [f"⋮---- output: {line}", ""]


def test_many_outputs_of_a_cell_are_counted() -> None:
    lines = as_cells(written(code("a", outputs=[PRINTS] * 500))).text.split("\n")
    assert len(lines) == 25
    assert lines[-2].startswith("⋮---- output: and 480 more, ")


def test_attachments_are_a_line_too() -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["a"], "attachments": {"x.png": {"image/png": "AAAA"}}}
    assert as_cells(written(cell)).text.endswith("⋮---- attachment: x.png, 21 B\n")


def test_controls_in_code_do_not_reach_the_bundle() -> None:
    assert "\\u001b[31m\\u0000\\ud800" in as_cells(json.dumps(notebook(code("\x1b[31m\0\ud800")))).text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "broken notebook"),
        ("{", "broken notebook"),
        ("[1]", "broken notebook"),
        ("[" * 100_000, "broken notebook"),
        ('{"nbformat": 4, "cells": ' + "9" * 5000 + "}", "broken notebook"),
        ('{"nbformat": "4", "cells": []}', "broken notebook"),
        ('{"nbformat": 4, "cells": [1]}', "broken notebook"),
        ('{"nbformat": 4, "cells": {"a": 1}}', "broken notebook"),
        ('{"nbformat": 4, "cells": [{"source": {"a": 1}}]}', "broken notebook"),
        ('{"nbformat": 3, "worksheets": []}', "notebook of nbformat 3"),
        ('{"nbformat": 4, "cells": []}', "notebook without cells"),
        ('{"nbformat": 4}', "notebook without cells"),
    ],
)
def test_what_cannot_be_taken_apart_stays_and_says_why(text: str, why: str) -> None:
    for reduced in (False, True):
        assert as_cells(text, reduced=reduced) == (text, None, why)


def test_signatures_of_code_cells() -> None:
    function = ("%matplotlib inline\n", "def f(x):\n", "    y = x\n", "    return y\n", "f?\n", "files = !ls")
    cells = as_cells(written(code(*function), code("%%bash\n", "def g():\n", "  1")), reduced=True)
    assert cells.text.split("\n")[2:] == [
        "%matplotlib inline", "def f(x):", "⋮----", "f?", "files = !ls",
        "⋮---- cell 2: code", "%%bash", "def g():", "  1", "",
    ]  # fmt: skip
    assert cells.whole == ""
    numbers = [number for number in cells.numbers or [] if number]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({}, "no functions to cut"),
        ({"kernelspec": {"language": "nolang"}}, "no parser"),
        ({"language_info": {"name": "nolang", "file_extension": ".q"}}, "no parser"),
        ({"language_info": 5, "kernelspec": []}, "no functions to cut"),
    ],
)
def test_code_of_which_nothing_is_cut_says_why(metadata: Any, why: str) -> None:
    cells = as_cells(written(code("f(1)"), metadata=metadata), reduced=True)
    assert ("f(1)" in cells.text, cells.whole) == (True, why)


# -- in a bundle


@pytest.fixture
def tree(repo: Path) -> Path:
    image = {"output_type": "display_data", "metadata": {}, "data": {"image/png": [f"{BASE64}\n"] * 400}}
    body = [f"    a{n} = compute({n})\n" for n in range(200)]
    (repo / "n.ipynb").write_text(written(code("def f():\n", *body, outputs=[image])))
    (repo / "old.ipynb").write_text('{"nbformat": 3, "worksheets": []}\n')
    for path in (repo / "n.ipynb", repo / "old.ipynb"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return repo


BASE64 = "iVBORw0KGgo+" * 6


def packed(tree: Path, **given: Any) -> tuple[str, Packed]:
    result = pack_to_file(tree / "output.txt", Order(tree, given=given), root=tree)
    return (tree / "output.txt").read_text(), result


def test_whole_is_the_default_and_says_what_cells_would_save(tree: Path) -> None:
    whole, result = packed(tree)
    assert BASE64 in whole
    (line, *_) = result.suggestions()
    for _ in range(2):  # from what is remembered, too
        assert next(iter(packed(tree)[1].suggestions())) == line
    assert packed(tree, notebooks="whole")[0] == whole
    _, cells = packed(tree, notebooks="cells", ignore=["old.ipynb"])
    saved = result.by_path["n.ipynb"] - cells.by_path["n.ipynb"]
    assert line == f"1 notebook; --notebooks cells would save {saved:,} tokens"
    assert list(cells.suggestions()) == []


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json"])
@pytest.mark.parametrize("numbers", [True, False])
def test_a_bundle_of_cells_is_read_back_and_does_not_differ(style: str, numbers: bool, tree: Path) -> None:
    for _ in range(2):
        text, result = packed(tree, notebooks="cells", style=style, line_numbers=numbers)
        assert BASE64 not in text
        assert "output: image/png, 29.2 kB" in text
        assert result.whole == {"old.ipynb": "notebook of nbformat 3"}
        assert "1 file kept whole (1 notebook of nbformat 3)" in result.summary()
    os.utime(tree / "n.ipynb")
    found = differences(read_bundle(tree / "output.txt"), tree)
    assert (found.changed, found.missing, found.extra, found.unsure) == ([], [], [], [])


def test_a_budget_takes_cells_and_then_their_signatures(tree: Path) -> None:
    whole, result = packed(tree, notebooks="cells", budget=5_000)
    assert "a199 = compute" in whole
    assert result.manifest == []
    text, result = packed(tree, notebooks="cells", budget=1_500)
    assert count_tokens(text) <= 1_500
    assert "def f():" in text
    assert "a100 = compute" not in text
    assert "n.ipynb [signatures]" in text


def test_the_setting_holds_without_trust(tree: Path) -> None:
    (tree / ".mise.toml").write_text('[_.sous]\nnotebooks = "cells"\n')
    assert BASE64 not in packed(tree)[0]
    assert BASE64 in packed(tree, notebooks="whole")[0]
