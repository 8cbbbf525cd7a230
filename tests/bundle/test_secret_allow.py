"""Secrets that are let be: by fingerprint and by comment."""

from __future__ import annotations

import re

import pytest

from sous.bundle.secret_allow import COMMENTS, digest_of, fingerprint
from sous.bundle.secrets import mask_secrets

VALUE = "k9Qz7Lm2Xv4Rt8Wp1Yc6Nb3Hd5Js0GfA"
LINE = f'api_key = "{VALUE}"'


def test_one_is_allowed_by_its_fingerprint_wherever_it_is() -> None:
    mark = fingerprint(digest_of(VALUE))
    assert re.fullmatch(r"[0-9a-f]{12}", mark)
    text = f"{LINE}\nother_token = '{VALUE[::-1]}'\n"
    masked, found = mask_secrets(text, "x.py", [mark])
    assert VALUE in masked
    assert [one.line for one in found] == [2]


@pytest.mark.parametrize(
    "text",
    [
        f"{LINE}  # sous: allow",
        f"{LINE}; // sous:allow a test key",
        f"# sous: allow\n{LINE}",
        f"x = 1\n-- sous: allow\n{LINE}",
    ],
)
def test_a_comment_counts_only_where_comments_do(text: str) -> None:
    assert mask_secrets(text, "x.py", [COMMENTS]) == (text, [])
    assert len(mask_secrets(text, "x.py")[1]) == 1


def test_a_comment_is_for_its_line_alone() -> None:
    assert len(mask_secrets(f"{LINE}  # sous: allow\n{LINE}\n{LINE}\n", "x.py", [COMMENTS])[1]) == 2
    assert len(mask_secrets(f"sous: allow\n{LINE}\n", "x.py", [COMMENTS])[1]) == 1


def test_a_secret_has_the_hash_of_what_was_masked() -> None:
    assert mask_secrets(LINE, "x.py")[1][0].digest == digest_of(VALUE)
