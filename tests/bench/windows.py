"""Whether a window that only a provider's error tells is learned, split by in the same run, and kept for the next.

    python tests/bench/windows.py [NAME] [--write]

NAME is a file of tests/models: `windows` (the providers, default) or `unseen` (other servers, whose words were written
down before they were tried).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from fake_model import FakeModel
from results import write_table
from windows import Case, cases, serve

SOUS = str(Path(sys.executable).parent / "sous")


def repository(folder: Path) -> None:
    """Write a project of some three windows."""
    for number in range(12):
        path = folder / "src" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"def function_{number}_{at}(value): return value + {at}\n" for at in range(90)]
        lines[number] = f"x = {number}  # PLANTED high\n"
        path.write_text("".join(lines))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)


def tried(case: Case, model: FakeModel, folder: Path, env: dict[str, str]) -> dict[str, object]:
    """Ask for a report twice and return what became of it."""
    report = folder / f"{case.model}.md"
    argv = [SOUS, "code-review", "-m", case.model, "-o", str(report), "--no-pack", "--force", "--retries", "0"]
    counts, refused, errors, codes = [], [], [], []
    for _ in range(2):
        before, refused_before = len(model.requests), len(model.refused)
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)
        counts.append(len(model.requests) - before)
        refused.append(len(model.refused) - refused_before)
        codes.append(done.returncode)
        errors.append(done.stderr)
    numbers = {str(case.most), f"{case.most:,}"}
    whole = report.exists() and report.read_text().count("Something is wrong in") == 12
    return {
        "is_split": whole and codes[0] == 0,
        "is_said": any(number in errors[0] for number in numbers) or str(case.most) not in case.filled(10 * case.most),
        "is_kept": codes == [0, 0] and refused[1] == 0,
        "calls": counts,
        "refused": refused,
        "said": [line for line in errors[0].splitlines() if "again" in line or codes[0]],
    }


def table(some: list[Case]) -> tuple[list[str], int]:
    """Return a table of what became of each case, and how many were split in the same run."""
    lines, good = ["| server | number said | split in the same run | kept for the next |", "|---|---|---|---|"], 0
    with tempfile.TemporaryDirectory() as name, FakeModel() as model:
        folder, home = Path(name, "project"), Path(name, "home")
        folder.mkdir()
        repository(folder)
        serve(model, home / "llm", some)
        env = {**os.environ, "HOME": str(home), "LLM_USER_PATH": str(home / "llm"), "XDG_STATE_HOME": str(home)}
        subprocess.run([SOUS, "bundle", "-q"], cwd=folder, env=env, check=True)
        for case in some:
            found = tried(case, model, folder, env)
            good += bool(found["is_split"])
            words = ["yes" if found[key] else "no" for key in ("is_said", "is_split", "is_kept")]
            lines.append(f"| {case.name} | {' | '.join(words)} |")
            print(case.name, found, file=sys.stderr)
    return lines, good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="windows")
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    some = [case for case in cases(options.name) if options.only in case.model]
    lines, good = table(some)
    print("\n".join(lines))
    print(f"\n{good} of {len(some)} split in the same run")
    if options.write:
        write_table(options.name, lines)


if __name__ == "__main__":
    main()
