"""Answers that came whole, kept outside the repository: a run that died continues with them.

Those about parts stay, for the parts that a later run has too; others until their file is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, remove_tree
from sous.models.ask import Answer
from sous.models.price import Cost
from sous.state import state_folder
from sous.store import paid_store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sous.models.choose import Choice
    from sous.prompts.render import Prompt
    from sous.store import Store

_ANSWER, _AFRESH = "answer", "afresh"


def key_of(prompt: Prompt, choice: Choice) -> str:
    """Return the SHA-256 of what decides about an answer: what is sent, the model, its options."""
    facts = (prompt.system, prompt.text, choice.name, sorted(choice.options.items()))
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()


def kept_answer(key: str) -> Answer | None:
    """Return the answer that is kept under a key; it costs nothing now."""
    try:
        data = json.loads(_store().get(_ANSWER, [key])[key])
        answer = Answer(text=data["text"], model=data["model"], seconds=0.0, cost=Cost(None))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return answer if isinstance(answer.text, str) and answer.text.strip() else None


def keep_answer(key: str, answer: Answer) -> None:
    """Keep an answer; those not used for longest make room.

    Raises SousError when it cannot be written.
    """
    data = {"text": answer.text, "model": answer.model}
    _store().put(_ANSWER, {key: json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")})


def forget_answers(keys: Iterable[str]) -> None:
    """Forget answers: what was made of them is in its place."""
    gone = [(_ANSWER, key) for key in keys]
    if gone:
        with contextlib.suppress(SousError):  # they go by their age
            _store().put(_ANSWER, {}, forget=gone)


def begin_afresh(keys: list[str]) -> bool:
    """Forget what is kept under the keys, once until `end_afresh`; tell whether that was now.

    Raises SousError.
    """
    store, mark = _store(), _mark(keys)
    if store.get(_AFRESH, [mark]):
        return False
    store.put(_AFRESH, {mark: b""}, forget=[(_ANSWER, key) for key in keys])
    return True


def end_afresh(keys: list[str]) -> None:
    """Note that all of the keys were asked again."""
    store, mark = _store(), _mark(keys)
    if store.get(_AFRESH, [mark]):
        with contextlib.suppress(SousError):
            store.put(_AFRESH, {}, forget=[(_AFRESH, mark)])


def _mark(keys: list[str]) -> str:
    return hashlib.sha256(repr(keys).encode()).hexdigest()


def _store() -> Store:
    """Return where answers are; those that an earlier version kept in files are taken over."""
    store, before = paid_store(), state_folder() / "answers"
    if before.is_dir():
        with contextlib.suppress(OSError, SousError):  # the next run tries again
            _take_over(before, store)
    return store


def _take_over(folder: Path, store: Store) -> None:
    """Move the answers of a folder into the store. Raises OSError, SousError."""
    files = [path for path in folder.iterdir() if path.is_file()]
    answers = {
        path.name: read_file(path, root=None) for path in sorted(files, key=_age) if not path.suffix
    }
    known = store.get(_ANSWER, answers)
    store.put(_ANSWER, {key: data for key, data in answers.items() if key not in known})
    store.put(_AFRESH, {path.stem: b"" for path in files if path.suffix == ".afresh"})
    remove_tree(folder)


def _age(path: Path) -> float:
    return path.stat().st_mtime
