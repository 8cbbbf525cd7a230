"""Where `sous` keeps state between runs, outside every repository: no clone can bring any."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.files import read_file, write_file
from sous.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST = 256_000_000  # bytes of one file of state


def state_folder() -> Path:
    """Return the user's folder for our state (XDG_STATE_HOME, or the system's own place)."""
    import platformdirs

    return platformdirs.user_state_path("sous", appauthor=False)


def cache_folder() -> Path:
    """Return the user's folder for caches (XDG_CACHE_HOME, or the system's own place)."""
    import platformdirs

    return platformdirs.user_cache_path("sous", appauthor=False)


def project_state(root: Path, *names: str) -> str:
    """Return the key of the project in `root`, for `read_state` and its like.

    It is the same in all worktrees of a repository and after the folder was moved; a copy has
    another. Raises SousError.
    """
    from sous.identity import identity_of

    return "/".join(("projects", identity_of(root).project, *names))


def checkout_state(root: Path) -> Path:
    """Return the folder of what is kept of this checkout alone, apart from other worktrees.

    Raises SousError.
    """
    from sous.identity import identity_of

    return state_folder() / "checkouts" / identity_of(root).checkout


def read_state(name: str) -> dict[str, Any]:
    """Return the JSON object kept under `name`; what is missing or damaged is an empty one."""
    try:
        data = json.loads(read_file(state_folder() / name, root=None, most=_LARGEST))
    except (OSError, ValueError, RecursionError, SousError):
        return {}
    return data if isinstance(data, dict) else {}


def write_state(name: str, data: dict[str, Any], *, durable: bool = True) -> None:
    """Keep a JSON object under `name`. Raises SousError."""
    text = json.dumps(data, indent=1, sort_keys=True)
    write_file(state_folder() / name, text.encode(), root=None, durable=durable)


@contextlib.contextmanager
def change_state(name: str) -> Iterator[dict[str, Any]]:
    """Yield what is kept under `name`, to be changed in place while no other process can.

    Raises SousError.
    """
    with locked(state_folder() / f"{name}.lock"):
        data = read_state(name)
        yield data
        write_state(name, data)
