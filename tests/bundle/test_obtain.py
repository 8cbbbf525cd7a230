from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.obtain import obtain_bundle
from sous.errors import SousError
from sous.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_none_there_one_is_packed_and_said(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert obtain_bundle(repo, Settings(), pack=True).read_text().startswith("This file holds")
    assert "no output.txt yet, packed repo: 3 files" in capsys.readouterr().err


def test_without_packing_a_missing_bundle_is_an_error(repo: Path) -> None:
    with pytest.raises(SousError, match="sous bundle --project"):
        obtain_bundle(repo, Settings(), pack=False)


@pytest.mark.parametrize("argument", ["{output}", "output.txt"])
def test_the_configured_packer_makes_it(argument: str, repo: Path, fake_bin: Callable[[str, str], Path]) -> None:
    fake_bin("mypack", "open(sys.argv[2], 'w').write(' '.join(sys.argv[1:2]))")
    path = obtain_bundle(repo, Settings(packer=f"mypack 'two words; rm -rf *' {argument}"), pack=True)
    assert path.read_text() == "two words; rm -rf *"


@pytest.mark.parametrize(
    ("packer", "says"),
    [
        ("nosuchpacker -o {output}", "nosuchpacker not found; install it"),
        ("mypack 3 output.txt", "mypack failed with exit code 3"),
        ("mypack 0 output.txt", "the packer wrote no output.txt"),
        ("mypack 0", "does not say where to write"),
        ("mypack 0 {output}", "wrote nothing to the file"),
        ("mypack 'unbalanced", "cannot read the packer's command"),
        (" ", "command is empty"),
    ],
)
def test_a_packer_that_fails_is_told_and_leaves_nothing(
    packer: str, says: str, repo: Path, fake_bin: Callable[[str, str], Path]
) -> None:
    fake_bin("mypack", "sys.exit(int(sys.argv[1]))")
    with pytest.raises(SousError, match=says):
        obtain_bundle(repo, Settings(packer=packer), pack=True)
    assert not (repo / "output.txt").exists()


def test_somebody_elses_bundle_is_taken_as_it_is(repo: Path) -> None:
    (repo / "output.txt").write_text("by another tool\n")
    assert obtain_bundle(repo, Settings(packer="nosuchpacker"), pack=True).read_text() == "by another tool\n"


def test_the_packers_own_words_go_to_stderr(
    repo: Path, fake_bin: Callable[[str, str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    fake_bin("mypack", "print('packing away'); open('output.txt', 'w').write('x')")
    obtain_bundle(repo, Settings(packer="mypack output.txt"), pack=True)
    captured = capfd.readouterr()
    assert "packing away" in captured.err
    assert captured.out == ""
