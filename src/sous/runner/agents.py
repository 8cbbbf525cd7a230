"""The agents that can carry out a step: how each is started and gets its prompt and model.

Flags as `--help` tells them of aider 0.86.2, Claude Code 2.1.197, codex-cli 0.169.0 and Gemini CLI
0.61.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sous.command_lines import split_command
from sous.errors import SousError
from sous.proc import own_command
from sous.programs import find_program

_NO_SUMMARY = 1_000_000  # tokens of a chat that aider keeps as it is; a step never has so many
# The prompt is in a file that can be named, and on stdin: each agent takes it where it can.
Arguments = Callable[[Path, "str | None", Sequence[str]], "list[str]"]


@dataclass(frozen=True)
class Agent:
    """One agent: its name, and the arguments for a prompt file, a model (None: its own) and files.

    `folders` are those below the home folder that it must be able to write to, in a sandbox too.
    `limit`: its option for the most US dollars that it may spend. `is_own`: it is a part of sous.
    """

    name: str
    arguments: Arguments
    folders: tuple[str, ...] = ()
    limit: str = ""
    is_own: bool = False


def _aider(prompt: Path, model: str | None, files: Sequence[str]) -> list[str]:
    histories = [
        f"--{kind}-history-file={prompt.parent / f'aider-{kind}.log'}"
        for kind in ("input", "chat", "llm")
    ]
    quiet = [
        "check-update",
        "show-release-notes",
        "analytics",
        "stream",
        "pretty",
        "fancy-input",
        "detect-urls",
        "show-model-warnings",
    ]
    ours = [
        "auto-commits",
        "dirty-commits",
        "gitignore",
        "suggest-shell-commands",
        "auto-test",
        "restore-chat-history",
    ]
    return [
        "aider", "--yes-always", *(f"--no-{flag}" for flag in (*quiet, *ours)), *histories,
        f"--max-chat-history-tokens={_NO_SUMMARY}",
        *(("--model", model) if model else ()), f"--message-file={prompt}",
        *(f"--file={name}" for name in files),
    ]  # fmt: skip


def _claude(_prompt: Path, model: str | None, _files: Sequence[str]) -> list[str]:
    return [
        "claude",
        "--print",
        "--output-format",  # with what it used, at the end
        "stream-json",
        "--verbose",  # which that needs
        "--permission-mode",
        "acceptEdits",
        *(("--model", model) if model else ()),
    ]


def _codex(_prompt: Path, model: str | None, _files: Sequence[str]) -> list[str]:
    return [
        "codex",
        "exec",
        "--sandbox",
        "workspace-write",
        *(("--model", model) if model else ()),
        "-",
    ]


def _gemini(_prompt: Path, model: str | None, _files: Sequence[str]) -> list[str]:
    # What stands on stdin is the prompt; `--prompt` is what makes it run without a terminal.
    own = [
        "gemini",
        "--skip-trust",
        "--approval-mode",
        "auto_edit",
        *(("--model", model) if model else ()),
    ]
    return [*own, "--prompt", "Carry out the text above."]


def _llm(prompt: Path, model: str | None, _files: Sequence[str]) -> list[str]:
    return own_command("sous.runner.edit", str(prompt), *(("--model", model) if model else ()))


AGENTS = {
    agent.name: agent
    for agent in (
        Agent("aider", _aider, (".aider", ".cache")),
        Agent("claude", _claude, (".claude", ".claude.json", ".cache"), "--max-budget-usd"),
        Agent("codex", _codex, (".codex",)),
        Agent("gemini", _gemini, (".gemini",)),
        Agent(
            "llm",
            _llm,
            (".config/io.datasette.llm", ".local/state/sous", ".cache"),
            "--max-cost",
            is_own=True,
        ),
    )
}


def find_agent(named: str | None) -> Agent:
    """Return the agent of a name, or one for a command line (prompt file last, prompt on stdin).

    Without a name the first that is installed, of those that bring their own config to edit. Raises
    SousError.
    """
    if named is None:
        found = next(
            (
                name
                for name in ("claude", "aider", "codex", "gemini")
                if find_program(name, anywhere=True)
            ),
            None,
        )
        if found is None:
            raise SousError(
                "no agent is installed that sous knows (claude, aider, codex, gemini); install "
                "one, take `--agent llm` "
                "to have your llm model write the files, or name a command line: --agent CMD"
            )
        return AGENTS[found]
    agent = AGENTS[named] if named in AGENTS else Agent(named, _command(named))
    program = agent.arguments(Path(), None, ())[0]
    if find_program(program, anywhere=True) is None and not Path(program).is_absolute():
        raise SousError(
            f"the agent {program} is not installed or not on PATH; install it, or name another: "
            "--agent CMD"
        )
    return agent


def _command(line: str) -> Arguments:
    try:
        argv = split_command(line)
    except ValueError as exc:
        raise SousError(f"--agent {line!r} is not a command line: {exc}") from exc
    if not argv:
        raise SousError(
            "--agent is empty; name aider, claude, codex, gemini, llm, or a command line"
        )

    def arguments(prompt: Path, _model: str | None, _files: Sequence[str]) -> list[str]:
        return [*argv, str(prompt)]

    return arguments


def files_once(root: Path, names: Iterable[str]) -> list[str]:
    """Return the files of a project among some names, each once, however it is written."""
    found: dict[Path, str] = {}
    for name in names:
        path = (root / name).resolve()
        is_inside = path.is_relative_to(root.resolve()) and ".git" not in path.parts
        if not name.startswith("-") and is_inside and path.is_file():
            found.setdefault(path, name)
    return list(found.values())
