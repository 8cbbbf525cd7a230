"""Servers that refuse a prompt that is too long for them, each in the words of a provider (tests/models/*.toml)."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fake_model import FakeModel, Refusal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = {"tokens": 6_000, "characters": 20_000, "bytes": 20_000}


@dataclass(frozen=True)
class Case:
    """A provider's refusal: its words, and what it takes."""

    name: str
    source: str
    status: int
    body: str
    unit: str = "tokens"
    answer: int = 0
    type: str = "application/json"
    streamed: bool = False

    @property
    def model(self) -> str:
        """The name of a model that refuses so."""
        return "w-" + "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())

    @property
    def most(self) -> int:
        """How much it takes."""
        return MOST[self.unit]

    def size(self, text: str, raw: bytes) -> int:
        """Return how long a request is by this server's count."""
        return {"tokens": len(text) * 2 // 5, "characters": len(text), "bytes": len(raw)}[self.unit]

    def refusal(self, text: str, raw: bytes) -> Refusal | None:
        """Return the answer to a request that is too long."""
        sent = self.size(text, raw)
        if sent + self.answer <= self.most:
            return None
        return Refusal(self.status, self.filled(sent).encode(), self.type, streamed=self.streamed)

    def filled(self, sent: int) -> str:
        """Return the words with the numbers in them."""
        total = sent + self.answer
        numbers = {"most": self.most, "sent": sent, "answer": self.answer, "total": total, "over": total - self.most}
        body = self.body
        for name, number in numbers.items():
            body = body.replace(f"@{name}@", str(number)).replace(f"@{name},@", f"{number:,}")
        return body


def cases(name: str = "windows") -> list[Case]:
    """Return the cases of a file of tests/models."""
    text = (Path(__file__).parent / "models" / f"{name}.toml").read_text("utf-8")
    return [Case(**case) for case in tomllib.loads(text)["case"]]


def serve(model: FakeModel, user: Path, some: Sequence[Case]) -> None:
    """Let a server refuse as these do, and tell llm of models that are called like them."""
    model.refusals = {case.model: case.refusal for case in some}
    entries: list[dict[str, Any]] = [
        {"model_id": case.model, "model_name": case.model, "api_base": model.url} for case in some
    ]
    user.mkdir(parents=True, exist_ok=True)
    (user / "extra-openai-models.yaml").write_text(json.dumps(entries))
