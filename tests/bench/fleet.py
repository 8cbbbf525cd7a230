"""A fleet beside a loop of commands and a Dask cluster, killed drivers by seed, and the driver's memory.

`python tests/bench/fleet.py loop|killed|memory`.

Repositories are small ones made here, fetched by file://; the model is a server on loopback.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clusters import cluster
from fake_model import REPLY, FakeModel
from scene import SOUS, committed

CODE = "def f{n}(a):\n    try:\n        return a - {n}\n    except:\n        pass\n"


ADD = "def add(a, b):\n    return a - b\n\nN = {n}\n"
FILLED = 0.8  # of what an answer may cost at most
WRITTEN = 60e-6  # US dollars for a token that gpt-4 writes


def make(folder: Path, count: int, *, alike: bool = True) -> Path:
    """Make repositories, and a list of them; return the list. `alike`: they are copies of one."""
    files = {"app.py": CODE.format(n=0), "src/app.py": ADD.format(n=0), "README.md": "# N\n\nSee `app.py:1`.\n"}
    first = committed(folder / "origins" / "n0", files)
    lines = [first.as_uri()]
    for number in range(1, count):
        where = folder / "origins" / f"n{number}"
        shutil.copytree(first, where) if alike else committed(where, {"src/app.py": ADD.format(n=number)})
        lines.append((folder / "origins" / f"n{number}").as_uri())
    listed = folder / "repos.txt"
    listed.write_text("\n".join(lines) + "\n")
    return listed


def spent(work: list[list[str]], cwd: Path, env: dict[str, str]) -> tuple[float, float]:
    """Run commands one after the other; return CPU seconds and seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for argv in work:
        subprocess.run(argv, cwd=cwd, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began


def beside_a_loop(folder: Path, count: int, jobs: int, sample: int, *, dask: bool) -> None:
    """Compare a fleet with a loop that clones and reviews; of the loop only a sample is run, and extrapolated."""
    listed, env = make(folder, count), {**os.environ, "HOME": str(folder / "home")}
    (folder / "home").mkdir()
    loop = []
    for number, address in enumerate(listed.read_text().split()[:sample]):
        clone = str(folder / "clones" / f"n{number}")
        loop += [["git", "clone", "-q", "--depth=1", address, clone],
                 [*SOUS, "code-review", "--root", clone, "-m", "sous-static", "-q", "-o", f"{clone}.md"]]  # fmt: skip
    cpu, seconds = spent(loop, folder, env)
    looped = cpu * count / min(count, sample), seconds * count / min(count, sample)
    fleet = [*SOUS, "fleet", "code-review", str(listed), "-m", "sous-static", "-j", str(jobs), "-q", "-o"]
    first = spent([[*fleet, "out"]], folder, env)
    again = spent([[*fleet, "out"]], folder, env)
    figures = {f"loop, of {min(count, sample)}": looped, "fleet": first, "fleet, again": again}
    if dask:
        shutil.rmtree(folder / "home" / ".cache", ignore_errors=True)  # the clones, so that all fetch
        with cluster(folder / "cluster", env=env) as there:
            figures["dask"] = spent([[*fleet, "dask", "--scheduler", there.address]], folder, env)
    for name, (cpu, seconds) in figures.items():
        print(f"{name}: {cpu:.1f} s of CPU, {seconds:.1f} s, {looped[0] / cpu:.1f} times the loop by CPU, "
              f"{looped[1] / seconds:.1f} by the clock")  # fmt: skip


def killed(folder: Path, seed: int, options: argparse.Namespace) -> str:
    """Kill drivers and workers at random until a run is done; return what came of it.

    `share`: of what all may cost at most, what is the limit; 0 for none. An answer costs most of what it may, so that
    the limit is reached; then a run without one does the rest. `verify`: each finding has a second call.
    """
    chance, count = random.Random(seed), options.count  # noqa: S311
    listed = make(folder, count, alike=False)
    home = folder / "home"
    (home / "llm").mkdir(parents=True)
    limit = 0.0
    first, second = ("gpt-4", "gpt-4o") if options.share else ("brisk", "scripted")
    with FakeModel() as model, contextlib.ExitStack() as stack:
        model.script = lambda prompt: "1: real: it is\n" if "# Finding 1" in prompt else REPLY
        entries = [{"model_id": name, "model_name": name, "api_base": model.url} for name in ("brisk", "scripted")]
        (home / "llm" / "extra-openai-models.yaml").write_text(json.dumps(entries))
        env = {**os.environ, "HOME": str(home), "LLM_USER_PATH": str(home / "llm"), "OPENAI_API_KEY": "x",
               "OPENAI_BASE_URL": model.url}  # fmt: skip
        plain = [*SOUS, "fleet", "code-review", str(listed), "-m", first, "-j", "4", "-q", "-o", str(folder / "out")]
        plain += ["--verify", second] if options.verify else []
        argv = plain
        if options.share:
            dry = subprocess.run([*plain, "--dry-run"], env=env, check=True, capture_output=True, text=True)
            most = float(re.findall(r"at most \$([\d.]+)", dry.stdout)[-1])
            limit, model.written = round(most * options.share, 2), round(most / count * FILLED / WRITTEN)
            argv = [*plain, "--max-cost", str(limit)]
        there = stack.enter_context(cluster(folder / "cluster", env=env)) if options.workers == "dask" else None
        argv = [*argv, "--scheduler", there.address] if there else argv
        kills, ended = until_done(argv, env, chance, options.slowest, there.job.pid if there else 0)
        time.sleep(2)  # children that nobody waits for
        limited = [body["model"] for body in model.requests].count(first)
        if options.share:
            subprocess.run(plain, env=env, check=False, stderr=subprocess.DEVNULL)
        asked, twice = len(model.requests), len(model.answered) - len(set(model.answered))
    results = [json.loads(path.read_text()) for path in (folder / "out").glob("repos/*/*/result.json")]
    each = max((float(one["dollars"] or 0) for one in results), default=0.0)
    judged = sum(bool(finding.get("opinion")) for one in results for finding in one["findings"])
    # a child that is killed before its answer has come asks once more
    most_calls = (2 if options.verify else 1) * count + ended
    is_whole = asked <= most_calls and len(results) == count and twice <= ended
    is_within = not options.share or limited * each <= limit + each
    told = f", {limited} within the limit: ${limited * each:.2f} of ${limit:.2f}, ${each:.2f} each" if limit else ""
    return (f"seed {seed}: {'whole' if is_whole and is_within else 'WRONG'}: {kills} kills ({ended} below), "
            f"{len(results)} of {count} results, {judged} judged, {asked} calls, {twice} answers twice{told}")  # fmt: skip


def until_done(
    argv: list[str], env: dict[str, str], chance: random.Random, slowest: float, dask: int
) -> tuple[int, int]:
    """Begin a driver and kill it, or what works for it, until one is done; return how many kills, and not of drivers.

    `dask`: the process that has the scheduler, below which the workers are.
    """
    kills = ended = 0
    for _ in range(50):
        with subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as job:
            try:
                job.wait(chance.uniform(1, slowest))
                break
            except subprocess.TimeoutExpired:
                kills += 1
                if chance.random() < 0.5:
                    job.kill()
                else:
                    ended += 1
                    end_children(dask or job.pid, chance)
                    job.wait(120)
    return kills, ended


def end_children(process: int, chance: random.Random) -> None:
    """Kill one of the processes below a driver."""
    below, look = [], [process]
    while look:
        one = look.pop()
        with open(f"/proc/{one}/task/{one}/children", encoding="ascii") as stream:  # noqa: PTH123
            found = [int(child) for child in stream.read().split()]
        below += found
        look += found
    if below:
        os.kill(chance.choice(below), signal.SIGKILL)


def memory(folder: Path, count: int) -> None:
    """Print the driver's largest memory over many repositories that take next to no work."""
    listed = make(folder, 1)
    address = listed.read_text().strip()
    listed.write_text("".join(f"{address}@{number:040x}\n" for number in range(count)))
    env = {**os.environ, "HOME": str(folder / "home")}
    (folder / "home").mkdir()
    argv = [*SOUS, "fleet", "bundle", str(listed), "-q", "-j", "8", "-o", str(folder / "out")]
    began, most, early = time.monotonic(), 0, 0
    with subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL) as job:
        while job.poll() is None:
            most = largest(job.pid) or most
            if not early and len(list((folder / "out" / "repos").glob("*"))) > 100:
                early = most
            time.sleep(1)
    page = (folder / "out" / "index.html").stat().st_size
    print(f"{count} that cannot be fetched: {time.monotonic() - began:.1f} s, the driver took {early / 1000:.0f} MB after "
          f"100 and {most / 1000:.0f} MB at most, its page has {page / 1e6:.1f} MB")  # fmt: skip


def largest(process: int) -> int:
    """Return the most kB of memory that a process has had."""
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["loop", "killed", "memory"])
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--slowest", type=float, default=8, help="seconds after which a driver is killed at the latest")
    parser.add_argument("--share", type=float, default=0, help="of what all may cost: the limit of money; 0: none")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--verify", action="store_true", help="second opinions")
    parser.add_argument("--workers", choices=["local", "dask"], default="local", help="who is killed beside drivers")
    parser.add_argument("--dask", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    if options.what == "killed":
        for seed in options.seeds:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:  # children may still write
                print(killed(Path(made), seed, options), flush=True)
        return
    with tempfile.TemporaryDirectory() as made:
        if options.what == "loop":
            beside_a_loop(Path(made), options.count, options.jobs, options.sample, dask=options.dask)
        else:
            memory(Path(made), options.count)


if __name__ == "__main__":
    main()
