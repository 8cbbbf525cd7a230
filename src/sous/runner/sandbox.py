"""A sandbox of bubblewrap: only the project is writable, and nothing outlives the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sous.command_lines import shell_command
from sous.errors import SousError
from sous.proc import run
from sous.programs import find_program
from sous.runner.watched import git_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.runner.workplace import Workplace


def check_sandbox() -> None:
    """Raise SousError where bubblewrap cannot be used."""
    if find_program("bwrap") is None:
        raise SousError(
            "--sandbox needs bwrap (bubblewrap), which exists for Linux only; install it, or leave "
            "--sandbox out"
        )
    try:
        run(
            "bwrap",
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--unshare-pid",
            "true",
            timeout=20,
        )
    except SousError as exc:
        raise SousError(f"bwrap cannot make a sandbox here: {exc}") from exc


def confined(
    argv: Sequence[str] | str,
    place: Workplace,
    folders: Sequence[str],
    *,
    logs: Path,
    cwd: Path,
    writable: Sequence[Path] = (),
) -> list[str]:
    """Return the arguments that run a program in the sandbox; `.git` is not writable there.

    `cwd`: where it works; `writable`: other folders that it may write to. `folders`, below the
    home folder, are writable where they are; the network stays, a model is asked over it.
    """
    argv = shell_command(argv) if isinstance(argv, str) else argv
    home = Path.home()
    named = (home / name for name in folders if (home / name).exists())
    is_inside = cwd.is_relative_to(place.top)
    clean = [] if is_inside else [_clean_top(cwd, place)]
    own = [place.top] if is_inside else []  # tests in a clean place do not write to the original
    writable = [*own, logs, *clean, *writable, *named]
    for path in writable:
        path.mkdir(parents=True, exist_ok=True)
    protected = dict.fromkeys(
        path.resolve() for path in (*git_folders(place), place.top / ".git") if path.exists()
    )
    binds = [argument for path in writable for argument in ("--bind", str(path), str(path))]
    binds += [argument for path in protected for argument in ("--ro-bind", str(path), str(path))]
    temporary = logs / "tmp"
    temporary.mkdir(exist_ok=True)
    return [
        "bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *binds, "--setenv",
        "TMPDIR",
        str(temporary), "--unshare-pid", "--die-with-parent", "--chdir", str(cwd), "--",
        *argv,
    ]  # fmt: skip


def _clean_top(cwd: Path, place: Workplace) -> Path:
    """Return the top of the clean place that a folder is the project's root in."""
    inside = place.root.relative_to(place.top).parts
    return cwd.parents[len(inside) - 1] if inside else cwd
