"""What is known of secrets: secrets.toml, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from sous.project.data import parse_toml


@lru_cache(maxsize=1)
def secret_data() -> dict[str, Any]:
    """Return all of secrets.toml."""
    return parse_toml(Path(__file__).with_name("secrets.toml").read_text("utf-8"))


@lru_cache(maxsize=16)
def words(name: str) -> frozenset[str]:
    """Return one of its lists of words."""
    return frozenset(secret_data()["words"][name].split())
