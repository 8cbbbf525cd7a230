"""A process of its own that reads files to facts: `python -m sous.analyst.worker`, JSON lines in and out.

A crafted file can make a grammar run for minutes, take all memory or abort: `gather` ends the process.
"""

from __future__ import annotations

import gc
import json
import sys

from sous.analyst.read import read_file
from sous.project.syntax import limit_memory


def main() -> None:
    """Answer each line of stdin, `[path, text, is_whole]`, with a line of facts, or an empty one."""
    limit_memory()
    gc.disable()  # syntax trees have no cycles, and looking for some takes a third of the time
    for line in sys.stdin.buffer:
        path, text, is_whole = json.loads(line)
        try:
            facts = read_file(path, text, is_whole=is_whole).to_json()
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001  # a panic of ast-grep is no Exception
            facts = ""
        sys.stdout.buffer.write(facts.encode("utf-8", "surrogatepass") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
