"""A process of its own that reads files to facts: `python -m sous.analyst.worker`, JSON in and out."""

from __future__ import annotations

import gc
import json
import sys

from sous.analyst.read import read_file
from sous.effort import SECONDS, OutOfTime, within


def main() -> None:
    """Read `[[path, text, is_whole], …]` from stdin.

    Write a line of facts for each, in order (too slow: empty).
    """
    gc.disable()  # syntax trees have no cycles, and looking for some takes a third of the time
    rows = json.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer
    for path, text, is_whole in rows:
        try:
            facts = within(SECONDS, read_file, path, text, is_whole=is_whole).to_json()
        except (OutOfTime, MemoryError):
            facts = ""
        out.write(facts.encode("utf-8", "surrogatepass") + b"\n")
        out.flush()  # what is done is known even if this process is ended


if __name__ == "__main__":
    main()
