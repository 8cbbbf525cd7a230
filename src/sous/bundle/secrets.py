"""Find secrets and mask them in place: the line that holds one stays, and its number."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sous.bundle.assigned import assigned, outline, stems_in
from sous.bundle.kubernetes import kubernetes_secrets
from sous.bundle.secret_allow import digest_of, not_allowed
from sous.bundle.secret_data import secret_data
from sous.bundle.secret_names import Says, meaning
from sous.bundle.secret_values import (
    holds_made_up,
    is_elsewhere,
    is_in_order,
    is_other_language,
    is_password,
    is_placeholder,
    is_random,
)
from sous.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

MASK = "[masked]"


class SecretScan(Protocol):
    """What masks the secrets of a text; see `mask_secrets`."""

    def __call__(
        self, text: str, path: str = "", allowed: Collection[str] = ()
    ) -> tuple[str, list[Secret]]:
        """Return the text with secrets masked, and what was found."""


# What a token of a known form says when it is none: a run of x, dots, or AWS's own ending.
_NO_TOKEN = re.compile(
    r"x{6}|X{6}|\*{3}|\.{3}|#{4}|EXAMPLE(?:KEY)?$|example|placeholder|your[_\-]", re.ASCII
)
# The same small letters or digits again and again, to the end.
_SAME = re.compile(r"(?:([a-z0-9])\1{11,}|([a-z0-9]{2,4})\2{5,})=*$")
_TAIL = "_[A-Za-z0-9]{20}"
_HAS_TAIL = re.compile(_TAIL)
_USERINFO = (
    r"""://(?P<user>[^\s:/@"'<>`|(){}\[\]]{0,64}):(?P<secret>[^\s/@"'<>`|(){}\[\]]{3,128})@"""
)
_IN_URL = re.compile(_USERINFO + r"(?=[A-Za-z0-9\[])")
_EMAIL = re.compile(r"[\w.+\-]+(?:@|%40)[\w\-]+(?:\.[\w\-]+)+")  # of a guest, by FTP's custom
_EXAMPLE_HOST = re.compile(r"example\.|[\w.\-]{1,200}:[A-Za-z]")  # its port is a word
_CONSTANT = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
_WORDS = re.compile(r"[A-Za-z]+(?:[_\-][A-Za-z]+)+")
# Stops before a backslash: an escaped line end in a string stays.
_SECRET_LINE = re.compile(r"[^\s\\]+(?:[ \t]+[^\s\\]+)*")
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{40}")
_PEM_WRAP = re.compile(r"\\[nr]|[\s\"'`,;.#*\\]+")  # between its lines, in code too
_PEM_JOINED = re.compile(r"[A-Za-z0-9+/=]{64,}")
_PEM_LETTERS = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]")))
_MEMORY = 64 * 1024 * 1024  # bytes, for RE2
_LOOKS = re.compile(r"\(\?<?[=!](?:[^()\[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\])*\)")
_NOT_BEFORE = re.compile(r"^\(\?<!\[((?:[^\]\\]|\\.)*)\]\)")
_NOT_AFTER = re.compile(r"\(\?!\[((?:[^\]\\]|\\.)*)\]\)$")
_FAR = re.compile(r"\[\^|\\S|\(\?i\)|^(?:\(\?<![^)]*\)|\(\?:\(\?<=[^)]*\))?(?:\|\^\))?\[")
_COUNTS = re.compile(r"\{(\d+)(?:,\d*)?\}")
_MOST_COUNTED = 12
_TELLING = 4  # characters of a text that hardly stands anywhere by chance
_BEFORE, _AFTER = "(?<![A-Za-z0-9])", "(?![A-Za-z0-9])"
_OF_ALNUM = re.compile(r"\[A-Za-z0-9\]\{(?:[2-9]\d|\d{3})|\[(?:a-f0-9|0-9a-f)\]\{(?:[2-9]\d|\d{3})")


@dataclass(frozen=True)
class Secret:
    """A secret that was found: what kind, the 1-based line in its file, a hash of its text."""

    kind: str
    line: int
    digest: str = ""


@dataclass(frozen=True)
class SecretRule:
    """One kind of secret: texts one of which must be present, and the pattern.

    `begins`: what is found begins with one of `any`. `path`: the names of files that it is only
    looked for in. `value`: how what was found is judged, see secrets.toml. `common`: much code
    has the texts.
    """

    kind: str
    pattern: str
    any: tuple[str, ...]
    underscore: bool = False
    begins: bool = False
    path: str = ""
    value: str = "token"
    common: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)

    @property
    def outline(self) -> str:
        """What RE2 finds wherever the pattern is found, and hardly anywhere else.

        RE2 does not look around, counts cost it memory, and every state that it makes costs more
        than to look once more: so only of short texts, which are everywhere, what follows them,
        and not where that looks far ahead.
        """
        if (min(map(len, self.any)) >= _TELLING and not self.common) or _FAR.search(self.pattern):
            return "|".join(map(re.escape, self.any))
        bare = _NOT_BEFORE.sub(r"(?:^|[^\1])", self.pattern)
        bare = _LOOKS.sub("", _NOT_AFTER.sub(r"(?:$|[^\1])", bare)).replace("\\Z", "$")
        return _COUNTS.sub(lambda match: f"{{{min(int(match[1]), _MOST_COUNTED)},}}", bare)

    @cached_property
    def groups(self) -> tuple[str | int, ...]:
        """The groups of the pattern one of which is the secret."""
        return tuple(name for name in self.regex.groupindex if name.startswith("secret")) or (0,)

    def is_of(self, path: str) -> bool:
        """Tell whether the rule is for a file of this name."""
        return not self.path or self._of_path.search(path) is not None

    @cached_property
    def _of_path(self) -> re.Pattern[str]:
        return re.compile(self.path)


@lru_cache(maxsize=1)
def rules() -> tuple[SecretRule, ...]:
    """Return the rules of secrets.toml."""
    data = secret_data()
    return (*map(_rule, data["rule"]), *map(_token, data["token"]))


def is_plausible(value: str) -> bool:
    """Tell whether a value may be a secret: not published, made up or elsewhere."""
    return not (_is_published(value) or is_placeholder(value) or is_elsewhere(value))


def _is_published(value: str) -> bool:
    """Tell whether a token was published on purpose, as keys of browsers are."""
    return (
        hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:16]
        in secret_data()["published"]
    )


def _rule(data: dict[str, Any]) -> SecretRule:
    return SecretRule(
        data["kind"],
        data["pattern"],
        tuple(data["any"]),
        bool(data.get("underscore")),
        bool(data.get("begins")),
        path=data.get("path", ""),
        value=data.get("value", "token"),
        common=bool(data.get("common")),
    )


def _token(data: dict[str, Any]) -> SecretRule:
    starts, body = tuple(data["starts"]), data["body"]
    pattern = f"{_BEFORE}(?:{'|'.join(map(re.escape, starts))})(?:{body}){_AFTER}"
    has_tail = all(one.endswith("_") for one in starts) and _OF_ALNUM.match(body) is not None
    common = bool(data.get("common"))
    return SecretRule(data["kind"], pattern, starts, has_tail, begins=True, common=common)


def mask_secrets(
    text: str, path: str = "", allowed: Collection[str] = ()
) -> tuple[str, list[Secret]]:
    """Return `text` with each secret masked, line by line, and what was found, in order.

    The name of `path` tells whether a value needs quotes: in code it does, in settings not.
    `allowed`: fingerprints of secrets that are let be, see `secret_allow`.
    """
    return masked(text, not_allowed(text, secret_spans(text, path), allowed))


def masked(text: str, spans: Iterable[tuple[int, int, str]]) -> tuple[str, list[Secret]]:
    """Return `text` with the spans (start, end, kind) masked, and what they are; line ends stay."""
    ordered = sorted(spans)
    if not ordered:
        return text, []
    pieces: list[str] = []
    found: list[Secret] = []
    position = 0
    lines = Lines(text)
    for start, end, kind in ordered:
        if start < position:  # two kinds saw the same
            continue
        pieces += [text[position:start], _SECRET_LINE.sub(MASK, text[start:end])]
        found.append(Secret(kind, lines.number(start), digest_of(text[start:end])))
        position = end
    return "".join((*pieces, text[position:])), found


class _Worth(NamedTuple):
    """What is worth a try on a text: these rules, and assignments at these places (None: all)."""

    rules: Sequence[SecretRule]
    stems: Sequence[int] | None


class _ByText:
    """Tells what is worth a try where there is no RE2: all rules whose texts are there."""

    def may_hold(self, text: str) -> bool:
        """Tell whether what is known by its form may be in a text."""
        return any(True for _ in _by_text(text))

    def worth(self, text: str) -> _Worth:
        """Return what is worth a try on a text."""
        return _Worth(tuple(_by_text(text)), None)


class _ByRe2:
    """Tells what is worth a try in two quick passes with RE2: most texts end there."""

    def __init__(self, re2: Any) -> None:
        options = re2.Options()
        options.max_mem, options.never_capture = _MEMORY, True
        self._of_some = [rule for rule in rules() if rule.path]
        self._of_any = [rule for rule in rules() if not rule.path]
        self._set = re2.Set.SearchSet(options)
        for rule in self._of_any:
            self._set.Add(rule.outline)
        self._always = self._set.Add("")  # is not found where RE2 gave up for want of memory
        self._set.Compile()
        self._given = re2.compile(outline(), options)

    def may_hold(self, text: str) -> bool:
        """Tell whether what is known by its form may be in a text."""
        return any(True for _ in self._rules(text, text.encode("utf-8", "replace")))

    def _rules(self, text: str, data: bytes) -> Iterable[SecretRule]:
        numbers = self._set.Match(data)
        if not numbers:
            return _by_text(text)
        return (self._of_any[number] for number in numbers if number != self._always)

    def worth(self, text: str) -> _Worth:
        """Return what is worth a try on a text."""
        data = text.encode("utf-8", "replace")
        found = (*self._of_some, *self._rules(text, data))
        return _Worth(found, _stems(text, data, self._given.finditer(data)))


@lru_cache(maxsize=1)
def _screen() -> _ByText | _ByRe2:
    try:
        import re2
    except ImportError:
        return _ByText()
    return _ByRe2(re2)


def may_hold_token(text: str) -> bool:
    """Tell whether what is known by its form may be in a text; quick."""
    return _screen().may_hold(text)


def _stems(text: str, data: bytes, matches: Iterable[re.Match[bytes]]) -> list[int]:
    """Return where names may say secret: in what was found in the same text as UTF-8."""
    found: list[int] = []
    at_byte = at = 0
    for match in matches:
        start, end = match.span()
        if len(data) == len(text):
            at = start
        else:
            at += len(data[at_byte:start].decode("utf-8", "replace"))
            at_byte = start
        found += [at + stem for stem in stems_in(text[at : at + end - start])]
    return found


def _by_text(text: str) -> Iterator[SecretRule]:
    has_tail = _HAS_TAIL.search(text) is not None
    for rule in rules():
        if has_tail or not rule.underscore:
            for one in rule.any:
                if one in text:
                    yield rule
                    break


def secret_spans(text: str, path: str) -> Iterator[tuple[int, int, str]]:
    """Yield where secrets are, and their kinds."""
    worth = _screen().worth(text)
    for rule in worth.rules:
        if rule.is_of(path):
            yield from _found(text, rule)
    if "@" in text and "://" in text:
        yield from _in_urls(text)
    for span in assigned(text, path, worth.stems):
        if not _is_published(text[span[0] : span[1]]):
            yield span
    yield from kubernetes_secrets(text)


def _found(text: str, rule: SecretRule) -> Iterator[tuple[int, int, str]]:
    for match in _matches(text, rule):
        group = next((one for one in rule.groups if match[one] is not None), 0)
        if _is_one(match[group], rule.value) and not _is_published(match[group]):
            yield (*match.span(group), rule.kind)


def _matches(text: str, rule: SecretRule) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds: only where one of its texts is, if it begins with one."""
    if not rule.begins:
        yield from rule.regex.finditer(text)
        return
    for start in rule.any:
        at = text.find(start)
        while at >= 0:
            match = rule.regex.match(text, at)
            if match:
                yield match
            at = text.find(start, match.end() if match else at + 1)


def _is_one(value: str, how: str) -> bool:
    """Tell whether what a pattern found is a secret, as the rule says that it is judged."""
    bare = value.strip("\"'")
    judges: dict[str, Callable[[], bool]] = {
        "any": lambda: True,
        "pem": lambda: _is_pem(value),
        "token": lambda: (
            not (_NO_TOKEN.search(value) or _SAME.search(value) or _is_run(value))
            and not holds_made_up(bare)
        ),
        "basic": lambda: _is_login(_decoded(bare)),
        "login": lambda: _is_login(value.replace('"', "").replace("'", "")),
        "password": lambda: _may_be(bare),
        "random": lambda: _may_be(bare) and is_random(bare),
        "thought of": lambda: (
            _may_be(bare) and (is_random(bare) or is_password(bare, in_code=False))
        ),
    }
    return judges[how]()


def _is_pem(value: str) -> bool:
    """Tell whether base64 is in a text, however short its lines are."""
    if _PEM_LINE.search(value):
        return True
    joined = _PEM_JOINED.search(_PEM_WRAP.sub("", value))
    return joined is not None and all(one.search(joined[0]) for one in _PEM_LETTERS)


def _is_run(token: str) -> bool:
    """Tell whether all behind the beginning of a token is the alphabet."""
    rest = token.rpartition("_")[2]
    return len(rest) * 2 > len(token) and is_in_order(rest)


def _may_be(value: str) -> bool:
    names_one = _CONSTANT.fullmatch(value) is not None and meaning(value) > Says.NOTHING
    return not (names_one or is_placeholder(value) or is_elsewhere(value))


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _is_login(value: str) -> bool:
    """Tell whether a text is a name and a password (or one of them), neither made up."""
    name, colon, password = value.partition(":")
    secret = password or name
    if not colon or not secret or "$" in value[:1] or re.search(r"\$[\w({]|\{\{|<|\[", secret[:3]):
        return False
    return not is_placeholder(secret)


def _in_urls(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield passwords in URLs (RFC 3986, section 3.2.1)."""
    position = text.find("://")
    while position >= 0:
        match = _IN_URL.match(text, position)
        is_example = match and _EXAMPLE_HOST.match(text, match.end())
        if match and not is_example and not _is_no_password(match):
            yield (*match.span("secret"), "password in a URL")
        position = text.find("://", position + 3)


def _is_no_password(match: re.Match[str]) -> bool:
    value = match["secret"]
    return (
        value == match["user"]
        or value.rstrip("\\?#").isdigit()  # a port, as parsers are tested
        or (value.isalpha() and value.isupper())
        or is_placeholder(value)
        or is_elsewhere(value)
        or is_other_language(value)
        or _EMAIL.fullmatch(value) is not None
        or (_WORDS.fullmatch(value) is not None and meaning(value) > Says.NOTHING)
    )
