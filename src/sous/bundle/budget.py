"""Fit a bundle to a number of tokens: what matters most stays whole, the rest shrinks."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.bundle import history
from sous.bundle.formats import writer_for
from sous.bundle.named import is_notebook
from sous.bundle.piece import read_piece
from sous.bundle.plan import tree_of
from sous.bundle.references import references, users
from sous.bundle.signatures import has_parser
from sous.bundle.since import texts
from sous.bundle.write import Nowhere, cache_for, prepared, write_bundle
from sous.errors import OverBudget
from sous.project.languages import kind_at
from sous.project.paths import is_test_path
from sous.tokens import count_each, count_tokens

if TYPE_CHECKING:
    from sous.bundle.plan import BundlePlan
    from sous.bundle.select import File

_SHOWN, _MOST_NAMED = 8, 20  # names in a line of the manifest, and in one of advice
_FOR_WHOLE = 0.6  # of the room
_ATTEMPTS = 12
_KINDS = ("data", "other", "docs", "test", "manifest", "code", "entry")  # what can be missed first
_MANIFEST = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:py|cfg)|package\.json|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|"
    r"Gemfile|composer\.json|Makefile|Dockerfile|docker-compose\.ya?ml|\.?mise\.toml|README(?:\.\w+)?|LICEN[CS]E(?:\.\w+)?)$"
)
_ENTRY = re.compile(r"(?:^|/)(?:__main__|main|cli|app|index|server|manage|lib|mod|__init__)\.\w+$")
_DATA_IN = re.compile(r"(?:^|/)(?:fixtures?|data|locale|vendor|migrations)/", re.IGNORECASE)
_DOCS_IN = re.compile(r"(?:^|/)docs?/", re.IGNORECASE)

# How much a kind of file matters to a task; the first row is for no task in particular.
_WEIGHTS = {
    None: {
        "manifest": 6.0,
        "entry": 5.0,
        "code": 4.0,
        "test": 1.5,
        "docs": 1.5,
        "data": 0.3,
        "other": 0.8,
    },
    "code-review": {
        "manifest": 2.0,
        "entry": 5.0,
        "code": 5.0,
        "test": 1.5,
        "docs": 0.5,
        "data": 0.2,
        "other": 0.8,
    },
    "github-issues": {
        "manifest": 2.0,
        "entry": 5.0,
        "code": 5.0,
        "test": 1.5,
        "docs": 1.0,
        "data": 0.2,
        "other": 0.8,
    },
    "issue-prompts": {
        "manifest": 2.0,
        "entry": 5.0,
        "code": 5.0,
        "test": 2.5,
        "docs": 0.5,
        "data": 0.2,
        "other": 0.8,
    },
    "missing-tests": {
        "manifest": 2.0,
        "entry": 4.0,
        "code": 5.0,
        "test": 5.0,
        "docs": 0.2,
        "data": 0.2,
        "other": 0.5,
    },
    "readme": {
        "manifest": 8.0,
        "entry": 7.0,
        "code": 2.0,
        "test": 0.7,
        "docs": 4.0,
        "data": 0.2,
        "other": 1.0,
    },
}


def relevance(files: list[File], *, task: str | None, commits: int) -> dict[str, float]:
    """Return how much each file matters, by path; more is more.

    Three things are multiplied: the kind of file, weighed by the task (manifests, entry points,
    code, tests, docs, data: a README wants manifests and docs, missing tests want code and tests);
    its reach, 1 + log2(1 + r), where r counts the files that refer to it by an import, and half of
    those that refer to these; and its recent life, 1 + log2(1 + c) / 4, where c is the number of
    the last commits that changed it. Nothing of it is by chance: the same tree gives the same
    order, and equals go by path.
    """
    weights = _WEIGHTS.get(task, _WEIGHTS[None])
    used_by = users(references(texts(files), [file.path for file in files]))
    changes = history.changes(files, commits=commits)
    scores = {}
    for file in files:
        direct = used_by.get(file.path, set())
        reach = len(direct) + sum(len(used_by.get(one, ())) for one in direct) / 2
        scores[file.path] = (
            weights[kind_of(file.path)]
            * (1 + math.log2(1 + reach))
            * (1 + math.log2(1 + changes[file.path]) / 4)
        )
    return scores


def kind_of(path: str) -> str:
    """Return what kind of file a path names."""
    kind = kind_at(path)
    if _MANIFEST.search(path):
        return "manifest"
    if is_test_path(path):
        return "test"
    if kind == "data" or _DATA_IN.search(path):
        return "data"
    if _ENTRY.search(path):
        return "entry"
    if kind == "document" or _DOCS_IN.search(path):
        return "docs"
    return kind


def fitted(plan: BundlePlan) -> BundlePlan:
    """Return the plan with files reduced until the bundle has no more tokens than `Recipe.budget`.

    In the order of their relevance files are taken whole while they fit, else as signatures, else
    by name. Raises OverBudget where not even the smallest form fits, and with `budget_strict` where
    anything would be reduced.
    """
    budget = plan.recipe.budget or 0
    whole = replace(plan.recipe, budget=None)
    packed = write_bundle(Nowhere(), replace(plan, recipe=whole), cache=cache_for(whole))
    if packed.tokens <= budget and _exact(plan) <= budget:
        return plan
    if plan.recipe.budget_strict:
        raise OverBudget(_what_would_help(packed.by_path, packed.tokens, budget))
    scores = relevance(plan.files, task=plan.recipe.task, commits=plan.recipe.max_commits)
    ranked = sorted(
        (file for file in plan.files if file.path in packed.by_path),
        key=lambda one: (-scores[one.path], one.path),
    )
    if _smallest(plan, ranked) > budget:
        plan = replace(plan, document=replace(plan.document, tree=None))
    reduced = _signature_counts(plan, ranked)
    smallest = _smallest(plan, ranked)
    for attempt in range(_ATTEMPTS if smallest <= budget else 0):
        room = budget - smallest - attempt * max(16, budget // 100)
        found = _with_levels(plan, ranked, _levels(ranked, packed.by_path, reduced, room))
        if _exact(found) <= budget:
            return found
    raise OverBudget(
        f"the bundle needs {smallest:,} tokens without a single file, more than {budget:,}; "
        "nothing was written: "
        "raise --budget, or leave out more (--no-file-summary, --ignore)"
    )


def _levels(
    ranked: list[File], whole: dict[str, int], reduced: dict[str, int], room: int
) -> dict[str, str]:
    """Return the level of each file, filling `room` tokens in the order of relevance.

    A part of the room is for whole files, the rest for signatures of those that come next, which
    say more for a token; what is left then goes to whole files again.
    """
    levels = dict.fromkeys((file.path for file in ranked), "name")
    cost = dict.fromkeys(levels, 0)
    used = 0
    for level, counts, most in (
        ("whole", whole, room * _FOR_WHOLE),
        ("signatures", reduced, room),
        ("whole", whole, room),
    ):
        for file in ranked:
            tokens = counts.get(file.path)
            if tokens is None or levels[file.path] == "whole" or levels[file.path] == level:
                continue
            if used + tokens - cost[file.path] <= most:
                used += tokens - cost[file.path]
                levels[file.path], cost[file.path] = level, tokens
    return levels


def _with_levels(plan: BundlePlan, ranked: list[File], levels: dict[str, str]) -> BundlePlan:
    by_level = {
        level: [file.path for file in ranked if levels[file.path] == level]
        for level in ("whole", "signatures", "name")
    }
    said = (
        "the tree says which" if plan.document.tree is not None else "the tree itself did not fit"
    )
    note = (
        f"Reduced to {plan.recipe.budget:,} tokens: {len(by_level['whole']):,} files whole, "
        f"{len(by_level['signatures']):,} as signatures, {len(by_level['name']):,} by name only; "
        f"{said}"
    )
    document = plan.document
    if document.tree is not None:
        marks = {"signatures": " [signatures]", "name": " [name only]"}
        tree = tree_of(plan.files, {path: marks.get(level, "") for path, level in levels.items()})
        document = replace(document, tree=tree)
    processing = (
        *document.processing,
        "To save room, some files are reduced or missing; the notes say how.",
    )
    document = replace(document, notes=(*document.notes, note), processing=processing)
    return replace(
        plan,
        document=document,
        reduced=plan.reduced | set(by_level["signatures"]),
        listed_only=plan.listed_only | set(by_level["name"]),
        manifest=[note, *(_line(level, paths) for level, paths in by_level.items() if paths)],
    )


def _line(level: str, paths: list[str]) -> str:
    words = {"whole": "whole", "signatures": "as signatures", "name": "by name only"}
    more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return f"  {words[level]}: {', '.join(paths[:_SHOWN])}{more}"


def _smallest(plan: BundlePlan, ranked: list[File]) -> int:
    """Return the tokens of all that is not a file, with every file by name only."""
    found = _with_levels(plan, ranked, {file.path: "name" for file in ranked})
    document, _ = prepared(found)
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    return count_tokens(writer.head()) + count_tokens(writer.tail())


def _signature_counts(plan: BundlePlan, ranked: list[File]) -> dict[str, int]:
    """Return the tokens of the files that have signatures, as signatures."""
    cells = plan.recipe.notebooks == "cells"
    candidates = [
        file for file in ranked if has_parser(file.name) or (cells and is_notebook(file.name))
    ]
    shorter = replace(plan, reduced={file.path for file in candidates})
    document, _ = prepared(replace(shorter, files=[]))
    writer = writer_for(document, style=plan.recipe.style, parsable=plan.recipe.parsable)
    counts: dict[str, int] = {}
    for start in range(0, len(candidates), 256):
        batch = candidates[start : start + 256]
        written = [writer.file(file.path, read_piece(file, shorter).text) for file in batch]
        counts.update(zip((file.path for file in batch), count_each(written), strict=True))
    return counts


def _exact(plan: BundlePlan) -> int:
    """Return the tokens of the bundle as it would be written, counted over the whole text."""
    stream = _Kept()
    write_bundle(stream, plan, counting=False)
    return count_tokens(b"".join(stream.pieces).decode("utf-8", "replace"))


def _what_would_help(by_path: dict[str, int], total: int, budget: int) -> str:
    """Name the largest files, and what to leave out to fit: data and docs first, code last."""
    largest = sorted(by_path.items(), key=lambda one: (-one[1], one[0]))[:5]
    groups: dict[str, Counter[str]] = {}
    for path, tokens in by_path.items():
        top, slash, _ = path.partition("/")
        groups.setdefault(f"{top}/**" if slash else top, Counter())[kind_of(path)] += tokens
    left_out: list[str] = []
    rest = total

    def missed_least(glob: str) -> tuple[int, int, str]:
        (kind, _), *_ = groups[glob].most_common(1)
        return _KINDS.index(kind), -sum(groups[glob].values()), glob

    for glob in sorted(groups, key=missed_least):
        if rest <= budget:
            break
        left_out.append(glob)
        rest -= sum(groups[glob].values())
    named = ", ".join(f"{path} ({tokens:,})" for path, tokens in largest)
    globs = ",".join(left_out[:_MOST_NAMED])
    advice = (
        f"--ignore '{globs}' leaves about {rest:,}"
        if len(left_out) <= _MOST_NAMED
        else "pack fewer folders"
    )
    return (
        f"{total:,} tokens exceed the budget of {budget:,}, nothing was written; "
        f"largest: {named}; {advice}"
    )


class _Kept:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes, /) -> None:
        self.pieces.append(data)
