"""Marks of turns that a server leaves in an answer, and what a model wrote behind its own turn."""

from __future__ import annotations

import re

from sous.document.fences import OpenFences, next_lines
from sous.document.headings import heading_line

_BAR = "[|\uff5c]"
_NAME = (
    r"(?:im_end|im_start|im_sep|end|endoftext|eot_id|eom_id|eot|eos|end_of_text|begin_of_text|"
    r"start_header_id|end_header_id|end_of_turn|start_of_turn|end_of_turn_token|"
    r"start_of_turn_token|end_response|start_response|chatbot_token|return|start|endofprompt|"
    r"system|user|assistant|begin[_\u2581]of[_\u2581]sentence|end[_\u2581]of[_\u2581]sentence|"
    r"end_of_role|start_of_role|eod|eor|pad|end[_\u2581]of[_\u2581]turn|begin_of_solution|"
    r"end_of_solution|start_text|end_text|begin_of_box|end_of_box)"
)
_TOKEN = (
    rf"<{_BAR}{_NAME}{_BAR}>|</?(?:end_of_turn|start_of_turn|eos|bos)>"
    r"|\[/?INST\]|\[EOS\]|\[TOOL_CALLS\]"
)
_ROLE = r"(?:assistant|model|bot|ai|user|system|human)"
_AT_BEGIN = re.compile(
    rf"\s*(?:(?:{_TOKEN}|<s>|<bos>)\s*(?:{_ROLE}\b(?!\s*[:,.])[ \t]*(?={_TOKEN}|\n|$))?\s*)+",
    re.IGNORECASE,
)
_AT_END = re.compile(rf"(?:\s*(?:{_TOKEN}|</s>)(?:\s*{_ROLE}\s*\Z)?)+\s*\Z", re.IGNORECASE)
# The end of the turn in the midst of a text: what follows is another turn, that nobody asked for.
_END_OF_TURN = re.compile(
    rf"(?:<{_BAR}(?:im_end|endoftext|eot_id|eom_id|end_of_text|end_of_turn|end_of_turn_token|end|"
    rf"return|end[_\u2581]of[_\u2581]sentence|end_of_role){_BAR}>|<end_of_turn>|<eos>|\[EOS\])",
    re.IGNORECASE,
)
_ROLE_BEGINS = re.compile(
    rf"<{_BAR}(?:im_start|start_header_id|user|system){_BAR}>\s*(?:user|system|$)|"
    r"<start_of_turn>\s*user|\[INST\]",
    re.IGNORECASE,
)


# What a server leaves of the begin of another turn that drops the tokens around it.
_GLUED_ROLE = "assistant\n"
_GLUED = re.compile(r"(?<=[.!?:;)\]}*`\u3002])assistant[ \t]*\n[ \t]*\n")
_LONGEST_CHAT = 1_500  # characters


def _is_chat(text: str) -> bool:
    return len(text) < _LONGEST_CHAT and not any(map(heading_line, text.split("\n")))


def without_marks(text: str) -> str:
    """Return a text without marks of turns at its ends, and without the turns behind its own."""
    if not any(sign in text for sign in ("<", "[", _GLUED_ROLE)):
        return text
    begin = _AT_BEGIN.match(text)
    if begin and begin.end():
        text = text[begin.end() :]
    prose = without_code(text)
    ends = [pattern.search(prose) for pattern in (_END_OF_TURN, _ROLE_BEGINS)]
    cuts = [match.start() for match in ends if match]
    glued = _GLUED.search(prose)
    if glued and _is_chat(prose[glued.end() :]):
        cuts.append(glued.start())
    if cuts:
        text = text[: min(cuts)]
        prose = prose[: min(cuts)]
    end = _AT_END.search(prose.rstrip())
    return f"{text[: end.start()]}\n" if end else text


def without_code(text: str) -> str:
    """Return a text as long as it was, with blanks for blocks of code and code spans.

    A fence without an end is taken for none: a wrapper's fences leave one over.
    """
    if "`" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    found: list[str] = []
    fences, begin = OpenFences(), 0
    for at, (line, following) in enumerate(zip(lines, next_lines(lines), strict=True)):
        was_open = fences.code is not None
        is_code = fences.take(line, following)
        if fences.code and not was_open:
            begin = at
        found.append(" " * len(line) if is_code else without_spans(line))
    if fences.code:
        found[begin:] = map(without_spans, lines[begin:])
    return "\n".join(found)


def without_spans(line: str) -> str:
    """Return a line as long as it was, with blanks for its code spans."""
    return _CODE_SPAN.sub(lambda match: " " * len(match[0]), line) if "`" in line else line


_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
