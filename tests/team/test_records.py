"""A record is a file a step; what people do with commits keeps it with the work, and it is data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scene import git
from sous.git_wire import OwnRepository
from sous.team.records import StepRecord, plan_files, read, read_records, written

if TYPE_CHECKING:
    from pathlib import Path


def records_at(repo: Path, commit: str, *, below: str = "") -> dict[str, StepRecord]:
    """Return the records of a commit, as they are read through a repository of ours."""
    ours = OwnRepository.open(repo.parent / "ours", repo, str(repo.parent / "remote.git"))
    files = plan_files(ours, git(repo, "rev-parse", commit).strip(), below=below)
    return read_records(ours, files.records, {})


def put(repo: Path, record: StepRecord) -> None:
    path = repo / record.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(record))
    git(repo, "add", ".")
    git(repo, "commit", "-qm", record.title)


def test_a_record_reads_back_as_it_was_written() -> None:
    record = StepRecord("k7f3", "3", "Add: it\x1b[2J", "Ann", "aider", "pytest -q", "0.10")
    assert read("k7f3", written(record)) == StepRecord(
        "k7f3", "3", "Add: it\\x1b[2J", "Ann", "aider", "pytest -q", "0.10"
    )
    assert read("k7f3", "id: zzzz\nby: a\nby: b\npath: x\n\0: y") == StepRecord("k7f3", by="a")


def test_records_go_with_reverts_and_squashes(repo: Path) -> None:
    assert records_at(repo, "HEAD") == {}
    one, two = StepRecord("aaaa", "1", "One"), StepRecord("bbbb", "2", "Two")
    put(repo, one)
    put(repo, two)
    assert records_at(repo, "HEAD") == {"aaaa": one, "bbbb": two}
    assert records_at(repo, "HEAD~1") == {"aaaa": one}
    git(repo, "revert", "--no-edit", "HEAD~1")
    assert records_at(repo, "HEAD") == {"bbbb": two}
    git(repo, "reset", "-q", "--soft", "HEAD~3")
    git(repo, "commit", "-qm", "squashed")
    assert records_at(repo, "HEAD") == {"bbbb": two}


def test_what_is_no_record_is_left_out(repo: Path) -> None:
    folder = repo / ".sous-plan" / "done"
    (folder / "deep").mkdir(parents=True)
    (folder / "README.md").write_text("x")
    (folder / "deep" / "aaaa").write_text("x")
    (folder / "link").symlink_to("README.md")
    (folder / "big1").write_text("title: big\n" + "x" * 100_000)
    (folder / "huge").write_text("title: huge\n" + "x" * 1_100_000)
    (folder / "bbbb").write_bytes(b"title: \xff\nby: Ann")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "odd")
    found = records_at(repo, "HEAD")
    assert sorted(found) == ["bbbb", "big1", "huge"]
    assert found["huge"] == StepRecord("huge")
    assert (found["bbbb"].by, found["big1"].title) == ("Ann", "big")


def test_a_plan_in_a_folder_has_records_of_its_own(repo: Path) -> None:
    (repo / "web").mkdir()
    put(repo / "web", StepRecord("aaaa", "1", "One"))
    assert records_at(repo, "HEAD") == {}
    assert list(records_at(repo, "HEAD", below="web/")) == ["aaaa"]
