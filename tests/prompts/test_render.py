from __future__ import annotations

import llm
import pytest

from sous.errors import SousError
from sous.prompts.render import Template, fill

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
