"""What a bundle holds besides its files: words for the reader, differences, the log."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sous.bundle.formats.document import HEADER
from sous.bundle.formats.xml import unescaped

if TYPE_CHECKING:
    from sous.bundle.read import Bundle

# Words of the user's own in the three forms of text: before the tree, and behind all else.
_HEADER = re.compile(
    r"<user_provided_header>\n(?P<xml>.*?)\n</user_provided_header>"
    r"|^# User Provided Header\n(?P<markdown>.*?)(?=\n# (?:Directory Structure|Files)\n)"
    r"|^={64}\nUser Provided Header\n={64}\n(?P<plain>.*?)(?=\n={64}\n)",
    re.DOTALL | re.MULTILINE,
)
_INSTRUCTION = re.compile(
    r"^<instruction>\n(?P<xml>.*?)\n</instruction>|^# Instruction\n(?P<markdown>.*)\Z"
    r"|^={64}\nInstruction\n={64}\n(?P<plain>.*?)(?=\n={64}\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_BEGINS = re.compile(
    rf"^(?:{re.escape(HEADER)}|This file is a merged representation of"
    rf"|<(?:file_summary|directory_structure|files)>|"
    r"# (?:File Summary|Directory Structure|Files|Table of Contents)$|={16,64}$|<documents>"
    r"|Directory structure:$|"
    r"Project Path: |>>>> )",
    re.MULTILINE,
)
_CLOSING = re.compile(
    r"</?(?:file|files|documents?|document_content|repository_files)>|={16,64}|End of Codebase"
    r"|[`}\s,]+"
)
_ELEMENT = re.compile(
    r"<(user_provided_header|instruction|git_diffs|git_logs)>(.*?)</\1>", re.DOTALL
)
_LEAST = 20  # characters; less is what closes a form


@dataclass(frozen=True)
class Around:
    """`words`: what the user wrote for whoever reads the bundle.

    `rest`: differences, logs and what else is there.
    """

    words: str
    rest: str


def around_files(bundle: Bundle) -> Around:
    """Return what stands around the files of a bundle."""
    form = bundle.reading.form if bundle.reading else ""
    if form in ("json", "parsable xml"):
        return _of_members(bundle.text, form)
    text, at, first = bundle.text, 0, None
    for file in bundle.entries:
        start = text.find(file.packed, at) if file.packed else -1
        if start >= 0:
            first = start if first is None else first
            at = start + len(file.packed)
    before, after = text[: first or 0], text[at:]
    found = [_BEGINS.search(before), _HEADER.search(before), _INSTRUCTION.search(after)]
    preface = before[: found[0].start()] if found[0] else ""
    words = [preface.strip(), *(_inside(match) for match in found[1:])]
    rest = _INSTRUCTION.sub("", after)
    return Around(
        "\n\n".join(filter(None, words)),
        rest.strip() if len(_CLOSING.sub("", rest)) > _LEAST else "",
    )


def _of_members(text: str, form: str) -> Around:
    """Return it from the two forms that a parser reads."""
    try:
        if form == "json":
            data = json.loads(text)
            found = {key: _as_text(value) for key, value in data.items()}
        else:
            found = {name: unescaped(inside) for name, inside in _ELEMENT.findall(text)}
    except (ValueError, RecursionError, AttributeError):
        return Around("", "")
    words = [
        found.get(key, "").strip()
        for key in ("userProvidedHeader", "user_provided_header", "instruction")
    ]
    rest = [found.get(key, "").strip() for key in ("gitDiffs", "git_diffs", "gitLogs", "git_logs")]
    return Around("\n\n".join(filter(None, words)), "\n\n".join(filter(None, rest)))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _inside(match: re.Match[str] | None) -> str:
    return next((text.strip() for text in match.groupdict().values() if text), "") if match else ""
