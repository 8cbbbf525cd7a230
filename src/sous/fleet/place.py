"""The folder of a fleet, which is the truth about it: results, the ledger, the pages.

    fleet.json                      what was asked for, and how it ended, a row a repository
    ledger.jsonl                    what was set aside for calls, and what they cost
    index.json, index.html          made from the results
    repos/SLUG/TASK-KEY/result.json written last; beside it the report, its page, and a log

A result is found by all that decides about it: repository, commit, task, template, model, options,
and the version of sous. It is there as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file, remove_file, replacing, shown_path, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sous.fleet.repositories import FleetRepository

_LARGEST = 100_000_000  # bytes of a file of ours
_RESULT = "result.json"
_ASKING = "asking.json"
_KEY = 16  # hex digits


@dataclass(frozen=True)
class FleetFolder:
    """Where a fleet's results are."""

    top: Path

    @property
    def ledger(self) -> Path:
        """The file of what was paid."""
        return self.top / "ledger.jsonl"

    @property
    def lock(self) -> Path:
        """What one driver at a time holds."""
        return self.top / ".fleet.lock"

    def begin(self) -> None:
        """Make the folder. Raises SousError where something else is there, or it is not ours."""
        try:
            is_new = not self.top.exists() or not any(self.top.iterdir())
        except OSError as exc:
            raise SousError(f"cannot use {shown_path(self.top)}: {exc.strerror}") from exc
        if not is_new and not (self.top / "fleet.json").exists():
            raise SousError(
                f"{shown_path(self.top)} contains other files; name an empty folder, or one of a "
                "fleet, with -o"
            )
        if is_new:
            self.note(())
            write_file(self.top / ".gitignore", b"*\n", root=self.top)

    def repository(self, repository: FleetRepository) -> RepositoryFolder:
        """Return where the results of one repository are."""
        return RepositoryFolder(self.top / "repos" / repository.slug, self.top)

    def read(self, name: str) -> Any:
        """Return what a JSON file here says; None where it is not there, or says nothing."""
        return read_json(self.top / name, self.top)

    def write(self, name: str, pieces: Iterable[str]) -> None:
        """Write a file here as a whole, from pieces. Raises SousError."""
        with replacing(self.top / name, root=self.top) as stream:
            for piece in pieces:
                stream.write(piece.encode("utf-8", "replace"))

    def note(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write down which repositories the fleet has. Raises SousError."""
        self.write("fleet.json", chain(['{"rows": '], rows_in_lines(rows), ["}\n"]))


@dataclass(frozen=True)
class RepositoryFolder:
    """The results of one repository."""

    folder: Path
    top: Path

    def result_folder(self, task: str, key: str) -> Path:
        """Return where the result of a task is."""
        return self.folder / f"{task}-{key}"

    def result(self, task: str, key: str) -> dict[str, Any] | None:
        """Return the result of a task, None where there is none."""
        found = read_json(self.result_folder(task, key) / _RESULT, self.top)
        return found if isinstance(found, dict) else None

    def results(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield the results that there are, with their folders."""
        for path in sorted(self.folder.glob(f"*/{_RESULT}")):
            found = read_json(path, self.top)
            if isinstance(found, dict):
                yield path.parent, found

    def put(self, task: str, key: str, result: Mapping[str, Any], files: Mapping[str, str]) -> None:
        """Write the files of a result, and then the result. Raises SousError."""
        folder = self.result_folder(task, key)
        for name, text in files.items():
            write_file(folder / name, text.encode("utf-8", "replace"), root=self.top)
        write_json(folder / _RESULT, result, self.top)

    @property
    def lock(self) -> Path:
        """What one child at a time holds, on whichever machine."""
        return self.folder / ".lock"

    def note_asking(self, task: str, key: str, who: str) -> None:
        """Note that a model is about to be asked, and by whom. Raises SousError."""
        path = self.result_folder(task, key) / _ASKING
        write_json(path, {"who": who}, self.top)

    def asking(self, task: str, key: str) -> str:
        """Return who was asking a model and has not come to an end; "" where nobody was."""
        found = read_json(self.result_folder(task, key) / _ASKING, self.top)
        return str(found.get("who")) if isinstance(found, dict) else ""

    def note_asked(self, task: str, key: str) -> None:
        """Note that what was asked has come to an end, whatever came of it."""
        with contextlib.suppress(SousError):  # nobody was asking
            remove_file(self.result_folder(task, key) / _ASKING)

    def forget(self, task: str, key: str) -> None:
        """Delete a result, which is to be made afresh."""
        with contextlib.suppress(SousError):  # it is not there
            remove_file(self.result_folder(task, key) / _RESULT)


def key_of(facts: Mapping[str, Any]) -> str:
    """Return the key of a result from what decides about it."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_KEY]


def read_json(path: Path, top: Path) -> Any:
    """Return what a JSON file says; None for one that is not there, or is none."""
    try:
        return json.loads(read_file(path, root=top, most=_LARGEST))
    except (OSError, ValueError, SousError):
        return None


def rows_in_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the pieces of a JSON list with a row a line: of thousands no copy is made."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False, default=str)
        before = ",\n"
    yield "[]" if before == "[\n" else "\n]"


def write_json(path: Path, data: Any, top: Path) -> None:
    """Write a JSON file as a whole. Raises SousError."""
    text = json.dumps(data, indent=1, ensure_ascii=False, default=str)
    write_file(path, f"{text}\n".encode("utf-8", "replace"), root=top)
