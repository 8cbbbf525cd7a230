"""One repository's share: what decides about a result, and what a child is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fleet_orders import assignment, closed_door
from scene import committed, git
from sous.errors import SousError
from sous.fleet.work import carry_out
from sous.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from sous.fleet.assignment import Assignment


def done(order: Assignment) -> dict[str, Any]:
    tasks: dict[str, Any] = carry_out(order, lambda _: None)["tasks"]
    return tasks


def test_other_settings_are_another_result(tmp_path: Path) -> None:
    import dataclasses

    order = assignment(tmp_path, committed(tmp_path / "o", {"a.py": "", "b.py": ""}).as_uri())
    first = done(order)["bundle"]
    assert done(order)["bundle"] == {**first, "status": "kept"}
    other = dataclasses.replace(order, settings=Settings(ignore=("b.py",)))
    assert done(other)["bundle"]["key"] != first["key"]
    afresh = dataclasses.replace(order, afresh=("bundle",))
    assert done(dataclasses.replace(afresh, asks=False))["bundle"]["status"] == "priced"
    assert done(afresh)["bundle"]["status"] == "done"
    assert done(dataclasses.replace(order, afresh=("check",)))["bundle"]["status"] == "kept"


def test_a_folder_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    import dataclasses

    from sous.fleet.repositories import FleetRepository

    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.py").write_text("a = 1\n")
    order = dataclasses.replace(
        assignment(tmp_path, ""), repository=FleetRepository("plain", folder.as_uri(), folder=str(folder))
    )
    first = done(order)["bundle"]
    assert done(order)["bundle"]["status"] == "kept"
    (folder / "a.py").write_text("a = 2\n")
    assert done(order)["bundle"]["key"] != first["key"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.py"]


def test_what_the_readme_says_is_looked_up(tmp_path: Path) -> None:
    import dataclasses

    origin = committed(tmp_path / "o", {"a.py": "a = 1\n", "README.md": "# O\n\nSee `gone.py:3` and `a.py:1`.\n"})
    order = dataclasses.replace(assignment(tmp_path, origin.as_uri()), tasks=("check",))
    key = done(order)["check"]["key"]
    from sous.fleet.place import FleetFolder

    result = FleetFolder(order.out).repository(order.repository).result("check", key)
    assert result
    assert [(one["file"], one["line"], one["text"]) for one in result["unproven"]] == [("README.md", 3, "gone.py:3")]


def test_one_task_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    import dataclasses

    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = dataclasses.replace(assignment(tmp_path, origin.as_uri()), tasks=("security-review", "bundle"))
    tasks = done(order)
    assert {name: one["status"] for name, one in tasks.items()} == {"security-review": "failed", "bundle": "done"}
    assert "static analysis makes no security-review" in tasks["security-review"]["reason"]
    (log,) = order.out.glob("repos/*/log.txt")
    assert "security-review" in log.read_text()


def test_an_empty_repository_is_told(tmp_path: Path) -> None:
    from scene import git

    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(SousError, match="it is empty, or has no default branch"):
        carry_out(assignment(tmp_path, (tmp_path / "empty").as_uri()), lambda _: None)


def test_one_that_needs_a_login_never_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    script = tmp_path / "ask.sh"
    script.write_text(f"#!/bin/sh\ntouch {asked}\necho secret\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(script))
    with closed_door() as address, pytest.raises(SousError, match="cannot fetch .*could not read Username"):
        carry_out(assignment(tmp_path, address), lambda _: None)
    assert not asked.exists()


def test_what_is_not_read_of_a_repository_is_told(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 123456789\n"
    origin = committed(tmp_path / "o", {"big.bin": pointer, "a.py": "a = 1\n"})
    git(origin, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
    git(origin, "commit", "-qm", "a submodule")
    order = assignment(tmp_path, origin.as_uri())
    assert carry_out(order, lambda _: None)["notes"] == [
        "1 submodules were not fetched", "1 files of LFS were not fetched: only their pointers are read",
    ]  # fmt: skip
    (log,) = order.out.glob("repos/*/log.txt")
    assert "1 submodules were not fetched" in log.read_text()


@pytest.mark.parametrize("rules", [".gitignore", ".ignore", ".repomixignore"])
def test_a_repository_that_hides_its_files_is_told(tmp_path: Path, rules: str) -> None:
    origin = committed(tmp_path / "o", {"bad.py": "a = 1\n", "logo.png": "x", "b.py": "b = 1\n"})
    (origin / rules).write_text("bad.py\n*.png\n")
    git(origin, "add", rules)
    git(origin, "commit", "-qm", "rules")
    notes = carry_out(assignment(tmp_path, origin.as_uri()), lambda _: None)["notes"]
    assert notes == ["1 files are left out by the repository's own rules: bad.py"]


def test_what_another_machine_may_have_paid_for_is_not_asked_again(tmp_path: Path, model: FakeModel) -> None:
    import dataclasses

    from sous.fleet.place import FleetFolder

    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = dataclasses.replace(
        assignment(tmp_path, origin.as_uri()), tasks=("code-review",), settings=Settings(model="once-500")
    )
    place = FleetFolder(order.out).repository(order.repository)
    key = done(dataclasses.replace(order, asks=False))["code-review"]["key"]
    place.note_asking("code-review", key, "n7 (0123abcd)")
    told = done(order)["code-review"]
    assert "n7 (0123abcd) was asking once-500 for it and has not finished" in told["reason"]
    assert not model.requests
    assert done(dataclasses.replace(order, afresh=("code-review",)))["code-review"]["status"] == "done"
    assert place.asking("code-review", key) == ""


def test_a_result_that_cannot_be_written_is_not_paid_again(tmp_path: Path, model: FakeModel) -> None:
    import dataclasses

    from sous.fleet.place import FleetFolder

    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = dataclasses.replace(
        assignment(tmp_path, origin.as_uri()), tasks=("code-review",), settings=Settings(model="ok")
    )
    place = FleetFolder(order.out).repository(order.repository)
    key = done(dataclasses.replace(order, asks=False))["code-review"]["key"]
    blocked = place.result_folder("code-review", key) / "result.json"
    blocked.mkdir(parents=True)  # as a full disk
    assert done(order)["code-review"]["status"] == "failed"
    assert place.asking("code-review", key)  # another machine does not pay for it
    blocked.rmdir()
    assert done(order)["code-review"]["status"] == "done"
    assert len(model.requests) == 1


def test_who_is_refused_an_answer_leaves_no_note(tmp_path: Path, model: FakeModel) -> None:
    import dataclasses

    from sous.fleet.place import FleetFolder

    origin = committed(tmp_path / "o", {"a.py": "a = 1\n"})
    order = dataclasses.replace(
        assignment(tmp_path, origin.as_uri()), tasks=("code-review",), settings=Settings(model="e401")
    )
    assert done(order)["code-review"]["status"] == "failed"
    assert not list(FleetFolder(order.out).repository(order.repository).folder.glob("*/asking.json"))
