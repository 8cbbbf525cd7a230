"""Get the project's bundle: the one that is there, packed again if ours, or packed now."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from sous.bundle.compare import differences, is_older_than_files
from sous.bundle.pack import pack_to_file, renew
from sous.bundle.read import read_bundle
from sous.bundle.recipe import Order
from sous.bundle.remembered import is_as_packed, is_by_packer, remember
from sous.bundle.target import why_kept
from sous.command_lines import split_command
from sous.environment import as_given
from sous.errors import SousError
from sous.files import placing, refuse_link_out
from sous.git import is_tracked, is_tracked_and_clean
from sous.mise_files import own_bundle_tasks, switches_above
from sous.mise_record import TASK_NAME
from sous.names import BUNDLE, BUNDLE_TASK
from sous.proc import run_visibly
from sous.programs import find_program
from sous.root import is_project
from sous.settings import is_trusted_as_it_is, load_settings
from sous.terminal import inform, say
from sous.trust import is_known
from sous.waiting import doing

if TYPE_CHECKING:
    from pathlib import Path

    from sous.bundle.read import Bundle
    from sous.settings import Settings


def project_bundle(root: Path, *, pack: bool = True) -> Bundle:
    """Return the bundle of a project for a command that has no settings: `obtain_bundle`, read.

    Only where it has to be made does it matter who set the packer. Raises SousError.
    """
    needs = () if (root / BUNDLE).exists() else ("packer",)
    return read_bundle(obtain_bundle(root, load_settings(root, needs=needs), pack=pack))


def obtain_bundle(root: Path, settings: Settings, *, pack: bool) -> Path:
    """Return the path of a bundle of `root`.

    None there: the configured packer makes one, and that is reported. One that we packed is packed
    again in the same way, unless `pack` is false, and so is one that the packer made for us. One
    that came with a clone is replaced by one of the files, since it says what its author likes.
    Somebody else's that git does not track was made here and is taken as it is. Raises SousError.
    """
    path = root / BUNDLE
    refuse_link_out(path, root=root)
    if path.exists() and not path.is_file():
        raise SousError(f"{path} is not a regular file; move it away")
    if not path.exists():
        if not pack:
            return _bundle_above(root)
        _make(path, root, settings, why=f"no {BUNDLE} yet")
    elif pack and _came_with_the_clone(path):
        _make(
            path,
            root,
            _with_packer(root, settings),
            why=f"{BUNDLE} came with the repository, so it is not used",
        )
    elif pack and is_by_packer(path):
        _make_again(path, root, settings)
    elif pack and _is_renewed(path, root):
        inform(f"{BUNDLE} was older than the files; packed again")
    return path


def _make_again(path: Path, root: Path, settings: Settings) -> None:
    """Have the project's packer make its bundle again, if it has one and files changed."""
    with doing(f"comparing {BUNDLE} with the files of {root.name}"):
        is_older = is_older_than_files(read_bundle(path), root)
    if not is_older:
        return
    settings = _with_packer(root, settings)
    if settings.packer is not None or own_bundle_tasks(root):
        _make(path, root, settings, why=f"{BUNDLE} may be older than the files")


def _is_renewed(path: Path, root: Path) -> bool:
    with doing(f"comparing {BUNDLE} with the files of {root.name}"):
        return renew(path, root=root)


def _came_with_the_clone(path: Path) -> bool:
    """Tell whether a bundle seems to be as committed: not of these files, not packed by us.

    What git writes into a work tree may differ from what it has (`ident` and the like), so an
    unchanged blob is not asked for alone. Raises SousError for a tracked file that is not a bundle.
    """
    if is_as_packed(path) or path.stat().st_size == 0 or not is_tracked(path):
        return False
    bundle = read_bundle(path)
    if bundle.reading is None and not is_tracked_and_clean(path):
        return False  # a text of the user's own
    if bundle.reading is None:
        raise SousError(
            f"{BUNDLE} is tracked by git and is not a bundle; pack to another file and name that: "
            "`sous bundle --project -o FILE`"
        )
    return is_tracked_and_clean(path) or (
        bool(differences(bundle, path.parent)) and not why_kept(path)
    )


def _with_packer(root: Path, settings: Settings) -> Settings:
    """Return the settings with the packer, which nobody needs while there is a bundle.

    Raises SousError.
    """
    return replace(settings, packer=load_settings(root, needs=("packer",)).packer)


def _bundle_above(root: Path) -> Path:
    """Return the bundle of the project above, where an overridden packer writes it."""
    for folder in root.parents:
        if is_project(folder) and (folder / BUNDLE).is_file():
            refuse_link_out(folder / BUNDLE, root=folder)
            say(f"no {BUNDLE} in {root}; using that of {folder}")
            return folder / BUNDLE
    raise SousError(
        f"no {BUNDLE} in {root}; pack first, with `sous bundle --project` or your own packer"
    )


def _make(path: Path, root: Path, settings: Settings, *, why: str) -> None:
    if settings.packer is None and _is_own_task_meant(root):
        inform(f"{why}; packing with: mise run {BUNDLE_TASK}")
        run_visibly(["mise", "run", BUNDLE_TASK], cwd=root, given=as_given())
        if not path.exists():
            raise SousError(f"the project's own task {BUNDLE_TASK} wrote no {BUNDLE} to {root}")
        if not is_as_packed(path):
            remember(path, None, by_packer=True)
        return
    if settings.packer is None:
        with doing(f"packing {root.name} first: no bundle of it is up to date"):
            packed = pack_to_file(path, Order(root, project=True), root=root)
        inform(f"{why}; packed {root.name}: {packed.summary()}")
        return
    argv = _split_command(settings.packer)
    if not any("{output}" in part or BUNDLE in part for part in argv):
        raise SousError(
            f"the packer `{settings.packer}` does not say where to write; put {{output}} where the "
            f"file belongs"
        )
    # a packer of the user's is not looked up in somebody's clone
    given = as_given() if is_known(root) else None
    inform(f"{why}; packing with: {settings.packer}")
    if "{output}" in settings.packer:
        with placing(path, root=root) as temporary:
            run_visibly(
                [part.replace("{output}", str(temporary)) for part in argv], cwd=root, given=given
            )
            if not temporary.exists():
                raise SousError(
                    "the packer wrote nothing to the file that {output} stands for; look at its "
                    "command"
                )
    else:
        run_visibly(argv, cwd=root, given=given)
    if not path.exists():
        raise SousError(
            f"the packer wrote no {BUNDLE}; put {{output}} into its command where the file's name "
            f"belongs"
        )
    remember(path, None, by_packer=True)


def _is_own_task_meant(root: Path) -> bool:
    """Tell whether the project's own task packs it; why one is not started is reported.

    Not within that task. Raises SousError.
    """
    tasks = own_bundle_tasks(root)
    if not tasks or os.environ.get(TASK_NAME) == BUNDLE_TASK:
        return False
    if not is_trusted_as_it_is(root):
        why_not = "sous starts it only after `sous trust`"
    elif switch := next(switches_above(root), None):
        why_not = f"{switch.name} may have mise read another one"
    elif not find_program("mise"):
        why_not = "mise, which runs it, is not installed"
    else:
        return True
    say(f"{', '.join(tasks)} has its own {BUNDLE_TASK}, and {why_not}: packing without it")
    return False


def _split_command(command: str) -> list[str]:
    """Split a command line into arguments; nothing is expanded, nothing is run by a shell.

    Raises SousError.
    """
    try:
        argv = split_command(command)
    except ValueError as exc:
        raise SousError(f"cannot read the packer's command `{command}`: {exc}") from exc
    if not argv:
        raise SousError("the packer's command is empty; set `packer` in [_.sous], or leave it out")
    return argv
