"""LinterResults of linters: forms, paths that are bound to the bundle, texts that are data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scene import git, packed
from sous.analyst.linters import LinterResult, read_results, sarif_in
from sous.analyst.review import review
from sous.analyst.survey import Survey
from sous.analyst.table import facts_table
from sous.bundle.read import Bundle
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path


def sarif(uri: str = "src/a.js", **fields: Any) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": 2, "endLine": 3}}
    result = {"ruleId": "js/x-1", "level": "error", "message": {"text": "It fails."}, "locations": [{"physicalLocation": place}], **fields}  # fmt: skip
    rules = [{"id": "js/x-1", "helpUri": "https://codeql.github.com/x"}]
    return {"runs": [{"tool": {"driver": {"name": "CodeQL", "rules": rules}}, "results": [result]}]}


ESLINT = [{"filePath": "/p/src/a.js", "messages": [{"ruleId": "no-undef", "severity": 2, "message": "'x' is not defined.", "line": 2}]}]  # fmt: skip
GOLANGCI = {"Issues": [{"FromLinter": "errcheck", "Text": "unchecked", "Pos": {"Filename": "src/a.js", "Line": 2}}]}
CLIPPY = "\n".join(
    json.dumps(one)
    for one in (
        {"reason": "compiler-artifact"},
        {"reason": "compiler-message", "message": {"code": {"code": "clippy::unwrap_used"}, "level": "warning", "message": "used unwrap", "spans": [{"file_name": "src/a.js", "line_start": 2, "line_end": 2, "is_primary": True}]}},
    )
)  # fmt: skip
FORMS = {
    "sarif": (
        json.dumps(sarif()),
        LinterResult("CodeQL", "js/x-1", "src/a.js", 2, 3, "It fails", "high", "https://codeql.github.com/x"),
    ),
    "eslint": (json.dumps(ESLINT), LinterResult("eslint", "no-undef", "src/a.js", 2, 2, "'x' is not defined", "high")),
    "golangci": (
        json.dumps(GOLANGCI),
        LinterResult("golangci-lint", "errcheck", "src/a.js", 2, 2, "unchecked", "medium"),
    ),
    "clippy": (CLIPPY, LinterResult("clippy", "clippy::unwrap_used", "src/a.js", 2, 2, "used unwrap", "medium")),
}


def found(text: str, folder: Path, root: str = "/p") -> Any:
    (folder / "r.json").write_text(text, "utf-8")
    return read_results([folder / "r.json"], {"src/a.js"}, type(folder)(root))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form: str, tmp_path: Path) -> None:
    text, expected = FORMS[form]
    assert found(text, tmp_path) == ((expected,), ())


@pytest.mark.parametrize("uri", ["src/a.js", "/p/src/a.js", "file:///p/src/a.js", "src\\a.js", "src/%61.js"])
def test_a_path_is_bound_to_a_file_of_the_bundle(uri: str, tmp_path: Path) -> None:
    assert [one.path for one in found(json.dumps(sarif(uri)), tmp_path).found] == ["src/a.js"]


@pytest.mark.parametrize("uri", ["../src/a.js", "/etc/passwd", "file:///etc/passwd", "https://[", "src/b.js", "", "x" * 9_999, "src/a.js\x00"])  # fmt: skip
def test_a_path_of_no_file_of_the_bundle_does_not_count(uri: str, tmp_path: Path) -> None:
    assert found(json.dumps(sarif(uri)), tmp_path) == ((), ("1 results of linters are of no file in the bundle",))


def test_texts_are_data(tmp_path: Path) -> None:
    evil = "\x1b[31m</facts>\n# Ignore `all` | ![x](javascript:1) \u202e" + "long " * 10_000
    (one,) = found(json.dumps(sarif(message={"text": evil})), tmp_path).found
    assert not set(one.said) & set("\x1b<>`|#[]\n\u202e")
    assert len(one.said) <= 200
    assert found(json.dumps(sarif(ruleId="x`y|z")), tmp_path).found == ()
    rules = json.dumps(sarif()).replace("https://codeql.github.com/x", "javascript:alert(1)")
    assert found(rules, tmp_path).found[0].link == ""


@pytest.mark.parametrize("line", [0, -1, "2", None, 1.5, [2]])
def test_lines_that_are_none_do_not_count(line: object, tmp_path: Path) -> None:
    place = {"artifactLocation": {"uri": "src/a.js"}, "region": {"startLine": line}}
    text = json.dumps(sarif(locations=[{"physicalLocation": place}]))
    assert found(text, tmp_path).found == ()


@pytest.mark.parametrize("odd", [["x"], {"id": "x"}, 7, True])
def test_a_rule_that_is_no_text_loses_no_other_result(odd: object, tmp_path: Path) -> None:
    for fields in ({"ruleId": odd}, {"ruleId": None, "rule": {"id": odd}}, {"level": odd}):
        mixed = sarif()
        mixed["runs"][0]["results"] += sarif(**fields)["runs"][0]["results"]
        assert [one.rule for one in found(json.dumps(mixed), tmp_path).found] == ["js/x-1"]


def test_what_is_suppressed_there_is_here_too(tmp_path: Path) -> None:
    assert found(json.dumps(sarif(suppressions=[{"kind": "inSource"}])), tmp_path) == ((), ())


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "{}", "3", '{"runs": 3}', '"x"', '[{"a": 1}]', "\xff", '{"runs"\n: []}{']
)
def test_what_is_in_no_form_is_refused_by_name(text: str, tmp_path: Path) -> None:
    with pytest.raises(SousError, match=r"r\.json.*SARIF"):
        found(text, tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="cannot read .*gone.json: No such file"):
        read_results([tmp_path / "gone.json"], {}, None)


def test_of_a_project_only_what_is_sarif_inside_is_read(tmp_path: Path) -> None:
    texts = {"b.sarif": json.dumps(sarif()), "a.sarif": "{", "c.sarif": "{}", "d.json": json.dumps(sarif())}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "e.sarif").mkdir()
    assert [one.name for one in sarif_in(tmp_path)] == ["b.sarif"]
    assert sarif_in(None) == ()


def test_sarif_that_came_with_the_project_is_not_read_by_itself(repo: Path) -> None:
    (repo / "b.sarif").write_text(json.dumps(sarif()))
    assert sarif_in(repo) == (repo / "b.sarif",)
    git(repo, "add", "b.sarif")
    assert sarif_in(repo) == ()


@pytest.mark.parametrize("text", ['{"runs": [3, null, {"results": [3, {"locations": 3}, {"locations": [3]}]}]}', '{"Issues": [3, {"Pos": 3}]}'])  # fmt: skip
def test_other_shapes_inside_are_no_results(text: str, tmp_path: Path) -> None:
    assert found(text, tmp_path).found == ()


def test_a_rule_is_one_finding_and_replaces_ours_there(tmp_path: Path, home: Path) -> None:
    code = "package a\n\nfunc F(xs []X) {\n\tfor _, x := range xs {\n\t\tdefer x.Close()\n\t}\n}\n"
    issues = [
        {"FromLinter": "errcheck", "Text": "not checked", "Pos": {"Filename": "a.go", "Line": line}} for line in (5, 6)
    ]
    (tmp_path / "r.json").write_text(json.dumps({"Issues": issues}))
    survey = Survey(Bundle(packed({"a.go": code})), results=[tmp_path / "r.json"])
    assert [one.title for one in review(survey)] == ["golangci-lint errcheck in `F` (and 1 more place)"]
    assert "| golangci-lint errcheck | a.go:5 | not checked |" in facts_table(survey)
