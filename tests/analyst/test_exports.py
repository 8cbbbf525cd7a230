"""What a file hands out: by its tree, and nothing that only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.analyst.exports import is_compiled, is_exported, python_module, script_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from sous.analyst.survey import Survey

BODY = "() {\n  const x = 1;\n  return x;\n}\n"
SCRIPTS = [
    (f"export function f{BODY}", "named f"),
    (f"export async function f{BODY}", "named f"),
    (f"export default function f{BODY}", "default f"),
    ("export const f = () => 1;\n", "named f"),
    ("const f = 1;\nexport { a, f as g };\n", "named g"),
    ("const f = 1;\nexport { f as default };\n", "default default"),
    ("const f = 1;\nexport default f;\n", "default f"),
    ("exports.f = x => x;\n", "named f"),
    ("module.exports.g = f;\n", "named g"),
    ("module.exports = f;\n", "whole f"),
    (f"module.exports = function f{BODY}", "whole f"),
    ("module.exports = {\n  a,\n  g: f,\n};\n", "named g"),
    ("/*\nexport function f() {}\n*/\n", None),
    ("// module.exports = { f }\n", None),
    ("export { f } from './b';\n", None),
    ("  export function f() {}\n", "named f"),
    ("const f = 1;\nexports = module.exports = f;\n", "whole f"),
    ("module.exports = {\n  g: function f() {},\n};\n", "named g"),
    ("module.exports = new f();\n", None),
    ("const a = `\nexport function f() {}\n`;\n", None),
    ("export type { f };\nexport { type f };\n", None),
    ("module.exports = require('./f');\n", None),
    ("module.exports = { a: call(f) };\n", None),
    ("export const f = 1;\nmodule.exports = f;\n", None),
    ("exports.f == 1;\n", None),
]


@pytest.mark.parametrize(("code", "wanted"), SCRIPTS)
def test_a_name_is_handed_out_where_the_tree_says_so(
    code: str, wanted: str | None, survey: Callable[..., Survey]
) -> None:
    found = script_export(survey({"a.ts": code}), "a.ts", "f")
    assert (f"{found.kind} {found.name}" if found else None) == wanted


def exported(survey: Survey) -> set[str]:
    return {one.function.name for one in survey.functions if is_exported(survey, one)}


def test_a_module_of_python_offers_what_all_lists(survey: Callable[..., Survey]) -> None:
    code = "def a():\n    return x\n\ndef b():\n    return x\n"
    assert exported(survey({"m.py": f"__all__ = [\n    'a',\n]\n{code}"})) == {"a"}
    assert exported(survey({"m.py": code})) == {"a", "b"}
    assert exported(survey({"p/_m.py": code})) == set()
    assert exported(survey({"p/_m.py": code, "p/__init__.py": "from ._m import b\n"})) == {"b"}


def test_private_methods_of_a_class_that_is_handed_out_are_not(survey: Callable[..., Survey]) -> None:
    body = "(x) {\n    const y = x;\n    return y;\n  }\n"
    code = f"export class A {{\n  go{body}  #hidden{body}  async #more{body}  private shut{body}}}\n"
    assert exported(survey({"a.ts": code})) == {"go"}


def test_rust_and_go_say_it_at_the_function(survey: Callable[..., Survey]) -> None:
    rust = "pub fn a() -> u8 {\n    1\n}\npub(crate) fn b() -> u8 {\n    1\n}\nfn c() -> u8 {\n    1\n}\n"
    assert exported(survey({"src/lib.rs": rust})) == {"a"}
    go = "package a\n\nfunc (b Box) Open() int {\n\treturn 1\n}\n\nfunc (b box) Shut() int {\n\treturn 1\n}\n"
    assert exported(survey({"a.go": go})) == {"Open"}


@pytest.mark.parametrize(
    "manifest", ["[tool.poetry]\npackages = 3\n", "[tool]\nsetuptools = 1\n", "tool = [\n", "[tool.setuptools]\npackage-dir = [1]\n"]
)  # fmt: skip
def test_a_manifest_that_says_nonsense_proves_nothing(manifest: str, survey: Callable[..., Survey]) -> None:
    assert python_module(survey({"a.py": "x = 1\n", "pyproject.toml": manifest}), "a.py") == "a"


def test_a_file_of_rust_is_in_its_crate_by_the_lines_above_it(survey: Callable[..., Survey]) -> None:
    files = {
        "c/Cargo.toml": "", "c/src/lib.rs": "pub mod a;\n// mod d;\n", "c/src/a/mod.rs": "mod b;\n#[cfg(unix)]\nmod c;\n",
        "c/src/a/b.rs": "", "c/src/a/c.rs": "", "c/src/d.rs": "", "e/src/lib.rs": "", "p/src/lib.rs": "",
        "p/Cargo.toml": "[lib]\nproc-macro = true\n",
    }  # fmt: skip
    known = survey(files)
    assert [path for path in files if path.endswith(".rs") and is_compiled(known, path)] == [
        "c/src/lib.rs", "c/src/a/mod.rs", "c/src/a/b.rs",
    ]  # fmt: skip
