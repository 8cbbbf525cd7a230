"""What was asked for on a command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ModelRequest:
    """What a command that asks a model was asked for on its command line."""

    model: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    template: str | None = None
    root: Path | None = None
    force: bool = False
    yes: bool = False
    dry_run: bool = False
    quiet: bool = False
    context_window: int | None = None
    retries: int | None = None
    timeout: float | None = None
    max_cost: float | None = None
    notify: str | None = None
    accept_unfinished: bool = False

    def given(self) -> dict[str, Any]:
        """Return the settings that the command line gives, None for those that it does not."""
        keys = ("model", "context_window", "retries", "timeout", "max_cost", "notify")
        return {**{key: getattr(self, key) for key in keys}, "options": self.options or None}


@dataclass(frozen=True)
class Request(ModelRequest):
    """What a command that makes reports from a bundle was asked for."""

    bundle: str | None = None
    output: str | None = None
    pack: bool = True
    split: bool = True
    jobs: int | None = None
    verify: str | None = None
    all_findings: bool = False
    model_required: bool = False
    evidence: bool | None = None
    sarif: tuple[str, ...] = ()

    def given(self) -> dict[str, Any]:
        """Return the settings that the command line gives, None for those that it does not."""
        own = {"jobs": self.jobs, "evidence": self.evidence, "sarif": self.sarif or None}
        return {**super().given(), **own}
