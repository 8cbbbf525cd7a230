from __future__ import annotations

import pytest

from sous.reports.findings import Finding, folded, split_report
from sous.reports.merge import PartAnswer, drafts_of, merge_answers


def finding(title: str = "T", *, severity: str = "high", place: str = "a.py:3-4", quote: str = "x = 1") -> str:
    return (
        f"## {title}\n\n- **Labels:** bug\n- **Severity:** {severity}\n- **Location:** `{place}`\n\n"
        f"**Quote:**\n\n```python\n{quote}\n```\n\n**How to fix:**\n\n```python\nfixed\n```\n"
    )


def only(text: str) -> Finding:
    (found,), _ = split_report(text)
    return found


def test_a_finding_is_read_with_its_place_and_its_quote() -> None:
    found = only(finding())
    assert (found.title, found.severity, found.path, found.first, found.last) == ("T", "high", "a.py", 3, 4)
    assert found.quote == "x = 1\n"
    assert found.source == finding()


@pytest.mark.parametrize(
    ("place", "path", "first", "last"),
    [("a.py", "a.py", None, None), ("./a/b.py:7", "a/b.py", 7, 7), ("a\\b.py:1\u20132", "a/b.py", 1, 2),
     ("C:/x.py:1-2", "C:/x.py", 1, 2)],
)  # fmt: skip
def test_places_are_read_in_their_forms(place: str, path: str, first: int | None, last: int | None) -> None:
    found = only(finding(place=place))
    assert (found.path, found.first, found.last) == (path, first, last)


def test_headings_inside_code_are_no_findings() -> None:
    text = finding(quote="## Not a title\n\n- **Location:** `b.py:1-1`")
    assert only(text).source == text


def test_the_identity_is_path_quote_and_kind_and_not_title_or_line() -> None:
    one = only(finding("One", place="a.py:3-4", quote="  x = 1"))
    two = only(finding("Two", place="a.py:90-91", quote="3: x  =  1"))
    assert one.identity == two.identity
    assert one.identity != only(finding(place="b.py:3-4")).identity
    assert one.identity != only(finding(quote="x = 2")).identity
    assert one.identity != only(finding().replace("- **Labels:**", "- **Target:** `f`\n- **Labels:**")).identity


def test_without_a_quote_the_title_counts() -> None:
    one, two = (only(f"## {title}\n\n- **Location:** `a.py:1-1`\n") for title in ("The Title", "the  title"))
    assert one.identity == two.identity


def test_numbers_are_taken_off_a_quote_only_from_all_lines() -> None:
    assert folded(" 9: a\n10: b") == "a b"
    assert folded("1: a\nb") == "1: a b"


def test_a_merged_report_has_each_finding_once_the_worst_first() -> None:
    first = finding("Low", severity="low", quote="a") + "\n" + finding("Twice", place="b.py:1-1", quote="b")
    second = finding("Again", place="b.py:9-9", quote="b") + "\n" + finding("Worst", severity="critical", quote="c")
    merged = merge_answers([PartAnswer("`a.py`", first), PartAnswer("`b.py`", second)])
    assert [found.title for found in split_report(merged)[0]] == ["Worst", "Twice", "Low"]


def test_prose_stays_under_its_part_and_below_its_heading() -> None:
    text = "Some words.\n\n# Big\n\n```sh\n# no heading\n```\n\n## Notes\n\nmore\n"
    merged = merge_answers([PartAnswer("`a.py`", finding()), PartAnswer("`b.py`", text)])
    assert merged.endswith(
        "## Part 2 of 2: `b.py`\n\nSome words.\n\n## Big\n\n```sh\n# no heading\n```\n\n### Notes\n\nmore\n"
    )


def test_nothing_found_in_any_part_is_said_once_and_each_reason_kept() -> None:
    merged = merge_answers([PartAnswer(f"`{n}`", f"## No findings\n\nRead {n}.\n") for n in "ab"])
    assert merged.startswith("## No findings\n\n## Part 1 of 2: `a`\n\n### No findings\n\nRead a.\n")
    assert "Read b." in merged


def test_drafts_name_their_part() -> None:
    assert drafts_of([PartAnswer('`a"b`', "# X\n")]) == '<draft of="`ab`">\n# X\n</draft>\n\n'


def test_two_findings_of_one_answer_on_one_quote_both_stay() -> None:
    one = finding("Overflow", quote="a") + "\n" + finding("Off by one", quote="a")
    merged = merge_answers([PartAnswer("`a.py`", one), PartAnswer("`b.py`", finding("Again", quote="a"))])
    assert [found.title for found in split_report(merged)[0]] == ["Overflow", "Off by one"]


def test_tests_for_different_targets_are_different() -> None:
    text = "## Missing tests\n\n- **Target:** `{}`\n- **Test file:** `t.py`\n"
    merged = merge_answers([PartAnswer("`a`", text.format("one")), PartAnswer("`b`", text.format("two"))])
    assert len(split_report(merged)[0]) == 2


@pytest.mark.parametrize("odd", ["\x0c", "\u2028", "\x85", "\x0b", "\x1c"])
def test_only_line_feeds_end_lines(odd: str) -> None:
    first = finding("A", quote=f"x{odd}y")
    found, rest = split_report(first + "\n" + finding("B"))
    assert [one.source.strip("\n") for one in found] == [first.strip("\n"), finding("B").strip("\n")]
    assert not rest.strip()


@pytest.mark.parametrize("end", ["```python\nopen", "<!-- open", "~~~~\nopen\n~~~"])
def test_an_answer_that_ends_inside_something_swallows_nothing(end: str) -> None:
    merged = merge_answers(
        [
            PartAnswer("`a`", finding("One", severity="critical") + f"\n{end}\n"),
            PartAnswer("`b`", finding("Two", quote="z")),
        ]
    )
    assert [found.title for found in split_report(merged)[0]] == ["One", "Two"]


def test_an_underlined_line_begins_no_finding() -> None:
    text = finding("One") + "\n**Acceptance:** a\n---\n"
    assert only(text).source == text


def test_headings_inside_quotes_and_lists_stay_what_they_are() -> None:
    merged = merge_answers([PartAnswer("`a`", "> # quoted\n\n- # item\n\n# own\n"), PartAnswer("`b`", "x\n")])
    assert "> # quoted\n\n- # item\n\n## own\n" in merged


@pytest.mark.parametrize("form", ["{}: {}", "{} | {}", "  {} | {}", "{}| {}", "{} │ {}", "{}\t{}", "{}  {}"])
def test_line_numbers_before_a_quote_are_no_part_of_its_identity(form: str) -> None:
    def identity(lines: list[str]) -> str:
        quote = "\n".join(lines)
        section = f"## T\n\n- **Location:** `a.py:2-3`\n\n**Quote:**\n\n```python\n{quote}\n```\n"
        return split_report(section)[0][0].identity

    bare = ["    return a - b", "    x = 1"]
    assert identity([form.format(number, line) for number, line in enumerate(bare, 2)]) == identity(bare)
