from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.runner.blobs import read_texts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_texts_are_read_at_once_and_missing_ones_left_out(tmp_path: Path, kind: str) -> None:
    git(tmp_path, "init", "-q", f"--object-format={kind}", ".")
    texts = ["one\n", "", "two\nblob 3\n"]
    names = []
    for text in texts:
        (tmp_path / "x").write_text(text)
        names.append(git(tmp_path, "hash-object", "-w", "x").strip())
    missing = "0" * (len(names[0]) - 1) + "1"
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "start")
    assert read_texts(tmp_path, [names[0], missing, *names, names[2]]) == dict(zip(names, texts, strict=True))
    assert read_texts(tmp_path, []) == {}
