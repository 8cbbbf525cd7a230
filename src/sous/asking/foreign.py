"""Whether an answer is about the code that was sent: a server may mix its requests up."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sous.terminal import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from sous.asking.expected import Expectation
    from sous.bundle.read import Bundle

_FEWEST = 3  # files that an answer names; one or two may be new, or misspelt
_SHOWN = 3


def about(bundle: Bundle, root: Path | None, expectation: Expectation) -> Expectation:
    """Expect of findings, too, that at least one of their places is in the code that was sent."""

    def missing(text: str) -> str | None:
        return expectation.missing(text) or _is_foreign(text, bundle, root)

    return dataclasses.replace(expectation, missing=missing)


def _is_foreign(text: str, bundle: Bundle, root: Path | None) -> str | None:
    from sous.project.paths import Paths
    from sous.reports.findings import split_report

    if bundle.reading is None or not bundle.files:
        return None
    named = {
        finding.path: None
        for finding in split_report(text)[0]
        if finding.path and (finding.first is not None or finding.quote)  # it may be missing, else
    }
    if len(named) < _FEWEST:
        return None
    paths = Paths(bundle.files, root=root.name if root else "")
    if any(paths.resolve(path) or path in bundle.text for path in named):
        return None
    shown = ", ".join(one_line(path)[:60] for path in list(named)[:_SHOWN])
    return (
        f"names {len(named)} files, none of which was sent ({shown}, \u2026): it may be the answer "
        "to another request; try again"
    )
