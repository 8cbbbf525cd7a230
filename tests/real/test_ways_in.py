"""The same bundle gets the same prompt, whichever way it goes in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_model import REPLY
from sous.claims.mark import unmarked
from sous.names import REPORTS, Report
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeModel
    from scene import Run

pytestmark = pytest.mark.real

LLM = Path(sys.executable).with_name("llm")


@pytest.mark.skipif(os.name == "nt", reason="a pipe of POSIX shells")
@pytest.mark.parametrize("report", [REPORTS["code-review"], REPORTS["readme"]], ids=lambda report: report.command)
def test_sous_plain_llm_and_llm_sous_send_the_same(report: Report, repo: Path, run: Run, model: FakeModel) -> None:
    (repo / "windows.txt").write_bytes(b"a\r\nb $HOME ${x} $$\r\n")
    run("sous", "install", cwd=repo)
    run("sous", "bundle", cwd=repo)
    python = sys.executable
    lines = [
        f"cat output.txt | '{python}' -m sous {report.command} - -m ok > ../1.out",
        f"cat output.txt | '{LLM}' -m ok -t {report.template} > ../2.out",
        f"cat output.txt | '{LLM}' -m ok -t sous:{report.template} > ../3.out",
        f"'{LLM}' sous {report.command} -m ok -o ../4.out",
        f"'{python}' -m sous {report.command} output.txt -m ok -o ../5.out",
    ]
    for line in lines:
        done = run("sh", "-c", line, cwd=repo)
        assert done.code == 0, done.err
    assert len(model.prompts()) == len(lines)
    assert set(model.prompts()) == {model.prompts()[0]}
    assert all(body["messages"] == model.requests[0]["messages"] for body in model.requests)
    for number in (1, 4, 5):
        assert unmarked(read_signature((repo.parent / f"{number}.out").read_text())[0]) == REPLY
    assert (repo.parent / "2.out").read_text().strip() == REPLY.strip()


@pytest.mark.skipif(os.name == "nt", reason="GNU make is tried on POSIX")
class TestMake:
    """`include $(shell sous tasks --make)`."""

    @pytest.fixture
    def project(self, repo: Path, run: Run, sous_script: Path) -> Path:
        path = run("sous", "tasks", "--make", cwd=repo).out.strip()
        (repo / "Makefile").write_text(f"LLM_SOUS = {sous_script}\ninclude {path}\nall:\n\techo mine\n")
        return repo

    def test_a_target_packs_and_reports(
        self, project: Path, run: Run, model: FakeModel, needs: Callable[[str], str]
    ) -> None:
        done = run(needs("make"), "llm-code-review", "LLM_ARGS=-m ok", cwd=project)
        assert done.code == 0, done.err
        assert (project / "code-review.md").exists()
        assert '<file path="src/app.py">' in model.prompts()[0]

    def test_the_packer_is_a_variable(
        self, project: Path, run: Run, model: FakeModel, needs: Callable[[str], str]
    ) -> None:
        done = run(needs("make"), "llm-code-review", "LLM_ARGS=-m ok", "LLM_PACKER=echo mine > output.txt", cwd=project)
        assert done.code == 0, done.err
        assert model.prompts()[0].startswith("mine\n")

    def test_a_plain_make_is_still_the_users(self, project: Path, run: Run, needs: Callable[[str], str]) -> None:
        assert run(needs("make"), "-s", cwd=project).out == "mine\n"

    def test_a_failing_model_fails_make(
        self, project: Path, run: Run, model: FakeModel, needs: Callable[[str], str]
    ) -> None:
        assert run(needs("make"), "llm-readme", "LLM_ARGS=-m length", cwd=project).code != 0
        assert (project / "README.md").read_text() == "# Demo\n"
        assert model.requests

    def test_cleaning_packs_afresh(self, project: Path, run: Run, needs: Callable[[str], str]) -> None:
        assert run(needs("make"), "llm-clean-bundles", cwd=project).code == 0
        assert (project / "output.txt").exists()
