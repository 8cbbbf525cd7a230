"""git on the wire: a bare repository of ours beside a checkout, to fetch and push refs from.

Its configuration is ours alone, so nothing that a clone's own configuration names is started: no
hook, no helper, no other address. The user's own configuration (credentials, ssh, proxies) holds.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import remove_file, remove_tree, write_file
from sous.git_address import check_address, without_password
from sous.git_config import as_environment, clean_environment, users_environment, wire_switches
from sous.git_copy import object_store_line
from sous.git_objects import changed_tree, entries_of_tree, write_object
from sous.git_place import find_checkout, read_regular
from sous.git_view import parse_config
from sous.locks import locked
from sous.proc import ProgramFailed, run
from sous.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sous.git_objects import Entries
    from sous.git_place import Checkout

ABSENT = ""  # the name of what is not there
_TIMEOUT = 60  # seconds for one talk with a remote
_LOCAL_TIMEOUT = 20  # seconds
_CHECKOUT_TIMEOUT = 600  # seconds
_MOST = 50_000_000  # bytes that git prints
_LOST = re.compile(r"bad object|missing|unable to read|did not send all necessary objects")
_FORMAT = "extensions.objectformat"
_PROMISOR = re.compile(r"extensions\.partialclone|remote\..*\.promisor", re.DOTALL)
_LOCKED = re.compile(r"\.lock': File exists")
_BROKEN = re.compile(r"is empty|is corrupt|inflate: |is far too short")
_FETCHING = "fetch.lock"  # a lock of ours, in the repository
_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ODD = re.compile(r"[\x00\n<>]")  # what no name of a person may hold
# of commits that are only read by us; who a person is stands in their words
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "sous"), ("EMAIL", "sous@localhost"))
}


class RemoteAway(SousError):
    """The remote could not be asked, so nothing is known of what stands there."""


@dataclass(frozen=True)
class RefUpdate:
    """How a reference of the remote is to change, if it still is what we saw.

    `old` and `new` are names of commits; ABSENT where the reference is not there.
    """

    reference: str
    old: str
    new: str


class OwnRepository:
    """A bare repository of ours that sees the objects of a checkout and holds refs of a remote."""

    def __init__(self, folder: Path, checkout: Checkout, address: str) -> None:
        self.folder = folder
        self.checkout = checkout
        self.address = check_address(address, checkout.top)
        config = _configuration(checkout)
        self._algorithm = "sha256" if config.get(_FORMAT) == "sha256" else "sha1"
        is_partial = any(_PROMISOR.fullmatch(key) for key in config)
        # what a partial clone left out is fetched, from where we talk to anyway
        self._lazily = (
            [("remote.sous.url", self.address), ("remote.sous.promisor", "true")]
            if is_partial
            else []
        )
        self._references: dict[str, str] | None = None  # as they were seen

    @classmethod
    def open(cls, folder: Path, root: Path, address: str) -> OwnRepository:
        """Return the repository in `folder`, made if it is not there. Raises SousError."""
        checkout = find_checkout(root)
        found = cls(folder, checkout, address)
        found._borrow()
        found._end_as(checkout.common / "shallow")
        if not (folder / "HEAD").is_file():
            kind = f"--object-format={found._algorithm}"
            found.git("init", "-q", "--bare", "--template=", kind, folder)
        return found

    def _end_as(self, shallow: Path) -> None:
        """Let history end where that of a shallow checkout does: the objects are its own."""
        data, own = read_regular(shallow, _MOST), self.folder / "shallow"
        if data:
            write_file(own, data, root=None, durable=False)
        elif own.is_file():
            remove_file(own)

    def check_out(self, commit: str, folder: Path, index: Path) -> None:
        """Write the files of a commit into a folder that is there and empty, and their index."""
        more = {"GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder)}
        words = ("-m", "-u", f"{commit}^{{tree}}")
        self.git("read-tree", *words, more=more, timeout=_CHECKOUT_TIMEOUT)

    def git(
        self,
        command: str,
        *args: str | Path,
        input: bytes | None = None,  # noqa: A002
        timeout: float = _LOCAL_TIMEOUT,
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run git in the repository, with `more` variables, and return its stdout.

        Raises ProgramFailed.
        """
        if command == "update-ref":
            self._references = None
        top = self.checkout.top
        users = dict(users_environment(top))
        env = clean_environment(
            {
                **users,
                **_IDENTITY,
                **as_environment([*wire_switches().items(), *self._lazily]),
                "GIT_DIR": str(self.folder),
                "GIT_ALLOW_PROTOCOL": "file:http:https:ssh",
                "GIT_NO_LAZY_FETCH": "0" if self._lazily else "1",
                **(more or {}),
            }
        )
        words = ("git", "--no-pager", command, *map(str, args))
        return run(
            *words, cwd=self.folder, env=env, input=input or b"", timeout=timeout, most=_MOST
        )

    def commit(
        self,
        message: str,
        *,
        parents: Sequence[str] = (),
        tree: str = ABSENT,
        author: Mapping[str, str] | None = None,
    ) -> str:
        """Write a commit, on the empty tree where none is named; return its name.

        `author`: variables that say who made it; sous itself where there are none.
        """
        who, now = {**_IDENTITY, **(author or {})}, f"{int(time.time())} {time.strftime('%z')}"
        on = self._name_of(tree) if tree else self._write("tree", b"")
        lines = [f"tree {on}", *(f"parent {self._name_of(one)}" for one in parents)]
        for role in ("AUTHOR", "COMMITTER"):
            name, mail = (_ODD.sub("", who[f"GIT_{role}_{what}"]) for what in ("NAME", "EMAIL"))
            lines.append(f"{role.lower()} {name} <{mail}> {now}")
        text = "\n".join([*lines, "", message.replace("\0", "")])
        return self._write("commit", text.encode("utf-8", "replace"))

    def _name_of(self, one: str) -> str:
        return one if _FULL.fullmatch(one) else self.line("rev-parse", "--verify", one)

    def tree_with(self, commit: str, files: Mapping[str, bytes | None]) -> str:
        """Write the tree of a commit, or a tree, with some files changed; return its name.

        None: the file is removed.
        """
        folders = {""} | {f"{one}/" for path in files for one in _above(path)}
        names = {f"{commit}:{folder}": folder for folder in sorted(folders)}
        found = {names[name]: data for name, (_, data) in self.objects(names).items()}

        def read(folder: str) -> Entries:
            return entries_of_tree(found.get(folder, b""), algorithm=self._algorithm)

        return changed_tree("", files, read=read, write=self._write)

    def _write(self, kind: str, data: bytes) -> str:
        return write_object(self.folder / "objects", kind, data, algorithm=self._algorithm)

    def objects(self, names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return objects by what names them, each with its kind, read by one git.

        What is not there is left out. Raises ProgramFailed, also where they are too large.
        """
        wanted = list(names)
        if not wanted:
            return {}
        asked = b"".join(name.encode("utf-8", "surrogateescape") + b"\0" for name in wanted)
        raw, at = self.git("cat-file", "--batch", "-z", input=asked), 0
        found = {}
        for name in wanted:
            missing = name.encode("utf-8", "surrogateescape") + b" missing\n"
            if raw.startswith(missing, at):
                at += len(missing)
                continue
            end = raw.index(b"\n", at)
            _, kind, size = raw[at:end].split()
            at = end + 1 + int(size)
            found[name] = (kind.decode(), raw[end + 1 : at])
            at += 1
        return found

    def tree_of(self, commit: str) -> str:
        """Return the name of the tree of a commit."""
        _, data = self.objects([commit])[commit]
        return data.split(b"\n", 1)[0].removeprefix(b"tree ").decode()

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """Return how many bytes each object has, by the names of objects that are there."""
        asked = "".join(f"{name}\n" for name in names).encode()
        raw = self.git("cat-file", "--batch-check=%(objectname) %(objectsize)", input=asked)
        lines = (line.split() for line in raw.decode().splitlines())
        return {name: int(size) for name, size in lines if size.isdigit()}

    def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, None where it holds none of that name."""
        try:
            return self.git("cat-file", "blob", f"{commit}:{path}")
        except ProgramFailed:
            return None

    def message(self, commit: str) -> str:
        """Return the message of a commit; what is not UTF-8 in it is replaced."""
        raw = self.git("cat-file", "commit", commit)
        return raw.partition(b"\n\n")[2].decode("utf-8", "replace")

    def contains(self, tip: str, commit: str) -> bool:
        """Tell whether a commit is `tip` or one of those that it was made from."""
        try:
            self.git("merge-base", "--is-ancestor", commit, tip)
        except ProgramFailed:
            return False
        return True

    def count_behind(self, commit: str, tip: str) -> int:
        """Return how many of the commits that `tip` was made from a commit lacks."""
        return int(self.line("rev-list", "--count", tip, f"^{commit}"))

    def references(self, prefix: str) -> dict[str, str]:
        """Return the references below a prefix, without it, and what each is."""
        seen = self._references
        if seen is None:
            seen = self._references = self._read_references()
        bare = prefix.rstrip("/")
        return {
            name[len(bare) :].lstrip("/"): commit
            for name, commit in seen.items()
            if name == bare or name.startswith(f"{bare}/")
        }

    def _read_references(self) -> dict[str, str]:
        raw = self.git("for-each-ref", "--format=%(refname) %(objectname)")
        # a name may hold what only Python takes for the end of a line
        lines = raw.decode("utf-8", "replace").split("\n")
        return {name: commit for name, _, commit in (line.partition(" ") for line in lines) if name}

    def fetch(self, *specs: str) -> None:
        """Fetch references of the remote; those that are gone there go here too.

        One at a time, as one who renews claims may fetch beside. Raises RemoteAway where the remote
        cannot be asked.
        """
        with locked(self.folder / _FETCHING, timeout=_TIMEOUT):
            self._fetch(*specs)
            self._references = self._read_references()  # no other fetch is between

    def _fetch(self, *specs: str) -> None:
        flags = ("-q", "--no-tags", "--no-write-fetch-head", "--refmap=", "--prune", "--no-auto-gc")
        words = (*flags, "--", self.address, *specs)
        try:
            try:
                self.git("fetch", *words, timeout=_TIMEOUT)
            except ProgramFailed as exc:
                self._mend(exc)
                self.git("fetch", "--refetch", *words, timeout=_TIMEOUT)
        except ProgramFailed as exc:
            raise RemoteAway(_away(self.address, exc)) from exc

    def _mend(self, failure: ProgramFailed) -> None:
        """Take away what a fetch stumbled over, or raise its failure: all here is only a copy."""
        if _LOCKED.search(failure.stderr):  # a git that was killed left it: we fetch alone
            for lock in (*self.folder.glob("*.lock"), *self.folder.glob("refs/**/*.lock")):
                if lock.name != _FETCHING:
                    remove_file(lock)
        elif _BROKEN.search(failure.stderr):  # as after the power failed
            remove_tree(self.folder / "objects")
            self._borrow()
            self._forget()
        elif _LOST.search(failure.stderr):  # the clone was cleaned up, and took what we borrowed
            self._forget()
        else:
            raise failure

    def _forget(self) -> None:
        """Forget what was seen of the remote."""
        remove_tree(self.folder / "refs" / "seen")
        write_file(self.folder / "packed-refs", b"", root=None, durable=False)

    def _borrow(self) -> None:
        """Read the objects of the checkout, too."""
        line = object_store_line(self.checkout.common / "objects")
        place = self.folder / "objects" / "info" / "alternates"
        write_file(place, line, root=None, durable=False)

    def push(self, moves: Iterable[RefUpdate]) -> bool:
        """Change references of the remote, all or none, each only if it is what it was.

        Returns False where the remote refused; the reason is not read from its words. What became
        of a push whose answer was lost is seen by a fetch.
        """
        wanted = list(moves)
        leases = [f"--force-with-lease={move.reference}:{move.old}" for move in wanted]
        specs = [f"{move.new}:{move.reference}" for move in wanted]
        flags = ("-q", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed")
        atomic = ("--atomic",) if len(wanted) > 1 else ()
        try:
            self.git("push", *flags, *atomic, *leases, "--", self.address, *specs, timeout=_TIMEOUT)
        except ProgramFailed:
            return False
        return True

    def line(
        self,
        command: str,
        *args: str,
        input: bytes | None = None,  # noqa: A002
        more: Mapping[str, str] | None = None,
    ) -> str:
        """Run git in the repository and return the one line that it prints."""
        return self.git(command, *args, input=input, more=more).decode().strip()


def _above(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _away(address: str, failure: ProgramFailed) -> str:
    lines = clean(failure.stderr).splitlines()
    why = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else "")
    what = why.removeprefix("fatal: ") or str(failure)
    return f"the remote {without_password(address)} cannot be asked: {what}"


def _configuration(checkout: Checkout) -> dict[str, str | None]:
    data = read_regular(checkout.common / "config", _MOST) or b""
    return dict(parse_config(data)) if data.strip() else {}
