"""`sous bundle`."""

from __future__ import annotations

from pathlib import Path

import click

from sous.commands.options import root_option


@click.command("bundle")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-o", "--output", metavar="FILE|-", help="Where to write.  [default: output.txt in the project's root]")
@click.option("--project", is_flag=True, help="Pack the whole project, not the folder you are in.")
@click.option("--include", multiple=True, metavar="GLOB", help="Pack only what matches; repeatable, or a,b.")
@click.option("-i", "--ignore", multiple=True, metavar="GLOB", help="Leave out what matches; repeatable, or a,b.")
@click.option(
    "--no-default-patterns", is_flag=True, help="Do not leave out lock files, caches, build folders and the like."
)
@click.option("--no-gitignore", is_flag=True, help="Do not read .gitignore files.")
@click.option("--no-dot-ignore", is_flag=True, help="Do not read .ignore files.")
@click.option("--no-git-sort-by-changes", is_flag=True, help="Do not put the files that changed most often last.")
@click.option(
    "--style", type=click.Choice(["xml"], case_sensitive=False), help="The form of the bundle.  [default: xml]"
)
@click.option("--line-numbers/--no-line-numbers", default=None, help="Number the lines of each file.  [default: yes]")
@root_option
@click.option("-f", "--force", is_flag=True, help="Overwrite a file that is no bundle.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
def bundle(  # noqa: PLR0913, PLR0917  # one per option
    paths: tuple[str, ...],
    output: str | None,
    project: bool,  # noqa: FBT001
    include: tuple[str, ...],
    ignore: tuple[str, ...],
    no_default_patterns: bool,  # noqa: FBT001
    no_gitignore: bool,  # noqa: FBT001
    no_dot_ignore: bool,  # noqa: FBT001
    no_git_sort_by_changes: bool,  # noqa: FBT001
    style: str | None,
    line_numbers: bool | None,  # noqa: FBT001
    root_option: Path | None,
    force: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:
    """Pack the files of the folder you are in into output.txt.

    Files that git ignores are left out, binary files are listed but not packed. PATH is a folder or a file; one folder
    alone is packed with paths relative to it.
    """
    from sous.bundle.ignore import IgnoreFiles
    from sous.bundle.pack import pack, pack_to_file, recipe_for
    from sous.bundle.select import Scope, scope_of
    from sous.bundle.target import check_bundle_target
    from sous.files import shown_path
    from sous.names import BUNDLE
    from sous.root import find_root
    from sous.settings import load_settings, split_list
    from sous.terminal import binary_stdout, say

    if project and paths:
        raise click.UsageError("--project packs everything; leave out the paths or --project.")
    cwd = Path.cwd()
    root = find_root(cwd, named=root_option)
    given = {
        "include": [glob for value in include for glob in split_list(value)] or None,
        "ignore": [glob for value in ignore for glob in split_list(value)] or None,
        "style": style,
        "line_numbers": line_numbers,
    }
    settings = load_settings(root, given=given)
    scope = Scope(root) if project or (root_option and not paths) else scope_of(paths, cwd)
    recipe = recipe_for(
        root,
        settings,
        scope=scope,
        defaults=not no_default_patterns,
        files=IgnoreFiles(gitignore=not no_gitignore, dotignore=not no_dot_ignore),
        by_changes=not no_git_sort_by_changes,
    )
    if output == "-":
        packed = pack(binary_stdout(), recipe, root=root)
        where = "stdout"
    else:
        path = Path(output).absolute() if output else root / BUNDLE
        check_bundle_target(path, root=root, force=force, named=output is not None)
        packed = pack_to_file(path, recipe, root=root)
        where = shown_path(path)
    if not quiet:
        say(f"{where}: {packed.summary()}")
