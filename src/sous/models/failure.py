"""What went wrong on the way to a model, in one line; and whether to try again."""

from __future__ import annotations

import datetime as dt
import email.utils
from typing import TYPE_CHECKING, Any

from sous.errors import SousError, UnusableAnswer
from sous.names import STATIC
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.models.choose import Choice

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


class CallFailed(SousError):
    """A call came to nothing.

    `passing`: it may work another time; `after`: seconds that the provider asks to wait.
    """

    passing = False
    after: float | None = None


class BrokenOff(UnusableAnswer):
    """A stream ended before its answer did; the next may not."""

    passing = True
    after: float | None = None


def explain(error: BaseException, choice: Choice) -> CallFailed:
    """Return the error for users behind an exception of llm, a provider's library or a plugin."""
    own = isinstance(error, SousError) or choice.name == STATIC
    found = CallFailed(one_line(str(error)) if own else _told(error, choice))
    found.passing = _may_pass(error)
    found.after = _asked_to_wait(error)
    return found


def _told(error: BaseException, choice: Choice) -> str:
    import llm

    model = choice.name
    set_key = f"`llm keys set {getattr(choice.model, 'needs_key', None) or 'NAME'}`"
    if isinstance(error, llm.NeedsKeyException):
        variable = getattr(choice.model, "key_env_var", None)
        return f"no key for {model}: {set_key}" + (f", or set {variable}" if variable else "")
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "code", None) or "")
    if isinstance(status, int):
        return _of_status(status, code, model, f"({status}: {_short(error)})", set_key)
    name = type(error).__name__
    if "Timeout" in name:
        return f"{model} did not answer in time; try again"
    if "Connection" in name or isinstance(error, OSError):
        return (
            f"the connection to {model} failed or broke off ({_short(error)}); "
            "check the network and try again"
        )
    if name == "JSONDecodeError":
        return (
            f"{model} sent something that is not JSON; try again, or check the endpoint's address"
        )
    return f"{model} failed: {_short(error)}"


def _of_status(status: int, code: str, model: str, told: str, set_key: str) -> str:
    if code == "context_length_exceeded" or "maximum context length" in told:
        return (
            f"the bundle is too long for {model} {told}; "
            f"give its window with --context-window N, or {PACK_LESS}"
        )
    if code == "insufficient_quota":
        return f"the quota for {model} is used up {told}; look at your plan and billing"
    if status >= 500:  # noqa: PLR2004
        return f"the provider of {model} is in trouble {told}; try again later"
    known = {
        401: f"{model} refused the key {told}; set another with {set_key}",
        403: f"{model} refused the key {told}; set another with {set_key}",
        404: f"the provider does not know {model} {told}; `llm models` lists the models",
        429: f"{model} is limiting the rate {told}; wait a little and try again",
    }
    return known.get(status, f"{model} turned the request down {told}")


def _may_pass(error: BaseException) -> bool:
    """Tell whether the same call may work a little later."""
    code = str(getattr(error, "code", None) or getattr(error, "type", None) or "")
    if code in _HOPELESS:
        return False
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
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
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    try:
        text = one_line(str(message or error)).removesuffix(".") or type(error).__name__
    except Exception:  # noqa: BLE001  # of a plugin's own making
        text = type(error).__name__
    if "<html" in text.lower():
        text = "an HTML page came back instead of JSON"
    return text if len(text) <= limit else f"{text[:limit]}…"
