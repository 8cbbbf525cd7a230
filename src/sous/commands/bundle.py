"""`sous bundle`."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import root_option
from sous.names import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.bundle.recipe import Order
    from sous.bundle.summary import Packed

STYLES = ("xml", "markdown", "plain", "json")
_LARGEST = 1 << 50  # bytes


if TYPE_CHECKING:
    _SizeType = click.ParamType[int]
else:
    _SizeType = click.ParamType  # not generic before click 8.4


class _Size(_SizeType):
    """`500kb`, `1.5mb` (of 1024 bytes), as repomix takes them."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return bytes."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(kb|mb)", str(value).strip().lower())
        size = float(match[1]) * (1 << (10 if match[2] == "kb" else 20)) if match else 0.0
        if not 1 <= size <= _LARGEST:
            self.fail(f"{str(value)[:20]!r} is no size; write it like 500kb or 1.5mb", param, ctx)
        return int(size)


def _off(name: str, field: str, text: str) -> Callable[..., Any]:
    return click.option(f"--no-{name}", field, flag_value=False, default=None, type=bool, help=text)


def _on(name: str, field: str, text: str) -> Callable[..., Any]:
    return click.option(f"--{name}", field, flag_value=True, default=None, type=bool, help=text)


_OPTIONS = (
    click.option(
        "-o",
        "--output",
        metavar="FILE|-",
        help="Where to write.  [default: output.txt in the project's root]",
    ),
    click.option("--stdout", is_flag=True, help="Write to stdout, as -o - does."),
    click.option(
        "--project", is_flag=True, help="Pack the whole project, not the folder you are in."
    ),
    click.option(
        "--include",
        multiple=True,
        metavar="GLOB",
        help="Pack only what matches; repeatable, or a,b.",
    ),
    click.option(
        "-i",
        "--ignore",
        multiple=True,
        metavar="GLOB",
        help="Leave out what matches; repeatable, or a,b.",
    ),
    click.option("--stdin", is_flag=True, help="Read the paths to pack from stdin, one a line."),
    click.option(
        "--since",
        metavar="REF",
        help="Pack what changed since a commit, what uses it, and the diff.",
    ),
    _off(
        "default-patterns",
        "default_patterns",
        "Do not leave out lock files, caches, build folders and the like.",
    ),
    _off("gitignore", "gitignore", "Do not read .gitignore files."),
    _off("dot-ignore", "dot_ignore", "Do not read .ignore files."),
    click.option(
        "-c", "--config", metavar="FILE", help="Take settings from this repomix.config.json."
    ),
    click.option(
        "--style",
        type=click.Choice(STYLES, case_sensitive=False),
        help="The form of the bundle.  [default: xml]",
    ),
    _on("parsable-style", "parsable", "Escape the xml, so that a parser can read it."),
    click.option(
        "--line-numbers/--no-line-numbers",
        "--output-show-line-numbers/--no-output-show-line-numbers",
        "line_numbers",
        default=None,
        help="Number the lines of each file.  [default: yes]",
    ),
    click.option(
        "--output-file-path-style",
        "path_style",
        type=click.Choice(["target-relative", "cwd-relative"]),
        help="What paths are relative to.  [default: target-relative]",
    ),
    click.option("--header-text", metavar="TEXT", help="Put a text of yours before the files."),
    click.option(
        "--instruction-file-path",
        "instruction_file",
        metavar="FILE",
        help="Put a file of yours behind the files.",
    ),
    _off("file-summary", "file_summary", "Leave out the summary at the top."),
    _off("directory-structure", "directory_structure", "Leave out the tree."),
    _off("files", "files", "Leave out the files."),
    _on("include-empty-directories", "empty_directories", "Show empty folders in the tree."),
    _on(
        "include-full-directory-structure",
        "full_directory_structure",
        "Show all in the tree, even with --include.",
    ),
    _on(
        "remove-empty-lines",
        "remove_empty_lines",
        "Leave out empty lines of code; the others keep their numbers.",
    ),
    _on("truncate-base64", "truncate_base64", "Cut long runs of base64 short."),
    _on("compress", "compress", "Keep only signatures."),
    click.option("--remove-comments", is_flag=True, hidden=True),
    click.option(
        "--secrets",
        type=click.Choice(["mask", "fail", "allow"]),
        help="What to do with secrets: mask them, stop, or let them be.  [default: mask]",
    ),
    click.option(
        "--secrets-engine",
        type=click.Choice(["builtin", "kingfisher"]),
        help="Who looks for secrets (kingfisher: pip install 'llm-sous[secrets]').  "
        "[default: builtin]",
    ),
    click.option("--no-security-check", is_flag=True, help="The same as --secrets allow."),
    _off(
        "git-sort-by-changes",
        "sort_by_changes",
        "Do not put the files that changed most often last.",
    ),
    click.option(
        "--diff",
        "--include-diffs",
        "diffs",
        flag_value=True,
        default=None,
        type=bool,
        help="Put what changed since the last commit behind the files.",
    ),
    _on("include-logs", "logs", "Put the last commits behind the files."),
    click.option(
        "--include-logs-count",
        "logs_count",
        type=click.IntRange(1),
        metavar="N",
        help="How many.  [default: 50]",
    ),
    click.option(
        "--budget",
        type=click.IntRange(1),
        metavar="N",
        help="Reduce files until N tokens hold them all.",
    ),
    click.option(
        "--budget-strict",
        is_flag=True,
        default=None,
        help="Stop with exit code 4 instead of reducing.",
    ),
    click.option("--token-budget", type=click.IntRange(1), metavar="N", hidden=True),
    click.option(
        "--for",
        "task",
        type=click.Choice(list(REPORTS)),
        help="What the bundle is for: decides what a budget keeps.",
    ),
    click.option(
        "--split-output",
        "split",
        type=_Size(),
        metavar="SIZE",
        help="Write numbered parts of at most 500kb, 1.5mb, …",
    ),
    click.option(
        "--token-count-tree",
        "least",
        is_flag=False,
        flag_value="0",
        type=int,
        metavar="[N]",
        hidden=True,
    ),
    click.option(
        "--tokens", is_flag=True, help="Show the tree of folders and files with their tokens."
    ),
    click.option(
        "--top",
        "--top-files-len",
        type=click.IntRange(0),
        metavar="N",
        help="Show the N files with the most tokens.",
    ),
    click.option("--token-count-encoding", hidden=True),
    click.option("--no-token-count", is_flag=True, help="Do not count tokens."),
    click.option("--copy", is_flag=True, help="Copy the bundle to the clipboard too."),
    click.option("--strict", is_flag=True, help="Exit with 1 when a file cannot be read."),
    click.option(
        "--no-cache", is_flag=True, help="Do not use what is known of files from the last time."
    ),
    click.option(
        "--list",
        "listed_bundle",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Show what is in a bundle.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help="Say what was packed (or listed) as JSON on stdout."
    ),
    root_option,
    click.option("-f", "--force", is_flag=True, help="Overwrite a file that is no bundle."),
    click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong."),
    click.option("--verbose", is_flag=True, hidden=True),
)
# Options that are not part of a recipe.
_NOT_A_RECIPES = (
    "paths", "output", "stdout", "project", "stdin", "config", "remove_comments",
    "no_security_check",
    "token_budget", "least", "tokens", "top", "token_count_encoding", "no_token_count",
    "copy", "strict", "no_cache", "as_json",
    "listed_bundle", "root", "force", "quiet", "verbose",
)  # fmt: skip


def _all_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command("bundle")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@_all_options
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
    from sous import api
    from sous.files import shown_path
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.terminal import Waiting, binary_stdout

    _check_combinations(options)
    # many small objects, hardly a cycle: looking for them took a tenth of the time
    gc.set_threshold(200_000, 20, 20)
    root = find_root(Path.cwd(), named=options["root"])
    order = _order(options, root)
    is_stdout = options["output"] == "-" or options["stdout"]
    path = Path(options["output"]).absolute() if options["output"] else root / BUNDLE
    with Waiting("packing", enabled=False if options["quiet"] else None) as waiting:
        packed = api.pack(
            root,
            order=order,
            output=binary_stdout() if is_stdout else path,
            force=options["force"],
            cached=not options["no_cache"],
            counting=not options["no_token_count"],
            on_file=waiting.at,
        ).summary
    where = "stdout" if is_stdout else shown_path(path)
    if options["split"]:
        where = f"{path.stem}.1{path.suffix}"
        where += f" to {path.stem}.{packed.parts}{path.suffix}" * (packed.parts > 1)
    _tell(packed, where, options)
    if options["copy"]:
        _copy(path)
    if options["strict"] and packed.unreadable:
        raise SystemExit(1)


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
    _say_what_is_not_done(options)


def _check_sources(options: dict[str, Any]) -> None:
    if options["project"] and options["paths"]:
        raise click.UsageError("--project packs everything; leave out the paths or --project.")
    if options["stdin"] and (options["paths"] or options["project"]):
        raise click.UsageError("--stdin names what to pack; leave out the paths.")


def _check_outputs(options: dict[str, Any]) -> None:
    to_stdout = options["stdout"] or options["output"] == "-"
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


def _say_what_is_not_done(options: dict[str, Any]) -> None:
    from sous.terminal import say

    if options["remove_comments"]:
        say(
            "comments stay: --remove-comments is not done, "
            "it changes what the code means to a reader"
        )
    if options["token_count_encoding"] not in (None, "o200k_base"):
        say(f"tokens are counted in o200k_base, not in {options['token_count_encoding']}")


def _order(options: dict[str, Any], root: Path) -> Order:
    from sous.bundle.recipe import Order
    from sous.settings import split_list

    given = {
        key: value
        for key, value in options.items()
        if key not in _NOT_A_RECIPES and value is not None
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

    lines = [line.strip() for line in os.fsdecode(read_stdin()).split("\n")]
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise click.UsageError("no path came on stdin; give it one a line.")
    paths = [os.path.normpath(Path.cwd() / line) for line in named]
    for line, path in zip(named, paths, strict=True):
        if not Path(path).exists():
            say(f"{line} does not exist, so it is not packed")
    return list(dict.fromkeys(paths))


def _tell(packed: Packed, where: str, options: dict[str, Any]) -> None:
    from sous.bundle.summary import token_tree
    from sous.errors import SousError
    from sous.terminal import say, say_lines, write_json, write_lines

    for line in packed.manifest:
        say_lines([line])
    if packed.secrets:
        word = "masked" if options["secrets"] != "allow" else "found"
        say_lines([f"{word} {line}" for line in packed.secret_lines()])
    if options["as_json"]:
        write_json({"output": where, **packed.as_json()})
    if not options["quiet"]:
        least = (
            options["least"] if options["least"] is not None else 0 if options["tokens"] else None
        )
        show = say_lines if where == "stdout" else write_lines
        show(token_tree(packed.by_path, least=least) if least is not None else ())
        show(packed.top(options["top"]) if options["top"] else ())
        say(f"{where}: {packed.summary()}")
    if options["token_budget"] and packed.tokens > options["token_budget"]:
        raise SousError(
            f"{packed.tokens:,} tokens are more than the {options['token_budget']:,} "
            "of --token-budget; "
            "leave files out with --ignore, or use --budget N to have them reduced"
        )


def _copy(path: Path) -> None:
    from sous.clipboard import copy
    from sous.errors import SousError
    from sous.terminal import say

    try:
        say(copy(path.read_text("utf-8", "replace")))
    except SousError as exc:
        say(f"not copied: {exc}")
