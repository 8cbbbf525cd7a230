"""How the time of each reader of untrusted input grows with its size: at n, 2n and 4n characters, by hostile shape.

    python tests/bench/growth.py [--size 50000] [--only WORD] [--all]

Each cell is a process of its own, ended after 30 s. What takes four times as long for twice as much is quadratic; cells
are shown where the last factor is above 3, or the time above a second, all of them with `--all`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CAP = 30.0  # seconds of a cell
STEEP = 3.0  # the factor of a doubling that is shown
SLOW = 1.0  # seconds that are shown


class Cell(NamedTuple):
    """A reader and a shape, and the seconds at n, 2n and 4n; fewer where it was ended."""

    reader: str
    shape: str
    seconds: tuple[float, ...]

    @property
    def factor(self) -> float:
        """By how much the last doubling made it slower."""
        if len(self.seconds) < 3:
            return float("inf")
        return self.seconds[2] / max(self.seconds[1], 0.001)


def repeated(unit: str) -> Callable[[int], str]:
    """Return what makes a text of so many characters from one that is repeated."""
    return lambda size: unit * max(1, size // len(unit))


def nested(opens: str, inside: str, closes: str) -> Callable[[int], str]:
    """Return what makes a text of so many characters that is nested as deep as they allow."""

    def made(size: int) -> str:
        depth = max(1, size // (len(opens) + len(closes)))
        return opens * depth + inside + closes * depth

    return made


def indented(opens: str) -> Callable[[int], str]:
    """Return what makes blocks in blocks, each one space deeper."""

    def made(size: int) -> str:
        depth = int((2 * size) ** 0.5)
        return "\n".join(f"{' ' * at}{opens}" for at in range(depth)) + "\n" + " " * depth + "pass\n"

    return made


CODE = {
    "elif": lambda size: "def f(x):\n    if x == 0:\n        return 0\n"
    + "".join(f"    elif x == {at}:\n        return {at}\n" for at in range(size // 38)),
    "else if": lambda size: "function f(x) {\nif (x) { return 0 }\n"
    + "".join(f"else if (x == {at}) {{ return {at} }}\n" for at in range(size // 34))
    + "}\n",
    "one line": lambda size: "x = '" + "a" * size + "'\n",
    "one line of code": repeated("a = b(c); "),
    "parentheses": nested("(", "1", ")"),
    "brackets": nested("[", "1", "]"),
    "braces": nested("{", "1", "}"),
    "open parentheses": repeated("("),
    "open braces": repeated("{"),
    "functions in functions": nested("function f() {", "", "}"),
    "indented": indented("if x:"),
    "blank lines": repeated("\n"),
    "blank lines of CRLF": repeated("\r\n"),
    "blanks": repeated(" "),
    "tabs": repeated("\t"),
    "names": repeated("a"),
    "underscores": repeated("_"),
    "digits": repeated("1"),
    "equals": repeated("="),
    "not": repeated("not "),
    "minus": repeated("-"),
    "sum": repeated("a+"),
    "attributes": repeated("a."),
    "calls": repeated("f("),
    "chained calls": repeated("f()."),
    "lambda": repeated("lambda:"),
    "strings": repeated("'a' "),
    "quotes": repeated('"'),
    "single quotes": repeated("'"),
    "triple quotes": repeated('"""\n'),
    "backticks": repeated("`"),
    "backslashes": repeated("\\"),
    "comments": repeated("/*"),
    "slashes": repeated("/"),
    "notes": repeated("# TODO: x\n"),
    "dashes with a note": lambda size: "-" * size + " TODO",
    "functions": repeated("def f(a):\n    return a\n"),
    "same function": lambda size: "".join(
        f"def f{at}(a):\n" + "".join(f"    call_{one}(a, {one})\n" for one in range(12)) for at in range(size // 220)
    ),
    "functions of JavaScript": repeated("function f(a) { return a }\n"),
    "exports": repeated("export {a}\n"),
    "export without end": repeated("export {a "),
    "import without end": repeated("import a "),
    "catch": repeated("catch ("),
    "templates": repeated("`${"),
    "sql": repeated(".query(`select a from "),
    "secrets": repeated('password = "a8Fk2mQz9LxP4wTr7Y"\n'),
    "urls": repeated("https://user:s3cr3tPa55@host.io/ "),
    "urls without end": repeated("://"),
    "environment": repeated("process.env.NAME\n"),
    "includes": repeated('#include "a.h"\n'),
    "imports": repeated("from a import b\n"),
    "decorators": repeated("@a\n"),
    "preprocessor": repeated("#if A\n"),
    "generics": repeated("a<"),
    "heredocs": repeated("<<A\n"),
    "rescue": repeated("rescue\n"),
    "masked": repeated("token = [masked]\n"),
    "base64": repeated("aB3+"),
    "data uris": repeated("data:a;b;"),
    "except": repeated("except "),
}  # fmt: skip

MARKDOWN = {
    "headings": repeated("# a\n"),
    "headings of all levels": repeated("# a\n## b\n### c\n"),
    "issues": repeated("## Issue: fix the thing\n\n- **Severity:** high\n- **Location:** `a.py:1`\n\nText.\n\n"),
    "boxes": repeated("- [ ] a\n"),
    "boxes with text": lambda size: "".join(f"- [ ] {at}. do `a.py:{at}`\n" for at in range(size // 24)),
    "steps": lambda size: "".join(f"## Step {at}: do it\n\n```text\ndo it\n```\n\n" for at in range(1, size // 40)),
    "lists in lists": lambda size: "\n".join(f"{'  ' * at}- a" for at in range(int(size**0.5))),
    "lists in one line": repeated("- "),
    "numbers in one line": repeated("1. "),
    "quotes in quotes": repeated("> "),
    "quotes without blanks": repeated(">"),
    "quotes deeper": lambda size: "\n".join(">" * at + " a" for at in range(int((2 * size) ** 0.5))),
    "quotes by lines": repeated("> a\n"),
    "comments": repeated("<!--"),
    "comments by lines": repeated("<!--\n"),
    "comment ends": repeated("-->"),
    "brackets": repeated("["),
    "closing brackets": repeated("]"),
    "bracket pairs": nested("[", "a", "]"),
    "links": repeated("[a](b) "),
    "links without end": repeated("[a]("),
    "links in links": nested("[", "a", "](b)"),
    "images": repeated("![a]("),
    "references": repeated("[a]: b\n"),
    "references used": lambda size: "[a]: b\n" + "[a] " * (size // 4),
    "references open": repeated("[a]:"),
    "emphasis": repeated("*a "),
    "strong": repeated("**a "),
    "strong pairs": repeated("**a** "),
    "underlines": repeated("_a "),
    "stars": repeated("*"),
    "stars alternating": repeated("*_"),
    "backticks": repeated("`"),
    "backticks of all lengths": lambda size: "a".join("`" * at for at in range(1, int((2 * size) ** 0.5))),
    "open code": repeated("`a "),
    "code": repeated("`a` "),
    "code of paths": repeated("`a.py:1` "),
    "paths": repeated("a.py:1 "),
    "path without end": repeated("a/"),
    "dotted": repeated("a."),
    "functions": repeated("`f()` in `a.py`\n"),
    "fences": repeated("```\n"),
    "fences of all lengths": lambda size: "\n".join("`" * at for at in range(3, int((2 * size) ** 0.5))),
    "fences with info": repeated("```python\n"),
    "fences closed": repeated("```python\na\n```\n"),
    "tildes": repeated("~~~\n"),
    "tables": repeated("| a | b |\n|---|---|\n"),
    "table": lambda size: "| a | b |\n|---|---|\n" + "| c | d |\n" * (size // 10),
    "wide table": lambda size: "|a" * (size // 8) + "|\n" + "|-" * (size // 8) + "|\n" + "|b" * (size // 8) + "|\n",
    "pipes": repeated("|"),
    "html": repeated("<a "),
    "html open": repeated("<div>\n"),
    "angle": repeated("<"),
    "details": repeated("<details>\n<summary>a</summary>\n"),
    "entities": repeated("&amp;"),
    "backslashes": repeated("\\"),
    "rules": repeated("---\n"),
    "setext": repeated("a\n"),
    "setext end": lambda size: "a\n" * (size // 2) + "---\n",
    "blank lines": repeated("\n"),
    "blanks": repeated(" "),
    "tabs": repeated("\t"),
    "names": repeated("a"),
    "digits": repeated("1"),
    "dashes": repeated("-"),
    "mentions": repeated("@a "),
    "urls": repeated("http://a.b/ "),
    "fields": repeated("- **Name:** value\n"),
    "fields without value": repeated("**Name:**\n"),
    "marks": repeated("<!-- sous {"),
    "notes": repeated(" [unproven]"),
    "commands": repeated("gh issue create --title "),
    "words": repeated("the function is called by "),
    "NUL": repeated("\0"),
    "colons": repeated(":"),
    "options": repeated("--option "),
    "diff": repeated("+a\n-b\n"),
    "numbered quote": repeated("1: a\n"),
    "quote of code": repeated("```py\n1: a = b\n```\n`a.py:1-2`\n"),
}  # fmt: skip


def _facts(path: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        from sous.analyst.read import read_file

        return read_file(path, text)

    return read


def _lint(text: str) -> object:
    from sous.analyst.lint import lint

    return lint([text])


def _signatures(path: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        from sous.bundle.signatures import signatures

        return signatures(text, path)

    return read


def _comments(path: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        from sous.bundle.comments import without_comments

        return without_comments(text, path)

    return read


def _process(text: str) -> object:
    from sous.bundle.process import number_lines, truncate_base64, without_empty_lines

    return number_lines(*without_empty_lines(truncate_base64(text), "a.py", None))


def _secrets(text: str) -> object:
    from sous.bundle.secrets import mask_secrets

    return mask_secrets(text, ".env")


def _references(text: str) -> object:
    from sous.bundle.references import referred_names

    return [list(referred_names(path, text)) for path in ("a.py", "a.js", "a.go")]


def _bundle(text: str) -> object:
    from sous.bundle.read import bundle_from

    heads = (
        "",
        '<files>\nThis section contains\n<file path="a">\n',
        "# Files\n\n## File: a\n```\n",
        "=====\nFile: a\n=====\n",
        '<documents>\n<document index="1">\n<source>a</source>\n',
        ">>>> a\n",
    )
    return [len(bundle_from((head + text).encode(), None).files) for head in heads]


def _report(text: str) -> object:
    from sous.bundle.read import bundle_from
    from sous.claims.check import check_report
    from sous.claims.evidence import Evidence

    packed = (
        '<file path="a.py">\n1: def f(x):\n2:     return x\n</file>\n\n<file path="b/c.py">\n1: import a\n</file>\n'
    )
    bundle = bundle_from(f"<files>\nThis section contains the contents\n\n{packed}</files>\n".encode(), None)
    return check_report(text, Evidence(bundle, without=(), folder=None), is_readme=True).marked()


def _items(text: str) -> object:
    from sous.items.read import read_items

    return [(one.identity, one.body) for one in read_items(text).items]


def _findings(text: str) -> object:
    from sous.reports.findings import split_report

    return split_report(text)


def _plan(text: str) -> object:
    from sous.plan.check import holes_in
    from sous.plan.shape import planned_steps

    return planned_steps(text), holes_in(text, text)


def _todo(text: str) -> object:
    from sous.plan.shape import Plan, planned_steps
    from sous.plan.todo import make_todo

    said = "## Step 1: a\n\n```text\ndo it\n```\n"
    return make_todo(Plan(Path("plan.md"), said, tuple(planned_steps(said))), text)


def _boxes(text: str) -> object:
    from sous.plan.boxes import read_boxes

    return read_boxes(text)


ENDINGS = ("py", "js", "ts", "go", "java", "c", "rb", "php", "sh", "rs", "cs", "vue", "swift", "lua")
READERS: dict[str, tuple[Callable[[str], object], dict[str, Callable[[int], str]]]] = {
    **{f"facts of a.{ending}": (_facts(f"a.{ending}"), CODE) for ending in ENDINGS},
    "ruff": (_lint, CODE),
    **{f"signatures of {path}": (_signatures(path), CODE) for path in ("a.py", "a.js", "a.go", "a.c")},
    **{f"comments of {path}": (_comments(path), CODE) for path in ("a.py", "a.js", "a.go", "a.c")},
    "packing": (_process, CODE),
    "secrets": (_secrets, CODE),
    "references": (_references, CODE),
    "a bundle": (_bundle, {**CODE, **MARKDOWN}),
    "a report": (_report, MARKDOWN),
    "items": (_items, MARKDOWN),
    "findings": (_findings, MARKDOWN),
    "a plan": (_plan, MARKDOWN),
    "boxes": (_boxes, MARKDOWN),
    "a todo": (_todo, MARKDOWN),
}  # fmt: skip


def _timed(reader: str, shape: str, size: int, results: multiprocessing.Queue[float | str]) -> None:
    read, shapes = READERS[reader]
    read("a\n")  # what is imported late
    for factor in (1, 2, 4):
        text = shapes[shape](size * factor)
        start = time.process_time()
        try:
            read(text)
        except Exception as exc:  # noqa: BLE001  # to be shown with its cell
            results.put(f"{type(exc).__name__}: {str(exc)[:80]}")
            return
        results.put(time.process_time() - start)


def measured(reader: str, shape: str, size: int) -> Cell:
    """Time a cell in a process of its own."""
    context = multiprocessing.get_context("fork")
    results: multiprocessing.Queue[float | str] = context.Queue()
    process = context.Process(target=_timed, args=(reader, shape, size, results), daemon=True)
    process.start()
    process.join(CAP)
    if process.is_alive():
        process.kill()
        process.join()
        shape += " (ended)"
    elif (process.exitcode or 0) < 0:
        shape += f" (signal {-(process.exitcode or 0)})"
    seconds: list[float] = []
    while True:
        try:
            one = results.get(timeout=0.2 if len(seconds) < 3 else 0.001)
        except queue.Empty:
            break
        if isinstance(one, str):
            shape += f" ({one})"
        else:
            seconds.append(one)
        if len(seconds) == 3:
            break
    return Cell(reader, shape, tuple(seconds))


def cells(size: int, only: str) -> Iterator[Cell]:
    """Time all cells, two at a time."""
    wanted = [
        (reader, shape) for reader, (_, shapes) in READERS.items() for shape in shapes if only in f"{reader}/{shape}"
    ]
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda one: measured(one[0], one[1], size), wanted)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    shown = count = 0
    for cell in cells(options.size, options.only):
        count += 1
        is_steep = cell.factor > STEEP and (len(cell.seconds) < 3 or cell.seconds[-1] > 0.1)
        if options.all or is_steep or max(cell.seconds, default=CAP) > SLOW:
            shown += 1
            times = " ".join(f"{one:8.3f}" for one in cell.seconds)
            print(f"{cell.reader:24} {cell.shape:40} {times}  x{cell.factor:.1f}", flush=True)
    print(f"{shown} of {count} cells shown")


if __name__ == "__main__":
    main()
