"""`sous clean`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("clean")
@root_option
@click.option(
    "-f",
    "--force",
    is_flag=True,
    help="Delete output.txt even if it is not a bundle, or if git tracks it.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be deleted.")
def clean(root: Path | None, force: bool, dry_run: bool) -> None:  # noqa: FBT001
    """Delete the bundles of this project: output.txt and its parts.

    Only whole bundles with nothing of yours in them, and only what git does not track.
    """
    from sous.files import is_left_over, remove_file
    from sous.folders import TEMPORARY_SUFFIX
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.terminal import say

    root = find_root(Path.cwd(), named=root)
    stem, _, ending = BUNDLE.partition(".")
    paths = (root / BUNDLE, *sorted(root.glob(f"{stem}.[0-9]*.{ending}")))
    found = [path for path in paths if path.is_file()]
    for path in found:
        _clean(path, force=force, dry_run=dry_run)
    left_over = [path for path in sorted(root.glob(f".*{TEMPORARY_SUFFIX}")) if is_left_over(path)]
    for path in left_over if not dry_run else ():
        remove_file(path)
        say(f"deleted {path.name}, left over from a run that was killed")
    if not found and not left_over:
        say(f"nothing to clean in {root}")


def _clean(path: Path, *, force: bool, dry_run: bool) -> None:
    """Delete a bundle, or say why it is kept."""
    from sous.bundle.remembered import is_by_packer
    from sous.bundle.sniff import bundle_kind
    from sous.files import remove_file
    from sous.names import BUNDLE
    from sous.terminal import say

    kind = "file" if force and path.name == BUNDLE else bundle_kind(path)
    if kind is None and is_by_packer(path):
        kind = "by the project's packer"
    why = _why_kept(path, kind, force=force)
    if why:
        say(f"kept {path.name}: {why}, or use --force")
    elif dry_run:
        say(f"would delete {path.name} ({kind})")
    else:
        remove_file(path)
        say(f"deleted {path.name} ({kind})")


def _why_kept(path: Path, kind: str | None, *, force: bool) -> str | None:
    """Return why a file is not deleted, and what to do instead; None: it may be."""
    from sous.bundle.target import why_kept
    from sous.git import is_tracked

    if kind is None:
        return "it is not a bundle that can be recognised; delete it yourself"
    if force:
        return None
    if is_tracked(path):
        return "git tracks it; delete it with `git rm`"
    why = why_kept(path)
    return f"it {why}; delete it yourself" if why else None
