"""Every mask in real trees, with its line, to be judged by a person: python tests/bench/secrets/trees.py TREE...

All files of at most 5 MB that are UTF-8 text are read, ignored or not. The same value in the same kind is listed once a tree.
Nothing of the trees is kept; the figures in RESULTS.md are counts of a person's judgement.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sous.bundle.secrets import MASK, secret_spans

_MOST = 5_000_000
_AROUND = 70


def main() -> None:
    """Print a line a mask and the number of files, megabytes and masks of each tree."""
    for name in sys.argv[1:]:
        tree, files, size, masks = Path(name), 0, 0, 0
        seen: set[tuple[str, str]] = set()
        for path in sorted(tree.rglob("*")):
            if not path.is_file() or path.is_symlink() or path.stat().st_size > _MOST:
                continue
            try:
                text = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                continue
            files, size = files + 1, size + len(text)
            place = path.relative_to(tree).as_posix()
            for start, end, kind in sorted(set(secret_spans(text, place))):
                masks += 1
                if (kind, text[start:end]) in seen:
                    continue
                seen.add((kind, text[start:end]))
                before = text[max(0, start - _AROUND) : start].rpartition("\n")[2].lstrip()
                value = text[start:end].replace("\n", "\\n")
                print(f"{kind} | {place} | {before}{MASK[0]}{value[:_AROUND]}{MASK[-1]}")
        print(f"== {tree.name}: {files:,} files, {size / 1e6:.1f} MB, {masks} masks, {len(seen)} different")


if __name__ == "__main__":
    main()
