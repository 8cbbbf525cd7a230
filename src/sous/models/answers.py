"""Answers about parts, kept outside the repository, so that a run that died goes on where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from sous.files import remove_file, write_file
from sous.models.ask import Answer
from sous.models.price import Cost
from sous.state import state_folder

if TYPE_CHECKING:
    from pathlib import Path

    from sous.models.choose import Choice
    from sous.prompts.render import Prompt

_MOST = 2_000  # answers that are kept, the latest used
_MOST_BYTES = 200_000_000


def key_of(prompt: Prompt, choice: Choice) -> str:
    """Return the SHA-256 of all that decides about an answer: the text that is sent, the model and its options."""
    facts = (prompt.system, prompt.text, choice.name, sorted(choice.options.items()))
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()


def kept_answer(key: str) -> Answer | None:
    """Return the answer that is kept under a key; it costs nothing now."""
    path = _folder() / key
    try:
        data = json.loads(path.read_text("utf-8"))
        answer = Answer(text=data["text"], model=data["model"], seconds=0.0, cost=Cost(None))
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return answer if isinstance(answer.text, str) and answer.text.strip() else None


def keep_answer(key: str, answer: Answer) -> None:
    """Keep an answer; those not used for longest make room. Raises SousError when it cannot be written."""
    data: dict[str, Any] = {"text": answer.text, "model": answer.model}
    write_file(_folder() / key, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"), root=None)
    _make_room()


def begin_afresh(keys: list[str]) -> bool:
    """Forget what is kept under the keys, once until `end_afresh`; tell whether that was now. Raises SousError."""
    mark = _mark(keys)
    if mark.exists():
        return False
    for key in keys:
        path = _folder() / key
        if path.exists():
            remove_file(path)
    write_file(mark, b"", root=None)
    return True


def end_afresh(keys: list[str]) -> None:
    """Note that all of the keys were asked again."""
    with contextlib.suppress(OSError):
        _mark(keys).unlink()


def _mark(keys: list[str]) -> Path:
    return _folder() / f"{hashlib.sha256(repr(keys).encode()).hexdigest()}.afresh"


def _folder() -> Path:
    return state_folder() / "answers"


def _make_room() -> None:
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(_folder()):
            with contextlib.suppress(OSError):
                found.append((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path))
    found.sort(reverse=True)
    size = 0
    for number, (_, bytes_, path) in enumerate(found):
        size += bytes_
        if number >= _MOST or size > _MOST_BYTES:
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108  # a string from scandir
