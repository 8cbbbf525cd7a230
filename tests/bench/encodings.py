"""How many files in old encodings are read as what they say: garbled, and of those not said.

    python tests/bench/encodings.py corpus FOLDER [--show]
    python tests/bench/encodings.py locales FOLDER [--show]

corpus: a folder for each encoding, as tests/ of the sdist of chardet 4.0. locales: django/conf/locale
of an sdist of Django, whose translations are written in the encodings that their languages had.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sous.bundle.encodings import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

LEGACY = {
    "ar": ["cp1256", "iso8859_6"], "bg": ["cp1251", "iso8859_5"], "cs": ["cp1250", "iso8859_2"],
    "de": ["cp1252", "iso8859_15"], "el": ["cp1253", "iso8859_7"], "es": ["cp1252"], "fa": ["cp1256"],
    "fr": ["cp1252", "iso8859_15", "mac_roman"], "he": ["cp1255"], "hu": ["cp1250", "iso8859_2"],
    "ja": ["shift_jis", "euc_jp", "iso2022_jp"], "ko": ["euc_kr", "cp949"], "pl": ["cp1250", "iso8859_2"],
    "pt": ["cp1252"], "ro": ["cp1250"], "ru": ["cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"],
    "sv": ["cp1252"], "th": ["tis_620"], "tr": ["cp1254", "iso8859_9"], "uk": ["cp1251", "koi8_u"],
    "zh_Hans": ["gb18030", "gb2312"], "zh_Hant": ["big5"],
}  # fmt: skip


def corpus(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, encoding and bytes of each file."""
    for path in sorted(folder.glob("*/*")):
        encoding = path.parent.name
        for _ in range(3):
            with contextlib.suppress(LookupError):
                codecs.lookup(encoding)
                break
            encoding = encoding.rpartition("-")[0]
        encoding = {"GB2312": "gb18030", "EUC-TW": "euc_tw", "Big5": "cp950"}.get(encoding, encoding)
        yield f"{path.parent.name}/{path.name}", encoding, path.read_bytes()


def locales(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, encoding and bytes of translations, as comments of a program."""
    for language, encodings in LEGACY.items():
        text = (folder / language / "LC_MESSAGES" / "django.po").read_text("utf-8")
        lines = [line for line in re.findall(r'(?m)^msgstr "(.{12,})"$', text) if not line.isascii()]
        for encoding in encodings:
            for size in (3, 15, 80):
                some = "".join(f"# {line}\nx = f(1)\n" for line in lines[:size])
                with contextlib.suppress(UnicodeEncodeError):
                    yield f"{language} {encoding} {size}", encoding, some.encode(encoding, "ignore")


FAMILIES = [("shift_jis", "cp932"), ("tis_620", "cp874"), ("big5", "cp950", "big5hkscs"), ("utf_8_sig", "utf_8")]


def truths_of(data: bytes, encoding: str) -> set[str]:
    """Return the texts that are meant: sets that are written under one name differ in a few signs."""
    found = set()
    for one in next((family for family in FAMILIES if codec_name(encoding) in family), (encoding,)):
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            found.add(data.decode(one))
    return found


def codec_name(encoding: str) -> str:
    """Return Python's name of an encoding, as `FAMILIES` has it."""
    try:
        return codecs.lookup(encoding).name.replace("-", "_")
    except LookupError:
        return ""


def main() -> None:
    """Read all files and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["corpus", "locales"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    for name, encoding, data in (corpus if given.kind == "corpus" else locales)(given.folder):
        truths = truths_of(data, encoding)
        if not truths:
            counts["no truth"] += 1
            continue
        found = decoded(data)
        text = found.text if found else None
        kind = "left out" if text is None else "good" if text in truths else "garbled"
        counts[kind] += 1
        if kind == "garbled" and found and not found.guessed:
            counts["garbled, unsaid"] += 1
        if given.show and kind != "good":
            print(kind, name, "as", found and found.encoding)
    print(dict(counts))


if __name__ == "__main__":
    main()
