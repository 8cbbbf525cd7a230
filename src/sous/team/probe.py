"""What a remote lets us do, tried once with references that are thrown away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.git_wire import ABSENT, RefUpdate
from sous.team.claims import CLAIMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.git_wire import OwnRepository

IN_BRANCHES = "refs/heads/sous-claims"  # where a remote takes branches alone


@dataclass(frozen=True)
class Namespace:
    """Where the claims of a remote are, and whether it deletes references there."""

    below: str
    deletes: bool = True


class MayNotPush(SousError):
    """The remote does not let us write."""


def usable_namespace(
    repository: OwnRepository, places: Sequence[str] = (CLAIMS, IN_BRANCHES)
) -> Namespace:
    """Return where claims may be on a remote: the first of `places` that it takes.

    Raises RemoteAway where it does not answer, MayNotPush, and SousError where it does not change
    several references together.
    """
    repository.fetch("+refs/sous/*:refs/seen/*")
    for below in places:
        deletes = _tried(repository, below)
        if deletes is not None:
            return Namespace(below, deletes)
    raise MayNotPush(
        "the remote does not let you write: ask for the right to push, or name another --remote"
    )


def _tried(repository: OwnRepository, below: str) -> bool | None:
    """Return whether the remote deletes references there, None where it does not take any."""
    name = secrets.token_hex(6)
    commit = repository.commit(f"probe {name}")
    one, two = f"{below}/probe{name}a", f"{below}/probe{name}b"
    if not repository.push([RefUpdate(one, ABSENT, commit)]):
        return None
    second = repository.commit(f"probe {name}, once more", parents=[commit])
    together = [RefUpdate(one, commit, second), RefUpdate(two, ABSENT, second)]
    is_atomic = repository.push(together)
    left = second if is_atomic else commit
    deletes = repository.push([RefUpdate(one, left, ABSENT)])
    if is_atomic:
        repository.push([RefUpdate(two, second, ABSENT)])
        return deletes
    raise SousError(
        "the remote does not change several references together (`git push --atomic`), and without "
        "that two people could land one step: name another --remote"
    )
