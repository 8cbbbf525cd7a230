from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scene import CHECKOUT, SOUS, in_terminal
from sous.cli import COMMANDS, sous
from sous.completion import SHELLS, add_completion, completion_block, completion_file, remove_completion, users_shell
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

WHOSE = b"export EDITOR=vi\n# \xc3\xa9 \xff\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("before", [None, WHOSE, WHOSE.replace(b"\n", b"\r\n")], ids=["none", "theirs", "crlf"])
def test_what_is_added_is_removed_and_theirs_stays(shell: str, before: bytes | None, home: Path) -> None:
    path = completion_file(shell)
    assert path.is_relative_to(home)
    if before is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
    assert add_completion(shell, dry_run=True) == "would be written"
    assert path.exists() == (before is not None)
    assert add_completion(shell, dry_run=False) == "written"
    assert path.read_bytes().startswith(before or b"#")
    assert add_completion(shell, dry_run=False) == "is up to date"
    assert remove_completion(shell, dry_run=True) == "would be removed"
    assert remove_completion(shell, dry_run=False) == "removed"
    assert (path.read_bytes() if path.exists() else None) == before
    assert remove_completion(shell, dry_run=False) is None


def test_an_older_block_is_renewed_where_it_is(home: Path) -> None:
    path = home / ".bashrc"
    first, *_, last = completion_block("bash").splitlines()
    path.write_text(f"a=1\n{first}\nof an earlier release\n{last}\nb=2")
    assert add_completion("bash", dry_run=False) == "written"
    assert path.read_text() == f"a=1\n{completion_block('bash')}b=2"


def test_a_last_line_without_an_end_is_not_joined(home: Path) -> None:
    (home / ".bashrc").write_text("a=1")
    add_completion("bash", dry_run=False)
    assert (home / ".bashrc").read_text() == f"a=1\n{completion_block('bash')}"


@pytest.mark.parametrize("kind", ["link", "read-only", "utf-16", "half a block"])
def test_a_file_that_is_not_to_be_changed_is_refused_with_the_line_to_add(kind: str, home: Path) -> None:
    path = home / ".bashrc"
    if kind == "link":
        (home / "dotfiles").mkdir()
        path.symlink_to(home / "dotfiles" / "bashrc")
        (home / "dotfiles" / "bashrc").write_bytes(WHOSE)
    else:
        half = completion_block("bash").split("\n")[0].encode() + b"\nmine\n"
        path.write_bytes({"utf-16": "é".encode("utf-16-le") + b"\0", "half a block": half}.get(kind, WHOSE))
    if kind == "read-only":
        path.chmod(0o444)
    before = path.read_bytes()
    with pytest.raises(SousError, match=r"eval .*_SOUS_COMPLETE=bash_source"):
        add_completion("bash", dry_run=False)
    assert path.read_bytes() == before
    assert path.is_symlink() == (kind == "link")


def test_a_link_with_our_block_is_kept_and_named(home: Path) -> None:
    (home / "mine").write_text(completion_block("bash"))
    (home / ".bashrc").symlink_to(home / "mine")
    with pytest.raises(SousError, match="is a link to"):
        remove_completion("bash", dry_run=False)
    assert (home / "mine").read_text() == completion_block("bash")


def test_a_click_without_the_shell_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.shell_completion.get_completion_class", lambda _name: None)
    with pytest.raises(SousError, match=r"no completion for powershell: update it, as by `pip install -U click`"):
        completion_block("powershell")


@pytest.mark.parametrize(
    ("value", "shell"), [("/bin/bash", "bash"), ("/opt/bin/fish", "fish"), ("/bin/ksh", None), ("", None)]
)
@pytest.mark.skipif(os.name == "nt", reason="the shell of Windows is another")
def test_the_shell_is_that_of_the_login(value: str, shell: str | None) -> None:
    assert users_shell({"SHELL": value}) == shell


def test_install_sets_it_up_only_where_it_is_asked_to(home: Path, tmp_path: Path, run: Run) -> None:
    done = run("sous", "install", cwd=tmp_path, env={"SHELL": "/bin/bash"})
    assert not (home / ".bashrc").exists()
    assert "tab completion: `sous install --completion bash`\n" in done.err
    assert "next: go to a project and run `sous doctor`. To undo: `sous uninstall`." in done.err
    done = run("sous", "install", "--completion", "bash", cwd=tmp_path)
    assert f"{home / '.bashrc'}: written\n" in done.out
    done = run("sous", "uninstall", cwd=tmp_path)
    assert f"{home / '.bashrc'}: completion for bash removed\n" in done.out
    assert not (home / ".bashrc").exists()


@pytest.mark.parametrize(("answer", "is_set_up"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_on_a_terminal_it_asks(
    answer: bytes, is_set_up: bool, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/bash")
    shown = in_terminal([*SOUS, "install"], tmp_path, answer)
    assert "Set up tab completion for bash in" in shown
    assert (home / ".bashrc").exists() == is_set_up
    assert ("works in new shells" in shown) == is_set_up


def test_a_shell_that_is_none_is_a_usage_error(home: Path, tmp_path: Path, run: Run) -> None:
    done = run("sous", "install", "--completion", "csh", cwd=tmp_path)
    assert done.code == 2
    assert "'csh' is not one of" in done.err
    assert not list(home.rglob("sous.toml"))


def completed(line: str) -> list[str]:
    """Return the values that click offers for the last word of a line."""
    from click.shell_completion import BashComplete

    *args, incomplete = line.split(" ")
    return [item.value for item in BashComplete(sous, {}, "sous", "_SOUS_COMPLETE").get_completions(args, incomplete)]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("", list(COMMANDS)),
        ("iss", ["issue-prompts"]),
        ("nosuch ite", ["items"]),
        ("bundle --sty", ["--style"]),
        ("bundle --style m", ["markdown"]),
        ("install --completion z", ["zsh"]),
    ],
)
def test_commands_options_and_values_are_completed(line: str, values: list[str]) -> None:
    assert completed(line) == values


def test_names_are_completed_without_importing_a_command(run: Run, tmp_path: Path) -> None:
    code = (
        "import os, sys, atexit\n"
        "atexit.register(lambda: print([name for name in sys.modules if name.startswith('sous.commands')]))\n"
        "os.environ.update(_SOUS_COMPLETE='bash_complete', COMP_WORDS='sous co', COMP_CWORD='1')\n"
        "from sous.cli import main\nmain()"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert done.out.splitlines() == ["plain,copy-buffer", "plain,code-review", "plain,cost", "[]"]


@pytest.mark.real
@pytest.mark.skipif(os.name == "nt", reason="bash reads .bashrc")
def test_real_bash_completes_what_install_wrote(
    home: Path, needs: Callable[[str], str], sous_script: Path, tmp_path: Path
) -> None:
    """Bash loads the file and calls the function that `complete` was given, as after TAB."""
    (home / ".bashrc").write_text("set -u\n")
    add_completion("bash", dry_run=False)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sous").write_text(f'#!/bin/sh\nexec {shlex.quote(str(sous_script))} "$@"\n')
    (tools / "sous").chmod(0o755)
    asks = (
        "source ~/.bashrc; complete -p sous; COMP_WORDS=(sous bundle --sty); COMP_CWORD=2; "
        '_sous_completion sous --sty bundle; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [needs("bash"), "--norc", "-c", asks],
        env={**os.environ, "HOME": str(home), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["complete -o nosort -F _sous_completion sous", "--style"]


@pytest.mark.real
@pytest.mark.parametrize(("line", "shown"), [("sous code-", "code-review"), ("sous bundle --compr", "--compress")])
def test_real_fish_completes_what_install_wrote(
    line: str, shown: str, home: Path, needs: Callable[[str], str], sous_script: Path, tmp_path: Path
) -> None:
    add_completion("fish", dry_run=False)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sous").write_text(f'#!/bin/sh\nexec {shlex.quote(str(sous_script))} "$@"\n')
    (tools / "sous").chmod(0o755)
    argv = [needs("fish"), "-c", f"complete -C {shlex.quote(line)}"]
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(argv, env=env, cwd=home, capture_output=True, check=True, timeout=60)
    assert [each.split("\t")[0] for each in done.stdout.decode().splitlines()] == [shown]
