"""The clones that the tests of this folder take."""

from __future__ import annotations

from teams import clone, first_clone, member

__all__ = ["clone", "first_clone", "member"]
