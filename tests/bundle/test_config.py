from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.bundle.config import PathRule, load_config, options_of
from sous.errors import SousError

if TYPE_CHECKING:
    from pathlib import Path


def config(folder: Path, text: str, name: str = "repomix.config.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    assert load_config(tmp_path, root=tmp_path) == {}


def test_json5_with_comments_is_read(tmp_path: Path) -> None:
    config(
        tmp_path,
        "// c\n{include: ['*.md',], output: {style: 'Plain', showLineNumbers: false, git: {includeLogs: true}},}",
    )
    assert load_config(tmp_path, root=tmp_path) == {
        "include": ("*.md",),
        "style": "plain",
        "line_numbers": False,
        "logs": True,
    }


def test_comments_are_removed_where_it_says_so(tmp_path: Path) -> None:
    config(tmp_path, '{"output": {"removeComments": true}}')
    assert load_config(tmp_path, root=tmp_path) == {"remove_comments": True}


def test_json5_goes_before_json_and_a_named_one_before_both(tmp_path: Path) -> None:
    config(tmp_path, '{"include": ["a"]}')
    config(tmp_path, '{"include": ["b"]}', "repomix.config.json5")
    config(tmp_path, '{"include": ["c"]}', "other.jsonc")
    assert load_config(tmp_path, root=tmp_path) == {"include": ("b",)}
    assert load_config(tmp_path, root=tmp_path, named="other.jsonc") == {"include": ("c",)}


def test_the_users_own_file_holds_where_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = config(tmp_path / "config" / "repomix", '{"ignore": {"customPatterns": ["x"]}}')
    project = tmp_path / "project"
    project.mkdir()
    assert load_config(project, root=project) == {"ignore": ("x",)}
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{\n  a: 1,\n  ,}", r"repomix\.config\.json is not valid JSON5: line 3"),
        ("", "not valid JSON5"),
        ("[]", "must be a table"),
        ('{"include": "x"}', "`include` must be a list of globs"),
        ('{"include": [1]}', "`include` must be a list of globs"),
        ('{"output": "x"}', "`output` must be a table"),
        ('{"output": {"style": "pdf"}}', "`output.style` must be one of xml"),
        ('{"input": {"maxFileSize": 0}}', "`input.maxFileSize` must be a number from 1"),
        ('{"input": {"maxFileSize": true}}', "`input.maxFileSize` must be a number from 1"),
        ('{"ignore": {"useGitignore": "no"}}', "`ignore.useGitignore` must be true or false"),
        ('{"output": {"patterns": [{"compress": true}]}}', r"pattern` must be a text"),
        ("[" * 5000, "not valid JSON5"),
        ('{"output": {"topFilesLength": -1}}', "`output.topFilesLength` must be a number from 0"),
        ('{"output": {"tokenCountTree": "x"}}', "`output.tokenCountTree` must be true, false or a number"),
        ('{"output": {"tokenBudget": 0}}', "`output.tokenBudget` must be a number from 1"),
        ('{"output": {"splitOutput": "1mb"}}', "`output.splitOutput` must be a number from 1"),
        ('{"tokenCount": {"encoding": "x"}}', "`tokenCount.encoding` must be one of o200k_base"),
        ('{"output": {"removeComments": 1}}', "`output.removeComments` must be true or false"),
        ('{"input": {"processors": {}}}', "`input.processors` must be a list of tables"),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_key(text: str, says: str, tmp_path: Path) -> None:
    config(tmp_path, text)
    with pytest.raises(SousError, match=says):
        load_config(tmp_path, root=tmp_path)


@pytest.mark.parametrize("named", ["nowhere.json", "x.toml", "repomix.config.ts"])
def test_a_named_file_that_cannot_be_read_is_told(named: str, tmp_path: Path) -> None:
    config(tmp_path, "export default {}", "repomix.config.ts")
    with pytest.raises(SousError, match=named.replace(".", r"\.")):
        load_config(tmp_path, root=tmp_path, named=named)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"output": {"filePath": "mine.xml"}}', "output.txt"),
        ('{"input": {"processors": [{"pattern": "*", "command": "touch pwned"}]}}', "not run"),
        ('{"security": {"enableSecurityCheck": false}}', "secrets are masked"),
    ],
)
def test_what_does_not_hold_here_is_said(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config(tmp_path, text)
    assert load_config(tmp_path, root=tmp_path) == {}
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"$schema": "x", "output": {"git": {}}}', ""),
        ('{"includes": ["a"]}', "includes is not a key that sous knows, so it is ignored; did you mean include?"),
        ('{"output": {"git": {"includeDiff": true}}}', "output.git.includeDiff is not a key"),
        ('{"x": {"y": 1}}', "x is not a key"),
    ],
)
def test_a_key_that_is_not_known_is_said(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config(tmp_path, text)
    assert load_config(tmp_path, root=tmp_path) == {}
    err = capsys.readouterr().err
    assert said in err
    assert bool(said) == bool(err)


def test_some_keys_are_options_of_the_command(tmp_path: Path) -> None:
    output = '{"topFilesLength": 3, "tokenCountTree": "50", "tokenBudget": 9, "splitOutput": 1000}'
    config(tmp_path, f'{{"output": {output}, "tokenCount": {{"encoding": "cl100k_base"}}}}')
    assert options_of(tmp_path) == {
        "top": 3, "least": 50, "token_budget": 9, "split": 1000, "token_count_encoding": "cl100k_base"
    }  # fmt: skip
    config(tmp_path, '{"output": {"tokenCountTree": true}}')
    assert options_of(tmp_path) == {"least": 0}
    assert options_of(tmp_path / "nowhere") == {}


def test_what_lets_more_in_holds_and_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config(tmp_path, '{"ignore": {"useGitignore": false}}')
    assert load_config(tmp_path, root=tmp_path) == {"gitignore": False}
    assert "turns .gitignore files off" in capsys.readouterr().err


def test_a_program_is_not_run_and_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config(tmp_path, "require('fs').writeFileSync('pwned', '')", "repomix.config.js")
    assert load_config(tmp_path, root=tmp_path) == {}
    assert "not run" in capsys.readouterr().err
    assert not (tmp_path / "pwned").exists()


def test_patterns_become_rules(tmp_path: Path) -> None:
    config(tmp_path, '{"output": {"patterns": [{"pattern": "a"}, {"pattern": "b", "directoryStructureOnly": true}]}}')
    assert load_config(tmp_path, root=tmp_path) == {
        "patterns": (PathRule("a"), PathRule("b", compress=False, listed_only=True))
    }
