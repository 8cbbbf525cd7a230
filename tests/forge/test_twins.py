from __future__ import annotations

from dataclasses import replace

from sous.forge.body import duplicate_body, mark_in, marked_body
from sous.forge.forge import Issue
from sous.forge.twins import OwnIssues, unseen

IDENTITY = "a" * 64
BODY = marked_body(IDENTITY, "A title", content="content", text="text")


def issue(number: int, *, is_open: bool = True, is_mine: bool = True, body: str = BODY) -> Issue:
    return Issue(number, "", "A title", body, is_open, is_mine=is_mine)


def own(*issues: Issue) -> OwnIssues:
    found = OwnIssues()
    for one in issues:
        found.add(one)
    return found


def kept(found: OwnIssues) -> int | None:
    there = found.kept(IDENTITY)
    return there[0].number if there else None


def duplicate(number: int, of: int) -> Issue:
    mark = mark_in(BODY)
    assert mark
    return issue(number, is_open=False, body=duplicate_body("A title", BODY, mark, of))


def test_the_oldest_that_is_open_is_kept() -> None:
    assert kept(own(issue(3), issue(2), issue(1, is_open=False))) == 2


def test_the_oldest_is_kept_where_all_are_closed() -> None:
    assert kept(own(issue(3, is_open=False), issue(2, is_open=False))) == 2


def test_a_closed_duplicate_stands_for_nothing() -> None:
    found = own(duplicate(3, of=1))
    assert kept(found) is None
    assert found.missing([IDENTITY, "b" * 64]) == [IDENTITY, "b" * 64]


def test_what_others_wrote_is_no_issue_of_ours() -> None:
    found = own(replace(issue(1), is_ours=False), issue(2, body="text"))
    assert found.by_finding == {}
    assert found.numbers == {1, 2}


def test_only_our_own_younger_issues_that_nobody_edited_are_duplicates() -> None:
    edited = issue(4, body=f"more {BODY}")
    reopened = replace(duplicate(5, of=1), is_open=True)
    found = own(issue(1), issue(2), issue(3, is_mine=False), edited, reopened, issue(6, is_open=False))
    assert [one.number for one, _ in found.duplicates(IDENTITY, set())] == [2]
    assert [one.number for one, _ in found.duplicates(IDENTITY, {3})] == [2, 3]


def test_numbers_that_a_late_list_lacks() -> None:
    found = own(issue(3), issue(5))
    assert list(unseen(found, {5, 7}, 2, most=9)) == [7, 6, 4]
    assert list(unseen(found, {7}, 2, most=2)) == [7, 6]
    assert list(unseen(found, set(), 2, most=9)) == []
