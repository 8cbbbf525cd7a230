"""What an adversary tried on the packer: nothing may hang, crash, leak or be lost."""

from __future__ import annotations

import json
import os
import random
import string
from typing import TYPE_CHECKING

import pytest

from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

KEY = "k9Xz27Qwp4Rt81LmVb3c"
posix = pytest.mark.skipif(os.name == "nt", reason="links and FIFOs of POSIX")


def config(repo: Path, **data: object) -> None:
    (repo / "repomix.config.json").write_text(json.dumps(data))


@posix
def test_parts_are_not_written_through_links(repo: Path, run: Run) -> None:
    (repo.parent / "victim").write_text("mine\n")
    (repo / "output.1.txt").symlink_to("../victim")
    assert run("sous", "bundle", "--split-output", "500kb", cwd=repo).code == 1
    assert (repo.parent / "victim").read_text() == "mine\n"


@posix
@pytest.mark.parametrize("named", [".git/config", "fifo", "a\0b", "\ud800", "nowhere.md", "."])
def test_an_instruction_file_of_a_configuration_is_a_file_of_the_project(named: str, repo: Path, run: Run) -> None:
    os.mkfifo(repo / "fifo")
    config(repo, output={"instructionFilePath": named})
    done = run("sous", "bundle", cwd=repo)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert not (repo / "output.txt").exists()


def test_an_instruction_is_masked_too(repo: Path, run: Run) -> None:
    (repo / "notes.md").write_text(f'API_KEY = "{KEY}"\n')
    config(repo, output={"instructionFilePath": "notes.md"})
    done = run("sous", "bundle", "-o", "-", cwd=repo)
    assert KEY not in done.out
    assert "masked instruction:1" in done.err


@pytest.mark.parametrize("sign", ["+", "-"])
def test_secrets_in_diffs_are_masked_on_either_side(sign: str, repo: Path, run: Run) -> None:
    settings = repo / "app.env"
    settings.write_text("A=1\n" if sign == "+" else f"API_KEY={KEY}\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "x")
    settings.write_text(f"API_KEY={KEY}\n" if sign == "+" else "A=1\n")
    done = run("sous", "bundle", "--diff", "-o", "-", cwd=repo)
    assert f"\n{sign}API_KEY=[masked]\n" in done.out
    assert KEY not in done.out


def test_a_diff_has_no_file_that_is_left_out(repo: Path, run: Run) -> None:
    (repo / "private.txt").write_text("old\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "x")
    (repo / "private.txt").write_text("hidden\n")
    (repo / "README.md").write_text("# New\n")
    for option in (("--diff",), ("--since", "HEAD")):
        out = run("sous", "bundle", *option, "-i", "private.txt", "-o", "-", cwd=repo).out
        assert "+# New" in out
        assert "hidden" not in out


def test_commit_subjects_are_masked(repo: Path, run: Run) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "key AKIAQ3EGRZ7YTW5KD2MN")
    assert "AKIAQ3EGRZ7YTW5KD2MN" not in run("sous", "bundle", "--include-logs", "-o", "-", cwd=repo).out


@pytest.mark.timeout(30)
def test_nothing_takes_for_ever(repo: Path, run: Run) -> None:
    rng = random.Random(1)  # noqa: S311
    base64 = "\n".join("".join(rng.choices(string.ascii_letters, k=76)) for _ in range(2000))
    (repo / "k.txt").write_text(f"-----BEGIN PRIVATE KEY-----\n{base64}\n")
    (repo / "lines.js").write_text("\n" * 200_000 + "x")
    (repo / "uri.js").write_text("base64," + "data:x;" * 40_000)
    deep = repo.joinpath(*["a"] * 40)
    deep.mkdir(parents=True)
    (deep / "f").write_text("x\n")
    config(repo, ignore={"customPatterns": ["**/a/" * 12 + "b"]})
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "x")
    (repo / "lines.js").write_text("\n" * 200_000 + "y")
    assert run("sous", "bundle", "--truncate-base64", "--since", "HEAD", cwd=repo).code == 0
    assert run("sous", "bundle", "--truncate-base64", cwd=repo).code == 0
    assert run("sous", "bundle", "--budget", "20000", cwd=repo).code == 0


def test_deep_nesting_is_no_crash(repo: Path, run: Run) -> None:
    lines = ["if x == 0: pass", *(f"elif x == {number}: pass" for number in range(1500))]
    (repo / "deep.py").write_text("\n".join(lines) + "\n")
    folders = [repo]
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    (folders[-1] / "f.py").write_text("x\n")
    results = [
        run("sous", "bundle", "-o", "-", *option, cwd=repo)
        for option in ((), ("--compress",), ("--no-gitignore",), ("--budget", "30000"))
    ]
    (folders[-1] / "f.py").unlink()
    for folder in reversed(folders[1:]):  # too deep for shutil
        folder.rmdir()
    for done in results:
        assert done.code == 0, done.err[-300:]


def test_overlapping_targets_pack_a_file_once(repo: Path, run: Run) -> None:
    (repo / "src" / "b").mkdir()
    (repo / "src" / "b" / "f.txt").write_text("x\n" * 3000)
    out = run("sous", "bundle", "src", "src/b", "--style", "json", "-o", "-", cwd=repo).out
    assert out.count('"src/b/f.txt"') == 1
    done = run("sous", "bundle", "src", "src/b", "--split-output", "4kb", cwd=repo)
    assert (done.code, "bytes alone" in done.err) == (1, True)


@pytest.mark.parametrize("size", ["9" * 400 + "kb", "0.0001kb"])
def test_sizes_that_are_none(size: str, repo: Path, run: Run) -> None:
    assert run("sous", "bundle", "--split-output", size, cwd=repo).code == 2


def test_parts_in_markdown_count_their_fence(repo: Path, run: Run) -> None:
    (repo / "x.txt").write_text("`" * 1000 + "\n")
    (repo / "y.txt").write_text("b" * 500)
    done = run("sous", "bundle", "--style", "markdown", "--split-output", "5kb", cwd=repo)
    assert done.code == 1 or all(part.stat().st_size <= 5120 for part in repo.glob("output.*.txt"))


def test_a_file_with_lone_carriage_returns_stays_whole(repo: Path, run: Run) -> None:
    (repo / "cr.py").write_bytes(b"def f():\n    x = 1\n    return 1\n\rdef g():\n    y=1\nz=3\n")
    assert "z=3" in run("sous", "bundle", "--compress", "-o", "-", cwd=repo).out


def test_an_edit_with_the_time_put_back_is_seen(repo: Path, run: Run) -> None:
    path = repo / "f.txt"
    path.write_text("aaaa\n")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    run("sous", "bundle", "-q", cwd=repo)
    path.write_text("bbbb\n")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    run("sous", "bundle", "-q", cwd=repo)
    assert "bbbb" in (repo / "output.txt").read_text()
