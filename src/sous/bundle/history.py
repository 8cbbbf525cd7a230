"""What git knows about a tree: how often files changed, what differs from HEAD, commits."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sous.bundle.formats.document import Commit, Diffs
from sous.errors import SousError
from sous.git import Later, read_git
from sous.proc import ProgramFailed
from sous.programs import ProgramMissing
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sous.bundle.globs import Globs
    from sous.bundle.select import File


class ChangeCounts:
    """Asks git how often files changed in the last commits, while other work goes on.

    A result for each folder.
    """

    def __init__(self, bases: Iterable[str], commits: int) -> None:
        wanted = ("--format=", "--name-only", "--relative", "-n", str(commits))
        self._logs = {base: Later(base, "log", *wanted, "--", ".") for base in dict.fromkeys(bases)}

    def __getitem__(self, base: str) -> Counter[str]:
        """Return the counts of the files below a folder, by path from there.

        None without git or a commit.
        """
        try:
            return Counter(self._logs[base].result().decode("utf-8", "replace").split("\n"))
        except (ProgramMissing, ProgramFailed):
            return Counter()


def sort_by_changes(files: Iterable[File], counts: ChangeCounts) -> list[File]:
    """Return sorted files with those that changed most often last, else in the same order.

    Counted as repomix counts: the names that `git log --name-only` prints, where a name outside
    ASCII is quoted and therefore counts as never changed. Without git, a repository or a commit the
    order stays.
    """
    listed = list(files)
    by_base = {base: counts[base] for base in {file.base for file in listed}}
    return sorted(listed, key=lambda file: by_base[file.base][file.name])


def changes(files: Iterable[File], *, commits: int) -> Counter[str]:
    """Return how many of the last `commits` changed each file, by its path in the bundle."""
    listed = list(files)
    counts = ChangeCounts((file.base for file in listed), commits)
    by_base = {base: counts[base] for base in {file.base for file in listed}}
    return Counter(
        {file.path: count for file in listed if (count := by_base[file.base][file.name])}
    )


def diffs(base: Path) -> Diffs:
    """Return what differs from the index and from HEAD in the whole repository.

    Empty texts outside of one.
    """
    try:
        found = [
            read_git(base, "diff", *kind).decode("utf-8", "replace") for kind in ([], ["--cached"])
        ]
    except (ProgramMissing, ProgramFailed) as exc:
        say(f"cannot read the diffs of {base}: {exc}")
        return Diffs("", "")
    return Diffs(*found)


def diff_since(base: Path, ref: str) -> str:
    """Return what changed since a commit, in the work tree too. Raises SousError."""
    try:
        return read_git(base, "diff", _commit(base, ref), "--").decode("utf-8", "replace")
    except ProgramFailed as exc:
        raise SousError(f"git cannot compare with {ref}: {exc}") from exc


def changed_since(base: Path, ref: str) -> set[str]:
    """Return the paths below `base` that changed since a commit or are not tracked.

    Raises SousError.
    """
    try:
        commit = _commit(base, ref)
        names = read_git(base, "diff", "--relative", "--name-only", "-z", commit, "--")
        names += read_git(base, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    except ProgramFailed as exc:
        raise SousError(f"git cannot compare with {ref}: {exc}") from exc
    return {name.decode("utf-8", "surrogateescape") for name in names.split(b"\0") if name}


def _commit(base: Path, ref: str) -> str:
    if ref.startswith("-"):
        raise SousError(f"{ref} is not a commit; name a branch, a tag or a hash")
    try:
        return (
            read_git(base, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").decode().strip()
        )
    except ProgramFailed as exc:
        raise SousError(f"{ref} is not a commit of {base}; name a branch, a tag or a hash") from exc


def without_ignored(diff: str, ignored: Globs) -> str:
    """Return a diff without the files that globs take.

    Names that git quotes are matched as they stand there.
    """
    sections = re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE)
    return "".join(
        section for section in sections if not any(map(ignored.match, _paths_of(section)))
    )


def _paths_of(section: str) -> list[str]:
    head = section.partition("\n@@")[0]
    named = re.findall(
        r'^(?:\+\+\+ "?b/|--- "?a/|rename (?:from|to) "?)(.*?)"?\t?$', head, re.MULTILINE
    )
    first = re.match(r'diff --git "?a/(.*?)"? "?b/', head)
    return [*named, *([first[1]] if first else [])]


def commits(base: Path, count: int) -> tuple[Commit, ...]:
    """Return the last commits, newest first; none outside of a repository."""
    try:
        form = "%x00%ad%n%s"
        log = read_git(base, "log", f"-n{count}", f"--format={form}", "--date=iso", "--name-only")
    except (ProgramMissing, ProgramFailed) as exc:
        say(f"cannot read the git log of {base}: {exc}")
        return ()
    found = []
    for record in log.decode("utf-8", "replace").split("\0")[1:]:
        date, subject, *paths = record.split("\n")
        found.append(Commit(date, one_line(subject), tuple(path for path in paths if path)))
    return tuple(found)
