"""What will be in a bundle, decided before a byte is written: files and their order."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from sous.bundle import history
from sous.bundle.earlier import EarlierResults, may_be_earlier_result
from sous.bundle.formats.document import BundleDocument, Diffs, tree_lines
from sous.bundle.globs import Globs, include_globs, is_negated
from sous.bundle.ignore import IgnoreFiles
from sous.bundle.lists import DEFAULT_IGNORES
from sous.bundle.order import in_order
from sous.bundle.select import asked_for, below_label, select_files
from sous.errors import SousError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from sous.bundle.recipe import Recipe
    from sous.bundle.select import File, Selection


@dataclass
class BundlePlan:
    """What goes into a bundle, and how.

    `reduced`: files that go in as signatures; `listed_only`: those that are only in the tree.
    `by_default`: how many the default patterns are; `earlier`: the results of earlier runs;
    `manifest`: what a budget made of the files; `secret_names`: names in which a secret is masked,
    and its kind; `listed`: all paths that globs were matched with; `unmatched`: the globs that were
    given and match none; `unreadable`: folders that cannot be read, and why; `plain_names`: see
    `select_files`.
    """

    recipe: Recipe
    files: list[File]
    document: BundleDocument
    by_default: int = 0
    earlier: Collection[str] = ()
    reduced: set[str] = field(default_factory=set)
    listed_only: set[str] = field(default_factory=set)
    manifest: list[str] = field(default_factory=list)
    secret_names: list[tuple[str, str]] = field(default_factory=list)
    listed: list[Collection[str]] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    plain_names: str = ""

    def without_match(self, globs: Iterable[str]) -> list[str]:
        """Return the globs that match no file at all."""
        found = []
        for glob in dict.fromkeys(globs):
            paths = list(chain.from_iterable(self.listed))
            matches = include_globs([glob[1:] if is_negated(glob) else glob], paths).match
            if not any(map(matches, paths)):
                found.append(glob)
        return found


def plan_bundle(
    recipe: Recipe,
    *,
    root: Path,
    output: Path | None = None,
    is_known: Callable[[File], bool] | None = None,
    plain_names: str = "",
) -> BundlePlan:
    """Select and order the files. Raises SousError when there is nothing to pack.

    `is_known` tells of a file whether it was packed before and is no result of an earlier run.
    """
    counts = None
    if recipe.sort_by_changes:
        bases = (str(target.base) for target in recipe.targets)
        counts = history.ChangeCounts(bases, recipe.max_commits)
    selected = select_files(recipe, root=root, output=output, plain_names=plain_names)
    earlier = _earlier_results(selected, recipe, is_known)
    files = [file for file in selected.files if file.path not in earlier]
    diff = ""
    if recipe.since:
        from sous.bundle.since import narrowed

        files, diff = narrowed(files, recipe)
    if not files:
        where = ", ".join(str(target.base) for target in recipe.targets)
        raise SousError(
            f"no files to pack in {where}; check the folder and the include and ignore globs"
        )
    kept = {file.path for file in files} if recipe.since else None
    document = _document(recipe, _tree(recipe, selected, earlier, kept), diff)
    plan = BundlePlan(
        recipe,
        files,
        document,
        selected.by_default,
        sorted(earlier),
        secret_names=selected.secrets,
        listed=selected.listed,
        unreadable=selected.unreadable,
        plain_names=selected.plain_names,
    )
    _apply_rules(plan)
    if counts:
        plan.files = history.sort_by_changes(files, counts)
    return plan


def _earlier_results(
    selected: Selection, recipe: Recipe, is_known: Callable[[File], bool] | None
) -> set[str]:
    """Return the files that are reports and bundles of earlier runs, and not asked for."""
    earlier = EarlierResults()
    return {
        file.path
        for file in selected.files
        if may_be_earlier_result(file.name)
        and not (is_known and is_known(file))
        and not asked_for(recipe, file)
        and earlier.has(file)
    }


def _apply_rules(plan: BundlePlan) -> None:
    if plan.recipe.compress:
        plan.reduced = {file.path for file in plan.files}
    if not plan.recipe.patterns:
        return
    rules = [(Globs([rule.pattern]), rule) for rule in plan.recipe.patterns]
    for file in plan.files:
        rule = next((rule for globs, rule in rules if globs.match(file.name)), None)
        if rule and rule.listed_only:
            plan.listed_only.add(file.path)
        elif rule and rule.compress:
            plan.reduced.add(file.path)
        elif rule:
            plan.reduced.discard(file.path)


def tree_of(files: list[File], marks: Mapping[str, str] | None = None) -> str:
    """Return the tree of files alone, as they are called in the bundle.

    `marks`: what stands behind a name, by path.
    """
    paths = in_order(file.path for file in files)
    return "\n".join(tree_lines(paths, marks or {}))


def _tree(recipe: Recipe, selected: Selection, earlier: set[str], kept: set[str] | None) -> str:
    sections = []
    for label, paths in selected.trees:
        wanted = [path for path in paths if _is_shown(below_label(label, path), earlier, kept)]
        if wanted:
            sections.append((label, wanted))
    if len(sections) > 1 and all(label for label, _ in sections):
        form = "{}/" if recipe.full_directory_structure else "[{}]/"
        return "\n\n".join(_section(form.format(label), paths) for label, paths in sections)
    if len(sections) == 1 and not sections[0][0]:
        return "\n".join(tree_lines(sections[0][1]))
    merged = {below_label(label, path) for label, paths in sections for path in paths}
    return "\n".join(tree_lines(in_order(merged)))


def _is_shown(path: str, earlier: set[str], kept: set[str] | None) -> bool:
    return path not in earlier and (kept is None or path in kept)


def _section(title: str, paths: list[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in tree_lines(paths))])


def _document(recipe: Recipe, tree: str, diff: str) -> BundleDocument:
    base = recipe.targets[0].base
    diffs = history.diffs(base) if recipe.diffs else None
    if diff:
        diffs = Diffs(diff, diffs.staged if diffs else "")
    if diffs:
        ignored = Globs((*(DEFAULT_IGNORES if recipe.default_patterns else ()), *recipe.ignore))
        diffs = Diffs(
            *(history.without_ignored(one, ignored) for one in (diffs.work_tree, diffs.staged))
        )
    return BundleDocument(
        processing=_processing(recipe),
        notes=tuple(_notes(recipe)),
        summary=recipe.file_summary,
        header_text=recipe.header_text,
        tree=tree if recipe.directory_structure else None,
        files=recipe.files,
        diffs=diffs,
        logs=history.commits(base, recipe.logs_count) if recipe.logs else None,
        instruction=recipe.instruction,
        numbered=recipe.line_numbers,
    )


def without_git(document: BundleDocument) -> BundleDocument:
    """Return a document without the git sections, for all parts of a split bundle but the first."""
    return replace(document, diffs=None, logs=None)


def _processing(recipe: Recipe) -> tuple[str, ...]:
    done = (
        (recipe.line_numbers, "Each line of a file begins with its number."),
        (
            recipe.notebooks == "cells",
            "Notebooks are packed as their cells, with a line for each output.",
        ),
        (
            recipe.remove_comments,
            "Comments have been removed; the lines keep their numbers.",
        ),
        (recipe.compress, "Files are reduced to their signatures."),
        (
            recipe.remove_empty_lines,
            "Empty lines of code are left out; the others keep their numbers.",
        ),
        (recipe.truncate_base64, "Long runs of base64 are cut short."),
    )
    return tuple(sentence for holds, sentence in done if holds)


def _notes(recipe: Recipe) -> list[str]:
    names = IgnoreFiles(gitignore=recipe.gitignore, dotignore=recipe.dot_ignore).names
    listed = sorted(
        os.path.relpath(path, recipe.cwd).replace(os.sep, "/") for path in recipe.listed
    )
    parts = [
        part
        for target in recipe.targets
        for part in target.parts or ((target.label,) if target.label else ())
    ]
    order = (
        "Files are sorted by how often they changed in git; "
        "those that changed most often are at the end"
    )
    notes = (
        (True, f"Files that {', '.join(names)} name are left out"),
        (recipe.default_patterns, "Files that match the default ignore patterns are left out"),
        (
            recipe.include,
            f"Only files that match these patterns are in: {', '.join(recipe.include)}",
        ),
        (listed or parts, f"Only these paths are in: {', '.join([*listed, *parts])}"),
        (
            recipe.ignore,
            f"Files that match these patterns are left out: {', '.join(recipe.ignore)}",
        ),
        (
            recipe.since,
            f"Only files that changed since {recipe.since}, and those that use them, are in",
        ),
        (recipe.line_numbers, "Line numbers have been added to the beginning of each line"),
        (True, "Binary files are in the tree, but their content is not here"),
        (recipe.secrets == "mask", "Secrets are masked in place"),
        (recipe.sort_by_changes, order),
        (recipe.diffs, "What has changed since the last commit comes after the files"),
        (recipe.logs, f"The last {recipe.logs_count} commits come after the files"),
    )
    return [note for holds, note in notes if holds]
