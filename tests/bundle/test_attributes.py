"""`linguist-generated` in .gitattributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.attributes import marked_generated
from sous.bundle.select import File

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def marked(folder: Path, text: str | bytes, *names: str) -> dict[str, str]:
    (folder / ".gitattributes").write_bytes(text if isinstance(text, bytes) else text.encode())
    return marked_generated(File(name, str(folder), name) for name in (".gitattributes", *names))


@pytest.mark.parametrize(
    ("line", "glob"),
    [
        ("*.pb.ts linguist-generated", "**/*.pb.ts"),
        ("api/*.ts text linguist-generated=true", "api/*.ts"),
        ("/api/** linguist-generated -diff", "api/**"),
        ('"api/a.pb.ts" linguist-generated=1', "api/a.pb.ts"),
        ("a.pb.ts\tlinguist-generated\r", "**/a.pb.ts"),
        ("api/{a}.ts linguist-generated\n*.ts linguist-generated", "**/*.ts"),
    ],
)
def test_a_marked_file_has_the_glob_of_its_line(line: str, glob: str, tmp_path: Path) -> None:
    assert marked(tmp_path, f"# all\n{line}\n", "api/a.pb.ts", "b.py") == {"api/a.pb.ts": glob}


@pytest.mark.parametrize(
    "text",
    [
        "*.ts text",
        "# *.ts linguist-generated",
        "*.ts linguist-generated=false",
        "*.ts linguist-generated\n*.ts -linguist-generated",
        "api linguist-generated",  # a folder: attributes are of files
        "api/ linguist-generated",
        "[attr]made linguist-generated",
        "!*.ts linguist-generated",
        "linguist-generated",
        b"\xff\xfe\x00 linguist-generated",
        '"*.ts linguist-generated',
    ],
)
def test_other_files_are_not(text: str | bytes, tmp_path: Path) -> None:
    assert marked(tmp_path, text, "api/a.ts") == {}


def test_one_that_is_taken_back_leaves_no_glob_for_the_others(tmp_path: Path) -> None:
    text = "api/* linguist-generated\napi/b.ts !linguist-generated\n"
    assert marked(tmp_path, text, "api/a.ts", "api/b.ts") == {"api/a.ts": "api/a.ts"}


def test_the_deepest_file_decides(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / ".gitattributes").write_text("b.ts -linguist-generated\n")
    names = ("api/.gitattributes", "api/a.ts", "api/b.ts")
    assert marked(tmp_path, "*.ts linguist-generated", *names) == {"api/a.ts": "**/*.ts"}


def test_the_label_of_a_target_is_in_the_glob(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("gen/* linguist-generated\n")
    files = [File(f"lib/{name}", str(tmp_path), name) for name in (".gitattributes", "gen/a.ts")]
    assert marked_generated(files) == {"lib/gen/a.ts": "lib/gen/*"}


def test_the_summary_of_a_pack_names_them_and_keeps_them(repo: Path, run: Run) -> None:
    (repo / ".gitattributes").write_text("gen/** linguist-generated\n")
    (repo / "gen").mkdir()
    for number in range(12):
        (repo / "gen" / f"{number}.py").write_text("value = [1, 2, 3]\n" * 150)
    for _ in range(2):  # the second time from what is cached
        done = run("sous", "bundle", cwd=repo)
        assert "likely generated: 12 files; --ignore 'gen/**' would save" in done.err
    assert 'path="gen/11.py"' in (repo / "output.txt").read_text()
