"""A clean place for tests: what would be committed, byte for byte, and nothing that lies around.

It has a small repository of its own, so that tests which ask git get an answer and no test can
change the real one. Folders of dependencies, which git ignores, are linked.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sous.errors import SousError
from sous.files import read_file, write_file
from sous.folders import is_link
from sous.git import find_checkout, read_git, write_git
from sous.locks import locked
from sous.state import checkout_state, state_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sous.runner.checkpoint import Checkpoint

_DEPENDENCIES = {
    ".venv", "venv", "env", ".env.d", "virtualenv", "node_modules", "vendor", "bower_components",
    ".bundle", ".tox", ".nox", "Pods", "deps", "_build", ".yarn", "elm-stuff", ".dart_tool",
    "site-packages", "__pypackages__", ".pixi", ".gradle",
}  # fmt: skip
_BUILT = (".so", ".pyd", ".dylib", ".node", ".pnp.cjs", ".pnp.loader.mjs")
_LOCKS = {
    "Cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "package-lock.json", "yarn.lock",
    "pnpm-lock.yaml", "bun.lock", "Gemfile.lock", "composer.lock", "mix.lock", "go.work",
    "go.work.sum",
}  # fmt: skip
_CLEAN = "c"  # begins the name of a clean place
_MODULE = re.compile(rb"^\s*path\s*=\s*([^\r\n]+)", re.MULTILINE)
_EDITABLE = ("*.pth", "__editable__*.py", "*.egg-link")
_MOST_SCRIPTS = 2_000  # files in a folder of programs, or of what points at projects
_RUNNERS = re.compile(
    r"/(?:_pytest|pytest|unittest|pluggy|jest[^/]*|@jest|vitest|@vitest|mocha|chai)/|"
    r"(?:^|/)(?:sitecustomize|usercustomize|conftest)\.py$|\.pth$"
)


@dataclass(frozen=True)
class CleanPlace:
    """Where tests run: its top, the project's root in it, and what its imports are mended by."""

    top: Path
    root: Path
    python_path: str
    stamps: Mapping[str, tuple[int, int, int]]

    def touched(self) -> set[str]:
        """Return the files of the checkout that are not as they were checked out."""
        now = stamps_of_files(self.top)
        return {path for path, stamp in self.stamps.items() if now.get(path) != stamp}


@contextlib.contextmanager
def clean_place(
    checkpoint: Checkpoint,
    *,
    head: str,
    refs: Mapping[str, str],
    texts: Mapping[str, str],
    programs: Iterable[Path] = (),
) -> Iterator[CleanPlace]:
    """Check a state out into a folder of its own, deleted afterwards.

    `head`, `refs`: what its own repository says; `texts`: files that are to hold something else;
    `programs`: files that git ignores and the test command names.
    """
    place, index, origin = checkpoint.place, checkpoint.index, checkpoint.place.origin
    with temporary_folder(origin.root) as top:
        checkpoint.put_back_index()
        options = ("-a", "-f", "-q", f"--prefix={top.as_posix()}/")
        write_git(place.top, "checkout-index", *options, index=index)
        for path, text in texts.items():
            write_file(top / path, text.encode("utf-8", "surrogateescape"), root=top, durable=False)
        root = root_in(top, place.prefix)
        make_repository(top, index, head, refs, find_checkout(place.top).common)
        stamps = stamps_of_files(top)
        bring_ignored(origin.top, top, checkpoint.at_home, programs)
        _link_submodules(origin.top, top)
        yield CleanPlace(top, root, mended_path(origin.root, origin.top, top), stamps)


def ignored_in(top: Path) -> list[str]:
    """Return what git ignores in a checkout: files, and whole folders with a slash at the end."""
    options = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
    return [os.fsdecode(one) for one in read_git(top, "ls-files", *options).split(b"\0") if one]


def bring_ignored(
    original: Path, top: Path, ignored: Collection[str], programs: Iterable[Path]
) -> None:
    """Link dependencies into a checkout, and copy the files that tests need."""
    link_dependencies(original, top, ignored)
    locks = (original / path for path in ignored if Path(path).name in _LOCKS)
    _copy((*programs, *locks), original, top)


@contextlib.contextmanager
def temporary_folder(root: Path) -> Iterator[Path]:
    """Make a folder for a clean place of the project at `root`, deleted afterwards.

    What runs that were killed left, of any project, is deleted before.
    """
    sweep_left_overs()
    base = checkout_state(root) / "clean"
    base.mkdir(parents=True, exist_ok=True)
    name = f"{_CLEAN}{secrets.token_hex(8)}"
    with locked(base / f"{name}.lock", timeout=0):  # nobody else knows the name
        top = (base / name).resolve()
        try:
            top.mkdir(mode=0o700)
            yield top
        finally:
            _delete(base / name)


def sweep_left_overs() -> None:
    """Delete the clean places of runs that are dead: a lock says who lives."""
    for place in sorted((state_folder() / "checkouts").glob("*/clean/*")):
        if place.is_symlink() or not place.is_dir():
            continue
        with (
            contextlib.suppress(SousError),
            locked(place.with_name(f"{place.name}.lock"), timeout=0) as is_left,
        ):
            if is_left:
                _delete(place)


def _delete(place: Path) -> None:
    """Delete a clean place, the index that it was made by, and its lock."""
    shutil.rmtree(place, ignore_errors=True)
    for end in (".index", ".lock"):
        with contextlib.suppress(OSError):  # on Windows a lock that is held stays
            place.with_name(f"{place.name}{end}").unlink()


def root_in(top: Path, inside: str) -> Path:
    """Return the project's root in a clean place. Raises SousError where a link leads to it."""
    root = top / inside
    if not is_plain_way(root, top):
        raise SousError(f"{inside} is reached by a link in what would be committed")
    root.mkdir(parents=True, exist_ok=True)
    return root


def make_repository(
    top: Path, index: Path, head: str, refs: Mapping[str, str], common: Path
) -> None:
    """Make a repository that reads the objects of `common` and writes to itself alone."""
    is_sha1 = len(head) == 40  # noqa: PLR2004
    core = f"[core]\n\trepositoryformatversion = {0 if is_sha1 else 1}\n\tbare = false\n"
    other = "" if is_sha1 else "[extensions]\n\tobjectFormat = sha256\n"
    packed = "".join(f"{value} {name}\n" for name, value in sorted(refs.items()))
    files = {
        "HEAD": f"{head}\n",
        "config": core + other,
        "packed-refs": f"# pack-refs with: sorted \n{packed}",
        "objects/info/alternates": f"{(common / 'objects').as_posix()}\n",
    }
    folder = top / ".git"
    for name in ("refs/heads", "objects/info", "objects/pack", "info"):
        (folder / name).mkdir(parents=True)
    for name, text in files.items():
        write_file(folder / name, text.encode("utf-8", "surrogateescape"), root=None, durable=False)
    shutil.copyfile(index, folder / "index")
    if (common / "shallow").is_file():
        write_file(
            folder / "shallow", read_file(common / "shallow", root=None), root=None, durable=False
        )


def stamps_of_files(top: Path) -> dict[str, tuple[int, int, int]]:
    """Return the files of a checkout with size, time and number; links are not followed."""
    found: dict[str, tuple[int, int, int]] = {}
    for folder, folders, names in os.walk(top):
        if Path(folder) == top:
            folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  # many files
            with contextlib.suppress(OSError):
                status = os.lstat(path)
                found[os.path.relpath(path, top)] = (
                    status.st_size,
                    status.st_mtime_ns,
                    status.st_ino,
                )
    return found


def is_plain_way(target: Path, top: Path) -> bool:
    """Tell whether no link lies on the way from `top` to what is to be made below it."""
    while target != top:
        if is_link(target) or target == target.parent:
            return False
        target = target.parent
    return True


def link_dependencies(original: Path, top: Path, ignored: Collection[str]) -> None:
    """Link the folders of dependencies that git ignores."""
    for path in dependencies(original, ignored):
        source, target = original / path, top / path
        if os.path.lexists(target) or not is_plain_way(target, top):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.name == "node_modules":
            _link_modules(source, target, original, top)
        else:
            _link(source, target)


def _copy(files: Iterable[Path], original: Path, top: Path) -> None:
    """Copy files that git ignores and the tests need."""
    for file in files:
        if not file.is_relative_to(original) or not file.is_file():
            continue
        copy = _moved(file, original, top)
        if not os.path.lexists(copy) and is_plain_way(copy, top):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)


def _link_submodules(original: Path, top: Path) -> None:
    """Link what is checked out of submodules, in place of their empty folders."""
    for source, target in _submodules(original, top):
        target.rmdir()
        _link(source, target)


def copy_submodules(original: Path, top: Path) -> None:
    """Copy what is checked out of submodules, without their repositories."""
    for source, target in _submodules(original, top):
        leave_out = shutil.ignore_patterns(".git")
        shutil.copytree(source, target, symlinks=True, ignore=leave_out, dirs_exist_ok=True)


def submodule_paths(top: Path) -> Iterator[str]:
    """Yield the paths that `.gitmodules` lists and that lie in the checkout, behind no link."""
    listed = top / ".gitmodules"
    if not listed.is_file() or listed.is_symlink():
        return
    for name in _MODULE.findall(read_file(listed, root=None)):
        path = os.fsdecode(name.strip())
        is_inside = ".." not in Path(path).parts and not Path(path).is_absolute()
        if is_inside and is_plain_way(top / path, top):
            yield path


def _submodules(original: Path, top: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each submodule that is checked out, and its empty folder in another checkout."""
    for path in submodule_paths(top):
        source, target = original / path, top / path
        if not is_plain_way(source, original):
            continue
        if target.is_dir() and not any(target.iterdir()) and source.is_dir():
            yield source, target


def _link_modules(source: Path, target: Path, original: Path, top: Path) -> None:
    """Link each package; those that are links into the project lead into the clean place."""
    target.mkdir()
    for one in sorted(source.iterdir()):
        if one.name.startswith("@") and one.is_dir() and not one.is_symlink():
            _link_modules(one, target / one.name, original, top)
        elif one.is_symlink():
            real = one.resolve()
            inside = real.is_relative_to(original) and "node_modules" not in real.parts
            _link(_moved(real, original, top) if inside else real, target / one.name)
        elif one.name not in (".cache", ".vite"):
            _link(one, target / one.name)


def _link(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):  # on Windows not everybody may
        target.symlink_to(source, target_is_directory=source.is_dir())


def dependencies(top: Path, ignored: Collection[str]) -> list[str]:
    """Return the ignored folders of dependencies, and what was built for them."""
    found = []
    for path in sorted(ignored):
        bare = path.rstrip("/")
        name = bare.rpartition("/")[2]
        if (path.endswith("/") and name in _DEPENDENCIES and (top / bare).is_dir()) or (
            not path.endswith("/") and name.endswith(_BUILT)
        ):
            found.append(bare)
    return found


def _moved(path: Path, original: Path, top: Path) -> Path:
    return top / path.relative_to(original)


def mended_path(root: Path, original: Path, top: Path) -> str:
    """Return the PYTHONPATH by which tests load the modules of a clean place."""
    paths = (_moved(path, original, top) for path in _editable_paths(root, original))
    return os.pathsep.join(map(str, paths))


def _editable_paths(root: Path, top: Path) -> Iterable[Path]:
    """Return the folders of the project that an installed package of Python leads to.

    Without them in front, tests in the clean place would load the modules of the original.
    """
    found: dict[Path, None] = {}
    for packages in _site_packages(root):
        for pattern in _EDITABLE:
            for file in sorted(packages.glob(pattern))[:_MOST_SCRIPTS]:
                found.update(dict.fromkeys(_named_in(file, top)))
    return found


def _named_in(file: Path, top: Path) -> Iterator[Path]:
    try:
        text = read_file(file, root=None, most=1_000_000).decode("utf-8", "replace")
    except Exception:  # noqa: BLE001  # a file that cannot be read leads nowhere
        return
    if file.suffix == ".py":
        pairs = re.findall(r"['\"](\w+)['\"]: ['\"]([^'\"\n]+)['\"]", text)
        lines = [str(Path(path).parent) for _, path in pairs]
    else:
        lines = text.splitlines()
    for line in lines:
        path = Path(line.strip())
        if line.strip() and path.is_absolute() and path.is_relative_to(top) and path.is_dir():
            yield path


def _site_packages(root: Path) -> Iterator[Path]:
    own = [root / name for name in (".venv", "venv", "env")]
    named = os.environ.get("VIRTUAL_ENV")
    on_path = [Path(folder).parent for folder in os.get_exec_path() if folder]
    seen: set[Path] = set()
    for prefix in (*own, *([Path(named)] if named else []), *on_path):
        if prefix in seen:
            continue
        seen.add(prefix)
        for pattern in ("lib/python3*/*-packages", "Lib/site-packages"):
            yield from prefix.glob(pattern)


def note_dependencies(top: Path, ignored: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return the files of the dependencies with size and time: what a test loads lies there."""
    found: dict[str, tuple[int, int]] = {}
    for path in dependencies(top, ignored):
        for folder, folders, names in os.walk(top / path):
            folders[:] = [one for one in folders if one not in ("__pycache__", ".cache")]
            for name in names:
                if not name.endswith(".pyc"):
                    file = os.path.join(folder, name)  # noqa: PTH118  # many files
                    with contextlib.suppress(OSError):
                        status = os.lstat(file)
                        found[os.path.relpath(file, top)] = (status.st_size, status.st_mtime_ns)
    return found


def changed_dependency(
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
    changed: Sequence[str],
) -> str | None:
    """Return what an agent changed in dependencies that no manifest of its step explains."""
    explained = any(_is_manifest(path) for path in changed)
    for path, stamp in after.items():
        if before.get(path) == stamp:
            continue
        shown = path.replace(os.sep, "/")
        if path in before and _RUNNERS.search(shown):
            return f"it changed {shown}, which runs the tests"
        if before and (not explained or shown.endswith(("customize.py", ".pth"))):
            return (
                f"it changed {shown}, which git does not track and no manifest of the step asks for"
            )
    return None


def _is_manifest(path: str) -> bool:
    name = path.rpartition("/")[2]
    return bool(
        re.fullmatch(
            r"pyproject\.toml|setup\.(?:py|cfg)|requirements.*\.txt|package(?:-lock)?\.json|"
            r"\w*\.lock|pnpm-lock\.yaml|go\.(?:mod|sum)|Cargo\.toml|Gemfile|composer\.json|mix\.exs",
            name,
        )
    )
