from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sous.errors import SousError
from sous.names import REPORTS
from sous.prompts.find import canonical_name, find_template, shipped_template, template_names
from sous.prompts.render import fill

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("code-review", "code-review-gen"),
        ("readme-gen", "readme-gen"),
        ("github-issue-gen", "github-issues-gen"),
        ("github-issue", "github-issues-gen"),
    ],
)
def test_names_are_taken_with_and_without_gen_old_and_new(name: str, full: str) -> None:
    assert canonical_name(name) == full
    assert shipped_template(name).name == full


@pytest.mark.parametrize("name", template_names())
def test_every_shipped_template_is_whole(name: str) -> None:
    prompt = shipped_template(name).prompt
    assert prompt
    assert prompt.startswith("\n\nEverything above this line is ")
    assert "{%" not in prompt
    assert "data" in prompt
    assert "$" not in prompt


@pytest.mark.parametrize("name", [report.template for report in REPORTS.values() if report.command != "readme"])
def test_findings_have_one_shape(name: str) -> None:
    prompt = shipped_template(name).prompt or ""
    parts = [
        "## <",
        "**Labels:**",
        "**Severity:**",
        "**Confidence:**",
        "**Location:** `<path:first-last>`",
        "**Quote:**",
        "**What is wrong:**",
        "**How to fix:**",
        "**Acceptance:**",
    ]
    places = [prompt.index(part) for part in parts]
    assert places == sorted(places)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SousError, match="no template nope; known are code-review-gen"):
        find_template("nope")


def test_a_file_in_the_current_folder_is_never_taken_for_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain llm would load it and run its `functions:`."""
    monkeypatch.chdir(tmp_path)
    for name in ("code-review-gen", "code-review-gen.yaml", "code-review"):
        write(tmp_path / name, "prompt: evil\nfunctions: |\n  open('pwned', 'w')\n")
    assert find_template("code-review-gen") == shipped_template("code-review")


def test_a_path_is_taken_as_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.yaml", "system: be brief\nprompt: do $what\ndefaults:\n  what: it\n")
    template = find_template(str(path))
    assert (template.system, template.prompt, template.defaults) == ("be brief", "do $what", {"what": "it"})


def test_the_project_comes_before_the_user_before_ours(tmp_path: Path) -> None:
    user, project = tmp_path / "user", tmp_path / "project"
    write(user / "code-review-gen.yaml", "prompt: users\n")
    assert find_template("code-review", user=user).prompt == "users"
    write(project / "code-review-gen.yaml", "prompt: projects\n")
    assert find_template("code-review", user=user, project=project).prompt == "projects"
    assert find_template("readme", user=user, project=project) == shipped_template("readme")


@pytest.mark.parametrize(
    ("keys", "extract"), [("extract: true\n", "first"), ("extract_last: true\n", "last"), ("extract: false\n", "")]
)
def test_a_template_may_want_the_code_of_an_answer_alone(tmp_path: Path, keys: str, extract: str) -> None:
    write(tmp_path / "x-gen.yaml", f"prompt: hi\n{keys}")
    for found in (find_template("x", user=tmp_path), find_template("x", project=tmp_path)):
        assert found.extract == fill(found, "").extract == extract


def test_of_a_projects_template_only_text_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "x-gen.yaml", "prompt: hi\nmodel: evil\nfunctions: x = 1\nfragments: [/etc/passwd]\ntools: [t]\n")
    assert find_template("x", project=tmp_path).prompt == "hi"
    assert "ignored fragments, functions, model, tools" in capsys.readouterr().err


@pytest.mark.parametrize(
    "prompt",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
        "{% include '/etc/passwd' %}",
        "{% include '../secret.md' %}",
        "{% include 'link.md' %}",
        "{{ undefined_thing }}",
        "{% for x in range(10**9) %}x{% endfor %}",
        "{{ 'x' * 10**12 }}",
        "{% broken",
    ],
)
def test_jinja_of_a_project_stays_in_its_box(prompt: str, tmp_path: Path) -> None:
    write(tmp_path / "secret.md", "secret")
    folder = tmp_path / "prompts"
    write(folder / "x-gen.yaml", f"prompt: {prompt!r}\n" if "'" not in prompt else f'prompt: "{prompt}"\n')
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(SousError, match="cannot be rendered"):
        find_template("x", project=folder)


def test_a_projects_template_may_include_its_own_parts_and_ours(tmp_path: Path) -> None:
    write(tmp_path / "mine.md", "my part\n")
    write(tmp_path / "x-gen.yaml", "prompt: \"{% include 'mine.md' %} and {% include 'parts/refute.md' %}\"\n")
    prompt = find_template("x", project=tmp_path).prompt or ""
    assert prompt.startswith("my part and # Before you write anything down")


def test_a_template_that_links_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.yaml", "prompt: secret\n")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "x-gen.yaml").symlink_to(outside)
    with pytest.raises(SousError, match="is a link; put the template itself there"):
        find_template("x", project=tmp_path / "prompts")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a template is a table"),
        ("- a\n", "a template is a table"),
        ("a: [\n", "not valid YAML"),
        ("prompt: 3\n", "must be text"),
        ("model: x\n", "needs `prompt` or `system`"),
        ("prompt: x\ndefaults: 3\n", "must be a table"),
    ],
)
def test_a_bad_template_is_named(text: str, says: str, tmp_path: Path) -> None:
    path = write(tmp_path / "bad.yaml", text)
    with pytest.raises(SousError, match=says) as caught:
        find_template(str(path))
    assert "bad.yaml" in str(caught.value)


def test_a_yaml_file_that_is_one_text_is_a_prompt(tmp_path: Path) -> None:
    assert find_template(str(write(tmp_path / "t.yaml", "just ask\n"))).prompt == "just ask"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SousError, match="cannot read the template"):
        find_template(str(tmp_path / "x.yaml"))
