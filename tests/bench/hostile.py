"""Every file of a clone in every form, with every command that reads it: how many cells hold.

Run: python tests/bench/hostile.py [PART OF A PATH]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile import broken, cells, is_file_of_the_project, lay_out, make_project, wrong_words
from scene import SOUS

_SECONDS = 60  # in which a command must end


def main() -> None:
    """Go through the matrix and print what got through."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    runs, failed = 0, []
    with tempfile.TemporaryDirectory() as scratch:
        first = make_project(Path(scratch, "first"))
        env = {
            **os.environ,
            "HOME": scratch,
            "XDG_STATE_HOME": f"{scratch}/state",
            "XDG_CACHE_HOME": f"{scratch}/cache",
        }
        for row, form in cells():
            for command in row.commands if wanted in row.path else ():
                runs += 1
                with tempfile.TemporaryDirectory() as folder:
                    project, outside = lay_out(first, Path(folder), row, form)
                    argv = [*SOUS, *command.format(path=row.path).split()]
                    may = is_file_of_the_project(form)
                    try:
                        done = subprocess.run(
                            argv, cwd=project, env=env, capture_output=True, check=False, timeout=_SECONDS, input=b""
                        )
                        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
                        what = wrong_words(done.returncode, out, err, may_be_read=may)
                        what = what or broken(project, outside, may_be_read=may)
                    except subprocess.TimeoutExpired:
                        what = f"it did not end within {_SECONDS} s"
                    if what:
                        failed.append(f"{row.path} as {form.__name__}, {command}: {what[-300:]}")
                        print(failed[-1], flush=True)
    print(f"{runs} runs over {len(list(cells()))} cells: {len(failed)} failed")


if __name__ == "__main__":
    main()
