"""Random, thought of, made up, elsewhere: what a value looks like."""

from __future__ import annotations

import random
import string

import pytest

from sous.bundle.secret_values import is_elsewhere, is_name, is_other_language, is_password, is_placeholder, is_random

WORDY = [
    "pbkdf2_sha256_with_many_rounds", "PasswordResetTokenGenerator", "my-service-account-key-2", "projects/my-project/secrets/db",
    "authentication.backends.ModelBackend", "application/x-www-form-urlencoded", "refresh_token_expired_error", "2024-01-01",
]  # fmt: skip


@pytest.mark.parametrize(
    "alphabet", [string.hexdigits[:16], string.ascii_lowercase + string.digits, string.ascii_letters]
)
def test_nearly_all_random_values_are_told(alphabet: str) -> None:
    made = random.Random(3)  # noqa: S311  # the same in each run
    values = ["".join(made.choice(alphabet) for _ in range(24)) for _ in range(200)]
    assert sum(map(is_random, values)) >= 195


@pytest.mark.parametrize("value", WORDY)
def test_words_are_not_random(value: str) -> None:
    assert not is_random(value)


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "your-api-key",
        "xxxxxxxxxxxx",
        "password123",
        "<token>example",
        "test_secret",
        "abc123def456",
        "my-pa%2Fssword",
    ],
)
def test_made_up_values_are_told(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    ["${TOKEN}", "$TOKEN", "{{ x }}", "%(x)s", "arn:aws:x", "$2b$12$abc", "sha512-abc=", "/etc/key.pem", "self.token"],
)
def test_what_stands_for_a_value_elsewhere_is_told(value: str) -> None:
    assert is_elsewhere(value)


@pytest.mark.parametrize(
    ("value", "in_settings", "in_code"),
    [("Winter2024!", True, True), ("hunter-2", True, False), ("database", False, False), ("two words 1", False, False)],
)
def test_a_password_that_somebody_thought_of(value: str, *, in_settings: bool, in_code: bool) -> None:
    assert is_password(value, in_code=False) is in_settings
    assert is_password(value, in_code=True) is in_code


@pytest.mark.parametrize("alphabet", [string.hexdigits[:16], string.ascii_letters + string.digits])
def test_hardly_a_random_value_is_a_name(alphabet: str) -> None:
    made = random.Random(3)  # noqa: S311  # the same in each run
    assert sum(is_name("".join(made.choice(alphabet) for _ in range(16))) for _ in range(500)) <= 1
    assert is_name("XmlStringMaxLen256")
    assert not is_name("kms:List")


@pytest.mark.parametrize(
    ("value", "is_it"), [("mot_de_passé", True), (r"K\u00e4yttäj", True), ("Pässw0rd!", False), (r"\u0041b", False)]
)
def test_words_of_another_language_are_told(value: str, *, is_it: bool) -> None:
    assert is_other_language(value) is is_it
