"""Nothing that a clone brings is followed, obeyed or waited for: every file, in every form."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hostile import FORMS, ROWS, broken, cells, is_file_of_the_project, lay_out, make_project, wrong_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from hostile import Row
    from scene import Run

CELLS = list(cells())


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("first"))


def is_on_the_diagonal(row: Row, form: Callable[[Path, Path, Row], None]) -> bool:
    """Tell whether a cell is one of those that have each file and each form: the others are run in CI."""
    own = [one for other, one in CELLS if other == row]
    return form is own[ROWS.index(row) % len(own)]


def case(row: Row, form: Callable[[Path, Path, Row], None]) -> ParameterSet:
    marks = () if is_on_the_diagonal(row, form) else pytest.mark.exhaustive
    return pytest.param(row, form, id=f"{row.path.rstrip('/')} as {form.__name__}", marks=marks)


@pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices of POSIX")
@pytest.mark.parametrize(("row", "form"), [case(*cell) for cell in CELLS])
def test_a_file_of_a_clone_in_a_form_that_it_should_not_have(
    row: Row, form: Callable[[Path, Path, Row], None], first: Path, tmp_path: Path, run: Run
) -> None:
    project, outside = lay_out(first, tmp_path, row, form)
    number = CELLS.index((row, form))
    command = row.commands[number % len(row.commands)]  # all of them are in tests/bench/hostile.py
    done = run("sous", *command.format(path=row.path).split(), cwd=project)
    may_be_read = is_file_of_the_project(form)
    assert wrong_words(done.code, done.out, done.err, may_be_read=may_be_read) is None
    assert broken(project, outside, may_be_read=may_be_read) is None


def test_the_matrix_is_one() -> None:
    assert len(CELLS) >= 150


def test_the_diagonal_has_each_file_and_each_form() -> None:
    every_day = [cell for cell in CELLS if is_on_the_diagonal(*cell)]
    assert len(every_day) == len(ROWS)
    assert {form for _, form in every_day} == set(FORMS)
