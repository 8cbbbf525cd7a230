"""`sous run --items`: the items of a report, carried out and ticked in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scene import committed, git, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Done, Run

UNITTEST = f'"{sys.executable}" -m unittest -q'
CALC = "def add(a, b):\n    return a + b\n\n\ndef half(a):\n    return a / 3\n"
TESTS = "import unittest\nclass T(unittest.TestCase):\n    def test_old(self):\n        self.assertTrue(True)\n"
REPORT = """\
## Nothing tests add

- **Severity:** low
- **Location:** `calc.py:1-2`
- **Target:** `add`
- **Test file:** `test_add.py`

**Quote:**

```python
def add(a, b):
    return a + b
```

## Half is a third

- **Severity:** high
- **Location:** `calc.py:5-6`

**Quote:**

```python
    return a / 3
```

**Prompt:**

````text
Mend half in calc.py, with a test in test_half.py.
````
"""
AGENT = """
import sys
prompt = sys.stdin.read()
case = 'import unittest, calc\\nclass T(unittest.TestCase):\\n    def test_%s(self):\\n        self.assertEqual(%s)\\n'
if 'Item 1' in prompt:
    assert 'Leave the report' in prompt and 'Write the test that is missing' in prompt
    open('test_add.py', 'w').write(case % ('add', 'calc.add(2, 2), 4'))
else:
    assert 'Mend half' in prompt and 'Location' not in prompt
    text = open('calc.py').read()
    open('calc.py', 'w').write(text.replace('a / 3', 'a / 2'))
    open('test_half.py', 'w').write(case % ('half', 'calc.half(4), 2'))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return committed(tmp_path / "project", {"calc.py": CALC, "test_old.py": TESTS, "missing-tests.md": REPORT})


def carry_out(run: Run, project: Path, code: str, *args: str) -> Done:
    agent = project.parent / "agent.py"
    agent.write_text(code)
    argv = ("run", "--items", *args, "--agent", f'"{sys.executable}" "{agent}"', "--test", UNITTEST)
    return run("sous", *argv, cwd=project)


def test_items_are_carried_out_and_ticked(run: Run, project: Path) -> None:
    done = carry_out(run, project, AGENT, "missing-tests.md")

    assert done.code == 0, done.err
    assert "2 items done, 0 open" in done.err
    assert git(project, "log", "--format=%s").splitlines() == [
        "Item 2: Half is a third",
        "Item 1: Nothing tests add",
        "start",
    ]
    text = (project / "missing-tests.md").read_text()
    assert text == REPORT.replace("## N", "## [x] N").replace("## H", "## [x] H")
    assert "## [x] Half" in git(project, "show", "HEAD:missing-tests.md")
    assert "all items of missing-tests.md are done" in carry_out(run, project, AGENT).err


def test_the_newest_report_is_taken_and_steps_are_counted(run: Run, project: Path) -> None:
    done = carry_out(run, project, AGENT, "--steps", "1")

    assert "1 item done, 1 open" in done.err
    assert "- [x]" not in (project / "missing-tests.md").read_text()


def test_a_fault_needs_a_test_that_failed(run: Run, project: Path) -> None:
    code = AGENT.replace("calc.half(4), 2", "2, 2")
    done = carry_out(run, project, code, "--retries", "0")

    assert done.code == 1
    assert "the tests pass without the new code too" in done.err
    assert "## Half" in (project / "missing-tests.md").read_text()
    assert git(project, "log", "--format=%s").splitlines()[0] == "Item 1: Nothing tests add"


def test_an_agent_cannot_tick(run: Run, project: Path) -> None:
    code = (
        "text = open('missing-tests.md').read()\nopen('missing-tests.md', 'w').write(text.replace('## ', '## [x] '))\n"
    )
    done = carry_out(run, project, code, "--retries", "0")

    assert done.code == 1
    assert (project / "missing-tests.md").read_text() == REPORT


def test_a_test_item_needs_a_new_test(run: Run, project: Path) -> None:
    done = carry_out(run, project, "open('notes.txt', 'w').write('x')\n", "--retries", "0")

    assert "no test is new" in done.err


def test_no_items_and_no_file(run: Run, project: Path) -> None:
    (project / "empty.md").write_text("nothing\n")
    done = carry_out(run, project, AGENT, "empty.md")
    assert (done.code, "lists no items" in done.err) == (1, True)
    assert "cannot read" in carry_out(run, project, AGENT, "gone.md").err


def test_what_would_be_done(run: Run, project: Path) -> None:
    done = run("sous", "run", "--items", "missing-tests.md", "-n", "--agent", "true", "--test", "true", cwd=project)

    assert "Item 1: Nothing tests add" in done.out
    assert git(project, "status", "--porcelain") == ""


UNSURE = "# Notes\n\n## Known issues\n\n- it is slow\n- it leaks\n"


def test_an_unsure_list_is_only_carried_out_after_a_yes(run: Run, project: Path) -> None:
    (project / "notes.md").write_text(UNSURE)
    dry = run("sous", "run", "--items", "notes.md", "-n", "--agent", "true", "--test", "true", cwd=project)
    assert (dry.code, "but that is unsure" in dry.err) == (0, True)
    done = run("sous", "run", "--items", "notes.md", "--agent", "true", "--test", "true", cwd=project)
    assert done.code == 1
    assert "notes.md was read as 2 items, but that is unsure" in done.err
    assert "--yes continues" in done.err
    assert git(project, "branch", "--format=%(refname:short)").split() == ["main"]


TWO = "# Missing tests\n\n- [ ] **Add tests for add** (`calc.py`)\n- [ ] **Add tests for more** (`more.py`)\n"
BESIDE = """
import pathlib, sys, time
prompt = sys.stdin.read()
mine, other = ('add', 'more') if 'Add tests for add' in prompt else ('more', 'add')
beside = pathlib.Path(__file__).parent
(beside / mine).touch()
for _ in range(600):
    if (beside / other).exists():
        break
    time.sleep(0.05)
else:
    sys.exit('alone')
module = 'calc' if mine == 'add' else 'more'
case = f'import unittest, {module}\\nclass T(unittest.TestCase):\\n    def test_{mine}(self):\\n'
open(f'test_{mine}.py', 'w').write(f'{case}        self.assertEqual({module}.{mine}(2, 2), 4)\\n')
"""


def test_items_that_do_not_meet_are_carried_out_at_once(project: Path, tmp_path: Path, run: Run) -> None:
    write_tree(project, {"more.py": "def more(a, b):\n    return a + b\n", "missing-tests.md": TWO})
    git(project, "add", ".")
    git(project, "commit", "-qm", "two")
    (tmp_path / "agent.py").write_text(BESIDE)
    agent = ("--agent", f'"{sys.executable}" "{tmp_path / "agent.py"}"', "--test", UNITTEST)
    done = run("sous", "run", "--items", "missing-tests.md", *agent, "--jobs", "2", "--yes", cwd=project)
    assert done.code == 0, done.err
    assert "2 items done, 0 open" in done.err
    assert (project / "missing-tests.md").read_text() == TWO.replace("[ ]", "[x]")
    assert (project / "test_add.py").is_file()
    assert (project / "test_more.py").is_file()
    assert git(project, "status", "--porcelain") == ""
