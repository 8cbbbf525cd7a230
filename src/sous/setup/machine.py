"""What of the machine sous needs: programs, the model and its key, folders, what was installed."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from sous import __version__
from sous.clipboard import clipboards, why_none
from sous.errors import SousError
from sous.git_config import clean_environment
from sous.install import items
from sous.marks import is_ours
from sous.mise_files import own_files, read_toml
from sous.models.choose import choose_if_configured, llm_folder, ready
from sous.models.window import window_of
from sous.proc import ProgramFailed, run
from sous.programs import find_program
from sous.runner.agents import AGENTS
from sous.setup.check import Check, looked
from sous.state import cache_folder, state_folder
from sous.terminal import human_size, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.settings import Settings

_TIMEOUT = 10.0  # seconds for a program to tell its version
_LEAST_FREE = 500_000_000  # bytes
_OURS = "LLM:"  # how the names of our tasks begin, and those of the tasks from before sous


def check_machine(settings: Settings) -> Iterator[Check]:
    """Yield what was found on this machine, the most basic first."""
    yield from looked("sous", lambda: [_sous()])
    yield _program(name="git", advice="apt install git, or https://git-scm.com", needed=True)
    yield from looked("llm", lambda: [_llm()])
    yield from looked("model", lambda: [_model(settings)])
    yield from looked("tasks", _mise)
    yield from looked("clipboard", lambda: [_clipboard()])
    yield from looked("agents", lambda: [_agents()])
    yield from looked("cache", lambda: [_folder("cache", cache_folder())])
    yield from looked("state", lambda: [_folder("state", state_folder())])
    yield _encoding()


def _sous() -> Check:
    python = f"Python {platform.python_version()}"
    text = f"{__version__}, {python}, in {sys.prefix}"
    on_path = find_program("sous", anywhere=True)
    here = Path(sys.executable).parent.resolve()
    # pipx and uv put a link to the program of their environment on PATH
    if on_path and here not in {Path(on_path).parent.resolve(), Path(on_path).resolve().parent}:
        return Check(
            "sous",
            "note",
            f"{text}; `sous` on PATH is another one, {on_path}",
            "run that one, or put this environment first on PATH",
        )
    return Check("sous", "ok", text)


def _program(*, name: str, advice: str, needed: bool) -> Check:
    """Look for a program and ask it for its version."""
    path = find_program(name)
    if path is None:
        return Check(name, "fix" if needed else "note", "not found on PATH", advice)
    try:
        # not in the project, whose configuration it would read, and without any of git
        env = clean_environment({"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})
        told = run(path, "--version", cwd=sys.prefix, env=env, timeout=_TIMEOUT)
        said = told.decode("utf-8", "replace")
    except (ProgramFailed, OSError) as error:
        return Check(name, "fix" if needed else "note", f"{path} does not run: {error}", advice)
    version = one_line(said.strip().partition("\n")[0]).removeprefix(f"{name} version ")
    return Check(name, "ok", f"{version}, {path}")


def _llm() -> Check:
    folder = llm_folder()
    text = f"{metadata.version('llm')}, its folder is {folder}"
    if not os.access(folder, os.W_OK):
        return Check("llm", "note", f"{text}, which cannot be written", "calls are not logged")
    return Check("llm", "ok", text)


def _model(settings: Settings) -> Check:
    """Tell which model is asked, whether it has a key, and how much it reads."""
    try:
        choice, why = choose_if_configured(settings.model, settings.options, required=False)
        if choice is None:
            return Check("model", "note", "no key, so reports are static analysis", _after(why))
        ready(choice)
    except SousError as error:
        what, advice = _split(str(error))
        return Check("model", "fix", what, advice)
    window = window_of(choice.model, settings.context_window)
    reads = f"reads {window}" if window else "its context window is unknown"
    advice = "" if window else "set `context_window` in [_.sous]"
    return Check("model", "ok" if window else "note", f"{choice.name}, {reads}", advice)


def _after(why: str) -> str:
    """Return what to do, of a sentence that says first what is missing."""
    return why.partition("; ")[2]


def _split(text: str) -> tuple[str, str]:
    """Return what is wrong and what to do, of an error in one line."""
    for mark in (": `", "; "):
        what, found, advice = text.partition(mark)
        if found:
            return what, f"`{advice}" if "`" in mark else advice
    return text, ""


def _mise() -> Iterator[Check]:
    """Look at mise, at the tasks that were installed, and at others of the same names."""
    found = _program(
        name="mise", advice="https://mise.jdx.dev, or use make: sous tasks --make", needed=False
    )
    yield found
    installed = [next(iter(items(through_llm=through_llm))) for through_llm in (False, True)]
    path = installed[0].path
    if path.is_file() and is_ours(path):
        if path.read_text("utf-8") in [one.content for one in installed]:
            yield Check("tasks", "ok", f"{path}, up to date")
        else:
            yield Check(
                "tasks", "fix", f"{path} is of another version or environment", "sous install"
            )
    elif path.exists() or path.is_symlink():
        yield Check(
            "tasks",
            "fix",
            f"{path} was changed, or was not written by sous",
            "move it away, then sous install",
        )
    elif found.state == "ok":
        yield Check("tasks", "note", "not installed", "sous install")
    yield from _other_tasks(path)


def _other_tasks(ours: Path) -> Iterator[Check]:
    """Yield the user's own tasks with our names: they replace ours in every project."""
    for path, _folder_of in own_files(os.environ):
        if path == ours:
            continue
        try:
            tasks = read_toml(path).get("tasks")
        except SousError as error:
            yield Check("tasks", "fix", *_split(str(error)))
            continue
        named = _named_as_ours(tasks)
        if not named:
            continue
        at_home = [name for name in named if not _has_folder(tasks, name)]
        what = f"{path} has its own {', '.join(named[:3])}{' …' if len(named) > 3 else ''}"  # noqa: PLR2004
        if at_home:
            yield Check(
                "tasks",
                "fix",
                f"{what}; {at_home[0]} runs in your home folder, whatever project you are in",
                f'delete them, or add dir = "{{{{cwd}}}}" to {path}',
            )
        else:
            yield Check("tasks", "note", f"{what}, in place of ours", f"see {path}")


def _named_as_ours(tasks: object) -> list[str]:
    names = tasks if isinstance(tasks, dict) else {}
    return [one_line(str(name)) for name in names if str(name).upper().startswith(_OURS)]


def _has_folder(tasks: object, name: str) -> bool:
    task = tasks.get(name) if isinstance(tasks, dict) else None
    return isinstance(task, dict) and "dir" in task


def _clipboard() -> Check:
    names = [clipboard.name for clipboard in clipboards()]
    if names:
        return Check("clipboard", "ok", names[0])
    return Check("clipboard", "note", "none", why_none())


def _agents() -> Check:
    found = [name for name in AGENTS if name != "llm" and find_program(name, anywhere=True)]
    if found:
        return Check("agents", "ok", f"{', '.join(found)}; `sous run` takes {found[0]} first")
    return Check(
        "agents",
        "note",
        "none of claude, aider, codex, gemini",
        "install one, or sous run --agent llm",
    )


def _folder(name: str, path: Path) -> Check:
    """Look whether a folder of ours can be written and has room."""
    there = next(one for one in (path, *path.parents) if one.exists())
    if not os.access(there, os.W_OK):
        return Check(name, "fix", f"{path} cannot be written", f"make {there} yours")
    free = shutil.disk_usage(there).free
    text = f"{path}, {human_size(_size(path))}, {human_size(free)} free"
    if free < _LEAST_FREE:
        return Check(name, "fix", text, "free some space")
    return Check(name, "ok", text)


def _size(folder: Path) -> int:
    """Return the bytes of a folder's own files and of those one level below."""
    try:
        return sum(one.stat().st_size for one in folder.glob("*") if one.is_file())
    except OSError:
        return 0


def _encoding() -> Check:
    name = (getattr(sys.stdout, "encoding", None) or "none").lower()
    if name.replace("-", "") == "utf8":
        return Check("output", "ok", "UTF-8")
    return Check("output", "note", f"{name}: some characters show as ?", "PYTHONIOENCODING=utf-8")
