"""What a name says of its value."""

from __future__ import annotations

import pytest

from sous.bundle.secret_names import Says, meaning


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("DB_PASSWORD", Says.PASSWORD),
        ("PGPASSWORD", Says.PASSWORD),
        ("smtp.pass", Says.PASSWORD),
        ("clientSecret", Says.SECRET),
        ("X-Api-Key", Says.SECRET),
        ("APIKey", Says.SECRET),
        ("aws_secret_access_key", Says.SECRET),
        ("todo_secret_do_not_commit", Says.SECRET),
        ("OPENAI_KEY", Says.KEY),
        ("passwordHash", Says.NOTHING),
        ("password_file", Says.NOTHING),
        ("secretName", Says.NOTHING),
        ("publicKey", Says.NOTHING),
        ("csrf-token", Says.NOTHING),
        ("compass", Says.NOTHING),
        ("key", Says.NOTHING),
        ("monkey", Says.NOTHING),
        ("author", Says.NOTHING),
        ("max_tokens", Says.NOTHING),
        ("nextToken", Says.NOTHING),
        ("clientToken", Says.KEY),
        ("fakePassword", Says.NOTHING),
        ("Sec-WebSocket-Key", Says.NOTHING),
    ],
)
def test_a_name_says(name: str, says: Says) -> None:
    assert meaning(name) is says
