"""The rules of rules.yaml: what a finding means, how it is looked for, and how many of them were right."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_RUFF = "https://docs.astral.sh/ruff/rules/"


@dataclass(frozen=True, eq=False)
class ReviewRule:
    """A rule; rules.yaml says what each field is. `nods`: how many of the places that were read were right."""

    code: str
    severity: str
    label: str
    title: str
    harm: str
    fix: str
    link: str = ""
    name: str = ""
    nods: tuple[int, int] = (0, 0)
    grammars: tuple[str, ...] = ()
    pattern: Mapping[str, Any] = field(default_factory=dict)

    @property
    def confidence(self) -> str:
        """How sure a finding is, in words."""
        right, read = self.nods
        if not read:  # what the parser says is no guess
            return "high"
        share = right / read
        return f"{'high' if share >= 0.95 else 'medium'} ({right} of {read} findings of this rule that were checked in other projects were right)"  # noqa: PLR2004


@lru_cache(maxsize=1)
def rules() -> Mapping[str, ReviewRule]:
    """Return the rules by their codes."""
    data = yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text("utf-8"))
    return {code: _rule(code, fields) for code, fields in data.items()}


def _rule(code: str, fields: dict[str, Any]) -> ReviewRule:
    link = fields.get("link") or (_RUFF + fields["name"] if "name" in fields else "")
    return ReviewRule(
        code,
        **{
            **fields,
            "link": link,
            "nods": tuple(fields.get("nods", (0, 0))),
            "grammars": tuple(fields.get("grammars", ())),
        },
    )


@lru_cache(maxsize=64)
def patterns(grammar: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the codes and patterns of the rules for one of ast-grep's grammars."""
    return [(one.code, one.pattern) for one in rules().values() if grammar in one.grammars]
