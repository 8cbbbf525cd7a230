from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

TOKEN = "ghp_" + "wX7pQ2mZ9kLr4TvB8nYs3HcJ6dFg1RaU5eKo"
GOOD = "## Adding is wrong\n\nIn `src/app.py:2` is `return a - b`.\n"
BAD = "## Adding is wrong\n\nIn `src/gone.py:7` is `return a - b`.\n"


def test_a_report_that_is_right_passes(repo: Path, run: Run) -> None:
    (repo / "code-review.md").write_text(GOOD)
    done = run("sous", "hook", "check", "code-review.md", cwd=repo)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_a_report_of_a_file_that_is_not_there_is_refused_until_it_says_so(repo: Path, run: Run) -> None:
    (repo / "code-review.md").write_text(BAD)
    (repo / "issues.md").write_text(GOOD)
    done = run("sous", "hook", "check", "code-review.md", "issues.md", cwd=repo)
    assert done.code == 1
    assert done.out.startswith("code-review.md:3: src/gone.py:7: ")
    assert "issues.md" not in done.out
    assert "sous check --fix REPORT" in done.err
    run("sous", "bundle", cwd=repo)
    run("sous", "check", "--fix", "code-review.md", cwd=repo)
    assert run("sous", "hook", "check", "code-review.md", cwd=repo).code == 0


@pytest.mark.parametrize("action", ["check", "secrets"])
def test_what_there_is_nothing_to_say_of_passes(action: str, repo: Path, run: Run, tmp_path: Path) -> None:
    (repo / "issues.md").write_text("\n")
    (repo / "code-review.md").symlink_to(tmp_path / "elsewhere.md")
    (tmp_path / "elsewhere.md").write_text(f"{BAD}{TOKEN}\n")
    assert run("sous", "hook", action, cwd=repo).code == 0
    assert run("sous", "hook", action, "issues.md", "code-review.md", cwd=repo).code == 0


@pytest.mark.parametrize("style", ["xml", "markdown", "json", "plain"])
def test_a_bundle_is_refused_whatever_it_is_called(style: str, repo: Path, run: Run) -> None:
    run("sous", "bundle", "--style", style, "-o", "packed.txt", cwd=repo)
    done = run("sous", "hook", "secrets", "packed.txt", "src/app.py", cwd=repo)
    assert (done.code, done.out) == (1, "packed.txt: a bundle, written by sous\n")
    assert "git rm --cached FILE" in done.err
    assert run("sous", "hook", "secrets", "--allow-bundles", "packed.txt", cwd=repo).code == 0


def test_a_secret_in_a_bundle_is_refused_and_not_shown(repo: Path, run: Run) -> None:
    (repo / "src" / "keys.py").write_text(f'x = 1\nTOKEN = "{TOKEN}"\n')
    run("sous", "bundle", "--secrets", "allow", cwd=repo)
    done = run("sous", "hook", "secrets", "--allow-bundles", "output.txt", cwd=repo)
    assert done.code == 1
    assert done.out.startswith("output.txt: src/keys.py:2: ")
    assert TOKEN not in done.out + done.err


@pytest.mark.parametrize("name", ["code-review.md", "issues.md.partial", "src/code-review.md"])
def test_a_secret_in_a_report_is_refused_unless_it_is_allowed(name: str, repo: Path, home: Path, run: Run) -> None:
    (repo / name).write_text(f"# Review\n\nThe key {TOKEN} is in the code.\n")
    done = run("sous", "hook", "secrets", name, cwd=repo)
    assert done.code == 1
    assert done.out.startswith(f"{name}: line 3: ")
    print_ = done.out.rpartition("(")[2].rstrip(")\n")
    config = home / ".config" / "mise" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[_.sous]\nallow_secrets = ["{print_}"]\n')
    assert run("sous", "hook", "secrets", name, cwd=repo).code == 0


def test_many_secrets_are_counted(repo: Path, run: Run) -> None:
    lines = [f"{TOKEN[:-2]}{number:02}" for number in range(9)]
    (repo / "issues.md").write_text("\n".join(lines) + "\n")
    done = run("sous", "hook", "secrets", "issues.md", cwd=repo)
    assert done.out.splitlines()[-1] == "issues.md: 4 more secrets"


def test_other_files_are_none_of_its_business(repo: Path, run: Run) -> None:
    (repo / "src" / "keys.py").write_text(f'TOKEN = "{TOKEN}"\n')
    (repo / "blob.md").write_bytes(bytes(range(256)))
    assert run("sous", "hook", "secrets", "src/keys.py", "blob.md", cwd=repo).code == 0


@pytest.mark.parametrize("argv", [["fix", "x"], ["check", "gone.md"], ["check", "--allow-bundles"], ["check", "src"]])
def test_a_wrong_command_line_is_a_usage_error(argv: list[str], repo: Path, run: Run) -> None:
    assert run("sous", "hook", *argv, cwd=repo).code == 2


@pytest.mark.parametrize("name", ["--help", "--allow-bundles", "--root=src", "--root"])
def test_a_file_that_is_called_as_an_option_lets_nothing_pass(name: str, repo: Path, run: Run) -> None:
    (repo / name).write_text("x\n")
    (repo / "issues.md").write_text(f"{TOKEN}\n")
    done = run("sous", "hook", "secrets", name, "issues.md", cwd=repo)
    assert done.code == 2
    assert f"a file is called {name!r}" in done.err
    done = run("sous", "hook", "secrets", "--", name, "issues.md", cwd=repo)
    assert (done.code, done.out.partition(":")[0]) == (1, "issues.md")
