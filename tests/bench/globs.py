"""How often our globs and picomatch's agree: a file of cases, or pairs that npm's picomatch answers.

    python tests/bench/globs.py cases FILE.json [--show]
    python tests/bench/globs.py generated FOLDER [--count N] [--seed N] [--show]

FILE.json: {"trees": {name: [path]}, "rows": [{"pattern", "tree", "include", "ignore"}]}, where
`include` and `ignore` are the paths that are left. FOLDER has a `node_modules` with picomatch.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from pathlib import Path

from sous.bundle.globs import Globs, include_globs
from sous.errors import UsageProblem

PIECES = [*("a", "b", "ab", "c.ts", ".x", "x-1", "d", "e.py", "*", "?", "**", "*.ts", "a*", "*b")]
CLASSES = ["[ab]", "[!a]", "[^b]", "[a-c]", "[[:digit:]]", "[![:alpha:]]", "[z-a]", "[]a]", "[a"]
LISTS = ["{a,b}", "{1..3}", "{a..c}", "{x,}", "{a,{b,c}}", "{a}", "*.{ts,py}", "{03..01}"]
PATHS = ["a", "b", "ab", "c.ts", ".x", "x-1", "d", "e.py", "aa", "bb", "1", "x2", "a.ts", "c", "03"]


def piece(random_: random.Random, depth: int = 0) -> str:
    """Return one segment, with what may be written in it."""
    kind = random_.random()
    if kind < 0.5 or depth > 1:
        return random_.choice(PIECES)
    if kind < 0.62:
        return random_.choice(CLASSES) + random_.choice(["", "*", "b"])
    if kind < 0.74:
        return random_.choice(LISTS) + random_.choice(["", "*", "b"])
    inner = "|".join(piece(random_, depth + 1) for _ in range(random_.randint(1, 3)))
    before, after = random_.choice(["", "", "a", "*", "*."]), random_.choice(["", "", "b", "*", ".ts"])
    return f"{before}{random_.choice('@!+*?')}({inner}){after}"


def generate(count: int, seed: int) -> list[tuple[str, list[str]]]:
    """Return globs, each with the paths to try."""
    random_ = random.Random(seed)  # noqa: S311
    rows = []
    for _ in range(count):
        glob = "/".join(piece(random_) for _ in range(random_.randint(1, 3)))
        paths = {"/".join(random_.choice(PATHS) for _ in range(random_.randint(1, 3))) for _ in range(20)}
        rows.append((glob, sorted(paths)))
    return rows


ORACLE = """
const picomatch = require('picomatch'), fs = require('fs');
const rows = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(rows.map(([globs, paths]) => {
  const all = globs.flatMap(g => /[*?[\\]()|\\\\]/.test(g.split('/').pop()) ? [g] : [g, g + '/**']);
  const is = all.map(g => picomatch(g, {dot: true, posix: true}));
  return paths.filter(p => is.some(f => f(p)));
})));
"""


def ask_picomatch(folder: Path, rows: list[tuple[str, list[str]]]) -> list[list[str]]:
    """Return which paths picomatch takes, braces expanded by the package `braces` when it is there."""
    expand = "try { b = require('braces'); } catch { b = null; }"
    script = (
        "let b; "
        + expand
        + ORACLE.replace(
            "([globs, paths]) => {",
            "([glob, paths]) => { const globs = b ? b(glob, {expand: true, keepEscaping: true}).filter(Boolean) : [glob];",
        )
    )
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(rows), capture_output=True, text=True, cwd=folder, check=True
    )
    answer: list[list[str]] = json.loads(done.stdout)
    return answer


def taken(glob: str, paths: list[str], *, include: bool) -> list[str] | None:
    """Return the paths that our reading takes; None where we refuse the glob."""
    try:
        globs = include_globs([glob], paths) if include else Globs([glob])
        start = include and globs.only_negated()
        return [path for path in paths if globs.match(path, taken=start)]
    except UsageProblem:
        return None


def cases(file: Path, *, show: bool) -> None:
    """Compare with the rows of a file."""
    data = json.loads(file.read_text())
    for side in ("include", "include, escaped by repomix", "ignore"):
        equal = wanted = 0
        for row in data["rows"]:
            key = side.partition(",")[0]
            paths, truth = data["trees"][row["tree"]], row[key]
            is_escaped = key == "include" and any(char in "()[]\\" for char in row["pattern"])
            if truth is None or is_escaped != ("," in side):
                continue
            ours = taken(row["pattern"], paths, include=key == "include") or []
            left = ours if key == "include" else [path for path in paths if path not in ours]
            wanted += 1
            equal += left == truth
            if show and left != truth:
                print(side, row["pattern"], "we:", left, "they:", truth)
        print(f"{side}: {equal} of {wanted} equal")


def generated(folder: Path, count: int, seed: int, *, show: bool) -> None:
    """Compare with picomatch on generated globs."""
    rows = generate(count, seed)
    truths = ask_picomatch(folder, rows)
    equal = pairs = good = 0
    for (glob, paths), truth in zip(rows, truths, strict=True):
        ours = set(taken(glob, paths, include=False) or [])
        wrong = ours ^ set(truth)
        equal += not wrong
        pairs += len(paths)
        good += len(paths) - len(wrong)
        if show and wrong:
            print(glob, "only we:", sorted(ours - set(truth))[:4], "only they:", sorted(set(truth) - ours)[:4])
    print(f"globs: {equal} of {count} equal; pairs: {good} of {pairs}")


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["cases", "generated"])
    parser.add_argument("where", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    if given.kind == "cases":
        cases(given.where, show=given.show)
    else:
        generated(given.where, given.count, given.seed, show=given.show)


if __name__ == "__main__":
    main()
