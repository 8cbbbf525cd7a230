"""Jupyter notebooks as their cells: code and text whole, of each output a line with its size.

Lines of code and text keep the numbers that they have in the file, where each has a line of its
own there; lines of ours begin as where signatures leave something out.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sous.bundle.signatures import ELISION, has_parser, signatures
from sous.project.languages import languages
from sous.terminal import human_size, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHOWN, _OUTPUTS = 100, 20  # characters of an output, outputs of a cell
_FORMAT = 4
# A key: within a string its quotes would have backslashes before them.
_SOURCE = re.compile(r'(?<!\\)"source"\s*:\s*')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_MAGIC = re.compile(r"\s*(?:[%!]|\w+\s*=\s*[%!]|[\w.]+\?{1,2}\s*$)")  # what IPython alone reads
_TEXTS = ("text/plain", "text/markdown", "text/latex")

Row = tuple[int, str]  # the number of a line in the file (0: not known), and the line


class Cells(NamedTuple):
    """The text of a notebook as cells, and the number of each line in the file (None: of ours).

    There are no numbers where the file does not have a line for each; `whole` says why a notebook
    stays as it is, or why nothing of it is cut to signatures.
    """

    text: str
    numbers: list[int | None] | None = None
    whole: str = ""


class _OddNotebook(Exception):
    """A notebook that cannot be taken apart, and why."""


def as_cells(text: str, *, reduced: bool = False) -> Cells:
    """Return a notebook as its cells, `reduced`: with signatures alone in its code.

    One that cannot be read stays as it is, and `whole` says why.
    """
    bare = text.removeprefix("\ufeff")
    try:
        notebook = _parsed(bare)
        sources = [_text_of(cell.get("source", "")) for cell in notebook["cells"]]
    except _OddNotebook as exc:
        return Cells(text, whole=str(exc))
    language, path = _language_of(notebook)
    cells = notebook["cells"]
    numbers = _numbers(bare, cells)
    places = numbers or [[]] * len(cells)
    parts = [_rows(*one) for one in zip(sources, places, strict=True)]
    whole = ""
    if reduced:
        parts, whole = _signatures_of(cells, parts, path)
    rows: list[Row] = [(1, f"{ELISION} notebook: {language}, {_count(len(cells))}")]
    for number, (cell, part) in enumerate(zip(cells, parts, strict=True), 1):
        rows.append((0, f"{ELISION} cell {number}: {_named(cell.get('cell_type'))}"))
        rows += [*part, *((0, f"{ELISION} {line}") for line in _results(cell))]
    kept = [number or None for number, _ in rows] if numbers else None
    return Cells("".join(f"{line}\n" for _, line in rows), kept, whole)


def _signatures_of(
    cells: list[dict[str, Any]], parts: list[list[Row]], path: str
) -> tuple[list[list[Row]], str]:
    """Return the lines of cells, without the insides of functions in code; why none are cut."""
    is_code = [cell.get("cell_type") == "code" for cell in cells]
    pairs = zip(is_code, parts, strict=True)
    shorter = [_reduced(rows, path) if code else None for code, rows in pairs]
    kept = [one or rows for one, rows in zip(shorter, parts, strict=True)]
    why = "no functions to cut" if has_parser(path) else "no parser"
    return kept, "" if any(shorter) else why


def _count(cells: int) -> str:
    return f"{cells:,} cell{'s' * (cells != 1)}"


def _named(value: object) -> str:
    return one_line(str(value))[:_SHOWN]


def _parsed(text: str) -> dict[str, Any]:
    """Return a notebook that has cells. Raises _OddNotebook."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise _OddNotebook("broken notebook") from exc
    notebook = _table(data)
    version = notebook.get("nbformat")
    if not isinstance(version, int):
        raise _OddNotebook("broken notebook")
    if version < _FORMAT:
        raise _OddNotebook(f"notebook of nbformat {version}")
    cells = notebook.get("cells")
    if not cells:
        raise _OddNotebook("notebook without cells")
    if not isinstance(cells, list) or not all(isinstance(one, dict) for one in cells):
        raise _OddNotebook("broken notebook")
    return notebook


def _text_of(value: object) -> str:
    """Return a text that stands as one string or as a list of them. Raises _OddNotebook."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "".join(value)
    if not isinstance(value, str):
        raise _OddNotebook("broken notebook")
    return value


def _language_of(notebook: dict[str, Any]) -> tuple[str, str]:
    """Return the name of the language of the code, and the name that a file of it would have."""
    metadata = _table(notebook.get("metadata"))
    about, kernel = _table(metadata.get("language_info")), _table(metadata.get("kernelspec"))
    name = next(
        (
            one
            for one in (about.get("name"), kernel.get("language"))
            if isinstance(one, str) and one
        ),
        "python",
    )
    known = next((one for key, one in languages().items() if key.lower() == name.lower()), None)
    ending = about.get("file_extension")
    if known and known.endings:
        ending = f".{known.endings[0]}"
    path = f"cell{ending}" if isinstance(ending, str) else "cell"
    return _named(name), path


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(source: str, numbers: Sequence[int]) -> list[Row]:
    """Return the lines of a cell with their numbers; none of them drives a terminal."""
    lines = source.replace("\r\n", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    shown = [_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", line) for line in lines]
    return list(zip(numbers or [0] * len(lines), shown, strict=False))


def _numbers(text: str, cells: Sequence[dict[str, Any]]) -> list[list[int]]:
    """Return the number of each line of each cell in the file.

    Empty where a line of the file holds several of them.
    """
    found: list[list[int]] = []
    line, at, last = 1, 0, 1
    for cell, (start, end) in zip(cells, _places(text, cells), strict=False):
        source = cell.get("source", "")
        if isinstance(source, list) and any("\n" in one[:-1] for one in source):
            return []
        if isinstance(source, str) and "\n" in source[:-1]:
            return []
        numbers = []
        for match in _STRING.finditer(text, start, end):
            line += text.count("\n", at, match.start())
            at = match.start()
            if line <= last:
                return []
            last = line
            numbers.append(line)
        if len(numbers) != len(_rows(_text_of(source), [])):  # pieces that end within a line
            return [] if source else [*found]
        found.append(numbers)
    return found if len(found) == len(cells) else []


def _places(text: str, cells: Sequence[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """Yield where the source of each cell stands in the file."""
    decoder = json.JSONDecoder()
    wanted = iter(cells)
    cell = next(wanted, None)
    for match in _SOURCE.finditer(text):
        if cell is None:
            return
        try:
            value, end = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
        if value == cell.get("source"):
            yield match.end(), end
            cell = next(wanted, None)


def _reduced(rows: list[Row], path: str) -> list[Row] | None:
    """Return the lines of a cell without the insides of functions; None where nothing is cut."""
    if not rows or rows[0][1].startswith("%%"):
        return None
    # of the same length, so that nothing else moves
    bare = [re.sub(r"\S.*", "pass", line) if _MAGIC.match(line) else line for _, line in rows]
    found = signatures("\n".join(bare), path)
    if found.numbers is None:
        return None
    return [(0, ELISION) if number is None else rows[number - 1] for number in found.numbers]


def _results(cell: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each output of a cell, and for what is attached to it."""
    for name, data in _table(cell.get("attachments")).items():
        yield f"attachment: {_named(name)}, {human_size(_size(data))}"
    outputs = cell.get("outputs")
    if not isinstance(outputs, list):
        return
    for output in outputs[:_OUTPUTS]:
        yield f"output: {_result(_table(output))}"
    if rest := outputs[_OUTPUTS:]:
        size = sum(map(_size, rest))
        yield f"output: and {len(rest):,} more, {human_size(size)}"


def _result(output: dict[str, Any]) -> str:
    """Return what an output is, its size, and how it begins."""
    kind = output.get("output_type")
    if kind == "stream":
        name, text = str(output.get("name", "stream")), output.get("text", "")
        return _line([f"{name}, {human_size(_size(text))}"], text)
    if kind == "error":
        size = human_size(_size(output.get("traceback", "")))
        return _line([f"error, {size}"], f"{output.get('ename', '')}: {output.get('evalue', '')}")
    data = _table(output.get("data"))
    sizes = [f"{mime}, {human_size(_size(value))}" for mime, value in data.items()]
    text = next((data[mime] for mime in _TEXTS if mime in data), "")
    return _line(sizes or [f"{kind}, {human_size(_size(output))}"], text)


def _line(what: list[str], text: object) -> str:
    """Return one line of what an output is and the first line of its text."""
    joined = (
        "".join(one for one in text if isinstance(one, str)) if isinstance(text, list) else text
    )
    lines = _ANSI.sub("", joined[: 10 * _SHOWN]).split("\n") if isinstance(joined, str) else []
    first = next(filter(None, map(one_line, lines)), "")
    if len(first) > _SHOWN:
        first = f"{first[:_SHOWN]}…"
    return one_line("; ".join(what))[: 2 * _SHOWN] + (f": {first}" if first else "")


def _size(value: object) -> int:
    """Return the bytes of a text (one string or a list of them), or of JSON."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = "".join(value)
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    return len(value.encode("utf-8", "replace"))
