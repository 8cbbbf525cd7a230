"""What went wrong on the way to a model, in one line; and whether to try again."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import traceback
from typing import TYPE_CHECKING, Any

from sous.errors import SousError, UnusableAnswer
from sous.models.address import address_of, proxy_of
from sous.models.causes import causes, error_facts, error_words, why_no_connection, without_secrets
from sous.models.choose import no_key
from sous.names import STATIC
from sous.terminal import one_line
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from sous.models.causes import Cause
    from sous.models.choose import Choice
    from sous.models.limits import Size, TokenLimit
    from sous.prompts.render import Prompt

PACK_LESS = "pack less (`sous bundle --project --ignore GLOB`), or take a model that reads more"
_MAY_PASS = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_HOPELESS = (
    "insufficient_quota",
    "context_length_exceeded",
    "invalid_api_key",
    "content_policy_violation",
)
_PASSING_NAMES = (
    "TransportError",
    "APIConnectionError",
    "ConnectionError",
    "TimeoutError",
    "JSONDecodeError",
)


_RATE = "is limiting the rate"


def tells_of_rate(message: str) -> bool:
    """Tell whether a message of ours says that a provider limits how often it is asked."""
    return _RATE in message


class CallFailed(SousError):
    """A call came to nothing.

    `passing`: it may work another time; `after`: seconds that the provider asks to wait.
    """

    passing = False
    after: float | None = None


class TooLong(CallFailed):
    """A prompt was refused for its length: what is said to be the limit, and the size we count."""

    limit: TokenLimit
    size: Size
    said: str


class BrokenOff(UnusableAnswer):
    """A stream ended before its answer did; the next may not."""

    passing = True
    after: float | None = None


def explain(error: BaseException, choice: Choice, prompt: Prompt | None = None) -> CallFailed:
    """Return the error for users behind an exception of llm, a provider's library or a plugin.

    `prompt`: what was sent; where it was too long, the error is TooLong.
    """
    if isinstance(error, SousError) or choice.name == STATIC:
        found = CallFailed(one_line(str(error)))
        found.passing = _may_pass(error)
        return found
    too_long = _too_long(error, choice, prompt)
    if too_long:
        return too_long
    cause = _cause(error, choice)
    if cause:
        found = CallFailed(f"cannot reach {choice.name}: {cause.told}; {cause.todo}")
        found.passing = cause.passing
        return found
    found = CallFailed(_told(error, choice))
    found.passing = _may_pass(error)
    found.after = _asked_to_wait(error)
    return found


def _too_long(error: BaseException, choice: Choice, prompt: Prompt | None) -> TooLong | None:
    """Return the error for a prompt that was refused for its length, None for another one."""
    if prompt is None or isinstance(error, OSError) or not isinstance(error, Exception):
        return None
    from sous.models.limits import read_limit  # with tables, for errors alone

    size = size_of(prompt)
    limit = read_limit(error_facts(error), status=status_of(error), size=size)
    if limit is None:
        return None
    reads = f", which takes {limit.most:,} {limit.unit}" if limit.most else ""
    said = f"{status_of(error) or 'it said'}: {_short(error)}"
    found = TooLong(
        f"the prompt is too long for {choice.name}{reads} ({said}); "
        f"give its window with --context-window N, or {PACK_LESS}"
    )
    found.limit, found.size, found.said = limit, size, said
    return found


def size_of(prompt: Prompt) -> Size:
    """Return how long a prompt is."""
    from sous.models.limits import Size

    texts = (prompt.bundle, prompt.task, prompt.system or "")
    tokens = count_tokens(prompt.text) + count_tokens(prompt.system or "")
    in_bytes = sum(len(json.dumps(text)) for text in texts)  # as it goes over the wire
    return Size(tokens, sum(map(len, texts)), in_bytes)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of an error, of its library or of the one that a plugin made it from.

    llm-gemini makes one of the words alone; the response is where it was raised.
    """
    for one in (error, error.__cause__):
        status = None if one is None else _own_status(one)
        if status is not None:
            return status
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "llm_gemini":
            status = getattr(frame.f_locals.get("http_response"), "status_code", None)
            return status if isinstance(status, int) and status >= 400 else None  # noqa: PLR2004
    return None


def _own_status(error: BaseException) -> int | None:
    """Return the status by the names that libraries give it."""
    response = getattr(error, "response", None)
    for holder in (error, response):
        for name in ("status_code", "status", "code", "http_status"):
            value = getattr(holder, name, None)
            if isinstance(value, int) and 100 <= value <= 599:  # noqa: PLR2004  # RFC 9110, 15
                return value
    if isinstance(response, dict):  # of botocore
        value = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode")
        return value if isinstance(value, int) else None
    return None


def _cause(error: BaseException, choice: Choice) -> Cause | None:
    if status_of(error) is not None:
        return None
    address = address_of(choice.model)
    return why_no_connection(error, address, proxy_of(address))


def _told(error: BaseException, choice: Choice) -> str:
    import llm

    model = choice.name
    set_key = f"`llm keys set {getattr(choice.model, 'needs_key', None) or 'NAME'}`"
    if isinstance(error, llm.NeedsKeyException):
        return no_key(choice)
    status = status_of(error)
    code = str(getattr(error, "code", None) or "")
    if status is not None:
        return _of_status(status, code, model, f"({status}: {_short(error)})", set_key)
    name = type(error).__name__
    if "Timeout" in name:
        return f"{model} did not answer in time; try again"
    if "Connection" in name or isinstance(error, OSError):
        return (
            f"the connection to {model} failed or broke off ({_innermost(error)}); "
            "check the network and try again"
        )
    if name == "JSONDecodeError":
        return (
            f"{model} sent something that is not JSON; try again, or check the endpoint's address"
        )
    return f"{model} failed: {_short(error)}"


def _of_status(status: int, code: str, model: str, told: str, set_key: str) -> str:
    if code == "insufficient_quota":
        return f"the quota for {model} is used up {told}; look at your plan and billing"
    if status >= 500:  # noqa: PLR2004
        return f"the provider of {model} is in trouble {told}; try again later"
    known = {
        401: f"{model} refused the key {told}; set another with {set_key}",
        403: f"{model} refused the key {told}; set another with {set_key}",
        404: f"the provider does not know {model} {told}; `llm models` lists the models",
        429: f"{model} {_RATE} {told}; wait a little and try again",
    }
    return known.get(status, f"{model} turned the request down {told}")


def _may_pass(error: BaseException) -> bool:
    """Tell whether the same call may work a little later."""
    code = str(getattr(error, "code", None) or getattr(error, "type", None) or "")
    if code in _HOPELESS:
        return False
    status = status_of(error)
    if status is not None:
        return status in _MAY_PASS
    if isinstance(error, OSError):
        return not isinstance(error, (FileNotFoundError, PermissionError, NotADirectoryError))
    names = {base.__name__ for base in type(error).__mro__}
    # An error object inside a stream has openai's base class and no status.
    return bool(names.intersection(_PASSING_NAMES)) or type(error).__name__ == "APIError"


def _asked_to_wait(error: BaseException) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date (RFC 9110, 10.2.3)."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if hasattr(headers, "get") else None
    if not isinstance(value, str):
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    now = dt.datetime.now(moment.tzinfo or dt.timezone.utc)
    return max(0.0, (moment.replace(tzinfo=now.tzinfo) - now).total_seconds())


def _short(error: BaseException, limit: int = 200) -> str:
    text = without_secrets(error_words(error)) or type(error).__name__
    return text if len(text) <= limit else f"{text[:limit]}…"


def _innermost(error: BaseException) -> str:
    """Return what the innermost cause says that says anything."""
    chain = reversed(causes(error))
    return next((words for cause in chain if (words := _short(cause))), type(error).__name__)
