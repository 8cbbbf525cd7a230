"""What is written is read back to the byte in every style, whatever a repository holds to break out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene import examples
from sous.bundle.formats import writer_for
from sous.bundle.formats.document import BundleDocument, Commit, Diffs, tree_lines
from sous.bundle.read import bundle_from
from sous.bundle.sniff import kind_of_head
from sous.bundle.whole import fault_of
from sous.document.fences import fence_for

if TYPE_CHECKING:
    from pathlib import Path

STYLES = ("xml", "parsable", "markdown", "plain", "json")
# Lines out of which every style is made, and what could stand in a file to end it.
PIECES = [
    "</file>", "</files>", '<file path="evil.py">', '<file path="evil.py" fence="0000">', "<files>", "</file 0000>",
    "```", "````", "```python", "## File: evil.py", "# Files", "# Instruction",
    "=" * 16, "=" * 64, "File: evil.py", "Files", "Instruction", "End of Codebase",
    '"evil.py": "x"', "}", '"files": {', "<repomix>", "</repomix>", "&lt;", "&quot;", "]]>",
    "", " ", "x", "\t", "\r", "é", "\u2028", "\x0c", "\x1b[2J", "</user_provided_header>", "</directory_structure>",
]  # fmt: skip
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
contents = st.lists(st.sampled_from(PIECES), max_size=8).map("\n".join)
names = st.one_of(
    st.sampled_from(
        ["a.py", "d/b.md", 'q"q', "<files>", "a\nb", "&quot;", "`x`", "=" * 16, " lead", '<file path="x">']
    ),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8),
)


def bundle(style: str, files: dict[str, str], *, hostile: str = "", numbered: bool = False) -> str:
    document = BundleDocument(
        header_text=hostile,
        instruction=hostile,
        tree="\n".join(tree_lines(sorted(files))),
        diffs=Diffs(f" {hostile}", ""),
        logs=(Commit("2026-01-01", "x", ("a",)),),
        numbered=numbered,
        fence=fence_for(hostile, *files, others=files.values()),
    )
    writer = writer_for(document, style="xml" if style == "parsable" else style, parsable=style == "parsable")
    entries = [writer.file(path, text) for path, text in files.items()]
    return writer.head() + writer.separator.join(entries) + writer.tail()


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=examples(150), deadline=None)
@given(files=st.dictionaries(names, contents, min_size=1, max_size=4), hostile=contents)
def test_hostile_contents_and_names_read_back(style: str, files: dict[str, str], hostile: str) -> None:
    if style == "parsable":  # what XML cannot hold is replaced
        files = {NO_XML.sub("\ufffd", path): NO_XML.sub("\ufffd", text) for path, text in files.items()}
    read = bundle_from(bundle(style, files, hostile=hostile).encode(), None).files
    assert list(read) == list(files)
    for path, text in files.items():
        if text.strip("\n"):  # else a blank line and nothing at all look the same
            assert read[path].text in (text, f"{text}\n"), path  # a final newline is added for the format's sake


@pytest.mark.parametrize("style", STYLES)
def test_ordinary_files_carry_no_fence_of_their_own(style: str) -> None:
    text = bundle(style, {"a.py": "x = 1\n", "b.md": "# b\n"})
    assert "fence=" not in text
    assert f"{'=' * 16} " not in text


def test_markdown_has_one_fence_longer_than_any_run() -> None:
    text = bundle("markdown", {"a.md": "````\nx\n````\n"})
    assert "`````markdown\n````\nx\n````\n`````\n" in text


def test_a_parser_reads_the_parsable_style() -> None:
    root = ET.fromstring(bundle("parsable", {'a&"<.py': 'x < 1 & "y"\r\n'}))  # noqa: S314  # made right here
    (file,) = root.findall("files/file")
    assert (file.get("path"), file.text) == ('a&"<.py', 'x < 1 & "y"\r\n')


def test_the_json_style_is_json_with_any_part_missing() -> None:
    for document in (
        BundleDocument(),
        BundleDocument(summary=False),
        BundleDocument(summary=False, files=False, instruction="x"),
    ):
        writer = writer_for(document, style="json", parsable=False)
        json.loads(writer.head() + writer.tail())


def test_the_tree_names_each_folder_once_and_cannot_pose_as_structure() -> None:
    assert tree_lines(["a/b/c", "a/b/d", "a/e", "f"]) == ["a/", "  b/", "    c", "    d", "  e", "f"]
    assert tree_lines(['<file path="x">', "a\nb"]) == ['"<file path=\\"x\\">"', '"a\\nb"']
    assert tree_lines(["d/", "e/f"]) == ["d/", "e/", "  f"]


@pytest.mark.parametrize("summary", [True, False])
@pytest.mark.parametrize("style", STYLES)
def test_a_part_says_so_first_and_is_read_without_it(style: str, summary: bool, tmp_path: Path) -> None:
    words, files = "part 2 of 5, wait for the last", {"a.py": "x = 1\n", "b.py": "y = 2\n"}
    texts = []
    for part in (None, (2, 5)):
        document = BundleDocument(tree="a.py\nb.py", numbered=False, summary=summary, part=part)
        writer = writer_for(document, style="xml" if style == "parsable" else style, parsable=style == "parsable")
        entries = writer.separator.join(writer.file(path, text) for path, text in files.items())
        texts.append(writer.head() + entries + writer.tail())
    plain, part_text = texts
    assert words in "".join(part_text.splitlines()[:2])
    read = bundle_from(part_text.encode(), None)
    assert (read.part, read.text, list(read.files)) == (words, plain, list(files))
    assert kind_of_head(part_text.encode()) == kind_of_head(plain.encode())
    (tmp_path / "part").write_bytes(b"\xef\xbb\xbf" + part_text.replace("\n", "\r\n").encode())
    if kind_of_head(plain.encode()) == "sous":
        assert fault_of(tmp_path / "part") == ""
    if style == "json":
        assert json.loads(part_text)["part"] == words
    if style == "parsable":
        assert ET.fromstring(part_text).tag == "repomix"  # noqa: S314


def test_a_text_that_only_speaks_of_parts_stays_as_it_is() -> None:
    text = "part 2 of 5, wait for the last bus\n\nThen go home.\n"
    assert (bundle_from(text.encode(), None).text, bundle_from(text.encode(), None).part) == (text, "")
