"""`sous bundle`."""

from __future__ import annotations

import contextlib
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.bundle_options import NOT_A_RECIPES, bundle_options
from sous.commands.packed import check_secrets_report, tell, where_it_is, write_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.bundle.recipe import Order
    from sous.bundle.summary import Packed


@click.command("bundle")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@bundle_options
def bundle(**options: Any) -> None:
    """Pack the files of the current folder into output.txt.

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
    from sous.terminal import binary_stdout
    from sous.waiting import Waiting

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
    tell(packed, "stdout" if is_stdout else where_it_is(path, packed, options), root, options)
    if options["html"]:
        write_map(packed, place.name, options)
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
        say(f"wrote {path.name}; every setting in it is commented out")
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
        check_secrets_report(options["secrets_report"])
    if options["html"]:
        _check_page(options)


def _check_page(options: dict[str, Any]) -> None:
    from sous.bundle.token_page import MADE_BY
    from sous.commands.paged import check_page

    if options["no_token_count"]:
        raise click.UsageError("--html is a map of tokens; leave out --no-token-count.")
    check_page(options["html"], MADE_BY)


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
    from sous.waiting import Waiting

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
        raise click.UsageError("--project packs all files; leave out the paths or --project.")
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
    from sous.setting_values import split_list

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


def _copy(path: Path) -> None:
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.terminal import say

    try:
        say(copy(path.read_text("utf-8", "replace")))
    except SousError as exc:
        say(f"not copied: {exc}")
