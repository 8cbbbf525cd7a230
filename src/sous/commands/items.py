"""`sous items`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sous.commands.adopting import adopt_file, refuse_with
from sous.commands.options import MOST_CONTEXT, limit_option, model_options, output_option
from sous.request import ModelRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.items.read import Item, Items

_ACTIONS = ("show", "next", "copy", "done", "skip", "reopen", "pick")
_STATES = ("done", "skip", "reopen")
_PICKED = ("show", "copy", "code", "post", *_STATES)
_ASKS = "N, or show, copy, code (copy with its files), post, done, skip, reopen N; list; q"


@click.command("items")
@click.argument("words", nargs=-1, metavar="[ACTION [N…|next]] [FILE]")
@click.option(
    "--context",
    is_flag=True,
    help="With copy, show, next: add the files that the item names, or else the bundle.",
)
@click.option("--whole", is_flag=True, help="With copy, show, next: add the whole bundle.")
@limit_option("these")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option(
    "--explain",
    is_flag=True,
    help="List each title with its line and the reason why it counts as one.",
)
@click.option(
    "--adopt",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Have a model mark the items of FILE by line; their lines are copied beside it.",
)
@output_option("beside it, as NAME.adopted.md")
@model_options()
def items(  # noqa: PLR0913  # one option each
    words: tuple[str, ...],
    *,
    context: bool,
    whole: bool,
    limit: int,
    as_json: bool,
    explain: bool,
    adopt: Path | None,
    output: str | None,
    request: ModelRequest,
) -> None:
    """List the items of a report, or of any markdown: issues, findings, missing tests.

    FILE: else the newest report.

    \b
    sous items [FILE]        number, state, severity, id and title of each
    sous items show N        print one; `next` prints the first open one
    sous items copy N|next   copy one to the clipboard; with its code: --context
    sous items done N...     tick it, in the file itself; also skip, reopen
    sous items pick          choose by number, one after another

    N is a number of the list, or the beginning of an id, which stays the same when the report is
    written again.
    """  # noqa: D301  # click wants the character: these lines are not to be wrapped
    from sous.errors import UsageProblem
    from sous.reports.newest import newest_report
    from sous.root import find_root

    if _is_adopted(words, adopt, request, output):
        return
    root = request.root
    action, named, file = _parsed(words)
    path = Path(file) if file else newest_report(find_root(Path.cwd(), named=root))
    if (context or whole) and action not in ("copy", "show", "next"):
        raise UsageProblem("--context and --whole go with copy, show or next")
    if action == "list":
        _list(path, as_json=as_json, explain=explain)
    elif action in _STATES:
        _set(path, action, named)
    elif action == "pick":
        _pick(path, root)
    else:
        _give(
            path,
            root,
            named[0],
            to_clipboard=action == "copy",
            way=_Way(limit, context=context, whole=whole),
        )


def _is_adopted(
    words: Sequence[str], adopt: Path | None, request: ModelRequest, output: str | None
) -> bool:
    """Adopt a file, where one is named. Raises UsageProblem for options that go with that alone."""
    from sous.errors import UsageProblem

    if adopt is None:
        given = replace(request, root=None, quiet=False)
        if given != ModelRequest() or output is not None:
            raise UsageProblem("the model options and -o need --adopt")
        return False
    refuse_with({words[0]: words} if words else {})
    adopt_file(adopt, "items", request, output)
    return True


class _Way:
    """What is given with an item."""

    def __init__(self, limit: int, *, context: bool, whole: bool) -> None:
        self.limit, self.context, self.whole = limit, context, whole


def _parsed(words: Sequence[str]) -> tuple[str, list[str], str | None]:
    """Return the action, the items that are named, and the file. Raises UsageProblem."""
    from sous.errors import UsageProblem

    if words and words[0] == "list" and not Path("list").exists():
        words = words[1:]
    if not words or words[0] not in _ACTIONS:
        if len(words) > 1:
            raise UsageProblem(f"unknown action {words[0]}; known are {', '.join(_ACTIONS)}")
        if words and words[0].isdecimal() and not Path(words[0]).exists():
            raise UsageProblem(f"say what to do with it: `sous items show {words[0]}` prints it")
        return "list", [], words[0] if words else None
    action, rest = words[0], list(words[1:])
    file = rest.pop() if rest and _is_file(rest[-1]) else None
    _refuse_count(action, rest)
    return action, ["next"] if action == "next" else rest, file


def _refuse_count(action: str, named: Sequence[str]) -> None:
    """Raise UsageProblem for an action that takes more items, or fewer, than are named."""
    from sous.errors import UsageProblem

    if action in ("next", "pick"):
        if named:
            raise UsageProblem(f"`sous items {action}`: there is no file {named[0]!r}")
    elif not named:
        raise UsageProblem(f"say which: sous items {action} N; `sous items` lists them")
    elif action in ("show", "copy") and len(named) > 1:
        raise UsageProblem(f"`sous items {action}` takes one item, not {len(named)}")


def _is_file(word: str) -> bool:
    return word.lower().endswith((".md", ".markdown")) or "/" in word or Path(word).is_file()


def _list(path: Path, *, as_json: bool, explain: bool) -> None:
    from sous import api
    from sous.files import shown_path
    from sous.items.listed import data_of
    from sous.items.sure import doubt, explained, left_over
    from sous.terminal import inform, one_line, say, write_json, write_lines

    found = api.items(path)
    if as_json:
        write_json([data_of(item) for item in found.items])
        return
    inform(f"{shown_path(path)}: {told(found)}")
    if not found.items:
        return
    for message in (left_over(found, path), doubt(found, path)):
        if message:
            say(message)
    write_lines(map(one_line, explained(found)) if explain else lines_of(found.items))


def told(items: Items) -> str:
    """Return how many items there are, and how many of them are open, in words."""
    from sous.items.nothing import nothing_found

    count = len(items.items)
    if not count and (none := nothing_found(items.text)):
        return none
    return f"{count} item{'s' * (count != 1)}, {len(items.open)} open"


def lines_of(items: Sequence[Item]) -> list[str]:
    """Return a line for each item: its number, box, severity, id and title."""
    from sous.terminal import one_line

    boxes = {"open": "[ ]", "done": "[x]", "skipped": "[-]"}
    width = len(str(len(items)))
    return [
        f"{item.number:>{width}}  {boxes[item.state]}  {item.severity or '-':8}  "
        f"{item.id}  {one_line(item.title)}"
        for item in items
    ]


def _set(path: Path, action: str, named: Sequence[str]) -> None:
    from sous import api
    from sous.files import shown_path
    from sous.items.read import DONE, OPEN, SKIPPED
    from sous.runner.by_hand import set_items
    from sous.terminal import inform, one_line

    state = {"done": DONE, "skip": SKIPPED, "reopen": OPEN}[action]
    for item in set_items(path, named, state):
        inform(f"{item.number}: {one_line(item.title)}: {state}")
    found = api.items(path)
    inform(f"{shown_path(path)}: {len(found.open)} of {len(found.items)} open")


def _give(path: Path, root: Path | None, named: str, *, to_clipboard: bool, way: _Way) -> None:
    from sous import api
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.files import shown_path
    from sous.items.tick import find_item
    from sous.terminal import inform, one_line, write_stdout

    found = api.items(path)
    if not found.items:
        inform(f"{shown_path(path)}: {told(found)}")
        return
    if named == "next" and not found.open:
        inform(f"all {len(found.items)} items of {shown_path(path)} are done or skipped")
        return
    item = found.open[0] if named == "next" else find_item(found, named, path)
    text, told_of = _with_code(item, root, way)
    name = f"{shown_path(path)}: {item.number} of {len(found.items)}: {one_line(item.title)}"
    if to_clipboard:
        try:
            how = copy(text)
        except SousError as exc:
            raise SousError(f"{exc}; `sous items show {item.number}` prints it") from exc
        inform(f"{name}: {how}{told_of}")
        return
    inform(f"{name}{told_of}")
    write_stdout(text.encode("utf-8", "replace"))


def _with_code(item: Item, root: Path | None, way: _Way) -> tuple[str, str]:
    """Return an item with the code that goes with it, and that in words. Raises OverBudget."""
    if not (way.context or way.whole):
        return f"{item.source.rstrip()}\n", ""
    from sous.bundle.obtain import project_bundle
    from sous.errors import OverBudget
    from sous.items.context import with_bundle, with_files
    from sous.root import find_root

    folder = find_root(Path.cwd(), named=root)
    bundle = project_bundle(folder)
    context = None if way.whole else with_files(item, bundle, folder, limit=way.limit)
    if context is None:
        context = with_bundle(item, bundle)
        if context.tokens > way.limit:
            why = "" if way.whole else "it names no file of the bundle, and "
            raise OverBudget(
                f"{why}with the whole bundle it has {context.tokens:,} tokens; --limit allows more"
            )
    return context.text, f", with {context.told}, {context.tokens:,} tokens"


def _pick(path: Path, root: Path | None) -> None:
    """List the items and do what is typed, until the user leaves."""
    from sous import api
    from sous.errors import SousError
    from sous.terminal import has_spoken, is_interactive, say, say_lines

    if not is_interactive():
        raise SousError(
            "`sous items pick` needs a terminal; `sous items` lists them, "
            "`sous items copy N` copies one"
        )
    words = ["list"]
    while words and words[0] not in ("q", "quit"):
        try:
            if words == ["list"]:
                say_lines(lines_of(api.items(path).items))
            else:
                _act(path, root, words)
        except SousError as exc:
            say(str(exc))
        try:
            has_spoken()
            words = click.prompt(_ASKS, default="q", show_default=False, err=True).split()
        except click.Abort:  # the terminal has gone
            return


def _act(path: Path, root: Path | None, words: Sequence[str]) -> None:
    """Do what was typed: an action and a number, or a number alone. Raises SousError."""
    from sous import api
    from sous.errors import UsageProblem
    from sous.items.tick import find_item

    action, named = (words[0], words[1:]) if words[0] in _PICKED else ("show", words)
    if not named or (len(named) > 1 and action not in _STATES):
        raise UsageProblem(f"name an item, as in `{action} 1`")
    if action in _STATES:
        _set(path, action, named)
    elif action == "post":
        _post(path, find_item(api.items(path), named[0], path))
    else:
        _give(
            path,
            root,
            named[0],
            to_clipboard=action != "show",
            way=_Way(MOST_CONTEXT, context=action == "code", whole=False),
        )


def _post(path: Path, item: Item) -> None:
    from sous.commands.post import post

    click.get_current_context().invoke(post, file=path, items=(str(item.number),))
