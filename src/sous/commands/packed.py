"""What the user hears of a bundle that was packed: its sums, what is not in it, its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sous.bundle.summary import Packed

_HOW_TO_ALLOW = (
    'to keep one: allow_secrets = ["FINGERPRINT"] in [_.sous], or `sous: allow` in a comment of '
    "its line once the project is trusted; to list all: --secrets-report FILE"
)


def where_it_is(path: Path, packed: Packed, options: dict[str, Any]) -> str:
    """Return what people are told of where a bundle went."""
    from sous.files import shown_path

    if not options["split"]:
        return shown_path(path)
    more = f" to {path.stem}.{packed.parts}{path.suffix}" * (packed.parts > 1)
    return f"{path.stem}.1{path.suffix}{more}"


def tell(packed: Packed, where: str, root: Path, options: dict[str, Any]) -> None:
    """Say what was packed. Raises SousError for more tokens than `--token-budget`."""
    from sous.errors import SousError
    from sous.terminal import write_json

    _tell_notices(packed, root, options)
    if options["as_json"]:
        write_json({"output": where, **packed.as_json()})
    if not options["quiet"]:
        _tell_summary(packed, where, options)
    if options["token_budget"] and packed.tokens > options["token_budget"]:
        raise SousError(
            f"{packed.tokens:,} tokens are more than the {options['token_budget']:,} "
            "of --token-budget; "
            "leave files out with --ignore, or use --budget N to have them reduced"
        )


def write_map(packed: Packed, name: str, options: dict[str, Any]) -> None:
    """Write the page of where the tokens are."""
    from sous.bundle.token_page import page_of_tokens
    from sous.commands.paged import write_page

    page = page_of_tokens(
        packed.by_path,
        title=f"Tokens of {name}",
        budget=options["budget"],
        reduced=packed.manifest if options["budget"] else (),
    )
    write_page(options["html"], page, quiet=options["quiet"])


def _tell_notices(packed: Packed, root: Path, options: dict[str, Any]) -> None:
    """Say what may not be as it was meant."""
    from sous.terminal import say_lines

    if options["verbose"]:
        say_lines(packed.details())
    folders = [path for path in packed.unreadable if path.endswith("/")]
    say_lines(f"left out {path}, {packed.left_out[path]}" for path in folders)
    say_lines(packed.read_as_lines())
    say_lines([*packed.manifest, *packed.unmatched_lines()])
    _tell_secrets(packed, root, options)


def _tell_summary(packed: Packed, where: str, options: dict[str, Any]) -> None:
    from sous.bundle.summary import token_tree
    from sous.terminal import say, say_lines, write_lines

    least = options["least"] if options["least"] is not None else 0 if options["tokens"] else None
    show = say_lines if where == "stdout" else write_lines
    show(token_tree(packed.by_path, least=least) if least is not None else ())
    show(packed.top(options["top"]) if options["top"] else ())
    say(f"{where}: {packed.summary()}")
    say_lines(packed.suggestions())


def _tell_secrets(packed: Packed, root: Path, options: dict[str, Any]) -> None:
    from sous.terminal import say_lines

    if packed.secrets:
        is_kept = options["secrets"] == "allow"
        say_lines(f"{'found' if is_kept else 'masked'} {line}" for line in packed.secret_lines())
        say_lines([] if is_kept else [_HOW_TO_ALLOW])
    if options["secrets_report"]:
        _write_report(options["secrets_report"], packed, root)


def check_secrets_report(path: Path) -> None:
    """Raise SousError for a file that is there and no report of ours."""
    from sous.bundle.summary import is_secrets_report
    from sous.errors import SousError
    from sous.files import read_file

    if not path.is_file():
        return
    try:
        text = read_file(path, root=None).decode("utf-8", "replace")
    except (OSError, ValueError) as exc:
        raise SousError(f"cannot read {path}: {exc}; name another file") from exc
    if not is_secrets_report(text):
        raise SousError(
            f"{path} exists and is not a report of secrets; name another, or use --force"
        )


def _write_report(path: Path, packed: Packed, root: Path) -> None:
    """Write all secrets that were masked. Raises SousError."""
    from sous.files import bounds_of, refuse_dangerous, shown_path, write_file
    from sous.terminal import inform

    path = path.absolute()
    refuse_dangerous(path, root=root, named=True)
    data = packed.secrets_report(as_json=path.suffix == ".json")
    write_file(path, data.encode("utf-8", "replace"), root=bounds_of(path, root))
    inform(f"wrote {shown_path(path)}: {len(packed.secrets):,} masked secrets")
