"""Bundles that are larger than the model's window: parts, answers kept, one report."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from fake_model import planted
from scene import git
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

SPLIT = ("-m", "planted", "--context-window", "6000")


@pytest.fixture
def large(repo: Path) -> Path:
    """A repository of some ten windows; a fault is planted in every file."""
    for number in range(24):
        folder = repo / "src" / f"part{number // 4}"
        folder.mkdir(exist_ok=True)
        lines = [f"def function_{number}_{line}(value): return value + {line}\n" for line in range(90)]
        lines[number] = f"x = {number}  # PLANTED {('low', 'high', 'critical')[number % 3]}\n"
        (folder / f"m{number}.py").write_text("".join(lines))
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "large")
    return repo


def paths_sent(model: FakeModel) -> list[list[str]]:
    return [re.findall(r'^<file path="([^"]+)">', prompt, re.MULTILINE) for prompt in model.prompts()]


def text_of(path: Path) -> str:
    return read_signature(path.read_text())[0]


def test_parts_hold_each_file_once_and_give_one_report(large: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", *SPLIT, cwd=large)
    assert done.code == 0, done.err
    sent = [path for paths in paths_sent(model) for path in paths]
    assert len(model.requests) >= 8
    assert Counter(sent) == dict.fromkeys(
        [".gitignore", "README.md", "src/app.py", *(f"src/part{n // 4}/m{n}.py" for n in range(24))], 1
    )
    titles = re.findall(r"^## (.*)", text_of(large / "code-review.md"), re.MULTILINE)
    found = [title for title in titles if title.startswith("Something")]
    assert Counter(found) == dict.fromkeys([f"Something is wrong in src/part{n // 4}/m{n}.py" for n in range(24)], 1)
    severities = re.findall(r"Severity:\*\* (\w+)", text_of(large / "code-review.md"))
    assert severities == ["critical"] * 8 + ["high"] * 8 + ["low"] * 8
    assert "24 findings; planted" in done.err


def test_no_part_is_larger_than_the_window(large: Path, run: Run, model: FakeModel) -> None:
    from sous.tokens import count_tokens

    run("sous", "code-review", *SPLIT, cwd=large)
    assert max(count_tokens(prompt) for prompt in model.prompts()) <= 6000 * 0.75 / 1.25


def test_files_of_a_folder_stay_together(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "planted", "--context-window", "20000", cwd=large)
    folders = [{path.rpartition("/")[0] for path in paths} for paths in paths_sent(model)]
    assert sum(len([one for one in folders if f"src/part{n}" in one]) for n in range(6)) <= 7


def test_the_same_again_sends_nothing_and_a_change_only_its_part(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", *SPLIT, cwd=large)
    before = len(model.requests)
    assert "up to date" in run("sous", "code-review", *SPLIT, cwd=large).err
    assert len(model.requests) == before
    with (large / "src" / "part3" / "m13.py").open("a") as stream:
        stream.write("y = 1\n")
    done = run("sous", "code-review", *SPLIT, cwd=large)
    assert len(model.requests) == before + 1
    assert "src/part3/m13.py" in paths_sent(model)[-1]
    assert f"{before - 1} of them answered before" in done.err


def test_force_asks_all_parts_again(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", *SPLIT, cwd=large)
    before = len(model.requests)
    run("sous", "code-review", *SPLIT, "--force", cwd=large)
    assert len(model.requests) == 2 * before


def test_another_model_template_or_option_is_asked(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", *SPLIT, cwd=large)
    before = len(model.requests)
    run("sous", "code-review", *SPLIT, "--option", "temperature", "0.5", cwd=large)
    assert len(model.requests) == 2 * before


def test_a_part_that_fails_leaves_the_report_and_costs_nothing_twice(large: Path, run: Run, model: FakeModel) -> None:
    (large / "code-review.md").write_text("")
    arguments = ("code-review", "-m", "once-drop", "--context-window", "6000", "--jobs", "2")
    done = run("sous", *arguments, cwd=large)
    assert done.code == 1
    assert "connection" in done.err
    assert (large / "code-review.md").read_text() == ""
    first = model.prompts()
    assert len(first) <= 3  # what was on its way is paid and kept, nothing more is sent
    done = run("sous", *arguments, cwd=large)
    assert done.code == 0, done.err
    assert not set(first[1:]) & set(model.prompts()[len(first) :])
    assert len(set(model.prompts())) == len(model.prompts()) - 1


def test_a_file_larger_than_the_window_is_cut_at_lines_with_overlap(repo: Path, run: Run, model: FakeModel) -> None:
    lines = [f"value_{line} = compute({line})" for line in range(1, 1501)]
    (repo / "src" / "big.py").write_text("\n".join(lines) + "\n")
    done = run("sous", "code-review", *SPLIT, cwd=repo)
    assert done.code == 0, done.err
    seen = Counter(
        int(number)
        for prompt in model.prompts()
        if '<file path="src/big.py">' in prompt
        for number in re.findall(r"^ *(\d+): value_\d+ = compute", prompt, re.MULTILINE)
    )
    assert set(seen) == set(range(1, 1501))
    assert 0 < sum(count == 2 for count in seen.values()) < 300
    assert max(seen.values()) == 2


def test_a_line_longer_than_a_part_is_cut_and_said(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "src" / "min.js").write_text("var a=" + "1+" * 40_000 + "1;\nvar b = 2;\n")
    done = run("sous", "code-review", *SPLIT, cwd=repo)
    assert done.code == 0, done.err
    assert "1 lines are longer than a whole part may be; their ends are not sent" in done.err
    assert any("the rest of this line is cut off" in prompt for prompt in model.prompts())


def test_no_split_sends_nothing(large: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", *SPLIT, "--no-split", cwd=large)
    assert done.code == 4
    assert "leave out --no-split, pack less" in done.err
    assert not model.requests


def test_a_window_too_small_for_anything_is_said(large: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "code-review", "-m", "planted", "--context-window", "900", cwd=large)
    assert done.code == 4
    assert "the window is too small" in done.err
    assert not model.requests


def test_a_readme_gets_one_last_call_over_the_drafts(large: Path, run: Run, model: FakeModel) -> None:
    done = run("sous", "readme", "-m", "notes", "--context-window", "6000", cwd=large)
    assert done.code == 0, done.err
    *parts, last = model.prompts()
    assert all('<draft of="' not in part for part in parts)
    assert last.count("The code is fine.") == len(parts)
    assert "Everything above this line is drafts of one README" in last
    assert text_of(large / "README.md") == "# Notes\n\nThe code is fine.\n"


def test_a_text_in_no_known_form_is_split_at_lines(repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "notes.bundle").write_text("".join(f"line {number} of a long text\n" for number in range(3000)))
    done = run("sous", "code-review", "notes.bundle", *SPLIT, cwd=repo)
    assert done.code == 0, done.err
    assert "notes.bundle has no known format; it is sent as plain text and not checked" in done.err
    sent = {int(number) for prompt in model.prompts() for number in re.findall(r"^line (\d+) of", prompt, re.MULTILINE)}
    assert sent == set(range(3000))
    assert "## No findings" in text_of(repo / "code-review.md")


@pytest.mark.parametrize("style", ["markdown", "plain", "json"])
def test_the_report_is_the_same_however_the_bundle_was_packed(
    style: str, large: Path, run: Run, model: FakeModel
) -> None:
    run("sous", "bundle", cwd=large)
    run("sous", "code-review", *SPLIT, "--no-pack", "-o", "one.md", cwd=large)
    sent = len(model.requests)
    run("sous", "bundle", "--style", style, "--no-line-numbers", "-o", "other.txt", "--ignore", "one.md", cwd=large)
    done = run("sous", "code-review", "other.txt", *SPLIT, "-o", "two.md", cwd=large)
    assert done.code == 0, done.err
    assert text_of(large / "one.md") == text_of(large / "two.md")
    assert len(model.requests) == sent  # the parts are the same to the byte, and were answered


def test_a_filter_splits_too(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "bundle", cwd=large)
    done = run("sous", "code-review", "-", *SPLIT, cwd=large, input=(large / "output.txt").read_bytes())
    assert done.code == 0, done.err
    assert done.out.count("## Something is wrong in") == 24
    assert model.requests


def test_at_most_so_many_calls_at_once(large: Path, run: Run, model: FakeModel) -> None:
    run("sous", "code-review", "-m", "brisk", "--context-window", "6000", "--jobs", "3", cwd=large)
    assert model.most_at_once == 3


def test_the_planted_report_finds_what_is_planted() -> None:
    assert "a.py:3-3" in planted('<file path="a.py">\n3: x  # PLANTED low\n')
