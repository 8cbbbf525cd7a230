"""Secrets that are given to a name that says so, in settings and code of any language."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sous.bundle.secret_data import words
from sous.bundle.secret_names import Says, is_paging, meaning
from sous.bundle.secret_values import (
    is_bytes,
    is_elsewhere,
    is_name,
    is_other_language,
    is_password,
    is_placeholder,
    is_random,
    is_uuid,
    names_a_secret,
)
from sous.project.languages import settings_endings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KIND = "assigned secret"
_STEMS = ("pass", "pw", "psw", "psswd", "secret", "token", "cred", "key", "auth", "kennwort")
_STEM = re.compile("|".join(_STEMS), re.IGNORECASE)
_NAME_HEAD = re.compile(r"[\w.\-]{0,60}")  # on the text before, backwards
_NAME_TAIL = re.compile(r"[\w.\-]{0,40}")
_LONGEST = 60

# What stands between a name and its value; everything is bounded, so that no text costs more.
_TAIL = r"[\w.\-]{0,40}"
_CLOSE = r"(?:\\?[\"'`*\]]){0,4}"
_TYPE = (
    r"(?:[ \t]{0,4}\??:[ \t]{0,4}[&'A-Za-z_][\w<>\[\]., |&?'*:]{0,40}?[ \t]{0,4}(?==[^=>])|"
    r"[ \t]{1,4}[*A-Za-z_][\w.*]{0,30}[ \t]{1,4}(?==)|\[\d{0,4}\][ \t]{0,4}(?==))?"
)
_APART = r"(?:,|\s)\s{0,40}(?:-\s{0,4})?[\"']?value[\"']?\s{0,4}[:=]"  # a name and `value` apart
_OR = r"\)?\s{0,4}(?:\bor\b|\|\||\?\?)"  # what is taken where a variable is not set
_OP = rf"(?:{_OR}|\s{{0,8}}(?:=>|!?={{1,3}}|:{{1,3}}=|[?|.+]{{0,2}}=|:-|:(?!:)|,|\(|>|%3[Dd]))"
_STRING = (
    r"(?:[fbruL@$]{0,2}(?:\"{3}(?P<triple>[^\"\n]{4,4000})\"{3}|"
    r"\\\"(?P<escaped>[^\"\\\n]{4,4000})\\\"|\"(?P<double>[^\"\n]{4,4000})\"|"
    r"'(?P<single>[^'\n]{4,4000})'|`(?P<back>[^`\n]{4,4000})`))"
)
_QUOTED = re.compile(
    rf"{_TAIL}{_CLOSE}(?:{_APART}|{_TYPE}(?P<op>{_OP})|[ \t]{{1,4}}(?=['\"]))"
    rf"(?P<between>(?:\s|\\n){{0,40}}){_STRING}"
)
_BARE_CHAR = r"[^\s\"'`<>;,&|(){}\[\]\\]"
_BARE = re.compile(
    rf"{_TAIL}{_CLOSE}(?:(?P<apart>{_APART})|{_TYPE}(?P<op>{_OP})|(?P<space>[ \t]{{1,4}}))"
    rf"[ \t]{{0,40}}(?:!!?[\w.]{{0,20}}[ \t]{{1,4}})?(?P<bare>{_BARE_CHAR}{{4,4000}})"
)
_ELEMENT = re.compile(r"[^<>\n]{0,80}>\s{0,40}(?P<element>[^\s<>][^<>\n]{2,4000}?)\s{0,40}</")
_BLOCK = re.compile(
    rf"{_TAIL}{_CLOSE}:[ \t]*[|>][+\-]?[ \t]*\n[ \t]+(?P<block>\S{{4,4000}})[ \t]*(?:\r?\n|\Z)"
)
_WHOLE = re.compile(r"(?P<whole>[^\s\"'`][^\s]{3,4000})[ \t]*(?:[ \t][#;].*)?\r?$", re.MULTILINE)
_NO_SIGN = re.compile(r"[\w./+\-]{0,200}==|[\"'`],")
_COLON_WORD = re.compile(r":\w")
_COLONS = 3
_CONSTANT = re.compile(r"[A-Z\d]+(?:_[A-Z\d]+)+")
_FIRST_ITEM = re.compile(r"\[\s{0,40}[\"'`][\w.\-]*$")
_LONG_ITEM = 16
_YEAR = re.compile(r"[A-Za-z](?:19|20)\d\d(?!\d)")
_BETWEEN_STRINGS = re.compile(
    r"\)?[,;][^\n]*[ (]|\)[ \t]"
)  # code: the quote before it ends a string
_NEXT_PART = re.compile(r"&|;[ \t]{0,4}[A-Za-z][\w \t]{0,40}=")  # of a query, a connection string
# No value without a digit or a sign is one, unless it is long.
_WORTH = re.compile(r"[0-9!@#$%^&*+?~]|[A-Za-z+/_\-]{20}")


def outline() -> str:
    """Return what RE2 finds in each text that holds an assigned secret, and in few others."""
    name = rf"(?i:{'|'.join(_STEMS)})[\w.\-]*(?:\\?[\"'`*\]])*"
    kind = (
        r"(?:[ \t]*\??:[ \t]*[&'A-Za-z_][\w<>\[\]., |&?'*:]*[ \t]*|"
        r"[ \t]+[*A-Za-z_][\w.*]*[ \t]+|\[\d*\][ \t]*)?"
    )
    given = (
        rf"{name}(?:(?:,|\s)\s*(?:-\s*)?[\"']?value[\"']?\s*[:=]|"
        rf"{kind}\s*(?:=>|!?=+|:+[=\-]?|[?|.+]{{1,2}}=|,|\(|>|%3[Dd]|\)?\s*(?:or|\|\||\?\?))|"
        r"[ \t]+)"
        r"(?:\s|\\n)*"
    )
    string = rf"{given}[fbruL@$]*\\?[\"'`]{{1,3}}"
    inside = r"[^\s\"'`]"
    element = rf"(?i:{'|'.join(_STEMS)})[^<>\n]*>\s*[^\s<>][^<>\n]*</"
    return "|".join(
        (
            rf"{string}{inside}*[0-9!@#$%^&*+?~]",
            rf"{string}{inside}*[A-Za-z+/_\-]{{20}}",
            rf"{given}{_BARE_CHAR}*[0-9!@#$%^*+?~]",
            rf"{given}{_BARE_CHAR}*[A-Za-z+/_\-]{{20}}",
            element,
            rf"{name}:[ \t]*[|>][+\-]?[ \t]*\n",
        )
    )


_HEADING = re.compile(r"\s*\n\s*={2,3}")  # of AsciiDoc, behind an anchor
_SETTING_LINE = re.compile(
    r"^[ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+|ENV[ \t]+|ARG[ \t]+|\$env:)?[\w.\-]*$"
)
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*(?:\??\.[A-Za-z_]\w*)+")
_BEFORE_SPACE = re.compile(r"(?:--?[\w.\-]*|\b(?:ENV|define|setx)[ \t]+[\w.\-]*)$")
_LONG_KEY, _LONG_UNLIKELY, _UNQUOTED_IN_CODE = 20, 24, 12


class SecretPlace(NamedTuple):
    """What the name of a file says: settings, one a line (`by_line`), XML."""

    settings: bool
    by_line: bool
    markup: bool


@lru_cache(maxsize=1024)
def place_of(path: str) -> SecretPlace:
    """Return what kind of file a path is."""
    name = path.rpartition("/")[2].lower()
    ending = name.rpartition(".")[2]
    pieces = set(name.lstrip(".").split(".")[:2])
    by_line = (
        ending in words("lines") or not pieces.isdisjoint({"env", "dockerfile"}) or "." not in name
    )
    markup = ending in words("markup")
    is_settings = by_line or markup or ending in settings_endings() or name.startswith(".")
    return SecretPlace(is_settings, by_line, markup)


def assigned(
    text: str, path: str, stems: Sequence[int] | None = None
) -> Iterator[tuple[int, int, str]]:
    """Yield the values that look secret and are given to a name that says so.

    `stems`: where names may say so; all such places, if they are not known.
    """
    stems = stems_in(text) if stems is None else stems
    if not stems:
        return
    place = place_of(path)
    done = 0
    for at in stems:
        if at < done:
            continue
        head = _NAME_HEAD.match(text[max(0, at - _LONGEST) : at][::-1])
        tail = _NAME_TAIL.match(text, at)
        if not head or not tail:
            continue
        done = tail.end()
        says = _says(head[0][::-1] + tail[0], place)
        if says and _is_in_a_path(text, at - head.end(), done):
            continue
        if says and (span := _value_at(text, at, says, place)):
            yield (*span, KIND)
            done = span[1]


def _says(name: str, place: SecretPlace) -> Says:
    """Return what a name says: in settings more than in code, where much is about secrets."""
    if place.by_line or (place.settings and _CONSTANT.fullmatch(name)):
        return meaning(name, in_settings=True)
    says = meaning(name)
    return says or (
        Says.HARDLY if meaning(name, in_settings=True) and not is_paging(name) else says
    )


def _is_in_a_path(text: str, start: int, end: int) -> bool:
    """Tell whether a name is a part of a path, of base64 or of an identifier with colons.

    `/etc/passwd", "…"`, `…/pw==`, `arn:aws:secretsmanager:…:secret:…`.
    """
    before = text[start - 1 : start] if start else ""
    if before in ("/", "+"):
        return _NO_SIGN.match(text, end) is not None
    if before != ":" or not _COLON_WORD.match(text, end):
        return False
    return text[max(0, start - _LONGEST) : start].rsplit(maxsplit=1)[-1].count(":") >= _COLONS


def stems_in(text: str) -> list[int]:
    """Return where a name may say secret, in order."""
    low = text.lower()
    if len(low) != len(text):  # a letter that is two in lower case
        return [match.start() for match in _STEM.finditer(text)]
    found = []
    for stem in _STEMS:
        at = low.find(stem)
        while at >= 0:
            found.append(at)
            at = low.find(stem, at + len(stem))
    found.sort()
    return found


def _value_at(text: str, at: int, says: Says, place: SecretPlace) -> tuple[int, int] | None:
    """Return where the value is that is given to the name around `at`, if it is a secret."""
    quoted = _QUOTED.match(text, at)
    if quoted and (group := quoted.lastgroup):
        is_first = _FIRST_ITEM.search(text[max(0, at - _LONGEST) : at]) is not None
        if _is_item_or_argument(quoted, quoted[group], is_first=is_first):
            return None
        return _judged(text, quoted.span(group), says, place, is_quoted=True)
    is_markup = place.markup or "<" in text[max(0, at - _LONGEST) : at]
    if is_markup and (element := _ELEMENT.match(text, at)):
        span = _judged(text, element.span("element"), says, place, is_quoted=True)
        if span:
            return span
    if block := _BLOCK.match(text, at):
        return _judged(text, block.span("block"), says, place, is_quoted=False)
    bare = _BARE.match(text, at)
    return _bare(text, at, bare, says, place) if bare else None


def _is_item_or_argument(match: re.Match[str], value: str, *, is_first: bool) -> bool:
    """Tell whether name and value are two names in a list, or a call with the name of one."""
    if _YEAR.search(value):  # Winter2024
        return False
    op = (match["op"] or "").strip()
    if op == "(":  # the argument of a getter
        return is_name(value)
    is_item = is_first and "\n" in match["between"] and len(value) < _LONG_ITEM
    return op == "," and not _is_long_random(value) and (is_item or _is_name_or_action(value))


def _is_long_random(value: str) -> bool:
    return len(value) >= _LONG_ITEM and is_random(value)


def _is_name_or_action(value: str) -> bool:
    """Tell whether a value is a name in code, or one behind another: `s3:GetObject`."""
    if all(is_name(part.rstrip("*")) for part in value.split(":")):
        return True
    return names_a_secret(value, numbered=True)


def _bare(
    text: str, at: int, match: re.Match[str], says: Says, place: SecretPlace
) -> tuple[int, int] | None:
    """Return where an unquoted value is, if it is a secret."""
    start, end = match.span("bare")
    before = text[text.rfind("\n", max(0, at - 200), at) + 1 : at]
    if not _gives(match, before):
        return None
    if place.by_line and _SETTING_LINE.match(before):
        whole = _WHOLE.match(text, start)
        if whole:
            end = whole.end("whole")
            return _judged(text, (start, end), says, place, is_quoted=False)
    following = text[end : end + 1]
    is_name = not place.by_line and _ATTRIBUTE.fullmatch(text, start, end)
    if is_name or following in ("(", "[", "{") or text[start:end].endswith((":", "=>")):
        return None
    is_part = _NEXT_PART.match(text, end) is not None or before.rstrip()[-1:] in (";", "?", "&")
    return _judged(text, (start, end), says, place, is_quoted=is_part)


def _gives(match: re.Match[str], before: str) -> bool:
    """Tell whether what stands between a name and a value gives the one to the other."""
    op = match["op"] or ""
    if match["space"] and not _BEFORE_SPACE.search(before):
        return False
    if _HEADING.fullmatch(op) or (op == ":" and match["bare"][0] in "+?"):  # ${NAME:+word}
        return False
    return op.strip() not in ("(", ",", ">") or match["apart"] is not None


def _judged(
    text: str, span: tuple[int, int], says: Says, place: SecretPlace, *, is_quoted: bool
) -> tuple[int, int] | None:
    """Return the span of a value if name and value say that it is a secret."""
    start, end = span
    value = text[start:end].strip()
    start = text.index(value, start)
    if is_quoted and _BETWEEN_STRINGS.match(value):
        return None
    if is_bytes(value):
        return start, start + len(value)
    if (
        is_other_language(value)
        or not _WORTH.search(value)
        or is_placeholder(value)
        or is_elsewhere(value)
    ):
        return None
    if not _is_secret(value, says, place, is_quoted=is_quoted):
        return None
    return start, start + len(value)


def _is_secret(value: str, says: Says, place: SecretPlace, *, is_quoted: bool) -> bool:
    in_code = not place.settings
    if says <= Says.KEY:
        least = _LONG_KEY if says is Says.KEY else _LONG_UNLIKELY
        return len(value) >= least and is_random(value) and not is_uuid(value)
    may_be_short = says is Says.PASSWORD and (is_quoted or not in_code)
    if may_be_short and is_password(value, in_code=in_code):
        return True
    if in_code and not is_quoted and is_name(value):
        return False
    if in_code and not is_quoted and len(value) < _UNQUOTED_IN_CODE:
        return False
    return is_random(value)
