from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.content import read_content
from sous.bundle.editorconfig import editors_charset
from sous.bundle.select import File

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "charset"),
    [
        ("a.txt", "latin1"),
        ("d/b.txt", "latin1"),
        ("d/c.md", "utf-8"),
        ("d/e/x.txt", None),
        ("a.py", None),
        ("src/a.c", "cp437"),
        ("d/src/a.c", None),
    ],
)
def test_the_nearest_file_that_gives_a_charset_decides(name: str, charset: str | None, tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    text = "charset = x\n[*.txt]\nindent_size = 2\nCharset = Latin1\n[src/*.c]\ncharset=cp437\n[[z-a]]\ncharset=no\n"
    (tmp_path / ".editorconfig").write_text(text)
    (tmp_path / "d" / ".editorconfig").write_text("[*.md]\ncharset = utf-8\n")
    (tmp_path / "d" / "e" / ".editorconfig").write_text("root = true\n")
    assert editors_charset(File(name, str(tmp_path), name)) == charset


def test_a_file_is_read_as_its_editor_reads_it(tmp_path: Path) -> None:
    (tmp_path / ".editorconfig").write_text("[*]\ncharset = cp437\n")
    (tmp_path / "a.txt").write_bytes("│ é".encode("cp437"))
    content = read_content(File("a.txt", str(tmp_path), "a.txt"), 100)
    assert (content.text, content.note) == ("│ é", "")
