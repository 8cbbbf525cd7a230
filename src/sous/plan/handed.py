"""A step as it is handed to an agent by a person: its verification, its files, what is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import OverBudget
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.plan.shape import Planned

_PATH = re.compile(r"`([\w@.~\[\]()-]+(?:/[\w@.~\[\]()-]+)*\.\w{1,8})(?::[\d,\s\u2013-]+)?`")


@dataclass(frozen=True)
class Handed:
    """A text with a step and what belongs to it, its tokens, and the files that did not fit."""

    text: str
    tokens: int
    files: Sequence[str]
    left_out: Sequence[str]

    @property
    def told(self) -> str:
        """What it holds, in words."""
        count = len(self.files)
        files = f"{count} file{'s' * (count != 1)}, {self.tokens:,} tokens"
        left = f" ({', '.join(self.left_out)} did not fit; see --limit)" if self.left_out else ""
        return files + left


def files_named(step: Planned) -> list[str]:
    """Return the files that a step names: in its field, then in its prompt."""
    return list(dict.fromkeys((*step.files, *_PATH.findall(step.step.prompt))))


def handed(
    step: Planned,
    done: Sequence[Planned],
    files: Mapping[str, str],
    *,
    limit: int,
    more: Mapping[str, str] | None = None,
) -> Handed:
    """Return a step with its verification, the steps that are done, and the files that fit.

    `more`: other texts by their names, which come first. Raises OverBudget where the step alone is
    too long.
    """
    parts = [f"# {step.name}", step.step.prompt]
    if step.verify:
        parts.append("How it will be verified:\n\n" + "\n".join(f"- {one}" for one in step.verify))
    if done:
        listed = "\n".join(f"- {one.name}" for one in done)
        parts.append(f"What is done already, and in the repository:\n\n{listed}")
    text = "\n\n".join(parts) + "\n"
    left = limit - count_tokens(text)
    if left < 0:
        raise OverBudget(f"{step.name} alone has {limit - left:,} tokens; --limit allows more")
    blocks, left_out = {}, []
    for name, words in (more or {}).items():
        block = f"\n{words.strip()}\n"
        size = count_tokens(block)
        if size <= left:
            text += block
            left -= size
        else:
            left_out.append(name)
    for path, content in files.items():
        block = f'\n<file path="{path}">\n{content.rstrip()}\n</file>\n'
        size = count_tokens(block)
        if size <= left:
            blocks[path] = block
            left -= size
        else:
            left_out.append(path)
    if blocks:
        text += "\nThe files that this is about:\n" + "".join(blocks.values())
    return Handed(text, count_tokens(text), list(blocks), left_out)
