"""A plan carried out by several clones while they die, freeze and go on: what is lost, doubled or robbed.

Real processes and real git over a bare repository. Each clone has a home and a clock of its own (some ten days off) and
goes on as an agent would: claim, work, land. A seed decides who is killed or stopped at which call of git.

Run: python tests/bench/together.py [SEEDS] [--clones N] [--steps N] [--first SEED] [--by run] [--keep]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEASE, BEAT = 8.0, 0.8  # seconds, in place of 600 and 60
BRANCH = "sous/prompt_plan"
CLAIMS = "refs/sous/claims"
_NONE = "0" * 40
_TOO_LONG = 300.0  # seconds for one seed
_TEN_DAYS = 864_000.0
_TESTS = "! grep -rl --include='*.txt' '<<<<<<<' ."
_MOST_CALLS = {"commands": 26, "run": 160}  # of git in our repository, by which a fault has happened
_FRUITLESS = 3  # runs of `sous run` that leave a step to a person, after which a clone stops
# an agent that writes what a prompt asks for, and takes both sides of a conflict
_AGENT = """\
import re, sys
from pathlib import Path
number = re.search(r"Write ([0-9]+)", sys.stdin.read())[1]
Path("s", f"{number}.txt").write_text(f"{number} done\\n")
if int(number) % 4 == 0:
    lines = [line for line in Path("shared.txt").read_text().splitlines() if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")]
    if f"{number} done" not in lines:
        lines.insert(-1, f"{number} done")
    Path("shared.txt").write_text("\\n".join(dict.fromkeys(lines)) + "\\n")
"""
# what each push changed, and when by the clock that runs since the machine was started
_HOOK = """#!/bin/sh
read now _ < /proc/uptime
while read old new name; do echo "$now $old $new $name"; done >> pushes.log
"""


def git(folder: Path, *args: str, check: bool = True) -> str:
    """Run git as a user would."""
    done = subprocess.run(["git", *args], cwd=folder, capture_output=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def uptime() -> float:
    """Return the seconds since the machine was started, the clock that all processes share."""
    return float(Path("/proc/uptime").read_text().split()[0])


# ---- a plan


def plan_of(steps: int, chance: random.Random) -> str:
    """Return a plan: some steps build on others, and every fourth one changes a file that others change too."""
    parts = ["# Plan\n"]
    for number in range(1, steps + 1):
        before = [str(one) for one in range(1, number) if chance.random() < 1.2 / steps]
        builds = f"step {', step '.join(before)}" if before else "nothing"
        files = f"`s/{number}.txt`" + (", `shared.txt`" if number % 4 == 0 else "")
        parts.append(
            f"## Step {number}: Do {number}\n\n- **Builds on:** {builds}\n- **Files:** {files}\n\n"
            f"```text\nWrite {number}.\n```\n"
        )
    return "\n".join(parts)


def make_remote(folder: Path, steps: int, chance: random.Random) -> Path:
    """Make the bare repository that all clones share; it notes every push."""
    first, remote = folder / "first", folder / "remote.git"
    (first / "s").mkdir(parents=True)
    (first / "s" / "0.txt").write_text("0\n")
    (first / "shared.txt").write_text("top\nbottom\n")
    (first / "prompt_plan.md").write_text(plan_of(steps, chance))
    git(first, "init", "-q", "-b", "main")
    git(first, "add", ".")
    git(first, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "start")
    git(folder, "clone", "-q", "--bare", "first", "remote.git")
    git(remote, "config", "gc.auto", "0")
    hook = remote / "hooks" / "post-receive"
    hook.write_text(_HOOK)
    hook.chmod(0o755)
    return remote


# ---- one clone: a process that starts a process for each command


@dataclass
class Clone:
    """One clone at work; what happens to it is in its log, what it does is decided by its seed."""

    root: Path
    seed: int
    faults: float
    is_mortal: bool
    by: str = "commands"
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311

    def note(self, what: str, **more: object) -> None:
        """Write a line of the log."""
        with (self.root.parent / "events.jsonl").open("a") as file:
            file.write(json.dumps({"at": uptime(), "what": what, **more}) + "\n")

    def forked(self, action: Callable[[], None], *, may_fail: bool = True) -> tuple[int, str]:
        """Do something in a process of its own, which may be killed or stopped; return exit code and what it said."""
        fault = self.chance.choice(("kill", "kill", "stop")) if may_fail and self.chance.random() < self.faults else ""
        at, is_after = self.chance.randrange(1, _MOST_CALLS[self.by]), self.chance.random() < 0.5
        out = self.root.parent / "out.txt"
        child = os.fork()
        if not child:
            _in_child(action, fault, at, out, is_after=is_after)
        while True:
            _, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            asleep = LEASE * self.chance.uniform(0.3, 2.5)
            self.note("stopped", seconds=asleep)
            time.sleep(asleep)
            self.note("continued")
            os.kill(child, signal.SIGCONT)
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        if code == -signal.SIGKILL:
            self.note("killed", call=at)
        return code, out.read_text("utf-8", "replace")

    def sous(self, *argv: str, may_fail: bool = True) -> tuple[int, str]:
        """Run a command of sous."""

        def action() -> None:
            from sous.cli import main

            os.chdir(self.root)
            sys.argv = ["sous", *argv]
            main()

        code, said = self.forked(action, may_fail=may_fail)
        self.note("ran", argv=argv, code=code, said=said[-600:])
        return code, said

    def own(self) -> list[str]:
        """Return the steps that this clone has claimed, from before it was killed."""
        kept = self.root.parent / "own.txt"
        kept.unlink(missing_ok=True)

        def action() -> None:
            team = _team(self.root)
            ids = [step.id for step in team.look().steps if team.is_ours(step.claim) and not step.record]
            kept.write_text(" ".join(ids))

        self.forked(action, may_fail=False)
        return kept.read_text().split() if kept.exists() else []

    def work(self, step: str) -> bool:
        """Write what a step asks for, on the newest tip, and show life meanwhile."""
        pause = self.chance.uniform(0, 1.5)
        line = f"{step} {self.root.parent.name}"

        def action() -> None:
            from sous.team.landing import beating

            team = _team(self.root)
            found = team.look().find(step)
            if found.claim is None or not team.is_ours(found.claim):
                sys.exit(3)
            with beating(team, [found.claim], every=BEAT) as alive:
                git(self.root, "fetch", "-q", "origin")
                git(self.root, "reset", "-q", "--hard", f"origin/{BRANCH}")
                number = found.planned.step.number
                (self.root / "s" / f"{number}.txt").write_text(f"{line}\n")
                shared = self.root / "shared.txt"
                if int(number) % 4 == 0:
                    shared.write_text(shared.read_text().replace("bottom", f"{line}\nbottom"))
                time.sleep(pause)
                git(self.root, "add", "s", "shared.txt")
                git(self.root, "commit", "-qm", f"work on {step}")
            sys.exit(0 if alive else 3)

        (self.root / ".git" / "index.lock").unlink(missing_ok=True)  # of a git that was killed
        code, said = self.forked(action)
        self.note("worked", step=step, code=code, said=said[-300:])
        return code == 0

    def run_all(self) -> None:
        """Have `sous run` carry out the plan, and begin again where it was killed, until all is done."""
        agent = self.root.parent / "agent.py"
        agent.write_text(_AGENT)
        waits = 0
        words = ("--yes", "--no-tdd", "--agent", f"{sys.executable} {agent}", "--test", _TESTS)
        while True:
            if self.is_mortal and self.chance.random() < self.faults / 4:
                self.note("gone")
                return
            _, said = self.sous("run", *words)
            waits += "no step is ready" in said
            if waits == _FRUITLESS or self.is_all_done():
                self.note("finished")
                return
            time.sleep(0.5)

    def is_all_done(self) -> bool:
        """Tell whether each step is done."""

        def action() -> None:
            sys.exit(0 if all(step.record for step in _team(self.root).look().steps) else 3)

        return self.forked(action, may_fail=False)[0] == 0

    def live(self) -> None:
        """Claim, work and land until all is done, or this clone is gone."""
        while True:
            if self.is_mortal and self.chance.random() < self.faults / 8:
                self.note("gone")
                return
            if self.chance.random() < 0.05:
                self.tick_one()
            ids = self.own()
            if not ids:
                code, said = self.sous("claim", "--json")
                if "all are done" in said:
                    self.sous("sync", may_fail=False)
                    self.note("finished")
                    return
                if code:
                    time.sleep(0.4)
                    continue
                ids = [json.loads(said[said.index("{") :])["id"]]
            if self.work(ids[0]):
                self.sous("land", ids[0], "--test", _TESTS)

    def tick_one(self) -> None:
        """Tick a step by hand, as a person would who did it elsewhere, and tell the others."""

        def action() -> None:
            from sous.plan.progress import State, tick

            team = _team(self.root)
            open_steps = [step for step in team.look().steps if step.record is None and step.claim is None]
            if open_steps:
                os.chdir(self.root)
                tick(self.root / "prompt_plan.md", open_steps[-1].planned.step.number, State.DONE)
                sys.stdout.write(open_steps[-1].id)

        code, said = self.forked(action, may_fail=False)
        if code == 0 and said:
            synced, _ = self.sous("sync")
            if synced == 0:
                self.note("ticked", step=said)


def _team(root: Path) -> Any:  # imported where the environment is set
    from sous.team.member import required_membership
    from sous.team.shared import Team

    return Team(root, required_membership(root))


def _in_child(action: Callable[[], None], fault: str, at: int, out: Path, *, is_after: bool) -> None:
    """Do something in this fork and end it; a fault happens at the call of git that is named."""
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    code = 1
    try:
        if fault:
            _break_at(at, signal.SIGKILL if fault == "kill" else signal.SIGSTOP, is_after=is_after)
        action()
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else int(bool(exc.code))
    except BaseException as exc:  # noqa: BLE001  # the log says it
        os.write(2, repr(exc).encode())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _break_at(at: int, what: int, *, is_after: bool) -> None:
    """Have this process get a signal around the call number `at` of git in our repository."""
    from sous.git_wire import OwnRepository

    real, calls = OwnRepository.git, iter(range(1, 1_000_000))

    def counted(self: Any, *args: Any, **more: Any) -> bytes:
        is_now = next(calls) == at
        if is_now and not is_after:
            os.kill(os.getpid(), what)
        try:
            return real(self, *args, **more)
        finally:
            if is_now and is_after:
                os.kill(os.getpid(), what)

    OwnRepository.git = counted  # type: ignore[method-assign]


def work_as_clone(arguments: str) -> None:
    """Be one clone: the process that `run_seed` starts."""
    said = json.loads(arguments)
    offset = said["offset"]
    real = time.time
    time.time = lambda: real() + offset
    from sous.team import lease

    lease.LEASE, lease.BY_HAND_LEASE, lease.BEAT = LEASE, LEASE, BEAT  # before others take them from there
    import sous.cli
    import sous.commands.claim
    import sous.commands.land
    import sous.commands.run
    import sous.commands.sync
    import sous.runner.landing_tests
    import sous.runner.together
    import sous.team.begin
    import sous.team.landing
    import sous.team.syncing  # noqa: F401

    clone = Clone(Path(said["root"]), said["seed"], said["faults"], is_mortal=said["mortal"], by=said["by"])
    if said["begin"]:
        clone.sous("team", "init", "--yes", may_fail=False)
    elif clone.by == "run":
        clone.run_all()
    else:
        clone.live()


# ---- one seed


@dataclass(frozen=True)
class Outcome:
    """What became of one seed: what is wrong, and how much happened."""

    seed: int
    wrong: list[str]
    happened: Counter[str]
    seconds: float


def run_seed(folder: Path, seed: int, *, clones: int, steps: int, faults: float, by: str) -> Outcome:
    """Have a plan carried out, and look at what came of it."""
    chance = random.Random(seed)  # noqa: S311
    began = time.monotonic()
    remote = make_remote(folder, steps, chance)
    roots = []
    for at in range(clones):
        home = folder / f"c{at}"
        home.mkdir()
        (home / ".gitconfig").write_text(f"[user]\nname = P{at}\nemail = p{at}@example.com\n[gc]\nauto = 0\n")
        git(home, "clone", "-q", str(remote), "work")
        roots.append(home / "work")
    offsets = [chance.choice((0.0, _TEN_DAYS, -_TEN_DAYS)) for _ in roots]
    for root, offset in zip(roots, offsets, strict=True):
        with _process(root, offset, seed=0, faults=0.0, mortal=False, by=by, begin=True) as process:
            process.wait()
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(
                _process(root, offset, seed=seed * 1000 + at, faults=faults, mortal=at > 1, by=by, begin=False)
            )
            for at, (root, offset) in enumerate(zip(roots, offsets, strict=True))
        ]
        deadline = time.monotonic() + _TOO_LONG
        if seed % 4 == 0:
            time.sleep(chance.uniform(3, 12))
            delete_claims(remote)
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(1.0, deadline - time.monotonic()))
        is_late = any(process.poll() is None for process in processes)
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    happened, wrong = judged(remote, roots, steps)
    if is_late:
        wrong.append(f"not done within {_TOO_LONG:g} s")
    return Outcome(seed, wrong, happened, time.monotonic() - began)


def delete_claims(remote: Path) -> None:
    """Delete all claims, as somebody's `git push --mirror` does."""
    for name in git(remote, "for-each-ref", "--format=%(refname)", CLAIMS).split():
        git(remote, "update-ref", "-d", name, check=False)


@contextlib.contextmanager
def _process(root: Path, offset: float, **more: object) -> Iterator[subprocess.Popen[bytes]]:
    home = root.parent
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LANG": "C.UTF-8",
    }
    said = json.dumps({"root": str(root), "offset": offset, **more})
    with subprocess.Popen(
        [sys.executable, __file__, "--clone", said], cwd=root, env=env, start_new_session=True
    ) as process:
        yield process


# ---- what is true at the end


def judged(remote: Path, roots: list[Path], steps: int) -> tuple[Counter[str], list[str]]:
    """Return how much happened and what is wrong."""
    events = {root.parent.name: _events(root.parent / "events.jsonl") for root in roots}
    happened = Counter(event["what"] for one in events.values() for event in one)
    wrong = _doubled_or_missing(remote, steps)
    for name, log in events.items():
        wrong += [f"{name}: {text}" for text in _of_log(remote, log, happened)]
    wrong += _robbed(remote, events, happened)
    return happened, wrong


def _events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _doubled_or_missing(remote: Path, steps: int) -> list[str]:
    """Each step has one record, which came once and never went; what it asked for is there."""
    plan = git(remote, "show", f"{BRANCH}:prompt_plan.md")
    ids = re.findall(r"\*\*Id:\*\* (\w+)", plan)
    wrong = [] if len(ids) == steps else [f"{len(ids)} ids for {steps} steps"]
    for number, step in enumerate(ids, 1):
        came = git(remote, "log", "--format=%an", "--diff-filter=A", BRANCH, "--", f".sous-plan/done/{step}").split()
        went = git(remote, "log", "--format=%an", "--diff-filter=D", BRANCH, "--", f".sous-plan/done/{step}").split()
        landed = git(remote, "log", "--format=%H", f"--grep=^Step: {step}$", BRANCH).split()
        if len(came) != 1 or went or len(landed) > 1:
            wrong.append(f"step {number} ({step}): came {len(came)}, went {len(went)}, landed {len(landed)} times")
        if landed and git(remote, "show", f"{BRANCH}:s/{number}.txt").split()[0] not in (step, str(number)):
            wrong.append(f"step {number} ({step}): its file says something else")
    left = git(remote, "for-each-ref", "--format=%(refname:lstrip=3)", CLAIMS).split()
    return wrong + [f"a claim of {one} is left on a step that is done" for one in left if one in ids]


def _of_log(remote: Path, log: list[dict[str, Any]], happened: Counter[str]) -> Iterator[str]:
    """What commands said: a crash, a conflict in a file of the plan, a tick that is not there."""
    for event in log:
        said = event.get("said", "")
        if "Traceback" in said or "Error(" in said:
            yield f"{event.get('argv') or event['what']}: {said[-400:]}"
        if "change the same lines of" in said:
            happened["conflicts"] += 1
            if re.search(r"same lines of [^:]*(?:prompt_plan|sous-plan|todo)", said):
                yield f"a conflict in a file of the plan: {said[-300:]}"
        argv = event.get("argv") or [""]
        if argv[0] in ("land", "claim") and event["code"] > 0 and "no step is ready" not in said:
            happened[f"{argv[0]}: {re.sub(r'(Step|step) [0-9]+: Do [0-9]+', 'S', said.strip())[:70]!r}"] += 1
        step = event["step"] if event["what"] == "ticked" else argv[1] if argv[0] == "land" else ""
        if step and event.get("code", 0) == 0:
            happened["landed or ticked"] += 1
            if not git(remote, "ls-tree", BRANCH, f".sous-plan/done/{step}"):
                yield f"a tick of {step} is lost"


def _robbed(remote: Path, events: dict[str, list[dict[str, Any]]], happened: Counter[str]) -> list[str]:
    """No claim was taken from a clone that was neither dead nor stopped within the lease before."""
    owner_of: dict[str, str] = {}  # of a commit
    wrong = []
    pushes = (remote / "pushes.log").read_text().splitlines()
    for line in pushes:
        at, old, new, name = line.split(" ", 3)
        if not name.startswith(CLAIMS) or "/probe" in name or new == _NONE:
            continue
        text = git(remote, "cat-file", "commit", new)
        owner_of[new] = next((one[8:] for one in text.splitlines() if one.startswith("person: ")), "")
        robbed, now = owner_of.get(old, ""), float(at)
        if old != _NONE and robbed != owner_of[new]:
            happened["taken over"] += 1
            if _was_alive(events.get(f"c{robbed[1:]}", []), now):
                wrong.append(f"{name[len(CLAIMS) + 1 :]} was taken from {robbed}, who lives, by {owner_of[new]}")
    happened["pushes"] = len(pushes)
    return wrong


def _was_alive(log: list[dict[str, Any]], now: float) -> bool:
    """Tell whether a clone lived the whole lease before a moment: neither killed, stopped, nor gone."""
    is_down = False
    for event in log:
        if event["at"] > now:
            break
        if event["what"] in ("stopped", "gone", "finished"):
            is_down = True
        elif event["what"] in ("continued", "killed"):
            is_down = False
            if event["at"] > now - LEASE - 2 * BEAT:
                return False
    return not is_down


def main() -> None:
    """Run the seeds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", type=int, nargs="?", default=3)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--clones", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--faults", type=float, default=0.2, help="how often a command is killed or stopped")
    parser.add_argument("--by", choices=["commands", "run"], default="commands", help="claim and land, or sous run")
    parser.add_argument("--keep", action="store_true", help="keep the folders of seeds that went wrong")
    parser.add_argument("--clone", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.clone:
        work_as_clone(asked.clone)
        return
    all_of: Counter[str] = Counter()
    bad = 0
    for seed in range(asked.first, asked.first + asked.seeds):
        with tempfile.TemporaryDirectory(prefix=f"together-{seed}-") as scratch:
            done = run_seed(
                Path(scratch), seed, clones=asked.clones, steps=asked.steps, faults=asked.faults, by=asked.by
            )
            if done.wrong and asked.keep:
                os.rename(scratch, f"{scratch}.kept")  # noqa: PTH104
                os.mkdir(scratch)  # noqa: PTH102
                print(f"kept {scratch}.kept")
        all_of.update(done.happened)
        bad += bool(done.wrong)
        print(f"seed {seed}: {done.seconds:.0f} s, {len(done.wrong)} wrong, {done.happened['killed']} killed, ", end="")
        print(f"{done.happened['stopped']} stopped, {done.happened['taken over']} taken over", flush=True)
        for one in done.wrong:
            print(f"  {one}", flush=True)
    print(f"{asked.seeds} seeds, {bad} with something wrong")
    for what, count in all_of.most_common():
        print(f"  {count:6} {what}")


if __name__ == "__main__":
    main()
