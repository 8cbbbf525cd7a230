from __future__ import annotations

import pytest

from sous.setting_values import command_words, fits, from_text, split_list


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("ignore", "a/**, b", ["a/**", "b"]),
        ("options", "temperature=0,seed=1", {"temperature": "0", "seed": "1"}),
        ("options", "hot", "hot"),
        ("budget", "1000", 1000),
        ("budget", "many", "many"),
        ("max_cost", "0.5", 0.5),
        ("evidence", "OFF", False),
        ("evidence", "maybe", "maybe"),
        ("model", "gpt-5", "gpt-5"),
    ],
)
def test_the_text_of_a_variable_has_the_type_of_its_setting(key: str, text: str, value: object) -> None:
    assert from_text(key, text) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a,b", ["a", "b"]), ("*.{py,js},b", ["*.{py,js}", "b"]), (" , ", []), ("a},b", ["a}", "b"])],
)
def test_a_list_is_split_outside_braces(value: str, expected: list[str]) -> None:
    assert split_list(value) == expected


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("budget", 1, True),
        ("budget", 0, False),
        ("budget", True, False),
        ("budget", 10**12, False),
        ("timeout", 0.5, True),
        ("timeout", 0, False),
        ("max_cost", 0, True),
        ("style", "XML", True),
        ("style", "html", False),
        ("notify", "always", True),
        ("notify", "loudly", False),
        ("notify_url", "http://example.com", False),
        ("ignore", ["a"], True),
        ("ignore", "a", False),
        ("allow_secrets", ["0123456789ab", "comments"], True),
        ("allow_secrets", ["0123"], False),
        ("options", {"a": 1}, True),
        ("line_numbers", 1, False),
        ("model", "", False),
    ],
)
def test_a_value_fits_or_what_would_is_told(key: str, value: object, *, expected: bool) -> None:
    is_good, what = fits(key, value)
    assert is_good is expected
    assert what


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("say -t 'it is done'", ("say", "-t", "it is done")),
        (["say", "done"], ("say", "done")),
        ("say 'done", None),
        ("", None),
        (["", "x"], None),
        ([1], None),
        (7, None),
    ],
)
def test_a_command_line_is_words(value: object, expected: tuple[str, ...] | None) -> None:
    assert command_words(value) == expected
