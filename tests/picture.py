"""Draws docs/terminal.svg, the picture in the README, from the README's example, which a test runs.

`python tests/picture.py` writes it; tests/test_readme.py fails when it is out of date.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PICTURE = CHECKOUT / "docs" / "terminal.svg"
_EXAMPLE = re.compile(r"<!-- run: example -->\n````console\n(.*?)\n````$", re.DOTALL | re.MULTILINE)
_LINE, _CHARACTER, _MARGIN, _TOP, _COLUMNS = 20, 8.43, 20, 56, 114
_INDENT = "\N{NO-BREAK SPACE}" * 2  # plain spaces are joined where an image is shown
_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="A terminal: {label}">
<rect width="{width}" height="{height}" rx="10" fill="#1d2330"/>
<circle cx="24" cy="22" r="6" fill="#ec6a5e"/><circle cx="44" cy="22" r="6" fill="#f4bf4f"/>\
<circle cx="64" cy="22" r="6" fill="#61c554"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14" fill="#d7dce5" \
style="white-space:pre">
"""


def example() -> str:
    """Return the commands of the README's example with what they print."""
    found = _EXAMPLE.search((CHECKOUT / "README.md").read_text("utf-8"))
    assert found
    return found[1]


def drawn(text: str) -> str:
    """Return an SVG of a terminal with these lines; a line longer than it is wide is cut."""
    lines = text.splitlines()
    commands = "; ".join(line[2:] for line in lines if line.startswith("$ "))
    width = round(2 * _MARGIN + _CHARACTER * _COLUMNS)
    rows = [_row(line, _TOP + number * _LINE) for number, line in enumerate(lines) if line]
    head = _HEAD.format(width=width, height=_TOP + _LINE * len(lines), label=html.escape(commands))
    return head + "\n".join(rows) + "\n</g>\n</svg>\n"


def _row(line: str, y: int) -> str:
    shown = html.escape(line if len(line) <= _COLUMNS else line[: _COLUMNS - 1] + "…").replace("  ", _INDENT)
    colour = ' fill="#8fd18a" font-weight="bold"' if line.startswith("$ ") else ""
    return f'<text x="{_MARGIN}" y="{y}"{colour}>{shown}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawn(example()), "utf-8")
