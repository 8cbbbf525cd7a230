"""The tasks under the real mise: in projects, in subfolders, overridden, and where nothing may happen."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, git, in_dialog
from sous.marks import marked
from sous.mise_files import mise_config_folder
from sous.output.provenance import read_signature
from sous.proc import quoted
from sous.tasks import mise_tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="npm's mise is tried on POSIX")]

REVIEW = "LLM:generate_code_review"


@pytest.fixture
def mise(run: Run, needs: Callable[[str], str], home: Path, tmp_path: Path, sous_script: Path) -> Callable[..., Done]:
    """Run mise after `sous install`; it trusts what tests write, as a user does who was asked once."""
    assert run("sous", "install", cwd=tmp_path).code == 0
    installed = mise_config_folder() / "conf.d" / "sous.toml"
    assert installed.is_file()
    installed.write_text(marked(mise_tasks(quoted([str(sous_script)]))))

    def mise_run(*argv: str, cwd: Path, **env: str) -> Done:
        trusted = {"MISE_TRUSTED_CONFIG_PATHS": str(tmp_path), "MISE_OFFLINE": "1", "LLM_MODEL": "ok"}
        return run(needs("mise"), *argv, cwd=cwd, env={**trusted, **env})

    return mise_run


def test_a_review_in_a_project_with_spaces_in_its_path(
    mise: Callable[..., Done], repo: Path, model: FakeModel, run: Run
) -> None:
    assert "sous.toml: written" in run("sous", "install", cwd=repo).out  # the program itself, in place of a fork
    project = repo.rename(repo.parent / "my project (1)")
    done = mise("run", REVIEW, cwd=project)
    assert done.code == 0, done.err
    assert (project / "output.txt").exists()
    assert read_signature((project / "code-review.md").read_text())[1]
    assert len(model.requests) == 1


def test_from_a_subfolder_the_project_is_packed(mise: Callable[..., Done], repo: Path, model: FakeModel) -> None:
    assert mise("run", REVIEW, cwd=repo / "src").code == 0
    assert '<file path="src/app.py">' in model.prompts()[0]
    assert (repo / "code-review.md").exists()
    assert not (repo / "src" / "output.txt").exists()


def test_outside_any_project_the_folder_itself_is_packed(
    mise: Callable[..., Done], tmp_path: Path, model: FakeModel
) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    (folder / "x.py").write_text("x\n")
    assert mise("run", REVIEW, cwd=folder).code == 0
    assert '<file path="x.py">' in model.prompts()[0]


def test_in_the_home_folder_it_is_refused(mise: Callable[..., Done], home: Path, model: FakeModel) -> None:
    (home / "diary.txt").write_text("secret\n")
    done = mise("run", REVIEW, cwd=home)
    assert done.code != 0
    assert "home folder" in done.err
    assert not (home / "output.txt").exists()
    assert not model.requests


@pytest.mark.parametrize("start", [".", "src"])
def test_the_packer_overridden_by_real_repomix(
    start: str, mise: Callable[..., Done], repo: Path, model: FakeModel, needs: Callable[[str], str]
) -> None:
    (repo / ".mise.toml").write_text(
        f"[tasks.'LLM:generate_bundle']\nrun = \"{needs('repomix')} --quiet -o output.txt\"\n"
    )
    done = mise("run", REVIEW, cwd=repo / start)
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("This file is a merged representation of the entire codebase")
    assert '<file path="src/app.py">' in model.prompts()[0]
    assert (repo / "code-review.md").exists()


@pytest.mark.parametrize("start", [".", "src"])
def test_the_packer_overridden_by_a_line_of_shell(
    start: str, mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'git ls-files | xargs head > output.txt'\n")
    done = mise("run", REVIEW, cwd=repo / start)
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("==> .gitignore <==")


def test_an_override_above_a_nested_project_is_read(mise: Callable[..., Done], repo: Path, model: FakeModel) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'echo mine > output.txt'\n")
    (repo / "src" / "mise.toml").write_text("")
    done = mise("run", REVIEW, cwd=repo / "src")
    assert done.code == 0, done.err
    assert model.prompts()[0].startswith("mine\n")
    assert (repo / "src" / "code-review.md").exists()


def test_any_overridden_task_has_its_lower_case_name(mise: Callable[..., Done], repo: Path) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_readme']\nrun = 'echo mine'\n")
    assert mise("run", "llm:generate_readme", "x", cwd=repo).out == "mine x\n"


def test_an_override_that_writes_nothing_reaches_no_model(
    mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'true'\n")
    done = mise("run", REVIEW, cwd=repo)
    assert done.code != 0
    assert "no output.txt" in done.err
    assert not model.requests


@pytest.mark.parametrize("name", ["LLM:clean_bundles", "llm:clean_bundles"])
def test_cleaning_runs_the_overridden_packer_afterwards(name: str, mise: Callable[..., Done], repo: Path) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'echo mine > output.txt'\n")
    assert mise("exec", "--", *SOUS, "bundle", "--project", cwd=repo).code == 0
    done = mise("run", name, cwd=repo / "src")
    assert done.code == 0, done.err
    assert "deleted output.txt (sous)" in done.err
    assert (repo / "output.txt").read_text() == "mine\n"


@pytest.mark.parametrize("overridden", [False, True])
def test_lower_case_names_are_the_same_tasks(
    overridden: bool, mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    if overridden:
        (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'echo mine > output.txt'\n")
    done = mise("run", "llm:generate_bundle", cwd=repo)
    assert done.code == 0, done.err
    assert ((repo / "output.txt").read_text() == "mine\n") == overridden
    assert mise("run", "llm:generate_code_review", cwd=repo).code == 0
    assert len(model.requests) == 1


def test_arguments_are_handed_over(mise: Callable[..., Done], repo: Path, model: FakeModel) -> None:
    done = mise("run", REVIEW, "-m", "ok", "-o", "with space.md", cwd=repo)
    assert done.code == 0, done.err
    assert "Adding gives the difference" in (repo / "with space.md").read_text()
    assert "Usage: sous code-review" in mise("run", REVIEW, "--help", cwd=repo).out
    assert len(model.requests) == 1


def test_a_review_ends_in_what_became_of_its_claims(mise: Callable[..., Done], repo: Path, model: FakeModel) -> None:
    model.script = lambda _: (
        "## Adding gives the difference\n\n- **Severity:** high\n- **Location:** `src/app.py:1-2`\n\n**Quote:**\n\n"
        "```python\ndef add(a, b):\n    return a - b\n```\n\n**What is wrong:** See `src/gone.py:7`.\n"
    )
    done = mise("run", REVIEW, "-m", "scripted", cwd=repo)
    assert done.code == 0, done.err
    assert "2 references: 1 verified, 1 unproven" in done.err
    text = (repo / "code-review.md").read_text()
    assert "`src/gone.py:7` ⚠ not found in the bundle" in text
    assert [line.split("|")[1:-1] for line in text.split("<!-- sous check -->")[1].split("\n") if "|" in line] == [
        [" references ", " verified ", " located ", " moved ", " ambiguous ", " unproven ", " unknown "],
        [" --: "] * 7,
        [" 2 ", " 1 ", " 0 ", " 0 ", " 0 ", " 1 ", " 0 "],
    ]


def test_two_tasks_share_one_bundle(mise: Callable[..., Done], repo: Path, model: FakeModel) -> None:
    (repo / ".mise.toml").write_text("[tasks.'LLM:generate_bundle']\nrun = 'echo once >> count; echo x > output.txt'\n")
    assert mise("run", REVIEW, ":::", "LLM:generate_missing_tests", cwd=repo).code == 0
    assert (repo / "count").read_text() == "once\n"
    assert (repo / "code-review.md").exists()
    assert (repo / "missing-tests.md").exists()
    assert len(model.requests) == 2


def test_a_model_that_fails_fails_the_task_and_keeps_the_readme(
    mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    done = mise("run", "LLM:generate_readme", cwd=repo, LLM_MODEL="length")
    assert done.code != 0
    assert "output limit" in done.err
    assert (repo / "README.md").read_text() == "# Demo\n"
    assert (repo / "README.md.partial").exists()
    assert model.requests


def test_the_users_other_global_tasks_keep_their_folder(mise: Callable[..., Done], repo: Path, home: Path) -> None:
    (home / ".config" / "mise" / "config.toml").write_text("[tasks.where]\nrun = 'pwd'\n")
    assert mise("run", "where", cwd=repo).out.strip() == str(home)


@pytest.mark.parametrize("key", ["packer", "model", "templates"])
def test_a_hostile_project_chooses_nothing_under_mise(
    key: str, mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    """Running a global task in a fresh clone makes mise trust the clone; that is no trust of ours."""
    settings = f"[_.sous]\n{key} = 'touch pwned'\n[env]\nSOUS_{key.upper()} = 'touch pwned'\n"
    (repo / ".mise.toml").write_text(settings)
    (repo / "output.txt").unlink(missing_ok=True)
    # `sous code-review` by itself, so that there is no bundle and a packer would be needed.
    sous = shlex.join([sys.executable, "-m", "sous"])
    done = mise("exec", "--", "sh", "-c", f"{sous} code-review", cwd=repo)
    assert done.code == 1
    assert "sous trust" in done.err
    assert not (repo / "pwned").exists()
    assert not model.requests


def test_a_task_of_ours_in_a_hostile_project_runs_nothing_of_it(
    mise: Callable[..., Done], repo: Path, model: FakeModel
) -> None:
    git(repo, "config", "core.fsmonitor", f"touch {repo.parent / 'pwned'};")
    (repo / ".mise.toml").write_text("[_.sous]\npacker = 'touch pwned'\n")
    assert mise("run", REVIEW, cwd=repo).code == 0
    assert not (repo / "pwned").exists()
    assert not (repo.parent / "pwned").exists()
    assert model.requests


def test_the_names_are_listed_with_what_they_do(mise: Callable[..., Done], repo: Path) -> None:
    listed = mise("tasks", cwd=repo).out
    assert "LLM:generate_code_review" in listed
    assert "Write a code review: code-review.md" in listed
    assert "llm:generate_bundle" not in listed


def test_uninstalling_takes_the_tasks_away(mise: Callable[..., Done], repo: Path, run: Run) -> None:
    run("sous", "uninstall", cwd=repo)
    assert "LLM:" not in mise("tasks", cwd=repo).out


def test_honing_asks_on_the_terminal_through_mise(
    mise: Callable[..., Done],
    needs: Callable[[str], str],
    tmp_path: Path,
    model: FakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = tmp_path / "project"
    (project / "deep").mkdir(parents=True)
    (project / ".mise.toml").touch()
    monkeypatch.setenv("MISE_TRUSTED_CONFIG_PATHS", str(tmp_path))
    monkeypatch.setenv("MISE_OFFLINE", "1")
    questions = {"Answer 1": "Where does it run?", "Write the specification": "# Spec\n\nIt shortens.\n"}
    model.script = lambda prompt: next(
        (said for words, said in reversed(questions.items()) if words in prompt), "For whom?"
    )
    command = [needs("mise"), "run", "llm:hone", "a shortener", "-m", "scripted"]
    said = (("For whom?", b"For me.\n\n"), ("Where does it run?", b"enough\n"))
    shown = in_dialog(command, project / "deep", *said, stdout=True)
    assert "For whom?" in shown
    assert (project / "spec.md").read_text().startswith("# Spec")
    assert "Answer 1: For me." in model.prompts()[-1]
