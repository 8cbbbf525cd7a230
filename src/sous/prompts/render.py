"""From template and bundle to the prompt: to the byte what `cat BUNDLE | llm -t NAME` sends."""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.names import TEMPLATE_ENDINGS
from sous.resources import resource_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Template:
    """A prompt template in llm's terms: text with `$variables`, of which `$input` is the bundle.

    `extract`: "first" or "last" where of an answer only that block of code is taken.
    """

    name: str
    prompt: str | None = None
    system: str | None = None
    defaults: dict[str, str] = field(default_factory=dict)
    extract: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that shapes the request."""
        shaped = (self.prompt, self.system, sorted(self.defaults.items()))
        whole = (*shaped, self.extract) if self.extract else shaped
        return hashlib.sha256(repr(whole).encode()).hexdigest()


@dataclass(frozen=True)
class Prompt:
    """What a model is asked: a system prompt, `bundle`, and right behind it `task`.

    `extract`: which block of code of the answer is taken alone.
    """

    bundle: str
    task: str
    system: str | None = None
    name: str = ""  # of the template
    extract: str = ""

    @property
    def text(self) -> str:
        """The user message."""
        return self.bundle + self.task


def fill(template: Template, bundle: str) -> Prompt:
    """Fill a template with a bundle as llm does (`Template.evaluate` and stdin of llm 0.36).

    Without `$input` the bundle stands first and the task behind it, with one blank between. Raises
    SousError for a variable that has no value.
    """
    # llm looks for the form $input alone; where only ${input} stands, that is empty and the bundle
    # goes in front.
    takes_input = any(
        match["named"] == "input"
        for text in (template.prompt, template.system)
        for match in string.Template.pattern.finditer(text or "")
    )
    variables = {**template.defaults, "input": bundle if takes_input else ""}
    system = _interpolate(template, template.system, variables)
    task = _interpolate(template, template.prompt, variables)
    if takes_input and task:
        return Prompt("", task, system, template.name, template.extract)
    task = f" {task}" if task else ""
    return Prompt(bundle, task, system, template.name, template.extract)


_INCLUDE = re.compile(r'(?<!\{)\{% include "([^"\\\n]+)" %\}')
_MARKS = ("{{", "{%", "{#", "\r")
_MOST_PARTS = 100


def render(text: str, folders: Sequence[Path], name: str) -> str:
    """Fill in the shared parts of a template. Raises SousError.

    Most have nothing but those, for which Jinja2 need not be loaded.
    """
    filled = _filled(text, folders, iter(range(_MOST_PARTS)))
    return render_jinja(text, folders, name) if filled is None else filled


def _filled(text: str, folders: Sequence[Path], left: Iterator[int]) -> str | None:
    """Return a text with its parts, which are each read alone as by Jinja2; None for more."""
    texts = _INCLUDE.split(text.removesuffix("\n"))  # a name after each text but the last
    if any(mark in one for one in texts[::2] for mark in _MARKS):
        return None
    for at in range(1, len(texts), 2):
        part = None if next(left, None) is None else _read_part(texts[at], folders)
        filled = None if part is None else _filled(part, folders, left)
        if filled is None:
            return None
        texts[at] = filled
    return "".join(texts)


def render_jinja(text: str, folders: Sequence[Path], name: str) -> str:
    """Fill in the shared parts of a template, in Jinja2's sandbox. Raises SousError."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class PromptEnvironment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(["*", "**"])  # the two that make much out of little

        def call_binop(
            self, _context: object, operator: str, _left: object, _right: object
        ) -> object:
            raise jinja2.exceptions.SecurityError(f"`{operator}` has no place in a prompt")

    environment = PromptEnvironment(
        loader=jinja2.FunctionLoader(lambda part: _read_part(part, folders)),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # markdown, not HTML
    )
    try:
        return environment.from_string(text).render()
    except jinja2.TemplateNotFound as exc:
        raise SousError(
            f"template {name} cannot be rendered: {exc.name} is not there; ours are {_parts()}"
        ) from exc
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as exc:
        raise SousError(f"template {name} cannot be rendered: {exc}") from exc


def _parts() -> str:
    return ", ".join(
        f"parts/{path.name}" for path in sorted((resource_folder("templates") / "parts").iterdir())
    )


def _read_part(name: str, folders: Sequence[Path]) -> str | None:
    """Return a shared part; one that lies (or links) outside the folders is not there."""
    for folder in folders:
        path = folder / name
        try:
            is_inside = path.resolve().is_relative_to(folder.resolve()) and not path.is_symlink()
            if is_inside and path.is_file() and path.suffix in TEMPLATE_ENDINGS:
                return path.read_text("utf-8").rstrip("\n")
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or "it is not UTF-8 text"
            raise SousError(f"cannot read the part {name} of a template: {why}") from exc
    return None


def _interpolate(template: Template, text: str | None, variables: dict[str, str]) -> str | None:
    if not text:
        return text
    try:
        return string.Template(text).substitute(variables)
    except KeyError as exc:
        raise SousError(
            f"template {template.name} needs a value for ${exc.args[0]}; "
            "give it one under `defaults`"
        ) from exc
    except ValueError as exc:
        raise SousError(
            f"template {template.name}: {exc}; write $$ for a plain dollar sign"
        ) from exc
