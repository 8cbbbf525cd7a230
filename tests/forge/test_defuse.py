"""Whatever text goes in, nobody is called and nothing is referred to in what a forge renders."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rendered import ADDRESS, MENTION, REFERENCE, rendered
from scene import examples
from sous.forge.body import harmless_title
from sous.forge.defuse import JOINER, harmless

PIECES = [
    "@name", "@org/team", "user@host.com", "xhttp://a.b/@name", "http://a.b/@n", "www.a.b/@n", "mailto:a@b.c", "xmpp:a@b.c",
    "#1", "#12http://a.b", "GH-1", "gh-2", "GH\\-3", "o/r#1", "u#1", "!12", "&12", "$12", "^alert#1", "%1", '%"v 1"', "~bug",
    "https://github.com/o/r/issues/1", "https://github.com/o/r/pull/2#x", "http://g.l/o/r/-/merge_requests/3", "../issues/4",
    "o/r@0123456789abcdef", "fixes #1", "Closes: o/r#1", "resolves https://github.com/o/r/issues/1", "fixes GH-9",
    "&#64;name", "&commat;name", "&#x40;n", "&#64name", "@&#110;ame", "&#35;1", "#&#49;", "&#71;H-1", "&num;1", "&amp;1", "&lt;", "&#000000064;n",
    "\\@name", "@\\_n", "\\#1", "\\\\", "\\", "\\`", "\\[", "\\<", "`", "``", "```", "````", "~~~", "~~~python", "```@x", "`@x`", "``a`b``",
    "[", "]", "(", ")", "[x](", "](", "][", "[x]", "[x][y]", "[x]: /u", "[@n]: /u", "[y`]: /v", "[^1]", "[^1]: ", "![", "![a](http://t/p.gif)",
    "[x](javascript:", "[x](@name)", "[x](%40name)", "[x](<a b>)", ' "t`t")', "[a](http://b.c)", "[http://b.c](http://b.c)", "<http://a.b/@n>", "<a@b.c>",
    "<img src=x>", "<div>", "</div>", "<details>", "</details>", "<b>", "</b>", "<br>", "<foo>", "<!-- ", " -->", "<?", "?>", "<pre>", "<a href='",
    "<!-- sous:finding " + "0" * 64 + " " + "1" * 16 + " " + "2" * 16 + " -->", "Co-authored-by: A <a@b.c>", "[issue:1]", "/close", "/assign @x",
    "a | b", "|", "|---|---|", "--|--", "---", "===", "| `a | @x` |", "> ", ">", ">>", "- ", "* ", "1. ", "+ ", "# ", "## ", "    ", "\t", "*", "**", "_", "~~", "~",
    "a", "b1", "0", "word", "@", "#", "!", "&", "GH", "-", "/", ":", ";", "%", "iss", "ues/1", "http://", "www.", "é", "\u00a0", "\u3000", JOINER, "\U000f0000", "\U000f0001",
    "`" * 81, "\r\n", "\r",
]  # fmt: skip
# Each got through a version of the rules: renderers do not agree about what is code, or see code where none stays.
BROKEN = [
    "xhttp://a.b/@name", "#12http://a.b", "[`]:u\n@m`", "\u3000```#1", "``-`a`x`#1`", "[http:///](%40e)", "\\&#6;",
    "    ```\n@m\n```\n", "<details>\\&commat;l", "<details><tp:>", "http://b\x0c` #1`", "http://x\xa0`<@t`", "`\n-|-\n`@8`|b\n-|-",
    "1. |`\n-|-\n`^1`", "[`]:(\n&1`", "[r]:u\n\t@m", "[](!1)", ">~\n<b>\n`@r`", "> a\nb \n<b>\n```\n@m\n```", "[^&#4;]", "[^1]: a\n\n    @m\n\n[^1]",
    "http://a.b/` @m `", "http://a.b/[ x](c`d) ` @n `", "[x](javascript:`) ` @m `", "[ref`]: /v\n\n[foo][ref`] ` z ` @m `",
    f"{'`' * 81} ` {'`' * 81} ` @x `", "`a\n<div>@m`", "[x [y](z)](d`e) ` @m `", "iss&#117;es/1 https://github.com/o/r/iss&#117;es/1",
    "https://github.com/o/r/issues%2F1", "[x](/o/r/issues/1)", "[x](%23%31)", "<!-- @a -->", "![](http://t/p.gif)", "<a@b.c>",
    "Co-authored-by: A <a@b.c>", "x\n  /close\n- /assign @a", "<details>&#000000064;name", "G<foo>H-1</foo>",
]  # fmt: skip
BETWEEN = st.sampled_from(["", "", "", " ", " ", "\n", "\n\n", "\n    ", "\n> "])
COMPOSED = st.lists(st.tuples(st.sampled_from(PIECES), BETWEEN), min_size=1, max_size=24).map(
    lambda pairs: "".join(piece + after for piece, after in pairs)
)
TICKS = st.lists(
    st.sampled_from([*"``````@@#1[]()<>|-~*\\\n\n \t:a", "](", "]: ", " @m ", " `", "` ", "\n-|-\n"]), max_size=30
)
TEXTS = st.one_of(COMPOSED, TICKS.map("".join), st.text(max_size=80))
SETTINGS = settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def seen(text: str) -> str:
    """Return what is seen of a text."""
    return text.replace(JOINER, "").replace("%40", "@").strip()


@pytest.mark.parametrize("text", BROKEN)
def test_what_got_through_once_has_no_effect(text: str) -> None:
    assert rendered(harmless(text)).effects() == []


@SETTINGS
@given(TEXTS)
def test_nothing_rendered_has_an_effect(text: str) -> None:
    assert rendered(harmless(plain(text))).effects() == []


@SETTINGS
@given(TEXTS)
def test_only_what_is_not_seen_is_put_in(text: str) -> None:
    bare = re.sub(r"\A[\s\ufeff]+", "", text)

    assert seen(harmless(text)) == seen(bare)


@SETTINGS
@given(st.one_of(TEXTS, st.text(max_size=60)))
def test_no_title_has_an_effect(text: str) -> None:
    title = harmless_title(text, 80)

    assert not MENTION.search(title)
    assert not REFERENCE.search(title)
    assert not ADDRESS.search(title)
    assert "\n" not in title


GOOD = [
    "word", "**bold @**", "`@name #1`", "``a ` @b``", "*it*", "~~gone~~", "[text](https://a.b/c)", "<https://a.b>", "https://a.b/c?d=e&f=g#h",
    "| `@a` | b |\n|---|---|\n| `#1` | `x|y` |", "- one\n- `@two`\n  - three", "1. `#1`\n2. b", "> quoted `@q`", "## Heading", "```python\n@deco\n# 1\n<b>\n```",
    "~~~\n@x ![a](b)\n~~~", "- in\n\n  ```\n  @x[1]: y\n  ```", "text\n\n    @indented #1", "&amp; &lt; &nbsp; &#8217;", "<br>", "<details>\n<summary>More</summary>\n\n`@x`\n\n</details>",
    "`List[int]: @x`", "`<T>@x`", "a_b * c", "R&D, 50 % of it, C# and @ alone", "---", "- [ ] task `@t`", "[r]\n\n[r]: https://a.b/c", "`a` and `b(c)[d](e)`",
]  # fmt: skip


@SETTINGS
@given(st.lists(st.sampled_from(GOOD), min_size=1, max_size=8).map("\n\n".join))
def test_markdown_without_effects_is_read_the_same(text: str) -> None:
    before, after = rendered(text), rendered(harmless(text))

    assert after.code == before.code
    assert after.text.replace(JOINER, "") == before.text
    assert after.links == before.links


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("see #12, #13.", f"see #12, #{JOINER}13."),
        ("see o/r#12", f"see o/r#{JOINER}12"),
        ("see #12&#51;", f"see #{JOINER}12&#51;{JOINER}"),
        ("fixes #12", f"fixes #{JOINER}12"),
        ("**Clo&#115;es**: a, #12", f"**Clo&#115;{JOINER}es**: a, #{JOINER}12"),
        ("see\n\n(#12)", "see\n\n(#12)"),
    ],
)
def test_a_number_of_the_code_stays_where_nothing_is_closed_by_it(text: str, made: str) -> None:
    assert harmless(text, known_numbers=lambda number: number == "#12") == made


def test_links_that_are_put_in_later_are_reckoned_with() -> None:
    text = "[x SLOT](d`e) ` @m `"
    made = harmless(text, as_posted=lambda text: text.replace("SLOT", "[y](z)")).replace("SLOT", "[y](z)")

    assert rendered(made).effects() == []


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "a\n-|-\n" * 5_000, "- " * 3_000, "-" * 60_000 + "x", "`a``b" * 10_000, ">" * 3_000]
)
def test_time_grows_with_the_text(text: str) -> None:
    started = time.perf_counter()
    harmless(text)

    assert time.perf_counter() - started < 20
