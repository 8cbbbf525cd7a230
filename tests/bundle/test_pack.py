from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from sous.bundle.pack import pack_to_file, pack_to_stream, renew
from sous.bundle.recipe import Order
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def packed(folder: Path) -> bytes:
    stream = io.BytesIO()
    pack_to_stream(stream, Order(folder), root=folder)
    return stream.getvalue()


def test_the_same_tree_gives_the_same_bytes_elsewhere_and_later(repo: Path, tmp_path: Path) -> None:
    first = packed(repo)
    moved = repo.rename(tmp_path / "elsewhere")
    for path in moved.rglob("*.py"):
        os.utime(path, (1, 1))
    assert packed(moved) == first


def test_a_locale_changes_nothing(repo: Path, run: Run) -> None:
    (repo / "ü.txt").write_text("grün\n", "utf-8")
    outputs = {
        run("sous", "bundle", "-o", "-", cwd=repo, env={"LC_ALL": name}).out for name in ("C", "C.UTF-8", "de_DE.UTF-8")
    }
    assert len(outputs) == 1
    assert "grün" in outputs.pop()


def test_nothing_to_pack_is_an_error_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    with pytest.raises(SousError, match="no files to pack"):
        pack_to_file(tmp_path / "output.txt", Order(tmp_path, ("src",)), root=tmp_path)
    assert not (tmp_path / "output.txt").exists()


def test_binary_files_are_listed_but_not_packed(repo: Path) -> None:
    (repo / "logo.png").write_bytes(b"\x89PNG\0")
    stream = io.BytesIO()
    result = pack_to_stream(stream, Order(repo), root=repo)
    text = stream.getvalue().decode()
    assert "\nlogo.png\n" in text
    assert '<file path="logo.png">' not in text
    assert result.left_out == {"logo.png": "binary"}
    assert "(listed only: 1 binary)" in result.summary()


def test_a_bundle_of_ours_is_renewed_when_the_tree_changed(repo: Path) -> None:
    path = repo / "output.txt"
    pack_to_file(path, Order(repo, ("src",)), root=repo)
    assert not renew(path, root=repo)
    (repo / "src" / "new.py").write_text("x\n")
    (repo / "other.py").write_text("x\n")
    assert renew(path, root=repo)
    assert '<file path="new.py">' in path.read_text()
    assert "other.py" not in path.read_text()  # in the way it was packed: src alone


def test_a_bundle_that_somebody_changed_is_left_alone(repo: Path) -> None:
    path = repo / "output.txt"
    pack_to_file(path, Order(repo), root=repo)
    path.write_text(path.read_text() + "my own words\n")
    (repo / "new.py").write_text("x\n")
    assert not renew(path, root=repo)
    assert path.read_text().endswith("my own words\n")


@pytest.mark.skipif(os.name == "nt", reason="measured with getrusage")
def test_memory_does_not_hold_the_repository(tmp_path: Path, run: Run) -> None:
    """100 files of 1 MB are packed within a memory that 20 of them would fill."""
    for number in range(100):
        (tmp_path / f"{number}.txt").write_text("x" * 99 + "\n" + ("y" * 99 + "\n") * 10_000)
    code = (
        "import resource; from pathlib import Path\nfrom sous.bundle.pack import *; from sous.bundle.recipe import *\n"
        "class Sink:\n    def write(self, data): pass\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "pack_to_stream(Sink(), Order(Path('.').resolve()), root=Path('.').resolve(), counting=False)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert int(done.out) < 20_000
