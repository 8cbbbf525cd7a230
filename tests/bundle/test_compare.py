from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.bundle.compare import differences
from sous.bundle.read import Bundle, read_bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

KEY = "AKIAQ3EGRZ7YTW5KD2MN"
TREE = {
    "src/app.py": "def run(cmd):\n    eval(cmd)\n\n\nclass A:\n    def f(self):\n        return 1  \n",
    "src/deep/z.js": "// x\n\nf()\n",
    "b c.txt": "no newline at the end",
    "crlf.txt": "a\r\nb\r\n",
    "key.py": f'KEY = "{KEY}"\n',
    "long.html": "<img src='data:image/png;base64," + "aB3+" * 100 + "'>\n",
    "Über.txt": "äö\n",
    "empty.txt": "",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write_tree(tmp_path / "tree", TREE)
    (tmp_path / "tree" / "old.txt").write_bytes("caf\xe9\n".encode("latin-1"))
    git(tmp_path / "tree", "init", "-q")
    return tmp_path / "tree"


def forget(home: Path) -> None:
    for path in (home / ".local" / "state").rglob("*.json"):
        path.unlink()


def found(tree: Path) -> dict[str, list[str]]:
    one = differences(read_bundle(tree / "output.txt"), tree)
    return {key: value for key in ("missing", "changed", "extra", "unsure") if (value := sorted(getattr(one, key)))}


HOW: list[tuple[str, ...]] = [
    (),
    ("--style", "markdown"),
    ("--style", "plain", "--no-line-numbers"),
    ("--style", "json"),
    ("--parsable-style",),
    ("--remove-empty-lines",),
    ("--truncate-base64",),
    ("--secrets", "allow"),
    ("--no-default-patterns", "--no-file-summary"),
]


@pytest.mark.parametrize("how", HOW, ids=" ".join)
@pytest.mark.parametrize("known", [True, False])
def test_what_was_packed_of_the_files_does_not_differ(
    how: tuple[str, ...], known: bool, tree: Path, run: Run, home: Path
) -> None:
    assert run("sous", "bundle", *how, cwd=tree).code == 0
    if not known:
        forget(home)
    assert found(tree) == {}


@pytest.mark.parametrize("how", [("--compress",), ("--remove-comments",), ("--budget", "700")], ids=" ".join)
def test_reduced_files_are_not_called_changed(how: tuple[str, ...], tree: Path, run: Run, home: Path) -> None:
    assert run("sous", "bundle", *how, cwd=tree).code == 0
    forget(home)
    assert not found(tree).keys() - {"unsure"}


@pytest.mark.real
@pytest.mark.parametrize(
    "argv",
    [
        ("repomix", "--quiet", "-o", "output.txt"),
        ("repomix", "--quiet", "--style", "markdown", "--output-show-line-numbers", "-o", "output.txt"),
        ("repomix", "--quiet", "--style", "json", "--remove-empty-lines", "-o", "output.txt"),
        ("repomix", "--quiet", "--compress", "-o", "output.txt"),
        ("repomix", "--quiet", "--remove-comments", "-o", "output.txt"),
        ("files-to-prompt", ".", "-c", "-o", "output.txt"),
        ("gitingest", ".", "-o", "output.txt"),
        ("code2prompt", "-p", ".", "-o", "output.txt"),
    ],
    ids=" ".join,
)
def test_what_other_packers_wrote_does_not_differ(
    argv: tuple[str, ...], tree: Path, run: Run, needs: Callable[[str], str]
) -> None:
    (tree / "key.py").unlink()  # repomix leaves it out
    (tree / "old.txt").unlink()  # each reads it in its own way
    assert run(needs(argv[0]), *argv[1:], cwd=tree).code == 0
    assert not found(tree).keys() - {"unsure"}


@pytest.mark.parametrize("known", [True, False])
def test_each_kind_of_difference_is_told_in_one_line(known: bool, tree: Path, run: Run, home: Path) -> None:
    run("sous", "bundle", cwd=tree)
    if not known:
        forget(home)
    time.sleep(0.01)
    (tree / "src" / "app.py").write_text("def run(cmd):\n    return 1\n")
    (tree / "key.py").write_text(f'KEY = "{KEY}"\nevil()\n')
    (tree / "new.py").write_text("x = 1\n")
    (tree / "b c.txt").unlink()
    assert found(tree) == {"missing": ["b c.txt"], "changed": ["key.py", "src/app.py"], "extra": ["new.py"]}
    line = differences(read_bundle(tree / "output.txt"), tree).line("output.txt")
    assert line == (
        "output.txt differs from the files here: 2 changed, 1 missing here, 1 not in it (key.py, src/app.py, new.py, …)"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    eval(cmd)", "    [masked]"),
        ("    eval(cmd)", "    ev...(cmd)"),
        ("    eval(cmd)", "⋮----\n    pass"),
        ("    eval(cmd)", "    eval(cmd) # compressed"),
    ],
)
def test_a_bundle_that_lies_as_if_it_were_reduced_is_told(old: str, new: str, tree: Path, run: Run, home: Path) -> None:
    run("sous", "bundle", "--no-line-numbers", cwd=tree)
    forget(home)
    (tree / "output.txt").write_text((tree / "output.txt").read_text().replace(old, new))
    assert found(tree) == {"changed": ["src/app.py"]}


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_no_link_is_followed_and_nothing_is_waited_for(tree: Path) -> None:
    (tree.parent / "secret").mkdir()
    (tree.parent / "secret" / "x").write_text("x\n")
    (tree / "out").symlink_to("../secret")
    (tree / "one").symlink_to("../secret/x")
    os.mkfifo(tree / "fifo")
    names = ("out/x", "one", "fifo", "../secret/x", str(tree.parent / "secret" / "x"), "a\0b", "a" * 5000)
    text = "".join(f'<file path="{name}">\nx\n</file>\n\n' for name in names)
    bundle = Bundle(f"This file is a merged representation of\n\n<files>\n\n{text}</files>\n")
    assert sorted(differences(bundle, tree).missing) == sorted(names)


def test_the_time_is_bounded_and_that_is_said(tree: Path, run: Run, home: Path) -> None:
    run("sous", "bundle", cwd=tree)
    one = differences(read_bundle(tree / "output.txt"), tree, seconds=-1)
    assert not one.complete
