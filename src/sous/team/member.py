"""Who we are in a team: the remote, the branch of the plan, and where its references are kept."""

from __future__ import annotations

import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.git import read_git, write_git
from sous.git_address import check_address
from sous.git_place import find_checkout
from sous.git_wire import OwnRepository
from sous.identity import identity_of
from sous.proc import ProgramFailed
from sous.state import project_state, read_state, state_folder, write_state
from sous.team.claims import CLAIMS

if TYPE_CHECKING:
    from collections.abc import Mapping

DELETED, TOMBSTONE = "deleted", "tombstone"
_FILE = "team.json"


@dataclass(frozen=True)
class Membership:
    """What a repository of ours takes part in; no clone can bring it: it is in our state.

    `plan`: the path of the plan from the top of the repository; `branch`: where its steps land;
    `below`: what the references of claims begin with; `ends`: how a claim ends there, DELETED or
    by a TOMBSTONE.
    """

    remote: str
    plan: str
    branch: str
    below: str = CLAIMS
    ends: str = DELETED

    @property
    def folder(self) -> str:
        """The folder of the plan in the repository, "" or with a slash at its end."""
        inside = Path(self.plan).parent.as_posix()
        return "" if inside == "." else f"{inside}/"


def membership_of(root: Path) -> Membership | None:
    """Return what the project takes part in, None where it is in no team."""
    found = read_state(project_state(root, _FILE))
    known = {key: value for key, value in found.items() if isinstance(value, str)}
    try:
        return Membership(**known)
    except TypeError:
        return None


def required_membership(root: Path) -> Membership:
    """Return what the project takes part in. Raises SousError where it is in no team."""
    found = membership_of(root)
    if found is None:
        raise SousError("this project is not in a team: `sous team init` joins or starts one")
    return found


def keep_membership(root: Path, membership: Membership | None) -> None:
    """Note what the project takes part in, or (None) that it takes part no longer."""
    kept: dict[str, Any] = asdict(membership) if membership else {}
    write_state(project_state(root, _FILE), kept)


def open_repository(root: Path, remote: str, slot: int = 0) -> OwnRepository:
    """Return the repository of ours that talks to a remote of the project. Raises SousError.

    `slot`: which of the project's own workers asks; each has one to itself, 0 is the user's.
    """
    name = f"wire-{slot}.git" if slot else "wire.git"
    folder = state_folder() / project_state(root, name)
    return OwnRepository.open(folder, root, address_of(root, remote))


def address_of(root: Path, remote: str) -> str:
    """Return the address of a remote of the project.

    Raises SousError where there is no such remote, or git may not be sent there.
    """
    try:
        raw = read_git(root, "remote", "get-url", "--", remote)
    except ProgramFailed as exc:
        if "No such remote" not in exc.stderr:
            raise
        raise SousError(
            f"there is no remote {remote!r}: `git remote add {remote} ADDRESS`, "
            "or name another with --remote"
        ) from exc
    return check_address(raw.decode("utf-8", "replace").strip("\n"), find_checkout(root).top)


def worker_of(root: Path, slot: int = 0) -> str:
    """Return the name of this checkout, or of a worker of its own, among all on a plan."""
    name = identity_of(root).checkout[:12]
    return f"{name}-{slot}" if slot else name


def person_of(root: Path) -> str:
    """Return who the user is, as git knows it in this checkout, else the name of the machine."""
    try:
        return author_of(root)["GIT_COMMITTER_NAME"]
    except SousError:
        return socket.gethostname()


def author_of(root: Path) -> Mapping[str, str]:
    """Return the variables that say who makes a commit.

    Raises SousError where git does not know.
    """
    try:
        raw = write_git(root, "var", "GIT_COMMITTER_IDENT").decode("utf-8", "replace")
    except ProgramFailed as exc:
        raise SousError(
            "git does not know who you are: `git config --global user.name NAME` and "
            "`git config --global user.email ADDRESS`"
        ) from exc
    name, _, rest = raw.partition(" <")
    mail = rest.partition(">")[0]
    values = {"NAME": name, "EMAIL": mail}
    return {f"GIT_{who}_{key}": values[key] for who in ("AUTHOR", "COMMITTER") for key in values}


def commit_at(root: Path, name: str = "HEAD") -> str:
    """Return the commit that a name of the checkout stands for. Raises ProgramFailed."""
    return read_git(root, "rev-parse", "--verify", f"{name}^{{commit}}").decode().strip()
