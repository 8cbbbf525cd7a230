"""What is fetched from elsewhere, and that nothing of it is started."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from loopback import Loopback
from scene import committed, git, write_tree
from sous.errors import SousError, UsageProblem
from sous.git_clone import RemotePlace, cloned, count_pointers, fetch_kept, files_of_kept, is_address, read_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scene import Run

HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "address", "ref"),
    [
        ("o/n", "https://github.com/o/n.git", ""),
        ("o/n.git@v1", "https://github.com/o/n.git", "v1"),
        ("o/n@feature/x", "https://github.com/o/n.git", "feature/x"),
        ("https://h/a/b.git", "https://h/a/b.git", ""),
        ("https://h/a/b@v1.0", "https://h/a/b", "v1.0"),
        ("https://me@h/a/b", "https://me@h/a/b", ""),
        ("ssh://git@h:22/a/b@main", "ssh://git@h:22/a/b", "main"),
        ("git@h:a/b.git@main", "git@h:a/b.git", "main"),
        ("git@h:a/b.git", "git@h:a/b.git", ""),
        ("git@h:/a/b.git@main", "git@h:/a/b.git", "main"),
        ("file:///a/b@x", "file:///a/b", "x"),
        (f"https://h/a@{HASH}", "https://h/a", HASH),
        ("https://github.com/o/n/tree/dev/x", "https://github.com/o/n", "dev/x"),
        ("https://github.com/o/n/commit/abc/", "https://github.com/o/n", "abc"),
    ],
)
def test_places_that_are_named(text: str, address: str, ref: str, tmp_path: Path) -> None:
    assert read_place(text, top=tmp_path) == RemotePlace(address, ref)


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c x", "-oProxyCommand=x", "--upload-pack=x", "git://h/a", "o/n@-x", "o/n@a..b", "o/n@a b", "o/n@x:y",
        "https://h/a@+x:refs/heads/y", "", "https://-h/a", "o/n@x.lock", "o/n@@{1}",
    ],
)  # fmt: skip
def test_places_that_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        read_place(text, top=tmp_path)


def test_two_refs_exclude_each_other(tmp_path: Path) -> None:
    assert read_place("o/n@x", ref="x", top=tmp_path).ref == "x"
    with pytest.raises(UsageProblem, match="two refs"):
        read_place("o/n@x", ref="y", top=tmp_path)


def test_a_password_is_not_shown() -> None:
    assert RemotePlace("https://me:secret@h/a", "v1").shown == "https://h/a@v1"
    assert is_address("https://h")
    assert is_address("git@h:a")
    assert not is_address("src/a:b")


@pytest.fixture
def remote(tmp_path: Path, repo: Path) -> Path:
    git(repo, "tag", "-a", "v1", "-m", "one")
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", "new.txt")
    git(repo, "commit", "-qm", "two")
    bare = tmp_path / "away" / "demo.git"
    git(repo, "clone", "-q", "--bare", str(repo), str(bare))
    return bare


@pytest.mark.parametrize("kind", ["default", "tag", "commit"])
def test_a_branch_a_tag_or_a_commit_is_fetched_and_deleted(kind: str, remote: Path, repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD~1").strip()
    ref = {"default": "", "tag": "v1", "commit": first}[kind]
    with cloned(RemotePlace(f"file://{remote}", ref)) as top:
        assert (top / "new.txt").exists() == (kind == "default")
        assert (top / "src" / "app.py").is_file()
    assert not top.exists()


@pytest.fixture
def served(remote: Path) -> Iterator[str]:
    """The repository behind a server of plain files."""
    git(remote, "update-server-info")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with Loopback(partial(Quiet, directory=str(remote.parent))) as server:
        yield f"http://{server.host}/demo.git"


def test_it_is_fetched_over_http(served: str) -> None:
    with cloned(RemotePlace(served)) as top:
        assert (top / "new.txt").read_text() == "new\n"


def test_what_cannot_be_fetched_is_said_with_its_address(tmp_path: Path, remote: Path) -> None:
    with (
        pytest.raises(SousError, match=r"cannot fetch file://.*nothing"),
        cloned(RemotePlace(f"file://{tmp_path}/nothing")),
    ):
        pass
    with pytest.raises(SousError, match="no-such"), cloned(RemotePlace(f"file://{remote}", "no-such")):
        pass


def test_nothing_of_it_is_started(remote: Path, repo: Path, home: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    trap = f"touch {sprung}"
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\n{trap}\n")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[filter "x"]\n\tsmudge = {trap}\n[init]\n\ttemplateDir = {hooks.parent}\n[core]\n\thooksPath = {hooks}\n'
    )
    (repo / ".gitattributes").write_text("* filter=x\n")
    (repo / ".gitmodules").write_text('[submodule "m"]\n\tpath = m\n\turl = ext::sh\n')
    git(repo, "add", "-f", ".gitattributes", ".gitmodules")
    git(repo, "-c", "filter.x.clean=cat", "commit", "-qm", "three")
    sprung.unlink(missing_ok=True)
    with cloned(RemotePlace(f"file://{repo}")) as top:
        assert (top / ".gitmodules").is_file()
    assert not sprung.exists()


def test_it_is_packed_to_where_one_is(remote: Path, repo: Path, tmp_path: Path, run: Run) -> None:
    (repo / "repomix.config.json").write_text('{"output": {"style": "plain"}}')
    (repo / "mise.toml").write_text('[_.sous]\nignore = ["src"]\n')
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "three")
    here = tmp_path / "here"
    here.mkdir()
    done = run("sous", "bundle", f"file://{repo}", "src", "mise.toml", cwd=here)
    assert done.code == 0, done.err
    text = (here / "output.txt").read_text()
    assert '<file path="src/app.py">' in text
    assert "README.md" not in text
    assert run("sous", "bundle", "--remote", f"file://{repo}", "--remote-branch", "v1", "-o", "-", cwd=here).out.count(
        "<file path="
    ) == 3  # fmt: skip


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["--remote", "o/n", "--stdin"], "does not go with"),
        (["--remote", "o/n", "--root", "."], "does not go with"),
        (["--remote-branch", "x"], "needs --remote"),
        (["https://h/a", "https://h/b"], "not several"),
        (["--remote", "ext::sh"], "not an address"),
    ],
)
def test_what_does_not_go_together_is_refused(line: list[str], says: str, repo: Path, run: Run) -> None:
    done = run("sous", "bundle", *line, cwd=repo)
    assert (done.code, says in done.err) == (2, True), done.err


def test_a_kept_clone_has_the_newest_commit_and_its_files_only_while_they_are_read(tmp_path: Path) -> None:
    origin = committed(tmp_path / "origin", {"a.py": "a = 1\n", "sub/b.py": ""})
    place, top = RemotePlace(origin.as_uri()), tmp_path / "kept" / "one"
    first = fetch_kept(place, top)
    assert first.name == git(origin, "rev-parse", "HEAD").strip()
    assert first.when == int(git(origin, "show", "-s", "--format=%ct"))
    with files_of_kept(top):
        assert (top / "a.py").read_text() == "a = 1\n"
        (top / "left.txt").write_text("by somebody")
    assert [path.name for path in top.iterdir()] == [".git"]
    (origin / "a.py").unlink()
    git(origin, "commit", "-qam", "less")
    assert fetch_kept(place, top).name != first.name
    with files_of_kept(top):
        assert sorted(path.name for path in top.iterdir()) == [".git", "sub"]


def test_a_kept_clone_that_an_ended_git_left_is_made_anew(tmp_path: Path) -> None:
    origin = committed(tmp_path / "origin", {"a.py": "a = 1\n"})
    place, top = RemotePlace(origin.as_uri()), tmp_path / "kept"
    fetch_kept(place, top)
    write_tree(origin, {"a.py": "a = 2\n"})
    git(origin, "commit", "-qam", "more")
    (top / ".git/shallow.lock").write_text("")
    (top / ".git/refs/sous/fetched.lock").write_text("")
    newest = git(origin, "rev-parse", "HEAD").strip()
    assert fetch_kept(place, top).name == newest
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []


def test_a_kept_clone_stays_where_the_remote_is_away(tmp_path: Path) -> None:
    origin = committed(tmp_path / "origin", {"a.py": "a = 1\n"})
    place, top = RemotePlace(origin.as_uri()), tmp_path / "kept"
    kept = fetch_kept(place, top)
    origin.rename(tmp_path / "elsewhere")
    with pytest.raises(SousError, match="cannot fetch"):
        fetch_kept(place, top)
    assert git(top, "rev-parse", "HEAD").strip() == kept.name


def test_one_that_is_too_large_is_not_written_out(tmp_path: Path) -> None:
    origin = committed(tmp_path / "o", {"zeros.txt": "0" * 50_000, "a.py": ""})  # next to nothing as git sends it
    place = RemotePlace(origin.as_uri())
    with pytest.raises(SousError, match=r"is too large: its files have 0 MB; allow more with --max-size"):
        fetch_kept(place, tmp_path / "kept", largest=40_000)
    assert fetch_kept(place, tmp_path / "kept", largest=60_000).submodules == 0


def test_what_is_not_fetched_is_counted(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 123456789\n"
    origin = committed(tmp_path / "o", {"big.bin": pointer, "deep/big2.bin": pointer, "a.py": "a = 1\n"})
    git(origin, "update-index", "--add", "--cacheinfo", f"160000,{HASH},vendor/lib")
    git(origin, "commit", "-qm", "a submodule")
    fetched = fetch_kept(RemotePlace(origin.as_uri()), tmp_path / "kept")
    with files_of_kept(tmp_path / "kept") as top:
        assert (fetched.submodules, count_pointers(top)) == (1, 2)
        assert not (top / "vendor" / "lib" / ".git").exists()


def test_an_empty_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(SousError, match="it is empty, or has no default branch"):
        fetch_kept(RemotePlace((tmp_path / "empty").as_uri()), tmp_path / "kept")
