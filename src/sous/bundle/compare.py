"""Compare a bundle with the files that are here: one from elsewhere may differ from them."""

from __future__ import annotations

import math
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.content import read_content
from sous.bundle.earlier import EarlierResults
from sous.bundle.named import is_binary_name, is_notebook
from sous.bundle.notebooks import as_cells
from sous.bundle.process import truncate_base64, without_base64
from sous.bundle.recipe import MAX_FILE_SIZE, Order, recipe_of
from sous.bundle.remembered import is_as_packed, order_of
from sous.bundle.secrets import MASK, mask_secrets
from sous.bundle.select import File, select_files
from sous.bundle.signatures import ELISION
from sous.errors import SousError
from sous.files import inside
from sous.names import is_own
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.bundle.read import Bundle
    from sous.bundle.readers import PackedFile

_SECONDS = 10.0
_NAMED = 3
# What a packer says at the top when its files are not as they are on the disk.
_REDUCED = re.compile(
    r"comments have been removed|compressed|reduced to|signatures|some files are reduced",
    re.IGNORECASE,
)
_HEAD = 4000  # characters


@dataclass
class Differences:
    """Paths of a bundle: `missing` here, `changed`, here but not in it (`extra`).

    `unsure`: reduced, so not comparable.

    `complete` is false where the time was over before all were looked at.
    """

    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    complete: bool = True

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.missing or self.changed or self.extra)

    def line(self, name: str) -> str:
        """Return it in one line for people, "" for no difference."""
        if not self:
            return ""
        kinds = (
            (self.changed, "changed"),
            (self.missing, "missing here"),
            (self.extra, "not in it"),
        )
        counts = ", ".join(f"{len(paths):,} {word}" for paths, word in kinds if paths)
        every = [*sorted(self.changed), *sorted(self.extra), *sorted(self.missing)]
        named = ", ".join(one_line(path) for path in every[:_NAMED]) + ", …" * (len(every) > _NAMED)
        rest = (
            f"; {len(self.unsure):,} are in it only in part, so they were not compared"
            if self.unsure
            else ""
        )
        rest += "; not all were compared" if not self.complete else ""
        return f"{name} differs from the files here: {counts} ({named}){rest}"


def differences(bundle: Bundle, root: Path, *, seconds: float = _SECONDS) -> Differences:
    """Return where a bundle and the files of `root` differ.

    Each file is read at most once, none outside of `root`.

    Blank lines and blanks at line ends do not count, since packers drop them. Raises SousError.
    """
    if bundle.reading is None:
        return Differences()
    return _Comparison(bundle, root, time.monotonic() + seconds).result()


def is_older_than_files(bundle: Bundle, root: Path) -> bool:
    """Tell whether a file of `root` changed, came or went since a bundle of it was written.

    Also of one in no known format, of which that cannot be told.
    """
    if bundle.reading is None or bundle.path is None:
        return True
    written = bundle.path.stat().st_mtime_ns
    packed = {root / path for path in bundle.files if not is_own(path)}
    here = files_here(Order(root, project=True), root, bundle.path)
    found = {Path(file.full) for path, file in here.items() if not is_own(path)}
    return any(_changed_at(path) > written for path in packed | found)


def files_here(order: Order, root: Path, output: Path | None) -> dict[str, File]:
    """Return what an order would pack now, by the path in its bundle; none where it cannot."""
    try:
        recipe = recipe_of(order, root=root)
        return {file.path: file for file in select_files(recipe, root=root, output=output).files}
    except SousError:
        return {}


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return math.inf


class _Comparison:
    def __init__(self, bundle: Bundle, root: Path, deadline: float) -> None:
        self._bundle = bundle
        self._root = root
        self._deadline = deadline
        self._order = order_of(bundle.path) if bundle.path else None
        self._reduced = bool(_REDUCED.search(bundle.text[:_HEAD]))
        self._found = Differences()
        self._earlier = EarlierResults()
        self._packed_at = 0
        if bundle.path and is_as_packed(bundle.path):
            self._packed_at = bundle.path.stat().st_mtime_ns

    def result(self) -> Differences:
        here = self._files_here()
        # of a bundle in which no name is masked
        by_name = {file.name: path for path, file in here.items()}
        for path, packed in self._bundle.files.items():
            if self._is_late():
                return self._found
            if not is_own(path):
                self._compare(
                    packed,
                    here.pop(path, None)
                    or here.pop(by_name.get(path, ""), None)
                    or self._ignored(path),
                )
        for file in here.values():
            if self._is_late():
                return self._found
            self._judge_extra(file)
        return self._found

    def _is_late(self) -> bool:
        self._found.complete = time.monotonic() < self._deadline
        return not self._found.complete

    def _files_here(self) -> dict[str, File]:
        """Return what the same rules would pack here, or the usual ones for a foreign bundle."""
        order = self._order or Order(self._root, project=True)
        return files_here(order, self._root, self._bundle.path)

    def _ignored(self, path: str) -> File | None:
        """Return a file that is here and would not be packed.

        None for one that is not here, or behind a link.
        """
        real = inside(self._root, Path(path))
        wanted = os.path.normpath(os.path.join(os.path.realpath(self._root), path))  # noqa: PTH118  # may be no path
        if real is None or str(real) != wanted or not real.is_file():
            return None
        return File(path, str(self._root), path)

    def _compare(self, packed: PackedFile, file: File | None) -> None:
        if file is None:
            self._found.missing.append(packed.path)
            return
        if self._is_older(file):
            return
        content = read_content(file, MAX_FILE_SIZE)
        if content.left_out:
            self._found.changed.append(packed.path)
        elif not _is_same(packed.text, content.text, file.name):
            reduced = _says_reduced(packed.text) or self._reduced
            is_part = reduced and _is_part(packed.text, content.text)
            (self._found.unsure if is_part else self._found.changed).append(packed.path)

    def _is_older(self, file: File) -> bool:
        """Tell whether a file did not change since we packed it."""
        if not self._packed_at:
            return False
        try:
            status = os.lstat(file.full)
        except OSError:
            return False
        return max(status.st_mtime_ns, status.st_ctime_ns) < self._packed_at

    def _judge_extra(self, file: File) -> None:
        if is_binary_name(file.name) or (self._order and self._is_older(file)):
            return
        if self._earlier.has(file):
            return
        content = read_content(file, MAX_FILE_SIZE)
        if content.left_out or not content.text.strip():
            return
        listed = self._reduced and file.path.rpartition("/")[2] in self._bundle.text
        (self._found.unsure if listed else self._found.extra).append(file.path)


def _is_same(packed: str, here: str, name: str) -> bool:
    # the first is far faster
    if packed.strip() == here.strip() or _folded(packed) == _folded(here):
        return True
    if MASK in packed:
        # what is packed may hold some that are allowed
        here, packed = (mask_secrets(text, name)[0] for text in (here, packed))
    if is_notebook(name) and ELISION in packed:
        here = as_cells(here).text
    forms = [here]
    if "..." in packed:  # other packers leave wrapped base64 as it is
        forms = [truncate_base64(here), without_base64(here)[0]]
    return _folded(packed) in map(_folded, forms)


def _folded(text: str) -> list[str]:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if lines:
        lines[0] = lines[0].lstrip()  # of packers that trim the whole
    return lines


def _says_reduced(packed: str) -> bool:
    return ELISION in packed


def _is_part(packed: str, here: str) -> bool:
    """Tell whether a reduced file says nothing that is not in the file here."""
    lines = {line.strip() for line in here.split("\n")}
    text = "\n".join(lines)
    said = [
        line.strip()
        for line in packed.split("\n")
        if line.strip() and not line.startswith(ELISION[0])
    ]
    return all(line in lines or line in text for line in said)
