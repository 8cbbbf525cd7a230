"""Which functions no test references, by names and imports, or by coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.analyst.untested import untested

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sous.analyst.survey import Survey

BODY = "\n    x = 1\n    return x + 1\n"


def names(survey: Survey) -> set[str]:
    return {one.function.qualified for one in untested(survey).found}


def test_what_tests_call_is_tested_and_what_that_calls(survey: Callable[..., Survey]) -> None:
    files = {
        "src/app.py": f"from helper import deep\n\ndef used():\n    return deep()\n\ndef unused():{BODY}",
        "src/helper.py": f"def deep():{BODY}\ndef never():{BODY}",
        "tests/test_app.py": "from app import used\n\ndef test_used():\n    assert used() == 2\n",
    }
    assert names(survey(files)) == {"unused", "never"}


def test_methods_count_by_their_class(survey: Callable[..., Survey]) -> None:
    files = {
        "a.py": f"class A:\n    def go(self):\n        return self.near()\n\n    def near(self):{BODY.replace('    ', '        ')}\n"
        f"    def far(self):{BODY.replace('    ', '        ')}\n\nclass B:\n    def go(self):{BODY.replace('    ', '        ')}",
        "test_a.py": "from a import A\n\ndef test_a():\n    A().go()\n",
    }
    assert names(survey(files)) == {"A.far", "B.go"}


def test_what_runs_only_as_a_program_is_not_run_by_an_import(survey: Callable[..., Survey]) -> None:
    program = f"def main():{BODY}\ndef help():{BODY}\nif __name__ == '__main__':\n    main()\n"
    test = "from prog import help\n\ndef test_it():\n    help()\n"
    assert names(survey({"prog.py": program, "test_prog.py": test})) == {"main"}
    started = f"import subprocess\n{test}\ndef test_run():\n    subprocess.run(['python', 'prog.py'])\n"
    assert names(survey({"prog.py": program, "test_prog.py": started})) == set()


DYNAMIC = {
    "registry": "HANDLERS = {}\n\ndef register(f):\n    HANDLERS[f.__name__] = f\n    return f\n\n@register\ndef one():"
    + BODY,
    "getattr": "def go(name):\n    return getattr(Box(), 'do_' + name)()\n\nclass Box:\n    def do_it(self):\n        x = 1\n        return x\n",
    "alias": "def first():" + BODY + "\nsecond = first\n\ndef go(name):\n    return second()\n",
    "subclass": "class Base:\n    def run(self):\n        return self.step()\n\nclass Own(Base):\n    def step(self):\n        x = 1\n        return x\n\ndef go(x):\n    return Own().run()\n",
    "callback": "def each(x):" + BODY + "\ndef go(x):\n    return list(map(each, x))\n",
    "template": "class Page:\n    def later(self):\n        x = 1\n        return x\n\ndef go(x):\n    return render('a.html', Page())\n",
}


@pytest.mark.parametrize("way", DYNAMIC)
def test_where_python_leaves_a_doubt_a_function_counts_as_tested(way: str, survey: Callable[..., Survey]) -> None:
    files = {
        "a.py": DYNAMIC[way],
        "a.html": "{% if page.later() %}",
        "test_a.py": "import a\n\ndef test_a():\n    a.go('it')\n",
    }
    assert names(survey(files)) <= {"register"}


def test_utilities_that_no_test_loads_together_do_not_hide_each_other(survey: Callable[..., Survey]) -> None:
    method = BODY.replace("    ", "        ")
    files = {
        "lib/boxes.py": f"class Box:\n    def pour(self):{method}",
        "lib/cups.py": f"class Cup:\n    def pour(self):{method}\n    def wash(self):{method}\n\nCups = [Cup]\n",
        "tests/test_boxes.py": "from lib.boxes import Box\n\ndef test_it():\n    Box().pour()\n",
        "tests/test_cups.py": "from lib.cups import Cup\n\ndef test_it():\n    Cup().wash()\n",
    }
    assert names(survey(files)) == {"Cup.pour"}


def test_other_languages_go_by_names(survey: Callable[..., Survey]) -> None:
    body = " {\n  const x = 1;\n  if (x) { return x; }\n  return 2;\n}\n"
    files = {
        "lib/a.js": f"export function used(){body}export function unused(){body}function inner(){body}",
        "lib/b.js": "import { unused } from './a.js';\nexport default 1;\n",
        "test/a.test.js": "import { used } from '../lib/a.js';\nit('works', () => used());\n",
    }
    assert names(survey(files)) == {"unused"}
    go = "package a\n\n// Unused is told of here: Unused.\nfunc Unused() int {\n\tx := 1\n\treturn x\n}\n\nfunc Used() int {\n\tx := 1\n\treturn x\n}\n"
    test = 'package a\n\nimport "testing"\n\nfunc TestUsed(t *testing.T) {\n\tUsed()\n}\n'
    assert names(survey({"a.go": go, "a_test.go": test})) == {"Unused"}


def test_coverage_knows_best(survey: Callable[..., Survey], tmp_path: Path) -> None:
    files = {
        "a.py": f"def named():{BODY}\ndef ran():{BODY}",
        "test_a.py": "from a import named\n\ndef test_a():\n    assert named\n",
    }
    write_tree(
        tmp_path, {**files, "lcov.info": "SF:a.py\nDA:1,1\nDA:2,0\nDA:3,0\nDA:5,1\nDA:6,1\nDA:7,1\nend_of_record\n"}
    )
    known = untested(survey(files, root=tmp_path))
    assert [one.function.name for one in known.found] == ["named"]
    assert known.by == "lcov.info says so"


def test_the_riskiest_come_first(survey: Callable[..., Survey]) -> None:
    branches = "".join(f"    if x == {number}:\n        return {number}\n" for number in range(9))
    files = {
        "a.py": f"def plain(x):{BODY}\ndef branchy(x):\n{branches}    return 0\n",
        "test_b.py": "def test_b():\n    pass\n",
    }
    assert [one.function.name for one in untested(survey(files)).found] == ["branchy", "plain"]
