from __future__ import annotations

import base64
import os
import platform
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scene import SOUS
from sous.clipboard import clipboards

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="clipboards of POSIX systems; Windows has clip.exe, faked below"
)

KEEPS = "data = sys.stdin.buffer.read(); open(os.environ['KEPT'], 'wb').write(data)"
TEXT = "grün $HOME \N{PILE OF POO}\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where fake clipboard programs put what they get; the real ones are out of sight."""
    path = tmp_path / "kept"
    monkeypatch.setenv("KEPT", str(path))
    return path


@pytest.fixture
def bundle(repo: Path) -> Path:
    """A bundle that is there already."""
    (repo / "output.txt").write_text(TEXT)
    return repo


@pytest.mark.parametrize(
    ("program", "variable", "encoding"),
    [
        ("wl-copy", "WAYLAND_DISPLAY", "utf-8"),
        ("xclip", "DISPLAY", "utf-8"),
        ("xsel", "DISPLAY", "utf-8"),
        ("clip.exe", "WSL_DISTRO_NAME", "utf-16-le"),
    ],
)
def test_copied_is_said_when_the_program_took_it(
    program: str, variable: str, encoding: str, bundle: Path, kept: Path, run: Run, fake_bin: Callable[[str, str], Path]
) -> None:
    only = fake_bin(program, KEEPS).parent
    done = run(sys.executable, "-m", "sous", "copy-buffer", cwd=bundle, env={variable: ":7", "PATH": str(only)})
    assert done.code == 0, done.err
    assert f"copied to the clipboard ({program})" in done.err
    assert kept.read_bytes().decode(encoding) == TEXT


def test_a_program_that_fails_is_never_called_copied(
    bundle: Path, run: Run, fake_bin: Callable[[str, str], Path]
) -> None:
    only = fake_bin("xclip", "sys.stdin.read(); sys.exit(1)").parent
    done = run("sous", "copy-buffer", cwd=bundle, env={"DISPLAY": ":7", "PATH": str(only)})
    assert done.code == 1
    assert "copied" not in done.err
    assert f"the text is in {bundle / 'output.txt'}" in done.err


def test_the_next_program_is_tried(bundle: Path, kept: Path, run: Run, fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("xclip", "sys.exit(1)")
    only = fake_bin("xsel", KEEPS).parent
    done = run("sous", "copy-buffer", cwd=bundle, env={"DISPLAY": ":7", "PATH": str(only)})
    assert "copied to the clipboard (xsel)" in done.err
    assert kept.read_text() == TEXT


def test_nothing_there_says_where_the_text_is(bundle: Path, run: Run, tmp_path: Path) -> None:
    done = run("sous", "copy-buffer", cwd=bundle, env={"PATH": str(tmp_path)})
    assert done.code == 1
    assert "install wl-copy, xclip or xsel; the text is in" in done.err


def test_a_program_without_a_display_is_not_to_be_installed(
    bundle: Path, run: Run, fake_bin: Callable[[str, str], Path]
) -> None:
    only = fake_bin("xclip", "sys.exit(1)").parent
    done = run("sous", "copy-buffer", cwd=bundle, env={"PATH": str(only), "DISPLAY": ""})
    assert done.code == 1
    assert "xclip is installed, but there is no display" in done.err


def test_over_ssh_the_terminal_gets_it_all(
    bundle: Path, run: Run, fake_bin: Callable[[str, str], Path], kept: Path
) -> None:
    """The clipboard of the remote machine is the wrong one, even if it would take it."""
    big = TEXT + "x" * 300_000
    (bundle / "output.txt").write_text(big)
    fake_bin("xclip", KEEPS)
    shown = _with_controlling_terminal([*SOUS, "copy-buffer"], bundle, {"SSH_CONNECTION": "1 2 3 4", "DISPLAY": ":7"})
    start = shown.index(b"\x1b]52;c;") + 7
    assert base64.b64decode(shown[start : shown.index(b"\x07", start)]).decode() == big
    assert b"sent to the terminal" in shown
    assert b"copied" not in shown
    assert not kept.exists()


def test_over_ssh_without_a_terminal_it_fails(
    bundle: Path, run: Run, fake_bin: Callable[[str, str], Path], kept: Path
) -> None:
    fake_bin("xclip", KEEPS)
    code = "import os, sys; os.setsid(); os.execv(sys.executable, [sys.executable, '-m', 'sous', 'copy-buffer'])"
    done = run(sys.executable, "-c", code, cwd=bundle, env={"SSH_TTY": "/dev/pts/9", "DISPLAY": ":7"})
    assert done.code == 1
    assert "no terminal to send it to" in done.err
    assert not kept.exists()


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({"SSH_CONNECTION": "x", "DISPLAY": "localhost:10.0"}, ["OSC 52", "xclip"]),
        ({"SSH_CONNECTION": "x", "DISPLAY": ":0"}, ["OSC 52"]),
        ({"SSH_CONNECTION": "x", "TMUX": "/tmp/x"}, ["tmux", "OSC 52"]),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, ["wl-copy", "xclip"]),
        ({}, []),
    ],
)
def test_the_order_of_the_ways(
    environment: dict[str, str], names: list[str], fake_bin: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("xclip", "wl-copy", "tmux"):
        folder = fake_bin(name, "").parent
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "release", lambda: "6.1")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert [way.name for way in clipboards()] == names


def test_a_mac_uses_pbcopy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [way.name for way in clipboards()][:1] == ["pbcopy"]


def test_stdin_can_be_copied(repo: Path, kept: Path, run: Run, fake_bin: Callable[[str, str], Path]) -> None:
    only = fake_bin("xsel", KEEPS).parent
    done = run("sous", "copy-buffer", "-", cwd=repo, input="hi\n", env={"DISPLAY": ":7", "PATH": str(only)})
    assert done.code == 0
    assert kept.read_text() == "hi\n"


@pytest.mark.real
@pytest.mark.parametrize("program", ["xclip", "xsel"])
def test_a_real_clipboard_holds_it_afterwards_and_nobody_hangs(
    program: str, display: str, bundle: Path, run: Run, needs: Callable[[str], str], tmp_path: Path
) -> None:
    """Xclip keeps its caller's pipes open: with captured output a careless caller waits for ever."""
    (bundle / "output.txt").write_text(TEXT + "y" * 2_000_000)
    only = tmp_path / "only"
    only.mkdir()
    (only / program).symlink_to(needs(program))
    began = time.monotonic()
    done = run("sous", "copy-buffer", cwd=bundle, env={"DISPLAY": display, "PATH": str(only)})
    assert done.code == 0, done.err
    assert time.monotonic() - began < 20
    how = ["-selection", "clipboard", "-o"] if program == "xclip" else ["--clipboard", "--output"]
    held = subprocess.run(
        [needs(program), *how], env={**os.environ, "DISPLAY": display}, capture_output=True, check=True, timeout=20
    )
    assert held.stdout.decode() == (bundle / "output.txt").read_text()


def _with_controlling_terminal(argv: list[str], cwd: Path, env: dict[str, str]) -> bytes:
    """Run a program in a terminal of its own (/dev/tty is that terminal); return what it wrote there."""
    pty = pytest.importorskip("pty", reason="terminals of POSIX")
    child, leader = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execve(argv[0], argv, {**os.environ, **env})  # noqa: S606
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.waitpid(child, 0)
    os.close(leader)
    return shown


def test_a_part_is_copied_and_the_next_one_named(
    repo: Path, run: Run, kept: Path, fake_bin: Callable[[str, str], Path]
) -> None:
    files = "".join(f'<file path="f{at}.py">\n' + f"x = {at}\n" * 300 + "</file>\n\n" for at in range(4))
    (repo / "b.xml").write_text(f"<files>\n\n{files}</files>\n")
    env = {"DISPLAY": ":7", "PATH": str(fake_bin("xclip", KEEPS).parent)}
    size = ("--split-output", "5k-chars")
    first = run("sous", "copy-buffer", "b.xml", *size, cwd=repo, env=env)
    assert "b.xml, part 1 of " in first.err, first.err
    assert "next: sous copy-buffer b.xml --split-output 5k-chars --part 2" in first.err
    assert kept.read_text().startswith("part 1 of ")
    assert len(kept.read_text()) <= 5000
    count = int(first.err.split("part 1 of ")[1].split(",")[0])
    last = run("sous", "copy-buffer", "b.xml", *size, "--part", str(count), cwd=repo, env=env)
    assert "next:" not in last.err
    assert kept.read_text().startswith(f"part {count} of {count}, that is all\n\n")
    (repo / "part.txt").write_text(kept.read_text())
    run("sous", "copy-buffer", "part.txt", cwd=repo, env=env)  # as it is, with its first line
    assert kept.read_text() == (repo / "part.txt").read_text()


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--part", "2"), 2, "--part N needs --split-output SIZE"),
        (("--split-output", "5"), 2, "400k-chars"),
        (("--split-output", "5mb", "--part", "2"), 1, "the last part is 1; there is no part 2"),
    ],
)
def test_parts_that_cannot_be_copied(args: tuple[str, ...], code: int, says: str, bundle: Path, run: Run) -> None:
    done = run("sous", "copy-buffer", "output.txt", *args, cwd=bundle)
    assert (done.code, says in done.err) == (code, True), done.err
