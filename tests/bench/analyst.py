"""How long static analysis takes beside `ruff check` and `lizard` run by hand over the same tree.

    python tests/bench/analyst.py TREE [TREE…]

Each is run as a process of its own on the packed files of the tree, unpacked: by hand first, then ours with an empty
cache, then ours again. Times are wall clock, the least of three (by hand and cold: of two); memory is the largest
resident set of our own process or of one that it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sous.bundle.read import read_bundle

OURS = """
import sys
from pathlib import Path
from sous.analyst.reports import report
from sous.bundle.read import read_bundle
report("code-review", read_bundle(Path(sys.argv[1])), root=None)
"""
PACK = [sys.executable, "-m", "sous", "bundle"]


def main() -> None:
    """Print a row for each tree."""
    print("| tree | files | by hand | cold | warm | other bundle, same files | cold / hand | warm / hand | memory |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for tree in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            bundle = folder / "output.txt"
            subprocess.run([*PACK, "-o", str(bundle), "--root", str(tree)], cwd=tree, check=True, capture_output=True)
            files = read_bundle(bundle).files
            for path, file in files.items():
                (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / "tree" / path).write_text(file.text, "utf-8")
            by_hand = min(_by_hand(folder / "tree") for _ in range(2))
            cold, memory = min(_ours(bundle, folder / f"cold{number}") for number in range(2))
            warm, _ = min(_ours(bundle, folder / "cold1") for _ in range(3))
            bundle.write_bytes(bundle.read_bytes() + b"\n<!-- not the same -->\n")
            edited, _ = _ours(bundle, folder / "cold1")
            print(
                f"| {tree.name} | {len(files):,} | {by_hand:.1f} s | {cold:.1f} s | {warm:.2f} s | {edited:.1f} s "
                f"| {cold / by_hand:.2f} | {warm / by_hand:.2f} | {memory} MB |"
            )


def _by_hand(tree: Path) -> float:
    programs = Path(sys.executable).parent
    began = time.perf_counter()
    for command in (["ruff", "check", "--isolated", "--no-cache", "--quiet", "."], ["lizard", "."]):
        subprocess.run([programs / command[0], *command[1:]], cwd=tree, capture_output=True, check=False)
    return time.perf_counter() - began


def _ours(bundle: Path, cache: Path) -> tuple[float, int]:
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "HOME": str(cache)}
    began = time.perf_counter()
    job = subprocess.Popen([sys.executable, "-c", OURS, str(bundle)], env=env)
    _, status, used = os.wait4(job.pid, 0)
    if status:
        raise SystemExit(f"it failed: {status}")
    return time.perf_counter() - began, used.ru_maxrss // 1024


if __name__ == "__main__":
    main()
