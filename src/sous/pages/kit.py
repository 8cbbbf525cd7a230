"""A page from a template: escaped, in one file, with a policy that allows only our own script."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.terminal import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parent
_PIECES = 500  # that are joined as they come
_GENERATOR = '<meta name="generator" content="'


def page_from(template: str, *, title: str, made_by: str, **data: Any) -> str:
    """Return the page of a template beside this file; every text in `data` is shown as text.

    `made_by`: the command, as "sous cost".
    """
    return "".join(page_pieces(template, title=title, made_by=made_by, **data))


def page_pieces(template: str, *, title: str, made_by: str, **data: Any) -> Iterator[str]:
    """Yield the pieces of such a page, which may be too large to have at once."""
    style = _unindented(_read("kit.css") + _read_own(f"{template}.css"))
    script = _unindented(_read("kit.js") + _read_own(f"{template}.js"))
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    pieces = (
        _environment()
        .get_template(f"{template}.html")
        .stream(title=title, made_by=made_by, style=style, script=script, policy=policy, **data)
    )
    pieces.enable_buffering(_PIECES)
    yield from pieces


def generator_of(made_by: str) -> str:
    """Return the tag by which a page of a command is known."""
    return f'{_GENERATOR}{made_by}">'


def is_page(head: bytes) -> bool:
    """Tell whether the first bytes of a file are those of a page that was made here."""
    return head.startswith(b"<!doctype html>") and f"{_GENERATOR}sous ".encode() in head


def script_data(data: object) -> Markup:
    """Return JSON that may be within a script element, which `JSON.parse` reads there."""
    from markupsafe import Markup

    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(told.replace("<", r"\u003c"))  # noqa: S704  # nothing in it ends the element


def _read(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _read_own(name: str) -> str:
    """Return what one page has beside the kit."""
    return _read(name) if (_HERE / name).exists() else ""


def _unindented(text: str) -> str:
    """Return style or script without the spaces that lines begin with, which only people need."""
    return "\n".join(line.lstrip() for line in text.splitlines())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["text"] = _in_lines
    return found


def _in_lines(value: str) -> Markup:
    """Return text that keeps its lines, without control and direction characters."""
    from markupsafe import escape

    return escape(clean(value))


def _shown(value: object) -> object:
    """Return text without control and direction characters; what is markup already stays."""
    return one_line(value) if type(value) is str else value
