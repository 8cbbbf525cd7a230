"""Tab completion of `sous`: a marked block in a file that the user's shell reads.

The block has click's own script, so that opening a shell does not start `sous`.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, remove_file, write_file
from sous.folders import is_link
from sous.mise_files import config_home

if TYPE_CHECKING:
    from collections.abc import Mapping

SHELLS = ("bash", "zsh", "fish", "powershell")
_VARIABLE = "_SOUS_COMPLETE"
_BEGIN = "# >>> sous completion: written by `sous install`, removed by `sous uninstall` >>>"
_END = "# <<< sous completion <<<"
_BLOCK = re.compile(
    rb"^%s\r?\n.*?^%s(?:\r?\n|\Z)" % (re.escape(_BEGIN.encode()), re.escape(_END.encode())),
    re.DOTALL | re.MULTILINE,
)
# bash before 4.4 (macOS has 3.2) has no `complete -o nosort`; zsh may not have loaded completion.
_AROUND = {
    "bash": "if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)); then\n{}\nfi",
    "zsh": "(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit -i }}\n{}",
}
_LINES = {  # what does the same, for a file that we do not change
    "bash": f'eval "$({_VARIABLE}=bash_source sous)"',
    "zsh": f'eval "$({_VARIABLE}=zsh_source sous)"',
    "fish": f"env {_VARIABLE}=fish_source sous | source",
    "powershell": f"$env:{_VARIABLE} = 'powershell_source'; sous | Out-String | "
    f"Invoke-Expression; $env:{_VARIABLE} = $null",
}


def users_shell(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the shell that the user logs in with; None where it is none of ours."""
    name = Path(environ.get("SHELL", "")).name
    return name if name in SHELLS else "powershell" if os.name == "nt" else None


def completion_file(shell: str) -> Path:
    """Return the file of the user's that this shell reads at its start."""
    home = Path.home()
    if shell == "bash":
        return home / ".bashrc"
    if shell == "zsh":
        return Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
    if shell == "fish":
        return config_home() / "fish" / "completions" / "sous.fish"
    if sys.platform == "win32":
        return home / "Documents" / "PowerShell" / "profile.ps1"
    return config_home() / "powershell" / "profile.ps1"


def completion_block(shell: str) -> str:
    """Return the marked lines that complete `sous`. Raises SousError where click has none."""
    import click
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise SousError(
            f"the installed click {_version()} has no completion for {shell}: update it, "
            "as by `pip install -U click`"
        )
    made = kind(click.Command("sous"), {}, "sous", _VARIABLE)
    # not `made.source()`: that of bash starts one to look at its version
    script = ShellComplete.source(made).strip()
    return f"{_BEGIN}\n{_AROUND.get(shell, '{}').format(script)}\n{_END}\n"


def add_completion(shell: str, *, dry_run: bool) -> str:
    """Put the block into the shell's file, or renew it there; return what happened.

    Raises SousError for a file that is a link, read-only or no text.
    """
    path = completion_file(shell)
    data = _read(path, shell)
    end = b"\r\n" if b"\r\n" in data else b"\n"
    block = completion_block(shell).encode().replace(b"\n", end)
    if _BLOCK.search(data):
        changed = _BLOCK.sub(lambda _: block, data, count=1)
    else:
        changed = data + (b"" if not data or data.endswith(b"\n") else end) + block
    if changed == data:
        return "is up to date"
    if not dry_run:
        write_file(path, changed, root=None)
    return "would be written" if dry_run else "written"


def remove_completion(shell: str, *, dry_run: bool) -> str | None:
    """Take the block out of the shell's file; return what happened, None where there is none.

    Raises SousError as `add_completion` does.
    """
    path = completion_file(shell)
    try:
        found = _BLOCK.search(read_file(path, root=None))
    except (OSError, SousError):
        return None
    if not found:
        return None
    left = _BLOCK.sub(b"", _read(path, shell))
    if not dry_run and left:
        write_file(path, left, root=None)
    elif not dry_run:
        remove_file(path)
    return "would be removed" if dry_run else "removed"


def _read(path: Path, shell: str) -> bytes:
    """Return what is in a file that may be changed, nothing where there is none."""
    if is_link(path):
        raise _not_changed(path, shell, f"is a link to {os.path.realpath(path)}")
    try:
        data = read_file(path, root=None)
        is_writable = path.stat().st_mode & stat.S_IWUSR and os.access(path, os.W_OK)
    except FileNotFoundError:
        return b""
    except OSError as exc:
        raise _not_changed(path, shell, f"cannot be read: {exc.strerror}") from exc
    if not is_writable:
        raise _not_changed(path, shell, "is read-only")
    if b"\0" in data:
        raise _not_changed(path, shell, "is not UTF-8 text")
    if _BEGIN.encode() in data and not _BLOCK.search(data):
        raise _not_changed(path, shell, f"has our first line, but not the last, `{_END}`")
    return data


def _not_changed(path: Path, shell: str, why: str) -> SousError:
    return SousError(
        f"completion for {shell} is not set up or removed: {path} {why}, and sous does not change "
        f"it. Change it by hand; to set up completion, add this line: {_LINES[shell]}"
    )


def _version() -> str:
    from importlib.metadata import version

    return version("click")
