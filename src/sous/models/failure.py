"""What went wrong on the way to a model, in one line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.terminal import one_line

if TYPE_CHECKING:
    from sous.models.choose import Choice

PACK_LESS = "pack less (`sous bundle --project --ignore GLOB`), or take a model that reads more"


def explain(error: Exception, choice: Choice) -> SousError:
    """Return the error for users behind an exception of llm, of a provider's library or of a plugin."""
    import llm

    model = choice.name
    set_key = f"`llm keys set {getattr(choice.model, 'needs_key', None) or 'NAME'}`"
    if isinstance(error, llm.NeedsKeyException):
        variable = getattr(choice.model, "key_env_var", None)
        return SousError(f"no key for {model}: {set_key}" + (f", or set {variable}" if variable else ""))
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "code", None) or "")
    if isinstance(status, int):
        return SousError(_of_status(status, code, model, f"({status}: {_short(error)})", set_key))
    name = type(error).__name__
    if "Timeout" in name:
        return SousError(f"{model} did not answer in time; try again")
    if "Connection" in name or isinstance(error, OSError):
        return SousError(
            f"the connection to {model} failed or broke off ({_short(error)}); check the network and try again"
        )
    if name == "JSONDecodeError":
        return SousError(f"{model} sent something that is not JSON; try again, or check the endpoint's address")
    return SousError(f"{model} failed: {_short(error)}")


def _of_status(status: int, code: str, model: str, told: str, set_key: str) -> str:
    if code == "context_length_exceeded" or "maximum context length" in told:
        return f"the bundle is too long for {model} {told}; {PACK_LESS}"
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


def _short(error: Exception, limit: int = 200) -> str:
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    text = one_line(str(message or error)).removesuffix(".")
    if "<html" in text.lower():
        text = "an HTML page came back instead of JSON"
    return text if len(text) <= limit else f"{text[:limit]}…"
