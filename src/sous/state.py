"""Where `sous` remembers things between runs, outside every repository."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from sous.files import locked, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def state_folder() -> Path:
    """Return the user's folder for our state (XDG_STATE_HOME on Linux, the system's own place elsewhere)."""
    import platformdirs

    return platformdirs.user_state_path("sous", appauthor=False)


def read_state(name: str) -> dict[str, Any]:
    """Return the JSON object kept under `name`; what is missing or damaged is an empty one."""
    try:
        data = json.loads((state_folder() / name).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def write_state(name: str, data: dict[str, Any], *, durable: bool = True) -> None:
    """Keep a JSON object under `name`. Raises SousError."""
    write_file(state_folder() / name, json.dumps(data, indent=1, sort_keys=True).encode(), durable=durable)


@contextlib.contextmanager
def change_state(name: str) -> Iterator[dict[str, Any]]:
    """Yield what is kept under `name`, to be changed in place while no other process can. Raises SousError."""
    with locked(state_folder() / f"{name}.lock"):
        data = read_state(name)
        yield data
        write_state(name, data)
