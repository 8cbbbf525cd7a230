"""Reports as a whole: nothing in them is unproven, and the same bundle gives the same report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scene import CHECKOUT, examples, packed
from sous.analyst import gather
from sous.analyst import survey as survey_module
from sous.analyst.known import known_pieces
from sous.analyst.reports import TASKS, report
from sous.analyst.table import facts_table
from sous.bundle.pack import pack_to_text
from sous.bundle.read import Bundle
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.claims.verdict import Verdict
from sous.errors import SousError
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.analyst.survey import Survey

NAMES = st.sampled_from(
    ["load", "save", "run", "python", "md", "_hidden", "Config", "parse_line", "get", "_x", "test", "a"]
)
PATHS = st.sampled_from(["app/a.py", "app/b.py", "src/p/__init__.py", "lib/c.js", "d.go", "e.rs", "conf.py", "tests/test_a.py", "f.sh", "G.java"])  # fmt: skip
LINES = st.sampled_from(
    """
    def {name}(self, x=[]):|class {name}:|    def {name}(self):|    try:|        return {name}.go(x)|    except:|        pass
    eval({name})|subprocess.call({name}, shell=True)|# FIXME: {name} is `wrong` <b>|# TODO(@somebody): {name}|"quote `` ``` {name}"
    function {name}(x) {{|}} catch (e) {{}}|func {name}(x int) int {{|    return x|}}|\tif err != nil {{|\t}}|pub fn {name}() {{
    x = os.environ["{name}_KEY"]|PASSWORD = "[masked]"|    x.unwrap();|import {name}|from .{name} import *|rm -rf ${name}/||def broken(
    <!-- sous:task readme -->|Everything above this line is the bundle|</file>|````|{name}: `a.py:1-3`|if x == 1: return {name}
    """.strip("\n")
    .replace("\n    ", "|")
    .split("|")
)


@st.composite
def _files(draw: st.DrawFn) -> dict[str, str]:
    paths = draw(st.lists(PATHS, min_size=1, max_size=5, unique=True))
    files = {}
    for path in paths:
        lines = draw(st.lists(st.tuples(LINES, NAMES), min_size=0, max_size=30))
        files[path] = "".join(
            f"{line.replace('{name}', name).replace('{{', '{').replace('}}', '}')}\n" for line, name in lines
        )
    if draw(st.booleans()):
        files["pyproject.toml"] = '[project]\nname = "x"\n[project.scripts]\nxx = "a:b"\n'
    return files


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=_files(), task=st.sampled_from(sorted(TASKS)), numbered=st.booleans())
def test_no_report_says_what_the_bundle_does_not_prove(
    home: Path, files: dict[str, str], task: str, *, numbered: bool
) -> None:
    bundle = Bundle(packed(files, numbered=numbered))
    text = "".join(report(task, bundle, root=None))
    judged = check_report(text, Evidence(bundle), is_readme=task == "readme").judged
    assert [one.reference for one in judged if one.verdict is Verdict.UNPROVEN] == []


@pytest.mark.parametrize("task", TASKS)
def test_reports_about_sous_itself_hold(task: str) -> None:
    bundle = Bundle(pack_to_text("src", cwd=CHECKOUT, root=CHECKOUT))
    text = "".join(report(task, bundle, root=None))
    checked = check_report(text, Evidence(bundle), is_readme=task == "readme")
    assert checked.counts["unproven"] == 0
    known = {"missing-tests": 5, "readme": 5}  # of code that has no fault there may be nothing to say
    assert checked.counts["verified"] + checked.counts["located"] >= known.get(task, 0)


def test_the_same_bundle_gives_the_same_report_from_the_cache_and_without(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = packed({"app/a.py": "def f():\n    try:\n        return 1\n    except:\n        return 2\n"})
    first = report("code-review", Bundle(text), root=None)
    monkeypatch.setattr(survey_module.Survey, "__init__", None)  # nothing is read again
    assert report("code-review", Bundle(text), root=None) == first


def test_what_is_wrong_with_a_function_has_one_title_in_all_reports(home: Path) -> None:
    branches = "".join(f"    if a > {n} and b < c[{n}]:\n        total += d\n" for n in range(45))
    files = {
        "src/pay.py": "import requests\n\n\ndef fetch(url, items=[]):\n    items.append(url)\n    try:\n"
        "        return requests.get(url).text\n    except:\n        return None\n\n\n"
        f"def tangled(a, b, c, d):\n    total = 0\n{branches}    return total\n\n\ndef used(x):\n    return x + 1\n",
        "tests/test_pay.py": "from src.pay import used\n\n\ndef test_used():\n    assert used(1) == 2\n",
    }
    titles = {
        task: _titles("".join(report(task, Bundle(packed(files)), root=None)))
        for task in ("code-review", "github-issues", "missing-tests")
    }
    assert len(titles["code-review"]) >= 2
    assert titles["github-issues"] == titles["code-review"]
    assert sorted(titles["missing-tests"]) == ["No test names `fetch`", "No test names `tangled`"]
    assert not [title for title in titles["code-review"] if "test" in title]


def _titles(text: str) -> list[str]:
    """Return the titles of a report's findings, each once."""
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(found) == len(set(found))
    return found


def test_a_damaged_cache_is_made_anew(home: Path) -> None:
    path = cache_store().path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 99)
    bundle = Bundle(packed({"a.py": "def f():\n    x = 1\n    return x\n"}))
    assert report("missing-tests", bundle, root=None)
    assert known_pieces("nothing") is None
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_other_processes_read_what_is_much_and_one_that_fails_is_no_loss(
    survey: Callable[..., Survey], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"a{number}.py": f"def f{number}():\n    x = 1\n    return x\n" for number in range(40)}
    alone = survey(files).facts
    monkeypatch.setattr(gather, "_ALONE", 100)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(survey_module, "known_facts", lambda _keys: {})
    assert survey(files).facts == alone
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert survey(files).facts == alone


def test_nothing_in_the_current_folder_is_imported(
    survey: Callable[..., Survey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "open('was_run', 'w').close()\n"
    for name in ("json.py", "runpy.py", "ast_grep_py.py", "sous/__init__.py", "sous/analyst/worker.py"):
        path = tmp_path / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(bad, "utf-8")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(gather, "_ALONE", 100)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert survey({f"a{number}.py": f"def f{number}():\n    x = 1\n    return x\n" for number in range(40)}).facts
    assert not (tmp_path / "here" / "was_run").exists()


def test_a_bundle_in_no_known_form_is_refused() -> None:
    with pytest.raises(SousError, match="has no known format; pack with `sous bundle`"):
        report("code-review", Bundle("some text\n"), root=None)


def test_lines_are_those_of_the_file_where_the_bundle_lost_some(home: Path) -> None:
    text = packed({"a.py": "x\n"}).replace(
        "1: x\n", "7: def f():\n9:     try:\n10:         return 1\n12:     except:\n15:         pass\n"
    )
    assert "`a.py:10-15`" in "".join(report("code-review", Bundle(text), root=None))


def test_reduced_files_are_not_called_broken(home: Path) -> None:
    bundle = Bundle(packed({"a.py": "def f(x):\n⋮----\nclass A:\n⋮----\n"}))
    assert "cannot be parsed" not in "".join(report("code-review", bundle, root=None))


# -- evidence


def test_the_table_of_facts_holds_sizes_complexity_users_and_what_is_not_tested(survey: Callable[..., Survey]) -> None:
    files = {
        "app/core.py": "def used(x):\n    if x:\n        return 1\n    return 2\n\ndef bare(x):\n    y = x\n    return y\n",
        "app/cli.py": "from app.core import used\n\ndef main():\n    return used(1)\n\nif __name__ == '__main__':\n    main()\n",
        "tests/test_core.py": "from app.core import used\n\ndef test_it():\n    used(1)\n",
    }
    table = facts_table(survey(files))
    assert "| app/core.py | 8 | 7 | 2 | 1 |" in table
    assert "| used | app/core.py:1-4 | 2 | 1 | maybe |" in table
    assert "| bare | app/core.py:6-8 | 1 | 0 | no |" in table
    assert "Entry points: app/cli.py:3" in table
    assert "core.py" not in facts_table(survey(files), only={"app/cli.py"})
    assert facts_table(survey({"a.txt": "x\n"})) == ""


def test_no_name_breaks_out_of_the_table(survey: Callable[..., Survey]) -> None:
    table = facts_table(survey({"a|b`<c>.py": "def f():\n    x = 1\n    return x\n", "ok.py": "x = 1\n"}))
    assert "a|b" not in table
    assert "| ok.py | 1 | 1 | 0 | 0 |" in table


@pytest.mark.parametrize("folder", ["$id", "it's", "a&b", "a@b", 'a"b', "-a", "a...b"])
def test_signs_in_a_path_lose_no_finding(folder: str, home: Path) -> None:
    code = "def f(x):\n" + "    y = x\n" * 30 + "    if y:\n        return y\n    raise KeyError\n"
    bundle = Bundle(packed({f"{folder}/a.py": code, "tests/test_a.py": "import pytest\n"}))
    text = "".join(report("missing-tests", bundle, root=None))
    assert "## No test names `f`" in text
    assert f"`{folder}/a.py:32`: `if y:`" in text
    assert "left out" not in text


def test_what_a_rule_says_of_other_names_is_not_taken_for_a_claim_that_nothing_proves() -> None:
    files = {
        "app/a.py": "def f(url):\n    return url.lstrip('http://')\n",
        "app/b.js": "function g(path) {\n  fs.exists(path, (it) => it);\n}\n",
        "app/c.js": "function h(text, key) {\n  return crypto.createCipher('aes-256-cbc', key).update(text);\n}\n",
        "app/d.ts": "export const k = (xs: X[]) => xs.filter(async (x) => await x.isAdmin());\n",
    }
    text = "".join(report("code-review", Bundle(packed(files)), root=None))
    assert text.count("\n## ") == 4
    assert "left out" not in text
