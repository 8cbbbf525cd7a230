"""The bundle that a command works on: its text, and the files in it where its form is known."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sous.bundle.formats.document import part_said, without_part
from sous.bundle.formats.xml import escaped
from sous.bundle.readers import PackedFile, Reading, read_stream
from sous.errors import SousError
from sous.files import read_file
from sous.names import is_own
from sous.root import project_of
from sous.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LARGEST = 900_000_000  # bytes of a bundle, which is read whole


@dataclass(frozen=True)
class Bundle:
    """The text of a bundle and where it came from (None: stdin).

    `part`: what its first line said, which is not in the text: "part 2 of 5, wait for the last".
    """

    text: str
    path: Path | None = None
    part: str = ""

    @cached_property
    def reading(self) -> Reading | None:
        """What form it has, None for one that is not known; its files are read once, by `files`."""
        return read_stream(io.BytesIO(self.text.encode("utf-8", "replace")))

    @cached_property
    def entries(self) -> tuple[PackedFile, ...]:
        """The files that it holds, in its order; none for a bundle in a form that is not known."""
        return tuple(self.reading.files) if self.reading else ()

    @cached_property
    def files(self) -> dict[str, PackedFile]:
        """The files by path; if two have one path (bundles put together), the last."""
        return {file.path: file for file in self.entries}

    def fingerprint(self, *, without: Iterable[str]) -> str:
        """Return the SHA-256 of what is packed, `without` some files, such as the report itself."""
        text = self.text
        for path in without:
            if path in self.files:
                content = self.files[path].packed
                for form in (content, escaped(content), json.dumps(content, ensure_ascii=False)):
                    if form in text:
                        text = text.replace(form, "", 1)
                        break
            text = re.sub(rf"^[ ]*{re.escape(path)}\n", "", text, flags=re.MULTILINE)  # in the tree
        lines = (line.rstrip() for line in text.split("\n"))
        return hashlib.sha256(
            "\n".join(filter(None, lines)).encode("utf-8", "surrogatepass")
        ).hexdigest()


def bundle_from(data: bytes, path: Path | None) -> Bundle:
    """Return the bundle that `data` is, its line ends as they are.

    Raises SousError when there is nothing in it.
    """
    part = part_said(data)
    data = without_part(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        text = data.decode("utf-8", "replace")
        say(f"{path or 'stdin'}: byte {exc.start} is not UTF-8; such bytes are sent as U+FFFD")
    if not text.strip():
        what = f"{path} is empty; pack again" if path else "nothing came on stdin; give it a bundle"
        raise SousError(f"{what}. Nothing was sent")
    return Bundle(text, path, part)


def read_bundle(path: Path) -> Bundle:
    """Read a bundle from a file. Raises SousError when it is missing, unreadable or empty."""
    if path.is_dir():
        raise SousError(f"{path} is a folder, not a bundle; pack it first: `sous bundle {path}`")
    if path.exists() and not path.is_file():
        raise SousError(f"{path} is not a regular file; give a bundle on stdin with -")
    try:
        data = read_file(path, root=project_of(path), most=_LARGEST)
    except OSError as exc:
        raise SousError(
            f"cannot read the bundle {path}: {exc.strerror}; `sous bundle` makes one"
        ) from exc
    return bundle_from(data, path)


def files_newer_than_bundle(bundle: Bundle, folder: Path) -> list[str]:
    """Return packed paths below `folder` that changed after the bundle was written, not ours."""
    if bundle.path is None:
        return []
    written = bundle.path.stat().st_mtime_ns
    return [
        path for path in bundle.files if not is_own(path) and _changed_since(folder / path, written)
    ]


def _changed_since(path: Path, moment: int) -> bool:
    try:
        return path.stat().st_mtime_ns > moment
    except (OSError, ValueError):
        return False
