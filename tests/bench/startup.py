"""How long `sous --help` takes against the least that a click program can take, turn by turn in one run.

    python tests/bench/startup.py [ROUNDS]

Prints medians of whole processes and their ratio; the goal is 1.3 by processor time.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

SOUS = str(Path(sys.executable).with_name("sous"))
COMMANDS = {
    "python -c 'pass'": [sys.executable, "-c", "pass"],
    "python -c 'import click'": [sys.executable, "-c", "import click"],
    "sous --help": [SOUS, "--help"],
    "sous bundle --help": [SOUS, "bundle", "--help"],
    "sous code-review --help": [SOUS, "code-review", "--help"],
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, argv in COMMANDS.items():
            began = time.perf_counter()
            subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - began)
    floor = statistics.median(times["python -c 'import click'"])
    print("| command | median ms | of `import click` |\n|---|---|---|")
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"| `{name}` | {middle * 1000:.0f} | {middle / floor:.2f} |")


if __name__ == "__main__":
    main()
