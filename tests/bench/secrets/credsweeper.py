"""How many credentials of CredSweeper's samples are masked: python tests/bench/secrets/credsweeper.py CHECKOUT.

The misses of one half of the samples (by the CRC of their names) were looked at to mend kinds, those of the other half never,
so that it tells how the rules do on what they were not made for. A credential is what
CredSweeper's own test expects (tests/data/output.json); a false alarm is a mask in a line where it expects none. Only
samples that are UTF-8 text count. Nothing of CredSweeper is kept.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.secrets.figures import engines


def credentials(checkout: Path) -> dict[Path, set[tuple[int, str]]]:
    """Return for each sample that is text the lines (1-based) and values of its credentials."""
    found: dict[Path, set[tuple[int, str]]] = defaultdict(set)
    for path in sorted((checkout / "tests" / "samples").rglob("*")):
        if path.is_file() and b"\0" not in path.read_bytes():
            found[path] = set()
    for one in json.loads((checkout / "tests" / "data" / "output.json").read_text("utf-8")):
        for line in one["line_data_list"]:
            path = checkout / line["path"]
            if path in found and not line["info"]:
                found[path].add((line["line_num"], line["value"]))
    return found


def main() -> None:
    """Print a table."""
    samples = credentials(Path(sys.argv[1]))
    print("| engine | looked at | never looked at | masks in lines without one |\n|---|---|---|---|")
    for name, scan in engines().items():
        halves: list[list[bool]] = [[], []]
        alarms = masks = 0
        for path, values in samples.items():
            try:
                text = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                continue
            result, secrets = scan(text, path.name)
            lines, lines_with = result.split("\n"), set()
            for number, value in values:
                last = number - 1 + value.count("\n")
                lines_with |= set(range(number, last + 2))
                is_masked = last >= len(lines) or value.rpartition("\n")[2] not in lines[last]
                halves[zlib.crc32(path.name.encode()) % 2].append(is_masked)
            masks += len(secrets)
            alarms += sum(one.line not in lines_with for one in secrets)
        cells = [f"{sum(half)} of {len(half)} ({sum(half) / len(half):.1%})" for half in halves]
        print(f"| {name} | {' | '.join(cells)} | {alarms} of {masks} |")


if __name__ == "__main__":
    main()
