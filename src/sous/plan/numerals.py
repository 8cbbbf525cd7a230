"""Numbers as people count steps with: digits, letters, roman ones, words, signs of CJK."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CJK = {sign: value for value, sign in enumerate("一二三四五六七八九十", 1)}
_NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = {word: value for value, word in enumerate(_NAMES, 1)}
_SIGNS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV")
_ROMAN = {sign: value for value, sign in enumerate(_SIGNS, 1)}
_CIRCLED = {chr(0x2460 + value): value + 1 for value in range(20)}
_DIGITS = r"\d{1,5}(?:[.\-]\d{1,4})*[a-z]?(?![\w])"
_LONG = 6  # digits of a number that counts nothing
_QUARTER = 4
_FULLWIDTH = {0xFF10 + value: str(value) for value in range(10)}

NUMBER = (  # that stands alone
    rf"(?:{_DIGITS}|\d\ufe0f?\u20e3|[①-⑳]|[A-Z]{{1,5}}-?\d{{1,5}}(?:\.\d{{1,4}})*(?!\w)"
    r"|[IVX]{1,5}(?![\w'])|[A-Z](?![\w'])|[\uff10-\uff19]+|[一二三四五六七八九十]{1,3}(?!\w))"
)
WRITTEN = (  # behind a word that says what is counted
    rf"(?:{_DIGITS}|[A-Z]?\d{{1,5}}(?!\w)|[IVX]{{1,5}}(?![\w'])|[A-Z](?![\w'])|[①-⑳]|[\uff10-\uff19]+"
    rf"|[一二三四五六七八九十]{{1,3}}|(?i:{'|'.join(_WORDS)})(?!\w))"
)


def number_of(written: str) -> str:
    """Return a number in digits where it is one; others, as `T001` and `A`, stay."""
    written = written.strip()
    if written in _ROMAN and len(written) > 1:
        return str(_ROMAN[written])
    if written.endswith("\u20e3"):
        return written[0]
    if written in _CIRCLED:
        return str(_CIRCLED[written])
    if written.casefold() in _WORDS:
        return str(_WORDS[written.casefold()])
    if re.fullmatch("[一二三四五六七八九十]{1,3}", written):
        return str(_of_cjk(written))
    return written.translate(_FULLWIDTH)


def _of_cjk(written: str) -> int:
    tens, ten, ones = written.partition("十")
    if not ten:
        return _CJK[written[-1]]
    return (_CJK[tens] if tens else 1) * 10 + (_CJK[ones[0]] if ones else 0)


def is_running(numbers: list[str]) -> bool:
    """Tell whether numbers count on by one, or each part of them does: 1, 2 or 1.1, 1.2, 2.1."""
    if len(set(numbers)) != len(numbers) or len(numbers) <= 1:
        return False
    keys = [_key(number) for number in numbers]
    return all(keys) and keys == sorted(keys)


def goes_back(numbers: Sequence[str], above: Sequence[int]) -> bool:
    """Tell whether numbers under one heading go to and fro: the titles name steps, and are none.

    `above`: of each number the line of the heading that it stands under.
    """
    counts = [
        (int(number), line)
        for number, line in zip(numbers, above, strict=True)
        if number.isdecimal() and len(number) < _LONG
    ]
    backs = [one >= after for (one, over), (after, under) in pairwise(counts) if over == under]
    return sum(backs) > 1 and sum(backs) * _QUARTER > len(backs)


def _key(number: str) -> list[int]:
    if re.fullmatch("[A-Z]", number):
        return [ord(number)]
    return [int(part) for part in re.findall(r"\d+", number)[:6]]
