from __future__ import annotations

import llm
import pytest
import yaml

from sous.prompts.export import installable_templates
from sous.prompts.find import canonical_name, shipped_template


@pytest.mark.parametrize(("name", "content"), installable_templates().items(), ids=installable_templates())
def test_each_is_a_template_of_llm_with_the_same_text(name: str, content: str) -> None:
    loaded = llm.Template(name="x", **yaml.safe_load(content))
    assert loaded.prompt == shipped_template(canonical_name(name.removesuffix(".yaml"))).prompt


def test_the_name_of_old_is_there_too() -> None:
    assert {"github-issue-gen.yaml", "github-issues-gen.yaml"} <= set(installable_templates())
