"""Look whether the references of real reviews with labels are found, and the verdicts agree.

    python tests/bench/labelled.py LABELS.json TREES

`TREES/NN/` holds the code that review NN was written about, `TREES/NN.output.txt`, where it is there, its bundle.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from sous.bundle.read import Bundle, read_bundle
from sous.claims.check import Checked, check_report
from sous.claims.evidence import Evidence

_NEAR = 2  # lines that a label may be off in the review


def main() -> None:
    """Print how many labelled references are found, and the verdicts by label."""
    labels, trees = Path(sys.argv[1]), Path(sys.argv[2])
    found = total = 0
    verdicts: Counter[tuple[str, str]] = Counter()
    for entry in json.loads(labels.read_text()):
        number = entry["file"].rpartition("/")[2][:2]
        if entry["kind"] != "review" or not (trees / number).is_dir():
            continue
        evidence = Evidence(bundle_of(trees, number), folder=(trees / number).resolve(), without={entry["path"]})
        checked = check_report((labels.parent / entry["file"]).read_text(), evidence)
        taken: set[int] = set()
        for label in entry["labels"]["refs"]:
            for lines in label["lines"] or [None]:
                total += 1
                at = place_of(checked, label, lines, taken)
                if at is None:
                    print(f"not found: {entry['file']}:{label['review_line']}: {label['text']}")
                    continue
                taken.add(at)
                found += 1
                verdicts[label["verdict"], checked.judged[at].verdict.value] += 1
    print(f"{found} of {total} found")
    for (label_verdict, ours), count in sorted(verdicts.items()):
        print(f"labelled {label_verdict}: {count} {ours}")


def bundle_of(trees: Path, number: str) -> Bundle:
    """Return the bundle of a tree: the one beside it, else one of our own."""
    beside = trees / f"{number}.output.txt"
    if beside.is_file() and beside.stat().st_size:
        return read_bundle(beside)
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder, "bundle.txt")
        command = [sys.executable, "-m", "sous", "bundle", "-q", "-o", str(packed)]
        subprocess.run(command, cwd=trees / number, check=True, stderr=subprocess.DEVNULL)
        return read_bundle(packed)


def place_of(checked: Checked, label: dict[str, object], lines: list[int] | None, taken: set[int]) -> int | None:
    """Return which of our references a label is about."""
    path = str(label["resolved_path"]).strip("/")
    for at, one in enumerate(checked.judged):
        reference = one.reference
        near = abs(reference.line - int(str(label["review_line"]))) <= _NEAR
        if at in taken or reference.kind not in ("path", "line") or not near:
            continue
        named = (one.path or reference.named or "").strip("/")
        same = named == path or (not lines and bool(named) and path.endswith(named)) or not reference.named
        if same and (lines is None or [reference.start, reference.end] == lines):
            return at
    return None


if __name__ == "__main__":
    main()
