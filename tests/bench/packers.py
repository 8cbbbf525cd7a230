"""How fast `sous bundle` packs, side by side with its peers in one run.

    python tests/bench/packers.py [--rounds N] [--write] [TREE]...

Prints, and writes to RESULTS.md, ratios of medians: how many times as long as `sous bundle` cold (or warm) each took, by
the clock and by processor time of all its processes (that hardly depends on what else runs).
Trees: this project, unpacked sdists, and synthetic trees of 1k to 64k files, each made a git repository in a scratch
folder. Peers that are not installed are left out: repomix (.tools, from npm), files-to-prompt, gitingest, code2prompt
(a venv in .tools/peers).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from results import write_table

CHECKOUT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
REPOMIX = CHECKOUT / ".tools" / "node_modules" / ".bin" / "repomix"
PEERS = CHECKOUT / ".tools" / "peers" / "bin"
SDISTS = ("click==8.5.1", "sphinx==9.0.4", "django==5.2.19")
SYNTHETIC = (1_000, 4_000, 16_000, 64_000)
# A small process of its own starts and waits, so that our memory is not taken for that of what it starts.
LAUNCH = """
import os, sys, time
began = time.perf_counter()
null = os.open(os.devnull, os.O_WRONLY)
argv = ["bash", "-c", sys.argv[1]]
process = os.posix_spawnp("bash", argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
_, status, usage = os.wait4(process, 0)
print(status, time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


@dataclass
class Runner:
    """A way of packing: its command, and the output that is deleted before each run, with all caches (`cold`)."""

    name: str
    shell: str
    cold: str = ""
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # of all its processes
    megabytes: float = 0.0


def runners(scratch: Path) -> list[Runner]:
    sous = f"{BIN / 'sous'} bundle -q -f"
    out = scratch / "out"
    found = [
        Runner("sous, cold, all on", f"{sous} -o {out}.cold.txt", cold="out.cold.txt"),
        Runner("sous, warm", f"{sous} -o {out}.warm.txt"),
        Runner("sous, no tokens, no secrets", f"{sous} -o {out}.bare.txt --no-cache --no-token-count --secrets allow"),
    ]
    if REPOMIX.exists():
        repomix = f"{REPOMIX} --quiet --output-show-line-numbers"
        found.append(Runner("repomix, cold", f"{repomix} -o {out}.repomix-cold.xml", cold="out.repomix-cold.xml"))
        found.append(Runner("repomix, warm", f"{repomix} -o {out}.repomix-warm.xml"))
    if (BIN / "files-to-prompt").exists():
        fed = f"git ls-files -z | {BIN / 'files-to-prompt'} -0 --cxml -n -o {out}.ftp-fed.txt"
        found.append(Runner("files-to-prompt, fed by git ls-files", fed))
        found.append(Runner("files-to-prompt, walking", f"{BIN / 'files-to-prompt'} . --cxml -n -o {out}.ftp.txt"))
    if (PEERS / "gitingest").exists():
        found.append(Runner("gitingest", f"{PEERS / 'gitingest'} . -o {out}.gitingest.txt"))
    if (PEERS / "code2prompt").exists():
        found.append(Runner("code2prompt", f"{PEERS / 'code2prompt'} -p . -o {out}.code2prompt.txt"))
    found.append(Runner("git ls-files | xargs cat", f"git ls-files -z | xargs -0 cat > {out}.cat"))
    found.append(Runner("tar cf", f"tar cf {out}.tar ."))
    return found


def measure(tree: Path, scratch: Path, rounds: int, slow: float) -> list[Runner]:
    """Run all of them turn by turn; one that took longer than `slow` seconds is run once."""
    every = runners(scratch)
    for _ in range(rounds + 1):  # the first fills caches
        for runner in every:
            if runner.seconds and runner.seconds[0] > slow:
                continue
            temporary = scratch / ("fresh" if runner.cold else "kept") / runner.name.partition(",")[0]
            if runner.cold:
                shutil.rmtree(temporary, ignore_errors=True)
                (scratch / runner.cold).unlink(missing_ok=True)
            temporary.mkdir(parents=True, exist_ok=True)
            places = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
            env = os.environ | dict.fromkeys(places, str(temporary)) | {"GIT_CONFIG_NOSYSTEM": "1"}
            launch = [sys.executable, "-S", "-c", LAUNCH, runner.shell]
            done = subprocess.run(
                launch, cwd=tree, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
            status, taken, cpu, peak = done.stdout.split()[-4:]
            if int(status):
                print(f"  {runner.name}: failed ({int(status)})", file=sys.stderr)
                runner.seconds = runner.cpu = [float("nan")]
                continue
            runner.seconds.append(float(taken))
            runner.cpu.append(float(cpu))
            runner.megabytes = max(runner.megabytes, float(peak))
    for runner in every:
        if len(runner.seconds) > 1:
            del runner.seconds[0], runner.cpu[0]
    return every


def packed_files(scratch: Path) -> dict[str, int]:
    """Return how many files each packed, by the marks that it puts around them."""
    marks = {
        "cold": b'\n<file path="', "repomix-cold": b'\n<file path="', "gitingest": b"\nFILE: ",
        "ftp-fed": b"\n<document index=", "ftp": b"\n<document index=",
    }  # fmt: skip
    found = {}
    for name, mark in marks.items():
        for path in scratch.glob(f"out.{name}.*"):
            found[name] = path.read_bytes().count(mark)
    return found


def synthetic(folder: Path, count: int) -> Path:
    """Make a tree of small files, the same each time: about 1.1 MB for 1,000."""
    rng = random.Random(count)  # noqa: S311
    words = [f"name_{number}" for number in range(500)]
    for number in range(count):
        path = folder / f"p{number % 40}" / f"q{number // 40 % 25}" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        functions = []
        for _ in range(17):
            name, argument, value = rng.choices(words, k=3)
            functions.append(f"def {name}({argument}):\n    return {value} + {rng.randrange(1000)}\n")
        path.write_text("\n".join(functions))
    return folder


def prepared(where: Path, wanted: list[str]) -> list[tuple[str, Path]]:
    """Return the trees, each a git repository with one commit."""
    trees: list[tuple[str, Path]] = []
    for name in wanted:
        folder = where / name.replace("==", "-")
        folder.mkdir(parents=True)
        if name == "this project":
            subprocess.run(["git", "clone", "-q", CHECKOUT, folder], check=True)
        elif name.isdecimal():
            synthetic(folder, int(name))
        elif Path(name).is_dir():
            shutil.copytree(name, folder, dirs_exist_ok=True, symlinks=True)
        else:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
            subprocess.run([*pip, "-d", folder, name], check=True, stderr=subprocess.DEVNULL)
            (archive,) = folder.iterdir()
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
            archive.unlink()
        git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
        if not (folder / ".git").exists():
            for args in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
                subprocess.run([*git, *args], cwd=folder, check=True)
        for path in folder.rglob("*"):  # nothing changed a moment ago
            if path.is_file() and not path.is_symlink() and ".git" not in path.parts:
                os.utime(path, (path.stat().st_mtime - 60,) * 2)
        trees.append((name, folder))
    return trees


def table(name: str, files: int, size: float, every: list[Runner], packed: dict[str, int]) -> list[str]:
    medians = {runner.name: statistics.median(runner.seconds) for runner in every}
    cpus = {runner.name: statistics.median(runner.cpu) for runner in every}
    cold, warm = medians["sous, cold, all on"], medians["sous, warm"]
    cold_cpu, warm_cpu = cpus["sous, cold, all on"], cpus["sous, warm"]
    keys = {"sous, cold, all on": "cold", "repomix, cold": "repomix-cold", "files-to-prompt, walking": "ftp",
            "files-to-prompt, fed by git ls-files": "ftp-fed", "gitingest": "gitingest"}  # fmt: skip
    lines = ["", f"### {name}: {files:,} files, {size:.1f} MB", ""]
    lines += ["| | x sous cold | x sous warm | by CPU: cold | warm | files packed | peak MB |", "|" + "---|" * 7]
    for runner in every:
        median, cpu = medians[runner.name], cpus[runner.name]
        count = packed.get(keys.get(runner.name, ""), 0)
        lines.append(
            f"| {runner.name} | {median / cold:.2f} | {median / warm:.2f} | {cpu / cold_cpu:.2f} | {cpu / warm_cpu:.2f} |"
            f" {count or ''} | {runner.megabytes:.0f} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", nargs="*", help="sdists (NAME==VERSION), folders, or numbers of synthetic files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=float, default=15.0, help="seconds after which a peer is run once")
    parser.add_argument("--write", action="store_true", help="write the tables to RESULTS.md")
    options = parser.parse_args()
    wanted = options.trees or ["this project", *SDISTS, *map(str, SYNTHETIC)]
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sous-bench-") as name:
        for label, tree in prepared(Path(name) / "trees", wanted):
            scratch = Path(name) / "scratch"
            scratch.mkdir()
            paths = [path for path in tree.rglob("*") if path.is_file() and ".git" not in path.parts]
            size = sum(len(path.read_bytes()) for path in paths) / 1e6  # the first to run finds them in memory too
            every = measure(tree, scratch, options.rounds, options.slow)
            new = table(label, len(paths), size, every, packed_files(scratch))
            print("\n".join(new), flush=True)
            print(
                json.dumps(
                    {one.name: [round(statistics.median(each), 3) for each in (one.seconds, one.cpu)] for one in every}
                ),
                file=sys.stderr,
            )
            lines += new
            shutil.rmtree(scratch)
    if options.write:
        write_table("packers", lines)


if __name__ == "__main__":
    main()
