"""How many planted secrets and look-alikes each engine finds: python tests/bench/planted.py [TREE]..."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bundle.test_secrets import LOOK_ALIKES, PLANTED
from sous.bundle.kingfisher import kingfisher_scanner
from sous.bundle.secrets import mask_secrets


def main() -> None:
    trees = {name: _texts(Path(name)) for name in sys.argv[1:]}
    print(
        "| engine | planted found | look-alikes flagged | "
        + " | ".join(f"hits in {Path(n).name}" for n in trees)
        + " | MB/s |"
    )
    for name, scan in (("builtin", mask_secrets), ("kingfisher", kingfisher_scanner())):
        found = sum(bool(scan(f"x\nvalue = '{text}'\n", "x.py")[1]) for text in PLANTED.values())
        flagged = sum(bool(scan(f"x\n{text}\n", "x.yaml")[1]) for text in LOOK_ALIKES)
        began, size, hits = time.perf_counter(), 0, []
        for texts in trees.values():
            hits.append(sum(len(scan(text, path)[1]) for path, text in texts))
            size += sum(len(text) for _, text in texts)
        speed = size / 1e6 / (time.perf_counter() - began)
        cells = [f"{found} of {len(PLANTED)}", f"{flagged} of {len(LOOK_ALIKES)}", *map(str, hits), f"{speed:.0f}"]
        print(f"| {name} | {' | '.join(cells)} |")


def _texts(folder: Path) -> list[tuple[str, str]]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".mo":
            try:
                found.append((path.name, path.read_text("utf-8")))
            except UnicodeDecodeError:
                continue
    return found


if __name__ == "__main__":
    main()
