"""`sous copy-buffer`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import bundle_argument, pack_option, root_option


@click.command("copy-buffer")
@bundle_argument
@root_option
@pack_option
def copy_buffer(bundle: str | None, root: Path | None, pack: bool) -> None:  # noqa: FBT001
    """Copy the bundle to the clipboard.

    "copied" is only said when a clipboard program said so; over SSH the text is sent to your
    terminal (OSC 52), which cannot be confirmed.
    """
    from sous.bundle.obtain import obtain_bundle
    from sous.bundle.read import bundle_from, read_bundle
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.settings import load_settings
    from sous.terminal import human_size, read_stdin, say
    from sous.tokens import count_tokens

    if bundle == "-":
        found = bundle_from(read_stdin(), None)
    elif bundle is not None:
        found = read_bundle(Path(bundle))
    else:
        root = find_root(Path.cwd(), named=root)
        needs = () if (root / BUNDLE).exists() else ("packer",)
        found = read_bundle(obtain_bundle(root, load_settings(root, needs=needs), pack=pack))
    try:
        happened = copy(found.text)
    except SousError as exc:
        place = f"; the text is in {found.path.absolute()}" if found.path else ""
        raise SousError(f"{exc}{place}") from exc
    size = human_size(len(found.text.encode("utf-8", "replace")))
    say(f"{found.path or 'stdin'}, {size}, {count_tokens(found.text):,} tokens: {happened}")
