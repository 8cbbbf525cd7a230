"""Settings: option > SOUS_… variable > `[_.sous]` of project > of user > default.

What a repository brings is not ours to obey: until `sous trust`, a project's `[_.sous]` may only
narrow what is packed.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sous.environment import admit, current, is_admitted, trusted_variables
from sous.errors import SousError, UsageProblem
from sous.mise_env import read_written
from sous.mise_files import own_bundle_tasks, project_files, read_toml, user_files
from sous.names import BUNDLE_TASK, TEMPLATE_ENDINGS
from sous.notify import Notifier
from sous.setting_values import LISTS, command_words, fits, from_text
from sous.trust import is_known, is_trusted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# What an untrusted project may set: these can only make the bundle smaller or look different.
NARROWING = frozenset({"ignore", "include", "style", "line_numbers", "budget", "notebooks"})
# what a project's value changes nothing about, trusted or not
USERS_ONLY = ("git_excludes", "notify_command", "notify_url")
_MOST_TEMPLATES, _MOST_FILES = 1_000_000, 1_000  # bytes, files


def _setting(default: object, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Settings:
    """All settings of one run; what each means is in its metadata (docs/settings.md shows it).

    Globs of all layers are added up; of all others the nearest layer counts.
    """

    model: str | None = _setting(None, "a model or alias of llm")
    options: Mapping[str, Any] = field(
        default_factory=dict, metadata={"about": "options of the model; `k=v,k=v` as a variable"}
    )
    ignore: tuple[str, ...] = _setting(
        (), "globs that our packer leaves out, of all layers together; `a,b` as a variable"
    )
    include: tuple[str, ...] = _setting(
        (), "globs of the files that our packer packs, and no others"
    )
    style: str | None = _setting(
        None, "the form of the bundle: `xml` (the default), `markdown`, `plain` or `json`"
    )
    line_numbers: bool | None = _setting(None, "numbers before each line of the bundle (`true`)")
    budget: int | None = _setting(None, "the most tokens of a bundle; files are reduced to fit")
    git_excludes: bool | None = _setting(
        None,
        "`true` also leaves out what your git's `core.excludesFile` names",
    )
    notebooks: str | None = _setting(
        None,
        "`cells` packs the code and text of `.ipynb` files, with a line for each output (`whole`)",
    )
    packer: str | None = _setting(
        None,
        "a command line, no shell, that makes a missing `output.txt`, and makes its own again when "
        "files change; `{output}` is that file",
    )
    templates: Path | None = _setting(
        None, "a folder with templates of your own, such as `code-review-gen.yaml`"
    )
    context_window: int | None = _setting(
        None,
        "tokens that the model reads and writes, where `sous models` does not know or is wrong",
    )
    jobs: int = _setting(5, "calls to a model at once (5)")
    retries: int = _setting(3, "tries after the first (3)")
    timeout: float = _setting(3600.0, "seconds for all of a run (3600)")
    max_cost: float | None = _setting(
        None,
        "US dollars for a run; a call that could cost more is not made, with "
        "[exceptions for agents](cost.md#what-limits-it)",
    )
    notify: str = _setting(
        "auto", "notify when a run finishes: `auto` (after 20 seconds), `always` or `never`"
    )
    notify_command: tuple[str, ...] = _setting(
        (),
        "a program that is started to notify you, a list or a line, no shell; the message is its "
        "last argument",
    )
    notify_url: str | None = _setting(
        None,
        "a webhook that gets the message as JSON, `https` or on this machine",
    )
    agent: str | None = _setting(None, "the agent that `sous run` gives the steps to")
    test: str | None = _setting(None, "the command line that runs the tests, for `sous run`")
    evidence: bool = _setting(False, "`true` adds a table of facts about the code to prompts")
    sarif: tuple[str, ...] = _setting(
        (), "files with what the project's linters found, as for `--sarif`"
    )
    allow_secrets: tuple[str, ...] = _setting(
        (),
        "fingerprints of secrets to keep; `comments`: `sous: allow` in a line keeps one, too",
    )

    def notifier(self) -> Notifier:
        """Return what notifies of a run that begins now."""
        return Notifier(self.notify, self.notify_command, self.notify_url)


# What a command acts on that asks a model.
FOR_MODELS = frozenset(
    {
        "model",
        "options",
        "templates",
        "context_window",
        "jobs",
        "retries",
        "timeout",
        "max_cost",
        "notify",
        "evidence",
        "sarif",
    }
)
_ENVIRONMENT, _COMMAND_LINE = "the environment", "the command line"
_KNOWN = tuple(entry.name for entry in dataclasses.fields(Settings))


@dataclass(frozen=True)
class Layer:
    """The settings of one place: where they are, their values, and if a repository brought them."""

    source: str
    values: Mapping[str, Any]
    of_project: bool = False
    is_exported: bool = False  # mise has put it into our environment
    folder: Path = Path()  # what a relative path in it is relative to


def load_settings(
    root: Path, *, given: Mapping[str, Any] | None = None, needs: Collection[str] = ()
) -> Settings:
    """Return the settings that hold in `root`.

    `given` are options of the command line (None: not given).

    `needs` names the settings beyond the narrowing ones that this command acts on. Raises SousError
    for a broken file, an unknown key, a wrong type, and for a needed setting that only an untrusted
    project sets.
    """
    project = project_layers(root)
    layers = [*_users_layers(root), *project, _environment_layer(root), _given_layer(given)]
    values: dict[str, Any] = {}
    sources: dict[str, Layer] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if key in USERS_ONLY and layer.of_project:
                continue
            parsed = _parse(layer, key, value)
            values[key] = (*values.get(key, ()), *parsed) if key in LISTS else parsed
            sources[key] = layer
    _refuse_untrusted(root, project, {key: sources[key] for key in needs if key in sources})
    # What an untrusted project sets and this command does not act on has no effect here.
    active = {
        key for key in values if key in NARROWING or key in needs or not sources[key].of_project
    }
    return Settings(**{key: values[key] for key in active})


def _users_layers(root: Path) -> list[Layer]:
    return [
        Layer(str(path), _table(path, read_toml(path)), folder=path.parent)
        for path in user_files(root)
    ]


def _given_layer(given: Mapping[str, Any] | None) -> Layer:
    values = {key: value for key, value in (given or {}).items() if value is not None}
    return Layer(_COMMAND_LINE, values)


def with_globs(settings: Settings, globs: Mapping[str, Any]) -> Settings:
    """Return settings with the globs (`ignore`, `include`; None: none) of another place added."""
    ignore, include = (tuple(globs.get(key) or ()) for key in ("ignore", "include"))
    return dataclasses.replace(
        settings, ignore=(*settings.ignore, *ignore), include=(*settings.include, *include)
    )


def with_values(settings: Settings, values: Mapping[str, Any], *, source: str) -> Settings:
    """Return settings with some of them as they are written elsewhere.

    Globs are added. Raises SousError for an unknown key and a wrong value, which `source` is named
    with.
    """
    unknown = [key for key in values if key not in _KNOWN]
    if unknown:
        raise SousError(f"{source}: {unknown[0]!r} is not a setting; known are {', '.join(_KNOWN)}")
    layer = Layer(source, values)
    parsed = {key: _parse(layer, key, value) for key, value in values.items()}
    lists = {key: (*getattr(settings, key), *parsed[key]) for key in LISTS if key in parsed}
    return dataclasses.replace(settings, **{**parsed, **lists})


def project_layers(root: Path) -> list[Layer]:
    """Return what the mise files in `root` set: their `[_.sous]`, and SOUS_… in their `[env]`.

    The strongest last.

    With what mise exported of any project's file. Raises SousError for a broken file and for an
    unknown key.
    """
    found = []
    for path in project_files(root):
        data = read_toml(path)
        written = {name: value.plain for name, value in read_written(path, root).values.items()}
        found.append(
            Layer(f"[env] of {path}", _from_variables(written), of_project=True, folder=root)
        )
        found.append(Layer(str(path), _table(path, data), of_project=True, folder=root))
    for name, one in current(root).brought.items():
        values = _from_variables({name: one.value})
        source = f"[env] of {one.source or 'mise'}"
        found.append(Layer(source, values, of_project=True, is_exported=True, folder=root))
    return [layer for layer in found if layer.values]


def is_trusted_as_it_is(root: Path) -> bool:
    """Tell whether the user trusts a project with the settings it has now. Raises SousError."""
    return is_known(root) and is_trusted(root, trusted_facts(project_layers(root), root))


def trusted_facts(layers: list[Layer], root: Path) -> dict[str, Any]:
    """Return what trust covers: each project file with its settings, and the templates' text.

    The variables that files set are those of the files, whether mise has exported them or not.
    Raises SousError for templates that lie outside the project or are too large to be templates.
    """
    facts: dict[str, Any] = {
        layer.source: dict(layer.values) for layer in layers if not layer.is_exported
    }
    if variables := trusted_variables(root):
        facts["variables"] = variables
    if tasks := own_bundle_tasks(root):
        facts[BUNDLE_TASK] = tasks
    for layer in layers:
        if isinstance(named := layer.values.get("templates"), str):
            for path in _template_files(root / Path(named).expanduser(), root):
                facts[str(path)] = path.read_text("utf-8", "replace")
    return facts


def _template_files(folder: Path, root: Path) -> list[Path]:
    """Return what rendering could read of a project's templates. Raises SousError."""
    if not folder.resolve().is_relative_to(root.resolve()):
        raise SousError(
            f"`templates` of {root} names {folder}, which lies outside the project; put them "
            "inside it"
        )
    found, size = [], 0
    for one, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(one, name)
            if path.suffix in TEMPLATE_ENDINGS and path.is_file() and not path.is_symlink():
                found.append(path)
                size += path.stat().st_size
            if size > _MOST_TEMPLATES or len(found) > _MOST_FILES:
                raise SousError(
                    f"`templates` names {folder}, which contains more than templates; give them a "
                    "folder"
                )
    return found


def _table(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    table = _dict(data.get("_")).get("sous", {})
    if not isinstance(table, dict):
        raise SousError(f"{path}: [_.sous] must be a table")
    for key in table:
        if key not in _KNOWN:
            near = difflib.get_close_matches(key, _KNOWN, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(_KNOWN)}"
            raise SousError(f"{path}: unknown key `{key}` in [_.sous]; {hint}")
    return table


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _environment_layer(root: Path) -> Layer:
    """Return the SOUS_… variables, without those that are a project's."""
    brought = current(root).brought
    own = {name: value for name, value in os.environ.items() if name not in brought}
    return Layer(_ENVIRONMENT, _from_variables(own))


def _from_variables(variables: Mapping[str, Any]) -> dict[str, Any]:
    written = {key: variables.get(_variable(key)) for key in _KNOWN}
    return {
        key: from_text(key, text) for key, text in written.items() if text and isinstance(text, str)
    }


def _parse(layer: Layer, key: str, value: Any) -> Any:
    """Return a value in its own type. Raises SousError for a wrong one."""
    good, what = fits(key, value)
    if not good:
        name = _variable(key) if layer.source == _ENVIRONMENT else f"`{key}`"
        kind = UsageProblem if layer.source == _COMMAND_LINE else SousError
        raise kind(f"{layer.source}: {name} must be {what}, not {value!r}")
    if key == "style":
        return value.lower()
    if key == "notify_command":
        return command_words(value)
    if key == "sarif":
        return tuple(str(layer.folder.absolute() / Path(one).expanduser()) for one in value)
    return layer.folder.absolute() / Path(value).expanduser() if key == "templates" else value


def _refuse_untrusted(root: Path, project: list[Layer], used: Mapping[str, Layer]) -> None:
    wanted = [key for key, layer in used.items() if layer.of_project and key not in NARROWING]
    for layer in project:
        if _takes_back(layer):
            used = {**used, "ignore": layer}
            wanted.append("ignore")
    if not wanted and not current(root).brought:
        return
    if is_known(root) and is_trusted(root, trusted_facts(project, root)):
        admit(root)
        wanted = [
            key for key in wanted if used[key].is_exported and not is_admitted(_variable(key))
        ]
    if wanted:
        source = used[wanted[0]].source
        names = ", ".join(f"`{key}`" for key in sorted(wanted))
        raise SousError(
            f"{source} sets {names}, which an untrusted project may not: look at it, then run "
            "`sous trust`"
        )


def _takes_back(layer: Layer) -> bool:
    """Tell whether `!glob` packs again what the defaults or the user leave out."""
    return any(str(glob).startswith("!") for glob in layer.values.get("ignore", ()))


def _variable(key: str) -> str:
    return f"SOUS_{key.upper()}"
