from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sous.tokens import count_each, count_kept, count_tokens

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("hello world", 2), ("<|endoftext|>", 7), ("\udce9", 1), ("a" * 8, 1)]
)
def test_tokens_are_those_of_o200k(text: str, tokens: int) -> None:
    """The numbers are tiktoken's for o200k_base, special tokens as ordinary text."""
    assert count_tokens(text) == tokens


def test_a_long_text_is_counted_in_pieces_and_comes_to_the_same() -> None:
    text = "".join(f"line {number} of a long text, with words\n" for number in range(10_000))
    assert len(text) > 1 << 18
    assert count_each([text]) == [sum(count_each(text.splitlines(keepends=True)))]


def test_texts_larger_than_a_group_keep_their_counts() -> None:
    large = "some words\n" * 500_000
    assert count_each(["hello world", large, "", "a b c"]) == [2, 1_500_000, 0, 3]


def test_one_word_of_megabytes_ends() -> None:
    assert 200_000 < count_each(["a" * 2_000_000])[0] < 300_000


def test_what_was_counted_before_needs_no_tokenizer(tmp_path: Path) -> None:
    text, path = "some words of a bundle\n" * 50, tmp_path / "output.txt"
    path.write_text(text)
    assert count_kept([text, "", "a task"]) == count_tokens(text) + 2
    code = (
        "import sys, time, threading; from pathlib import Path; from sous.tokens import count_kept, preload\n"
        "path = Path(sys.argv[1]); preload(path)\n"
        "[one.join() for one in threading.enumerate() if one is not threading.main_thread()]\n"
        "print(count_kept([path.read_text(), '', 'a task']), 'splintr' in sys.modules)"
    )
    done = subprocess.run((sys.executable, "-c", code, str(path)), capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(count_tokens(text) + 2), "False"]


def test_a_count_that_cannot_be_kept_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert count_kept(["hello world"]) == count_kept(["hello world"]) == 2
