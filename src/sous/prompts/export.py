"""Our templates in the form that plain `llm -t` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from sous.marks import marked
from sous.prompts.find import former_names, shipped_template, template_names

if TYPE_CHECKING:
    from sous.prompts.render import Template


class _Literal(str):
    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Literal,
    lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|"),
)


def to_yaml(template: Template) -> str:
    """Return a template as YAML for llm, the long texts as literal blocks."""
    data: dict[str, object] = {}
    if template.prompt:
        data["prompt"] = _Literal(template.prompt)
    if template.system:
        data["system"] = _Literal(template.system)
    if template.defaults:
        data["defaults"] = dict(template.defaults)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def installable_templates() -> dict[str, str]:
    """Return file name -> content for llm's template folder, with former names and our mark."""
    files = {}
    for name in template_names():
        text = marked(to_yaml(shipped_template(name)))
        files.update({f"{one}.yaml": text for one in (name, *former_names(name))})
    return files
