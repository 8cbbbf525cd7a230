"""A task and a bundle to a report."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sous.analyst import readme, write
from sous.analyst.known import key_of, known_pieces, remember_pieces
from sous.analyst.lint import linter_version
from sous.analyst.linters import digests_of
from sous.analyst.survey import Survey
from sous.errors import SousError
from sous.names import OWN_FILES
from sous.project.coverage import COVERAGE_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sous.bundle.read import Bundle

TASKS: dict[str, Callable[[Survey], Iterator[str]]] = {
    "code-review": write.code_review,
    "github-issues": write.github_issues,
    "issue-prompts": write.issue_prompts,
    "missing-tests": write.missing_tests,
    "readme": readme.readme,
}
_KEPT = 4  # surveys


@dataclass
class _Shared:
    """A bundle and its project with what is known of it, which one thread at a time works on."""

    key: tuple[object, ...]
    lock: threading.RLock = field(default_factory=threading.RLock)
    survey: Survey | None = None


_lock = threading.Lock()
_latest: list[_Shared] = []  # all reports of one run are made from one survey


def report(
    task: str, bundle: Bundle, *, root: Path | None, results: Sequence[Path] = ()
) -> list[str]:
    """Return a report in pieces. Raises SousError for a bundle whose files cannot be told apart."""
    if bundle.reading is None:
        raise SousError(
            "static analysis needs a bundle whose files can be told apart, and this one has no known format; "
            "pack with `sous bundle`, or name a model (-m)"
        )
    with _shared(bundle, root, results).lock:
        by = repr((linter_version(), _around(root), digests_of(results)))
        key = key_of(task, bundle.text, is_whole=True, by=by)
        pieces = known_pieces(key)
        if pieces is None:
            survey = survey_of(bundle, root=root, results=results)
            pieces = list(TASKS[task](survey))
            if survey.is_whole:
                remember_pieces(key, pieces)
        return pieces


def _around(root: Path | None) -> list[object]:
    """Return what else a report depends on: the coverage of a project."""
    found: list[object] = [str(root)]
    for file in [root / name for name in COVERAGE_FILES] if root else []:
        with contextlib.suppress(OSError):
            status = file.stat()
            found.append((file.name, status.st_size, status.st_mtime_ns))
    return found


def survey_of(bundle: Bundle, *, root: Path | None, results: Sequence[Path] = ()) -> Survey:
    """Return what is known of a bundle; of the last ones it is remembered. `results`: of linters."""
    shared = _shared(bundle, root, results)
    with shared.lock:
        if shared.survey is None:
            shared.survey = Survey(bundle, root=root, without=OWN_FILES, results=results)
        return shared.survey


def _shared(bundle: Bundle, root: Path | None, results: Sequence[Path]) -> _Shared:
    key = (bundle.text, root, *digests_of(results))
    with _lock:
        found = next((one for one in _latest if one.key == key), None) or _Shared(key)
        _latest[:] = [found, *(one for one in _latest if one is not found)][:_KEPT]
        return found
