"""Find secrets and mask them in place: the line that holds one stays, and its number."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sous.lines import Lines
from sous.project.data import parse_toml
from sous.project.languages import settings_endings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MASK = "[masked]"


class _SecretPattern:
    """A pattern that is compiled when it is first used: most bundles need none of these."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern = pattern
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self._pattern, self._flags)


# Values that documentation and tests are full of.
_PLACEHOLDER = _SecretPattern(
    r"example|sample|dummy|fake|placeholder|change.?me|your[_\-]|xxxx|\*\*\*|\.\.\.|<|\$\{|%\(|\{\{|0000000|1234567890?$|"
    r"^(?:pass(?:word|wd)?|secret|admin|root|user(?:name)?|token|test(?:ing)?|guest|postgres|mysql|localhost)\d*$|"
    r"^\d{1,6}$|^\$|^%|^\{|\}$|abcdefgh|(.)\1{7}",
    re.IGNORECASE,
)
_KEY = "private key"  # its body is long enough to hold what looks made up
_TAIL = "_[A-Za-z0-9]{20}"
_HAS_TAIL = _SecretPattern(_TAIL)
_USERINFO = (
    r"""://(?P<user>[^\s:/@"'<>`|(){}\[\]]{0,64}):(?P<secret>[^\s/@"'<>`|(){}\[\]]{4,128})@"""
)
_IN_URL = _SecretPattern(_USERINFO + r"(?=[A-Za-z0-9\[])")
_VALUE = r"[A-Za-z0-9_\-+/=.!@#%^&*~$]{16,200}"
_QUOTED = _SecretPattern(rf"""["']({_VALUE})["']""")
_WORDS = (
    r"(?:secret|token|passwd|password|passphrase|pwd|credential|"
    r"api[_\-]?key|access[_\-]?key|auth[_\-]?key|private[_\-]?key)"
)
_GIVEN = rf"{_WORDS}[\w\-]{{0,20}}[\"']?\]?\s{{0,8}}(?::\s?str\s?)?(?:=>|:=|[:=(,])\s{{0,8}}[bru]?"
_NAME = _SecretPattern(f"{_GIVEN}$", re.IGNORECASE)
_NAME_LENGTH = 80
_SET = rf"{_WORDS}[\w.\-]{{0,20}}[ \t]*[:=][ \t]*"
_SETTING = _SecretPattern(
    r"^[ \t]*(?:-[ \t]+|export[ \t]+)?"
    rf"[\w.\-]{{0,60}}{_SET}(?P<secret>{_VALUE})[ \t]*(?:[#;].*)?\r?$",
    re.IGNORECASE | re.MULTILINE,
)
# Stops before a backslash: an escaped line end in a string stays.
_SECRET_LINE = _SecretPattern(r"[^\s\\]+(?:[ \t]+[^\s\\]+)*")
_TOKENS = _SecretPattern(r"[a-z]+|[A-Z][a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True)
class Secret:
    """A secret that was found: what kind, and the 1-based line in its file."""

    kind: str
    line: int


@dataclass(frozen=True)
class SecretRule:
    """One kind of secret: texts one of which must be present, and the pattern."""

    kind: str
    pattern: str
    any: tuple[str, ...]
    underscore: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)


@lru_cache(maxsize=1)
def rules() -> tuple[SecretRule, ...]:
    """Return the rules of secrets.toml."""
    data = parse_toml(Path(__file__).with_name("secrets.toml").read_text("utf-8"))
    return tuple(
        SecretRule(one["kind"], one["pattern"], tuple(one["any"]), bool(one.get("underscore")))
        for one in data["rule"]
    )


def mask_secrets(text: str, path: str = "") -> tuple[str, list[Secret]]:
    """Return `text` with each secret masked, line by line, and what was found, in order.

    The ending of `path` tells whether a value needs quotes: in code it does, in settings not.
    """
    return masked(text, _spans(text, path))


def masked(text: str, spans: Iterable[tuple[int, int, str]]) -> tuple[str, list[Secret]]:
    """Return `text` with the spans (start, end, kind) masked, and what they are; line ends stay."""
    pieces: list[str] = []
    found: list[Secret] = []
    position = 0
    lines = Lines(text)
    for start, end, kind in sorted(spans):
        if start < position:  # two kinds saw the same
            continue
        pieces += [text[position:start], _SECRET_LINE.compiled.sub(MASK, text[start:end])]
        found.append(Secret(kind, lines.number(start)))
        position = end
    return "".join((*pieces, text[position:])), found


@lru_cache(maxsize=1)
def _may_hold() -> Callable[[str], bool]:
    """Return a quick test whether a text may contain a secret; always True without RE2 (`fast`).

    One pass over the text, ten times as fast as a search for each rule.
    """
    try:
        import re2
    except ImportError:
        return lambda _text: True
    literals = [re.escape(one) for rule in rules() for one in rule.any if not rule.underscore]
    patterns = [
        *literals,
        _TAIL,
        _USERINFO,
        rf"""(?i:{_GIVEN})["']{_VALUE}""",
        f"(?i:{_SET}){_VALUE}",
    ]
    search = re2.compile("|".join(patterns)).search
    return lambda text: search(text) is not None


def _spans(text: str, path: str) -> Iterator[tuple[int, int, str]]:
    if not _may_hold()(text):
        return
    has_tail = _HAS_TAIL.compiled.search(text) is not None
    for rule in rules():
        if rule.underscore and not has_tail:
            continue
        for one in rule.any:
            if one in text:
                yield from _found(text, rule)
                break
    if "@" in text and "://" in text:
        yield from _in_urls(text)
    yield from _assigned(text)
    if path.rpartition(".")[2].lower() in settings_endings() or "." not in path.rpartition("/")[2]:
        yield from _unquoted(text)


def is_placeholder(value: str) -> bool:
    """Tell whether a value is plainly made up, as documentation and tests are full of."""
    return _PLACEHOLDER.compiled.search(value) is not None


def _found(text: str, rule: SecretRule) -> Iterator[tuple[int, int, str]]:
    group = "secret" if "secret" in rule.regex.groupindex else 0
    for match in rule.regex.finditer(text):
        if rule.kind == _KEY or not _PLACEHOLDER.compiled.search(match[group]):
            yield (*match.span(group), rule.kind)


def _in_urls(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield passwords in URLs (RFC 3986, section 3.2.1)."""
    position = text.find("://")
    while position >= 0:
        match = _IN_URL.compiled.match(text, position)
        is_example = match and text.startswith("example.", match.end())
        if match and not is_example and not _PLACEHOLDER.compiled.search(match["secret"]):
            yield (*match.span("secret"), "password in a URL")
        position = text.find("://", position + 3)


def _assigned(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield quoted values that look random and are given to a name that says secret."""
    for match in _QUOTED.compiled.finditer(text):
        value = match[1]
        if value.isalpha() or not any(map(value.__contains__, "0123456789")):
            continue
        start = match.start()
        before = text[max(0, start - _NAME_LENGTH) : start]
        if _NAME.compiled.search(before.rpartition("\n")[2]) and _looks_random(value):
            yield (*match.span(1), "assigned secret")


def _unquoted(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield values of settings that look random and whose name says secret."""
    for match in _SETTING.compiled.finditer(text):
        if _looks_random(match["secret"]):
            yield (*match.span("secret"), "assigned secret")


def _looks_random(value: str) -> bool:
    """Tell a random value from a name, a path, a sentence or a placeholder."""
    if (
        _PLACEHOLDER.compiled.search(value)
        or value.count("/") > 3  # noqa: PLR2004
        or value.startswith(("/", "./", "http"))
    ):
        return False
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    words = [word for word in _TOKENS.compiled.findall(value) if word.isalpha()]
    if (
        words
        and sum(len(word) >= 4 for word in words) * 2 > len(words)  # noqa: PLR2004
        and not re.fullmatch(r"[0-9a-f]{32,}", value)
    ):
        return False  # made of words, as names and keys of translations are
    return _entropy(value) >= (3.0 if re.fullmatch(r"[0-9a-fA-F\-]+", value) else 3.5)


def _entropy(value: str) -> float:
    """Return Shannon's entropy in bits a character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
