"""`sous copy-buffer`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.options import SizeType, bundle_argument, pack_option, root_option

if TYPE_CHECKING:
    from sous.bundle.read import Bundle


@click.command("copy-buffer")
@bundle_argument
@root_option
@pack_option
@click.option(
    "--split-output",
    "split",
    type=SizeType(),
    metavar="SIZE",
    help="Copy one part of at most 100k-tokens, 400k-chars, 500kb, 1.5mb.",
)
@click.option(
    "--part", type=click.IntRange(1), metavar="N", help="Which part to copy.  [default: 1]"
)
def copy_buffer(
    bundle: str | None,
    root: Path | None,
    pack: bool,  # noqa: FBT001
    split: str | None,
    part: int | None,
) -> None:
    """Copy the bundle to the clipboard.

    "copied" is only said when a clipboard program said so; over SSH the text is sent to your
    terminal (OSC 52), which cannot be confirmed.
    """
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.terminal import human_size, say, shown_name
    from sous.tokens import count_tokens

    if part and not split:
        raise click.UsageError("--part N needs --split-output SIZE.")
    found = _found(bundle, root, pack=pack)
    text, which, then = _part(found, split, part or 1) if split else (found.text, "", "")
    if found.part and not which:
        text = f"{found.part}\n\n{text}"
    try:
        happened = copy(text)
    except SousError as exc:
        is_file = found.path and not which
        place = f"; the text is in {found.path.absolute()}" if found.path and is_file else ""
        raise SousError(f"{exc}{place}") from exc
    size = f"{human_size(len(text.encode('utf-8', 'replace')))}, {count_tokens(text):,} tokens"
    say(f"{found.path or 'stdin'}, {which}{size}: {happened}")
    if then:
        name = f"{shown_name(bundle)} " if bundle else ""
        say(f"next: sous copy-buffer {name}--split-output {split} --part {then}")


def _found(bundle: str | None, root: Path | None, *, pack: bool) -> Bundle:
    from sous import api
    from sous.bundle.obtain import project_bundle
    from sous.bundle.read import bundle_from
    from sous.root import find_root
    from sous.terminal import read_stdin

    if bundle == "-":
        return bundle_from(read_stdin(), None)
    if bundle is not None:
        return api.read_bundle(Path(bundle))
    return project_bundle(find_root(Path.cwd(), named=root), pack=pack)


def _part(found: Bundle, split: str, number: int) -> tuple[str, str, str]:
    """Return the text of a part, what it is, and the number of the next one."""
    from sous.bundle.limits import read_limit
    from sous.bundle.parts import pasted_parts
    from sous.errors import SousError
    from sous.terminal import say

    parts = pasted_parts(found, read_limit(split))
    if number > len(parts):
        raise SousError(f"the last part is {len(parts)}; there is no part {number}")
    part = parts[number - 1]
    if part.cut_lines:
        say(f"cut off the ends of {part.cut_lines:,} lines that are longer than a part")
    which = f"part {number} of {len(parts)}, " if len(parts) > 1 else ""
    return part.text, which, str(number + 1) if number < len(parts) else ""
