"""How many drafted tests import, run, and fail for the reason that they name, in real projects.

    python tests/bench/drafts.py [--listed] TREE[=PYTHON] …

Drafts of all public functions, tested or not, at most 40 a project (`--listed`: those that `sous missing-tests` lists),
are written into a copy of the tree and run: Python by PYTHON, an interpreter that has the project and pytest, others by
`go`, `cargo --offline`, `node` and the programs in `node_modules`. A draft is right if its own message is what fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.untested import survey_of
from sous.analyst.drafts import TestDraft, draft
from sous.analyst.exports import is_exported
from sous.analyst.frameworks import script_framework, uses_pytest
from sous.analyst.untested import untested

MOST = 40
MESSAGE = "no case is written yet"


def main() -> None:
    """Print a row for each tree, and what went wrong."""
    listed, trees = "--listed" in sys.argv, [one for one in sys.argv[1:] if one != "--listed"]
    print("| project | public functions | drafted | right |\n|---|--:|--:|--:|")
    for argument in trees:
        tree, _, python = argument.partition("=")
        survey = survey_of(Path(tree))
        public = [
            one
            for one in survey.functions
            if one.path in survey.program and one.function.is_public and not one.function.is_trivial
            if not one.function.name.startswith("__") and is_exported(survey, one)
        ]
        chosen = untested(survey).found if listed else public[:: max(1, len(public) // MOST)][:MOST]
        drafts = [one for code in chosen if (one := draft(survey, code))]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "tree"
            shutil.copytree(tree, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", ".coverage"))
            files = [_written(folder, at, one) for at, one in enumerate(drafts)]
            commands = list(_commands(folder, files, python, script_framework(survey), is_pytest=uses_pytest(survey)))
            said = "".join(_output(command, folder) for command in commands)
        right = {int(number) for number in re.findall(rf"{MESSAGE} \[(\d+)\]", said)}
        print(f"| {Path(tree).name} | {len(chosen)} of {len(public)} | {len(drafts)} | {len(right)} |")
        if len(right) < len(drafts):
            print(sorted(set(range(len(drafts))) - right), said[-3000:], file=sys.stderr)


def _written(folder: Path, at: int, one: TestDraft) -> str:
    code = one.code.replace(MESSAGE, f"{MESSAGE} [{at}]")
    path = folder / one.file
    if one.tag == "rust":
        path.write_text(f"{path.read_text('utf-8')}\n{code.replace('_tests {', f'_tests_{at} {{')}\n", "utf-8")
        return one.file
    if one.tag == "go":
        code = re.sub(r"func (Test\w+)", rf"func \1Draft{at}", code)
    stem, dot, rest = path.name.partition(".")
    name = f"draft{at}_test.go" if one.tag == "go" else f"{stem}_draft{at}{dot}{rest}"
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / name).write_text(f"{code}\n", "utf-8")
    return (path.parent / name).relative_to(folder).as_posix()


def _commands(folder: Path, files: list[str], python: str, framework: str, *, is_pytest: bool) -> list[list[str]]:
    by_ending: dict[str, list[str]] = {}
    for file in files:
        by_ending.setdefault(file.rpartition(".")[2], []).append(file)
    found = []
    for ending, own in by_ending.items():
        if ending == "py":
            program = ["pytest", "-q", "--tb=line", "--no-cov"] if is_pytest else ["unittest"]
            found.append([python or sys.executable, "-m", *program, *own])
        elif ending == "go":
            found += [
                ["go", "test", "-run", "Draft", f"./{one}"] for one in Counter(str(Path(file).parent) for file in own)
            ]
        elif ending == "rs":
            found.append(["cargo", "test", "--offline", "--", "_tests_"])
        elif framework == "node":
            found.append(["node", "--test", *own])
        else:
            more = ["run"] if framework == "vitest" else []
            found.append([str(folder / "node_modules" / ".bin" / framework), *more, *own])
    return found


def _output(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=400)
    except (OSError, subprocess.TimeoutExpired) as exc:
        return f"{exc}\n"
    return done.stdout + done.stderr


if __name__ == "__main__":
    main()
