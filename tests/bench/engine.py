"""What sous adds to a model: beside plain llm, five reports beside one, and splitting beside reading.

    python tests/bench/engine.py [--rounds 10] [--megabytes 130] [--write]

A loopback model (tests/fake_model.py) answers at once, or after three seconds. Commands are run turn by turn; figures
are ratios of medians and go to RESULTS.md with --write.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from fake_model import FakeModel
from results import write_table
from sous.bundle.parts import entry_of, split_bundle
from sous.bundle.read import bundle_from

if TYPE_CHECKING:
    from collections.abc import Callable

    Measure = Callable[[list[str], Path, dict[str, str], bytes | None], float]

BIN = Path(sys.executable).parent


def code(size: int) -> dict[str, str]:
    """Return files of Python, some 40 kB each, of `size` bytes in all."""
    files = {}
    for number in range(max(1, size // 40_000)):
        lines = [
            f"def function_{number}_{at}(value, other=None):\n    return value + {at} or other\n" for at in range(500)
        ]
        files[f"pkg{number // 20}/module_{number}.py"] = "".join(lines)
    return files


def write(folder: Path, size: int) -> None:
    for name, text in code(size).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)


def timed(argv: list[str], cwd: Path, env: dict[str, str], data: bytes | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(argv, cwd=cwd, env=env, input=data, check=True, capture_output=True)
    return time.perf_counter() - began


def cpu_of(argv: list[str], cwd: Path, env: dict[str, str], data: bytes | None = None) -> float:
    """Return the processor time of a command and all that it starts, which depends less on what else runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, cwd=cwd, env=env, input=data, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside_llm(folder: Path, env: dict[str, str], rounds: int, how: Measure) -> tuple[float, float]:
    """Return the medians of sous and of plain llm on one bundle, in seconds."""
    bundle = (folder / "output.txt").read_bytes()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(how([str(BIN / "sous"), "code-review", "-m", "ok", "--no-pack", "--force"], folder, env, None))
        theirs.append(how([str(BIN / "llm"), "-m", "ok", "-t", "code-review-gen"], folder, env, bundle))
    return statistics.median(ours), statistics.median(theirs)


def five_beside_one(folder: Path, env: dict[str, str], rounds: int) -> tuple[float, float]:
    """Return the medians of five reports at once and of one, with a model that takes three seconds."""
    five, one = [], []
    for _ in range(rounds):
        five.append(timed([str(BIN / "sous"), "all", "-m", "think-3", "--no-pack", "--force", "-y"], folder, env))
        one.append(timed([str(BIN / "sous"), "code-review", "-m", "think-3", "--no-pack", "--force"], folder, env))
    return statistics.median(five), statistics.median(one)


class Split(NamedTuple):
    """CPU seconds of splitting, and of reading a bundle back with the text of each file."""

    cutting: float
    reading: float
    parts: int


def splitting(size: int, rounds: int) -> Split:
    """Return the medians for a bundle as sous and repomix write it."""
    files = code(size * 4 // 5).items()
    entries = "".join(entry_of(path, text, range(1, text.count("\n") + 1)) for path, text in files)
    data = f"<files>\n\n{entries}</files>\n".encode()
    reading, cutting, parts = [], [], 0
    for _ in range(rounds):
        began = time.process_time()
        for file in bundle_from(data, None).entries:
            assert file.text, file.numbers
        reading.append(time.process_time() - began)
        began = time.process_time()
        parts = len(split_bundle(bundle_from(data, None), 100_000))
        cutting.append(time.process_time() - began)
    return Split(statistics.median(cutting), statistics.median(reading), parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--megabytes", type=int, default=130)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, FakeModel() as model:
        home, folder = Path(name, "home"), Path(name, "project")
        (home / "llm").mkdir(parents=True)
        folder.mkdir()
        models = [{"model_id": one, "model_name": one, "api_base": model.url} for one in ("ok", "think-3")]
        (home / "llm" / "extra-openai-models.yaml").write_text(json.dumps(models))
        env = {**os.environ, "HOME": str(home), "LLM_USER_PATH": str(home / "llm"), "XDG_STATE_HOME": str(home)}
        write(folder, 800_000)
        subprocess.run([str(BIN / "sous"), "bundle", "-q"], cwd=folder, env=env, check=True)
        subprocess.run([str(BIN / "sous"), "install"], cwd=folder, env=env, check=True, capture_output=True)
        megabytes = (folder / "output.txt").stat().st_size / 1e6
        ours, theirs = beside_llm(folder, env, options.rounds, timed)
        our_cpu, their_cpu = beside_llm(folder, env, options.rounds, cpu_of)
        five, one = five_beside_one(folder, env, max(3, options.rounds // 3))
        split = splitting(options.megabytes * 1_000_000, 3)
    what = f"`sous code-review` on a bundle of {megabytes:.1f} MB"
    lines = [
        "| what | beside what | ratio | goal |",
        "|---|---|---|---|",
        f"| {what} | `cat output.txt \\| llm -t code-review-gen` | {ours / theirs:.2f} | 1 |",
        f"| the same, by processor time | | {our_cpu / their_cpu:.2f} | 1 |",
        f"| `sous all`, a model that takes 3 s | `sous code-review` | {five / one:.2f} | 2 |",
        f"| splitting {options.megabytes} MB into {split.parts} parts | reading it | {split.cutting / split.reading:.2f} | 2 |",
    ]
    print("\n".join(lines))
    pairs = ((ours, theirs), (our_cpu, their_cpu), (five, one), (split.cutting, split.reading))
    print("; ".join(f"{first:.2f} s, {second:.2f} s" for first, second in pairs), file=sys.stderr)
    if options.write:
        write_table("engine", lines)


if __name__ == "__main__":
    main()
