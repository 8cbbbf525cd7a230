"""Which model is meant, with which options: llm's own aliases, defaults and option files hold."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.environment import MODELS, refuse_brought, refuse_key
from sous.errors import SousError, UsageProblem
from sous.names import STATIC
from sous.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    import llm


@dataclass(frozen=True)
class Choice:
    """A model of llm, and the options that a call will carry."""

    model: llm.Model
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model's id."""
        return str(self.model.model_id)

    @property
    def is_static(self) -> bool:
        """Whether it is our own analysis, which costs nothing and sends nothing."""
        return self.name == STATIC


class _Plugins:
    """Loaded by llm with its first model; another thread would find none of them meanwhile."""

    lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: setattr(_Plugins, "lock", threading.Lock()))


def _near(wanted: str) -> str:
    """Return which model may be meant by a name that is none."""
    import difflib

    import llm

    known = llm.get_models_with_aliases()
    names = [name for one in known for name in (one.model.model_id, *one.aliases)]
    near = difflib.get_close_matches(wanted, names, 1)
    return f" did you mean {near[0]}?" if near else ""


def choose_model(name: str | None, options: Mapping[str, Any]) -> Choice:
    """Return the model of a name (None: llm's default), `options` over the user's defaults.

    Raises SousError for an unknown model and UsageProblem for options that it does not take.
    """
    import llm

    wanted = name or os.environ.get("LLM_MODEL") or llm.get_default_model()
    try:
        with _Plugins.lock:
            model = llm.get_model(wanted)
    except llm.UnknownModelError as exc:
        raise SousError(
            f"unknown model {wanted};{_near(wanted)} `llm models` lists those you have, "
            "plugins add more"
        ) from exc
    except Exception as exc:  # a broken file of llm's or a plugin: whatever they raise
        raise SousError(
            f"llm cannot load its models: {one_line(repr(exc))}; look into {llm_folder()}"
        ) from exc
    return Choice(model, _checked(model, {**_default_options(model.model_id), **options}))


def choice_of(model: llm.Model, options: Mapping[str, Any]) -> Choice:
    """Return a model with options. Raises UsageProblem for options that it does not take."""
    return Choice(model, _checked(model, dict(options)))


def ready(choice: Choice, *, sends: bool = True, without_key: str = "") -> Choice:
    """Return a choice that may be called: it has a key, and no untrusted project decides where to.

    `sends`: false where nothing will be sent, for which no key is needed. `without_key`: what else
    the user can do. Raises SousError.
    """
    if choice.is_static:
        return choice
    refuse_brought(MODELS)
    alias, variable = (getattr(choice.model, name, None) for name in ("needs_key", "key_env_var"))
    if alias and not getattr(choice.model, "key", None) and not stored_key(str(alias), variable):
        refuse_key(variable)
        if sends and not _has_own_way(choice.model):
            way = f". Without a key: {without_key}" if without_key else ""
            raise SousError(f"{no_key(choice)}{way}")
    return choice


def _has_own_way(model: llm.Model) -> bool:
    """Tell whether a plugin gets its key by a method of its own, or goes on without one.

    llm hands the key to models with keys only; others ask for it and may know another way
    (llm-bedrock takes what AWS takes).
    """
    import llm

    method = getattr(type(model), "get_key", None)
    is_handed_it = issubclass(type(model), llm.KeyModel)
    return not is_handed_it or method is not llm.Model.get_key


def no_key(choice: Choice) -> str:
    """Return what to say where a model has no key."""
    alias = getattr(choice.model, "needs_key", None) or "NAME"
    variable = getattr(choice.model, "key_env_var", None)
    other = f", or set {variable}" if variable else ""
    return f"no key for {choice.name}: `llm keys set {alias}`{other}"


def stored_key(alias: str, variable: str | None) -> str | None:
    """Return the key that llm has for a name, else that of a variable.

    Raises SousError for a file of keys that cannot be read.
    """
    import llm

    try:
        llm.load_keys().keys()
        key = llm.get_key(key_alias=alias, env_var=variable)
    except Exception as exc:  # a broken file of llm's: whatever it raises
        path = llm_folder() / "keys.json"
        raise SousError(
            f"cannot read {path}, llm's keys: {_why_unreadable(exc)}. "
            f"Correct it, or move it away and set the keys again: `llm keys set {alias}`"
        ) from exc
    if key and not (isinstance(key, str) and key.isascii() and key.isprintable()):
        raise SousError(
            f"the key {alias} has a line end or another character that a key cannot have; "
            f"set it again, in one line: `llm keys set {alias}`"
            + (f", or correct {variable}" if variable else "")
        )
    return key


def _why_unreadable(error: Exception) -> str:
    """Return why a file of keys cannot be read; a key in it is not shown."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: it is not JSON ({error.msg})"
    if isinstance(error, OSError):
        return one_line(error.strerror or type(error).__name__)
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is not an object of names with a key each"


def choose_if_configured(
    name: str | None, options: Mapping[str, Any], *, required: bool
) -> tuple[Choice | None, str]:
    """Return the model that is meant, None where none is and llm's default has no key; and why.

    Raises SousError as `choose_model` does, and where a model is `required` and there is none.
    """
    if name is None:
        for named in ("LLM_MODEL", "LLM_USER_PATH"):  # they decide whether anything is sent at all
            refuse_key(named)
    if name or os.environ.get("LLM_MODEL"):
        return choose_model(name, options), ""
    choice = choose_model(None, {})
    alias = getattr(choice.model, "needs_key", None)
    if not alias or getattr(choice.model, "key", None):
        return choose_model(None, options), ""
    variable = getattr(choice.model, "key_env_var", None)
    if stored_key(str(alias), variable):
        return choose_model(None, options), ""
    refuse_key(variable)
    if required:
        raise SousError(
            f"no model configured, and --model-required: `llm keys set {alias}`, "
            "or name one with -m"
        )
    return None, f"no model configured: static analysis; `llm keys set {alias}` for a model"


def every_model() -> list[llm.Model]:
    """Return all models that llm has here. Raises SousError when it cannot load them."""
    import llm

    try:
        return [found.model for found in llm.get_models_with_aliases() if found.model is not None]
    except Exception as exc:  # a broken file of llm's or a plugin: whatever they raise
        raise SousError(
            f"llm cannot load its models: {one_line(repr(exc))}; look into {llm_folder()}"
        ) from exc


def llm_folder() -> Path:
    """Return the folder where llm keeps its keys, templates and log."""
    import llm

    return Path(llm.user_dir())


def _default_options(model_id: str) -> dict[str, Any]:
    """Return what `llm models options set` keeps for a model."""
    try:
        data = json.loads((llm_folder() / "model_options.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    options = data.get(model_id) if isinstance(data, dict) else None
    return options if isinstance(options, dict) else {}


def _checked(model: llm.Model, options: dict[str, Any]) -> dict[str, Any]:
    import pydantic

    if not options:
        return {}
    try:
        parsed = model.Options(**options)
    except pydantic.ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "options"
        known = ", ".join(sorted(model.Options.model_fields)) or "none"
        raise UsageProblem(
            f"option {where} of {model.model_id}: {first['msg']}; it takes: {known}"
        ) from exc
    return {
        key: value for key, value in parsed.model_dump(mode="json").items() if value is not None
    }
