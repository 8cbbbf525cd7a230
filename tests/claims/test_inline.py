from __future__ import annotations

import pytest

from sous.claims.inline import is_code, is_quote, quoted_beside
from sous.claims.mentions import Mention


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("value = self.store.get(key)", True),
        ("if not x:", True),
        ("return x", True),
        ("short=1", False),
        ("handle_request()", False),
        ("self.store.get", False),
        ("Billing::Invoice#pay!", False),
        ("Vec<T>::at(size_t)", False),
        ("(*Handler).ServeHTTP", False),
        ("GET /api/users", False),
        ("npm install x", False),
        ("python3 setup.py", False),
        ("div > span > b", False),
        ("' OR 1=1 --", False),
        ("<script>alert(1)", False),
    ],
)
def test_what_quotes_a_file(code: str, expected: bool) -> None:
    assert is_quote(code) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("x = compute()", True), ("a->b->c->d", True), ("src/some/path.py", False), ("two words only", False),
     ("x=1", False), ("()()()()=", False)],
)  # fmt: skip
def test_what_has_the_signs_of_code(code: str, expected: bool) -> None:
    assert is_code(code) is expected


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("app.py:12: `x = compute(y)` is", "x = compute(y)"),
        ("app.py:12 - **`x = compute(y)`**", "x = compute(y)"),
        ("`x = compute(y)` at app.py:12", "x = compute(y)"),
        ("`x = compute(y)` (app.py:12)", "x = compute(y)"),
        ("app.py:12 calls `x = compute(y)`", None),
        ("app.py:12: `compute` is", None),
        ("app.py:12 is `", None),
    ],
)
def test_code_beside_lines_is_their_quote(text: str, quote: str | None) -> None:
    at = text.index("app.py:12")
    mention = Mention(at, at + len("app.py:12"), "app.py", [(12, 12)])
    assert quoted_beside(text, mention, [mention]) == quote


@pytest.mark.parametrize("code", [":266-284", ":12, :14", "120-124"])
def test_lines_between_ticks_are_no_quote(code: str) -> None:
    assert not is_quote(code)
