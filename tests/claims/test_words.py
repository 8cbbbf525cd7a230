from __future__ import annotations

import pytest

from sous.claims.words import (
    is_about_fixes,
    is_command,
    is_hypothetical,
    is_introduced,
    is_missing,
    is_to_be_made,
    labels_in,
)


@pytest.mark.parametrize(
    ("text", "label", "is_fix", "is_find"),
    [
        ("**Fix:** call it", "Fix", True, False),
        ("**Fix**: call it", "Fix", True, False),
        ("Fix: call it", "Fix", True, False),
        ("- **Suggested fix**", "Suggested fix", True, False),
        ("**Suggested fix** of it", "Suggested fix", False, False),
        ("> 3) **A possible solution (short):**", "A possible solution (short)", True, False),
        ("\u2705 **Recommendation:** x", "Recommendation", True, False),
        ("**L\u00f6sung:** x", "L\u00f6sung", True, False),
        ("**\u4fee\u590d:** x", "\u4fee\u590d", True, False),
        ("**\u0418\u0441\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u0438\u0435:** x",
         "\u0418\u0441\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u0438\u0435", True, False),
        ("**Evidence:**\nx = 1", "Evidence", False, True),
        ("Current code: x", "Current code", False, True),
        ("**2. Where:** x", "Where", False, True),
        ("**Something else:** x", "Something else", False, False),
    ],
)  # fmt: skip
def test_labels_say_what_is_behind_them(text: str, label: str, is_fix: bool, is_find: bool) -> None:
    found = next(labels_in(text))
    assert (found.text, found.is_fix, found.is_find) == (label, is_fix, is_find)


@pytest.mark.parametrize("text", ["fix: in small letters", "it is a Fix: of it", "`Fix:` x", "a **b"])
def test_what_is_no_label(text: str) -> None:
    assert list(labels_in(text)) == []


@pytest.mark.parametrize(
    ("heading", "is_about"),
    [("2. Recommended changes", True), ("Fixes", True), ("\U0001f6e0 How to do it", True), ("Next steps:", True),
     ("Findings", False), ("The fix broke it all over the place", False), ("", False)],
)  # fmt: skip
def test_headings_about_fixes(heading: str, is_about: bool) -> None:
    assert is_about_fixes(heading) is is_about


@pytest.mark.parametrize(
    ("before", "of_name", "of_file"),
    [
        ("Add a method ", True, True),
        ("It should call ", True, True),
        ("Wrap it in ", True, False),
        ("Move it to ", True, True),
        ("Please use ", True, False),
        ("- Use ", True, False),
        ("- **Using ", True, False),
        ("It is called by the use of ", False, False),
        ("There is no ", True, True),
        ("It was removed. Somebody calls ", False, False),
        ("helpers such as ", True, True),
        ("a helper, e.g. ", True, True),
        ("Add it. Then it calls ", False, False),
        ("It calls ", False, False),
    ],
)
def test_what_is_asked_for_need_not_be_there(before: str, of_name: bool, of_file: bool) -> None:
    assert (is_hypothetical(before), is_to_be_made(before)) == (of_name, of_file)


@pytest.mark.parametrize(
    ("behind", "expected"),
    [("` is missing", True), ("` does not exist", True), ("`** isn't actually used", True), ("()` was removed", True),
     ("` method is never called", True), ("` is called", False), ("` is there. It is missing", False)],
)  # fmt: skip
def test_what_is_missing_is_said_right_behind_it(behind: str, expected: bool) -> None:
    assert is_missing(f"`name{behind}", len("`name")) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("The function `name` loops", True), ("the `name` helper", True),
     ("the **class `name`** x", True), ("`name` loops", False), ("a functional `name` x", False)],
)  # fmt: skip
def test_names_are_introduced(text: str, expected: bool) -> None:
    start = text.index("`")
    assert is_introduced(text, start, start + len("`name`")) is expected


def test_a_command_of_many_options_is_told_in_linear_time() -> None:
    assert is_command("tool --all -b=c build --level 3")
    assert not is_command("tool --all" + " -b=c" * 2000 + " (")
