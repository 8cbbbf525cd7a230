"""How well `sous check` tells true from false: reviews made over real trees, in many styles, with planted falsehoods.

    python tests/bench/claims.py TREE [TREE…]
    python tests/bench/claims.py --into REVIEW BUNDLE [REVIEW BUNDLE…] [-v]

Each finding of a review names a place that is there, or one made wrong in a way that is known; what came of each way is
counted, by way and by style. A falsehood is caught when a reference of its finding is moved or unproven; lines that are
off with a right quote must be mended to the right ones. A true finding is flagged when any reference of it is.

`--into` makes what a real review has right wrong, one thing at a time: each of its verified references in each way that
fits it. Counted by way: marked (a new mark), unmarked, and called verified.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.read import read_bundle
from sous.claims.check import Checked, check_report
from sous.claims.evidence import Evidence
from sous.claims.quotes import fold_quote

if TYPE_CHECKING:
    from sous.claims.verdict import Judged

SEED = 20261123
EACH = 12  # findings of each way in each style and tree


@dataclass(frozen=True)
class Claim:
    """What a finding says: a place, the lines that are quoted there, a name that is defined there."""

    path: str
    first: int
    last: int
    quote: str
    name: str


Style = Callable[[Claim, str], str]
WRITTEN = ("The loop never ends when the list is empty.", "Errors are swallowed here.", "The handle is never closed.",
           "This grows without bound.", "Two callers can both pass the check.")  # fmt: skip


def fenced(claim: Claim, before: str = "", info: str = "python") -> str:
    fence = "````" if "```" in claim.quote else "```"
    return f"{fence}{info}\n{before}{claim.quote}\n{fence}"


NEW = "```python\nfor thing in better_things():\n    thing.improve()\n```"
DASH = "\u2013"


def numbered(claim: Claim) -> Claim:
    """Return a claim with the numbers of the lines in its quote."""
    quoted = enumerate(claim.quote.split("\n"), claim.first)
    return replace(claim, quote="\n".join(f"{number}: {line}" for number, line in quoted))


def lines(claim: Claim, dash: str = "-") -> str:
    return f"{claim.first}{dash}{claim.last}" if claim.last != claim.first else str(claim.first)


STYLES: dict[str, Style] = {
    "our own": lambda c, t: (
        f"## {t}\n\n- **Labels:** bug\n- **Severity:** high\n- **Location:** "
        f"`{c.path}:{c.first}-{c.last}`\n\n**Quote:**\n\n{fenced(c)}\n\n**What is wrong:** {t}\n\n"
        "**How to fix:** Call `close_everything_now()` first.\n"
    ),
    "location field": lambda c, t: (
        f"### {t}\n\n**Severity**: medium\n**Location**: `{c.path}:{lines(c)}`\n\n**Evidence:**\n{fenced(c)}\n"
    ),
    "place in the heading": lambda c, t: (
        f"### 3. **BUG: {t[:-1]}** ({c.path}:{lines(c)})\n**Severity: HIGH**\n\n"
        f"{fenced(c)}\n\n**Recommendation:** Do it so:\n\n{NEW}\n"
    ),
    "file as heading": lambda c, t: f"### /{c.path}\n\n**Findings:**\n- {t} (lines {lines(c)})\n\n{fenced(c)}\n",
    "line in path": lambda c, t: (
        f"1. **Line {lines(c)} in {c.path}**\n{fenced(c)}\n**Issue**: {t}\n**Recommendation**: Use this:\n{NEW}\n"
    ),
    "comment in the code": lambda c, t: f"### {t}\n\n{fenced(c, f'# {c.path}:{lines(c)}' + chr(10))}\n",
    "absolute path": lambda c, t: (
        f"### 2. {t}\n**Location:** `/home/me/src/project/{c.path}:{lines(c)}`\n\n**Evidence:**\n{fenced(c)}\n"
    ),
    "file, then lines": lambda c, t: f"- File: `{c.path}`\n  - Lines {lines(c, DASH)}: {t}\n\n{fenced(c)}\n",
    "lines behind the path": lambda c, t: f"`{c.path}` lines {lines(c)}: {t}\n\n{fenced(c)}\n",
    "link": lambda c, t: f"{t} See [{c.path}]({c.path}#L{c.first}-L{c.last}):\n\n{fenced(c)}\n",
    "info string": lambda c, t: f"{t}\n\n{fenced(c, info=f'{c.first}:{c.last}:{c.path}')}\n",
    "Russian": lambda c, t: f"### \u041e\u0448\u0438\u0431\u043a\u0430\n\n`{c.path}:{lines(c)}` - {t}\n\n{fenced(c)}\n",
    "numbered quote": lambda c, t: f"**{c.path}:{lines(c)}** - {t}\n\n{fenced(numbered(c))}\n",
    "one line in ticks": lambda c, t: f"- `{c.path}:{c.first}`: `{c.quote.split(chr(10))[0].strip()}`. {t}\n",
    "name and place": lambda c, t: f"- `{c.name}()` (`{c.path}:{c.first}`): {t}\n",
    "name in words": lambda c, t: f"- The function `{c.name}` in `{c.path}` is wrong. {t}\n",
    "table": lambda c, t: f"| place | what |\n|---|---|\n| `{c.path}:{lines(c)}` | {t} |\n",
}
WITHOUT_QUOTE = ("name and place", "name in words", "table")
WITHOUT_LINES = ("name in words",)
WITHOUT_NAME = tuple(style for style in STYLES if style not in ("name and place", "name in words"))


class Tree:
    """A packed tree and the places in it that can be named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with tempfile.TemporaryDirectory() as temporary:
            packed = Path(temporary, "bundle.txt")
            subprocess.run([sys.executable, "-m", "sous", "bundle", "-q", "-o", str(packed)], cwd=folder, check=True)
            self.bundle = read_bundle(packed)
        self.evidence = Evidence(self.bundle)
        self.texts = {file.path: file.text.split("\n") for file in self.bundle.entries if file.path.endswith(CODE)}
        self.random = random.Random(SEED)  # noqa: S311
        self._paths = sorted(path for path, text in self.texts.items() if 30 < len(text) < 3000)

    def claim(self, style: str) -> Claim:
        """Return a place that is there, whose quote stands there alone."""
        while True:
            path = self.random.choice(self._paths)
            text = self.texts[path]
            defined = [at for at, line in enumerate(text) if re.match(r"\s*(?:async )?(?:def|function|func) \w", line)]
            if not defined:
                continue
            first = (
                self.random.choice(defined)
                if style in ("name and place", "name in words")
                else self.random.randrange(len(text))
            )
            count = 1 if style == "one line in ticks" else self.random.randint(1, 6)
            quote = "\n".join(text[first : first + count])
            name = re.match(r"\s*(?:async )?(?:def|function|func) (\w+)", text[first])
            name = name or re.match(r"\s*(?:async )?(?:def|function|func) (\w+)", text[self.random.choice(defined)])
            if (
                not name
                or len(name[1]) < 4
                or not text[first].strip()
                or not text[min(first + count, len(text)) - 1].strip()
            ):
                continue
            if "`" in quote or len(fold_quote(quote)) < 25 or not self.is_alone(quote, path):
                continue
            if style == "name and place" and sum(f" {name[1]}(" in line for line in text) != 1:
                continue
            return Claim(path, first + 1, min(first + count, len(text)), quote, name[1])

    def is_alone(self, quote: str, path: str) -> bool:
        """Tell whether a quote stands in one place of the whole tree."""
        source = self.evidence.source(path)
        return source is not None and len(source.find(fold_quote(quote))) == 1

    def wrong(self, way: str, style: str, claim: Claim) -> Claim | None:  # noqa: PLR0911
        """Return a place made wrong; None where this way cannot be gone."""
        text = self.texts[claim.path]
        if way == "no such file":
            return replace(claim, path=f"src/nowhere/{self.random.choice(('engine', 'worker', 'helpers'))}.py")
        if way == "near-miss path":
            folder, _, name = claim.path.rpartition("/")
            at = self.random.randrange(len(name.partition(".")[0]))
            name = name[:at] + name[at + 1 :] if len(name.partition(".")[0]) > 3 else f"x{name}"
            path = f"{folder}/{name}" if folder else name
            return None if self.evidence.resolve(path) else replace(claim, path=path)
        if way.startswith("off by"):
            by = int(way.rsplit(maxsplit=1)[-1])
            by = by if claim.last + by < len(text) else -by
            return replace(claim, first=claim.first + by, last=claim.last + by) if claim.first + by > 0 else None
        if way == "past the end":
            return replace(claim, first=len(text) + 40, last=len(text) + 40 + claim.last - claim.first)
        if way == "quote altered":
            words = list(re.finditer(r"[A-Za-z_]\w{2,}", claim.quote))
            if not words:
                return None
            word = self.random.choice(words)
            quote = f"{claim.quote[: word.start()]}{word[0]}s{claim.quote[word.end() :]}"
            return None if self.evidence.source(claim.path).find(fold_quote(quote)) else replace(claim, quote=quote)  # type: ignore[union-attr]
        if way == "quote of another file":
            other = self.claim(style)
            return replace(claim, quote=other.quote) if other.path != claim.path else None
        if way == "invented name":
            return replace(claim, name=f"{claim.name}_{self.random.choice(('checked', 'safely', 'impl2'))}")
        if way == "quote that stands twice":
            return self.twice(claim)
        raise ValueError(way)

    def twice(self, claim: Claim) -> Claim | None:
        """Return a line that stands twice in a file, said to be where it is not."""
        for path in self.random.sample(self._paths, min(60, len(self._paths))):
            text = self.texts[path]
            counted = Counter(line.strip() for line in text if re.search(r"\w.{28}", line) and "`" not in line)
            lines = [line for line, count in counted.items() if count == 2 and sum(line in one for one in text) == 2]
            if lines:
                line = self.random.choice(lines)
                at = next(number for number in range(1, len(text)) if line not in text[number - 1])
                return replace(claim, path=path, first=at, last=at, quote=line)
        return None


CODE = (".py", ".js", ".ts", ".go", ".rs")
WAYS = ("no such file", "near-miss path", "off by 1", "off by 3", "off by 8", "off by 200", "past the end",
        "quote altered", "quote of another file", "quote that stands twice", "invented name")  # fmt: skip


def fits(way: str, style: str) -> bool:
    """Tell whether a style says what a way makes wrong."""
    if way in ("quote altered", "quote of another file", "quote that stands twice"):
        return style not in WITHOUT_QUOTE
    if way.startswith("off by"):
        return style not in (*WITHOUT_LINES, "table") and (
            style != "name and place" or way in ("off by 8", "off by 200")
        )
    if way == "past the end":
        return style not in WITHOUT_LINES
    return way != "invented name" or style not in WITHOUT_NAME


def findings(tree: Tree, style: str) -> Iterator[tuple[str, Claim, Claim]]:
    """Yield the way, what is true and what is said, mixed."""
    found = []
    for way in ("true", *(way for way in WAYS if fits(way, style))):
        for _ in range(EACH * (4 if way == "true" else 1)):
            claim = tree.claim(style)
            said = claim if way == "true" else tree.wrong(way, style, claim)
            if said:
                found.append((way, claim, said))
    tree.random.shuffle(found)
    yield from found


MARKED = ("moved", "ambiguous", "unproven")
EACH_PLANT = 30
OPERATORS = {
    "==": "!=",
    "!=": "==",
    "<=": "<",
    ">=": ">",
    "&&": "||",
    "||": "&&",
    "and": "or",
    "or": "and",
    "+": "-",
    "+=": "-=",
}
OPPOSITES = {"True": "False", "False": "True", "true": "false", "false": "true", "None": "0", "null": "0"}
Plant = tuple[str, int, int, str]  # the way, from where to where in the review, and what stands there instead


def code_in(text: str, judged: Judged) -> tuple[int, int] | None:
    """Return from where to where the code stands that a verified reference quotes."""
    reference = judged.reference
    if not reference.quote or not reference.quote_line:
        return None
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    start = starts[reference.quote_line - 1]
    if reference.quote_line != reference.line or "\n" in reference.quote:
        end = text.find("```", start)
        return (start, end) if 0 < end - start < 3000 else None
    spans = re.finditer(r"`([^`\n]+)`", text[start : text.find("\n", start)])
    wanted = fold_quote(reference.quote)
    return next(((start + one.start(1), start + one.end(1)) for one in spans if fold_quote(one[1]) == wanted), None)


def plants_of(text: str, judged: Judged, evidence: Evidence, chance: random.Random) -> Iterator[Plant]:
    """Yield what can be made wrong of a verified reference."""
    reference, spot = judged.reference, judged.reference.spot
    said = text[spot.start : spot.end] if spot else ""
    source = evidence.source(judged.path or "")
    if spot and reference.kind == "line" and reference.start and source and (reference.quote or reference.bound):
        by = chance.choice((17, 29, 43, -19, -31))
        by = by if reference.first + by >= 1 and reference.last + by <= source.length else -by
        numbers = {reference.first: reference.first + by, reference.last: reference.last + by}
        if reference.first + by >= 1 and reference.last + by <= source.length:
            moved = re.sub(r"\d+", lambda match: str(numbers.get(int(match[0]), match[0])), said)
            yield "line shifted", spot.start, spot.end, moved
    if spot and reference.kind in ("line", "path") and reference.named and reference.named in said and judged.path:
        at = spot.start + said.index(reference.named)
        end, ending = at + len(reference.named), f".{judged.path.rpartition('.')[2]}"
        others = sorted(path for path in evidence.paths if path.endswith(ending) and path != judged.path)
        if others and (reference.quote or reference.bound):
            yield "another file", at, end, chance.choice(others)
        name = reference.named.rpartition("/")[2].partition(".")[0]
        if len(name) > 4:
            yield "file name, one letter", at, end, reference.named.replace(name, name[:1] + name[2:])
    if spot and reference.kind == "symbol" and said == reference.text and "_" in said.strip("_"):
        yield "name negated", spot.start, spot.end, re.sub(r"\b(_*)(?=\w+$)", r"\1un", said)
    for start, end in filter(None, [code_in(text, judged)]):
        yield from altered_code(text[start:end], start, chance)


def altered_code(code: str, start: int, chance: random.Random) -> Iterator[Plant]:
    """Yield code with another number, string, operator, constant, parameter or order of two names."""
    bare = re.sub(r"(?:#|//).*", lambda match: " " * len(match[0]), code)
    forms: dict[str, tuple[str, str | Callable[[re.Match[str]], str]]] = {
        "number": (r"(?<![\w.#:-])\d+(?![\w.:-])", lambda match: str(int(match[0]) + 3)),
        "string": (r"(?<=[\"'])[A-Za-z][\w /.-]{2,40}(?=[\"'])", lambda match: f"{match[0][:-1]}q"),
        "operator": (r"(?<=\s)(?:[=!<>]=|&&|\|\||and|or|\+=?)(?=\s)", lambda match: OPERATORS[match[0]]),
        "default value": (r"(?<==)\s?(?:True|False|true|false|None|null)\b", lambda match: OPPOSITES[match[0].strip()]),
        "signature": (r"(?<=\w\()\w+(?:, \w+)+(?=\))", lambda match: match[0].rpartition(",")[0]),
        "names swapped": (r"\b([A-Za-z_]\w{3,})\b([^\w\n]{1,3})(?!\1\b)([A-Za-z_]\w{3,})\b", r"\3\2\1"),
    }  # fmt: skip
    for way, (form, instead) in forms.items():
        found = list(re.finditer(form, bare))
        if found:
            match = chance.choice(found)
            new = match.expand(instead) if isinstance(instead, str) else instead(match)
            yield way, start + match.start(), start + match.end(), new


def into(named: list[str]) -> None:
    """Print what comes of planting into real reviews."""
    chance = random.Random(SEED)  # noqa: S311
    by_way: dict[str, list[tuple[Checked, Evidence, Plant]]] = {}
    for review, packed in zip(named[::2], named[1::2], strict=True):
        text = Path(review).read_text("utf-8")
        bundle = read_bundle(Path(packed))
        own = [path for path, file in bundle.files.items() if file.text.strip() == text.strip()]
        evidence = Evidence(bundle, without=own)
        checked = check_report(text, evidence)
        for judged in checked.judged:
            for plant in (
                plants_of(checked.text, judged, evidence, chance) if judged.verdict.value == "verified" else ()
            ):
                by_way.setdefault(plant[0], []).append((checked, evidence, plant))
    print("| planted | marked | unmarked | called verified |\n|---|--:|--:|--:|")
    counts: Counter[tuple[str, str]] = Counter()
    for way, found in by_way.items():
        chance.shuffle(found)
        for checked, evidence, (_, start, end, new) in found[:EACH_PLANT]:
            outcome = outcome_of(checked, evidence, start, end, new)
            counts[way, outcome] += 1
            if outcome != "marked" and "-v" in sys.argv:
                print(f"{outcome} [{way}] {checked.text[start:end]!r} -> {new!r}")
        print(f"| {way} | {' | '.join(str(counts[way, one]) for one in ('marked', 'unmarked', 'verified'))} |")
    total = Counter(outcome for _, outcome in counts.elements())
    print(f"| all | {' | '.join(str(total[one]) for one in ('marked', 'unmarked', 'verified'))} |")


def outcome_of(checked: Checked, evidence: Evidence, start: int, end: int, new: str) -> str:
    """Return what comes of a review in which something else stands."""
    before = {(one.reference.text, one.reference.line) for one in checked.judged if one.verdict.value in MARKED}
    again = check_report(f"{checked.text[:start]}{new}{checked.text[end:]}", evidence)
    if any(
        one.verdict.value in MARKED and (one.reference.text, one.reference.line) not in before for one in again.judged
    ):
        return "marked"
    for one in again.judged:
        spot = one.reference.spot
        if one.verdict.value == "verified" and spot and spot.start <= start < spot.end:
            return "verified"
    return "unmarked"


def trees() -> list[str]:
    """Return the folders that are named; ends with the usage where none is."""
    named = [one for one in sys.argv[1:] if one not in ("-v", "--into")]
    return named or sys.exit("usage: python tests/bench/claims.py TREE... | --into REVIEW BUNDLE... [-v]")


def main() -> None:
    """Print the tables."""
    caught, planted, mended, shown, flagged, true = (Counter[str]() for _ in range(6))
    for folder in trees():
        tree = Tree(Path(folder))
        for style, write in STYLES.items():
            text, parts = "# Review\n\n", []
            for way, claim, said in findings(tree, style):
                start = text.count("\n") + 1
                text += f"{write(said, tree.random.choice(WRITTEN))}\n"
                parts.append((way, claim, start, text.count("\n") + 1))
            checked = check_report(text, tree.evidence)
            for way, claim, start, end in parts:
                here = [one for one in checked.judged if start <= one.reference.line < end]
                bad = [one for one in here if one.verdict.value in ("moved", "unproven")]
                if way == "true":
                    true[style] += 1
                    flagged[style] += bool(bad) or not here
                else:
                    planted[way] += 1
                    caught[way] += bool(bad)
                    if way.startswith("off by"):
                        mended[way] += any(one.found and one.found.start == claim.first for one in bad)
                if (bool(bad) == (way == "true") or not here) and shown[way] < 3 and "-v" in sys.argv:
                    shown[way] += 1
                    print(f"--- {style}, {way}\n{text.splitlines()[start - 1 : end]}\n{here}")
    print("| planted | caught | of | mended to the right line |\n|---|---|---|---|")
    for way in planted:
        print(f"| {way} | {caught[way]} | {planted[way]} | {mended.get(way, '')} |")
    total = sum(planted.values())
    print(f"| all | {sum(caught.values())} | {total} ({sum(caught.values()) / total:.2%}) | |\n")
    print("| style | true findings flagged | of |\n|---|---|---|")
    for style in true:
        print(f"| {style} | {flagged[style]} | {true[style]} |")
    print(
        f"| all | {sum(flagged.values())} | {sum(true.values())} ({sum(flagged.values()) / sum(true.values()):.2%}) |"
    )


if __name__ == "__main__":
    into(trees()) if "--into" in sys.argv else main()
