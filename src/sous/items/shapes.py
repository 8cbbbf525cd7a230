"""The shapes in which files list items: several small recognisers, each says how sure it is.

The surest holds.

No single rule reads even half of the lists in the wild. What helps most is that items are siblings:
they are counted, call themselves by one word, or have the same fields.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from sous.document.counted import marked, numbered, worded
from sous.items.outline import Field, Node, Outline, sections
from sous.items.words import (
    FIELDS,
    PARTS,
    STRONG,
    TITLES,
    is_about_else,
    is_about_issues,
    is_no_title,
    said_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SHAPES = (
    "headings (`## Title` with fields such as **Location:** below, `### 3. Title`, `## Issue 3: Title`), bold "
    "titles in a list or alone, rows of a table, check boxes, `gh issue create` commands"
)

_WHERE = ("location", "target")
_WORDS = 3  # of the name of a field
_OWN = 2.0  # of sections of our own shape: nothing else counts beside them
_SURE = 1.0  # of titles that call themselves issues: nothing else is looked at


class Found(NamedTuple):
    """An item: the node that is its title, and the line where it ends."""

    node: Node
    end: int


class _Family(NamedTuple):
    """Items of one shape, and how sure it is that they are items, from 0 to 1."""

    sure: float
    items: Sequence[Found]

    @property
    def score(self) -> float:
        return self.sure * math.sqrt(len(self.items))


def find_items(outline: Outline) -> list[Found]:
    """Return the items of a file in their order, none where it has no list of items."""
    places = [False, True] if any(node.is_wrapped for node in outline.nodes) else [False]
    for wrapped in places:  # what is inside fences counts where nothing outside does
        families = list(_titled(outline, wrapped=wrapped))
        own = [family for family in families if family.sure >= _OWN]
        surest = [family for family in families if family.sure >= _SURE and len(family.items) > 1]
        best = (
            _best(own)
            or _best(surest)
            or _best(families)
            or _best(_listed(outline, wrapped=wrapped))
        )
        if best:
            return _without_closing(outline, best)
    return []


def _best(families: Iterable[_Family]) -> list[Found]:
    return list(max(families, key=lambda family: family.score, default=_Family(0, ())).items)


def _titled(outline: Outline, *, wrapped: bool) -> Iterator[_Family]:
    for level in range(1, 7):
        found = [Found(node, end) for node, end in sections(outline, level, wrapped=wrapped)]
        yield from _headings(outline, found)
    yield from _bold(outline, wrapped=wrapped)
    yield from _bold_list(outline, wrapped=wrapped)
    yield from _by_title_fields(outline, wrapped=wrapped)


def _listed(outline: Outline, *, wrapped: bool) -> Iterator[_Family]:
    """Yield what is taken for items where nothing else can be."""
    commands = [node for node in outline.nodes if node.kind == "command"]
    if commands:
        yield _Family(
            0.9, [Found(node, _next(commands, at, node.stop)) for at, node in enumerate(commands)]
        )
        return
    plain = [
        node
        for node in outline.nodes
        if node.kind == "item" and node.level == 0 and node.is_wrapped == wrapped
    ]
    fielded = [
        node
        for node in plain
        if {field.name for field in _fields_in(outline, node.end, node.stop)} & STRONG
    ]
    if len(fielded) > 1:
        yield _Family(0.7, list(_items_of_list(outline, fielded)))
    rows = list(_rows(outline, wrapped=wrapped))
    if rows:
        yield _Family(0.7, rows)
    boxes = [
        node
        for node in outline.nodes
        if node.kind == "box" and node.level == 0 and node.is_wrapped == wrapped
    ]
    if len(boxes) > 1 and not _is_one_issue(outline):
        good = [
            Found(node, node.stop) for node in boxes if not is_about_else(_above(outline, node))
        ]
        if any(is_about_issues(_all_above(outline, one.node)) for one in good):
            yield _Family(0.5, good)
    if _is_one_issue(outline):
        first = next(node for node in outline.nodes if node.kind == "heading" and node.level == 1)
        yield _Family(0.6, [Found(first, outline.lines)])


def _next(nodes: Sequence[Node], at: int, stop: int) -> int:
    return min(stop, nodes[at + 1].line) if at + 1 < len(nodes) else stop


def _headings(outline: Outline, found: list[Found]) -> Iterator[_Family]:
    """Yield headings of one level that are items: by their words, their numbers, or the fields below them."""
    of_word = [one for one in found if marked(one.node.text)]
    if of_word:
        yield _Family(
            1.0, [one for one in found if one in of_word or _names(outline, one) & STRONG]
        )
    words = Counter(said.word for one in found if (said := worded(one.node.text)))
    for word, count in words.items():
        if count > 1 and not of_word:
            yield _Family(0.9, [one for one in found if _has_word(one, word)])
    with_number = [
        one
        for one in found
        if numbered(one.node.text) and not is_about_else(_above(outline, one.node))
    ]
    fielded = _with_fields(outline, found)
    own = [one for one in found if _is_own(outline, one)]
    if own:
        chosen = {*own, *of_word, *fielded}
        yield _Family(_OWN, [one for one in found if one in chosen])
    if len(with_number) > 1 or (with_number and fielded):
        share = sum(
            one in fielded or bool(_names(outline, one) & STRONG) for one in with_number
        ) / len(with_number)
        about = sum(
            is_about_issues(_all_above(outline, one.node)) or bool(said_in(one.node.text).severity)
            for one in with_number
        ) / len(with_number)
        if share >= 0.3 or about >= 0.5:  # noqa: PLR2004
            yield _Family(0.9, with_number)
    if fielded:
        yield _Family(0.8, fielded)


def _is_own(outline: Outline, one: Found) -> bool:
    """Tell whether a heading is `## …` with the field right below that says where, as in our own reports."""
    deeper = outline.headings_between(one.node.line + 1, one.end)
    end = deeper[0].line if deeper else one.end
    fields = outline.fields_between(one.node.line + 1, end)
    return one.node.level == 2 and any(  # noqa: PLR2004
        field.name in _WHERE and field.kind == "bold" for field in fields
    )


def _has_word(one: Found, word: str) -> bool:
    said = worded(one.node.text)
    return said is not None and said.word == word


def _with_fields(outline: Outline, found: Sequence[Found]) -> list[Found]:
    """Return the headings whose sections say what only items say, or the same things as their siblings."""
    titled = [one for one in found if not is_no_title(one.node.text)]
    names = {one: _names(outline, one) for one in titled}
    strong = [one for one in titled if names[one] & STRONG and len(names[one] & FIELDS) > 1]
    counts = Counter(name for one in titled for name in names[one])
    common = {name for name, count in counts.items() if count > 1 and count * 2 >= len(titled)}
    about = any(is_about_issues(_all_above(outline, one.node)) for one in titled)
    if len(common) > 1 and (common & FIELDS or about):
        alike = [one for one in titled if len(names[one] & common) > 1]
        if any(is_about_issues(_all_above(outline, one.node)) for one in alike) or common & STRONG:
            chosen = {*alike, *strong}
            return [one for one in titled if one in chosen]
    return strong


def _names(outline: Outline, one: Found) -> frozenset[str]:
    """Return the names of the fields of an item; those of items inside it are not its own."""
    level, first, last = one.node.level, one.node.line + 1, one.end
    fields = outline.fields_between(first, last)
    counts = Counter(
        one.name for one in fields if one.kind != "plain" or len(one.name.split()) <= _WORDS
    )
    deeper = [node for node in outline.headings_between(first, last) if node.level > level]
    is_group = sum(bool(marked(node.text) or numbered(node.text)) for node in deeper) > 1
    if is_group or any(
        counts[name] > 1 for name in counts if name in STRONG and name in ("location", "severity")
    ):
        return frozenset()  # a group of items
    return frozenset(counts)


def _bold(outline: Outline, *, wrapped: bool) -> Iterator[_Family]:
    nodes = [node for node in outline.nodes if node.kind == "bold" and node.is_wrapped == wrapped]
    for sure, known in ((0.95, marked), (0.7, numbered)):
        titles = [node for node in nodes if _known(known, node)]
        if known is numbered and (
            len(titles) < 2  # noqa: PLR2004
            or not any(is_about_issues(_all_above(outline, node)) for node in titles)
        ):
            continue
        if titles:
            yield _Family(sure, list(_to_the_next(outline, titles)))


def _known(known: Callable[[str], object], node: Node) -> bool:
    return known(node.text) is not None


def _to_the_next(outline: Outline, titles: Sequence[Node]) -> Iterator[Found]:
    """Yield titles that are no headings: each reaches to the next one, or a heading."""
    for node, following in zip_longest(titles, titles[1:]):
        last = following.line if following else outline.lines
        yield Found(
            node, min([last, *(one.line for one in outline.headings_between(node.line + 1, last))])
        )


def _bold_list(outline: Outline, *, wrapped: bool) -> Iterator[_Family]:
    """Yield the bold beginnings of list items, under headings that speak of issues or with the fields of items."""
    nodes = [
        node
        for node in outline.nodes
        if node.kind == "list"
        and node.level == 0
        and node.is_wrapped == wrapped
        and not _is_field(outline, node)
    ]
    texts = Counter(node.text for node in nodes)
    good = [
        node for node in nodes if texts[node.text] == 1 and not is_about_else(_above(outline, node))
    ]
    about = [node for node in good if is_about_issues(_all_above(outline, node))]
    counts = Counter(
        field.name
        for node in good
        for field in _fields_in(outline, node.line + 1, node.stop)
        if field.kind == "bold"
    )
    has_fields = any(count * 2 >= len(good) and name in FIELDS for name, count in counts.items())
    chosen = good if has_fields else about
    if len(chosen) > 1 or (chosen and has_fields):
        yield _Family(
            0.7 if has_fields or len(about) == len(good) else 0.6,
            list(_items_of_list(outline, chosen)),
        )


def _items_of_list(outline: Outline, nodes: Sequence[Node]) -> Iterator[Found]:
    """Yield list items.

    Text that belongs to one but is not indented, as models write it, is taken along.
    """
    for node, following in zip_longest(nodes, nodes[1:]):
        last = following.line if following else outline.lines
        headings = [one.line for one in outline.headings_between(node.line + 1, last)]
        end = min([last, *headings, *outline.rules_between(node.line, last)])
        fields = any(True for _ in _fields_in(outline, node.stop, end))
        code = any(node.stop <= first < end for first, _, _ in outline.codes)
        yield Found(node, end if fields or code else min(end, node.stop))


def _is_field(outline: Outline, node: Node) -> bool:
    own = outline.fields_between(node.line, node.line + 1)
    return any(field.kind == "bold" and field.name in FIELDS for field in own)


def _fields_in(outline: Outline, first: int, last: int) -> Iterator[Field]:
    return (field for field in outline.fields_between(first, last) if field.kind != "heading")


def _by_title_fields(outline: Outline, *, wrapped: bool) -> Iterator[_Family]:
    titles = [field for field in outline.fields if field.name in TITLES and field.value]
    fields = [field for field in titles if field.kind == "bold"] or (
        titles if len(titles) > 1 else []
    )
    nodes = [
        Node("field", 0, field.line, field.line + 1, field.value, 0, "", wrapped, (), field.box)
        for field in fields
    ]
    if nodes:
        yield _Family(0.75, list(_to_the_next(outline, nodes)))


_TITLE_COLUMNS = (
    "title", "issue", "name", "finding", "feature", "problem", "missing test", "test case", "test", "case", "scenario",
    "behaviour", "behavior", "bug", "summary", "description", "task", "gap", "titel", "problema", "название",
    "проблема", "тест", "标题", "问题", "测试", "タイトル", "問題", "テスト",
)  # fmt: skip


def _rows(outline: Outline, *, wrapped: bool) -> Iterator[Found]:
    for node in outline.nodes:
        if node.kind != "row" or node.is_wrapped != wrapped or is_about_else(_above(outline, node)):
            continue
        heads = [head for head, _ in node.cells]
        column = next((heads.index(name) for name in _TITLE_COLUMNS if name in heads), None)
        if column is None or not (
            is_about_issues(_all_above(outline, node)) or len(set(heads) & FIELDS) > 1
        ):
            continue
        title = node.cells[column][1].strip()
        if re.search(r"\w", title):
            yield Found(node._replace(text=title), node.stop)


def _above(outline: Outline, node: Node) -> str:
    """Return the heading that a node stands under, empty where there is none."""
    return next(iter(outline.above(node)), "")


def _all_above(outline: Outline, node: Node) -> str:
    """Return all headings that a node stands under, joined."""
    return "; ".join(outline.above(node))


def _is_one_issue(outline: Outline) -> bool:
    """Tell whether a file as a whole is an issue: one title, and sections that the form of an issue has."""
    headings = outline.headings
    first = [node for node in headings if node.level == 1]
    if len(first) != 1 or headings[0] is not first[0] or is_no_title(first[0].text):
        return False
    known = [
        node for node in headings[1:] if re.match(rf"\W*(?:{PARTS})", node.text, re.IGNORECASE)
    ]
    has_boxes = any(node.kind == "box" for node in outline.nodes)
    others = [node for node in headings[1:] if is_about_else(node.text)]
    return len(known) + has_boxes > 2 and not others  # noqa: PLR2004


def _without_closing(outline: Outline, found: list[Found]) -> list[Found]:
    """End the last item at the rule behind it, where rules part the others: what follows closes the whole."""
    between = [
        outline.rules_between(one.node.line, following.node.line)
        for one, following in pairwise(found)
    ]
    parted = sum(
        any(not _is_before_more(outline, rule, following.node.line) for rule in rules)
        for rules, following in zip(between, found[1:], strict=True)
    )
    last = found[-1]
    rule = next((rule for rule in outline.rules if last.node.line < rule < last.end), None)
    if (
        not between
        or parted * 2 < len(between)
        or rule is None
        or any(len(rules) > 1 for rules in between)
    ):
        return found
    return [*found[:-1], last._replace(end=rule)]


def _is_before_more(outline: Outline, rule: int, line: int) -> bool:
    """Tell whether between a rule and the next title stands more than headings."""
    return any(node.kind != "heading" for node in outline.nodes_between(rule + 1, line))
