"""What holds of the configuration of a repository, and what of the user's own."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scene import examples
from scene import git as user_git
from sous.git import filtered_files, read_git, users_setting, write_git
from sous.git_config import entries_of, harmless, plain_entries, switches, users_environment, view_text
from sous.git_view import parse_config
from sous.proc import run

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = st.sampled_from(
    [
        "core.autocrlf", "core.fsmonitor", "core.hookspath", "core.ignorecase", "extensions.objectformat",
        "include.path",
        "remote.{}.url", "remote.{}.fetch", "remote.{}.uploadpack", "branch.{}.merge", "url.{}.insteadof",
        "filter.{}.clean", "diff.{}.textconv", "alias.{}",
    ]
)  # fmt: skip
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_ENTRIES = st.lists(st.tuples(st.builds(str.format, _KEYS, _TEXT), st.none() | _TEXT), max_size=6)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=_ENTRIES)
def test_what_a_view_knows_is_what_is_harmless(entries: list[tuple[str, str | None]]) -> None:
    """Whatever a repository's configuration says: git reads exactly those entries from ours, and no others."""
    kept = harmless(entries)
    always = dict(parse_config(view_text([]).encode()))
    found = parse_config(view_text(kept).encode())
    theirs = [(key, value) for key, value in found if always.get(key) != value]
    expected = [entry for entry in kept if always.get(entry[0]) != entry[1]]
    version = [("core.repositoryformatversion", "1")] if any(key.startswith("extensions.") for key, _ in kept) else []
    assert sorted(map(str, theirs)) == sorted(map(str, [*expected, *version]))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.autocrlf", "!touch pwned"), ("core.fsmonitor", "true"), ("core.worktree", "/"), ("core.pager", "less"),
        ("core.hookspath", "x"), ("core.sshcommand", "x"), ("core.attributesfile", "x"), ("core.eol", "lf\n[alias]"),
        ("extensions.partialclone", "origin"), ("extensions.refstorage", "reftable:///elsewhere"),
        ("extensions.objectformat", "md5"), ("remote.o.vcs", "x"), ("remote.o.promisor", "true"),
        ("remote.o.url", "a\nb"), ("branch.b.pushremote", "x"), ("include.path", "x"), ("filter.a=b.clean", "x"),
        ("core.commentchar", "#"), ("core.alternaterefscommand", "x"), ("url.x.pushinsteadof", "y"),
    ],
)  # fmt: skip
def test_anything_else_is_left_out(key: str, value: str) -> None:
    assert harmless([(key, value)]) == []


def _starters() -> list[str]:
    return [
        "filter.a=b.clean", "filter.a.b.smudge", "filter.A.process", "diff.x.textconv", "diff.x.command",
        "merge.x.driver", "core.gitproxy", "core.attributesfile", "credential.https://x.helper", "gpg.program",
        "gpg.ssh.program", "gpg.ssh.defaultkeycommand", "hook.x.command", "trailer.x.cmd", "pager.log",
        "remote.x.uploadpack", "remote.x.vcs", "protocol.ext.allow", "lfs.extension.x.clean",
        "lfs.customtransfer.x.path", "lfs.standalonetransferagent", "lfs.https://x.standalonetransferagent",
        "interactive.difffilter", "core.alternaterefscommand",
    ]  # fmt: skip


@pytest.mark.parametrize("key", _starters())
def test_what_a_repository_would_start_is_switched_off(key: str) -> None:
    assert "evil" not in switches([], [(key, "evil")])[key]


@pytest.mark.parametrize("key", _starters())
def test_what_the_user_starts_is_left_as_it_is(key: str) -> None:
    assert switches([(key, "mine")], [(key, "evil")])[key] == "mine"
    assert key not in switches([(key, "mine")], [])


@pytest.mark.skipif(os.name == "nt", reason="the filters are POSIX commands")
@pytest.mark.parametrize("theirs", ["", "sed s/x/EVIL/"])
def test_a_filter_of_the_users_own_works_in_a_run(theirs: str, repo: Path, home: Path) -> None:
    """As that of git-lfs: what git holds of a file is what the filter makes of it; a repository cannot change how."""
    (home / ".gitconfig").write_text('[filter "mine"]\n\tclean = tr a-z A-Z\n\tsmudge = cat\n\trequired = true\n')
    (repo / ".gitattributes").write_text("*.bin filter=mine\n")
    (repo / "x.bin").write_text("xyz\n")
    if theirs:
        user_git(repo, "config", "filter.mine.clean", theirs)
    index = repo.parent / "index"
    write_git(repo, "update-index", "--add", "-z", "--stdin", index=index, input=b"x.bin\0")
    tree = write_git(repo, "write-tree", index=index).decode().strip()
    assert read_git(repo, "cat-file", "blob", f"{tree}:x.bin") == b"XYZ\n"


@pytest.mark.skipif(os.name == "nt", reason="the filters are POSIX commands")
@pytest.mark.parametrize(
    ("mine", "theirs", "left_out"),
    [("cat", "", False), ("", "cat", True), ("cat", "cat", False), ("cat", "tac", True)],
)
def test_files_behind_a_filter_that_is_not_run_are_known(
    mine: str, theirs: str, left_out: bool, repo: Path, home: Path
) -> None:
    if mine:
        (home / ".gitconfig").write_text(f'[filter "f"]\n\tclean = {mine}\n')
    (repo / ".gitattributes").write_text("*.md filter=f\n")
    if theirs:
        user_git(repo, "config", "filter.f.clean", theirs)
    assert filtered_files(repo) == ([("README.md", "f")] if left_out else [])


@pytest.mark.parametrize("name", ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "XDG_CONFIG_HOME", "HOME"])
@pytest.mark.parametrize("value", ["{repo}/evil", "evil", "./evil", "{repo}/../repo/evil"])
def test_no_configuration_of_the_users_lies_in_the_work_tree(
    name: str, value: str, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value.format(repo=repo))
    assert name not in dict(users_environment(repo.resolve()))


def test_a_home_folder_that_is_a_repository_is_still_home(home: Path) -> None:
    user_git(home, "init", "-q")
    (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/ignored\n")
    assert users_setting(home, "core.excludesfile") == "~/ignored"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_a_repository_of_somebody_else_can_be_read_and_not_written(repo: Path) -> None:
    for path in (repo, *repo.rglob("*")):
        os.chown(path, 12345, 12345)
    assert subprocess.run(["git", "status"], cwd=repo, capture_output=True, check=False).returncode != 0
    assert b"README.md" in read_git(repo, "ls-files")
    with pytest.raises(Exception, match="safe.directory"):
        write_git(repo, "update-ref", "refs/heads/x", "HEAD")


def test_an_unknown_command_is_no_way_around_the_guards(repo: Path) -> None:
    for runner in (read_git, write_git):
        with pytest.raises(KeyError):
            runner(repo, "-c", "alias.x=!touch pwned", "x")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that are started from here on."""
    found: list[str] = []

    def noting(*argv: str, **others: Any) -> bytes:
        found.append(argv[1] if argv[1] != "--no-pager" else argv[2])
        return run(*argv, **others)

    monkeypatch.setattr("sous.git.run", noting)
    return found


def test_the_configuration_is_asked_for_once(repo: Path, asked: list[str]) -> None:
    for _ in range(3):
        write_git(repo, "status", "--porcelain")
    assert asked == ["config", "status", "status", "status"]


TRAPS = {
    "in place": ".git/config",
    "of the worktree": ".git/config.worktree",
    "included": ".git/more",
    "of the user": "../user.config",
}


@pytest.mark.skipif(os.name == "nt", reason="the trap is a line of a shell")
@pytest.mark.parametrize("place", TRAPS)
def test_a_filter_that_is_configured_later_is_run_only_if_the_user_does(
    repo: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where size and times of the file are those that were seen before."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repo.parent / "user.config"))
    if place == "of the worktree":
        user_git(repo, "config", "extensions.worktreeConfig", "true")
    if place == "included":
        user_git(repo, "config", "include.path", "more")
    path = repo / TRAPS[place]
    path.touch()
    (repo / ".gitattributes").write_text("* filter=evil\n")
    harmless, trap = (f'[filter "{name}"]\n\tclean = "touch pwned; cat"\n' for name in ("good", "evil"))
    before = path.read_bytes()
    path.write_bytes(before + harmless.encode())
    write_git(repo, "status", "--porcelain")
    seen = path.stat()
    path.write_bytes(before + trap.encode())
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    (repo / "README.md").write_text("# Dome\n")
    write_git(repo, "status", "--porcelain")
    assert (repo / "pwned").exists() == (place == "of the user")


def asked_of_git(data: bytes, folder: Path) -> list[tuple[str, str | None]]:
    path = folder / "some.cfg"
    path.write_bytes(data)
    return entries_of(run("git", "config", "-z", "--file", str(path), "--no-includes", "--list", cwd=folder))


def test_a_plain_file_is_read_as_git_reads_it(tmp_path: Path) -> None:
    heads = ["[core]", "[CoRe]", '[remote "Origin"]', '[branch "a/B.c-d_e"]', "[include]", "[a-b]", '[url "git@x.y:"]']
    names = ["a", "Url", "fsMonitor", "x-1", "path"]
    values = [
        "true",
        "0",
        "A/b",
        "https://h.example/x.git",
        "+refs/heads/*:refs/remotes/o/*",
        "git@h:o/r",
        "a=b",
        "-1",
        "~/x",
    ]
    lines = [f"{head}\n" + "".join(f"\t{name} = {value}\n" for name in names for value in values) for head in heads]
    data = ("".join(lines) + "\n[last]\n  y = 1").encode()
    assert plain_entries(data) == asked_of_git(data, tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"[core]\n\ta = b # c\n", b"[core]\n\ta = b;c\n", b"[core]\n\ta\n", b"[core] a = b\n", b"[core]\na=b\n",
        b'[core]\n\ta = "b"\n', b"[core]\n\ta = b\\\n\tc\n", b"[core]\n\ta = b c\n", b"[core]\n\ta =\n", b"a = b\n",
        b"[core]\r\n\ta = b\r\n", b"\xef\xbb\xbf[core]\n", b"[a.b]\n\tc = d\n", b'[a "b\\"c"]\n\td = e\n',
        b"# x\n", b"[core\n", b"[core]\n\t1a = b\n", "[core]\n\ta = é\n".encode(), b"[core]\n\ta = b\x00\n",
    ],
)  # fmt: skip
def test_any_other_file_is_gits_to_read(data: bytes) -> None:
    assert plain_entries(data) is None
