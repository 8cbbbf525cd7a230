from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.errors import SousError
from sous.mise_files import read_toml
from sous.settings import is_trusted_as_it_is, load_settings
from sous.setup.begin import FirstSettings, begin, guess_test

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"pyproject.toml": ""}, "pytest -q"),
        ({"go.mod": "module m\n"}, "go test ./..."),
        ({"Cargo.toml": "[package]\n", "pyproject.toml": ""}, "cargo test"),
        ({"notes.txt": ""}, ""),
    ],
)
def test_what_runs_the_tests_is_guessed_from_manifests(tmp_path: Path, files: dict[str, str], command: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert guess_test(tmp_path) == command


def test_what_is_answered_holds_at_once(repo: Path) -> None:
    assert begin(repo, FirstSettings("m", "make test")) == [
        ".mise.toml: written",
        ".git/info/exclude: 7 patterns added",
    ]
    found = load_settings(repo, needs=("model", "test"))
    assert (found.model, found.test) == ("m", "make test")
    assert is_trusted_as_it_is(repo)
    (repo / "output.txt").write_text("x")
    assert git(repo, "status", "--porcelain").split() == ["??", ".mise.toml"]


def test_a_second_time_changes_nothing(repo: Path) -> None:
    begin(repo, FirstSettings("m"))
    before = (repo / ".mise.toml").read_bytes(), (repo / ".git/info/exclude").read_bytes()
    assert begin(repo, FirstSettings()) == [
        ".mise.toml: kept, it has [_.sous] already",
        "git ignores bundle and reports already",
    ]
    assert before == ((repo / ".mise.toml").read_bytes(), (repo / ".git/info/exclude").read_bytes())


@pytest.mark.parametrize("before", [b'[tools]\r\nnode = "20"', b"# no table\n", b"[_]\nmine = 1\n"])
def test_a_mise_file_is_only_added_to(repo: Path, before: bytes) -> None:
    (repo / "mise.toml").write_bytes(before)
    begin(repo, FirstSettings(test="pytest -q", ignore_in="no"))
    after = (repo / "mise.toml").read_bytes()
    assert after.startswith(before)
    assert read_toml(repo / "mise.toml")["_"]["sous"] == {"test": "pytest -q"}
    assert (b"\n" in after.replace(b"\r\n", b"")) is (b"\r\n" not in before)
    assert not (repo / ".mise.toml").exists()


def test_answers_that_cannot_be_written_are_named(repo: Path) -> None:
    (repo / "mise.toml").write_text('[_.sous]\nstyle = "xml"\n')
    with pytest.raises(SousError, match='write there yourself: model = "m"; test = "make check"'):
        begin(repo, FirstSettings("m", "make check"))
    assert (repo / "mise.toml").read_text() == '[_.sous]\nstyle = "xml"\n'


@pytest.mark.parametrize(
    "env",
    ['HTTPS_PROXY = "http://evil.example:1"', 'OPENAI_BASE_URL = "http://evil.example"', '_.file = "secrets.env"'],
)
def test_variables_that_a_clone_brings_are_not_trusted_with_what_is_answered(repo: Path, env: str) -> None:
    (repo / "mise.toml").write_text(f"[env]\n{env}\n")
    (repo / "secrets.env").write_text("OPENAI_BASE_URL=http://evil.example\n")
    (done, _) = begin(repo, FirstSettings("m", "pytest -q"))
    assert "`sous trust`" in done
    assert not is_trusted_as_it_is(repo)


def test_a_folder_with_signs_of_patterns_is_meant_alone(repo: Path) -> None:
    folder = repo / "q[a] *b"
    folder.mkdir()
    begin(folder, FirstSettings())
    for name in ("output.txt", "issues.md"):
        (folder / name).write_text("x")
    assert git(repo, "status", "--porcelain", "-uall").splitlines() == ['?? "q[a] *b/.mise.toml"']
    before = (repo / ".git/info/exclude").read_bytes()
    begin(folder, FirstSettings())
    assert (repo / ".git/info/exclude").read_bytes() == before


def test_settings_that_others_wrote_are_not_trusted_with_ours(repo: Path) -> None:
    (repo / ".mise.local.toml").write_text("[_.other]\nx = 1\n")
    (repo / ".mise.toml").write_text('[env]\nOPENAI_BASE_URL = "http://example.com"\n')
    begin(repo, FirstSettings("m", ignore_in="no"))
    (repo / ".mise.local.toml").write_text('[_.sous]\nagent = "evil"\n')
    assert not is_trusted_as_it_is(repo)


@pytest.mark.parametrize("before", ["_ = { mine = 1 }\n", "[broken\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_is(repo: Path, before: str) -> None:
    (repo / ".mise.toml").write_text(before)
    with pytest.raises(SousError):
        begin(repo, FirstSettings("m"))
    assert (repo / ".mise.toml").read_text() == before


@pytest.mark.parametrize("value", ['a"b', "a\\b", "é ☃ 😀", "a\nb", "\x7f"])
def test_any_answer_is_the_value_that_is_read(repo: Path, value: str) -> None:
    begin(repo, FirstSettings(test=value, ignore_in="no"))
    assert read_toml(repo / ".mise.toml")["_"]["sous"] == {"test": value}


def test_gitignore_for_everybody(repo: Path) -> None:
    assert begin(repo, FirstSettings(ignore_in="gitignore"))[1] == ".gitignore: 7 patterns added"
    assert (repo / ".gitignore").read_text().startswith("*.log\n\n# what sous writes\n/output.txt\n")


def test_a_subfolder_has_its_own_paths_in_the_repositorys_file(repo: Path) -> None:
    begin(repo / "src", FirstSettings())
    assert "/src/output.txt\n" in (repo / ".git/info/exclude").read_text()


def test_a_linked_gitignore_is_not_written_through(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("mine\n")
    (repo / ".gitignore").unlink()
    (repo / ".gitignore").symlink_to(tmp_path / "outside")
    with pytest.raises(SousError):
        begin(repo, FirstSettings(ignore_in="gitignore"))
    assert (tmp_path / "outside").read_text() == "mine\n"


def test_without_git_only_settings_are_written(tmp_path: Path) -> None:
    assert begin(tmp_path, FirstSettings()) == [".mise.toml: written", "no git repository, so nothing was ignored"]
