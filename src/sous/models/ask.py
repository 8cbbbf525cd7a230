"""Ask a model, through llm: its text as it comes, an answer when it is whole, retries."""

from __future__ import annotations

import dataclasses
import functools
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sous.characters import as_characters
from sous.environment import MODELS, refuse_brought
from sous.errors import SousError, UnusableAnswer
from sous.models.failure import BrokenOff, CallFailed, explain
from sous.models.finish import Missing, is_refusal, what_is_missing
from sous.models.log import log_response
from sous.models.loops import ADVICE, LoopWatch, is_looping
from sous.models.price import Cost, price
from sous.models.usage import usage_of
from sous.models.wire import hang_up, on_the_wire
from sous.terminal import one_line, seconds_asked

if TYPE_CHECKING:
    from collections.abc import Callable

    import llm

    from sous.models.choose import Choice
    from sous.prompts.render import Prompt


@dataclass(frozen=True)
class Answer:
    """A whole answer; tokens as the provider counted them (None: it did not say), time in seconds.

    `log` writes it to llm's log; it may wait, so what was paid for is put in its place first.
    """

    text: str
    model: str
    seconds: float
    cost: Cost
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    uncounted_tokens: int = 0  # from or for a cache, which some plugins leave out of the input
    log: Callable[[], bool] = lambda: True
    unfinished: str = ""  # why it may not be whole, in words
    doubt: str = ""  # why a count of the provider is not believed, in words
    before: tuple[Answer, ...] = ()  # tries that were paid for too

    @property
    def counted_tokens(self) -> int:
        """The tokens that the provider says it has read at the most; 0: it did not say."""
        return self.input_tokens + self.uncounted_tokens if self.input_tokens is not None else 0


_LONGEST_OWN_WAIT = 60.0  # seconds


@dataclass(frozen=True)
class Patience:
    """How long to try: `retries` after the first time, all of it before `deadline`.

    That is a time of time.monotonic; None: no end.
    """

    retries: int = 3
    deadline: float | None = None
    first_wait: float = 0.5  # seconds; doubled each time, and up to half as much again by chance

    def left(self) -> float | None:
        """Return the seconds that are left; those in which a question was open do not count."""
        return None if self.deadline is None else self.deadline + seconds_asked() - time.monotonic()

    def wait_before(self, retry: int, asked: float | None) -> float:
        """Return the seconds to wait before the retry of that number (from 1).

        What the provider asks for holds.
        """
        own = min(self.first_wait * 2 ** (retry - 1), _LONGEST_OWN_WAIT)
        by_chance: float = random.uniform(0, own / 2)  # noqa: S311  # to spread calls, not to hide
        return float(max(asked or 0.0, own) + by_chance)


class Listener(Protocol):
    """Who follows a call."""

    def on_text(self, piece: str) -> None:
        """Get a piece of the answer."""

    def on_wait(self, seconds: float, why: str) -> None:
        """Learn that what came is void, and that the next try begins after so many seconds."""


_LONGEST_ANSWER = 16_000_000  # characters; no model is known to write a tenth of that
_LONGEST_WAIT = 300.0  # seconds; a provider that asks for more is not waited for


def ask(prompt: Prompt, choice: Choice, listener: Listener, patience: Patience) -> Answer:
    """Send a prompt and return the whole answer; try again as `patience` allows.

    Raises SousError when the call fails, and UnusableAnswer (exit code 3) for an answer that is
    empty or cut off.
    """
    if not choice.is_static:
        refuse_brought(MODELS)  # whoever chose it
    paid: list[Answer] = []  # for tries that came to nothing
    try:
        answer = _asked(prompt, choice, listener, patience, paid)
    except SousError as exc:
        exc.paid = tuple(paid)
        raise
    return dataclasses.replace(answer, before=tuple(one for one in paid if one is not answer))


def _asked(
    prompt: Prompt, choice: Choice, listener: Listener, patience: Patience, paid: list[Answer]
) -> Answer:
    """Return the first answer that is whole; note those that were paid for before it."""
    retry = 0
    odd: Answer | None = None  # one that may be whole; it is asked for once more
    while True:
        try:
            answer = _ask_once(prompt, choice, listener.on_text, patience, paid)
            if not answer.unfinished or odd or not patience.retries:
                return answer
            odd = answer
            paid.append(odd)
            listener.on_wait(patience.first_wait, f"{choice.name}: {answer.unfinished}")
            time.sleep(patience.first_wait)
        except SousError as exc:
            if odd:
                return odd
            retry += 1
            if (
                not isinstance(exc, (CallFailed, BrokenOff))
                or not exc.passing
                or retry > patience.retries
            ):
                raise
            wait = patience.wait_before(retry, exc.after)
            left = patience.left()
            if wait > _LONGEST_WAIT or (left is not None and wait >= left):
                told = f"{exc} (it would have to wait {wait:.0f} s for the next try)"
                raise type(exc)(told) from exc
            listener.on_wait(wait, str(exc))
            time.sleep(wait)


def _ask_once(
    prompt: Prompt,
    choice: Choice,
    on_text: Callable[[str], None],
    patience: Patience,
    paid: list[Answer],
) -> Answer:
    began = time.monotonic()
    pieces: list[str] = []
    stop = _Stop(choice)
    left = patience.left()
    if left is not None and left <= 0:
        raise SousError(f"the time of --timeout is over before {choice.name} was asked")
    model = on_the_wire(choice.model, bundle=prompt.bundle, timeout=left)
    try:
        response = model.prompt(
            **_arguments(prompt), options=dict(choice.options), stream=model.can_stream
        )
        for piece in response:
            pieces.append(piece)
            on_text(piece)
            if stop.is_at(piece):
                break
        missing = None if stop.why else what_is_missing(response)
    # every plugin raises its own library's types, or even ends the thread
    except BaseException as exc:
        raise explain(exc, choice, prompt) from exc
    finally:
        hang_up(model)
    if stop.why:
        raise UnusableAnswer(f"{choice.name} {stop.why}")
    text = as_characters("".join(pieces)).replace("\r\n", "\n").replace("\r", "\n")
    wrong = _what_is_wrong(text, missing, choice.name)
    answer = _answer(text, response, choice, prompt, time.monotonic() - began)
    if wrong:
        answer.log()
        if answer.input_tokens is not None:
            paid.append(dataclasses.replace(answer, log=lambda: True))
        raise (BrokenOff if missing and missing.passing else UnusableAnswer)(wrong)
    return dataclasses.replace(answer, unfinished=missing.told) if missing else answer


class _Stop:
    """Why an answer is read no further while it comes; that of our own analysis always is."""

    def __init__(self, choice: Choice) -> None:
        """Begin with an answer that goes on."""
        self.why = ""
        self._watch = None if choice.is_static else LoopWatch()
        self._left = _LONGEST_ANSWER

    def is_at(self, piece: str) -> bool:
        """Take a piece, and tell whether it was the last to be read."""
        self._left -= len(piece)
        if self._watch is None:
            return False
        if self._left < 0:
            self.why = (
                f"wrote more than {_LONGEST_ANSWER // 1_000_000} million characters, so the answer "
                "was stopped; take another model"
            )
        elif self._watch.is_loop(piece):
            self.why = f"repeats itself again and again, so the answer was stopped; {ADVICE}"
        return bool(self.why)


def _what_is_wrong(text: str, missing: Missing | None, model: str) -> str | None:
    if missing and missing.odd and text.strip():
        return None
    if missing and is_looping(text):
        return f"{model} repeated itself until it was cut off; {ADVICE}"
    if missing:
        return f"the answer of {model} is not complete: {missing.told}"
    if is_refusal(text):
        return f"{model} refused: {one_line(text)[:120]}"
    return (
        None if text.strip() else f"{model} sent an empty answer; try again, or take another model"
    )


def _arguments(prompt: Prompt) -> dict[str, Any]:
    """Return the prompt for llm, the bundle as a fragment, which llm's log keeps once.

    llm joins fragments and prompt by a line end; what is sent is `prompt.text` to the byte.
    """
    arguments: dict[str, Any] = {"system": prompt.system}
    head, newline, task = prompt.task.partition("\n")
    if prompt.bundle and newline and not head.strip(" "):
        return {**arguments, "prompt": task, "fragments": [prompt.bundle + head]}
    return {**arguments, "prompt": prompt.text}


def _answer(
    text: str, response: llm.Response, choice: Choice, prompt: Prompt, seconds: float
) -> Answer:
    usage = usage_of(response.usage(), prompt, text)
    cost = Cost(None)
    if usage.read is not None or choice.is_static:
        cost = price(
            choice.model,
            input_tokens=usage.read or 0,
            output_tokens=usage.written or 0,
            cached_tokens=min(usage.cached, usage.read or 0),
        )
    log = functools.partial(log_response, response, prompt.name, length=len(text))
    return Answer(
        text,
        choice.name,
        seconds,
        cost,
        usage.read,
        usage.written,
        usage.cached,
        usage.beside,
        _not_logged if choice.is_static else log,
        doubt=usage.doubt,
    )


def _not_logged() -> bool:
    """Keep what no model was asked for out of llm's log."""
    return True
