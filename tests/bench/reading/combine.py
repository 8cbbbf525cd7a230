"""Write combinations.toml, once: python tests/bench/reading/combine.py.

Each combination is, of forty that somebody would write, the one with most pairs of values not seen together before;
what is usual is drawn more often than what is odd. The file was written before the first run and is not written again:
a combination that a reader fails stays.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.reading.made import KINDS, MAKERS

COUNTS = {"plans": 14, "no-plans": 2, "todos": 6, "items": 11, "no-items": 2, "check": 5}
FIRST = 20261129
Seen = Counter[tuple[tuple[str, str], ...]]


def main() -> None:
    path = Path(__file__).with_name("combinations.toml")
    if path.exists():
        sys.exit(f"{path} exists; the combinations are fixed")
    lines = [
        '# Fixed before the first run; combine.py says how. A new one is added at the end as `set = "added"`, none is taken out.'
    ]
    for kind, count in COUNTS.items():
        looks = chosen(kind, count, Random(FIRST))  # noqa: S311 - no secret
        for number, look in enumerate(looks, 1):
            lines += ["", "[[combination]]", f'name = "{kind}-{number:02}"', f'kind = "{kind}"']
            lines += [f'{name} = "{value}"' for name, value in look.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def chosen(kind: str, count: int, rng: Random) -> list[dict[str, str]]:
    """Return the looks of a kind that cover most pairs, one after the other."""
    seen: Seen = Counter()
    looks = []
    for _ in range(count):
        look = max((drawn(kind, rng, seen) for _ in range(40)), key=lambda look: worth(look, seen))
        looks.append(look)
        seen.update(combinations(look.items(), 2))
        seen.update((item,) for item in look.items())
    return looks


def drawn(kind: str, rng: Random, seen: Seen) -> dict[str, str]:
    """Return a look that somebody would write, of a shape that was taken least often."""
    maker = MAKERS[KINDS[kind]]
    first, values = next(iter(maker.fixed.items()))
    fewest = min(seen[(first, value),] for value in values)
    rarest = next(value for value in values if seen[(first, value),] == fewest)
    while True:
        look = {name: rng.choice(values) for name, values in maker.fixed.items()}
        look[first] = rarest
        if maker.possible(look):
            return look


def worth(look: dict[str, str], seen: Seen) -> int:
    """Return how many pairs of values are new in a look."""
    return sum(pair not in seen for pair in combinations(look.items(), 2))


if __name__ == "__main__":
    main()
