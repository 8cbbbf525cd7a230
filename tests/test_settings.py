from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sous import trust
from sous.errors import SousError
from sous.settings import Settings, load_settings, project_layers, trusted_facts, with_values

MODEL = {"model"}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def trusted(root: Path) -> None:
    trust.trust(root, trusted_facts(project_layers(root), root))


def test_without_any_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUS_RETRIES")
    assert load_settings(tmp_path, needs={"model", "packer"}) == Settings()


def test_each_layer_is_stronger_than_the_one_before(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    write(home / ".config/mise/conf.d/a.toml", '[_.sous]\nmodel = "from conf.d"\n')
    seen.append(load_settings(tmp_path, needs=MODEL).model)
    write(home / ".config/mise/config.toml", '[_.sous]\nmodel = "from user"\n')
    seen.append(load_settings(tmp_path, needs=MODEL).model)
    write(tmp_path / ".mise.toml", '[_.sous]\nmodel = "from project"\n')
    trusted(tmp_path)
    seen.append(load_settings(tmp_path, needs=MODEL).model)
    write(tmp_path / ".mise.local.toml", '[_.sous]\nmodel = "from local"\n')
    trusted(tmp_path)
    seen.append(load_settings(tmp_path, needs=MODEL).model)
    monkeypatch.setenv("SOUS_MODEL", "from environment")
    seen.append(load_settings(tmp_path, needs=MODEL).model)
    seen.append(load_settings(tmp_path, given={"model": "from option"}, needs=MODEL).model)
    assert seen == ["from conf.d", "from user", "from project", "from local", "from environment", "from option"]


def test_globs_of_all_layers_add_up(tmp_path: Path, home: Path) -> None:
    write(home / ".config/mise/config.toml", '[_.sous]\nignore = ["a"]\n')
    write(tmp_path / "mise.toml", '[_.sous]\nignore = ["b"]\n')
    assert load_settings(tmp_path, given={"ignore": ["c"]}).ignore == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[_.sous]\nmodell = "x"\n', r"unknown key `modell` in \[_.sous\]; did you mean `model`\?"),
        ("[_.sous]\nzzz = 1\n", "known are model"),
        ("[_.sous\n", r"\.mise\.toml is not valid TOML: .*line 1, column"),
        ("[_]\nsous = 1\n", r"\[_.sous\] must be a table"),
        ('[_.sous]\nignore = "x"\n', "`ignore` must be a list of globs"),
        ("[_.sous]\nignore = [1]\n", "`ignore` must be a list of globs"),
        ('[_.sous]\noptions = "x"\n', "`options` must be a table"),
        ("[_.sous]\nline_numbers = 1\n", "`line_numbers` must be true or false"),
        ('[_.sous]\nstyle = "pdf"\n', "`style` must be one of"),
        ("[_.sous]\nmodel = 3\n", "`model` must be a text, not 3"),
        ('[_.sous]\nnotebooks = "cell"\n', "`notebooks` must be one of whole, cells"),
        ("[_.sous]\nnotebooks = [1]\n", "`notebooks` must be one of whole, cells"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(text: str, says: str, tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", text)
    with pytest.raises(SousError, match=says) as caught:
        load_settings(tmp_path)
    assert ".mise.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("model", '"x"'), ("packer", '"touch pwned"'), ("templates", '"prompts"'), ("options", "{ temperature = 1 }")],
)
def test_an_untrusted_project_may_not_choose(key: str, value: str, tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", f"[_.sous]\n{key} = {value}\n")
    with pytest.raises(SousError, match=f"sets `{key}`.*sous trust"):
        load_settings(tmp_path, needs={key})


def test_an_untrusted_project_may_narrow(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\nignore = ["a"]\ninclude = ["b"]\nline_numbers = false\nmodel = "x"\n')
    settings = load_settings(tmp_path)
    assert (settings.ignore, settings.include, settings.line_numbers) == (("a",), ("b",), False)
    assert settings.model is None


def test_a_setting_that_an_option_replaces_needs_no_trust(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\nmodel = "x"\n')
    assert load_settings(tmp_path, given={"model": "mine"}, needs=MODEL).model == "mine"


def test_trust_ends_when_a_setting_or_a_template_changes(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\ntemplates = "prompts"\n')
    write(tmp_path / "prompts/x-gen.yaml", "prompt: a\n")
    trusted(tmp_path)
    assert load_settings(tmp_path, needs={"templates"}).templates == tmp_path / "prompts"
    write(tmp_path / "prompts/x-gen.yaml", "prompt: b\n")
    with pytest.raises(SousError, match="untrusted"):
        load_settings(tmp_path, needs={"templates"})


def test_what_is_not_ours_in_the_file_may_change_without_losing_trust(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\nmodel = "x"\n')
    trusted(tmp_path)
    write(tmp_path / ".mise.toml", '[_.sous]\nmodel = "x"\n[tools]\nnode = "22"\n')
    assert load_settings(tmp_path, needs=MODEL).model == "x"


def test_a_variable_that_mise_took_from_the_project_is_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Running a global task in a fresh clone makes mise export the clone's [env] without a question."""
    write(tmp_path / ".mise.toml", '[env]\nSOUS_PACKER = "touch pwned"\n')
    monkeypatch.setenv("SOUS_PACKER", "touch pwned")
    with pytest.raises(SousError, match=r"\[env\].*sets `packer`.*sous trust"):
        load_settings(tmp_path, needs={"packer"})


@pytest.mark.parametrize(
    ("variable", "value", "key", "expected"),
    [
        ("SOUS_IGNORE", "a,b", "ignore", ("a", "b")),
        ("SOUS_LINE_NUMBERS", "false", "line_numbers", False),
        ("SOUS_LINE_NUMBERS", "1", "line_numbers", True),
        ("SOUS_OPTIONS", "temperature=0,seed=1", "options", {"temperature": "0", "seed": "1"}),
        ("SOUS_MODEL", "", "model", None),
        ("SOUS_NOTEBOOKS", "cells", "notebooks", "cells"),
    ],
)
def test_variables_are_read_in_their_own_type(
    variable: str, value: str, key: str, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(load_settings(tmp_path, needs={key}), key) == expected


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SOUS_LINE_NUMBERS", "nein", "SOUS_LINE_NUMBERS must be true or false, not 'nein'"),
        ("SOUS_OPTIONS", "temperature", "SOUS_OPTIONS must be a table"),
        ("SOUS_STYLE", "md", "SOUS_STYLE must be one of"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value(
    variable: str, value: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SousError, match=says):
        load_settings(tmp_path)


@pytest.mark.parametrize("written", ['"{{ 1 }}"', '{ value = "touch pwned" }', '{ value = "$X" }'])
def test_a_variable_that_the_project_exports_is_its_own_however_it_is_written(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mise renders templates and reads tables before it exports."""
    write(tmp_path / ".mise.toml", f"[env]\nSOUS_PACKER = {written}\n")
    monkeypatch.setenv("SOUS_PACKER", "touch pwned")
    with pytest.raises(SousError, match=r"sets `packer`.*sous trust"):
        load_settings(tmp_path, needs={"packer"})


def test_a_variable_that_has_another_value_than_the_projects_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / ".mise.toml", '[env]\nSOUS_PACKER = "touch pwned"\n')
    monkeypatch.setenv("SOUS_PACKER", "mine {output}")
    assert load_settings(tmp_path, needs={"packer"}).packer == "mine {output}"


def test_an_untrusted_project_may_not_take_back_what_is_ignored(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\nignore = ["!.env"]\n')
    with pytest.raises(SousError, match=r"sets `ignore`.*sous trust"):
        load_settings(tmp_path)
    trusted(tmp_path)
    assert load_settings(tmp_path).ignore == ("!.env",)


def test_a_file_that_breaks_the_parser_is_named(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", "a = " + "[" * 20_000)
    with pytest.raises(SousError, match=r"\.mise\.toml"):
        load_settings(tmp_path)


def test_a_user_file_inside_the_project_is_the_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project can make mise export XDG_CONFIG_HOME."""
    write(tmp_path / "evil/mise/config.toml", '[_.sous]\npacker = "touch pwned"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "evil"))
    assert load_settings(tmp_path, needs={"packer"}).packer is None


def test_a_variable_from_a_file_that_the_project_names_is_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / ".mise.toml", '[env]\n_.file = ".env"\n')
    write(tmp_path / ".env", "export SOUS_PACKER='touch pwned'\n")
    monkeypatch.setenv("SOUS_PACKER", "touch pwned")
    with pytest.raises(SousError, match=r"sets `packer`.*sous trust"):
        load_settings(tmp_path, needs={"packer"})


def test_the_users_own_file_in_the_home_folder_is_no_project(home: Path) -> None:
    write(home / ".config/mise/config.toml", '[_.sous]\nmodel = "mine"\n')
    assert load_settings(home, needs=MODEL).model == "mine"


def test_an_untrusted_project_is_refused_before_its_templates_are_read(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\ntemplates = "/proc"\n')
    with pytest.raises(SousError, match="sous trust"):
        load_settings(tmp_path, needs={"templates"})


def test_relative_templates_are_relative_to_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    write(config / "mise/config.toml", '[_.sous]\ntemplates = "prompts"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    project = tmp_path / "project"
    project.mkdir()
    assert load_settings(project, needs={"templates"}).templates == config / "mise/prompts"
    monkeypatch.setenv("SOUS_TEMPLATES", "mine")
    assert load_settings(project, needs={"templates"}).templates == Path.cwd() / "mine"


def test_a_list_in_a_variable_is_split_outside_braces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUS_IGNORE", "*.{a,b}, c")
    assert load_settings(tmp_path).ignore == ("*.{a,b}", "c")


@pytest.mark.parametrize("named", ["/", "..", "~"])
def test_templates_outside_the_project_cannot_be_trusted(tmp_path: Path, named: str) -> None:
    write(tmp_path / ".mise.toml", f'[_.sous]\ntemplates = "{named}"\n')
    with pytest.raises(SousError, match="outside the project"):
        trusted_facts(project_layers(tmp_path), tmp_path)


def test_only_templates_are_trusted_and_read(tmp_path: Path) -> None:
    write(tmp_path / ".mise.toml", '[_.sous]\ntemplates = "prompts"\n')
    write(tmp_path / "prompts/a.yaml", "prompt: a\n")
    write(tmp_path / "prompts/data.bin", "x")
    (tmp_path / "prompts/link.md").symlink_to("/etc/passwd")
    facts = trusted_facts(project_layers(tmp_path), tmp_path)
    assert [Path(name).name for name in facts] == [".mise.toml", "a.yaml"]
    write(tmp_path / "prompts/large.md", "x" * 1_000_001)
    with pytest.raises(SousError, match="more than templates"):
        trusted_facts(project_layers(tmp_path), tmp_path)


def test_what_is_the_users_alone_a_project_changes_nothing_about(tmp_path: Path, home: Path) -> None:
    (tmp_path / "mise.toml").write_text("[_.sous]\ngit_excludes = false\n")
    (home / ".config" / "mise").mkdir(parents=True)
    (home / ".config" / "mise" / "config.toml").write_text("[_.sous]\ngit_excludes = true\n")
    assert load_settings(tmp_path).git_excludes is True


def test_values_of_another_place_are_checked_as_those_of_a_file() -> None:
    settings = Settings(ignore=("a",), budget=5)
    changed = with_values(settings, {"ignore": ["b"], "style": "XML", "budget": 7}, source="the list")
    assert (changed.ignore, changed.style, changed.budget) == (("a", "b"), "xml", 7)
    with pytest.raises(SousError, match="the list: 'ignores' is not a setting; known are model"):
        with_values(settings, {"ignores": ["b"]}, source="the list")
    with pytest.raises(SousError, match="the list: `budget` must be a number of tokens"):
        with_values(settings, {"budget": "many"}, source="the list")
