"""Surveys of small projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import packed
from sous.analyst.survey import Survey
from sous.bundle.read import Bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@pytest.fixture
def survey(home: Path) -> Callable[..., Survey]:  # where the cache is
    """Return what makes a survey of files: paths and texts."""

    def make(files: Mapping[str, str], *, root: Path | None = None) -> Survey:
        return Survey(Bundle(packed(files)), root=root)

    return make
