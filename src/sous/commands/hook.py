"""`sous hook`."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import root_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.bundle.secrets import Secret

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 5  # secrets of one file


class _OfFiles(click.Command):
    """A command whose arguments are names from a repository: a file is no option of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raise UsageError for an option that is also a file: `--help` would let all pass."""
        for one in itertools.takewhile(lambda arg: arg != "--", args):
            if one.startswith("-") and os.path.lexists(one):
                raise click.UsageError(
                    f"a file is called {one!r}, which reads as an option. Rename or remove it.", ctx
                )
        return super().parse_args(ctx, args)


@click.command("hook", cls=_OfFiles)
@click.argument("action", type=click.Choice(["check", "secrets"]))
@click.argument("files", nargs=-1, type=_file, metavar="[FILE]...")
@click.option("--allow-bundles", is_flag=True, help="Let bundles without secrets be committed.")
@root_option
def hook(action: str, files: tuple[Path, ...], *, allow_bundles: bool, root: Path | None) -> None:
    """Check files before a commit, for pre-commit: exit with 1 if one must not be committed.

    check: look up what reports say of the code as it is now. secrets: refuse bundles, and secrets
    in bundles and reports.
    """
    from sous.errors import SousError
    from sous.root import find_root
    from sous.terminal import write_lines

    if action == "check" and allow_bundles:
        raise click.UsageError("--allow-bundles goes with `sous hook secrets`.")
    base = find_root(Path.cwd(), named=root)
    regular = [path for path in files if not path.is_symlink()]
    lines = _unproven(regular, base) if action == "check" else _leaks(regular, base, allow_bundles)
    if lines:
        write_lines(lines)
        raise SousError(_ADVICE[action])


_ADVICE = {
    "check": "reports contain unproven references. Correct them, or mark them with "
    "`sous check --fix REPORT`",
    "secrets": "files that must not be committed are staged. `git rm --cached FILE` unstages one, "
    "and a line in .gitignore keeps it out",
}


def _unproven(reports: Sequence[Path], root: Path) -> list[str]:
    """Return a line for each unproven reference of these reports, to the project as it is now."""
    from sous import api
    from sous.bundle.recipe import Order
    from sous.claims.verdict import Verdict
    from sous.files import read_file, shown_path
    from sous.output.provenance import read_signature
    from sous.terminal import one_line

    filled = [path for path in reports if read_file(path, root=root).strip()]
    if not filled:
        return []
    packed = api.pack(root, order=Order(root, project=True), counting=False).text
    bundle = api.read_bundle(packed or "")
    lines = []
    for report in filled:
        checked = api.check(report, bundle, root=root).checked
        if read_signature(report.read_text("utf-8"))[0] == checked.marked():
            continue  # it says itself what is unproven
        lines += [
            f"{shown_path(report)}:{one.reference.line}: "
            f"{one_line(one.reference.text)[:160]}: {one_line(one.why)}"
            for one in checked.judged
            if one.verdict is Verdict.UNPROVEN
        ]
    return lines


def _leaks(files: Sequence[Path], root: Path, allow_bundles: bool) -> list[str]:  # noqa: FBT001
    """Return a line for each bundle and each secret in these files."""
    from sous.bundle.secret_allow import COMMENTS, fingerprint
    from sous.bundle.sniff import bundle_kind
    from sous.files import shown_path
    from sous.settings import is_trusted_as_it_is, load_settings

    trusted = is_trusted_as_it_is(root)
    settings = load_settings(root, needs=("allow_secrets",) if trusted else ())
    allowed = (*settings.allow_secrets, *[COMMENTS] * trusted)
    lines = []
    for path in files:
        kind = bundle_kind(path)
        shown = shown_path(path)
        if kind and not allow_bundles:
            lines.append(f"{shown}: a bundle, written by {kind}")
        if kind or _is_ours(path, root):
            found = list(_secrets(path, root, allowed))
            lines += [
                f"{shown}: {place}: {secret.kind} ({fingerprint(secret.digest)})"
                for place, secret in found[:_SHOWN]
            ]
            if len(found) > _SHOWN:
                lines.append(f"{shown}: {len(found) - _SHOWN:,} more secrets")
    return lines


def _is_ours(path: Path, root: Path) -> bool:
    """Tell whether a file is called as one that sous writes, or keeps of an answer.

    In any folder, as each folder may be the root of a project.
    """
    from sous.names import is_own

    absolute = path.absolute()
    name = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.name
    return any(is_own(one.removesuffix(".partial")) for one in (name, path.name))


def _secrets(path: Path, root: Path, allowed: Sequence[str]) -> Iterator[tuple[str, Secret]]:
    """Yield where a secret is, as its packed file and line or its line, and the secret."""
    from sous import api
    from sous.bundle.secrets import mask_secrets
    from sous.files import read_file
    from sous.terminal import one_line

    if not read_file(path, root=root, most=path.stat().st_size).strip():
        return
    bundle = api.read_bundle(path, root=root)
    if not bundle.entries:
        for secret in mask_secrets(bundle.text, path.name, allowed)[1]:
            yield f"line {secret.line:,}", secret
    for file in bundle.entries:
        for secret in mask_secrets(file.text, file.path, allowed)[1]:
            yield f"{one_line(file.path)}:{secret.line}", secret
