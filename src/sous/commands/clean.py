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
    help="Delete output.txt even if it is no bundle, or if git tracks it.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be deleted.")
def clean(root: Path | None, force: bool, dry_run: bool) -> None:  # noqa: FBT001
    """Delete the bundles of this project: output.txt and its parts.

    Only whole bundles with nothing of yours in them, and only what git does not track.
    """
    from sous.bundle.sniff import bundle_kind
    from sous.bundle.target import why_kept
    from sous.files import is_left_over, remove_file
    from sous.folders import TEMPORARY_SUFFIX
    from sous.git import is_tracked
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.terminal import say

    root = find_root(Path.cwd(), named=root)
    stem, _, ending = BUNDLE.partition(".")
    found = [
        path
        for path in (root / BUNDLE, *sorted(root.glob(f"{stem}.[0-9]*.{ending}")))
        if path.is_file()
    ]
    for path in found:
        kind = "file" if force and path.name == BUNDLE else bundle_kind(path)
        if kind is None:
            say(
                f"kept {path.name}: it is no bundle that can be recognised; delete it yourself, or use --force"
            )
        elif not force and is_tracked(path):
            say(f"kept {path.name}: git tracks it; delete it with `git rm`, or use --force")
        elif not force and (why := why_kept(path)):
            say(f"kept {path.name}: it {why}; delete it yourself, or use --force")
        elif dry_run:
            say(f"would delete {path.name} ({kind})")
        else:
            remove_file(path)
            say(f"deleted {path.name} ({kind})")
    left_over = [path for path in sorted(root.glob(f".*{TEMPORARY_SUFFIX}")) if is_left_over(path)]
    for path in left_over if not dry_run else ():
        remove_file(path)
        say(f"deleted {path.name}, left over from a run that was killed")
    if not found and not left_over:
        say(f"nothing to clean in {root}")
