"""`sous land --pr`: one pull request for all steps, on a forge on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clones import joined
from fake_forge import FakeForge
from scene import git

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from scene import Run


def test_one_pull_request_is_opened_and_renewed(
    tmp_path: Path, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = joined(tmp_path, home, run, "one")
    refused = run("sous", "land", "--pr", cwd=one)
    assert (refused.code, "names no forge: say --repo OWNER/NAME" in refused.err) == (1, True)
    assert run("sous", "land", "--into", "main", cwd=one).code == 2
    with FakeForge() as forge:
        monkeypatch.setenv("GITHUB_API_URL", forge.base)
        monkeypatch.setenv("GITHUB_TOKEN", forge.token)
        opened = run("sous", "land", "--pr", "--repo", "o/r", cwd=one)
        assert (opened.code, opened.out) == (0, "https://forge.example/o/r/pull/1\n"), opened.err
        assert "pull request #1 of sous/prompt_plan into main: opened" in opened.err
        assert "- [ ] Step 1: Add\n" in forge.pulls[0]["body"]
        run("sous", "claim", "1", cwd=one)
        (one / "calc.py").write_text("x = 1\n")
        git(one, "commit", "-qam", "work")
        renewed = run("sous", "land", "--no-test", "--pr", "--repo", "o/r", cwd=one)
        assert (renewed.code, "landed on" in renewed.err, "into main: renewed" in renewed.err) == (0, True, True)
        assert "- [x] Step 1: Add — Ann\n" in forge.pulls[0]["body"]
        assert "unchanged" in run("sous", "land", "--pr", "--repo", "o/r", cwd=one).err
        assert len(forge.pulls) == 1
        itself = run("sous", "land", "--pr", "--repo", "o/r", "--into", "sous/prompt_plan", cwd=one)
        assert "steps land on sous/prompt_plan itself" in itself.err
