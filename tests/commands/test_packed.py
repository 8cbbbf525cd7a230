"""What the user hears of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.summary import Packed
from sous.commands.packed import check_secrets_report, tell, where_it_is
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path

QUIET = {
    "verbose": False, "as_json": False, "quiet": True, "token_budget": None, "secrets": None, "secrets_report": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("split", "parts", "shown"),
    [(None, 1, "out.txt"), (500, 1, "out.1.txt"), (500, 3, "out.1.txt to out.3.txt")],
)
def test_where_it_went(
    split: int | None, parts: int, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert where_it_is(tmp_path / "out.txt", Packed(parts=parts), {"split": split}) == shown


def test_more_tokens_than_are_wanted_are_an_error(tmp_path: Path) -> None:
    tell(Packed(tokens=10), "out.txt", tmp_path, {**QUIET, "token_budget": 10})
    with pytest.raises(SousError, match="11 tokens are more than the 10 of --token-budget"):
        tell(Packed(tokens=11), "out.txt", tmp_path, {**QUIET, "token_budget": 10})


def test_globs_that_match_nothing_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(Packed(unmatched=["*.rs", "(app)/*.ts", "@(a|b).c"]), "out.txt", tmp_path, QUIET)
    assert capsys.readouterr().err.splitlines() == [
        "no file matches the glob `*.rs`",
        "no file matches the glob `(app)/*.ts`; write `\\(` for a plain parenthesis",
        "no file matches the glob `@(a|b).c`",
    ]


@pytest.mark.parametrize(("text", "is_other"), [("", False), ("notes of mine\n", True)])
def test_what_is_no_report_of_secrets_is_not_replaced(tmp_path: Path, text: str, *, is_other: bool) -> None:
    path = tmp_path / "secrets.txt"
    check_secrets_report(path)
    path.write_text(text)
    if is_other:
        with pytest.raises(SousError, match="exists and is not a report of secrets"):
            check_secrets_report(path)
    else:
        check_secrets_report(path)
