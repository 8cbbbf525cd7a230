"""README.md is the file that people mind most: it is only written where nothing can be lost."""

from __future__ import annotations

import difflib
import hashlib
import re
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import refuse_dangerous
from sous.names import README_ASIDE
from sous.reports.provenance import is_unchanged, read_signature
from sous.reports.target import Plan, Target, Way, check_target, fingerprint, read_existing

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
) -> Plan:
    """Decide, before anything is sent, how the README will be written.

    Raises SousError when it can not be.
    """
    refuse_dangerous(path, root=root, named=named)
    others = (
        []
        if path.exists()
        else [one.name for one in path.parent.glob("[Rr][Ee][Aa][Dd][Mm][Ee]*") if one.is_file()]
    )
    others = [
        name
        for name in others
        if name not in (README_ASIDE, path.name) and not name.endswith(".partial")
    ]
    if others:
        return Plan(
            aside(path, root=root, force=force), Way.ASIDE, why=f"there is {others[0]} already"
        )
    old = read_existing(path) if path.exists() else ""
    if END in old and _MARKED.search(old):
        return Plan(Target(path), Way.MARKED)
    if BEGIN in old.splitlines() or END in old.splitlines():
        raise SousError(
            f"{path.name} has only one of the lines {BEGIN} and {END}; add the other, or remove it"
        )
    try:
        return Plan(check_target(path, root=root, force=force, named=named))
    except SousError:
        if named:
            raise
    if yes:
        return Plan(Target(path, before=fingerprint(path)))
    if interactive:
        return Plan(Target(path, before=fingerprint(path)), Way.ASK)
    return Plan(aside(path, root=root, force=force), Way.ASIDE)


def aside_if_not(model: str, path: Path, *, root: Path, force: bool) -> Plan | None:
    """Return the plan to leave a README alone that this model did not write.

    None where it may be written.
    """
    old = read_existing(path) if path.exists() else ""
    _, facts = read_signature(old)
    if (
        not old.strip()
        or _MARKED.search(old)
        or (is_unchanged(old) and facts and facts.get("model") == model)
    ):
        return None
    return Plan(
        aside(path, root=root, force=force), Way.ASIDE, why="it was not made by static analysis"
    )


def aside(path: Path, *, root: Path, force: bool) -> Target:
    """Return the target beside a README that stays as it is.

    Raises SousError when that is taken too.
    """
    return check_target(path.with_name(README_ASIDE), root=root, force=force, named=False)


def between_markers(old: str, new: str) -> str:
    """Return `old` with `new` between its first pair of markers, all else to the byte as it was."""
    match = _MARKED.search(old)
    if match is None:
        raise SousError(
            "the markers have gone from README.md while the model was working; nothing was changed"
        )
    line_end = "\r\n" if "\r\n" in match[0] else "\n"
    # A line of the answer's own that looks like a marker would end the part too early the next
    # time.
    new = re.sub(rf"^{BEGIN}|^{END}", lambda marker: f" {marker[0]}", new, flags=re.MULTILINE)
    inner = f"{BEGIN}\n{new.strip()}\n{END}".replace("\n", line_end)
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
