from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

CODE = {"app.py": "".join(f"line_{number} = {number}\n" for number in range(1, 200))}


def finding(number: int, quote: str) -> str:
    return (
        f"## Finding {number}\n\n- **Severity:** high\n- **Location:** `app.py:{number}-{number}`\n\n**Quote:**\n\n"
        f"```python\n{quote}\n```\n\n**What is wrong:** It is.\n\n**How to fix:** Plead for it.\n\n"
    )


REPORT = "".join(finding(number, f"line_{number} = {number}") for number in range(1, 13)) + finding(
    50, "invented = True"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".mise.toml").touch()
    (tmp_path / "output.txt").write_text(packed(CODE))
    return tmp_path


def review(run: Run, project: Path, *args: str) -> tuple[int, str]:
    done = run("sous", "code-review", "output.txt", "-m", "scripted", "--verify", "scripted", *args, cwd=project)
    return done.code, done.err


def answers(opinion: str) -> Callable[[str], str]:
    return lambda prompt: opinion if "# Finding 1\n" in prompt else REPORT


def test_another_model_says_which_findings_are_defects(run: Run, project: Path, model: FakeModel) -> None:
    model.script = answers(
        "1: real: an empty list\n2: **not real**: the caller checks\n3: unsure - who knows\n99: real: x\n"
    )
    code, err = review(run, project)
    assert code == 0, err
    assert "scripted: 2 real, 2 not real, 1 unsure" in err
    text = (project / "code-review.md").read_text()
    assert "**Second opinion (scripted):** real: an empty list" in text
    assert "**Second opinion (scripted):** not real: the caller checks" in text
    asked = [prompt for prompt in model.prompts() if "# Finding 1\n" in prompt]
    assert len(asked) == 2, "twelve findings, ten a call; the one with an invented quote is not asked about"
    assert "Plead for it" not in "".join(asked)
    assert "invented" not in "".join(asked)
    assert "40: line_40 = 40" in asked[0]
    assert "is up to date" in review(run, project)[1]


def test_a_second_model_that_fails_loses_no_report(run: Run, project: Path, model: FakeModel) -> None:
    model.script = answers("")
    code, err = review(run, project)
    assert code == 0
    assert "no second opinion about 10 findings" in err
    assert "## Finding 12" in (project / "code-review.md").read_text()
