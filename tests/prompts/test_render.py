from __future__ import annotations

from typing import TYPE_CHECKING

import llm
import pytest
import yaml

from sous.errors import SousError
from sous.prompts.find import template_names
from sous.prompts.render import Template, fill, render, render_jinja
from sous.resources import resource_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

BUNDLE = "the $bundle ${x} $$ 100%\n"


def as_llm_does(template: Template, stdin: str) -> tuple[str | None, str | None]:
    """What llm's command line makes of `cat bundle | llm -t template` (llm 0.36, cli.py `prompt`)."""
    theirs = llm.Template(name="t", prompt=template.prompt, system=template.system, defaults=template.defaults or None)
    if "input" in theirs.vars() or not template.prompt:
        return theirs.evaluate(stdin, {})
    prompt, system = theirs.evaluate("", {})
    return f"{stdin} {prompt}", system


@pytest.mark.parametrize(
    "template",
    [
        Template("t", prompt="\n\ndo it\n"),
        Template("t", prompt="do it"),
        Template("t", prompt="before $input after"),
        Template("t", prompt="before ${input} after", system="be brief"),
        Template("t", system="only a system prompt"),
        Template("t", system="about $input"),
        Template("t", prompt="$what costs $$5", defaults={"what": "it"}),
    ],
    ids=lambda template: repr(template.prompt),
)
def test_the_prompt_is_the_one_that_llm_sends(template: Template) -> None:
    prompt = fill(template, BUNDLE)
    assert (prompt.text, prompt.system) == as_llm_does(template, BUNDLE)


def test_the_bundle_stands_first() -> None:
    assert fill(Template("t", prompt="task"), BUNDLE).text.startswith(BUNDLE)


@pytest.mark.parametrize(("prompt", "says"), [("$who", r"needs a value for \$who"), ("costs $5", r"write \$\$")])
def test_a_template_that_cannot_be_filled_is_told(prompt: str, says: str) -> None:
    with pytest.raises(SousError, match=says):
        fill(Template("t", prompt=prompt), BUNDLE)


@pytest.mark.parametrize("name", template_names())
def test_a_template_of_shared_parts_alone_is_what_jinja_makes_of_it(name: str) -> None:
    folders = [resource_folder("templates")]
    text = yaml.safe_load((folders[0] / f"{name}.yaml").read_text("utf-8"))["prompt"]
    assert render(text, folders, name) == render_jinja(text, folders, name)


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n",
        "{% include \"one.md\" %}{% include 'one.md' %}\n",
        '{%- include "one.md" -%} b',
        '{{ 1 + 1 }} {% include "one.md" %}',
        '{# no #}a{% include "one.md" %}',
        '{% raw %}{% include "one.md" %}{% endraw %}',
        '{% include "nested.md" %}',
        'a\r\nb{% include "one.md" %}',
        '{{% include "one.md" %}',
        '{% include "brace.md" %}% raw %}{% include "one.md" %}',
        '{% include "open.md" %}"one.md" %}',
        r'{% include "one\x2emd" %}',
    ],
)
def test_what_else_stands_in_a_template_is_left_to_jinja(text: str, tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("one\n")
    (tmp_path / "nested.md").write_text('<{% include "one.md" %}>\n')
    (tmp_path / "brace.md").write_text("{")
    (tmp_path / "open.md").write_text("{% include ")
    assert _rendered(render, text, tmp_path) == _rendered(render_jinja, text, tmp_path)


def _rendered(by: Callable[[str, Sequence[Path], str], str], text: str, folder: Path) -> str:
    try:
        return by(text, [folder], "t")
    except SousError:
        return "an error"


@pytest.mark.parametrize("name", ["wide.md", f"{'n' * 300}.md"])
def test_a_part_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "wide.md").write_bytes("é".encode("utf-16"))
    with pytest.raises(SousError, match="cannot read the part"):
        render(f'{{% include "{name}" %}}', [tmp_path], "t")


def test_a_part_that_includes_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.md").write_text('again {% include "loop.md" %}')
    with pytest.raises(SousError, match="cannot be rendered"):
        render('{% include "loop.md" %}', [tmp_path], "t")
