from __future__ import annotations

import time

import pytest

from sous.models.loops import LoopWatch, is_looping

TURN = "User: go on\nAssistant: The code adds two numbers and should be tested.\n"


def looped_after(text: str, size: int = 7) -> int:
    """Return how many characters came before a watch said that it is a loop; 0: it never did."""
    watch = LoopWatch()
    for at in range(0, len(text), size):
        if watch.is_loop(text[at : at + size]):
            return at
    return 0


@pytest.mark.parametrize("unit", [TURN, "word ", "Ja, das ist wahr. ", TURN * 9 + "And more.\n"])
def test_a_stream_that_repeats_itself_is_known_soon(unit: str) -> None:
    found = looped_after("# A good begin\n\n" + unit * (60_000 // len(unit)))
    assert 16_000 <= found < 30_000


def test_a_stream_that_counts_what_it_repeats_is_known_too() -> None:
    lines = "".join(f"{number}. Add tests for the parser.\n" for number in range(1, 3_000))
    assert 16_000 <= looped_after(f"# Missing tests\n\n{lines}") < 30_000


@pytest.mark.parametrize("size", [1, 5_000, 50_000])
def test_the_size_of_the_pieces_is_all_the_same(size: int) -> None:
    assert looped_after(TURN * 1_500, size) or size == 50_000


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"## Finding {number}\n\n- **Severity:** high\n\nIt is wrong.\n\n" for number in range(3_000)),
        "-" * 60_000,
        " \n" * 30_000,
        "| 0 | 1 |\n" * 9_000,
        TURN * 100,
    ],
    ids=["numbered", "a rule", "blank", "numbers", "short"],
)
def test_a_long_answer_is_no_loop(text: str) -> None:
    assert not looped_after(text)


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\nGood.\n\n" + "The code is not safe and should be fixed soon.\n\n" * 12,
        "# A\n\n" + "It is not safe. " * 60,
        "# A\n\n" + "First line of it.\nSecond line of it.\nThird.\n\n" * 20,
        "## A\n\n```python\n" + "x = compute(x)\n" * 600 + "```\n",
        "# A\n\n" + "".join(f"{number}. Add tests for the parser.\n" for number in range(1, 40)),
        "# A\n\n" + "".join(f"| {number} | the parser | has no tests |\n" for number in range(40)),
        "# A\n\n" + "".join(f"- **{n}:** It is wrong.\n  Mend it at once.\n\n" for n in range(40)),
    ],
    ids=["paragraph", "one line", "three lines", "code", "counted", "counted rows", "two counted lines"],
)
def test_an_answer_that_repeats_itself(text: str) -> None:
    assert is_looping(text)


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n" + "| a | b |\n| - | - |\n" + "| 1 | 2 |\n" * 80,
        "# A\n\n```\n" + "0, 0, 0, 0,\n" * 60 + "```\n\nText.\n",
        "".join(f"## {name}\n\n- **Severity:** high\n\nIt is.\n\n" for name in ("one", "two", "three") * 2),
        "# A\n\n" + "".join(f"{number}. Check that {number} is handled by the parser.\n" for number in range(80)),
    ],
    ids=["table", "code", "doubles", "numbered"],
)
def test_what_is_alike_is_no_loop(text: str) -> None:
    assert not is_looping(text)


def counted(line: str, times: int) -> str:
    return "".join(f"{line.format(n=number)}\n" for number in range(1, times + 1))


ROWS = [
    "| {n} | parser | passed |",
    "| Case {n} | accepted | ok |",
    "- [ ] {n}. Run and compare",
    "* [ ] {n}: done, sent",
]


@pytest.mark.parametrize("row", ROWS)
def test_rows_and_boxes_that_count_are_no_loop_unless_there_are_hundreds(row: str) -> None:
    assert not is_looping(f"# Tests\n\n{counted(row, 60)}")
    assert is_looping(f"# Tests\n\n{counted(row, 500)}")


@pytest.mark.parametrize(
    "line", ["| {n} | " + "the same long cell " * 8 + "|", "- [ ] {n}. " + "look at it again " * 9]
)
def test_long_rows_that_come_are_no_loop_unless_there_are_hundreds(line: str) -> None:
    assert not looped_after(f"# Tests\n\n{counted(line, 150)}")
    assert is_looping(f"# Tests\n\n{counted(line, 150)}")


@pytest.mark.parametrize("size", [1, 7, 900])
def test_lines_of_code_that_count_are_no_loop_unless_there_are_hundreds(size: int) -> None:
    line = "  {n}: the quick brown fox jumps over the lazy dog, and over the fence, and over the hill, and sleeps"
    assert not looped_after(f"# A\n\nText.\n\n```text\n{counted(line, 250)}", size)
    assert looped_after(f"# A\n\n```text\nx\n```\n\n{counted(line, 250)}", size)
    assert looped_after(f"# A\n\n```text\n{counted('  {n}: it is fine', 3_000)}", size)


def test_ten_megabytes_take_seconds() -> None:
    began = time.process_time()
    is_looping("x y\n" * 500_000 + "a long line " * 500_000)
    assert time.process_time() - began < 8
