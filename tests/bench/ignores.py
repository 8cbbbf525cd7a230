"""How often the walk without git agrees with git about ignore files.

    python tests/bench/ignores.py cases FILE.json [--show]
    python tests/bench/ignores.py generated [--count N] [--seed N] [--show]

FILE.json: {"rows": [[text of .gitignore, path, whether git keeps it]]}. Generated pairs are asked of
the git of this machine. Each row has a folder of its own, with and without `.git`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

from sous.bundle.ignore import IgnoreFiles
from sous.bundle.listing import list_files

NAMES = ["a", "b", "ab", "a.txt", "b.md", ".x", "A", "d", "x1", "a-b", "c]", "é", "a b", "!a", "#a"]
PIECES = [
    *("*", "**", "?", "*.txt", "a*", "*b", "[ab]", "[!a]*", "[^b]", "[[:digit:]]", "x[[:alnum:]]"),
    *("[a-c]*", "[z-a]", "[]c]*", "[a-]*", "[[:nope:]]", "[a", r"\*", r"\a", r"a\ b", "a ", "é", "**b"),
    *("***", "c[]]", "[a/b]", "[[:space:]]", "[[:upper:]]", r"[\]]", r"a\\"),
]


def rule(random_: random.Random) -> str:
    """Return a line of an ignore file."""
    count = random_.choice([1, 1, 1, 2, 2, 3])
    pieces = [random_.choice(NAMES if random_.random() < 0.4 else PIECES) for _ in range(count)]
    before = random_.choice(["", "", "", "/", "!", "!/", "**/"])
    return before + "/".join(pieces) + random_.choice(["", "", "", "/", "/**", "/*"])


def generated(count: int, seed: int) -> list[tuple[str, str]]:
    """Return ignore files, each with a path."""
    random_ = random.Random(seed)  # noqa: S311
    rows = []
    for _ in range(count):
        text = "\n".join(rule(random_) for _ in range(random_.choice([1, 1, 1, 2, 3, 4])))
        rows.append((text, "/".join(random_.choice(NAMES) for _ in range(random_.randint(1, 3)))))
    return rows


def compare(rows: list[tuple[str, str, bool | None]], *, show: bool) -> None:
    """Print how many rows are equal; None is asked of git."""
    equal, wanted = {"without .git": 0, "with .git": 0}, 0
    with tempfile.TemporaryDirectory() as top:
        template = Path(top) / "git"
        subprocess.run(["git", "init", "-q", template], check=True)
        for number, (text, path, known) in enumerate(rows):
            folder = Path(top) / str(number)
            try:
                (folder / path).parent.mkdir(parents=True)
                (folder / path).write_text("")
                (folder / ".gitignore").write_text(text + "\n")
            except OSError:
                continue
            wanted += 1
            without = path in list_files(folder, IgnoreFiles())
            (template / ".git").rename(folder / ".git")
            truth = known if known is not None else _ask_git(folder, path)
            answers = {"without .git": without, "with .git": path in list_files(folder, IgnoreFiles())}
            (folder / ".git").rename(template / ".git")
            for how, kept in answers.items():
                equal[how] += kept == truth
                if show and kept != truth:
                    print(f"{how}: {text!r} {path!r}: git {'keeps' if truth else 'ignores'} it")
    print(*(f"{how}: {count} of {wanted}" for how, count in equal.items()), sep="; ")


def _ask_git(folder: Path, path: str) -> bool:
    command = ["git", "-c", "core.excludesFile=", "ls-files", "-z", "-o", "--exclude-standard"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return path in done.stdout.split("\0")


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["cases", "generated"])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    rows: list[tuple[str, str, bool | None]]
    if given.kind == "cases":
        rows = [tuple(row) for row in json.loads(given.file.read_text())["rows"]]
    else:
        rows = [(*row, None) for row in generated(given.count, given.seed)]
    compare(rows, show=given.show)


if __name__ == "__main__":
    main()
