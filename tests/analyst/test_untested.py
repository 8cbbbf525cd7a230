"""Which public functions no test names, or none runs by a coverage file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import write_tree
from sous.analyst.untested import untested
from sous.analyst.write import missing_tests

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


def test_a_name_that_tests_use_is_named_whatever_class_it_is_of(survey: Callable[..., Survey]) -> None:
    method = BODY.replace("    ", "        ")
    files = {
        "a.py": f"class A:\n    def go(self):\n        return self.near()\n\n    def near(self):{method}\n    def far(self):{method}\n"
        f"class B:\n    def go(self):{method}",
        "test_a.py": "from a import A\n\ndef test_a():\n    A().go()\n",
    }
    known = untested(survey(files))
    assert [one.function.qualified for one in known.found] == ["A.far"]
    assert [one.function.name for one in known.indirect] == ["near"]


def test_what_a_class_does_when_it_is_made_is_used_with_it(survey: Callable[..., Survey]) -> None:
    files = {
        "a.py": f"class A:\n    def __init__(self):\n        used()\n\ndef used():{BODY}\ndef unused():{BODY}",
        "test_a.py": "from a import A\n\ndef test_a():\n    A()\n",
    }
    assert names(survey(files)) == {"unused"}


INTERFACES = {
    "Go": ("a.go", "package a\n\nfunc (v *Ver) {name}(b int) int {{\n\tx := b\n\treturn x\n}}\n", "Scan", "Scam"),
    "a base from elsewhere": (
        "a.py",
        "class A(Thread):\n    def {name}(self):\n        x = 1\n        return x\n",
        "any",
        "",
    ),
    "a base of a base": (
        "a.py",
        "class B(Thread):\n    pass\n\nclass A(B):\n    def {name}(self):\n        x = 1\n        return x\n",
        "any",
        "",
    ),
    "a decorator that keeps it": ("a.py", "@app.route('/')\ndef {name}():\n    x = 1\n    return x\n", "any", ""),
}


@pytest.mark.parametrize("kind", INTERFACES)
def test_what_is_called_by_others_under_no_name_is_not_said_to_lack_tests(
    kind: str, survey: Callable[..., Survey]
) -> None:
    path, code, quiet, said = INTERFACES[kind]
    tests = {"test_z.py": "import z\n", "z_test.go": "package a\n"}
    assert quiet not in {one.function.name for one in untested(survey({path: code.format(name=quiet), **tests})).found}
    if said:
        assert names(survey({path: code.format(name=said), **tests})) == {f"Ver.{said}"}


OTHER_NAMES = {
    "CommonJS": {"a.js": "function inner(x) {\n  const y = x;\n  return y;\n}\nmodule.exports = { outer: inner };\n"},
    "a list": {"a.js": "function inner(x) {\n  const y = x;\n  return y;\n}\nexport { inner as outer };\n"},
    "handed on": {
        "a.js": "export function inner(x) {\n  const y = x;\n  return y;\n}\n",
        "index.js": "export { inner as outer } from './a.js';\n",
    },
    "the whole of a file": {"lib/a.js": "module.exports = function inner(x) {\n  const y = x;\n  return y;\n};\n"},
    "Python": {"p/a.py": f"def inner():{BODY}", "p/__init__.py": "from .a import (\n    inner as outer\n)\n"},
}


@pytest.mark.parametrize("kind", OTHER_NAMES)
def test_a_name_under_which_it_is_handed_out_is_its_name(kind: str, survey: Callable[..., Survey]) -> None:
    files = OTHER_NAMES[kind]
    tests = {"tests/a.test.js": "const outer = require('../lib/a.js');\nouter(1);\n", "tests/test_a.py": "outer(1)\n"}
    assert names(survey({**files, **tests})) == set()
    assert names(survey({**files, "tests/b.test.js": "it();\n", "tests/test_b.py": "b()\n"})) == {"inner"}


def test_a_command_is_named_by_its_word_on_the_command_line(survey: Callable[..., Survey]) -> None:
    code = f"@cli.command()\ndef copy_all_cmd():{BODY}\n@cli.command()\ndef move_all():{BODY}"
    test = "def test_it(run):\n    run(['copy-all'])\n"
    assert names(survey({"a.py": code, "test_a.py": test})) == {"move_all"}


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


def test_inline_tests_are_tests_and_a_project_without_any_says_so(survey: Callable[..., Survey]) -> None:
    code = "pub fn double(x: i32) -> i32 {\n    let y = x * 2;\n    y\n}\n"
    tests = "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn doubles() {\n        assert_eq!(super::double(2), 4);\n    }\n}\n"
    known = untested(survey({"src/lib.rs": code + tests}))
    assert (known.found, known.has_tests) == ((), True)
    bare = survey({"src/lib.rs": code, "src/b.rs": code.replace("double", "halve")})
    report = "".join(missing_tests(bare))
    assert report.count("\n## ") == 1
    assert "## The bundle has no tests\n" in report
    assert "nothing fails when one of 2 public functions changes" in report


def test_what_code_named_in_tests_uses_is_counted_and_not_listed(survey: Callable[..., Survey]) -> None:
    files = {
        "a.py": f"def used():\n    return deep()\n\ndef deep():{BODY}",
        "test_a.py": "from a import used\n\ndef test_used():\n    assert used()\n",
    }
    report = "".join(missing_tests(survey(files)))
    assert "Not listed, since code that is named in tests uses them, though no test names them: `deep`. " in report
    assert "## No missing tests\n" in report


ODD = {
    "raw strings of Rust": ("src/lib.rs", 'pub const A: &str = r#"\npub fn fake(x: u8) -> u8 {\n    let y = x;\n    y\n}\n"#;\n'),
    "macros of Rust": ("src/lib.rs", "macro_rules! make {\n    () => {\n        pub fn fake(x: u8) -> u8 {\n            let y = x;\n            y\n        }\n    };\n}\n"),
    "raw strings of Go": ("a.go", "package a\n\nconst A = `\nfunc Fake(x int) int {\n\ty := x\n\treturn y\n}\n`\n"),
    "templates of JavaScript": ("a.js", "export const a = `\nexport function fake(x) {\n  const y = x;\n  return y;\n}\n`;\n"),
    "nested functions": ("a.py", "def test_a(x):\n    def fake(y):\n        z = y\n        return z\n    return fake\n"),
    "generated code": ("a.py", f"# Code generated by make. DO NOT EDIT.\ndef fake(x):{BODY}"),
    "minified": ("a.min.js", "export function fake(x){const y=x;return y}" * 5_000),
    "a syntax error": ("a.py", f"def fake(x):{BODY}\ndef (:\n"),
    "two languages": ("a.html", "<script>\nexport function fake(x) {\n  const y = x;\n  return y;\n}\n</script>\n"),
    "more than a megabyte": ("a.py", f"# {'x' * 97}\n" * 16_000 + f"def fake(x):{BODY}"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_what_only_looks_like_a_function_is_not_listed(kind: str, survey: Callable[..., Survey]) -> None:
    path, text = ODD[kind]
    report = "".join(missing_tests(survey({path: text, "tests/test_z.py": "import z\n"})))
    assert "names `fake" not in report.lower()


def test_ten_thousand_branches_are_read_or_skipped_in_time(survey: Callable[..., Survey]) -> None:
    branches = "".join(f"    elif x == {number}:\n        y = {number}\n" for number in range(10_000))
    files = {"a.py": f"def many(x):\n    if x < 0:\n        y = 1\n{branches}    return y\n", "test_z.py": "import z\n"}
    report = "".join(missing_tests(survey(files)))
    assert "No test names `many`" in report or "No missing tests" in report


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.py", "def go(x):\n    return other(x).more\n"),
        ("a.py", f'def go(x):\n    """It.\n\n    .. deprecated:: 2.4\n    """{BODY}'),
        ("a.go", "package a\n\nfunc Go(x int) int {\n\treturn other(x)\n}\n"),
        ("a.go", f"package a\n\n// Deprecated: use Run.\nfunc Go(x int) int {{{BODY}}}\n"),
    ],
)
def test_one_statement_and_what_is_deprecated_need_no_test(path: str, code: str, survey: Callable[..., Survey]) -> None:
    tests = {"test_z.py": "import z\n", "z_test.go": "package a\n"}
    assert names(survey({path: code, **tests})) == set()
    sums = {
        "b.py": "def plus(x):\n    return x + 1\n",
        "b.go": "package a\n\nfunc Plus(x int) int {\n\treturn x + 1\n}\n",
    }
    assert names(survey({**sums, **tests})) == {"plus", "Plus"}


def test_of_a_program_what_nothing_names_is_no_missing_test(survey: Callable[..., Survey]) -> None:
    files = {
        "p/a.py": f"from p.b import used\n\ndef start():\n    x = used()\n    return x\n\ndef dead():{BODY}",
        "p/b.py": f"def used():{BODY}",
        "test_a.py": "import p\n",
    }
    assert names(survey(files)) == {"start", "dead", "used"}
    program = survey({**files, "pyproject.toml": '[project]\nname = "p"\n[project.scripts]\np = "p.a:start"\n'})
    assert names(program) == set()  # what its tests run through the program is not known
    assert [one.function.name for one in untested(program).unsure] == ["used"]
    assert "Not listed, since neither a test nor other code names them: " in "".join(missing_tests(program))


def test_what_methods_do_whose_names_are_put_together_may_be_tested(survey: Callable[..., Survey]) -> None:
    code = "def go(x):\n    return globals()[f'on_{x}']()\n\ndef on_stop():\n    return deep()\n\ndef deep():" + BODY
    assert names(survey({"a.py": code, "test_a.py": "import a\n\ndef test_a():\n    a.go('stop')\n"})) == set()
