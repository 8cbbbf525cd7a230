"""What a value looks like: made up for an example, a reference to elsewhere, random, a password."""

from __future__ import annotations

import itertools
import math
import re
import string
from collections import Counter
from functools import lru_cache

from sous.bundle.secret_data import words
from sous.bundle.secret_encoded import bytes_in, counts, is_public, text_in

_DIGIT, _OTHER, _HUMP = 0.3, 1.0, 0.5
_LONG, _LEAST_SCORE, _LEAST_SHORT = 12, 0.34, 0.42

# Values that documentation and tests are full of.
_EXAMPLE = re.compile(
    r"example|sample|dummy|fake|placeholder|change.?(?:me|it)|"
    r"replace.?(?:me|with|this)|your[_\-. ]?|"
    r"redacted|not[_\-]?a[_\-]?(?:real[_\-]?)?secret|mask(?:ed|\b)|insert.?|todo|deadbeef|xxxx|\*\*\*|\.\.\.|(?<!\d)0{7}|1234567890?$|"
    r"^(?:0123456789|1234567)|abcdefgh|abcdef12|(?:here|goes)$|^(.)\1+$|"
    r"^(?=.{24}).*(?:hello|foobar|lorem)",  # nothing random says so
    re.IGNORECASE,
)
_PLAIN = """
a abc access account admin api app auth bad bar baz bogus ca cert certificate clear client
correct data db default demo dev domain false foo good guest hello hunter2 id invalid is
key letmein localhost login long my mysql name new none null oauth oidc old pass
passphrase passwd password plain postgres private prod public pw pwd quux qux qwerty root
s3cr3t s3cret secret sekret sekrit sid some string super test testing tests text the this
token true user username valid value very word world wrong
"""
_PLAIN_WORDS = re.compile("|".join(sorted(_PLAIN.split(), key=len, reverse=True)), re.IGNORECASE)
# What stands for a value that is somewhere else.
_REFERENCE = re.compile(
    r"^[$%]|^[{<]|^\(|[$#%]\{|\$\(\w+ [^()]*\)|(?-i:\$\([A-Z][A-Z_]{3,}\))|"
    r"\{\{|<%|<[\w \-]+>|%\(|%[sdr](?![\w])|^@[\w.]+@|^\[|^&|"
    r"^!(?:Ref|Sub|secret|vault|env)|"
    r"^(?:vault|env|ssm|secret|secrets|file|op|awssm|gcpsm|ref\+\w+|keyring|arn|azurekeyvault|"
    r"sops|cmd|doppler)[:.]|"
    r"^(?:process|os|system|config|settings|self|this|var|vars|local|data|module|props|ctx|request|"
    r"req|args|options)\.[\w.\[\]]+$|"
    r"^A[gQ][A-D][A-Za-z0-9+/=]{100}|"  # a sealed secret of Kubernetes
    r"^ENC\[|^NACL\[|^ENC\(|^\{cipher\}|^AQICAH|\{[\w.]*\}|\{[\w.]+[(\[].*\}|"
    r"^(?:PART)?(?:UUID|LABEL)=|"  # a disk
    r"^(?:npm|workspace|patch|portal|link|catalog):[\^~\d.*@<>=]|"  # a version of a package
    r"^\d{4}-\d\d-\d\dT[\d:.]+Z?$|^projects/[^/]+/(?:secrets|locations)/|^/\^|"
    r"^v?\d+\.\d+\.\d+(?:[\-+.][\w.+\-]*)?$|"
    r"hmac[_\-]?(?:sha|md5)|"  # an algorithm
    r"(?:/|%2F)aws4_request$|"  # what a key is for
    r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$|"  # a trace, of W3C
    r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+:[A-Za-z_][\w.]*$",  # a name in a module
    re.IGNORECASE,
)
_HASHED = re.compile(
    r"^(?:\$(?:1|2[abxy]?|5|6|7|y|argon2\w*|scrypt|pbkdf2[\w\-]*|apr1|P|H|sha1|md5)\$|\{(?:SSHA|SHA|CRYPT|MD5)\d*\}|"
    r"pbkdf2_\w+\$|argon2\w*\$|bcrypt(?:_\w+)?\$|scrypt\$|md5\$|sha(?:1|256|384|512)\$|"
    r"\*[0-9A-F]{40}$|md5[0-9a-f]{32}$|"  # of MySQL and PostgreSQL
    r"(?:sha(?:1|224|256|384|512)|md5|crc32c?|blake2\w*)[:=\-])",
    re.IGNORECASE,
)
_LOCATION = re.compile(
    r"^(?:https?|file|ftp|ssh|git|s3|gs)://|^(?:urn|magnet|mailto|data|tel):|^@[\w.\-]+/[\w.\-]+|^(?:\.{1,2}|~)?/[\w.\-]+(?:/|\.\w+$)|^[A-Za-z]:\\|\.(?:pem|key|crt|cer|p12|jks|json|ya?ml|txt|env|html?|py|js|ts|go|php|rb|java|cs|sh|xml|cfg|ini|conf|zip|gz|tgz|jar|csv|log)$"
)
_SPECIAL = re.compile(r"[!@#$%^&*+?~]")
_ESCAPED = re.compile(r"\\\\?(?:u(?!00[0-7])[0-9A-Fa-f]{4}|x[89A-Fa-f][0-9A-Fa-f])")
_BYTE = re.compile(r"\\{1,2}x([0-9A-Fa-f]{2})|[^\\]+|\\+")
_FEWEST_BYTES = 4  # that are no text
_DIGIT_IN = re.compile(r"\d", re.ASCII)
_COUNTS = re.compile(r"\d.|\d\D*\d", re.ASCII | re.DOTALL)  # not one at the end: `Schlüssel2`
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_NOT_LETTERS = re.compile(r"%[0-9A-Fa-f]{2}|[\W_]")
# A password that is a name of one: `newPassword`.
_ONE = r"(?:password|secret|token|key)"
_NAMES_ONE = re.compile(rf"(?:[A-Za-z_]|OAuth2)+{_ONE}", re.IGNORECASE)
_NAMES_NUMBERED = re.compile(rf"(?!.*\d\d)[A-Za-z_]\w*{_ONE}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LETTERS, _DIGITS = string.ascii_lowercase * 2, string.digits * 3
_SHORTEST_RUN = 6
_LONGEST_UNIT, _FEWEST_UNITS = 8, 3
_LONGEST_MADE_UP = 64  # in base64; a longer text may hold a secret beside an example
_HEX = re.compile(r"[0-9A-Fa-f]{16,}")
_LEAST_PASSWORD, _LEAST_IN_CODE, _CLASSES_IN_CODE = 6, 8, 3
_CLASSES = tuple(map(re.compile, (r"[a-z]", r"[A-Z]", r"\d", _SPECIAL.pattern)))


def is_placeholder(value: str) -> bool:
    """Tell whether a value is plainly made up, as documentation and tests are full of."""
    return _is_made_up(value) or holds_made_up(value)


def holds_made_up(value: str) -> bool:
    """Tell whether a value is base64 of something short and made up; of a login, its password."""
    text = text_in(value)
    last = text.rpartition(":")[2]
    return bool(last) and len(text) <= _LONGEST_MADE_UP and "\n" not in text and _is_made_up(last)


def _is_made_up(value: str) -> bool:
    unit = _unit(value)
    if (
        _EXAMPLE.search(value)
        or is_in_order(unit)
        or _is_repeated(value, unit)
        or _counts_up(value)
    ):
        return True
    return _is_of_plain_words(value) or _is_of_plain_words(_NOT_LETTERS.sub("", value))


def is_in_order(value: str) -> bool:
    """Tell whether letters and digits are in order, on or back: `abc123def456`, `fedcba`."""
    letters = "".join(filter(str.isalpha, value)).lower()
    digits = "".join(filter(str.isdigit, value))
    in_order = letters in _LETTERS or letters in _LETTERS[::-1]
    return len(letters) >= _SHORTEST_RUN and in_order and digits in _DIGITS


def _unit(value: str) -> str:
    """Return what a value is made of, again and again; the value itself if it is not."""
    period = (value + value).find(value, 1)
    return value[:period] if period > 0 else value


def _is_repeated(value: str, unit: str) -> bool:
    """Tell whether a value is a few characters again and again."""
    is_short = len(unit) <= _LONGEST_UNIT < len(value)
    return is_short and len(value) >= _FEWEST_UNITS * len(unit)


def _counts_up(value: str) -> bool:
    """Tell whether a value is bytes in order, in hexadecimal or base64: `0001020304050607`."""
    if _HEX.fullmatch(value) and not len(value) % 2:
        return counts(bytes.fromhex(value))
    return counts(bytes_in(value))


def _is_of_plain_words(value: str) -> bool:
    rest = _PLAIN_WORDS.sub("", value)
    return len(re.sub(r"[\W_\d]", "", rest)) <= 1 and len(rest) < len(value) and len(rest) < 6  # noqa: PLR2004


def is_elsewhere(value: str) -> bool:
    """Tell whether a value is no secret itself: a reference, a template, a hash, a public key."""
    is_one = any(one.search(value) for one in (_REFERENCE, _HASHED, _LOCATION))
    return is_one or is_public(value) or _is_htpasswd(text_in(value))


def _is_htpasswd(text: str) -> bool:
    """Tell whether each line is a name and the hash of its password."""
    lines = text.split()
    return bool(lines) and all(_HASHED.search(line.partition(":")[2]) for line in lines)


def is_other_language(value: str) -> bool:
    """Tell whether a value is words of another language, as translations of "password" are.

    Letters that are not ASCII, written as such or by their numbers, stand in no token; in a
    password they count only beside digits, or a digit and a sign.
    """
    plain = _ESCAPED.sub("ä", value)
    if plain.isascii():
        return False
    rest = plain.replace("ä", "")
    return not (_COUNTS.search(rest) or (_DIGIT_IN.search(rest) and _SPECIAL.search(rest)))


def is_bytes(value: str) -> bool:
    r"""Tell whether a value is random bytes as Python shows them: `\xfd\xc8H`, no text in UTF-8."""
    if value.count("\\x") < _FEWEST_BYTES:
        return False
    data = b"".join(
        bytes([int(match[1], 16)]) if match[1] else match[0].encode("utf-8", "replace")
        for match in _BYTE.finditer(value)
    )
    wrong = sum("\udc80" <= char <= "\udcff" for char in data.decode("utf-8", "surrogateescape"))
    return wrong >= _FEWEST_BYTES


def is_uuid(value: str) -> bool:
    """Tell whether a value is a UUID."""
    return _UUID.fullmatch(value) is not None


def names_a_secret(value: str, *, numbered: bool = False) -> bool:
    """Tell whether a value is itself the name of a secret: `newPassword`, `V2Password`."""
    return (_NAMES_NUMBERED if numbered else _NAMES_ONE).fullmatch(value) is not None


def is_name(value: str) -> bool:
    """Tell whether a value is a name in code: words, and at most one number."""
    if not _IDENTIFIER.fullmatch(value):
        return False
    pieces = _PIECES.findall(value)
    if sum(piece.isdigit() for piece in pieces) > 1:
        return False
    odd = sum(
        (first + second).lower() not in words("pairs")
        for piece in pieces
        if piece.isalpha()
        for first, second in itertools.pairwise(piece)
    )
    return len(pieces) <= len(value) / 3 and odd <= len(value) / 5


def is_random(value: str) -> bool:
    """Tell a random value from a name, a path, a sentence.

    Random ones have letters side by side that no word has, and digits between letters.
    """
    if " " in value or value.count("/") > max(3, len(value) // 12):
        return False
    if value.isdigit():
        return len(value) >= 15 and entropy(value) > 2  # noqa: PLR2004
    least = _LEAST_SCORE if len(value) >= _LONG else _LEAST_SHORT
    return len(value) >= 8 and _score(value) >= least and entropy(value) >= 2.2  # noqa: PLR2004


@lru_cache(maxsize=4096)
def _score(value: str) -> float:
    """Return how little a value looks like words, a character: words 0.1, random ones 0.5."""
    total, pairs = 0.0, words("pairs")
    bare = value.rstrip("=")
    for first, second in itertools.pairwise(bare):
        if first.isalpha() and second.isalpha():
            if first.islower() and second.isupper():
                total += _HUMP
            elif (first + second).lower() not in pairs:
                total += _OTHER
        elif first.isdigit() and second.isdigit():
            total += _DIGIT
        elif first.isalnum() and second.isalnum():
            total += _OTHER
    return total / max(len(bare), 1)


def is_password(value: str, *, in_code: bool) -> bool:
    """Tell whether a value may be a password that somebody thought of: no word, no name."""
    classes = sum(one.search(value) is not None for one in _CLASSES)
    if in_code:
        return (
            len(value) >= _LEAST_IN_CODE
            and classes >= _CLASSES_IN_CODE
            and " " not in value
            and value[:1] != "."
            and not names_a_secret(value)
        )
    has_other = bool(re.search(r"\d", value) or _SPECIAL.search(value))
    return len(value) >= _LEAST_PASSWORD and classes > 1 and has_other and " " not in value


def entropy(value: str) -> float:
    """Return Shannon's entropy in bits a character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
