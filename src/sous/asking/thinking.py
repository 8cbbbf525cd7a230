"""What a model thought aloud, taken out of its answer: a discarded idea is no finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sous.asking.debris import without_code, without_spans
from sous.document.fences import OpenFences, fence_line, next_lines
from sous.document.headings import heading_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sous.document.fences import FenceLine

_NAMES = (
    r"(?:seed:|ant|inner[_ -]?|internal[_ -]?|chain[_ -]of[_ -])?"
    r"(?:think|thinking|thought|thoughts|reasoning|reason|reflection|scratchpad|monologue|analysis|"
    r"deliberation|thought[_ -]?process|reasoning[_ -]content|cot|planning)"
)
_OPEN = re.compile(
    rf"<{_NAMES}(?:\s[^<>\n]*)?>|\[(?:THINK|THINKING|REASONING)\]|\u25c1think\u25b7"
    r"|<\|(?:begin_of_|start_)?(?:thought|thinking|think|reasoning)\|>|<unused94>(?:thought)?"
    r"|<\|channel>\s*(?:thought|analysis)\b",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    rf"</{_NAMES}\s*>|\[/(?:THINK|THINKING|REASONING)\]|\u25c1/think\u25b7"
    r"|<\|(?:end_of_|end_|/)(?:thought|thinking|think|reasoning)\|>|<unused95>|<channel\|>",
    re.IGNORECASE,
)
_EMPTY = re.compile(rf"<{_NAMES}\s*/>", re.IGNORECASE)
_FOLDED = re.compile(
    r"\A\s*<details\b[^>]*(?:reason|think|thought)[^>]*>.*?</details>[ \t]*\n?"
    r"|\A\s*<details[^>]*>\s*<summary>[^<\n]*(?:think|thought|reason)[^<\n]*</summary>.*?"
    r"</details>[ \t]*\n?",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = (  # how programs and models set off their thinking without tags
    re.compile(
        r"\A\s*Thinking\.\.\.[ \t]*\n.*?^\.\.\.done thinking\.?[ \t]*$", re.DOTALL | re.MULTILINE
    ),
    re.compile(
        r"\A\s*Here(?:'s| is) my thought process:.*?^\W*Here(?:'s| is) my response:\W*$",
        re.DOTALL | re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(
        r"\A\s*\**(?:thought|thinking)\**:?[ \t]*\n.*?^<channel\|>",
        re.DOTALL | re.IGNORECASE | re.MULTILINE,
    ),
)
# OpenAI's harmony format, with its tokens, and as a server leaves it that drops them.
_CHANNEL = re.compile(
    r"(?:<\|start\|>\s*\w+[^<\n]*)?<\|channel\|>\s*(?P<name>\w+)[^<]*"
    r"(?:<\|constrain\|>[^<]*)?<\|message\|>"
)
_FINAL = "final"
_BARE_CHANNELS = re.compile(r"assistant\s?(?P<name>final|analysis|commentary)(?![a-z])")
_BARE_BEGIN = re.compile(r"\s*(?:analysis|commentary)(?=[^a-z])")
_WRAPPERS = r"(?:final[_ -]?)?(?:answer|response|output|solution|result|report)|final"
_TORN = re.compile(r"<[/|]?[\w|]*\s*\Z")
_WRAPPER = re.compile(rf"^[ \t]*<(?P<name>{_WRAPPERS})>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_HTML = (
    "a|abbr|address|article|aside|b|blockquote|body|br|center|code|dd|del|details|div|dl|dt|em|figure|"
    "footer|h[1-6]|head|header|hr|html|i|img|ins|kbd|li|main|nav|ol|p|picture|pre|q|s|samp|section|"
    "small|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|thead|tr|u|ul|video"
)
_OWN_OPEN = re.compile(  # of a name that the model made up, before the first heading
    rf"^[ \t]*<(?P<name>(?!(?:{_HTML})[\s>])[a-z][\w-]{{1,40}})(?:\s[^<>\n]{{0,200}})?>"
    r"[ \t]*\n?(?=\s*\#)",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_TRIES = 10  # ends of thoughts in a fence that are looked at
_LONGEST_CHAT = 1_500  # characters around a tag that holds the answer


def without_thinking(text: str) -> str:
    """Return a text without what was only thought; nothing where a thought did not end."""
    return _answer_in(_without_thoughts(text))


def _without_thoughts(text: str) -> str:
    before = text
    text = _final_channel(text)
    text = _FOLDED.sub("", text)
    for pattern in _PLAIN:
        text = pattern.sub("", text)
    if any(pattern.search(text) for pattern in (_CLOSE, _OPEN, _EMPTY)):
        lines = _EMPTY.sub("", text).split("\n")
        kept, is_open = _outside(lines, nested=True)
        if is_open:
            kept, is_open = _outside(lines, nested=False)
        text = "\n".join(kept)
    return text if text == before else text.lstrip("\n")


def _final_channel(text: str) -> str:
    """Return what stands in the final channel of an answer in the harmony format."""
    found = list(_CHANNEL.finditer(text))
    if found and not _is_quoted(text, found[0].start()):
        finals = [match.end() for match in found if match["name"] == _FINAL]
        return text[finals[-1] :] if finals else text[: found[0].start()]
    if _BARE_BEGIN.match(text):
        bare = list(_BARE_CHANNELS.finditer(text))
        if bare:
            return text[bare[-1].end() :] if bare[-1]["name"] == _FINAL else ""
    return text


def _is_quoted(text: str, at: int) -> bool:
    """Tell whether a place is in a block of code or a code span."""
    return without_code(text[: text.find("\n", at)] if "\n" in text[at:] else text)[at].isspace()


def _after(fence: FenceLine | None, line: str) -> FenceLine | None:
    """Return the fence that is open behind a line."""
    found = fence_line(line)
    if found is None:
        return fence
    if fence is None:
        return found
    return None if found.closes(fence.marks) else fence


def _outside(lines: Sequence[str], *, nested: bool) -> tuple[list[str], bool]:
    """Return the lines outside of tags of thinking, and whether one is open at the end.

    An end without a begin: all before it was thought. `nested`: a begin in a thought has an end of
    its own.
    """
    scan = _Scan(lines, nested=nested)
    for at, line in enumerate(lines):
        scan.take(at, line)
    return scan.kept, bool(scan.depth)


class _Scan:
    """Goes over the lines of an answer; `kept` are those that were not thought."""

    def __init__(self, lines: Sequence[str], *, nested: bool) -> None:
        self.kept: list[str] = []
        self.depth = 0  # of thoughts that are open
        self._lines = lines
        self._nested = nested
        self._following = next_lines(lines)
        self._fences = OpenFences()
        self._quoted = 0  # tags that were opened in a block of code
        self._tries = 0

    def take(self, at: int, line: str) -> None:
        """Take a line; behind the end of a thought in it, another may begin."""
        rest = line
        for _ in range(_MOST_TRIES):
            rest = self._step(at, rest).lstrip()
            if not rest:
                return
        self._keep(at, rest)

    def _step(self, at: int, line: str) -> str:
        """Take a line up to the end of a thought in it; return what is behind that."""
        if self.depth:
            self.depth, rest = _in_thought(line, self.depth, nested=self._nested)
            return rest
        if close := self._end_of_thought(at, line):
            self.kept, self._fences, self._quoted = [], OpenFences(), 0
            return line[close.end() :]
        bare = line.lstrip(" \t>*")
        opened = _OPEN.match(bare)
        if opened and not self._fences.code:
            self.depth, rest = _in_thought(bare[opened.end() :], 1, nested=self._nested)
            return rest
        self._quoted = self._quoted + bool(opened) if self._fences.code else 0
        self._keep(at, line)
        return ""

    def _keep(self, at: int, line: str) -> None:
        self._fences.take(line, self._following[at])
        self.kept.append(line)

    def _end_of_thought(self, at: int, line: str) -> re.Match[str] | None:
        """Return the end of a thought that has no begin, None for a mention or a quote of one."""
        close = _orphan(line)
        if not close or not self._fences.code:
            return close
        self._tries += 1
        is_quote = self._quoted > 0 or self._tries > _MOST_TRIES
        self._quoted = max(0, self._quoted - 1)
        is_end = not is_quote and _is_end_in_fence(line, close, self._lines[at + 1 :])
        return close if is_end else None


def _in_thought(line: str, depth: int, *, nested: bool) -> tuple[int, str]:
    """Return how deep a thought is behind a line in it, and what of the line is outside."""
    blanked = without_spans(line)
    if nested and (opened := _OPEN.match(blanked.lstrip())):
        depth += 1
        begin = len(blanked) - len(blanked.lstrip()) + opened.end()
    else:
        begin = 0
    for close in _CLOSE.finditer(blanked, begin):
        depth -= 1
        if not depth or not nested:
            return 0, line[close.end() :]
    return depth, ""


def _orphan(line: str) -> re.Match[str] | None:
    """Return the end of a thought at the begin or the end of a line, None for a mention."""
    if "<" not in line and "[" not in line and "\u25c1" not in line:
        return None
    blanked = without_spans(line)
    found = list(_CLOSE.finditer(blanked))
    if not found or _OPEN.search(blanked[: found[-1].start()]):
        at_end = bool(found) and not blanked[found[-1].end() :].strip()
        return found[-1] if at_end and _OPEN.search(blanked) and _is_alone(blanked) else None
    last = found[-1]
    is_at_end = not blanked[last.end() :].strip()
    is_at_begin = not blanked[: last.start()].strip()
    is_before_answer = bool(heading_line(blanked[last.end() :].lstrip()))
    return last if is_at_end or is_at_begin or is_before_answer else None


def _is_alone(line: str) -> bool:
    """Tell whether a line is chat and a thought: nothing before the tag that is a sentence."""
    return bool(re.match(r"[^<\[]{0,40}[.!:,]?\s*[<\[]", line))


def _is_end_in_fence(line: str, close: re.Match[str], rest: Sequence[str]) -> bool:
    """Tell whether a thought ended that had left a fence open, not a quote of its tag.

    The next fence of a quote is the one that ends it, that of an answer begins something.
    """
    if line[: close.start()].strip():
        return False
    if line[close.end() :].strip():
        return True
    for at, following in enumerate(rest):
        fence = fence_line(following)
        if fence:
            return (
                bool(fence.info) or rest[at + 1 : at + 2][0][:1] == "#" if rest[at + 1 :] else False
            )
    return True


def is_balanced(lines: Iterable[str]) -> bool:
    """Tell whether the fences in lines come in pairs: one that may have a language, a bare one."""
    fence: FenceLine | None = None
    for line in lines:
        found = fence_line(line)
        if found is None:
            continue
        if fence is not None and found.info and found.marks.startswith(fence.marks):
            return False
        fence = _after(fence, line)
    return fence is None


def is_left_open(text: str) -> bool:
    """Tell whether a tag around the answer of a text does not end, or the last one is torn."""
    return bool(_TORN.search(text)) or _is_answer_open(_without_thoughts(text))


def _is_answer_open(text: str) -> bool:
    opened = _WRAPPER.search(text)
    is_first = opened is not None and "#" not in text[: opened.start()]
    return is_first and opened is not None and f"</{opened['name'].lower()}>" not in text.lower()


def _answer_in(text: str) -> str:
    """Return what stands in a tag that holds nearly all of a text."""
    own = _OWN_OPEN.search(text)
    if own and (body := _inside(text, own)):
        return body
    opened = _WRAPPER.search(text)
    if opened is None:
        return text
    if not text[: opened.start()].strip() and _is_answer_open(text):
        return text[opened.end() :].lstrip("\n")
    return _inside(text, opened) or text


def _inside(text: str, opened: re.Match[str]) -> str:
    """Return what stands in a tag, where all around it is chat; else nothing."""
    end = text.lower().rfind(f"</{opened['name'].lower()}>")
    body = text[opened.end() : end] if end > opened.end() else ""
    around = f"{text[: opened.start()]}\n{text[end:].partition('>')[2]}"
    is_chat = len(around) < _LONGEST_CHAT and not any(map(heading_line, around.split("\n")))
    return f"{body.strip()}\n" if body.strip() and is_chat else ""
