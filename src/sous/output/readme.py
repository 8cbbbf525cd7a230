"""README.md is the file that people mind most: it is only written where nothing can be lost."""

from __future__ import annotations

import difflib
import hashlib
import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import refuse_dangerous
from sous.names import README_ASIDE
from sous.output.provenance import is_unchanged, read_signature
from sous.output.target import (
    Destination,
    OutputFile,
    Placing,
    check_target,
    fingerprint,
    read_existing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sous.bundle.read import Bundle

OURS = "ours"
BEGIN = "<!-- sous:begin -->"
END = "<!-- sous:end -->"
_MARKED = re.compile(rf"^{BEGIN}[ \t]*\r?\n.*?^{END}(?=[ \t]*\r?$)", re.MULTILINE | re.DOTALL)


def plan_readme(
    path: Path, *, root: Path, force: bool, named: bool, yes: bool, interactive: bool
) -> Destination:
    """Decide, before anything is sent, how the README will be written.

    Raises SousError when it cannot be.
    """
    refuse_dangerous(path, root=root, named=named)
    other = None if named else _other_readme(path)
    if other:
        return _going_aside(path, root=root, force=force, why=f"there is {other} already")
    old = read_existing(path) if path.exists() else ""
    if _has_both_markers(path, old):
        return Destination(OutputFile(path), Placing.MARKED)
    try:
        return Destination(check_target(path, root=root, force=force, named=named))
    except SousError:
        if named:
            raise
    if yes:
        return Destination(OutputFile(path, before=fingerprint(path)))
    if interactive:
        return Destination(OutputFile(path, before=fingerprint(path)), Placing.ASK)
    return Destination(aside(path, root=root, force=force), Placing.ASIDE)


def _other_readme(path: Path) -> str | None:
    """Return the name of a README of another ending or case, where ours is not there yet."""
    if path.exists():
        return None
    for other in path.parent.glob("[Rr][Ee][Aa][Dd][Mm][Ee]*"):
        is_ours = other.name in (README_ASIDE, path.name) or other.name.endswith(".partial")
        if other.is_file() and not is_ours:
            return other.name
    return None


def _has_both_markers(path: Path, text: str) -> bool:
    """Tell whether a text has a part for us. Raises SousError where one marker is missing."""
    if END in text and _MARKED.search(text):
        return True
    lines = text.splitlines()
    if BEGIN in lines or END in lines:
        raise SousError(
            f"{path.name} has only one of the lines {BEGIN} and {END}; add the other, or remove it"
        )
    return False


def aside_if_not(model: str, path: Path, *, root: Path, force: bool) -> Destination | None:
    """Return how to leave a README alone that this model (empty: any) did not write for us.

    None where it may be written.
    """
    old = read_existing(path) if path.exists() else ""
    if not old.strip() or _MARKED.search(old):
        return None
    facts = read_signature(old)[1]
    if is_unchanged(old) and facts and model in ("", facts.get("model")):
        return None
    why = "it was not made by static analysis" if model else "sous did not write it"
    return _going_aside(path, root=root, force=force, why=why)


def _going_aside(path: Path, *, root: Path, force: bool, why: str) -> Destination:
    return Destination(aside(path, root=root, force=force), Placing.ASIDE, why=why)


def aside(path: Path, *, root: Path, force: bool) -> OutputFile:
    """Return the file beside a README that stays as it is.

    Raises SousError when that is taken too.
    """
    return check_target(path.with_name(README_ASIDE), root=root, force=force, named=False)


def between_markers(old: str, new: str) -> str:
    """Return `old` with `new` between its first pair of markers, all else to the byte as it was."""
    match = _MARKED.search(old)
    if match is None:
        raise SousError(
            "the markers vanished from README.md while the model was working; nothing was changed"
        )
    line_end = "\r\n" if "\r\n" in match[0] else "\n"
    # A line of the answer's own that looks like a marker would end the part too early the next
    # time.
    new = re.sub(rf"^(?={BEGIN}|{END})", " ", new.strip(), flags=re.MULTILINE)
    inner = f"{BEGIN}\n{new}\n{END}".replace("\n", line_end)
    return old[: match.start()] + inner + old[match.end() :]


def difference(old: str, new: str, name: str) -> Iterator[str]:
    """Yield a unified diff, line by line."""
    return difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (now)", f"{name} (new)", lineterm=""
    )


def readme_in(bundle: Bundle) -> str | None:
    """Return the SHA-256 of the README in a bundle, without what is between markers.

    OURS for one we wrote whole.
    """
    file = bundle.files.get("README.md")
    if file is None:
        return None
    if is_unchanged(file.text):
        return OURS
    return hashlib.sha256(_MARKED.sub("", file.text).encode("utf-8", "replace")).hexdigest()


def marked_text(text: str) -> str:
    """Return what stands between the markers, empty where there are none."""
    match = _MARKED.search(text) if END in text else None
    return match[0].removeprefix(BEGIN).removesuffix(END).strip() + "\n" if match else ""
