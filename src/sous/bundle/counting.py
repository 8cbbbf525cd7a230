"""Count tokens while packing: in batches, on another thread, with few of them in memory."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from types import TracebackType

    from sous.bundle.summary import Packed

_BATCH = 1 << 20  # characters
_WAITING = 3  # batches

Batch = tuple[list[str], list[str]]


@final
class Counting:
    """Adds the tokens of what is packed to `packed`; complete when the block has ended."""

    def __init__(self, packed: Packed, *, enabled: bool) -> None:
        self._packed = packed
        self._enabled = enabled
        self._batch: Batch = ([], [])
        self._size = 0
        self._queue: queue.Queue[Batch | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Counting:
        """Begin to count."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Wait for the last count."""
        if kind is None:
            self._send()
        if self._thread:
            self._queue.put(None)
            self._thread.join()
        if self._error and kind is None:
            raise self._error

    def add(self, path: str, text: str, known: int | None = None) -> None:
        """Count `text` for a file's path (none: the document around the files).

        `known` is what it came to before.
        """
        if not self._enabled:
            return
        if known is not None:
            self._packed.by_path[path] = known
            self._packed.tokens += known
            return
        self._batch[0].append(path)
        self._batch[1].append(text)
        self._size += len(text)
        if self._size >= _BATCH:
            self._send()

    def _send(self) -> None:
        if not self._batch[0]:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        self._queue.put(self._batch)
        self._batch, self._size = ([], []), 0

    def _work(self) -> None:
        from sous.tokens import count_each

        while (batch := self._queue.get()) is not None:
            if self._error:
                continue  # the sender must not wait forever
            try:
                for path, tokens in zip(batch[0], count_each(batch[1]), strict=True):
                    self._packed.tokens += tokens
                    if path:
                        self._packed.by_path[path] = tokens
            except BaseException as exc:  # noqa: BLE001  # raised again where it can be seen
                self._error = exc
