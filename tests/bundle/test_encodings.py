# ruff: noqa: RUF001  # letters of other scripts are what this is about
from __future__ import annotations

import pytest

from sous.bundle.encodings import declared, decoded


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("grün\n".encode(), "grün\n"),
        ("\ufeffx\n".encode(), "\ufeffx\n"),
        ("grün\n".encode("utf-16"), "grün\n"),
        ("grün\n".encode("utf-32"), "grün\n"),
        ("grün: a long enough line of text\n".encode("latin-1"), "grün: a long enough line of text\n"),
        (b"a\r\nb\r\n", "a\r\nb\r\n"),
        (b"\x1b[31mred\x1b[0m\n", "\x1b[31mred\x1b[0m\n"),
        (b"a\0b", None),
        (b"\x89PNG\r\n\x1a\n\x01\x02\x03\x04\x05\x06\x80", None),
        (b"\xff\xfe\x00", None),
        (b"\xef\xbb\xbfa\0b", "\ufeffa\0b"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", None),
        ("# Привет, мир! Это комментарий\nx = 1\n".encode("cp1251"), "# Привет, мир! Это комментарий\nx = 1\n"),
        (
            "# これはコメントです。日本語の説明\nx = 1\n".encode("shift_jis"),
            "# これはコメントです。日本語の説明\nx = 1\n",
        ),
        ("café\n".encode("latin-1"), "café\n"),
    ],
)
def test_bytes_become_text_or_are_binary(data: bytes, text: str | None) -> None:
    found = decoded(data)
    assert (found and found.text) == text


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("# -*- coding: koi8-r -*-\n", "koi8-r"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n", "cp1251"),
        ("/* -*- coding: latin-1-unix -*- */\n", "iso8859-1"),
        ('<?xml version="1.0" encoding="Windows-1255"?>\n', "cp1255"),
        ('<html><meta http-equiv="x" content="text/html; charset=Shift_JIS">\n', "shift_jis"),
        ('<meta charset="iso-8859-7">', "iso8859-7"),
        ('@charset "big5";\n', "big5"),
        ("x = encoding: koi8-r\n", None),
        ("# coding: utf-8\n", None),
        ("# coding: rot13\n", None),
        ("# coding: nothing\n", None),
        ("a\n", None),
    ],
)
def test_what_a_file_says_of_itself(head: str, encoding: str | None) -> None:
    assert declared(head.encode()) == encoding


def test_what_a_file_says_counts_before_a_guess() -> None:
    text = "# coding: cp866\nПривет\n"
    found = decoded(text.encode("cp866"))
    assert found is not None
    assert (found.text, found.note()) == (text, "")


def test_what_a_file_cannot_be_is_not_believed() -> None:
    text = "<?xml version='1.0' encoding='euc-jp'?>" + "Привет, мир, это я! " * 3
    found = decoded(text.encode("cp1251"))
    assert found is not None
    assert found.text == text
    assert "guessed" in found.note()


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        (
            "déjà vu, l’école\n".encode() * 9 + b"\xe9\n",
            "déjà vu, l’école\n" * 9 + "\ufffd\n",
            "utf-8, 1 bad byte replaced",
        ),
        ("データ".encode()[:-1], "デー\ufffd", "utf-8, 1 bad byte replaced"),
        ("été".encode() + b"\xff\xfe", "été\ufffd\ufffd", "utf-8, 2 bad bytes replaced"),
        (b"caf\xe9", "café", "cp1252, a weak guess"),
        (b"\xa9 2003", "© 2003", "cp1252, a weak guess"),
        ("日本語のテキスト".encode("iso2022_jp"), "日本語のテキスト", "iso2022_jp, guessed"),
        (b"\x1b$x", "\x1b$x", ""),
    ],
)
def test_what_is_not_sure_is_noted(data: bytes, text: str, note: str) -> None:
    found = decoded(data)
    assert found is not None
    assert (found.text, found.note()) == (text, note)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1255", "# שלום עולם, זו הערה בקוד שלי\n"),
        ("iso8859-7", "# Αυτό είναι ένα σχόλιο στον κώδικα\n"),
        ("cp866", "# Это комментарий в программе\n"),
        ("mac_cyrillic", "# Это комментарий в программе, и он длинный\n"),
        ("tis-620", "# นี่คือความคิดเห็นในโปรแกรม\n"),
        ("cp1254", "# Bu programın içindeki açıklama değişti, şimdi çalışıyor\n"),
        ("cp1256", "# هذا تعليق في البرنامج\n"),
        ("iso8859-2", "# Tato funkce vrací počet řádků, které byly změněny\n"),
        ("big5", "# 這是一個程式的註解，說明如何使用\n"),
        ("euc_kr", "# 이것은 프로그램의 주석입니다\n"),
    ],
)
def test_scripts_of_the_world_are_guessed(encoding: str, text: str) -> None:
    found = decoded(text.encode(encoding))
    assert found is not None
    assert (found.text, found.guessed) == (text, True)
