"""Our calls in `llm logs`, even while another process locks or migrates the database."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

from sous.locks import locked
from sous.models.choose import llm_folder
from sous.state import state_folder
from sous.terminal import say

if TYPE_CHECKING:
    import llm

_TRIES = 4


NAME = "sous: "  # what the names of our threads in llm's log begin with; the task follows


# characters; llm 0.36 makes a regular expression of an answer, which takes minutes for more
_LONGEST = 5_000_000


def log_response(response: llm.Response, task: str, *, length: int) -> bool:
    """Write a finished response to llm's log, unless the user switched it off (`llm logs off`).

    Its thread is called after the task, which is how `sous cost` finds it. False: the log cannot be
    written now.

    llm itself fails when several processes log or migrate at once (llm 0.36); we take turns, wait
    and try again. A log that cannot be written is said, and is no failure: the answer is there and
    paid for.
    """
    import sqlite_utils

    folder = llm_folder()
    if (folder / "logs-off").exists():
        return True
    if length > _LONGEST:
        say(f"the answer of {length:,} characters is too long for llm's log")
        return True
    for attempt in range(_TRIES):
        try:
            with locked(state_folder() / "llm-log.lock", timeout=20):
                connection = sqlite3.connect(folder / "logs.db", timeout=5)
                try:
                    response.log_to_db(sqlite_utils.Database(connection))
                    _name_thread(connection, response.id, task)
                finally:
                    connection.close()
        except Exception as exc:  # noqa: BLE001  # llm or SQLite cannot take it, and it is there
            if attempt < _TRIES - 1 and isinstance(exc, sqlite3.OperationalError):
                time.sleep(0.1 * 2**attempt)
                continue
            say(f"llm's log could not be written: {exc}")
            return False
        else:
            return True
    return False


def _name_thread(connection: sqlite3.Connection, turn: str, task: str) -> None:
    """Call the thread of a turn by its task.

    A log with other tables (before llm 0.36) is left as it is.
    """
    with contextlib.suppress(sqlite3.OperationalError), connection:
        connection.execute(
            "update threads set name = ? where id = (select thread_id from turns where id = ?)",
            (NAME + task, turn),
        )
