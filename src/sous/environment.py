"""Which variables a project set through mise, and the environment as the user made it.

mise exports what a repository's own files say, for any task that is run in a clone, without a
question. What comes that way is a setting of the project: taken out of our own environment until
`sous trust`, and a command that would act on it says so and stops. What the user typed, exported or
wrote into their own mise configuration holds.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.mise_env import Written, read_unnamed, read_written
from sous.mise_files import files_above, own_files, switches_above
from sous.mise_record import RECORD, MiseRecord, NoRecordError, read_record
from sous.surroundings import here
from sous.terminal import one_line, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HARMLESS_PYTHON = (
    "UNBUFFERED|DONTWRITEBYTECODE|UTF8|IOENCODING|FAULTHANDLER|HASHSEED|DEVMODE|ASYNCIODEBUG"
    "|TRACEMALLOC|OPTIMIZE"
)
_PROVIDERS = (
    "OPENAI|AZURE|ANTHROPIC|CLAUDE|GEMINI|GOOGLE|VERTEX|MISTRAL|COHERE|GROQ|OLLAMA|OPENROUTER|DEEPSEEK|XAI|TOGETHER|"
    r"FIREWORKS|PERPLEXITY|HF|HUGGINGFACE|BEDROCK|LITELLM|REPLICATE|CEREBRAS|NVIDIA|WATSONX|LMSTUDIO|LLAMA\w*|CODEX"
)
# What steers every connection, or what has been loaded into this very process.
_NETWORK = (
    r"(?:HTTPS?|ALL|NO|FTP|SOCKS\d?|WSS?)_PROXY|SSL_CERT_(?:FILE|DIR)|SSLKEYLOGFILE|OPENSSL_\w+|\w*CA_BUNDLE|"
    r"NODE_EXTRA_CA_CERTS|NETRC|CURL_HOME|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN|LD_\w+|DYLD_\w+|GLIBC_TUNABLES|"
    rf"BASH_ENV|PYTHON(?!(?:{_HARMLESS_PYTHON})$)\w+|HOME|USERPROFILE|(?:LOCAL)?APPDATA|XDG_\w+"
)
_MODELS = (
    r"LLM_\w+|(?:OPENAI|ANTHROPIC)_(?!\w*(?:KEY|TOKEN)$)\w+|AWS_ENDPOINT_URL\w*|"
    rf"(?:{_PROVIDERS})_(?:\w+_)?(?:URL|BASE|API_BASE|ENDPOINT|HOST|HEADERS?)"
)
_FORGE = "GH|GITHUB|GITLAB|GITEA|FORGEJO|BITBUCKET"  # what the variables of forges begin with
_FORGES = rf"(?:{_FORGE})_\w+|CI_SERVER_\w+"
# Sent to nobody by us, or only where a key is missing otherwise; shown and trusted with the others.
_OTHERS = (
    rf"(?:{_PROVIDERS})_\w+|"
    r"GIT_\w+|SOUS_\w+|MISE_\w+|\w+_(?:BASE_URL|API_BASE|API_URL|ENDPOINT)|\w+_(?:API_KEY|TOKEN)|RUFF_\w+|NODE_OPTIONS|"
    r"TMPDIR|TEMP|TMP|DISPLAY|WAYLAND_DISPLAY|TMUX|EDITOR|VISUAL|PAGER|SSH_\w+|GPG_\w+|GNUPGHOME"
)


class Variables:
    """Names of variables, in any case, as a pattern that is compiled when it is first asked."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(self._pattern, re.IGNORECASE)

    def fullmatch(self, name: str) -> bool:
        """Tell whether a name is one of them."""
        return self._regex.fullmatch(name) is not None


MODELS = Variables(f"(?:{_NETWORK}|{_MODELS})")
FORGES = Variables(f"(?:{_NETWORK}|{_FORGES})")
_SHOWN = Variables(f"(?:{_NETWORK}|{_MODELS}|{_FORGES}|{_OTHERS})")
# Where nothing says who set them: what could send a key elsewhere. A home or a folder of settings
# is the user's then.
_DOUBTFUL = Variables(
    rf"(?:(?!HOME$|USERPROFILE$|\w*APPDATA$|XDG_)(?:{_NETWORK}|{_MODELS})|SOUS_\w+|"
    rf"(?:{_FORGE}|CI)_\w*(?:HOST|URL|DIR)|GIT_\w+|\w+_(?:BASE_URL|API_BASE|ENDPOINT))"
)
# Taken for the project's also where mise is not seen to be in play (direnv, `eval "$(mise env)"`):
# they steer us alone.
_OURS = re.compile(rf"SOUS_\w+|(?:{_FORGE}|CI)_\w*(?:HOST|URL|DIR)")
_SECRET = Variables(r"\w*(?:KEY|TOKEN|SECRET|PASSWORD)")


@dataclass(frozen=True)
class Brought:
    """A variable that a project set: its value, the one the user has, and the file.

    None where mise does not tell.
    """

    value: str
    own: str | None
    source: Path | None


@dataclass(frozen=True)
class Environment:
    """What is the project's in an environment.

    `is_known`: false where mise made it and nothing says how.
    """

    brought: Mapping[str, Brought] = field(default_factory=dict)
    is_known: bool = True


@dataclass
class _State:
    """What a project had set in this process when it started, and what the user's trust lets in."""

    found: Environment = field(default_factory=Environment)
    given: Mapping[str, str] | None = None
    admitted: set[str] = field(default_factory=set)
    is_said: bool = False


_state = _State()


def examine(environ: Mapping[str, str], cwd: Path) -> Environment:
    """Return what a project set in an environment, by mise's record and files around a folder."""
    try:
        record = read_record(environ)
    except NoRecordError:
        return _without_record(environ, cwd)
    if record is None:
        return _without_mise(environ, cwd)
    changed = {
        name: value
        for name, value in record.new.items()
        if environ.get(name) == value and name not in (RECORD, "PATH")
    }
    before = {
        **{name: value for name, value in environ.items() if name not in changed},
        **record.old,
    }
    user = [read_written(*one) for one in own_files(before)]
    project = _project(before, cwd)
    brought = {}
    for name, value in changed.items():
        if not _is_users(name, value, user, project):
            brought[name] = Brought(value, _own(name, user, record), _source(name, value, project))
    return Environment(brought)


def _project(environ: Mapping[str, str], cwd: Path) -> list[Written]:
    """Return what project files set, strongest first: here, and where mise was started."""
    starts = [
        cwd,
        *(
            Path(value)
            for name in ("MISE_ORIGINAL_CWD", "MISE_PROJECT_ROOT")
            if (value := environ.get(name))
        ),
    ]
    home = Path(environ.get("HOME") or Path.home())
    files = {path: folder for start in starts for path, folder in files_above(start, home)}
    written = [read_written(path, folder) for path, folder in files.items()]
    return [
        *written,
        *(read_unnamed(path) for start in starts for path in switches_above(start, home)),
    ]


def _is_users(name: str, value: str, user: Iterable[Written], project: Iterable[Written]) -> bool:
    """Tell whether only the user's own files can have set what mise set."""
    if any(file.gives(name, value) for file in user):
        return True
    return any(file.could_give(name, value) for file in user) and not any(
        file.may_set(name) for file in project
    )


def _own(name: str, user: Iterable[Written], record: MiseRecord) -> str | None:
    """Return the value that a variable has without the project."""
    plain = next((file.values[name].plain for file in user if name in file.values), None)
    return plain if plain is not None else record.old.get(name)


def _source(name: str, value: str, project: Iterable[Written]) -> Path | None:
    named = next((file.path for file in project if file.gives(name, value)), None)
    return named or next((file.path for file in project if file.could_give(name, value)), None)


def _without_mise(environ: Mapping[str, str], cwd: Path) -> Environment:
    brought = {}
    names = [name for name in environ if _OURS.fullmatch(name)]
    project = _project(environ, cwd) if names else []
    for name in names:
        if any(file.could_give(name, environ[name]) for file in project):
            brought[name] = Brought(environ[name], None, _source(name, environ[name], project))
    return Environment(brought)


def _without_record(environ: Mapping[str, str], cwd: Path) -> Environment:
    user = [read_written(*one) for one in own_files(environ)]
    project = _project(environ, cwd)
    brought = {}
    for name, value in environ.items():
        is_doubtful = _DOUBTFUL.fullmatch(name) or any(name in file.values for file in project)
        if is_doubtful and name != "PATH" and not any(file.gives(name, value) for file in user):
            brought[name] = Brought(value, None, _source(name, value, project))
    return Environment(brought, is_known=False)


def enter() -> None:
    """Remove what a project set from this process's environment, before anything else reads it."""
    found = examine(os.environ, Path.cwd())
    _state.found, _state.given = found, dict(os.environ)
    _state.admitted, _state.is_said = set(), False
    for name, one in found.brought.items():
        _put(name, one.own)


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def current(root: Path | None = None) -> Environment:
    """Return what projects set in our environment: what was removed, what files at `root` set."""
    found = examine(os.environ, root or here())
    known = found.is_known and _state.found.is_known
    return Environment({**found.brought, **_state.found.brought}, is_known=known)


def as_given() -> dict[str, str]:
    """Return the environment as it was at the start, for commands that the user chose to run."""
    return dict(os.environ if _state.given is None else _state.given)


def trusted_variables(root: Path) -> dict[str, dict[str, str]]:
    """Return what trust in a project covers, by file: the variables its mise files set for us."""
    facts = {}
    for path, folder in files_above(root):
        written = read_written(path, folder)
        shown = {
            name: value.text for name, value in written.values.items() if _SHOWN.fullmatch(name)
        }
        if shown or written.others:
            facts[str(path)] = {**shown, **written.others}
    return facts


def shown_value(name: str, text: str) -> str:
    """Return a value for people; not that of a key."""
    return "…" if _SECRET.fullmatch(name) else text


def admit(root: Path) -> None:
    """Let in what a trusted project set and the trust was about."""
    project = [read_written(path, folder) for path, folder in files_above(root)]
    for name, one in current(root).brought.items():
        if _SHOWN.fullmatch(name) and any(file.could_give(name, one.value) for file in project):
            _state.admitted.add(name)
            _put(name, one.value)


def is_admitted(name: str) -> bool:
    """Tell whether a variable that a project set was let in."""
    return name in _state.admitted


def refuse_brought(what: Variables) -> None:
    """Stop before a key or token is sent by what an untrusted project set.

    Raises SousError.

    `what`: MODELS or FORGES, the names that matter for it. Where the source is not known they are
    not used, and said.
    """
    found = current() if _state.given is None else _state.found
    names = sorted(
        name for name in found.brought if what.fullmatch(name) and name not in _state.admitted
    )
    if not names:
        return
    if found.is_known:
        raise _refusal(names, found.brought[names[0]].source)
    if not _state.is_said:
        listed = one_line(", ".join(names))
        say(
            f"cannot tell who set {listed}: not used; set it in [env] of your own "
            "~/.config/mise/config.toml"
        )
    _state.is_said = True


def refuse_key(name: str | None) -> None:
    """Stop where a project's file holds the key that a model needs. Raises SousError."""
    brought = (current() if _state.given is None else _state.found).brought
    if name is not None and name in brought and name not in _state.admitted:
        raise _refusal([name], brought[name].source)


def _refusal(names: list[str], source: Path | None) -> SousError:
    where = f"[env] of {source}" if source else "this project's mise configuration"
    listed = one_line(", ".join(names))
    return SousError(
        f"{where} sets {listed}, which an untrusted project may not: look at it, then run `sous "
        "trust`"
    )
