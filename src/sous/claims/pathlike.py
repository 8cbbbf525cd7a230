"""Which words are paths: by what the bundle contains, and by how files and folders are named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.claims.words import words_in
from sous.project.languages import file_names, named_endings, sure_endings

if TYPE_CHECKING:
    from sous.claims.evidence import Evidence

_NO_PATHS = ("@", "www.", "mailto:", "-", "$")
_NO_PATH = re.compile(r"[=;$'\"<>|^&]|\(\)|\.\.\.|\w@\w")
_CUT_OFF = re.compile(r"^(?:\.{3}|\u2026)[/\\](?=\w)")
_NO_WORD = re.compile(r"[{}]")
_ENDINGS = re.compile(r"(?:\.\w{1,4}){2,}")  # `.d.ts`
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"[\w.@+\-\[\]]+")


class PathLike:
    """Tells which words of a report are paths."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._known: dict[tuple[str, bool], bool] = {}

    def is_path(self, text: str, *, in_code: bool) -> bool:
        """Tell whether a text is a path; between ticks more is."""
        key = (text, in_code)
        if key not in self._known:
            self._known[key] = self._looks_like_path(text, in_code=in_code)
        return self._known[key]

    def _looks_like_path(self, text: str, *, in_code: bool) -> bool:
        path = normal(text)
        text = _CUT_OFF.sub("", text)
        bare = path.strip("/")
        name = bare.rpartition("/")[2]
        if not bare or text.startswith(_NO_PATHS) or _NO_PATH.search(text):
            return False
        if "*" in bare:
            return self._is_glob(path, name)
        if not _LETTER.search(name) or _NO_WORD.search(bare) or _ENDINGS.fullmatch(bare):
            return False
        if self._evidence.resolve(path):
            is_bare_word = "/" not in path and "." not in name
            return in_code or not is_bare_word or name.lower() in file_names()
        if self._is_folder(path, in_code=in_code):
            return "/" in bare or path.endswith("/")
        return self._could_be_folder(path, in_code=in_code) or self._could_be_file(
            path, name, in_code=in_code
        )

    def _is_glob(self, path: str, name: str) -> bool:
        """Tell whether a path with `*` is meant for files, from any folder on."""
        if path.startswith("/"):
            return False
        if "/" not in path and "." not in name:
            return False
        return self._evidence.matches(path) or _ending(name) in named_endings()

    def _is_folder(self, path: str, *, in_code: bool) -> bool:
        if not path.endswith("/") and not in_code:
            return False
        return "/" in path and self._evidence.has_folder(path)

    def _could_be_folder(self, path: str, *, in_code: bool) -> bool:
        """Tell whether a path that is not there is meant as a folder: one in a known folder."""
        if not in_code or not path.endswith("/") or " " in path:
            return False
        first, _, rest = path.rstrip("/").partition("/")
        return first in self._evidence.folders if rest else False

    def _could_be_file(self, path: str, name: str, *, in_code: bool) -> bool:
        """Tell whether a path that is not there is meant as a file, by its ending."""
        stem, _, _ = name.rpartition(".")
        if not stem or "(" in name or ":" in path[2:]:
            return False
        ending = _ending(name)
        if ending not in named_endings() | self._evidence.endings:
            return False
        if "/" in path:
            return True
        is_usual = in_code or ending in sure_endings()
        return is_usual and _is_file_name(name, stem)


def _is_file_name(name: str, stem: str) -> bool:
    if not _NAME.fullmatch(name) or name.lower() in words_in("no_files", "programs"):
        return False
    return stem.lower() not in words_in("no_files", "expressions")


def normal(path: str) -> str:
    """Return a path with `/`, without `./` or a beginning that was cut off (`.../`) before it."""
    path = _CUT_OFF.sub("", path.replace("\\", "/").strip())
    while path.startswith("./"):
        path = path[2:]
    return re.sub(r"/{2,}", "/", path)


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return ending.lower() if dot else ""
