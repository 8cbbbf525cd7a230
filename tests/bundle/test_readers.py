from __future__ import annotations

import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.bundle.inventory import take_inventory
from sous.bundle.read import bundle_from
from sous.bundle.readers import read_stream
from sous.bundle.readers.scan import Scanner
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run


def files(text: str) -> dict[str, str]:
    return {path: one.text for path, one in bundle_from(text.encode(), None).files.items()}


RUST = """\
Project Path: /x/demo

Source Tree:

```txt
demo
└── a.md
```

`a.md`:

```md
# a

```sh
ls
```

end
```

`src/b.rs`:

```rs
fn b() {}
```

"""


def test_code2prompt_of_rust_is_read_though_texts_hold_its_fence() -> None:
    assert files(RUST) == {"a.md": "# a\n\n```sh\nls\n```\n\nend", "src/b.rs": "fn b() {}"}


def test_its_line_numbers_are_taken_off() -> None:
    text = RUST.replace("fn b() {}", "   1 | fn b() {\n   2 |     1\n   3 | }").replace(
        "# a\n\n```sh\nls\n```\n\nend", "   1 | x\n   2 | "
    )
    found = bundle_from(text.encode(), None)
    assert {path: one.text for path, one in found.files.items()} == {
        "a.md": "x\n\n",
        "src/b.rs": "fn b() {\n    1\n}",
    }
    assert found.reading is not None
    assert found.reading.numbered


YEK = ">>>> README.md\n# Yek\n\ntext\n\n>>>> src/main.rs\nfn main() {}\n"


def test_yek_is_read() -> None:
    assert files(YEK) == {"README.md": "# Yek\n\ntext\n", "src/main.rs": "fn main() {}\n"}


def test_yek_with_its_tree_and_numbers_is_read() -> None:
    text = "Directory structure:\n└── src\n\n>>>> src/main.rs\n  1 | fn main() {}\n  2 | \n>>>> b\n  1 | x"
    assert files(text) == {"src/main.rs": "fn main() {}\n\n", "b": "x"}


def test_yek_json_is_read() -> None:
    assert files(json.dumps([{"filename": "a", "content": "1\n"}, {"filename": "b", "content": ""}], indent=2)) == {
        "a": "1\n",
        "b": "",
    }


AI_DIGEST = (
    "# a.py\n\n```py\nx = 1\n\n```\n\n"
    "# Makefile\n\n```\nall:\n\n```\n\n"
    "# logo.png\n\nThis is a binary file of the type: Image\n\n"
    "# README.md\n\n```md\n# b.py\n\n\\`\\`\\`py\ny\n\\`\\`\\`\n\n```\n\n"
    "# empty.py\n\n```py\n\n```\n\n"
)


def test_ai_digest_is_read() -> None:
    assert files(AI_DIGEST) == {
        "a.py": "x = 1\n",
        "Makefile": "all:\n",
        "README.md": "# b.py\n\n```py\ny\n```\n",
        "empty.py": "",
    }


def test_ai_digest_is_read_where_the_first_file_is_an_image() -> None:
    text = f"# a b.svg\n\nThis is a file of the type: SVG Image\n\n{AI_DIGEST}"
    assert files(text) == files(AI_DIGEST)


def test_a_text_that_closes_a_foreign_entry_does_not_end_it() -> None:
    """Repomix escapes nothing: what comes next tells whether `</file>` was a text's own."""
    inside = '<x>\n</file>\nmore\n</files>\n<file path="no entry"'
    text = f'<files>\n\n<file path="a.xml">\n{inside}\n</file>\n\n<file path="b">\nx\n</file>\n\n</files>\n'
    assert files(text) == {"a.xml": f"{inside}\n", "b": "x\n"}


def test_a_bundle_packed_into_a_bundle_is_one_file_of_it() -> None:
    inner = '<file_summary>\n</file_summary>\n<files>\n<file path="no">\nx\n</file>\n</files>'
    text = f"# File Summary\n\n# Files\n\n## File: inner.txt\n````\n{inner}\n````\n"
    assert files(text) == {"inner.txt": f"{inner}\n"}


@pytest.mark.parametrize(
    "text",
    [
        "plain text\n",
        "# Title\n---\n\ntext\n",
        "# Usage\n\n```\nls\n```\n\n# a.py\n",
        "# b.py\n\n```sh\nls\n```\n",
        "a: 1\n---\nb: 2\n",
        "[1, 2]",
        "{}",
        "\x00",
    ],
)
def test_what_is_no_bundle_is_in_no_known_form(text: str) -> None:
    assert read_stream(io.BytesIO(text.encode())) is None


@pytest.mark.parametrize(
    "text",
    [
        '<files>\n<file path="a">\nx\n',
        "# Files\n\n## File: a\n```\nx\n",
        '{\n  "files": {\n    "a": "x',
        '[{"filename":',
    ],
)
def test_a_bundle_that_breaks_off_is_read_as_far_as_it_goes(text: str) -> None:
    assert files(text) in ({}, {"a": "x\n"}, {"a": "x\n\n"})


@given(st.binary(max_size=300), st.integers(1, 64))
def test_any_bytes_are_read_without_an_error(data: bytes, size: int) -> None:
    for head in (
        b"<files>\n",
        b"# Files\n",
        b"=" * 64 + b"\nFiles\n" + b"=" * 64,
        b'{"files": {',
        b">>>> a\n",
        b"a.b\n---\n",
    ):
        found = read_stream(io.BytesIO(head + data * size))
        if found:
            list(found.files)


def test_numbers_of_a_bundle_without_its_blank_lines_are_kept() -> None:
    text = '<files>\n<file path="a.py">\n 1: x\n 4: y\n11: z\n</file>\n</files>\n'
    (file,) = bundle_from(text.encode(), None).files.values()
    assert file.text == "x\ny\nz\n"
    assert list(file.numbers) == [1, 4, 11]


def test_a_text_that_looks_numbered_in_a_bundle_that_is_not_stays(repo: Path, run: Run) -> None:
    (repo / "src" / "app.py").write_text("1: x\n2: y\n")
    run("sous", "bundle", "src", "--no-line-numbers", cwd=repo)
    assert bundle_from((repo / "output.txt").read_bytes(), None).files["app.py"].text == "1: x\n2: y\n"


def test_memory_goes_with_the_largest_file_and_not_with_the_bundle() -> None:
    class Endless:
        entry = b'<file path="a">\n' + b"x = 1\n" * 20_000 + b"</file>\n\n"
        left = 200

        def read(self, _size: int) -> bytes:
            self.left -= 1
            return self.entry if self.left >= 0 else b""

    tracemalloc.start()
    found = read_stream(Endless())
    assert found is not None
    assert sum(len(file.text) for file in found.files) == 200 * 120_000
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()


def test_marks_are_found_across_blocks() -> None:
    import re

    class Small(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            return super().read(7)

    scan = Scanner(Small(b"x" * 40_000 + b"\n<mark>\nrest"))
    found = scan.to(b"\n<", re.compile(rb"\n<mark>(?=\n)"))
    assert found is not None
    assert len(found[0]) == 40_001
    assert scan.rest() == b"\nrest"


def test_list_shows_what_is_in_a_bundle(repo: Path, run: Run) -> None:
    run("sous", "bundle", cwd=repo)
    done = run("sous", "bundle", "--list", "output.txt", cwd=repo)
    assert done.code == 0, done.err
    assert done.out.splitlines()[0] == "xml, 3 files, 18 tokens, with line numbers"
    assert done.out.splitlines()[1].split() == ["12", "tokens", "2", "lines", "src/app.py"]
    done = run("sous", "bundle", "--list", "output.txt", "--json", cwd=repo)
    assert json.loads(done.out)["files"][0] == {"path": "src/app.py", "lines": 2, "tokens": 12}


def test_list_of_what_is_no_bundle_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("hello\n")
    with pytest.raises(SousError, match="no known format, so there is nothing to list"):
        take_inventory(tmp_path / "x")
    with pytest.raises(SousError, match="name a bundle, or make one"):
        take_inventory(tmp_path / "y")


def test_signatures_that_leave_lines_out_do_not_hide_the_numbers(repo: Path, run: Run) -> None:
    for number in range(12):
        lines = "".join(f"def f{at}(x):\n    y = x\n    return y\n\n\n" for at in range(4))
        (repo / "src" / f"m{number}.py").write_text(lines)
    run("sous", "bundle", "src", "--compress", cwd=repo)
    found = bundle_from((repo / "output.txt").read_bytes(), None)
    assert found.reading is not None
    assert found.reading.numbered
    assert "1: " not in found.files["m3.py"].text
    assert next(iter(found.files["m3.py"].numbers)) == 1


def test_many_empty_files_are_read_in_no_time() -> None:
    entries = "".join(f'<file path="e{number}">\n</file>\n\n' for number in range(20_000))
    assert len(files(f"<files>\n\n{entries}</files>\n")) == 20_000


@pytest.mark.parametrize("text", [RUST, YEK, "a.b\n---\nx\n\n---\nc/d\n---\ny\n\n---\n"])
def test_a_bundle_that_was_turned_to_crlf_is_read(text: str) -> None:
    assert files(text.replace("\n", "\r\n")) == files(text)


def test_code_without_fences_is_read_too() -> None:
    entry = "## File: {}\n\n- Extension: .py\n- Language: python\n- Size: 3 bytes\n\n### Code\n\n{}\n"
    text = "# Table of Contents\n- a.py\n- b.py\n\n" + entry.format("a.py", "x\n") + "\n" + entry.format("b.py", "y")
    assert {path: one.strip() for path, one in files(text).items()} == {"a.py": "x", "b.py": "y"}


@pytest.mark.parametrize(
    "text",
    [
        "# Files\n\nwords\n",
        '{"files": ["a.ts"]}',
        '[{"content": "x", "role": "y"}]',
        "<files>\n</files>\n",
        '{"files": 3}',
    ],
)
def test_what_only_begins_like_a_bundle_is_none(text: str) -> None:
    assert read_stream(io.BytesIO(text.encode())) is None


def test_a_table_with_other_values_is_no_error() -> None:
    assert files('{\n  "files": {\n    "a": 1,\n    "b": "x"\n  }\n}') == {"b": "x"}


def test_a_quote_in_a_path_and_a_title_in_a_text_cost_no_file() -> None:
    assert list(
        files('<files>\n\n<file path="we"ird.py">\nx\n</file>\n\n<file path="b">\ny\n</file>\n\n</files>\n')
    ) == [
        'we"ird.py',
        "b",
    ]
    rule, line = "=" * 64, "=" * 16
    text = f"{rule}\nFiles\n{rule}\n\n{line}\nFile: a\n{line}\n{rule}\nInstruction\nx\n\n{line}\nFile: b\n{line}\ny\n"
    assert files(text) == {"a": f"{rule}\nInstruction\nx\n", "b": "y\n"}


def test_blank_lines_behind_a_mark_do_not_end_a_file() -> None:
    inside = "x\n</file>" + "\n" * 20_000 + "more"
    text = f'<files>\n\n<file path="a">\n{inside}\n</file>\n\n<file path="b">\ny\n</file>\n\n</files>\n'
    assert files(text) == {"a": f"{inside}\n", "b": "y\n"}


def test_front_matter_makes_no_files() -> None:
    text = "./a.md\n---\ntitle\n\n---\nlayout: post\n---\nx\n\n---\n./b.md\n---\ny\n\n---\n"
    assert files(text) == {"a.md": "title\n\n---\nlayout: post\n---\nx", "b.md": "y"}


def test_words_that_name_the_section_do_not_begin_it() -> None:
    head = "<user_provided_header>\nsee\n<files>\nof mine\n</user_provided_header>\n\n"
    assert files(f'{head}<files>\nThe files.\n\n<file path="a">\nx\n</file>\n\n</files>\n') == {"a": "x\n"}


def test_the_last_blank_line_of_a_numbered_text_is_kept() -> None:
    text = "a.b\n---\n1  x\n2  \n\n---\nc.d\n---\n1  y\n\n---\n"
    found = bundle_from(text.encode(), None).files["a.b"]
    assert found.text.count("\n") == len(found.numbers) == 2


def test_texts_full_of_closing_marks_are_read_in_no_time() -> None:
    text = '<files>\n\n<file path="a">\n' + "</file>\nx\n" * 50_000 + "</file>\n\n</files>\n"
    assert files(text) == {"a": "</file>\nx\n" * 50_000}


@pytest.mark.parametrize("path", ["FILE: src/a.py", "File: /src/a.py", "File: \\src\\a.py", "FILE: src\\a.py"])
def test_gitingest_of_all_years_is_read(path: str) -> None:
    rule = "=" * 48
    text = f"Directory structure:\n└── x/\n\n{rule}\n{path}\n{rule}\nx = 1\n\n\n\n{rule}\nFile: b\n{rule}\ny\n\n\n"
    assert files(text) == {"src/a.py": "x = 1\n", "b": "y\n"}


def test_a_log_of_json_lines_is_no_bundle() -> None:
    assert read_stream(io.BytesIO(b'{"type": "system", "files": {"a": 1}}\n{"type": "user"}\n')) is None
