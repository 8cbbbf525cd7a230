from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

SETTINGS = '[_.sous]\nmodel = "x"\npacker = "evil \\u001b[2J"\n'


def test_the_settings_are_shown_and_then_remembered(repo: Path, run: Run) -> None:
    (repo / ".mise.toml").write_text(SETTINGS)
    done = run("sous", "trust", "--yes", cwd=repo / "src")
    assert done.code == 0
    assert 'model = "x"' in done.out
    assert "\x1b" not in done.out
    assert "trusted as it is" in run("sous", "trust", cwd=repo).err


def test_without_anybody_to_ask_nothing_is_trusted(repo: Path, run: Run) -> None:
    (repo / ".mise.toml").write_text(SETTINGS)
    done = run("sous", "trust", cwd=repo)
    assert (done.code, "sous trust --yes" in done.err) == (1, True)
    assert "not trusted" in run("sous", "trust", "--show", cwd=repo).err


def test_trust_can_be_taken_back(repo: Path, run: Run) -> None:
    (repo / ".mise.toml").write_text(SETTINGS)
    run("sous", "trust", "--yes", cwd=repo)
    run("sous", "trust", "--revoke", cwd=repo)
    assert "not trusted" in run("sous", "trust", "--show", cwd=repo).err


def test_without_settings_there_is_nothing_to_trust(repo: Path, run: Run) -> None:
    assert "nothing to trust" in run("sous", "trust", cwd=repo).err


def test_a_broken_file_is_told_first(repo: Path, run: Run) -> None:
    (repo / ".mise.toml").write_text("[_.sous]\nmodle = 1\n")
    done = run("sous", "trust", "--yes", cwd=repo)
    assert (done.code, "did you mean `model`?" in done.err) == (1, True)


def test_two_at_once_are_both_remembered(tmp_path: Path, run: Run) -> None:
    from concurrent.futures import ThreadPoolExecutor

    folders = [tmp_path / f"p{number}" for number in range(6)]
    for folder in folders:
        folder.mkdir()
        (folder / ".mise.toml").write_text('[_.sous]\nmodel = "x"\n')
    with ThreadPoolExecutor(6) as pool:
        assert all(done.code == 0 for done in pool.map(lambda one: run("sous", "trust", "-y", cwd=one), folders))
    assert all("trusted as it is" in run("sous", "trust", "--show", cwd=folder).err for folder in folders)


@pytest.mark.parametrize(
    ("key", "value"),
    [("packer", '"touch pwned"'), ("model", '"ok"'), ("templates", '"."'), ("options", "{ temperature = 1 }")],
)
def test_a_repository_cannot_choose_for_us(key: str, value: str, repo: Path, run: Run, model: FakeModel) -> None:
    (repo / ".mise.toml").write_text(f"[_.sous]\n{key} = {value}\n")
    done = run("sous", "code-review", cwd=repo)
    assert done.code == 1
    assert f"`{key}`" in done.err
    assert "sous trust" in done.err
    assert not (repo / "pwned").exists()
    assert not model.requests


def test_a_trusted_repository_chooses(
    repo: Path, run: Run, model: FakeModel, fake_bin: Callable[[str, str], Path]
) -> None:
    fake_bin("mypack", "open(sys.argv[1], 'w').write('packed by mine')")
    (repo / "prompts").mkdir()
    (repo / "prompts" / "code-review-gen.yaml").write_text("prompt: '{% include \"parts/refute.md\" %}'\n")
    (repo / ".mise.toml").write_text('[_.sous]\nmodel = "ok"\npacker = "mypack {output}"\ntemplates = "prompts"\n')
    trusted = run("sous", "trust", "--yes", cwd=repo)
    assert 'packer = "mypack {output}"' in trusted.out
    done = run("sous", "code-review", cwd=repo)
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("packed by mine # Before you write")
