"""The options of `sous bundle`: repomix's, spelled as it spells them, and our own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sous.commands.options import SizeType, quiet_option, root_option
from sous.names import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = ("xml", "markdown", "plain", "json")


def _off(name: str, field: str, text: str) -> Callable[..., Any]:
    return click.option(f"--no-{name}", field, flag_value=False, default=None, type=bool, help=text)


def _on(name: str, field: str, text: str) -> Callable[..., Any]:
    return click.option(f"--{name}", field, flag_value=True, default=None, type=bool, help=text)


_OPTIONS = (
    click.option(
        "-o",
        "--output",
        metavar="FILE|-",
        help="Write to this file.  [default: output.txt in the project's root]",
    ),
    click.option("--stdout", is_flag=True, help="Write to stdout, as -o - does."),
    click.option(
        "--project", is_flag=True, help="Pack the whole project, not only the current folder."
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
    click.option(
        "--remote",
        metavar="URL|OWNER/NAME",
        help="Pack a repository elsewhere; @REF after it names a branch, tag or commit.",
    ),
    click.option("--remote-branch", metavar="REF", hidden=True),
    click.option(
        "--stdin",
        is_flag=True,
        help="Read the paths to pack from stdin, one a line or NUL between.",
    ),
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
        "--git-excludes/--no-git-excludes",
        "git_excludes",
        default=None,
        help="Leave out what your git's core.excludesFile names.  [default: no]",
    ),
    click.option(
        "-c", "--config", metavar="FILE", help="Take settings from this repomix.config.json."
    ),
    click.option(
        "--style",
        type=click.Choice(STYLES, case_sensitive=False),
        help="The form of the bundle.  [default: xml]",
    ),
    _on("parsable-style", "parsable", "Escape the XML so that a parser can read it."),
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
    click.option("--header-text", metavar="TEXT", help="Put this text before the files."),
    click.option(
        "--instruction-file-path",
        "instruction_file",
        metavar="FILE",
        help="Put the text of this file after the files.",
    ),
    _off("file-summary", "file_summary", "Leave out the summary at the top."),
    _off("directory-structure", "directory_structure", "Leave out the tree."),
    _off("files", "files", "Leave out the files."),
    _on("include-empty-directories", "empty_directories", "Show empty folders in the tree."),
    _on(
        "include-full-directory-structure",
        "full_directory_structure",
        "Show all files in the tree, even with --include.",
    ),
    _on(
        "remove-comments",
        "remove_comments",
        "Leave out comments and Python docstrings; lines keep their numbers.",
    ),
    _on(
        "remove-empty-lines",
        "remove_empty_lines",
        "Leave out empty lines of code; the others keep their numbers.",
    ),
    _on("truncate-base64", "truncate_base64", "Shorten long base64 strings."),
    click.option(
        "--notebooks",
        type=click.Choice(["whole", "cells"]),
        help="Pack .ipynb files whole, or as cells: code and text, a line for each output.  "
        "[default: whole]",
    ),
    _on("compress", "compress", "Keep only signatures."),
    click.option(
        "--secrets",
        type=click.Choice(["mask", "fail", "allow"]),
        help="What to do with secrets: mask them, stop, or keep them.  [default: mask]",
    ),
    click.option(
        "--secrets-engine",
        type=click.Choice(["builtin", "kingfisher"]),
        help="Who looks for secrets; kingfisher has to be installed.  [default: builtin]",
    ),
    click.option(
        "--secrets-report",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write all masked secrets to FILE (.json: as JSON), each with its fingerprint.",
    ),
    click.option("--no-security-check", is_flag=True, help="The same as --secrets allow."),
    _off(
        "git-sort-by-changes",
        "sort_by_changes",
        "Do not sort the files that changed most often to the end.",
    ),
    click.option(
        "--diff",
        "--include-diffs",
        "diffs",
        flag_value=True,
        default=None,
        type=bool,
        help="Put the uncommitted changes (git diff) after the files.",
    ),
    _on("include-logs", "logs", "Put the last commits after the files."),
    click.option(
        "--include-logs-count",
        "logs_count",
        type=click.IntRange(1),
        metavar="N",
        help="How many commits --include-logs puts there.  [default: 50]",
    ),
    click.option(
        "--budget",
        type=click.IntRange(1),
        metavar="N",
        help="Reduce files until the bundle has at most N tokens.",
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
        type=SizeType(),
        metavar="SIZE",
        help="Write numbered parts of at most 500kb, 1.5mb, 100k-tokens, 400k-chars.",
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
        "--html",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write an HTML page with a map of where the tokens are.",
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
        "--no-cache", is_flag=True, help="Do not use the cache of files from the last run."
    ),
    click.option(
        "--list",
        "listed_bundle",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Show what is in a bundle.",
    ),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="Print what was packed (or listed) as JSON on stdout.",
    ),
    root_option,
    click.option("-f", "--force", is_flag=True, help="Overwrite a file that is not a bundle."),
    quiet_option,
    click.option(
        "-v", "--verbose", is_flag=True, help="Name each file that is packed, or why it is not."
    ),
    click.option("--watch", is_flag=True, help="Pack again whenever a file changes."),
    click.option("--init", is_flag=True, help="Write the first settings of a project."),
)
# Options that are not part of a recipe.
NOT_A_RECIPES = (
    "paths", "output", "remote", "remote_branch",
    "stdout", "project", "stdin", "config",
    "no_security_check", "secrets_report",
    "token_budget", "least", "tokens", "html", "top", "token_count_encoding", "no_token_count",
    "copy", "strict", "no_cache", "as_json",
    "listed_bundle", "root", "force", "quiet", "verbose", "watch", "init",
)  # fmt: skip


def bundle_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `sous bundle`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
