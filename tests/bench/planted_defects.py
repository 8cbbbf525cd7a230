"""How many of the planted defects static analysis names by their rule: python tests/bench/planted_defects.py."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from scene import packed
from sous.analyst.reports import report
from sous.bundle.read import Bundle
from sous.project.data import parse_toml
from sous.project.languages import language_at

DEFECTS = Path(__file__).with_name("planted.toml")


def main() -> None:
    """Print what is found by language, and each that is not."""
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for defect in parse_toml(DEFECTS.read_text("utf-8"))["defect"]:
        language = getattr(language_at(defect["path"]), "name", "")
        text = "".join(report("code-review", Bundle(packed({defect["path"]: defect["code"]})), root=None))
        seen = set(re.findall(r"\*\*Rule:\*\* \[?([\w-]+)", text))
        planted[language] += 1
        found[language] += defect["rule"] in seen
        if defect["rule"] not in seen:
            print(f"missed: {defect['rule']} in {defect['code']!r}, seen: {sorted(seen)}")
    print(*(f"{name}: {found[name]} of {planted[name]}" for name in planted), sep="\n")
    print(f"all: {found.total()} of {planted.total()}")


if __name__ == "__main__":
    main()
