from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sous.install import Outcome, link, remove_links
from sous.mise_files import read_toml

if TYPE_CHECKING:
    from scene import Run


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tasks_file(home: Path) -> Path:
    return home / ".config" / "mise" / "conf.d" / "sous.toml"


def test_it_writes_the_tasks_and_the_templates_and_says_so(home: Path, tmp_path: Path, run: Run) -> None:
    done = run("sous", "install", cwd=tmp_path)
    assert done.code == 0
    names = ["code-review", "github-issue", "github-issues", "issue-prompts", "missing-tests", "readme"]
    written = [tasks_file(home), *(home / "llm" / "templates" / f"{name}-gen.yaml" for name in names)]
    assert all(f"{path}: written\n" in done.out for path in written)
    assert all(path.is_file() for path in written)


def test_the_tasks_name_this_very_sous_by_its_absolute_path(home: Path, tmp_path: Path, run: Run) -> None:
    run("sous", "install", cwd=tmp_path)
    command = read_toml(tasks_file(home))["tasks"]["LLM:generate_bundle"]["run"].split()[0]
    assert Path(command).is_absolute()
    assert Path(command).parent == Path(sys.executable).parent


def test_through_llm_the_tasks_run_llm_sous(home: Path, tmp_path: Path, run: Run) -> None:
    assert run(Path(sys.executable).with_name("llm"), "sous", "install", cwd=tmp_path).code == 0
    assert read_toml(tasks_file(home))["tasks"]["LLM:generate_bundle"]["run"].split()[1:] == [
        "sous",
        "bundle",
        "--project",
    ]


def test_again_it_changes_nothing(home: Path, tmp_path: Path, run: Run) -> None:
    run("sous", "install", cwd=tmp_path)
    before = snapshot(home)
    done = run("sous", "install", cwd=tmp_path)
    assert done.out.count(": is up to date\n") == len(done.out.splitlines())
    assert snapshot(home) == before


def test_a_dry_run_writes_nothing(home: Path, tmp_path: Path, run: Run) -> None:
    assert "would be written" in run("sous", "install", "--dry-run", cwd=tmp_path).out
    assert not tasks_file(home).exists()


@pytest.mark.parametrize("kind", ["theirs", "ours, changed", "a link"])
def test_what_is_not_ours_is_never_touched(kind: str, home: Path, tmp_path: Path, run: Run) -> None:
    template = home / "llm" / "templates" / "code-review-gen.yaml"
    if kind == "ours, changed":
        run("sous", "install", cwd=tmp_path)
        template.write_text(template.read_text() + "# mine\n")
    else:
        template.parent.mkdir(parents=True)
        target = tmp_path / "theirs.yaml"
        target.write_text("prompt: mine\n")
        template.symlink_to(target) if kind == "a link" else template.write_text("prompt: mine\n")
    before = template.read_bytes()
    assert f"{template}: kept, it is not ours or was changed\n" in run("sous", "install", cwd=tmp_path).out
    assert template.read_bytes() == before
    run("sous", "uninstall", cwd=tmp_path)
    assert template.read_bytes() == before


def test_an_older_copy_of_ours_is_renewed(home: Path, tmp_path: Path, run: Run) -> None:
    from sous.marks import marked

    template = home / "llm" / "templates" / "readme-gen.yaml"
    template.parent.mkdir(parents=True)
    template.write_text(marked("prompt: of an earlier release\n"))
    assert f"{template}: written" in run("sous", "install", cwd=tmp_path).out
    assert "earlier release" not in template.read_text()


def test_uninstall_removes_all_of_it(home: Path, tmp_path: Path, run: Run) -> None:
    run("sous", "install", cwd=tmp_path)
    done = run("sous", "uninstall", cwd=tmp_path)
    assert done.code == 0
    assert "To remove the program: `llm uninstall llm-sous`" in done.err
    assert not tasks_file(home).exists()
    assert not list((home / "llm" / "templates").iterdir())


def test_tasks_that_could_not_be_installed_are_an_error(home: Path, tmp_path: Path, run: Run) -> None:
    tasks_file(home).parent.mkdir(parents=True)
    tasks_file(home).write_text("# mine\n")
    done = run("sous", "install", cwd=tmp_path)
    assert done.code == 1
    assert "sous.toml" in done.err


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
class TestTheLink:
    """uv and pipx put `llm` on PATH, and nothing else of its environment."""

    @pytest.fixture
    def bin_(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "llm").symlink_to(Path(sys.executable).with_name("llm"))
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
        return folder

    def test_sous_is_put_beside_llm_and_taken_away_again(self, bin_: Path) -> None:
        outcome = link(dry_run=False)
        assert outcome == Outcome(bin_ / "sous", f"written, a link to {Path(sys.executable).with_name('sous')}")
        assert link(dry_run=False) == Outcome(bin_ / "sous", "is up to date")
        assert remove_links(dry_run=True) == [Outcome(bin_ / "sous", "would be deleted")]
        assert remove_links(dry_run=False) == [Outcome(bin_ / "sous", "deleted")]
        assert not os.path.lexists(bin_ / "sous")

    def test_a_link_that_another_installer_made_is_never_taken_away(self, bin_: Path) -> None:
        (bin_ / "sous").symlink_to(Path(sys.executable).with_name("sous"))
        assert link(dry_run=False) is None
        assert remove_links(dry_run=False) == []

    def test_what_is_in_its_place_stays_unless_it_is_ours_and_leads_nowhere(self, bin_: Path) -> None:
        from sous.state import change_state

        (bin_ / "sous").write_text("mine")
        assert link(dry_run=False) == Outcome(bin_ / "sous", "kept, it is not ours or was changed", ours=False)
        (bin_ / "sous").unlink()
        (bin_ / "sous").symlink_to(bin_ / "gone")
        assert link(dry_run=False) == Outcome(bin_ / "sous", "kept, it is not ours or was changed", ours=False)
        with change_state("links.json") as links:
            links[str(bin_ / "sous")] = str(bin_ / "gone")
        assert link(dry_run=True) == Outcome(bin_ / "sous", "would be written")
        link(dry_run=False)
        assert (bin_ / "sous").exists()

    def test_the_next_step_is_named_by_the_command_that_works(self, bin_: Path, tmp_path: Path, run: Run) -> None:
        done = run(bin_ / "llm", "sous", "install", cwd=tmp_path)
        assert f"{bin_ / 'sous'}: written, a link to " in done.out
        assert "run `sous doctor`. To undo: `sous uninstall`" in done.err
        assert f"{bin_ / 'sous'}: deleted\n" in run("sous", "uninstall", cwd=tmp_path).out
