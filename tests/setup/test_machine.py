from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sous.install import install, items
from sous.marks import marked
from sous.mise_files import mise_config_folder
from sous.settings import Settings
from sous.setup.machine import check_machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeModel
    from sous.setup.check import Check


def looked_at(name: str, settings: Settings | None = None) -> list[Check]:
    return [check for check in check_machine(settings or Settings()) if check.name == name]


def only(name: str, settings: Settings | None = None) -> Check:
    (found,) = looked_at(name, settings)
    return found


def test_what_runs_is_ok_and_says_its_version() -> None:
    assert only("sous").state == "ok"
    assert only("git").state == "ok"
    assert only("git").found[0].isdigit()


def test_without_git_there_is_something_to_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only("git").state == "fix"
    assert "install git" in only("git").advice


def test_a_program_that_does_not_run_is_no_program(fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("mise", "sys.exit('broken')")
    assert only("mise").state == "note"
    assert "does not run" in only("mise").found


def test_escapes_in_a_version_are_not_shown(fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("mise", r"print('\x1b]0;owned\x07 9')")
    assert "\x1b" not in only("mise").found


def test_another_sous_on_path_is_noted(fake_bin: Callable[[str, str], Path]) -> None:
    other = fake_bin("sous", "")
    assert only("sous").state == "note"
    assert str(other) in only("sous").found


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_on_path_to_this_sous_as_pipx_makes_it_is_ok(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sous").symlink_to(Path(sys.executable).parent / "sous")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only("sous").state == "ok"


def test_no_key_is_a_note_with_the_command_that_sets_one() -> None:
    assert only("model").state == "note"
    assert "`llm keys set openai`" in only("model").advice


def test_a_model_that_nobody_knows_is_to_be_fixed() -> None:
    found = only("model", Settings(model="no-such-model"))
    assert found.state == "fix"
    assert found.found == "unknown model no-such-model"
    assert "`llm models`" in found.advice


def test_a_named_model_without_key_is_to_be_fixed() -> None:
    found = only("model", Settings(model="gpt-4o-mini"))
    assert (found.state, found.found) == ("fix", "no key for gpt-4o-mini")
    assert found.advice.startswith("`llm keys set openai`")


def test_broken_keys_are_named(home: Path) -> None:
    (home / "llm").mkdir()
    (home / "llm" / "keys.json").write_text("{")
    found = only("model")
    assert found.state == "fix"
    assert "keys.json" in found.found


def test_a_model_with_a_key_says_what_it_reads(model: FakeModel) -> None:
    found = only("model", Settings(model=model.CHAT[0], context_window=9000))
    assert found.state == "ok"
    assert "9,000 tokens" in found.found


def test_a_window_that_nobody_knows_is_a_note(model: FakeModel) -> None:
    found = only("model", Settings(model=model.CHAT[0]))
    assert found.state == "note"
    assert "context_window" in found.advice


def test_installed_tasks_are_up_to_date_old_or_not_ours() -> None:
    item = next(iter(items(through_llm=False)))
    install(item, dry_run=False)
    assert only("tasks").state == "ok"
    install(dataclasses.replace(item, content=marked("# of before\n")), dry_run=False)
    assert (only("tasks").state, only("tasks").advice) == ("fix", "sous install")
    item.path.write_text(item.content + "# mine\n")
    assert only("tasks").state == "fix"
    assert "move it away" in only("tasks").advice


def test_tasks_that_llm_sous_installed_are_up_to_date() -> None:
    install(next(iter(items(through_llm=True))), dry_run=False)
    assert only("tasks").state == "ok"


def test_a_folder_of_llm_that_cannot_be_made_is_to_be_fixed(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("LLM_USER_PATH", str(home / "file" / "llm"))
    assert {check.name for check in check_machine(Settings()) if check.state == "fix"} >= {"llm"}
    assert only("git").state == "ok"


def test_tasks_of_before_that_run_in_the_home_folder_are_named() -> None:
    folder = mise_config_folder()
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[tasks."LLM:generate_bundle"]\nrun = "npx repomix"\n')
    found = only("tasks")
    assert found.state == "fix"
    assert "LLM:generate_bundle runs in your home folder" in found.found
    (folder / "config.toml").write_text('[tasks."llm:clean"]\nrun = "true"\ndir = "{{cwd}}"\n')
    assert only("tasks").state == "note"


def test_a_broken_configuration_of_mise_is_to_be_fixed() -> None:
    folder = mise_config_folder()
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[tasks\n")
    assert only("tasks").state == "fix"


def test_agents_that_are_installed_are_listed(fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("aider", "")
    fake_bin("codex", "")
    assert only("agents").state == "ok"
    assert "aider" in only("agents").found
    assert "codex" in only("agents").found


def test_folders_that_cannot_be_written_are_to_be_fixed(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).startswith(str(home)))
    assert only("cache").state == "fix"
