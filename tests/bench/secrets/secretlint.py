"""How many snapshots of secretlint's rule tests each engine judges alike: python tests/bench/secrets/secretlint.py CHECKOUT.

A snapshot has the text and the ranges that secretlint reports. Snapshots of options, and of rules that look for no secret
(home folders, file names, patterns of one's own, comments), are left out. Nothing of secretlint is kept.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.secrets.figures import Sample, show

_RULE = re.compile(r"secretlint-rule-([\w-]+)")
_NO_SECRETS = {
    "example",
    "filter-comments",
    "internal-test-cjs",
    "internal-test-esm",
    "no-dotenv",
    "no-homedir",
    "pattern",
}


def samples(checkout: Path) -> list[Sample]:
    """Return the texts of the snapshots, each once."""
    found: dict[tuple[str, str], Sample] = {}
    for path in sorted((checkout / "packages").rglob("snapshots/**/output.json")):
        rules = _RULE.findall(path.as_posix())
        snapshot = json.loads(path.read_text("utf-8"))
        text = snapshot.get("sourceContent") if isinstance(snapshot, dict) else None
        if not rules or rules[-1] in _NO_SECRETS or path.parent.name.startswith("options") or not text:
            continue
        if snapshot.get("sourceContentType") != "text" or (path.parent / ".secretlintrc.json").exists():
            continue
        reported = [one for one in snapshot["messages"] if one.get("type") == "message"]
        name = snapshot["filePath"].rpartition("/")[2]
        found.setdefault((rules[-1], text), Sample(rules[-1], name, text, is_secret=bool(reported)))
    return list(found.values())


if __name__ == "__main__":
    show(samples(Path(sys.argv[1])), sys.argv[2:])
