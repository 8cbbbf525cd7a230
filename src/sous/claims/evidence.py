"""What a bundle proves: which paths there are, and which files hold what."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING

from sous.bundle.globs import Globs
from sous.bundle.lists import DEFAULT_IGNORES
from sous.claims.outline import listed_paths
from sous.claims.source import Source, is_reduced
from sous.errors import UsageProblem
from sous.files import inside
from sous.names import FOLDER, OWN_FILES
from sous.project.languages import named_endings
from sous.project.paths import Paths, tails

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sous.bundle.read import Bundle

_LOW_LINE, _LAST_ASCII = ord("_"), 127
_NO_WORD = bytes(
    code if chr(code).isalnum() or code == _LOW_LINE or code > _LAST_ASCII else ord(" ")
    for code in range(256)
)
_WORD = re.compile(r"\w+")
_GLOB_AT_MOST = 200  # characters


class Evidence:
    """A bundle to look things up in.

    Reports of our own and the one that is checked are no part of it.

    `folder` is the project on the disk, `beside` the folder in it that the report is in, from where
    its links go.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        without: Iterable[str] = (),
        folder: Path | None = None,
        beside: str = "",
    ) -> None:
        left_out = set(without)
        packed = bundle.files.items()
        self._files = {
            path: one
            for path, one in packed
            if path not in left_out and not path.startswith(f"{FOLDER}/")
        }
        self._folder = folder
        self._beside = beside
        self._sources: dict[str, Source] = {}
        self._cut = _cut_off(bundle)
        self._listed = {
            path for path in listed_paths(bundle.text, bundle.entries) if path not in left_out
        }

    @cached_property
    def paths(self) -> set[str]:
        """All paths of files that are packed or listed."""
        return self._files.keys() | self._listed

    @cached_property
    def _index(self) -> Paths:
        return Paths(
            self.paths, root=self._folder.name if self._folder else "", beside=self._beside
        )

    def is_of_no_kind(self, named: str) -> bool:
        """Tell whether a bare name of a file ends as no file does: of data, as `MySong.UCS`."""
        ending = named.rpartition(".")[2].casefold()
        return "/" not in named and ending not in self._endings

    @cached_property
    def _endings(self) -> set[str]:
        return {path.rpartition(".")[2].casefold() for path in self.paths}

    @cached_property
    def folders(self) -> set[str]:
        """All folders, without a `/` at the end."""
        found: set[str] = set()
        for path in self.paths:
            parent = path.rpartition("/")[0]
            while parent and parent not in found:
                found.add(parent)
                parent = parent.rpartition("/")[0]
        return found

    @cached_property
    def endings(self) -> set[str]:
        """The extensions that files have, in lower case, without the dot."""
        return {
            name.rpartition(".")[2].lower()
            for name in self._index.by_name
            if "." in name.strip(".")
        }

    def has_module(self, parts: Sequence[str]) -> bool:
        """Tell whether dotted names are a file without its ending, from any folder on."""
        wanted = "/" + "/".join(parts)
        for name, paths in self._index.by_name.items():
            if name.partition(".")[0] == parts[-1]:
                stems = (path.rpartition(".")[0] for path in paths)
                if any(f"/{stem}".endswith(wanted) for stem in stems):
                    return True
        return False

    def resolve(self, path: str) -> list[str]:
        """Return the files that are meant: as it is written, else all whose path ends so.

        Else it is taken without its beginning; of an absolute path the longest end that is a file.
        """
        return self._index.resolve(path)

    def from_report(self, href: str) -> str:
        """Return the path from the root of a link that goes up from the folder of the report.

        Empty for one that leaves the root.
        """
        if not href.startswith("../"):
            return href
        path = posixpath.normpath(posixpath.join(self._beside, href))
        return "" if path.startswith("../") else path

    def has_folder(self, path: str) -> bool:
        """Tell whether there is such a folder, as it is written or at the end of another."""
        bare = path.removeprefix("./").strip("/")
        if (
            bare in self.folders
            or posixpath.normpath(posixpath.join(self._beside, bare)) in self.folders
        ):
            return True
        if path.startswith(("/", "~")):
            depth = max((folder.count("/") + 1 for folder in self.folders), default=0)
            return any(rest in self.folders for rest in tails(bare.split("/"), most=depth))
        return bare in self._folder_ends

    @cached_property
    def _folder_ends(self) -> set[str]:
        return {
            "/".join(parts)
            for folder in self.folders
            for parts in [folder.split("/")[at:] for at in range(folder.count("/") + 1)]
        }

    def matches(self, glob: str) -> bool:
        """Tell whether any file matches a glob, from the root or from any folder."""
        if len(glob) > _GLOB_AT_MOST:
            return False
        try:
            globs = Globs(
                [glob.removeprefix("./").strip("/"), "**/" + glob.removeprefix("./").strip("/")]
            )
        except UsageProblem:
            return False
        return any(globs.match(path) for path in self.paths)

    def source(self, path: str) -> Source | None:
        """Return a file whose content is there."""
        if path not in self._files:
            return None
        if path not in self._sources:
            self._sources[path] = Source(self._files[path], self._folder, is_cut=path == self._cut)
        return self._sources[path]

    def sources(self, words: Iterable[str]) -> list[Source]:
        """Return the files that hold all of these words."""
        wanted = set(words)
        paths: set[str] | None = None
        for word in wanted:
            holding = self._holding(word)
            paths = set(holding) if paths is None else paths & holding
            if not paths:
                return []
        return [source for path in sorted(paths or ()) if (source := self.source(path))]

    def holds_word(self, word: str) -> bool:
        """Tell whether any file holds a word."""
        return bool(self._holding(word))

    def prepare(self, words: Iterable[str]) -> None:
        """Look in all files at once for these words, for `sources` and `holds_word`."""
        wanted = frozenset(words) - self._words.keys()
        if not wanted:
            return
        found: dict[bytes, set[str]] = {word.encode("utf-8", "replace"): set() for word in wanted}
        sought = frozenset(found)
        for path, file in self._files.items():
            packed = file.packed.encode("utf-8", "replace")
            chunks = set(packed.translate(_NO_WORD).split())
            if not packed.isascii():  # signs that are no words are in there too
                mixed = b" ".join(word for word in chunks if not word.isascii()).decode(
                    "utf-8", "replace"
                )
                chunks.update(word.encode("utf-8", "replace") for word in _WORD.findall(mixed))
            for word in sought.intersection(chunks):
                found[word].add(path)
        self._words.update(
            {word.decode("utf-8", "replace"): paths for word, paths in found.items()}
        )
        self._words.update({word: set() for word in wanted - self._words.keys()})

    def _holding(self, word: str) -> set[str]:
        if word not in self._words:
            self.prepare([word])
        return self._words[word]

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        return {}

    @cached_property
    def is_partial(self) -> bool:
        """Whether the content of some text file is missing: what is found nowhere may be in it."""
        lacks_text = any(
            path.rpartition(".")[2].lower() in named_endings()
            for path in self._listed - self._files.keys()
        )
        return bool(self._cut or lacks_text) or any(
            is_reduced(file.packed) for file in self._files.values()
        )

    def is_left_out(self, path: str) -> bool:
        """Tell whether a file is listed while its content is not there."""
        return path in self._listed and path not in self._files

    def may_be_left_out(self, path: str | None) -> bool:
        """Tell whether a file may exist all the same: ours, left out by packers, or on the disk."""
        if path is None:
            return False
        bare = path.removeprefix("./").strip("/")
        if bare in OWN_FILES or self._left_out_by_packers.match(bare):
            return True
        if self._folder is None or not bare or len(bare) > _GLOB_AT_MOST:
            return False
        return any(inside(self._folder, self._folder / base / bare) for base in ("", self._beside))

    @cached_property
    def _left_out_by_packers(self) -> Globs:
        return Globs(DEFAULT_IGNORES)

    def is_part_of_word(self, text: str) -> bool:
        """Tell whether any file holds a text, be it inside a word."""
        return any(text in file.packed for file in self._files.values())

    def says(self, number: str) -> bool:
        """Tell whether any file holds a reference such as `#12`, and not only `#123`."""
        form = re.compile(rf"{re.escape(number)}(?!\d)")
        return any(
            number in file.packed and form.search(file.packed) for file in self._files.values()
        )


def _cut_off(bundle: Bundle) -> str | None:
    """Return the path of the last file if the bundle ends inside it, in a form that shows that."""
    closing = {"xml": "</", "parsable xml": "</", "markdown": "```"}.get(
        bundle.reading.form if bundle.reading else ""
    )
    if closing is None or not bundle.entries:
        return None
    last = bundle.entries[-1]
    tail = last.packed.rstrip()[-300:]
    at = bundle.text.rfind(tail) if tail else -1
    return last.path if at >= 0 and closing not in bundle.text[at + len(tail) :] else None
