"""How right `sous missing-tests` is about functions that no test runs.

    python tests/bench/untested.py TREE=COVERAGE.json …   Python, against `coverage json` of a run of its tests
    python tests/bench/untested.py TREE=axios …           other languages, against untested.toml

Precision: of what it names, how much no test runs. Recall: of what no test runs, how much it names. Counted are public
functions with a body that does something, of the files of the
program itself that were measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import tomllib

from sous.analyst.survey import Survey
from sous.analyst.untested import untested
from sous.bundle.read import Bundle


def main() -> None:
    """Print a row for each tree."""
    labels = tomllib.loads(Path(__file__).with_name("untested.toml").read_text("utf-8"))
    print("| project | public functions | no test runs | named | precision | recall |\n|---|--:|--:|--:|--:|--:|")
    for argument in sys.argv[1:]:
        tree, _, truth = argument.partition("=")
        survey = survey_of(Path(tree))
        named = {f"{one.path}:{one.function.qualified}": one for one in untested(survey).found}
        if truth in labels:
            known = {*labels[truth]["untested"], *labels[truth]["tested"]}
            right = named.keys() & set(labels[truth]["untested"])
            share, rest = len(right) / len(named.keys() & known), len(named.keys() - known)
            print(f"| {truth} | | | {len(named)} | {share:.2f} ({rest} not judged) | |")
            continue
        measured = json.loads(Path(truth).read_text("utf-8"))["files"]
        public, bare, said = 0, set(), set()
        for code in survey.functions:
            if (
                code.path not in survey.program
                or code.path not in measured
                or not code.function.is_public
                or code.function.is_trivial
            ):
                continue
            inside = set(range(code.function.first + 1, code.function.last + 1))
            ran = inside & set(measured[code.path]["executed_lines"])
            if not (ran or inside & set(measured[code.path]["missing_lines"])) or code.function.name.startswith("__"):
                continue
            public += 1
            key = (code.path, code.function.first)
            bare |= set() if ran else {key}
            said |= {key} if any(one is code.function for one in _at(named.values(), code.path)) else set()
        both = len(bare & said)
        precision, recall = both / max(1, len(said)), both / max(1, len(bare))
        print(f"| {Path(tree).name} | {public} | {len(bare)} | {len(said)} | {precision:.2f} | {recall:.2f} |")


def _at(codes: object, path: str) -> list[object]:
    return [one.function for one in codes if one.path == path]  # type: ignore[attr-defined]


def survey_of(tree: Path) -> Survey:
    """Return what is known of a tree, packed as `sous bundle` packs it."""
    command = [sys.executable, "-m", "sous", "bundle", "-o", "-", "--root", str(tree.resolve())]
    done = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True)
    return Survey(Bundle(done.stdout))


if __name__ == "__main__":
    main()
