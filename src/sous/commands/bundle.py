"""`sous bundle`."""

from __future__ import annotations

import contextlib
import gc
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.bundle_options import NOT_A_RECIPES, bundle_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.bundle.recipe import Order
    from sous.bundle.summary import Packed

_HOW_TO_ALLOW = (
    'to keep one: allow_secrets = ["FINGERPRINT"] in [_.sous], or `sous: allow` in a comment of '
    "its line once the project is trusted; to list all: --secrets-report FILE"
)


@click.command("bundle")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@bundle_options
def bundle(**options: Any) -> None:
    """Pack the files of the folder you are in into output.txt.

    Files that git ignores are left out, binary files are listed but not packed. PATH is a folder or
    a file; one folder alone is packed with paths relative to it. Options are spelled as repomix
    spells them, and its configuration file holds.
    """
    from sous.bundle.cache import nothing_known

    if options["listed_bundle"]:
        _show_inventory(options["listed_bundle"], as_json=options["as_json"])
        return
    if not options["no_token_count"] and (options["no_cache"] or nothing_known()):
        from sous.tokens import preload

        preload()  # before all else, for it takes longest
    _check_combinations(options)
    if options["init"]:
        _init(_root(options))
        return
    _take_configured(options)
    # many small objects, hardly a cycle: looking for them took a tenth of the time
    gc.set_threshold(200_000, 20, 20)
    root = _root(options)
    packed = _pack(options, root)
    if options["watch"]:
        _watch(options, root)
    if options["strict"] and packed.unreadable:
        raise SystemExit(1)


def _pack(options: dict[str, Any], root: Path) -> Packed:
    """Pack once, and tell of it."""
    from sous import api
    from sous.bundle.target import check_bundle_target
    from sous.terminal import Waiting, binary_stdout

    is_stdout = options["output"] == "-" or options["stdout"]
    path = _output(options, root)
    with (
        _packed_place(options, root) as (place, order, chosen),
        Waiting("packing", enabled=False if options["quiet"] else None) as waiting,
    ):
        if place != root and not is_stdout:
            check_bundle_target(path, root=root, force=options["force"], named=path.parent != root)
        packed = api.pack(
            place,
            order=order,
            **chosen,
            output=binary_stdout() if is_stdout else path,
            force=options["force"],
            counting=not options["no_token_count"],
            on_file=waiting.at,
        ).summary
    _tell(packed, "stdout" if is_stdout else _where(path, packed, options), options)
    if options["copy"]:
        _copy(path)
    return packed


def _output(options: dict[str, Any], root: Path) -> Path:
    from sous.names import BUNDLE

    return Path(options["output"]).absolute() if options["output"] else root / BUNDLE


def _watch(options: dict[str, Any], root: Path) -> None:
    """Pack again whenever something changes, until Ctrl+C."""
    from sous.bundle.watch import changes
    from sous.errors import SousError
    from sous.terminal import say, shown_name

    whole = options["project"] or options["root"]
    folder = root if whole else Path.cwd()
    say(f"watching {folder}; Ctrl+C ends")
    with contextlib.suppress(KeyboardInterrupt):  # in the midst of a pack too
        for changed in changes(folder, _output(options, root)):
            more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
            say(f"{shown_name(changed[0])}{more} changed")
            try:
                _pack(options, root)
            except SousError as exc:
                say(f"not packed: {exc}")


def _init(root: Path) -> None:
    from sous.bundle.starter import SETTINGS, write_settings
    from sous.terminal import say, write_lines

    if path := write_settings(root):
        say(f"wrote {path.name}; all in it is a comment until you change it")
    else:
        say("there are mise files already; put this into one of them:")
        write_lines(SETTINGS.splitlines())


def _take_configured(options: dict[str, Any]) -> None:
    """Take what a repomix configuration says of the command itself, where no option does.

    `output.splitOutput` not for --project, whose bundle other commands look for as one file.
    """
    from sous.bundle.config import options_of

    if options["remote"] and not options["config"]:
        return
    whole = options["project"] or bool(options["root"] and not options["paths"])
    base = _root(options) if whole else Path.cwd()
    found = options_of(base, options["config"])
    one_file = whole or options["copy"] or options["stdout"] or options["output"] == "-"
    if one_file or options["budget"]:
        found.pop("split", None)
    for name, value in found.items():
        if options[name] is None:
            options[name] = value
    _say_encoding(options)


def _say_encoding(options: dict[str, Any]) -> None:
    from sous.terminal import say

    if options["token_count_encoding"] not in (None, "o200k_base"):
        say(f"tokens are counted in o200k_base, not in {options['token_count_encoding']}")


def _where(path: Path, packed: Packed, options: dict[str, Any]) -> str:
    """Return what people are told of where a bundle went."""
    from sous.files import shown_path

    if not options["split"]:
        return shown_path(path)
    more = f" to {path.stem}.{packed.parts}{path.suffix}" * (packed.parts > 1)
    return f"{path.stem}.1{path.suffix}{more}"


def _show_inventory(path: Path, *, as_json: bool) -> None:
    from sous.bundle.inventory import take_inventory
    from sous.terminal import write_json, write_lines

    found = take_inventory(path)
    if as_json:
        write_json(found.as_json())
    else:
        write_lines(found.lines())


def _check_combinations(options: dict[str, Any]) -> None:
    """Raise UsageError for options that exclude each other, and say what does not hold here."""
    _check_sources(options)
    _check_outputs(options)
    if options["budget_strict"] and not options["budget"]:
        raise click.UsageError("--budget-strict needs --budget N.")
    if options["secrets_report"] and not options["force"]:
        _check_report(options["secrets_report"])


def _root(options: dict[str, Any]) -> Path:
    """Return the project that the bundle goes to; with --remote any folder will do."""
    from sous.errors import SousError
    from sous.root import find_root

    try:
        return find_root(Path.cwd(), named=options["root"])
    except SousError:
        if options["remote"]:
            return Path.cwd()
        raise


@contextlib.contextmanager
def _packed_place(
    options: dict[str, Any], root: Path
) -> Iterator[tuple[Path, Order, dict[str, Any]]]:
    """Yield the project to pack, what was asked for, and how; another's settings do not count."""
    if not options["remote"]:
        yield root, _order(options, root), {"cached": not options["no_cache"]}
        return
    from sous.git_clone import cloned, read_place
    from sous.settings import load_settings
    from sous.terminal import Waiting

    place = read_place(options["remote"], ref=options["remote_branch"], top=Path.cwd())
    with contextlib.ExitStack() as stack:
        with Waiting(f"fetching {place.shown}", enabled=False if options["quiet"] else None):
            top = stack.enter_context(cloned(place))
        chosen = {"settings": load_settings(top.parent), "cached": False}
        yield top, _remote_order(options, top), chosen


def _remote_order(options: dict[str, Any], top: Path) -> Order:
    """Return what was asked for of another repository; files that are named are the user's."""
    from sous.bundle.recipe import Order

    order = _order({**options, "project": not options["paths"]}, top)
    given = dict(order.given)
    if "instruction_file" in given:
        given["instruction_file"] = str(Path.cwd() / given["instruction_file"])
    config = str(Path.cwd() / order.config) if order.config else None
    return Order(top, order.paths, project=order.project, config=config, given=given)


def _check_sources(options: dict[str, Any]) -> None:
    _take_address(options)
    if options["remote"] and (options["stdin"] or options["since"] or options["root"]):
        raise click.UsageError("--remote does not go with --stdin, --since and --root.")
    if options["remote_branch"] and not options["remote"]:
        raise click.UsageError("--remote-branch needs --remote URL.")
    if options["project"] and options["paths"]:
        raise click.UsageError("--project packs everything; leave out the paths or --project.")
    if options["stdin"] and (options["paths"] or options["project"]):
        raise click.UsageError("--stdin names what to pack; leave out the paths.")


def _take_address(options: dict[str, Any]) -> None:
    """Take a URL that stands where a path would for --remote."""
    if not options["paths"]:
        return
    from sous.git_clone import is_address

    addresses = [path for path in options["paths"] if is_address(path)]
    if not addresses:
        return
    if options["remote"] or len(addresses) > 1:
        raise click.UsageError("name one repository elsewhere, not several.")
    options["remote"] = addresses[0]
    options["paths"] = tuple(path for path in options["paths"] if path != addresses[0])


def _check_watch(options: dict[str, Any], *, to_stdout: bool) -> None:
    if options["watch"] and (to_stdout or options["remote"] or options["stdin"]):
        raise click.UsageError("--watch does not go with stdout, --stdin and --remote.")


def _check_outputs(options: dict[str, Any]) -> None:
    to_stdout = options["stdout"] or options["output"] == "-"
    _check_watch(options, to_stdout=to_stdout)
    if options["stdout"] and options["output"] not in (None, "-"):
        raise click.UsageError("--stdout and -o exclude each other.")
    if to_stdout and (options["split"] or options["copy"] or options["as_json"]):
        raise click.UsageError(
            "--split-output, --copy and --json do not go with stdout; name a file with -o."
        )
    if options["split"] and options["copy"]:
        raise click.UsageError("--split-output and --copy exclude each other.")
    if options["split"] and options["budget"]:
        raise click.UsageError(
            "--split-output and --budget exclude each other; a bundle that fits needs no parts."
        )


def _order(options: dict[str, Any], root: Path) -> Order:
    from sous.bundle.recipe import Order
    from sous.settings import split_list

    given = {
        key: value
        for key, value in options.items()
        if key not in NOT_A_RECIPES and value is not None
    }
    for key in ("include", "ignore"):
        given[key] = [glob for value in options[key] for glob in split_list(value)]
        if not given[key]:
            del given[key]
    if options["no_security_check"]:
        given["secrets"] = "allow"
    if options["stdin"]:
        given["listed"] = _listed()
    whole = options["project"] or bool(options["root"] and not options["paths"])
    cwd = root if whole else Path.cwd()
    return Order(cwd, options["paths"], project=whole, config=options["config"], given=given)


def _listed() -> list[str]:
    """Return the paths that came on stdin. Raises UsageError when there is none."""
    import os

    from sous.terminal import read_stdin, say

    text = os.fsdecode(read_stdin())
    if "\0" in text:  # as `git ls-files -z` prints them: a name is all that is between two
        named = [name for name in text.split("\0") if name.strip("\n")]
    else:
        lines = [line.strip() for line in text.split("\n")]
        named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise click.UsageError("no path came on stdin; give it one a line, or NUL between.")
    paths = [os.path.normpath(Path.cwd() / line) for line in named]
    for line, path in zip(named, paths, strict=True):
        if not Path(path).exists():
            say(f"{line} does not exist, so it is not packed")
    return list(dict.fromkeys(paths))


def _tell(packed: Packed, where: str, options: dict[str, Any]) -> None:
    from sous.errors import SousError
    from sous.terminal import write_json

    _tell_notices(packed, options)
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


def _tell_notices(packed: Packed, options: dict[str, Any]) -> None:
    """Say what may not be as it was meant."""
    from sous.terminal import say_lines

    if options["verbose"]:
        say_lines(packed.details())
    folders = [path for path in packed.unreadable if path.endswith("/")]
    say_lines(f"left out {path}, {packed.left_out[path]}" for path in folders)
    say_lines(packed.read_as_lines())
    for line in (*packed.manifest, *map(_unmatched_line, packed.unmatched)):
        say_lines([line])
    _tell_secrets(packed, options)


def _tell_summary(packed: Packed, where: str, options: dict[str, Any]) -> None:
    from sous.bundle.summary import token_tree
    from sous.terminal import say, say_lines, write_lines

    least = options["least"] if options["least"] is not None else 0 if options["tokens"] else None
    show = say_lines if where == "stdout" else write_lines
    show(token_tree(packed.by_path, least=least) if least is not None else ())
    show(packed.top(options["top"]) if options["top"] else ())
    say(f"{where}: {packed.summary()}")
    say_lines(packed.suggestions())


def _tell_secrets(packed: Packed, options: dict[str, Any]) -> None:
    from sous.terminal import say_lines

    if packed.secrets:
        is_kept = options["secrets"] == "allow"
        say_lines(f"{'found' if is_kept else 'masked'} {line}" for line in packed.secret_lines())
        say_lines([] if is_kept else [_HOW_TO_ALLOW])
    if options["secrets_report"]:
        _write_report(options["secrets_report"], packed, _root(options))


def _check_report(path: Path) -> None:
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
        raise SousError(f"{path} exists and is no report of secrets; name another, or use --force")


def _write_report(path: Path, packed: Packed, root: Path) -> None:
    """Write all secrets that were masked. Raises SousError."""
    from sous.files import bounds_of, refuse_dangerous, shown_path, write_file
    from sous.terminal import say

    path = path.absolute()
    refuse_dangerous(path, root=root, named=True)
    data = packed.secrets_report(as_json=path.suffix == ".json")
    write_file(path, data.encode("utf-8", "replace"), root=bounds_of(path, root))
    say(f"wrote {shown_path(path)}: {len(packed.secrets):,} masked secrets")


def _unmatched_line(glob: str) -> str:
    hint = r"; write `\(` for a plain parenthesis" if re.search(r"(?<![@!+*?\\])\(", glob) else ""
    return f"no file matches the glob `{glob}`{hint}"


def _copy(path: Path) -> None:
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.terminal import say

    try:
        say(copy(path.read_text("utf-8", "replace")))
    except SousError as exc:
        say(f"not copied: {exc}")
