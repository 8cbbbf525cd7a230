"""What is read in a private view of a repository is what plain git reads in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scene import git as user_git
from sous import git_view
from sous.git import find_checkout, read_git, write_git
from sous.proc import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = [
    ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."),
    ("ls-files", "-s"),
    ("log", "--format=%H %s", "--name-only", "--relative", "--", "."),
    ("diff", "HEAD"),
    ("diff",),
    ("diff", "--cached"),
    ("rev-parse", "--show-toplevel", "--show-prefix"),
    ("for-each-ref", "--format=%(refname) %(objectname)"),
    ("symbolic-ref", "-q", "HEAD"),
    ("rev-parse", "--verify", "HEAD^{commit}"),
    ("blame", "--porcelain", "file.txt"),
    ("remote", "get-url", "origin"),
    ("rev-parse", "@{u}"),
    ("rev-parse", "HEAD@{1}"),
    ("check-ignore", "-z", "local.txt", "x.log", "file.txt"),
]


def _base(folder: Path, *options: str) -> Path:
    folder.mkdir(parents=True)
    user_git(folder, "init", "-q", *options)
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "file.txt").write_text("one\ntwo\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "näme.txt").write_text("inside\n")
    user_git(folder, "add", ".")
    user_git(folder, "commit", "-qm", "start")
    (folder / "file.txt").write_text("one\ntwo\nthree\n")
    user_git(folder, "commit", "-qam", "second")
    user_git(folder, "remote", "add", "origin", "https://github.com/o/r.git")
    user_git(folder, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    user_git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    user_git(folder, "branch", "-q", "--set-upstream-to=origin/main")
    user_git(folder, "tag", "-m", "a tag", "v1")
    (folder / "file.txt").write_text("one\ntwo\nthree\nfour\n")
    (folder / "local.txt").write_text("x\n")
    (folder / "x.log").write_text("x\n")
    return folder


def _plain(folder: Path) -> Path:
    return _base(folder / "r")


def _sub_folder(folder: Path) -> Path:
    return _base(folder / "r") / "sub"


def _worktree(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "worktree", "add", "-q", "-b", "other", str(folder / "w"))
    (folder / "w" / "file.txt").write_text("changed\n")
    user_git(folder / "w", "update-ref", "refs/worktree/mine", "HEAD~1")
    user_git(folder / "w", "branch", "-q", "--set-upstream-to=origin/main")
    return folder / "w"


def _separate(folder: Path) -> Path:
    repo = _base(folder / "r", f"--separate-git-dir={folder / 'elsewhere'}")
    user_git(repo, "config", "core.worktree", str(repo))
    return repo


def _shallow(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(folder, "clone", "-q", "--depth=1", repo.as_uri(), "s")
    (folder / "s" / "file.txt").write_text("changed\n")
    return folder / "s"


def _sha256(folder: Path) -> Path:
    return _base(folder / "r", "--object-format=sha256")


def _reftable(folder: Path) -> Path:
    try:
        return _base(folder / "r", "--ref-format=reftable")
    except subprocess.CalledProcessError:
        pytest.skip("this git knows no reftable")


def _reftable_worktree(folder: Path) -> Path:
    repo = _reftable(folder)
    user_git(repo, "worktree", "add", "-q", "-b", "other", str(folder / "w"))
    user_git(folder / "w", "commit", "-q", "--allow-empty", "-m", "beside")
    return folder / "w"


def _submodule(folder: Path) -> Path:
    inner = _base(folder / "inner")
    outer = _base(folder / "r")
    user_git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    user_git(outer, "commit", "-qam", "with lib")
    (outer / "lib" / "file.txt").write_text("changed\n")
    return outer / "lib"


def _split_index(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "update-index", "--split-index")
    (repo / "added.txt").write_text("x\n")
    user_git(repo, "add", "added.txt")
    return repo


def _sparse(folder: Path) -> Path:
    repo = _base(folder / "r")
    (repo / "big").mkdir()
    (repo / "big" / "a.txt").write_text("x\n")
    user_git(repo, "add", "big")
    user_git(repo, "commit", "-qm", "big")
    user_git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "sub")
    return repo


def _untracked_cache(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "update-index", "--untracked-cache")
    user_git(repo, "status")
    return repo


def _unborn(folder: Path) -> Path:
    (folder / "r").mkdir()
    user_git(folder / "r", "init", "-q")
    (folder / "r" / "file.txt").write_text("x\n")
    user_git(folder / "r", "add", ".")
    return folder / "r"


def _detached(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "stash", "-q")
    user_git(repo, "checkout", "-q", "--detach", "HEAD~1")
    return repo


def _exclude(folder: Path) -> Path:
    repo = _base(folder / "r")
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "exclude").write_text("local.txt\n")
    return repo


def _packed(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "gc", "-q")
    return repo


def _crlf(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "config", "core.autocrlf", "true")
    (repo / "file.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    return repo


def _attributes(folder: Path) -> Path:
    repo = _base(folder / "r")
    (repo / ".git" / "info").mkdir(exist_ok=True)
    (repo / ".git" / "info" / "attributes").write_text("*.txt text eol=crlf\n")
    (repo / "file.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    return repo


def _alternates(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(folder, "clone", "-q", "--shared", str(repo), "second")
    user_git(folder, "clone", "-q", "--shared", "second", "third")
    (folder / "third" / "file.txt").write_text("x\n")
    return folder / "third"


def _linked_git(folder: Path) -> Path:
    repo = _base(folder / "r")
    (repo / ".git").rename(folder / "real")
    (repo / ".git").symlink_to(folder / "real")
    user_git(repo, "config", "core.worktree", str(repo))
    return repo


def _merge(folder: Path) -> Path:
    repo = _base(folder / "r")
    user_git(repo, "commit", "-qam", "third")
    user_git(repo, "checkout", "-q", "-b", "other", "HEAD~1")
    (repo / "file.txt").write_text("else\n")
    user_git(repo, "commit", "-qam", "else")
    with pytest.raises(subprocess.CalledProcessError):
        user_git(repo, "merge", "main")
    return repo


def _odd_path(folder: Path) -> Path:
    return _base(folder / 'a "quoted" #name; é\n')


SCENES: dict[str, Callable[[Path], Path]] = {
    name.strip("_").replace("_", " "): make
    for name, make in list(globals().items())
    if name.startswith("_") and name != "_base" and callable(make)
}


def asked(folder: Path, command: tuple[str, ...]) -> tuple[int, str]:
    done = subprocess.run(["git", "--no-optional-locks", *command], cwd=folder, capture_output=True, check=False)
    return done.returncode, _timeless(done.stdout)


def _timeless(out: bytes) -> str:
    """Leave out when: to blame, what is not committed was written now."""
    return re.sub(r"(?m)^(?:author|committer)-time \d+$", "", out.decode(errors="replace"))


def viewed(folder: Path, command: tuple[str, ...]) -> tuple[int, str]:
    try:
        return 0, _timeless(read_git(folder, *command))
    except ProgramFailed as exc:
        return exc.code, _timeless(exc.stdout)


@pytest.mark.skipif(os.name == "nt", reason="some of these names and links are for POSIX")
@pytest.mark.parametrize("scene", SCENES)
def test_a_view_reads_what_plain_git_reads(scene: str, tmp_path: Path) -> None:
    folder = SCENES[scene](tmp_path)
    for command in COMMANDS:
        assert (command, viewed(folder, command)) == (command, asked(folder, command))


def test_a_view_follows_every_change(repo: Path) -> None:
    """One process, many commits, as a run makes them."""
    for number in range(5):
        (repo / "README.md").write_text(f"{number}\n")
        user_git(repo, "commit", "-qam", str(number))
        user_git(repo, "branch", f"b{number}")
        for command in (("log", "--format=%H"), ("for-each-ref",), ("diff",)):
            assert viewed(repo, command) == asked(repo, command)
    user_git(repo, "branch", "-q", "-D", "b1")
    user_git(repo, "pack-refs", "--all")
    assert viewed(repo, ("for-each-ref",)) == asked(repo, ("for-each-ref",))


def test_reading_changes_nothing_in_the_repository(repo: Path) -> None:
    os.utime(repo / "README.md", (1, 1))  # git would note that in the index
    before = {path: path.stat().st_mtime_ns for path in (repo / ".git").rglob("*")}
    for command in COMMANDS:
        viewed(repo, command)
    assert {path: path.stat().st_mtime_ns for path in (repo / ".git").rglob("*")} == before


def test_a_change_within_the_tick_of_the_index_is_seen(repo: Path) -> None:
    """Such changes are told by the index's own time, which a copy must keep."""
    path = repo / "README.md"
    for number in range(20):
        path.write_text(f"{number:05}\n")
        user_git(repo, "add", ".")
        path.write_text(f"{number + 1:05}\n")
        assert viewed(repo, ("diff", "--name-only"))[1] == "README.md\n"


def test_settings_of_the_user_hold_where_the_repository_says_nothing(repo: Path, home: Path) -> None:
    (home / ".gitconfig").write_text('[core]\n\tautocrlf = true\n[url "https://github.com/"]\n\tinsteadOf = gh:\n')
    (repo / "README.md").write_bytes(b"# Demo\r\n")
    user_git(repo, "remote", "add", "origin", "gh:o/r")
    assert viewed(repo, ("diff",)) == (0, "")
    assert viewed(repo, ("remote", "get-url", "origin")) == (0, "https://github.com/o/r\n")


def test_core_worktree_leads_nowhere(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "secret.txt").write_text("x\n")
    user_git(repo, "config", "core.worktree", str(tmp_path / "else"))
    assert "secret" not in viewed(repo, ("ls-files", "--others"))[1]
    assert viewed(repo, ("rev-parse", "--show-toplevel"))[1] == f"{repo.resolve().as_posix()}\n"


def test_a_bare_repository_among_the_files_of_another_is_only_files(repo: Path) -> None:
    user_git(repo, "clone", "-q", "--bare", ".", "lib")
    assert find_checkout(repo / "lib").top == repo.resolve()


@pytest.mark.parametrize("place", ["bare", "inside .git", "a file that names nothing", "nothing at all"])
def test_where_no_work_tree_is_git_is_not_asked(place: str, repo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "else"
    folder.mkdir()
    if place == "bare":
        user_git(folder, "init", "-q", "--bare")
    elif place == "inside .git":
        folder = repo / ".git" / "refs"
    elif place == "a file that names nothing":
        (folder / ".git").write_text("gitdir: ../nowhere\n")
    with pytest.raises(ProgramFailed, match="not a git repository|must be run in a work tree"):
        read_git(folder, "ls-files")


SPECIAL = [
    "HEAD", "index", "packed-refs", "config", "shallow", "info/exclude", "info/attributes", "info/sparse-checkout",
    "commondir", "objects/info/alternates", "objects/pack/pack-1.idx", "objects/aa/bbbb", "refs/heads/main",
    "ORIG_HEAD", "config.worktree", "logs/HEAD", "refs/heads/new", "sharedindex.00",
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="there are no FIFOs")
@pytest.mark.parametrize("kind", ["fifo", "link to a device", "folder", "empty", "sparse", "dangling"])
@pytest.mark.parametrize("name", SPECIAL)
def test_no_file_of_git_makes_it_hang(name: str, kind: str, repo: Path) -> None:
    """An answer or an error, within seconds."""
    path = repo / ".git" / name
    if path.is_file():
        path.unlink()
    path.parent.mkdir(exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link to a device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "dangling":
        path.symlink_to("nowhere")
    else:
        path.touch()
        os.truncate(path, 1 << 30)
    for command in COMMANDS[:3]:
        viewed(repo, command)


@pytest.mark.skipif(os.name == "nt", reason="there are no FIFOs")
@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".mailmap"])
def test_no_file_of_rules_makes_git_hang(name: str, repo: Path) -> None:
    (repo / name).unlink(missing_ok=True)
    os.mkfifo(repo / name)
    with pytest.raises(ProgramFailed, match="is not a regular file"):
        read_git(repo / "src", "ls-files", "--others", "--exclude-standard")


def test_views_are_deleted_at_the_end(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    code = "from sous.git import read_git\nfor _ in range(3): read_git('.', 'ls-files')"
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(Path(__file__).parent.parent / "src")}
    subprocess.run([sys.executable, "-c", code], cwd=repo, env=env, check=True)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_view_that_cannot_be_made_leaves_nothing(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_view, "_ours", git_view._Process())
    (repo / ".git" / "packed-refs").write_text("x")
    with pytest.raises(ProgramFailed, match="damaged"):
        read_git(repo, "ls-files")
    assert sorted(path.name for path in git_view._ours.folder.iterdir()) == [".gitignore", "empty", "nowhere"]
    git_view.forget_views()


def test_a_view_that_lies_in_the_work_tree_is_not_listed(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(repo / "tmp"))
    monkeypatch.setattr(git_view, "_ours", git_view._Process())  # as in a new process
    assert read_git(repo, "ls-files", "--others", "--exclude-standard") == b""


def _by_file(private: Path, clone: Path) -> None:
    (clone / ".git").write_text(f"gitdir: {private}\n")


def _by_link(private: Path, clone: Path) -> None:
    (clone / ".git").symlink_to(private)


def _by_commondir(private: Path, clone: Path) -> None:
    (clone / ".git").mkdir()
    (clone / ".git/commondir").write_text(f"{private}\n")
    shutil.copy(private / "HEAD", clone / ".git/HEAD")


def _by_worktree(private: Path, clone: Path) -> None:
    own = clone / "g/worktrees/w"
    own.mkdir(parents=True)
    (clone / ".git").write_text("gitdir: g/worktrees/w\n")
    (own / "commondir").write_text(f"{private}\n")
    (own / "gitdir").write_text(f"{clone / '.git'}\n")
    shutil.copy(private / "HEAD", own / "HEAD")


def _by_parts(private: Path, clone: Path) -> None:
    (clone / ".git").mkdir()
    for name in ("HEAD", "objects", "refs"):
        (clone / ".git" / name).symlink_to(private / name)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("borrow", [_by_file, _by_link, _by_commondir, _by_worktree, _by_parts])
def test_a_repository_of_somebody_else_is_not_read(borrow: Callable[[Path, Path], None], tmp_path: Path) -> None:
    """An archive can hold a `.git` that leads to a private repository of the user's."""
    private, clone = _base(tmp_path / "private"), tmp_path / "clone"
    clone.mkdir()
    borrow(private / ".git", clone)
    for command in (("log", "-p"), ("ls-files",)):
        with pytest.raises(ProgramFailed):
            read_git(clone, *command)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["logs/HEAD", "refs/heads/sous", "logs/refs/heads/x", "ORIG_HEAD", "index"])
def test_nothing_is_written_through_a_link_in_a_repository(name: str, tmp_path: Path) -> None:
    repo, outside = _base(tmp_path / "r"), tmp_path / "outside"
    outside.mkdir()
    (outside / "bashrc").write_text("mine\n")
    path = repo / ".git" / name
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(outside if name == "refs/heads/sous" else outside / "bashrc")
    with pytest.raises(ProgramFailed, match="is a link out of the repository"):
        write_git(repo, "update-ref", "HEAD", "HEAD~1")
    assert [one.name for one in outside.iterdir()] == ["bashrc"]
    assert (outside / "bashrc").read_text() == "mine\n"
