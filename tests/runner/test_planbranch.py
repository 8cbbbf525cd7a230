from __future__ import annotations

import os
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scene import git, write_tree
from sous.errors import SousError
from sous.runner.config import RunConfig
from sous.runner.elsewhere import place_of
from sous.runner.planbranch import PlanBranch
from sous.runner.traced import trace_environment
from sous.runner.work import PlanWork

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "# Plan\n\n## Step 1: One\n\n```text\nDo one.\n```\n\n## Step 2: Two\n\n```text\nDo two.\n```\n"


@pytest.fixture
def branch(tmp_path: Path) -> PlanBranch:
    write_tree(tmp_path, {"a.py": "A = 1\n", "prompt_plan.md": PLAN, "loose.txt": "mine\n"})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "config", "user.name", "A")
    git(tmp_path, "config", "user.email", "a@example.com")
    git(tmp_path, "add", "a.py", "prompt_plan.md")
    git(tmp_path, "commit", "-qm", "start")
    home = place_of(tmp_path, tmp_path / "prompt_plan.md")
    assert home
    return PlanBranch(home, RunConfig(cast("Any", SimpleNamespace(name="agent")), None), PlanWork())


def tree_of(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    git(folder, "add", name)
    tree = git(folder, "write-tree").strip()
    git(folder, "reset", "-q", "--hard")
    return tree


def test_a_step_lands_with_its_tick(branch: PlanBranch) -> None:
    home, first = branch.home, branch.tip
    step = PlanWork().open(home.plan)[0]
    made = branch.land(step, tree_of(home.top, "b.py", "B = 1\n"), (), None)
    assert git(home.top, "rev-parse", "HEAD").strip() == made == branch.tip
    assert (home.top / "b.py").read_text() == "B = 1\n"
    assert "- [x] Step 1" in (home.top / "todo.md").read_text()
    assert git(home.top, "status", "--porcelain").split() == ["??", "loose.txt"]
    assert branch.landed_since(first) == ["Step 1: One"]
    assert branch.landed_since(made) == []


@pytest.mark.parametrize("name", ["hooks/pre-commit", "hooks/post-checkout", "info/attributes", "config"])
def test_what_an_agent_puts_there_while_we_write_is_not_ours(
    branch: PlanBranch, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = branch.home.top / ".git" / name
    before = path.read_bytes() if path.exists() else None
    with branch.writing():
        path.parent.mkdir(exist_ok=True)
        path.write_text("[alias]\n\tst = !evil\n")
    branch.put_back()
    assert (path.read_bytes() if path.exists() else None) == before
    assert f"it changed git's own {path.name}; that is undone" in capsys.readouterr().err


def test_what_we_write_and_land_is_no_agents(branch: PlanBranch, capsys: pytest.CaptureFixture[str]) -> None:
    home = branch.home
    with branch.writing():
        (home.top / ".sous").mkdir(exist_ok=True)
        (home.top / ".sous" / "note.md").write_text("x\n")
    branch.land(PlanWork().open(home.plan)[0], tree_of(home.top, "b.py", "B = 1\n"), (), None)
    branch.put_back()
    assert capsys.readouterr().err == ""
    assert (home.top / ".sous" / "note.md").read_text() == "x\n"


@pytest.mark.parametrize(("name", "said"), [("loose.txt", "is not in git"), ("a.py", "was changed in")])
def test_what_somebody_has_there_is_not_written_over(branch: PlanBranch, name: str, said: str) -> None:
    home, step = branch.home, PlanWork().open(branch.home.plan)[0]
    tree = tree_of(home.top, name, "theirs\n")
    (home.top / name).write_text("mine\n")
    with pytest.raises(SousError, match=said):
        branch.land(step, tree, (), None)
    assert (home.top / name).read_text() == "mine\n"
    assert not (home.top / "todo.md").exists()


def ask(branch: PlanBranch, line: str) -> None:
    """Have an agent, whose git tells what it is asked, run a line in the project."""
    env = {**os.environ, **trace_environment(branch._trace)}
    subprocess.run(["sh", "-c", line], cwd=branch.home.top, env=env, check=True, capture_output=True)


BY_A_PERSON = {
    "a commit": ("git commit -q --allow-empty -m by-a-person", "by-a-person"),
    "a commit while an agent looks on": ("git commit -q --allow-empty -m seen", "seen"),
    "another branch": ("git switch -q -c elsewhere", "on elsewhere"),
    "no branch": ("git switch -q --detach", "on no branch"),
}


@pytest.mark.parametrize(("line", "said"), BY_A_PERSON.values(), ids=BY_A_PERSON)
def test_where_a_person_goes_with_the_project_stays_and_nothing_lands(branch: PlanBranch, line: str, said: str) -> None:
    top, step = branch.home.top, PlanWork().open(branch.home.plan)[0]
    tree = tree_of(top, "b.py", "B = 1\n")
    ask(branch, "git status && git log -1")
    subprocess.run(line.split(), cwd=top, check=True)
    before = git(top, "log", "-1", "--format=%H %D")
    with branch.writing():
        write_tree(top, {".sous/run/step-2.md": "a note\n"})
    with pytest.raises(SousError, match=said):
        branch.land(step, tree, (), None)
    assert git(top, "log", "-1", "--format=%H %D") == before
    assert not (top / "b.py").exists()


def test_what_a_person_stages_or_merges_meanwhile_stays(branch: PlanBranch) -> None:
    top = branch.home.top
    git(top, "add", "loose.txt")
    (top / ".git/MERGE_HEAD").write_text(branch.tip + "\n")
    branch.put_back()
    assert git(top, "diff", "--cached", "--name-only").split() == ["loose.txt"]
    assert (top / ".git/MERGE_HEAD").exists()
    ask(branch, "git add a.py")
    branch.put_back()
    assert git(top, "diff", "--cached", "--name-only") == ""
    assert not (top / ".git/MERGE_HEAD").exists()


IN_THE_WAY = {
    "ignored by the repository's own list": ("notes.env", "notes.env"),
    "a folder where a file comes": ("data.log/mine.txt", "data.log"),
    "a file where a folder comes": ("keep.log", "keep.log/new.py"),
}


@pytest.mark.parametrize(("there", "made"), IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_git_ignores_is_not_written_over_either(branch: PlanBranch, there: str, made: str) -> None:
    top, step = branch.home.top, PlanWork().open(branch.home.plan)[0]
    write_tree(top, {made: "theirs\n"})
    git(top, "add", "-f", made)
    tree = git(top, "write-tree").strip()
    git(top, "reset", "-q", "--hard")
    (top / ".git/info/exclude").write_text("*.env\n*.log\n")
    write_tree(top, {there: "mine\n"})
    with pytest.raises(SousError, match="is there already and is not in git"):
        branch.land(step, tree, (), None)
    assert (top / there).read_text() == "mine\n"
    assert git(top, "log", "--format=%s").strip() == "start"


def test_files_of_git_make_room_for_a_folder_and_a_folder_for_a_file(branch: PlanBranch) -> None:
    top, plan = branch.home.top, PlanWork().open(branch.home.plan)
    for step, gone, made in ((plan[0], "a.py", "a.py/in.py"), (plan[1], "a.py/in.py", "a.py")):
        git(top, "rm", "-q", gone)
        write_tree(top, {made: "new\n"})
        git(top, "add", made)
        tree = git(top, "write-tree").strip()
        git(top, "reset", "-q", "--hard")
        branch.land(step, tree, (), None)
        assert (top / made).read_text() == "new\n"


def test_what_is_done_to_the_project_is_undone_but_not_what_we_write(
    branch: PlanBranch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = branch.home.top
    (top / "todo.md").write_text("- [x] Step 1: One\n")
    ask(branch, "git commit -q --allow-empty -m not-ours")
    with branch.writing():
        write_tree(top, {".sous/run/step-1.md": "a note\n"})
    branch.put_back()
    assert not (top / "todo.md").exists()
    assert git(top, "log", "--format=%s").split() == ["start"]
    assert (top / ".sous/run/step-1.md").exists()
    assert "while agents were at work in other folders, it wrote to todo.md" in capsys.readouterr().err
