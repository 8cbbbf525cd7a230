"""How well sous reads 2,000 documents that nobody tuned it to: python tests/bench/reading/score.py.

Each document is written from a truth by a seed; the readers are run as their commands are and know nothing of how it
was written. What counts as right:

- A step, item or box is found when its title has the words that were written as its title, and none that are not on
  the line of the title (its label, number, code or status may be there or not; marks, links and emoji do not count).
  What is read beside them is invented. A document that is no plan, or that lists nothing, has none.
- A prompt begins and ends in the right line when its first and last two lines are those of the block that is said to
  be the prompt (a fence, a quote, details), else of the whole section; the title's own line may stand before it. Inside
  says that both ends are right and a line between is not.
- A box has its state and its depth; `[~]` and `[/]` are open, the state of `[-]` is not judged.
- A false claim must be marked (moved, unproven); what is true, or is no claim about the code, must not. A bare place
  is located, not verified. Marks are judged by the claim on whose lines they stand.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.reading.judge import Tally, judged
from bench.reading.made import Combination, Made, fixed_combinations, make, repository_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.reading.page import Entry

KINDS = {
    "plans": {"plans", "no-plans"},
    "todos": {"todos"},
    "items": {"items", "no-items"},
    "check": {"check"},
}
FIGURES = ["expected", "found", "invented", "begin", "end", "inside", "done", "depth"]
CLAIM_FIGURES = ["expected", "right", "marks", "marks right", "claims false", "false marked", "false verified"]
CLAIM_FIGURES += ["verified verified", "verified marked", "located located", "located marked", "none marked"]


@dataclass
class Result:
    """A document, what was read of it and what of that is wrong."""

    made: Made
    tally: Tally
    wrong: list[str]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        os.environ.update(HOME=str(root / "home"), XDG_CONFIG_HOME=str(root / "home"), XDG_DATA_HOME=str(root / "home"))
        os.environ.update(XDG_CACHE_HOME=str(root / "home"), XDG_STATE_HOME=str(root / "home"))
        bench = Bench(root, options.seed)
        if options.show:
            bench.show(options.show)
            return
        began = time.perf_counter()
        results = [bench.result(made) for made in bench.documents(options.kind, options.files)]
        print(f"seed {options.seed}: {len(results)} documents in {time.perf_counter() - began:.0f} s")
    _report(results, options.worst)
    if options.keep:
        _keep(results, options.keep)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Read documents that nobody tuned to.")
    parser.add_argument("--seed", default=time.strftime("%Y-%m-%d"), help="a date, else today's")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--files", type=int, default=50, help="documents of each combination")
    parser.add_argument("--worst", type=int, default=15, metavar="N", help="combinations to print")
    parser.add_argument("--show", metavar="NAME", help="print a document, its truth and what was read: plans-03/017")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write what is read wrong there")
    return parser.parse_args()


class Bench:
    """The scene: a folder with a repository, its bundles and the documents."""

    def __init__(self, root: Path, seed: str) -> None:
        self.root = root
        self.seed = seed
        self.repository = repository_of(seed)
        self._packed = False

    def documents(self, kind: str | None, files: int) -> Iterable[Made]:
        """Yield the documents of a kind, or all."""
        for combination in fixed_combinations():
            if kind is None or combination.kind in KINDS[kind]:
                for number in range(files):
                    yield self.made(combination, number)

    def made(self, combination: Combination, number: int) -> Made:
        """Write one document."""
        return make(combination, number, self.seed, self.repository)

    def result(self, made: Made) -> Result:
        """Read a document and judge it."""
        return Result(made, *judged(made, self.read(made)))

    def read(self, made: Made) -> list[dict[str, Any]]:
        """Return what the command of its kind prints of a document."""
        path = self.root / "documents" / f"{made.name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.text.encode())
        if made.kind in {"plans", "no-plans"}:
            return _listed(_run("status", "--plan", str(path), "--root", str(path.parent), "--json"), "steps")
        if made.kind == "todos":
            return _listed(_run("status", "--todo", str(path), "--root", str(path.parent), "--json"), "boxes")
        if made.kind != "check":
            return _listed(_run("items", str(path), "--root", str(path.parent), "--json"), "items")
        bundle = self._bundle(made.look["bundle"])
        printed = _run("check", str(path), "--bundle", str(bundle), "--root", str(self.root / "code"), "--json")
        return _listed(printed, "references")

    def show(self, name: str) -> None:
        """Print a document with its truth and what is wrong with what was read."""
        wanted, _, number = name.partition("/")
        combination = next(c for c in fixed_combinations() if c.name == wanted)
        made = self.made(combination, int(number or 0))
        print(made.text)
        print("=" * 20, made.look)
        for entry in made.page.entries:
            print(_told(entry))
        print("=" * 20, "read")
        print(json.dumps(self.read(made), indent=1, ensure_ascii=False))
        print("\n".join(self.result(made).wrong))

    def _bundle(self, form: str) -> Path:
        """Write the repository and its bundles, once."""
        if not self._packed:
            for path, lines in self.repository.files.items():
                target = self.root / "code" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("\n".join([*lines, ""]), "utf-8")
            subprocess.run(["git", "init", "-q", str(self.root / "code")], check=True)
            for name, option in (("numbered", "--line-numbers"), ("plain", "--no-line-numbers")):
                command = [sys.executable, "-m", "sous", "bundle", "-q", option, "-o", str(self.root / f"{name}.txt")]
                subprocess.run(command, cwd=self.root / "code", check=True)
            self._packed = True
        return self.root / f"{form}.txt"


def _told(entry: Entry) -> str:
    if entry.verdict:
        return f"lines {entry.first}-{entry.last}: {entry.kind}: {entry.verdict}: {entry.title}"
    body = entry.body or []
    ends = f" | begins {body[0]!r} | ends {body[-1]!r}" if body else ""
    return f"{entry.title!r} on {entry.line!r} done={entry.done} depth={entry.depth}{ends}"


def _run(*arguments: str) -> str:
    """Run a command of sous in this process, which is twenty times faster than one of its own."""
    from click.testing import CliRunner

    from sous.cli import sous

    return CliRunner().invoke(sous, list(arguments)).stdout


def _listed(printed: str, key: str) -> list[dict[str, Any]]:
    """Return the list that a command printed: none when it read nothing."""
    try:
        value = json.loads(printed)
    except ValueError:
        return []
    listed: list[dict[str, Any]] = value if isinstance(value, list) else value.get(key, [])
    return listed


def _report(results: list[Result], worst: int) -> None:
    for kind, names in KINDS.items():
        chosen = [result for result in results if result.made.kind in names]
        if not chosen:
            continue
        figures = CLAIM_FIGURES if kind == "check" else FIGURES
        print(f"\n## {kind}\n\n| | files | {' | '.join(figures)} |\n|---|---|{'---|' * len(figures)}")
        _row("all", chosen, figures)
        for name, group in sorted(_by_feature(chosen).items()):
            _row(name, group, figures)
    _worst(results, worst)
    _kinds_of_claims(results)


def _by_feature(results: list[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        for name, value in result.made.look.items():
            groups[f"{name}={value}"].append(result)
    return groups


def _row(name: str, results: list[Result], figures: list[str]) -> None:
    total = _sum(results)
    print(f"| {name} | {len(results)} | {' | '.join(str(total[figure]) for figure in figures)} |")


def _sum(results: list[Result]) -> Tally:
    total: Tally = Counter()
    for result in results:
        total.update(result.tally)
    return total


def _worst(results: list[Result], count: int) -> None:
    """Print the combinations with most faults for each entry, with a document of each."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.made.name.partition("/")[0]].append(result)
    ranked = sorted(groups.items(), key=lambda group: -_faults(group[1]))
    print(
        "\n## worst combinations\n\n| combination | faults for each entry | a document | features |\n|---|---|---|---|"
    )
    for name, group in ranked[:count]:
        example = max(group, key=lambda result: len(result.wrong))
        fixed = next(c.look for c in fixed_combinations() if c.name == name)
        print(
            f"| {name} | {_faults(group):.2f} | {example.made.name} | {' '.join(f'{k}={v}' for k, v in fixed.items())} |"
        )


def _faults(results: list[Result]) -> float:
    """Return the faults for each entry, for each document where there are none."""
    entries = sum(result.tally["expected"] for result in results) or len(results)
    return sum(len(result.wrong) for result in results) / entries


def _kinds_of_claims(results: list[Result]) -> None:
    """Print what each kind of claim was read as."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for result in results:
        if result.made.kind == "check":
            total.update(f"{entry.kind} ({entry.verdict})" for entry in result.made.page.entries)
            right.update(text.partition(", read as")[0].replace(": ", " (") + ")" for text in result.wrong)
    if total:
        print("\n## claims by kind\n\n| kind | claims | right |\n|---|---|---|")
    for name, count in sorted(total.items()):
        print(f"| {name} | {count} | {count - right[name]} |")


def _keep(results: list[Result], folder: Path) -> None:
    for result in results:
        if result.wrong:
            path = folder / f"{result.made.name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(result.made.text.encode())
            path.with_suffix(".txt").write_text("\n".join(result.wrong) + "\n", "utf-8")


if __name__ == "__main__":
    main()
