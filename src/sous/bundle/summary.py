"""What went into a bundle, in words and as a tree with counts."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sous.terminal import human_size, shown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_BAR = 12  # characters
_SECRETS_SHOWN, _READ_SHOWN, _EARLIER_SHOWN = 5, 20, 3
# Beginnings of kinds, the worst first; other tokens of a known form come after them.
_WORST = (
    "private key",
    "PuTTY",
    "AWS",
    "password in",
    "password of",
    "password on",
    "connection string",
)
_LEAST = ("value of", "assigned")


# Names of what tools write: minified, source maps, bundles, code made from descriptions.
_GENERATED = re.compile(
    r"(?:\.min\.(?:js|mjs|css)|\.(?:js|mjs|css|ts)\.map|[.\-]bundle\.js|_pb2(?:_grpc)?\.pyi?|"
    r"\.pb\.(?:go|cc|h)|\.g\.dart|\.freezed\.dart|\.designer\.cs|\.generated\.\w+|\.snap)$",
    re.IGNORECASE,
)
_MAGIC = re.compile(r"[*?\[\]{}()!,'\\]")  # would be read as a part of a glob
_MANY, _LARGE, _SHARE = 10, 10_000, 20  # files, tokens, and a twentieth of the tokens
_REPORT_LINE = re.compile(r"(?:[0-9a-f]{12}|- {11})  .*")


class FoundSecret(NamedTuple):
    """Where a secret is: its file (or what else holds it), kind, 1-based line (0: the name)."""

    path: str
    kind: str
    line: int
    digest: str = ""

    @property
    def rank(self) -> int:
        """How bad it is to lose it, the worst 0."""
        if self.kind.startswith(_LEAST):
            return len(_WORST) + 1 + self.kind.startswith(_LEAST[1])
        named = (number for number, kind in enumerate(_WORST) if self.kind.startswith(kind))
        return next(named, len(_WORST))

    def shown(self) -> str:
        """Return a line for people, without its fingerprint."""
        where = f"{shown_name(self.path)}:{self.line}" if self.line else shown_name(self.path)
        return f"{where}: {self.kind}"


def _globs_for(paths: Iterable[str], marked: Mapping[str, str]) -> list[str]:
    """Return a few globs: the files themselves, or what many of them end with or are marked by."""
    paths = list(paths)
    if len(paths) <= _SECRETS_SHOWN:
        return [shown_name(path) for path in paths if not _MAGIC.search(path)]
    endings = [match[0] for path in paths if (match := _GENERATED.search(path))]
    globs = {marked[path] for path in paths if path in marked and not _GENERATED.search(path)}
    return sorted({*(f"**/*{ending}" for ending in endings), *map(shown_name, globs)})


def is_secrets_report(text: str) -> bool:
    """Tell whether a text is what `Packed.secrets_report` writes."""
    if text.startswith("["):
        try:
            rows = json.loads(text)
        except (ValueError, RecursionError):
            return False
        return all(isinstance(row, dict) and "fingerprint" in row for row in rows)
    return all(map(_REPORT_LINE.fullmatch, text.splitlines()))


@dataclass
class Packed:
    """What went into a bundle: files, bytes, o200k tokens (of each file by its path, and of all).

    What is not in it.

    `whole`: why files that were to be reduced were not, by path; `as_cells`: the tokens that
    notebooks would have as cells, by path; `read_as`: what is
    to know of the encoding of files, by path; `unmatched`: the globs that were given and match no
    file;
    `generated`: what the repository marks so, and globs that leave it out, by path;
    `left_out`: reasons by path of files that are only listed; `by_default`: how many the default
    patterns are; `earlier`: the results of earlier runs; `secrets`: what was masked; `manifest`:
    what a budget made of the files.
    """

    files: int = 0
    size: int = 0
    tokens: int = 0
    by_path: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    by_default: int = 0
    earlier: list[str] = field(default_factory=list)
    secrets: list[FoundSecret] = field(default_factory=list)
    parts: int = 1
    changed: bool = True  # whether the bundle is another than the one that was there
    manifest: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    read_as: dict[str, str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    as_cells: dict[str, int] = field(default_factory=dict)
    generated: dict[str, str] = field(default_factory=dict)

    @property
    def unreadable(self) -> list[str]:
        """The paths that could not be read."""
        return [path for path, why in self.left_out.items() if why.startswith("unreadable")]

    def add(self, part: Packed) -> None:
        """Add one part of a split bundle."""
        self.files += part.files
        self.size += part.size
        self.tokens += part.tokens
        self.by_path |= part.by_path
        self.left_out |= part.left_out
        self.read_as |= part.read_as
        self.whole |= part.whole
        self.as_cells |= part.as_cells
        self.secrets += part.secrets
        self.parts += 1

    def summary(self) -> str:
        """Return one line for people."""
        reasons = Counter(why.partition(":")[0] for why in self.left_out.values())
        notes = [f"{count:,} {why}" for why, count in sorted(reasons.items())]
        rest = f" (listed only: {', '.join(notes)})" if notes else ""
        if self.by_default:
            rest += f"; left out {self.by_default:,} by the default patterns"
        if self.whole:
            kinds = Counter(self.whole.values()).most_common()
            why = ", ".join(f"{count:,} {kind}" for kind, count in kinds)
            rest += f"; {_plural(len(self.whole), 'file')} kept whole ({why})"
        if self.earlier:
            names = ", ".join(map(shown_name, self.earlier[:_EARLIER_SHOWN]))
            more = ", …" * (len(self.earlier) > _EARLIER_SHOWN)
            count = _plural(len(self.earlier), "result")
            rest += f"; left out {count} of earlier runs ({names}{more})"
        if self.secrets:
            rest += f"; masked {_plural(len(self.secrets), 'secret')}"
        # none where they were not counted
        tokens = f"{_plural(self.tokens, 'token')}, " if self.tokens else ""
        return f"{_plural(self.files, 'file')}, {tokens}{human_size(self.size)}{rest}"

    def secret_lines(self) -> Iterator[str]:
        """Yield where the worst secrets are, a line each, and how many more."""
        from sous.bundle.secret_allow import fingerprint

        for one in sorted(self.secrets, key=lambda one: one.rank)[:_SECRETS_SHOWN]:
            yield one.shown() + (f" ({fingerprint(one.digest)})" if one.digest else "")
        if len(self.secrets) > _SECRETS_SHOWN:
            yield f"and {len(self.secrets) - _SECRETS_SHOWN:,} more"

    def secrets_report(self, *, as_json: bool) -> str:
        """Return all secrets, in the order of the bundle, with what allows each in settings."""
        from sous.bundle.secret_allow import fingerprint

        prints = [fingerprint(one.digest) if one.digest else "" for one in self.secrets]
        pairs = list(zip(self.secrets, prints, strict=True))
        if as_json:
            rows = [
                {"path": one.path, "line": one.line, "kind": one.kind, "fingerprint": mark or None}
                for one, mark in pairs
            ]
            return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
        return "".join(f"{mark or '-':12}  {one.shown()}\n" for one, mark in pairs)

    def read_as_lines(self) -> Iterator[str]:
        """Yield which files were read in an encoding that nothing says, or with bad bytes."""
        for path, note in list(self.read_as.items())[:_READ_SHOWN]:
            yield f"read {shown_name(path)} as {note}"
        if len(self.read_as) > _READ_SHOWN:
            yield f"and {len(self.read_as) - _READ_SHOWN:,} more; --json names them"

    def unmatched_lines(self) -> Iterator[str]:
        """Yield which globs match no file."""
        for glob in self.unmatched:
            is_group = re.search(r"(?<![@!+*?\\])\(", glob)
            hint = r"; write `\(` for a plain parenthesis" if is_group else ""
            yield f"no file matches the glob `{glob}`{hint}"

    def suggestions(self) -> Iterator[str]:
        """Yield which files to leave out, where few take most of the tokens; nothing is dropped."""
        ranked = sorted(self.by_path.items(), key=lambda one: (-one[1], one[0]))
        if self.tokens < _LARGE:
            return
        yield from self._saved_by_cells()
        if len(ranked) < _MANY:
            return
        heaviest = dict(ranked[:_SECRETS_SHOWN])
        if sum(heaviest.values()) * 2 <= self.tokens:
            heaviest = {}
        heaviest = {path: n for path, n in heaviest.items() if n * _SHARE > self.tokens}
        if heaviest:
            shares = (f"{shown_name(path)} {n / self.tokens:.0%}" for path, n in heaviest.items())
            yield f"heaviest: {', '.join(shares)}; {self._saved_without(heaviest)}"
        made = {path: n for path, n in ranked if self._is_made(path) and path not in heaviest}
        if sum(made.values()) * _SHARE > self.tokens:
            yield f"likely generated: {_plural(len(made), 'file')}; {self._saved_without(made)}"

    def _saved_by_cells(self) -> Iterator[str]:
        """Yield what notebooks would save as cells, where it is much."""
        saved = {path: self.by_path.get(path, 0) - n for path, n in self.as_cells.items()}
        saved = {path: n for path, n in saved.items() if n > 0}
        total = sum(saved.values())
        if total * _SHARE > self.tokens:
            count = _plural(len(saved), "notebook")
            yield f"{count}; --notebooks cells would save {_plural(total, 'token')}"

    def _is_made(self, path: str) -> bool:
        return path in self.generated or _GENERATED.search(path) is not None

    def _saved_without(self, files: dict[str, int]) -> str:
        """Return what it saves to leave files out, and how."""
        globs = _globs_for(files, self.generated)
        return f"--ignore '{','.join(globs)}' would save {_plural(sum(files.values()), 'token')}"

    def details(self) -> Iterator[str]:
        """Yield each file with its tokens, and why others are not in."""
        for path, why in sorted(self.left_out.items()):
            yield f"listed only: {shown_name(path)}: {why}"
        for path, tokens in self.by_path.items():
            yield f"packed: {shown_name(path)}: {_plural(tokens, 'token')}"

    def top(self, count: int) -> Iterator[str]:
        """Yield the files with the most tokens, heaviest first, with their share of all."""
        ranked = sorted(self.by_path.items(), key=lambda one: (-one[1], one[0]))[:count]
        width = max((len(f"{tokens:,}") for _, tokens in ranked), default=0)
        for path, tokens in ranked:
            yield f"{tokens:>{width},}  {tokens / max(self.tokens, 1):>6.1%}  {shown_name(path)}"

    def as_json(self) -> dict[str, object]:
        """Return all of it for machines."""
        return {
            "files": self.files,
            "tokens": self.tokens,
            "bytes": self.size,
            "parts": self.parts,
            "by_file": self.by_path,
            "listed_only": self.left_out,
            "left_out_by_default": self.by_default,
            "earlier_results": len(self.earlier),
            "left_out_as_earlier_results": self.earlier,
            "unmatched_globs": self.unmatched,
            "read_as": self.read_as,
            "kept_whole": self.whole,
            "secrets": [
                {"path": one.path, "line": one.line, "kind": one.kind} for one in self.secrets
            ],
        }


def token_tree(by_path: dict[str, int], *, least: int = 0) -> Iterator[str]:
    """Yield the tree of folders and files with tokens and shares, the heaviest first.

    What has fewer than `least` tokens is counted but not shown.
    """
    total = max(sum(by_path.values()), 1)
    sums: Counter[str] = Counter()
    below: dict[str, set[str]] = {}
    for path, tokens in by_path.items():
        at = path
        sums[at] += tokens
        while at:
            parent = at.rpartition("/")[0]
            below.setdefault(parent, set()).add(at)
            sums[parent] += tokens
            at = parent
    width = len(f"{total:,}")

    def lines(folder: str, depth: int) -> Iterator[str]:
        for path in sorted(below.get(folder, ()), key=lambda one: (-sums[one], one)):
            if sums[path] < least:
                continue
            share = sums[path] / total
            bar = "█" * round(share * _BAR)
            name = shown_name(path.rpartition("/")[2]) + "/" * (path in below)
            yield f"{sums[path]:>{width},}  {share:>6.1%}  {bar:<{_BAR}}  {'  ' * depth}{name}"
            yield from lines(path, depth + 1)

    yield f"{total:>{width},}  100.0%  {'█' * _BAR}  all files"
    yield from lines("", 0)


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
