from __future__ import annotations

from pathlib import Path

import pytest

from scene import packed
from sous.asking.expected import FINDINGS
from sous.asking.foreign import about
from sous.bundle.read import bundle_from

ROOT = Path("/work/demo")


def report(*paths: str) -> str:
    return "\n".join(
        f"## Defect {number}\n\n- **Severity:** high\n- **Location:** `{path}:1-2`\n\nIt is wrong.\n"
        for number, path in enumerate(paths, 1)
    )


def missing(text: str, bundle: str) -> str | None:
    return about(bundle_from(bundle.encode(), None), ROOT, FINDINGS).missing(text)


SENT = packed({"src/app.py": "x = 1\n", "lib/store.py": "# see docs/plan.md\n"})


def test_an_answer_about_other_code_is_none() -> None:
    found = missing(report("web/a.ts", "web/b.ts", "web/c.ts", "web/d.ts"), SENT)
    assert found == (
        "names 4 files, none of which was sent (web/a.ts, web/b.ts, web/c.ts, \u2026): it may be the answer to another "
        "request; try again"
    )


@pytest.mark.parametrize(
    "paths",
    [
        ("web/a.ts", "web/b.ts"),
        ("web/a.ts", "web/b.ts", "web/c.ts", "app.py"),
        ("web/a.ts", "web/b.ts", "web/c.ts", "demo/src/app.py"),
        ("web/a.ts", "web/b.ts", "docs/plan.md"),
    ],
    ids=["two", "one by its end", "one below the root", "one that is spoken of"],
)
def test_one_place_in_what_was_sent_is_enough(paths: tuple[str, ...]) -> None:
    assert missing(report(*paths), SENT) is None


@pytest.mark.parametrize(
    "paths",
    [
        (".github/workflows/ci.yml", "tests/test_load.py", "requirements.txt"),
        ("Makefile", "tests/test_app.py", "LICENSE", "docs/usage.md"),
        ("web/a.ts:3", "web/b.ts:4", "tests/test_c.py"),
    ],
)
def test_files_that_are_missing_are_no_other_code(paths: tuple[str, ...]) -> None:
    text = "\n".join(f"## It is missing\n\n- **Location:** `{path}`\n\nAdd it.\n" for path in paths)
    assert missing(text, SENT) is None


def test_a_quote_without_a_line_is_of_code_that_was_seen() -> None:
    text = "\n".join(
        f"## Wrong\n\n- **Severity:** high\n- **Location:** `web/{name}.ts`\n\n**Quote:**\n\n```ts\nlet x = 1;\n```\n"
        for name in "abc"
    )
    assert "names 3 files" in str(missing(text, SENT))


def test_nothing_is_known_of_a_text_in_no_form() -> None:
    assert missing(report("web/a.ts", "web/b.ts", "web/c.ts"), "Some text.\n") is None


def test_what_else_is_expected_comes_first() -> None:
    assert "without any text" in str(missing("", SENT))
