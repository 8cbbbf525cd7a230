from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle.compare import is_older_than_files
from sous.bundle.obtain import obtain_bundle
from sous.bundle.read import read_bundle
from sous.bundle.remembered import is_by_packer
from sous.errors import SousError
from sous.mise_files import own_bundle_tasks
from sous.settings import Settings, project_layers, trusted_facts
from sous.trust import trust

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run


def test_none_there_one_is_packed_and_said(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert obtain_bundle(repo, Settings(), pack=True).read_text().startswith("This file holds")
    assert "no output.txt yet; packed repo: 3 files" in capsys.readouterr().err


def test_without_packing_a_missing_bundle_is_an_error(repo: Path) -> None:
    with pytest.raises(SousError, match="sous bundle --project"):
        obtain_bundle(repo, Settings(), pack=False)


@pytest.mark.parametrize("argument", ["{output}", "output.txt"])
def test_the_configured_packer_makes_it(argument: str, repo: Path, fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("mypack", "open(sys.argv[2], 'w').write(' '.join(sys.argv[1:2]))")
    path = obtain_bundle(repo, Settings(packer=f"mypack 'two words; rm -rf *' {argument}"), pack=True)
    assert path.read_text() == "two words; rm -rf *"


@pytest.mark.parametrize(
    ("packer", "says"),
    [
        ("nosuchpacker -o {output}", "nosuchpacker not found; install it"),
        ("mypack 3 output.txt", "mypack failed with exit code 3"),
        ("mypack 0 output.txt", "the packer wrote no output.txt"),
        ("mypack 0", "does not say where to write"),
        ("mypack 0 {output}", "wrote nothing to the file"),
        ("mypack 'unbalanced", "cannot read the packer's command"),
        (" ", "command is empty"),
    ],
)
def test_a_packer_that_fails_is_told_and_leaves_nothing(
    packer: str, says: str, repo: Path, fake_bin: Callable[[str, str], Path]
) -> None:
    fake_bin("mypack", "sys.exit(int(sys.argv[1]))")
    with pytest.raises(SousError, match=says):
        obtain_bundle(repo, Settings(packer=packer), pack=True)
    assert not (repo / "output.txt").exists()


class TestItsOwnTask:
    """A project overrides LLM:generate_bundle for mise; commands that pack obey it, after `sous trust`."""

    @pytest.fixture
    def ours(self, repo: Path, fake_bin: Callable[[str, str], Path]) -> Path:
        fake_bin("mise", "open('output.txt', 'w').write(' '.join(sys.argv[1:]))")
        (repo / ".mise.toml").write_text('[tasks."LLM:generate_bundle"]\nrun = "mypack"\n')
        return repo

    def trusted(self, root: Path) -> Path:
        trust(root, trusted_facts(project_layers(root), root))
        return root

    def test_it_packs_once_it_is_trusted(self, ours: Path) -> None:
        assert obtain_bundle(self.trusted(ours), Settings(), pack=True).read_text() == "run LLM:generate_bundle"

    @pytest.mark.parametrize("changed", [False, True])
    def test_before_that_sous_packs_and_says_why(
        self, ours: Path, capsys: pytest.CaptureFixture[str], *, changed: bool
    ) -> None:
        if changed:
            file = self.trusted(ours) / ".mise.toml"
            file.write_text(file.read_text().replace("mypack", "evil"))
        assert obtain_bundle(ours, Settings(), pack=True).read_text().startswith("This file holds")
        assert ".mise.toml has its own LLM:generate_bundle, and sous starts it only after `sous trust`" in (
            capsys.readouterr().err
        )

    @pytest.mark.parametrize("name", ["mise.ci.toml", ".mise/config.toml", "mise/conf.d/a.toml"])
    def test_one_in_any_file_that_mise_reads_is_covered_by_trust(self, ours: Path, run: Run, name: str) -> None:
        (ours / "mise").mkdir()
        (ours / "mise/config.toml").write_text('[tasks."LLM:generate_bundle"]\nrun = "mypack"\n')
        other = self.trusted(ours) / name
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text('[tasks."LLM:generate_bundle"]\nrun = "evil"\n')
        assert obtain_bundle(ours, Settings(), pack=True).read_text().startswith("This file holds")
        assert f'{name}\n  LLM:generate_bundle = {{"run": "evil"}}' in run("sous", "trust", "--yes", cwd=ours).out

    def test_it_is_not_started_where_mise_may_read_files_of_any_name(
        self, ours: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (ours / ".miserc.toml").write_text('override_config_filenames = ["evil.toml"]\n')
        assert obtain_bundle(self.trusted(ours), Settings(), pack=True).read_text().startswith("This file holds")
        assert ".miserc.toml may have mise read another one: packing without it" in capsys.readouterr().err

    def test_within_it_sous_packs(self, ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sous.bundle.obtain.os.environ", {**os.environ, "MISE_TASK_NAME": "LLM:generate_bundle"})
        assert obtain_bundle(self.trusted(ours), Settings(), pack=True).read_text().startswith("This file holds")

    def test_files_of_one_name_are_told_apart(self, ours: Path) -> None:
        for folder in (".mise", "mise"):
            (ours / folder).mkdir()
            (ours / folder / "config.toml").write_text('[tasks."LLM:generate_bundle"]\nrun = "other"\n')
        assert list(own_bundle_tasks(ours)) == ["mise/config.toml", ".mise/config.toml", ".mise.toml"]

    def test_one_that_writes_elsewhere_is_an_error(self, ours: Path, fake_bin: Callable[[str, str], Path]) -> None:
        fake_bin("mise", "")
        with pytest.raises(SousError, match=r"task LLM:generate_bundle wrote no output\.txt"):
            obtain_bundle(self.trusted(ours), Settings(), pack=True)

    def test_trust_shows_it(self, ours: Path, run: Run) -> None:
        assert 'LLM:generate_bundle = {"run": "mypack"}' in run("sous", "trust", "--yes", cwd=ours).out


def test_somebody_elses_bundle_is_taken_as_it_is(repo: Path) -> None:
    (repo / "output.txt").write_text("by another tool\n")
    assert obtain_bundle(repo, Settings(packer="nosuchpacker"), pack=True).read_text() == "by another tool\n"


_OLD = (1, 1)  # long before any file was written


@pytest.mark.parametrize("text", ["notes on a.py", '<documents>\n<document index="1">\n</document>\n</documents>'])
def test_what_the_packer_made_it_makes_again_when_files_changed(
    text: str, repo: Path, run: Run, fake_bin: Callable[[str, str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    fake_bin("mypack", f"open(sys.argv[1], 'w').write({text!r}); open({str(repo.parent / 'log')!r}, 'a').write('x')")
    settings = Settings(packer="mypack output.txt")
    (repo / ".mise.toml").write_text('[_.sous]\npacker = "mypack output.txt"\n')
    trust(repo, trusted_facts(project_layers(repo), repo))
    path = obtain_bundle(repo, settings, pack=True)
    os.utime(path, _OLD)
    assert obtain_bundle(repo, settings, pack=False) == path
    assert (repo.parent / "log").read_text() == "x"
    assert obtain_bundle(repo, settings, pack=True).read_text() == text
    assert (repo.parent / "log").read_text() == "xx"
    assert "output.txt may be older than the files; packing with: mypack output.txt" in capsys.readouterr().err
    assert "deleted output.txt" in run("sous", "clean", cwd=repo).err


def test_what_it_made_is_used_while_nothing_changed_or_somebody_edited_it(
    repo: Path, fake_bin: Callable[[str, str], Path]
) -> None:
    packed = obtain_bundle(repo, Settings(), pack=True).read_text()
    (repo / "output.txt").unlink()
    fake_bin("mypack", f"open(sys.argv[1], 'w').write({packed!r})")
    path = obtain_bundle(repo, Settings(packer="mypack {output}"), pack=True)
    assert is_by_packer(path)
    assert not is_older_than_files(read_bundle(path), repo)
    fake_bin("mypack", "sys.exit(1)")
    assert obtain_bundle(repo, Settings(packer="mypack {output}"), pack=True).read_text() == packed
    path.write_text(f"{packed}my notes\n")
    os.utime(path, _OLD)
    assert not is_by_packer(path)
    assert obtain_bundle(repo, Settings(packer="mypack {output}"), pack=True).read_text().endswith("my notes\n")


def test_an_old_bundle_of_another_tool_says_what_to_do(repo: Path, run: Run) -> None:
    text = run("sous", "bundle", "--style", "markdown", "--stdout", cwd=repo).out
    path = repo / "output.txt"
    path.write_text(text)
    run("sous", "code-review", "-m", "sous-static", cwd=repo)
    os.utime(path, _OLD)
    told = run("sous", "code-review", "-m", "sous-static", cwd=repo).err
    assert "pack it again with the tool that made it, or delete output.txt: the next report packs" in told


def test_a_new_file_makes_a_packers_bundle_old(repo: Path) -> None:
    path = obtain_bundle(repo, Settings(), pack=True)
    (repo / "new.py").write_text("x = 1\n")
    later = path.stat().st_mtime_ns + 10**9
    os.utime(repo / "new.py", ns=(later, later))
    assert is_older_than_files(read_bundle(path), repo)
    os.utime(path, ns=(later, later))
    assert not is_older_than_files(read_bundle(path), repo)
    (repo / "new.py").unlink()
    (repo / "README.md").unlink()
    assert is_older_than_files(read_bundle(path), repo)


def test_the_packers_own_words_go_to_stderr(
    repo: Path, fake_bin: Callable[[str, str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    fake_bin("mypack", "print('packing away'); open('output.txt', 'w').write('x')")
    obtain_bundle(repo, Settings(packer="mypack output.txt"), pack=True)
    captured = capfd.readouterr()
    assert "packing away" in captured.err
    assert captured.out == ""


def _committed(repo: Path, run: Run, *how: str) -> Path:
    run("sous", "bundle", *how, cwd=repo)
    path = repo / "output.txt"
    path.write_text(path.read_text().replace("return a - b", "return a + b"))
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "bundle")
    git(repo.parent, "clone", "-q", str(repo), "clone")
    return repo.parent / "clone"


@pytest.mark.parametrize("attributes", ["", "output.txt ident\n", "output.txt text eol=crlf\n"])
def test_a_bundle_that_came_with_the_clone_is_packed_again(
    attributes: str, repo: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / ".gitattributes").write_text(attributes)
    (repo / "id.txt").write_text("$Id$\n")
    clone = _committed(repo, run)
    assert "return a - b" in obtain_bundle(clone, Settings(), pack=True).read_text()
    assert "output.txt came with the repository, so it is not used; packed clone" in capsys.readouterr().err
    assert "return a - b" in obtain_bundle(clone, Settings(), pack=True).read_text()
    assert capsys.readouterr().err == ""


def test_without_packing_what_came_with_the_clone_is_used(repo: Path, run: Run) -> None:
    clone = _committed(repo, run)
    assert "return a + b" in obtain_bundle(clone, Settings(), pack=False).read_text()


def test_a_tracked_file_that_is_no_bundle_is_left_alone(repo: Path) -> None:
    (repo / "output.txt").write_text("expected output\n")
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "x")
    with pytest.raises(SousError, match="tracked by git and is not a bundle"):
        obtain_bundle(repo, Settings(), pack=True)
    assert (repo / "output.txt").read_text() == "expected output\n"


def test_what_a_packer_made_anew_over_a_tracked_bundle_is_used(repo: Path, run: Run, home: Path) -> None:
    run("sous", "bundle", cwd=repo)
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "bundle")
    (repo / "README.md").write_text("# New\n")
    text = run("sous", "bundle", "--style", "markdown", "--stdout", cwd=repo).out
    for path in (home / ".local" / "state").rglob("*.json"):
        path.unlink()
    (repo / "output.txt").write_text(text)
    assert obtain_bundle(repo, Settings(), pack=True).read_text() == text
