"""Every place in the code that asks git something is gone through in a repository that is armed with every trap."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from git_traps import FILTERS, Traps, arm, replace_head
from scene import CHECKOUT, git
from sous import proc
from sous.errors import SousError
from sous.git import Later, filtered_files, is_tracked, is_tracked_and_clean, read_git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

    from scene import Run
    from sous.runner.checkpoint import Checkpoint
    from sous.runner.guard import Guard

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")
SOURCE = CHECKOUT / "src" / "sous"
PLAN = "# Plan\n\n## Step 1: Add right\n\n```text\nMake add(a, b) in app.py return the sum of a and b.\n```\n"
RUNNERS = ("read_git", "write_git", "Later")
Site = tuple[str, str, str]  # module, function, git's command (empty: decided there)


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    (tmp_path / "elsewhere").mkdir()
    return arm(tmp_path)


def call_sites() -> set[Site]:
    """Return where git is called, read from the code itself."""
    found: set[Site] = set()
    for path in SOURCE.rglob("*.py"):
        if path.name not in ("git.py", "git_view.py"):
            found |= set(_calls(ast.parse(path.read_text("utf-8")), path.relative_to(SOURCE).as_posix(), ""))
    return found


def _calls(node: ast.AST, module: str, function: str) -> Iterator[Site]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef) else function
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in RUNNERS:
            command = child.args[1] if len(child.args) > 1 else None
            yield module, inside, str(command.value) if isinstance(command, ast.Constant) else ""
        yield from _calls(child, module, inside)


def _is_site(code: CodeType) -> bool:
    path = Path(code.co_filename)
    return path.is_relative_to(SOURCE) and not path.name.startswith("git") and not code.co_name.startswith("<")


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> set[Site]:
    """What of the call sites is reached, as it is."""
    found: set[Site] = set()
    sites = call_sites()
    started: dict[int, tuple[str, str]] = {}

    def caller() -> tuple[str, str]:
        frame = sys._getframe(2)
        while frame.f_back and not _is_site(frame.f_code):
            frame = frame.f_back
        path = Path(frame.f_code.co_filename)
        return (path.relative_to(SOURCE).as_posix(), frame.f_code.co_name) if path.is_relative_to(SOURCE) else ("", "")

    real, begin = proc.run, Later.__init__

    def run(*argv: str, **others: Any) -> bytes:
        module, function = started.get(threading.get_ident()) or caller()
        for site in ((module, function, argv[2]), (module, function, "")):
            if site in sites:
                found.add(site)
        return real(*argv, **others)

    def begin_later(self: Later, folder: Path | str, command: str, *args: str) -> None:
        module, function = caller()
        found.add((module, function, command))
        begin(self, folder, command, *args)

    monkeypatch.setattr("sous.git.run", run)
    monkeypatch.setattr(Later, "__init__", begin_later)
    return found


def read_everything(repo: Path) -> None:
    from sous.bundle import history
    from sous.bundle.earlier import tracked_below
    from sous.bundle.ignore import IgnoreFiles
    from sous.bundle.listing import list_files
    from sous.forge.pinned import Pinned
    from sous.forge.pull_in_ci import PullInCi
    from sous.forge.remote import Repository, find_repository
    from sous.forge.unreviewed import unreviewed
    from sous.runner.clean import ignored_in
    from sous.team.member import address_of, author_of, commit_at

    asked: list[Callable[[], object]] = [
        lambda: history.diffs(repo),
        lambda: tracked_below(repo),
        lambda: history.diff_since(repo, "HEAD~1"),
        lambda: history.changed_since(repo, "HEAD~1"),
        lambda: history.commits(repo, 5),
        lambda: history.ChangeCounts([str(repo)], 5)[str(repo)],
        lambda: list_files(repo, IgnoreFiles()),
        lambda: list_files(repo, IgnoreFiles(), ("app.py",)),
        lambda: find_repository(repo, None),
        lambda: is_tracked(repo / "app.py"),
        lambda: is_tracked_and_clean(repo / "app.py"),
        lambda: filtered_files(repo),
        lambda: author_of(repo),
        lambda: ignored_in(repo),
        lambda: address_of(repo, "origin"),
        lambda: commit_at(repo),
        lambda: PullInCi(Repository("h", "o/r"), 1, "HEAD", is_foreign=False).compared_with(repo),
        lambda: unreviewed(repo, "HEAD~1", ()),
    ]
    pinned = Pinned(repo, cast("Any", SimpleNamespace(repository=find_repository(repo, None))))
    pinned._then("app.py")
    for ask in asked:
        ask()


def check_out_clean(start: Checkpoint, after: Checkpoint, guard: Guard, folder: Path) -> None:
    from sous.runner.clean import clean_place
    from sous.runner.differences import differences, entries

    mixed = start.mixed(folder / "mixed", entries(differences(start, after), old=False))
    with clean_place(mixed, head=guard.head, refs=guard.refs, texts={}):
        pass


def leave_submodule(start: Checkpoint, guard: Guard) -> None:
    from sous.runner.submodules import Submodule

    for branch in ("", guard.branch):
        assert Submodule(".", start, guard.head, branch).put_back()


def lose_a_file(start: Checkpoint, folder: Path) -> None:
    path = start.place.top / "app.py"
    text = path.read_text()
    path.unlink()
    start.now(folder / "gone")
    path.write_text(text)


def run_everything(repo: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sous.plan.shape import Planned
    from sous.plan.steps import Step
    from sous.runner import branch, committing, journal, judge
    from sous.runner.checkpoint import Checkpoint
    from sous.runner.config import RunConfig
    from sous.runner.guard import Guard
    from sous.runner.refs import head_of
    from sous.runner.traced import GitCalls

    with pytest.raises(SousError, match="passes through the git filter"):
        branch.find_place(repo, repo / "plan.md")
    monkeypatch.setattr(branch, "_check_filters", lambda _place: None)
    (repo / "plan.md").write_text(PLAN)
    place = branch.find_place(repo, repo / "plan.md")
    committing.dirt(place)
    (repo / "loose.txt").write_text("x\n")
    (repo / "link").symlink_to("loose.txt")
    (repo / '"odd').write_text("x\n")
    there = branch.settle(place, "work", worktree=False)
    start = Checkpoint.take(there, folder / "start")
    guard = Guard.watch(there, judge.ignored_programs(there, "sh app.py"))
    judge.has_tests(start)
    leave_submodule(start, guard)
    step = Planned(Step("1", "One", "do", done=False, line=1))
    journal.begin(there, step, guard, start)
    (repo / "app.py").write_text("def add(a, b):\n    return a + b + 0\n")
    (repo / "loose.txt").unlink()
    after = start.now(folder / "after")
    start.diff(after)
    check_out_clean(start, after, guard, folder)
    start.restore()
    (repo / ".git" / "refs" / "heads" / "other").write_text(f"{guard.head}\n")
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/other\n")
    guard.put_back(GitCalls(is_whole=False))
    config = RunConfig(cast("Any", SimpleNamespace(name="agent")), None)
    (repo / "todo.md").write_text("# Todo\n")
    journal.proved(there, step, guard, start)
    committing.commit(there, step, after, config, head_of(there))
    journal.recover(there)
    lose_a_file(start, folder)
    journal.begin(there, step, guard, start)
    (repo / "app.py").write_text("def add(a, b):\n    return 7\n")
    journal.recover(there)
    journal.begin(there, step, guard, start)
    (repo / "app.py").write_text("def add(a, b):\n    return a + b + 0\n")
    committing.commit(there, step, after, config, head_of(there))
    branch.settle(there, "main", worktree=False)
    journal.recover(there)
    for name, worktree in (("other", False), ("work", False), ("apart", True), ("apart", True)):
        branch.settle(there, name, worktree=worktree)


def carry_out_beside(repo: Path, folder: Path) -> None:
    from sous.runner import committing, jobplace
    from sous.runner.config import AttemptResult, RunConfig
    from sous.runner.elsewhere import place_of
    from sous.runner.guard import Guard
    from sous.runner.job import JobRound, JobRunner
    from sous.runner.planbranch import PlanBranch
    from sous.runner.work import PlanWork

    (repo / "plan.md").write_text(PLAN)
    home = place_of(repo, repo / "plan.md")
    assert home
    for name in committing.dirt(home):
        (repo / name).write_bytes(read_git(repo, "cat-file", "blob", f"HEAD:{name}"))
    config, work = RunConfig(cast("Any", SimpleNamespace(name="agent")), None, quiet=True), PlanWork()
    branch = PlanBranch(home, config, work)
    one, other = (
        jobplace.make_place(
            home, name, branch.tip, refs=branch.guard.refs, linked=branch.ignored, config=branch.identity
        )
        for name in ("one", "other")
    )
    step = work.open(home.plan)[0]
    for place, text in ((one, "def add(a, b):\n    return 1\n"), (other, "def add(a, b):\n    return 2\n")):
        runner = JobRunner(place, config, work, branch=branch)
        with runner._checkpoint() as start:
            (place.root / "app.py").write_text(text)
            now = JobRound(start, Guard.watch(place))
            after = start.now(folder / f"after-{place.top.parent.name}")
            verdict = AttemptResult(changes=tuple(start.changes()), proved=after)
            back = runner._land(step, verdict, now, [])
            assert (back is None) is (place is one)
    name = (repo / ".git/HEAD").read_text().split()[1]
    before = read_git(repo, "rev-parse", "HEAD^").decode()
    (repo / ".git" / name).write_text(before)
    with pytest.raises(SousError, match="not by them"):
        branch.check()


NEW_FILE = b"""diff --git a/new b/new
new file mode 100644
--- /dev/null
+++ b/new
@@ -0,0 +1 @@
+x
"""


def hand_over(repo: Path, folder: Path) -> None:
    from sous.plan.shape import Planned
    from sous.plan.steps import Step
    from sous.runner import elsewhere, handing

    place = elsewhere.place_of(repo, repo / "plan.md")
    assert place
    handing._patched(place, folder / "start", NEW_FILE)
    work = handing.work_under_way(place, Planned(Step("2", "Two", "do", done=False, line=1)))
    assert "new" in work.paths
    handing.patch_between(place, work.base, work.tree)
    handing.refuse_unsaved(place, work.base, work.base)
    (repo / "new").unlink()
    (repo / "new").mkdir()
    (repo / "new" / "mine").write_text("x\n")
    with pytest.raises(SousError, match="is in the way and is not in git"):
        handing.refuse_unsaved(place, work.base, work.tree)
    assert handing._in_the_way(place, "new", set()) == "new/mine"
    (repo / "new" / "mine").unlink()
    (repo / "new").rmdir()
    (repo / "new").write_text("x\n")
    handing.put_in_place(place, handing.free_branch(place, "taken"), work.base, work.base)


def go_elsewhere(repo: Path) -> None:
    from sous.plan.progress import read_progress
    from sous.runner import branch, elsewhere, refused, step_commits
    from sous.runner.config import AttemptResult

    place = elsewhere.place_of(repo, repo / "plan.md")
    assert place
    before, now = (read_git(repo, "rev-parse", name).decode().strip() for name in ("work~1", "work"))
    refs = repo / ".git" / "refs"
    for name, commit in (("remotes/origin/far", before), ("remotes/origin/work", now)):
        (refs / name).parent.mkdir(parents=True, exist_ok=True)
        (refs / name).write_text(f"{commit}\n")
    progress = read_progress(place.plan)
    elsewhere.ahead_of(place, progress, "work")
    elsewhere.commit_of(repo, progress.plan.steps[0])
    step_commits.read_step_commits(repo, "plan.md", progress.plan.steps)
    refused.keep(place, "step-1", "One", NEW_FILE, AttemptResult(("no",)))
    refused.put_in_place(place, "step-1", "One")
    branch.settle(place, "far", worktree=False)
    elsewhere.commit_files(place, [place.plan], "the plan")
    elsewhere.plan_change(place, "far")
    (refs / "heads" / "far").write_text(f"{before}\n")
    (refs / "remotes/origin/far").write_text(f"{now}\n")
    branch.settle(place, "far", worktree=False)
    (refs / "heads" / "far").write_text(f"{before}\n")
    branch.settle(place, "work", worktree=False)
    branch.settle(place, "far", worktree=False)


def work_beside(repo: Path, folder: Path) -> None:
    from sous.git_wire import OwnRepository
    from sous.runner import elsewhere, giveback, refused, slots
    from sous.runner.config import AttemptResult

    place = elsewhere.place_of(repo, repo / "plan.md")
    assert place
    there = slots.place_in(place, 1, "HEAD")
    with contextlib.suppress(SousError):  # a filter that has to be run is not
        slots.go_to(there, "HEAD")
    ours = OwnRepository.open(folder / "wire.git", repo, str(folder / "remote.git"))
    slots.bring(cast("Any", SimpleNamespace(root=repo, repository=ours)), there, ours.commit("theirs"))
    giveback.left_marks(there, ["README.md"])
    refused.keep(there, "step-1", "One", NEW_FILE, AttemptResult(("no",)))
    for slug, is_committed in (("step-1", False), ("step-2", False), ("step-2", True)):
        giveback.tree_of(there, slug, "One", is_committed=is_committed)


def test_no_call_site_springs_a_trap(
    traps: Traps, reached: set[Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "second" / "elsewhere").mkdir(parents=True)
    second = arm(tmp_path / "second", filters=False)
    for name, value in {**traps.environment(), **_identity()}.items():
        monkeypatch.setenv(name, value)
    read_everything(traps.repo)
    assert traps.sprung() == []
    run_everything(traps.repo, tmp_path, monkeypatch)
    go_elsewhere(traps.repo)
    hand_over(traps.repo, tmp_path)
    work_beside(traps.repo, tmp_path)
    assert traps.sprung() == []
    for name, value in second.environment().items():
        monkeypatch.setenv(name, value)
    carry_out_beside(second.repo, tmp_path)
    assert second.sprung() == []
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert call_sites() - reached == set()


def _identity() -> dict[str, str]:
    return {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


COMMANDS = {
    "bundle": [
        "bundle", "bundle --since HEAD~1", "bundle --include-diffs --include-logs", "bundle --budget 100",
        "bundle lib nested",
    ],
    "reports": [
        "code-review -m sous-static -f", "missing-tests -m sous-static -f", "readme -m sous-static -o R.md -f",
        "issue-prompts -m sous-static -f", "github-issues -m sous-static -f", "all -m sous-static -f",
    ],
    "others": [
        "post --dry-run --repo o/r", "post --dry-run", "status", "trust", "findings", "clean", "next", "todo",
        "check README.md", "items README.md", "run --agent true --test true",
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", COMMANDS)
def test_no_command_springs_a_trap(kind: str, traps: Traps, run: Run) -> None:
    (traps.repo / "prompt_plan.md").write_text(PLAN)
    for command in COMMANDS[kind]:
        run("sous", *command.split(), cwd=traps.repo, env=traps.environment())
        assert (command, traps.sprung()) == (command, [])


def test_a_whole_run_springs_no_trap(tmp_path: Path, run: Run) -> None:
    """Where no filter of the repository is in the way, a step is carried out and committed."""
    (tmp_path / "elsewhere").mkdir()
    traps = arm(tmp_path, filters=False)
    info = traps.repo / ".git" / "info" / "attributes"
    info.write_text("* diff=evil merge=evil\n")
    (traps.repo / "app.py").write_text("def add(a, b):\n    # TODO: fix this\n    return a - b\n")
    (traps.repo / "prompt_plan.md").write_text(PLAN)
    (tmp_path / "agent.py").write_text("open('app.py', 'w').write('def add(a, b):\\n    return a + b\\n')\n")
    options = ("--agent", f"{sys.executable} {tmp_path / 'agent.py'}", "--test", "true", "--no-tdd")
    done = run("sous", "run", *options, cwd=traps.repo, env=_identity())
    assert (done.code, traps.sprung(), list((tmp_path / "elsewhere").iterdir())) == (0, [], []), done.err
    assert b"return a + b" in read_git(traps.repo, "cat-file", "blob", "HEAD:app.py")


def test_no_command_springs_a_trap_of_a_repository_inside(traps: Traps, run: Run) -> None:
    for folder in (traps.repo / "lib", traps.repo / "nested", traps.repo.parent / "beside"):
        for command in ("bundle --include-diffs --include-logs", "code-review -m sous-static -f"):
            run("sous", *command.split(), cwd=folder, env=traps.environment())
            assert (folder, command, traps.sprung()) == (folder, command, [])


def test_the_traps_work_on_plain_git(traps: Traps) -> None:
    """Else the tests above could not fail."""
    env = {**os.environ, "GIT_WORK_TREE": str(traps.repo)}
    added = [f"add f{number}.txt" for number in range(len(FILTERS))]
    for argv in ("status", "diff HEAD~2 HEAD -- diffed.dat", "blame app.py", "log -1",
                 "show HEAD", "update-ref refs/heads/y HEAD", *added):  # fmt: skip
        subprocess.run(["git", *argv.split()], cwd=traps.repo, env=env, capture_output=True, check=False, timeout=60)
    sprung = set(traps.sprung())
    filters = {f"filter-{name}" for name in FILTERS}
    others = {"textconv", "diff-command", "gpg", "worktree-fsmonitor", "hook-reference-transaction"}
    assert (filters | others) - sprung == set()


def test_replaced_objects_and_grafts_are_not_believed(tmp_path: Path, run: Run) -> None:
    (tmp_path / "r").mkdir()
    git(tmp_path / "r", "init", "-q")
    (tmp_path / "r" / "a.py").write_text("x = 1\n")
    git(tmp_path / "r", "add", ".")
    git(tmp_path / "r", "commit", "-qm", "right")
    replace_head(tmp_path / "r")
    run("sous", "bundle", "--include-logs", cwd=tmp_path / "r")
    packed = (tmp_path / "r" / "output.txt").read_text()
    assert "right" in packed
    assert "PWNED" not in packed


def test_git_is_started_in_one_place() -> None:
    """And programs in one other; a new place would have none of the guards."""
    found = []
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        text = path.read_text("utf-8")
        if name != "proc.py" and re.search(
            r"^\s*(?:import|from) subprocess\b|os\.(?:system|popen|exec|spawn|posix_spawn)", text, re.MULTILINE
        ):
            found.append(name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and name not in ("git.py", "git_view.py", "git_clone.py"):
                first = node.args[0] if node.args else None
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                words = first.elts[:1] if isinstance(first, ast.List | ast.Tuple) else [first]
                if called != "quoted" and any(isinstance(one, ast.Constant) and one.value == "git" for one in words):
                    found.append(f"{name}:{node.lineno}")
    assert found == []
