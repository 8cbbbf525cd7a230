"""Our calls in `llm logs`, without dying of a database that is locked or being migrated by another process."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from sous.files import locked
from sous.models.choose import llm_folder
from sous.state import state_folder
from sous.terminal import say

if TYPE_CHECKING:
    import llm

_TRIES = 4


def log_response(response: llm.Response) -> None:
    """Write a finished response to llm's log, unless the user switched it off (`llm logs off`).

    llm itself fails when several processes log or migrate at once (llm 0.36); we take turns, wait and try again. A log
    that cannot be written is said, and is no failure: the answer is there and paid for.
    """
    import sqlite_utils

    folder = llm_folder()
    if (folder / "logs-off").exists():
        return
    for attempt in range(_TRIES):
        try:
            with locked(state_folder() / "llm-log.lock", timeout=20):
                connection = sqlite3.connect(folder / "logs.db", timeout=5)
                try:
                    response.log_to_db(sqlite_utils.Database(connection))
                finally:
                    connection.close()
        except (sqlite3.Error, OSError) as exc:
            if attempt == _TRIES - 1:
                say(f"the answer is complete, but llm's log could not be written: {exc}")
            else:
                time.sleep(0.1 * 2**attempt)
        else:
            return
