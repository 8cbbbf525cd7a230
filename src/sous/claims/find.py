"""The references to code that a report makes: paths, lines, quotes and names, each with what it hangs on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from sous.claims import words
from sous.claims.blocks import Block, read_blocks
from sous.claims.evidence import fold_quote, words_of
from sous.claims.mentions import LONGEST, TOKEN, Mention, Mentions, normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.evidence import Evidence

Kind = Literal["path", "line", "quote", "symbol"]

_SHORT = 7  # characters of code that says nothing
_SHORTEST_NAME = 2  # characters of a name in small letters that says nothing
_BEHIND = re.compile(r"`?[*_]{0,2}\)?(?:\s?[:,\u2013\u2014-]\s?|\s)[*_]{0,2}`(?P<code>[^`\n]+)`")
_BEFORE = re.compile(r"`(?P<code>[^`\n]+)`\s?(?:\(|at |in |@ )[*_]{0,2}`?$")
_NAME = re.compile(r"(?:[A-Za-z_$][\w$]*)(?:(?:\.|::|#|->|\?\.)[A-Za-z_$][\w$]*)*[!?]?")
_CALL = re.compile(r"((?:[A-Za-z_$][\w$]*)(?:(?:\.|::|#|->|\?\.)[A-Za-z_$][\w$]*)*)!?\([^()]{0,200}\)")
_BARE_CALL = re.compile(r"(?<![\w./$`-])((?:[A-Za-z_$][\w$]*)(?:(?:\.|::)[A-Za-z_$][\w$]*)*)\(\)(?![\w`])")
_CODE_LIKE = re.compile(r"_|[a-z][A-Z]|[a-z]\d|(?:\.|::|->|#)[A-Za-z_]")
_COMMENT = re.compile(r"^\s*(?://+|\#+|--|;+|/\*+|<!--|%|\*)\s?(?P<text>.*?)(?:\*/|-->)?\s*$")
_NO_CODE = frozenset(
    "bash sh shell console zsh fish powershell cmd bat text txt mermaid markdown md output log".split()  # noqa: SIM905
)
_ELLIPSIS = re.compile(
    r"^\W{0,6}(?:\.\.\.|\u2026).*$|^\W{0,6}(?:snip|omitted|rest of .*|existing code.*)\W{0,6}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Reference:
    """Something that a report says of the code.

    `text` as it stands there, `line` of the report (from 1), `named` the path as it is written, here or above it,
    `start` and `end` lines that are claimed, `quote` what is said to stand there. `firm`: it is said to be there, and
    not that it should be, could be or is missing. `is_named_here`: the path stands with it, not above it. `bound`: the
    name that it is the place of.
    """

    kind: Kind
    text: str
    line: int
    at: int = 0  # where it stands in its block, for those of one line to be told apart
    named: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    quote_line: int | None = None
    firm: bool = True
    is_named_here: bool = True
    bound: str | None = None  # the one name that stands right beside the lines, or is said to be in the file
    beside: tuple[str, ...] = ()  # code in the same sentence, where no file is named
    near: tuple[str, ...] = ()  # other paths that may be meant: of headings and items above, the nearest first


@dataclass
class _Where:
    """What holds at one place of the report, for what comes behind it."""

    headings: list[tuple[int, str | None, bool]] = field(default_factory=list)  # level, path, whether about fixes
    items: dict[int, str] = field(default_factory=dict)  # path by list item
    last: str | None = None  # the path that was last named under this heading
    fixing: bool = False  # what comes is about what should be
    fixing_in: tuple[int, ...] = ()  # the list items that this holds in

    def near(self, block: Block) -> tuple[str, ...]:
        """Return the paths that a text may be about, the nearest first."""
        found = [self.items[item] for item in reversed(block.items) if item in self.items]
        found += [self.last] if self.last else []
        found += [path for _, path, _ in reversed(self.headings) if path]
        return tuple(dict.fromkeys(found))


def find_references(report: str, evidence: Evidence) -> list[Reference]:
    """Return the references of a report in the order in which they stand."""
    return list(_Finder(evidence).read(read_blocks(report)))


class _Finder:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._where = _Where()
        self._held: list[Reference] = []  # since lines were last named, which a block of code may prove
        self._mentions = Mentions(evidence)

    def read(self, blocks: Sequence[Block]) -> Iterator[Reference]:
        for number, block in enumerate(blocks):
            if block.kind == "code":
                self._held += self._code(block, blocks[number - 1] if number else None)
                continue
            found = list(self._text(block))
            if block.kind == "heading" or any(reference.kind == "line" for reference in found):
                yield from self._held
                self._held = []
            self._held += found
        yield from self._held

    # -- text

    def _text(self, block: Block) -> Iterator[Reference]:
        where = self._where
        if block.kind == "heading":
            while where.headings and where.headings[-1][0] >= block.level:
                where.headings.pop()
            above = any(fixing for _, _, fixing in where.headings)
            title = re.sub(r"^[\W\d]+", "", block.text.partition("\n")[0])
            about_fixes = above or bool(words.FIX_LABEL.fullmatch(title.strip(" :*")))
            where.last, where.items = None, {}
            where.fixing, where.fixing_in = about_fixes, ()
        firmness = self._firmness(block)
        mentions = self._mentions.of(block.text)
        references = list(self._references(block, mentions, firmness))
        named = [reference.named for reference in references if reference.named]
        first = named[0] if named else None
        if block.kind == "heading":
            where.headings.append((block.level, first, where.fixing))
        elif first:
            if not where.fixing or where.last is None:
                where.last = named[-1]
            if block.items:
                where.items.setdefault(block.items[-1], first)
        yield from references

    def _firmness(self, block: Block) -> list[tuple[int, bool]]:
        """Return from where on in a text what it says is said to be there (True) or to be done (False)."""
        where = self._where
        if block.kind != "heading" and where.fixing and block.items[: len(where.fixing_in)] != where.fixing_in:
            where.fixing = any(fixing for _, _, fixing in where.headings)
            where.fixing_in = ()
        changes = [(0, not where.fixing)]
        if block.kind == "heading":
            return changes
        for match in words.LABEL.finditer(block.text):
            label = _bare_label(match)
            is_label = bool(
                match["plain"]
                or match["colon"]
                or (match["bold"] or "").rstrip().endswith(":")
                or match.end() == len(block.text)
            )
            if is_label and words.FIX_LABEL.fullmatch(label):
                where.fixing, where.fixing_in = True, block.items
            elif (is_label and words.FIND_LABEL.fullmatch(label)) or (match["bold"] and not self._in_fix_section()):
                where.fixing, where.fixing_in = self._in_fix_section(), ()
            changes.append((match.start(), not where.fixing))
        return changes

    def _in_fix_section(self) -> bool:
        return any(fixing for _, _, fixing in self._where.headings)

    def _references(
        self, block: Block, mentions: Sequence[Mention], firmness: Sequence[tuple[int, bool]]
    ) -> Iterator[Reference]:
        text = block.text
        near = self._where.near(block)
        previous: str | None = None
        paths_here = [mention.path for mention in mentions if mention.path]
        symbols = self._symbols(text, mentions)
        for mention in mentions:
            line = block.line + text.count("\n", 0, mention.at)
            firm = _firm_at(firmness, mention.at) and not words.TO_BE_MADE.search(_before(text, mention.at))
            context = tuple(dict.fromkeys(filter(None, (previous, *near, *paths_here))))
            shown = mention.text.strip("`")
            if not mention.ranges:
                holds = _held_by(text, mention, symbols)
                yield Reference("path", shown, line, mention.at, mention.path, firm=firm, bound=holds, near=context)
            quoted = _quoted_beside(text, mention, mentions) if len(mention.ranges) == 1 else None
            bound = _bound(text, mention, symbols) if len(mention.ranges) == 1 and not quoted else None
            quote = fold_quote(quoted) if quoted else None
            for start, end in mention.ranges:
                named = mention.path or (context[0] if context else None)
                beside = () if named else _code_beside(text, mention.at)
                yield Reference(
                    "line", shown, line, mention.at, named, start, end,
                    is_named_here=mention.path is not None, quote=quote, quote_line=line, bound=bound, beside=beside,
                    near=context,
                )  # fmt: skip
            previous = mention.path or previous
        for name, at, called in symbols:
            line = block.line + text.count("\n", 0, at)
            firm = called and _firm_at(firmness, at) and not words.HYPOTHETICAL.search(_before(text, at))
            yield Reference(
                "symbol", name, line, at, firm=firm, near=tuple(dict.fromkeys(filter(None, (*paths_here, *near))))
            )
        yield from self._inline_quotes(block, mentions, firmness, near)
        for href in block.links:
            yield from self._link(href, block, mentions)

    def _symbols(self, text: str, mentions: Sequence[Mention]) -> list[tuple[str, int, bool]]:
        """Return names with their places, and whether each is written as something that is there: called or dotted."""
        taken = {mention.at for mention in mentions}
        found: list[tuple[str, int, bool]] = []
        for token in TOKEN.finditer(text):
            if token.start() in taken:
                continue
            if token["code"] is not None:
                code = token["code"].strip()
                call = _CALL.fullmatch(code)
                name = call[1] if call else code if len(code) <= LONGEST and _NAME.fullmatch(code) else None
                if name and (call or len(name) > _SHORTEST_NAME or _CODE_LIKE.search(name) or name[0].isupper()):
                    is_said = call or _CODE_LIKE.search(name) or _is_introduced(text, token.start(), token.end())
                    found.append((name, token.start() + 1, bool(is_said)))
            elif token["word"].endswith(")") or "()" in token["word"]:
                bare = _BARE_CALL.search(token["word"][:LONGEST])
                if bare:
                    found.append((bare[1], token.start(), bool(_CODE_LIKE.search(bare[1]))))
        return found

    def _inline_quotes(
        self, block: Block, mentions: Sequence[Mention], firmness: Sequence[tuple[int, bool]], near: tuple[str, ...]
    ) -> Iterator[Reference]:
        """Yield code between single ticks that is more than a name."""
        spans = [(mention.at, mention.to) for mention in mentions]
        beside = [mention for mention in mentions if mention.ranges]
        for token in re.finditer(r"`([^`]+)`", block.text):
            code = token[1].strip()
            if any(at <= token.start() < to for at, to in spans) or not _is_code(code):
                continue
            if any(code == _quoted_beside(block.text, mention, mentions) for mention in beside) or re.fullmatch(
                r"[\w.:$]+\(\)", code
            ):
                continue
            line = block.line + block.text.count("\n", 0, token.start())
            said = _firm_at(firmness, token.start()) and not words.HYPOTHETICAL.search(
                _before(block.text, token.start())
            )
            same = [one for one in beside if _sentence(block.text, one.at) == _sentence(block.text, token.start())]
            paths = tuple(dict.fromkeys([*(one.path for one in same if one.path), *near]))
            yield Reference(
                "quote",
                code,
                line,
                token.start() + 1,
                paths[0] if paths else None,
                quote=fold_quote(code),
                quote_line=line,
                firm=said and bool(same) and not _CALL.fullmatch(code),
                near=paths,
            )

    def _link(self, href: str, block: Block, mentions: Sequence[Mention]) -> Iterator[Reference]:
        if re.match(r"[a-z][a-z0-9+.-]*:|//|#", href, re.IGNORECASE):
            return
        path, _, anchor = href.partition("#")
        lines = re.fullmatch(r"L(\d{1,7})(?:-L?(\d{1,7}))?", anchor)
        named = normal(path)
        if not named.strip("/") or any(mention.path == named and (not lines or mention.ranges) for mention in mentions):
            return
        if lines:
            yield Reference("line", href, block.line, 0, named, int(lines[1]), int(lines[2] or lines[1]))
        elif self._mentions.is_path(path, in_code=True):
            yield Reference("path", href, block.line, 0, named)

    # -- code

    def _code(self, block: Block, before: Block | None) -> Iterator[Reference]:
        where = self._where
        fixing = where.fixing
        if before is not None and before.kind == "text":
            last = before.text.rstrip().rpartition("\n")[2]
            if last.endswith(":") and words.HYPOTHETICAL.search(last.rstrip(":")):
                fixing = True
        language = re.split(r"[\s:{,]", block.info, maxsplit=1)[0].lower()
        parts = self._parts(block)
        is_quote = not fixing and language not in _NO_CODE
        header = self._from_info(block)
        for number, (mention, line, code) in enumerate(parts):
            quote = _quoted(code, is_diff=language in ("diff", "patch"))
            about = mention or (header if number == 0 else None)
            if about:
                yield from self._headed(about, block, line, quote if is_quote else None)
                where.last = about.path or where.last
            elif is_quote and quote:
                at = _last_place(self._held) if number == 0 else None
                near = where.near(block)
                if at is not None:
                    self._held[at] = replace(self._held[at], quote=quote, quote_line=line)
                else:
                    named, sure = near[0] if near else None, number == 0 and self._is_sure(before)
                    yield Reference(
                        "quote", _first_line(code), line, 0, named, quote=quote, quote_line=line, firm=sure, near=near
                    )

    def _is_sure(self, before: Block | None) -> bool:
        """Tell whether a block of code is said to be a quote: a label or a file stands before it."""
        label = words.LABEL.search(before.text) if before is not None and before.kind == "text" else None
        said = label and words.FIND_LABEL.fullmatch(_bare_label(label))
        return bool(said or any(one.kind == "path" for one in self._held))

    def _headed(self, mention: Mention, block: Block, line: int, quote: str | None) -> Iterator[Reference]:
        near = self._where.near(block)
        named = mention.path or (near[0] if near else None)
        if not mention.ranges:
            yield Reference("path", mention.text, line, 0, mention.path, near=near)
            if quote:
                yield Reference(
                    "quote",
                    _first_line(quote),
                    line + 1,
                    0,
                    named,
                    quote=quote,
                    quote_line=line + 1,
                    firm=False,
                    near=(mention.path or "", *near),
                )
        for number, (start, end) in enumerate(mention.ranges):
            yield Reference(
                "line",
                mention.text,
                line,
                0,
                named,
                start,
                end,
                quote=quote if number == 0 else None,
                quote_line=line + 1,
                near=near,
            )

    def _from_info(self, block: Block) -> Mention | None:
        for word in re.split(r"[\s{}]+", block.info)[:6]:
            cursor = re.fullmatch(r"(\d+):(\d+):(.+)", word)
            if cursor and self._mentions.is_path(cursor[3], in_code=True):
                return Mention(0, 0, normal(cursor[3]), [(int(cursor[1]), int(cursor[2]))], text=word)
            bare = re.sub(r"^(?:\w+:(?=[^/\\\d])|(?:title|file|filename|path)=)", "", word).strip("\"'")
            place = self._mentions.place(bare, in_code=True) if bare != word or "/" in bare or "." in bare else None
            if place:
                return replace(place, text=bare)
        return None

    def _parts(self, block: Block) -> list[tuple[Mention | None, int, str]]:
        """Cut a block of code where a comment names a place; each part with that, its line of the report, its text."""
        parts: list[tuple[Mention | None, int, list[str]]] = [(None, block.first_code_line, [])]
        for number, line in enumerate(block.text.split("\n")):
            mention = self._comment(line, first=number == 0 or not any(one.strip() for one in parts[-1][2]))
            if mention:
                parts.append((mention, block.first_code_line + number, []))
            else:
                parts[-1][2].append(line)
        return [
            (mention, line, "\n".join(lines))
            for mention, line, lines in parts
            if mention or any(one.strip() for one in lines)
        ]

    def _comment(self, line: str, *, first: bool) -> Mention | None:
        comment = _COMMENT.match(line) if len(line) < LONGEST else None
        if comment is None:
            return None
        said = re.sub(r"^(?:in|file|from|see|at)\b:?\s*", "", comment["text"], flags=re.IGNORECASE)
        mentions = self._mentions.of(said)
        if not mentions or mentions[0].at > 1 or (not first and not mentions[0].ranges):
            return None
        if not mentions[0].path and not mentions[0].ranges:
            return None
        return replace(mentions[0], text=mentions[0].text.strip("`"))


def _is_introduced(text: str, start: int, end: int) -> bool:
    """Tell whether code between ticks is called a function, a class or the like: `name` method, class `name`."""
    return bool(words.DEFINITION_BEFORE.search(text[max(0, start - 40) : start]) or words.DEFINITION.match(text, end))


def _firm_at(firmness: Sequence[tuple[int, bool]], at: int) -> bool:
    return next(firm for start, firm in reversed(firmness) if start <= at)


def _before(text: str, at: int) -> str:
    """Return what stands before a place in its sentence."""
    return re.sub(r"`[^`]*`", "`", text[max(0, at - 160) : at].rstrip("`*_ ("))


def _sentence(text: str, at: int) -> int:
    """Return where the sentence begins that a place is in."""
    ends = max(text.rfind(". ", 0, at), text.rfind("\n", 0, at), text.rfind("; ", 0, at))
    return ends + 1


def _code_beside(text: str, at: int) -> tuple[str, ...]:
    """Return the code between ticks in the sentence that a place is in, what comes behind it first."""
    start = _sentence(text, at)
    end = min(found for found in (text.find("\n", at), text.find(". ", at), len(text)) if found >= 0)
    spans = [(match.start() < at - start, match[1]) for match in re.finditer(r"`([^`]+)`", text[start:end])]
    return tuple(code for _, code in sorted(spans, key=lambda span: span[0]))[:10]


def _bound(text: str, mention: Mention, symbols: Sequence[tuple[str, int, bool]]) -> str | None:
    """Return the name that lines belong to: `name` (path:12), `name` at path:12, path:12 `name`."""
    for name, at, _ in symbols:
        end = at + len(name)
        if end <= mention.at and re.fullmatch(
            r"(?:\(\)|\([^()]*\))?`?[*_]*\s?(?:\(|at |in |@ ?|[-\u2013\u2014:,] ?|is (?:defined )?(?:at|in) )?[`(*_]*",
            text[end : mention.at],
        ):
            return name
        if mention.to <= at and re.fullmatch(
            r"`?[*_]*\)?(?:\s?[-\u2013\u2014:,]\s?|\s)[`*_]*(?:function |method |class )?`?", text[mention.to : at]
        ):
            return name
    return None


def _held_by(text: str, mention: Mention, symbols: Sequence[tuple[str, int, bool]]) -> str | None:
    """Return the name that is said to be in a file: `name` in path, `name` (path)."""
    for name, at, is_said in symbols:
        end = at + len(name)
        between = text[end : mention.at] if is_said and end <= mention.at <= end + 40 else ""
        form = r"(?:\([^()]*\))?`?[*_]*\s(?:(?:function |method |class )?in |\()[`(*_]*"
        if re.fullmatch(form, between) and not words.HYPOTHETICAL.search(_before(text, at)):
            return name
    return None


def _quoted_beside(text: str, mention: Mention, mentions: Sequence[Mention]) -> str | None:
    """Return the code between ticks right behind lines or right before them: what is said to stand there."""
    behind = _BEHIND.match(text, mention.to)
    places = {other.at for other in mentions}
    if behind and _is_quote(behind["code"]) and behind.start("code") - 1 not in places:
        return behind["code"].strip()
    start = max(0, mention.at - 2 * LONGEST)
    before = _BEFORE.search(text[start : mention.at])
    if before and _is_quote(before["code"]) and start + before.start("code") - 1 not in places:
        return before["code"].strip()
    return None


def _is_quote(code: str) -> bool:
    """Tell whether code is more than a name."""
    code = code.strip()
    return len(code) > _SHORT and not re.fullmatch(r"[\w.:$]+\(\)", code) and bool(re.search(r"[^\w.:]", code))


def _bare_label(match: re.Match[str]) -> str:
    return re.sub(r"^[\W\d]+", "", match["bold"] or match["plain"]).strip(" :*._")


def _is_code(code: str) -> bool:
    return (
        len(code) > _SHORT
        and bool(re.search(r"[=(){}\[\];<>]|->|::", code))
        and bool(words_of(code))
        and not re.match(r"[\w./-]+$", code)
    )


def _last_place(waiting: Sequence[Reference]) -> int | None:
    """Return which reference a block of code behind them proves: the last lines that are named, unless one did."""
    lines = [at for at, one in enumerate(waiting) if one.kind == "line"]
    return lines[-1] if lines and waiting[lines[-1]].quote is None else None


def _quoted(code: str, *, is_diff: bool) -> str:
    """Return the lines that are said to be there; of a diff those that it takes away or keeps."""
    lines = code.split("\n")
    if is_diff:
        lines = [
            line[1:] if line[:1] in "- " else line
            for line in lines
            if not line.startswith(("+", "@@", "---", "diff ", "index "))
        ]
    text = "\n".join(lines).strip("\n")
    return text if re.search(r"\w", text) else ""


def _first_line(code: str) -> str:
    return next((line.strip() for line in code.split("\n") if line.strip()), "")[:80]


def fragments(quote: str) -> list[str]:
    """Return what a quote is made of: the runs of lines between `...`, which stands for what is left out."""
    runs: list[list[str]] = [[]]
    for line in quote.split("\n"):
        if _ELLIPSIS.match(line.strip()) and len(line) < LONGEST:
            runs.append([])
            continue
        first, *rest = re.split(r"\.{3}|\u2026", line)
        runs[-1].append(first)
        runs += [[piece] for piece in rest]
    return [run for run in ("\n".join(lines) for lines in runs) if re.search(r"\w", run)]
