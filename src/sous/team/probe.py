"""What a remote lets us do, tried once with references that are thrown away."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate
from sous.team.claims import CLAIMS

if TYPE_CHECKING:
    from sous.git_wire import OwnRepository

IN_BRANCHES = "refs/heads/sous-claims"  # where a remote takes branches alone


def usable_namespace(repository: OwnRepository) -> str:
    """Return what the references of claims may begin with on a remote.

    Raises RemoteAway where it does not answer, and SousError where it does not let us write, or
    change several references together.
    """
    repository.fetch("+refs/sous/*:refs/seen/*")
    for below in (CLAIMS, IN_BRANCHES):
        if _may_write(repository, below):
            return below
    raise SousError(
        "the remote does not let you write: ask for the right to push, or name another --remote"
    )


def _may_write(repository: OwnRepository, below: str) -> bool:
    name = secrets.token_hex(6)
    commit = repository.commit(f"probe {name}")
    one, two = f"{below}/probe{name}a", f"{below}/probe{name}b"
    if not repository.push([RefUpdate(one, ABSENT, commit)]):
        return False
    together = repository.push([RefUpdate(one, commit, ABSENT), RefUpdate(two, ABSENT, commit)])
    if together and repository.push([RefUpdate(two, commit, ABSENT)]):
        return True
    for reference in (one, two):
        repository.push([RefUpdate(reference, commit, ABSENT)])
    raise SousError(
        "the remote does not change several references together (`git push --atomic`) or does not "
        "delete any, and without that two people could land one step: name another --remote"
    )
