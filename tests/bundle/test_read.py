from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sous.bundle.formats import writer_for
from sous.bundle.formats.document import BundleDocument
from sous.bundle.read import bundle_from, files_newer_than_bundle, read_bundle
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json"])
def test_the_files_of_our_bundle_are_read_back(style: str, repo: Path, run: Run) -> None:
    run("sous", "bundle", "--no-line-numbers", "--style", style, cwd=repo)
    files = read_bundle(repo / "output.txt").files
    assert files["src/app.py"].text == "def add(a, b):\n    return a - b\n"
    assert list(files) == ["src/app.py", ".gitignore", "README.md"]


@pytest.mark.parametrize("data", [b"", b" \n\n"])
def test_an_empty_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(SousError, match="nothing came on stdin; give it a bundle. Nothing was sent"):
        bundle_from(data, None)


def test_bytes_that_are_no_utf8_are_said_and_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle_from(b"caf\xe9\n", None).text == "caf\ufffd\n"
    assert "byte 3 is not UTF-8" in capsys.readouterr().err


def test_line_ends_stay_as_they_are() -> None:
    assert bundle_from(b"a\r\nb\rc\n", None).text == "a\r\nb\rc\n"


def test_a_missing_bundle_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="sous bundle"):
        read_bundle(tmp_path / "output.txt")


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json", "parsable"])
def test_the_fingerprint_leaves_out_the_report_itself(style: str) -> None:
    def bundle(readme: str, code: str) -> str:
        writer = writer_for(
            BundleDocument(), style="xml" if style == "parsable" else style, parsable=style == "parsable"
        )
        entries = [writer.file("README.md", f"{readme} <\n"), writer.file("a", code)]
        text = writer.head() + writer.separator.join(entries) + writer.tail()
        return bundle_from(text.encode(), None).fingerprint(without={"README.md"})

    assert bundle("one", "x") == bundle("two", "x")
    assert bundle("one", "x") != bundle("one", "y")


def test_files_changed_after_packing_are_told(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    os.utime(repo / "README.md", (2_000_000_000, 2_000_000_000))
    assert files_newer_than_bundle(read_bundle(repo / "output.txt"), repo) == ["README.md"]


def test_a_bundle_in_an_unknown_form_has_no_files_and_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "output.txt").write_text("plain text\n")
    bundle = read_bundle(tmp_path / "output.txt")
    assert bundle.files == {}
    assert files_newer_than_bundle(bundle, tmp_path) == []
