from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene import examples
from sous.bundle.limits import PartLimit
from sous.bundle.parts import cut, entry_of, pasted_parts, split_bundle
from sous.bundle.read import Bundle, bundle_from
from sous.errors import OverBudget, SousError
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping


def bundle(files: Mapping[str, str]) -> Bundle:
    entries = "".join(entry_of(path, text, range(1, text.count("\n") + 1)) for path, text in files.items())
    return bundle_from(f"<files>\n\n{entries}</files>\n".encode(), None)


def code(name: str, lines: int) -> str:
    return "".join(f"{name}_{line} = compute({line})\n" for line in range(lines))


def tree(folders: int = 6, files: int = 6, lines: int = 40) -> dict[str, str]:
    return {f"d{a}/f{b}.py": code(f"n{a}_{b}", lines) for a in range(folders) for b in range(files)}


def test_each_file_is_in_one_part_and_no_part_is_over() -> None:
    parts = split_bundle(bundle(tree()), 4000)
    assert Counter(path for part in parts for path in part.paths) == dict.fromkeys(tree(), 1)
    assert all(count_tokens(part.text) <= part.tokens <= 4000 for part in parts)


def test_parts_end_where_folders_end() -> None:
    parts = split_bundle(bundle(tree()), 6000)
    assert len(parts) > 2
    folders = [{path.partition("/")[0] for path in part.paths} for part in parts]
    assert sum(map(len, folders)) == 6


def test_a_bundle_that_is_numbered_otherwise_has_the_same_parts() -> None:
    files = {"a.py": code("a", 30), "b.py": "x\n\n  y\n", "c.txt": ""}
    own = bundle(files)
    bare = re.sub(r"^ +(\d+: )", r"\1", own.text, flags=re.MULTILINE)
    assert bare != own.text
    assert [part.text for part in split_bundle(bundle_from(bare.encode(), None), 900)] == [
        part.text for part in split_bundle(own, 900)
    ]


@pytest.mark.parametrize("change", ["more", "fewer", "new file", "gone file"])
def test_a_small_change_moves_few_parts(change: str) -> None:
    files = tree(12, 6, 30)
    before = {part.text for part in split_bundle(bundle(files), 4000)}
    if change == "more":
        files["d5/f3.py"] += "extra = 1\n"
    elif change == "fewer":
        files["d5/f3.py"] = files["d5/f3.py"].partition("\n")[2]
    elif change == "new file":
        files["d5/f3a.py"] = "x = 1\n"
    else:
        del files["d5/f3.py"]
    after = {part.text for part in split_bundle(bundle(files), 4000)}
    assert len(after - before) <= 2
    assert len(before) > 8


def test_a_file_larger_than_a_part_loses_no_line_and_keeps_its_numbers() -> None:
    text = code("big", 900)
    parts = split_bundle(bundle({"a.py": "x = 1\n", "big.py": text, "c.py": "y = 1\n"}), 3000)
    seen = {line.strip() for part in parts for line in part.text.splitlines() if " = compute(" in line}
    assert seen == {f"{number}: {line}" for number, line in enumerate(text.splitlines(), 1)}
    assert all(count_tokens(part.text) <= 3000 for part in parts)


def test_a_line_that_is_too_long_is_cut_and_counted() -> None:
    parts = split_bundle(bundle({"min.js": "x" * 50 + "ab, " * 20_000 + "\nlast = 1\n"}), 1500)
    assert sum(part.cut_lines for part in parts) == 1
    assert all(count_tokens(part.text) <= 1500 for part in parts)
    assert "last = 1" in parts[-1].text


def test_no_room_is_an_error() -> None:
    with pytest.raises(OverBudget, match="the window is too small"):
        split_bundle(bundle(tree(1, 1)), 20)


def test_the_order_of_the_bundle_does_not_matter() -> None:
    files = tree()
    turned = dict(reversed(files.items()))
    assert split_bundle(bundle(files), 4000) == split_bundle(bundle(turned), 4000)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.integers(1, 50), max_size=60), st.integers(50, 200))
def test_stretches_are_whole_in_order_and_within_the_room(weights: list[int], room: int) -> None:
    stretches = list(cut(weights, room, lambda fair: fair[-1]))
    assert [at for first, end in stretches for at in range(first, end)] == list(range(len(weights)))
    assert all(sum(weights[first:end]) <= room for first, end in stretches)


@pytest.mark.parametrize("unit", ["tokens", "characters", "bytes"])
@settings(max_examples=examples(15), deadline=None)
@given(
    most=st.integers(800, 4000),
    files=st.dictionaries(
        st.from_regex(r"[a-c]/[a-z]{1,3}\.py", fullmatch=True),
        st.text("aé\n \N{PILE OF POO}(=1", min_size=1, max_size=2500),
        min_size=1,
        max_size=8,
    ),
)
def test_parts_for_a_page_fit_say_which_they_are_and_read_back(unit: str, most: int, files: dict[str, str]) -> None:
    whole, limit = bundle(files), PartLimit(most, unit)
    parts = pasted_parts(whole, limit)
    assert all(limit.of(part.text) <= most for part in parts)
    read = [bundle_from(part.text.encode(), None) for part in parts]
    assert {path for one in read for path in one.files} == set(files)
    if len(parts) == 1:
        assert (parts[0].text, read[0].part) == (whole.text, "")
    else:
        *before, last = (one.part for one in read)
        assert before == [f"part {at} of {len(parts)}, wait for the last" for at in range(1, len(parts))]
        assert last == f"part {len(parts)} of {len(parts)}, that is all"


def test_a_limit_that_has_no_room_for_a_file_is_said() -> None:
    with pytest.raises(SousError, match="no part of 90 tokens has room"):
        pasted_parts(bundle(tree()), PartLimit(90, "tokens"))
