"""The references to code that a report makes: paths, lines, quotes and names, each with what it hangs on."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from sous.claims import words
from sous.claims.blocks import Link
from sous.claims.blocks import Mentioned as Spot
from sous.claims.blocks import Passage as Block
from sous.claims.blocks import ReportText as Report
from sous.claims.mentions import LONGEST, TOKEN, Mention, Mentions, normal, ranges_in
from sous.claims.quotes import fold_quote
from sous.claims.source import words_of
from sous.project.languages import COMMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.claims.evidence import Evidence

Kind = Literal["path", "line", "quote", "symbol"]

_SHORT = 7  # characters of code that says nothing
_SHORTEST_NAME = 2  # characters of a name in small letters that says nothing
_BEHIND = re.compile(r"`?[*_]{0,2}\)?(?:\s?[:,\u2013\u2014-]\s?|\s)[*_]{0,2}`(?P<code>[^`\n]+)`")
_BEFORE = re.compile(r"`(?P<code>[^`\n]+)`\s?(?:\(|at |in |@ )[*_]{0,2}`?")
_NAME = re.compile(r"(?:[A-Za-z_$][\w$]*)(?:(?:\.|::|#|->|\?\.)[A-Za-z_$][\w$]*)*[!?]?")
_CALL = re.compile(
    r"((?:[A-Za-z_$][\w$]*)(?:(?:\.|::|#|->|\?\.)[A-Za-z_$][\w$]*)*)!?\([^()]{0,200}\)"
)
_BARE_CALL = re.compile(
    r"(?<![\w./$`-])((?:[A-Za-z_$][\w$]*)(?:(?:\.|::)[A-Za-z_$][\w$]*)*)\(\)(?![\w`])"
)
_CODE_LIKE = re.compile(r"_|[a-z][A-Z]|[a-z]\d|(?:\.|::|->|#)[A-Za-z_]")
_COMMENT = re.compile(rf"^\s*{COMMENT}\s?(?P<text>.*?)(?:\*/|-->)?\s*$")
_NO_CODE = frozenset(
    "bash sh shell console zsh fish powershell cmd bat text txt mermaid markdown md output log".split()  # noqa: SIM905
)
# `Billing::Invoice#pay!`, `Vec<T>::at(size_t)`, `(*Handler).ServeHTTP`.
_QUALIFIED = re.compile(
    r"(?:\(\*?\w{1,60}\)\.)?[A-Za-z_$][\w$]*(?:<[\w, :*&]{0,60}>)?(?:(?:::|\.|\#|->)~?[\w$]+(?:<[\w, :*&]{0,60}>)?)*"
    r"[?!]?(?:\([\w\s,:*&<>\[\].]{0,80}\))?"
)
_NO_QUOTE = re.compile(
    r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+/|[\w-]+(?:\s>\s[\w-]+)+$|[\"']\s*(?:OR|AND|UNION|;)\s|<script\b"
    r"|(?:curl|wget|http|npm|npx|pnpm|yarn|pip|pipx|uv|python3?|node|git|docker|cargo|go|make|mise|sudo|cd|ls|rm)\s+[\w./-]"
)
_BINDS_BEFORE = re.compile(
    r"(?:\(\)|\([^()]*\))?`?[*_]*\s?(?:\(|at |in |@ ?|[-\u2013\u2014:,] ?|is (?:defined )?(?:at|in) )?[`(*_]*"
)
_BINDS_BEHIND = re.compile(
    r"`?[*_]*\)?(?:\s?[-\u2013\u2014:,]\s?|\s)[`*_]*(?:function |method |class )?`?"
)
_HELD = re.compile(r"(?:\([^()]*\))?`?[*_]*\s(?:(?:function |method |class )?in |\()[`(*_]*")
_MOST_NEAR = 20  # paths that a name may be near


@dataclass(frozen=True)
class Reference:
    """Something that a report says of the code.

    `text` as it stands there, `line` of the report (from 1), `named` the path as it is written,
    here or above it, `start` and `end` lines that are claimed, `quote` what is said to stand there.
    `firm`: it is said to be there, and not that it should be, could be or is missing.
    `is_named_here`: the path stands with it, not above it. `bound`: the name that it is the place
    of.
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
    # the one name that stands right beside the lines, or is said to be in the file
    bound: str | None = None
    beside: tuple[str, ...] = ()  # code in the same sentence, where no file is named
    # other paths that may be meant: of headings and items above, the nearest first
    near: tuple[str, ...] = ()
    spot: Spot | None = None  # where it stands in the report, where that is known
    link: Link | None = None  # that it is the text of


@dataclass
class _Where:
    """What holds at one place of the report, for what comes behind it."""

    # level, path, whether about fixes
    headings: list[tuple[int, str | None, bool]] = field(default_factory=list)
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
    return list(_Finder(Report(report), evidence).read())


class _Finder:
    def __init__(self, report: Report, evidence: Evidence) -> None:
        self._report = report
        self._evidence = evidence
        self._where = _Where()
        # since lines were last named, which a block of code may prove
        self._held: list[Reference] = []
        self._last_lines: int | None = None  # where among these the last lines are
        self._holds_path = False  # whether a path is among these
        self._mentions = Mentions(evidence)

    def read(self) -> Iterator[Reference]:
        before: Block | None = None
        for block in self._report.blocks:
            found = list(self._code(block, before) if block.kind == "code" else self._text(block))
            found = [
                one
                if one.spot
                else replace(one, spot=self._report.spot(block, one.at, one.text, one.line))
                for one in found
            ]
            names_lines = block.kind != "code" and any(
                reference.kind == "line" for reference in found
            )
            if block.kind == "heading" or names_lines:
                yield from self._held
                self._held, self._last_lines, self._holds_path = [], None, False
            for one in found:
                if one.kind == "line":
                    self._last_lines = len(self._held)
                self._holds_path = self._holds_path or one.kind == "path"
                self._held.append(one)
            before = block
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
        mentions = _cell_of_lines(block) or self._mentions.of(block.text)
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
        if (
            block.kind != "heading"
            and where.fixing
            and block.items[: len(where.fixing_in)] != where.fixing_in
        ):
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
            elif (is_label and words.FIND_LABEL.fullmatch(label)) or (
                match["bold"] and not self._in_fix_section()
            ):
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
        paths_here = list(dict.fromkeys(mention.path for mention in mentions if mention.path))[
            :_MOST_NEAR
        ]
        symbols = _Symbols(self._symbols(text, mentions))
        quotes: set[str] = set()
        for mention in mentions:
            line = block.line_of(mention.at)
            firm = _firm_at(firmness, mention.at) and not _is_hypothetical_path(text, mention)
            context = tuple(dict.fromkeys(filter(None, (previous, *near, *paths_here))))
            shown = mention.text.strip("`")
            link = _link_around(block, mention.at)
            if not mention.ranges:
                holds = symbols.held_by(text, mention)
                yield Reference(
                    "path",
                    shown,
                    line,
                    mention.at,
                    mention.path,
                    firm=firm,
                    bound=holds,
                    near=context,
                    link=link,
                )
            quoted = _quoted_beside(text, mention, mentions) if len(mention.ranges) == 1 else None
            quotes |= {quoted} if quoted else set()
            bound = (
                symbols.bound_to(text, mention) if len(mention.ranges) == 1 and not quoted else None
            )
            quote = fold_quote(quoted) if quoted else None
            for start, end in mention.ranges:
                named = mention.path or (context[0] if context else None)
                beside = () if named else _code_beside(text, mention.at)
                yield Reference(
                    "line", shown, line, mention.at, named, start, end,
                    is_named_here=mention.path is not None, quote=quote, quote_line=line, bound=bound, beside=beside,
                    near=context, link=link,
                )  # fmt: skip
            previous = mention.path or previous
        for name, at, called in symbols.all:
            firm = (
                called and _firm_at(firmness, at) and not _is_hypothetical(text, at, at + len(name))
            )
            around = tuple(dict.fromkeys(filter(None, (*paths_here, *near))))
            yield Reference("symbol", name, block.line_of(at), at, firm=firm, near=around)
        yield from self._inline_quotes(block, mentions, firmness, near, quotes)
        told: set[tuple[str, int | None]] = {
            (mention.path, None) for mention in mentions if mention.path
        }
        told |= {
            (mention.path, mention.ranges[0][0])
            for mention in mentions
            if mention.path and mention.ranges
        }
        for link in block.links:
            yield from self._link(link, told)

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
                name = (
                    call[1]
                    if call
                    else code
                    if len(code) <= LONGEST and _NAME.fullmatch(code)
                    else None
                )
                if name and (
                    call
                    or len(name) > _SHORTEST_NAME
                    or _CODE_LIKE.search(name)
                    or name[0].isupper()
                ):
                    is_said = (
                        call
                        or _CODE_LIKE.search(name)
                        or _is_introduced(text, token.start(), token.end())
                    )
                    found.append((name, token.start() + 1, bool(is_said)))
            elif token["word"].endswith(")") or "()" in token["word"]:
                bare = _BARE_CALL.search(token["word"][:LONGEST])
                if bare:
                    found.append((bare[1], token.start(), bool(_CODE_LIKE.search(bare[1]))))
        return found

    def _inline_quotes(
        self,
        block: Block,
        mentions: Sequence[Mention],
        firmness: Sequence[tuple[int, bool]],
        near: tuple[str, ...],
        taken: set[str],
    ) -> Iterator[Reference]:
        """Yield code between single ticks that is more than a name.

        `taken` is what stands beside lines.
        """
        text = block.text
        starts = [mention.at for mention in mentions]
        in_sentence: dict[int, list[str]] = {}
        for mention in mentions:
            if mention.ranges:
                in_sentence.setdefault(_sentence(text, mention.at), []).append(mention.path or "")
        for token in re.finditer(r"`([^`]+)`", text):
            code = token[1].strip()
            number = bisect_right(starts, token.start()) - 1
            is_mention = number >= 0 and token.start() < mentions[number].to
            if (
                is_mention
                or not _is_code(code)
                or code in taken
                or re.fullmatch(r"[\w.:$]+\(\)", code)
            ):
                continue
            line = block.line_of(token.start())
            said = _firm_at(firmness, token.start()) and not _is_hypothetical(
                text, token.start(), token.end()
            )
            same = in_sentence.get(_sentence(text, token.start()))
            paths = tuple(dict.fromkeys([*filter(None, (same or ())[:_MOST_NEAR]), *near]))
            yield Reference(
                "quote",
                code,
                line,
                token.start() + 1,
                paths[0] if paths else None,
                quote=fold_quote(code),
                quote_line=line,
                firm=said and bool(same) and not _CALL.fullmatch(code) and _is_quote(code),
                near=paths,
            )

    def _link(self, link: Link, told: set[tuple[str, int | None]]) -> Iterator[Reference]:
        """Yield what a link leads to.

        `told`: the paths that the text names, each alone and with its first lines.
        """
        href = link.href
        if re.match(r"[a-z][a-z0-9+.-]*:|//|#", href, re.IGNORECASE):
            return
        path, _, anchor = href.partition("#")
        lines = re.fullmatch(r"L(\d{1,7})(?:-L?(\d{1,7}))?", anchor)
        named = self._evidence.from_report(normal(path))
        if not named.strip("/") or (named, int(lines[1]) if lines else None) in told:
            return
        line = bisect_right(self._report.starts, link.start)
        spot = self._report.spot_of_link(link)
        if lines:
            start, end = int(lines[1]), int(lines[2] or lines[1])
            yield Reference("line", href, line, 0, named, start, end, spot=spot)
        elif self._mentions.is_path(path, in_code=True):
            yield Reference("path", href, line, 0, named, spot=spot)

    # -- code

    def _code(self, block: Block, before: Block | None) -> Iterator[Reference]:
        where = self._where
        fixing = where.fixing
        if before is not None and before.kind == "text":
            last = before.text.rstrip().rpartition("\n")[2]
            if last.endswith(":") and words.is_hypothetical(last.rstrip(":")):
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
                at = self._provable() if number == 0 else None
                near = where.near(block)
                if at is not None:
                    self._held[at] = replace(self._held[at], quote=quote, quote_line=line)
                else:
                    named, sure = near[0] if near else None, number == 0 and self._is_sure(before)
                    yield Reference(
                        "quote",
                        _first_line(code),
                        line,
                        0,
                        named,
                        quote=quote,
                        quote_line=line,
                        firm=sure,
                        near=near,
                    )

    def _is_sure(self, before: Block | None) -> bool:
        """Tell whether a block of code is said to be a quote: a label or a file stands before it."""
        label = (
            words.LABEL.search(before.text)
            if before is not None and before.kind == "text"
            else None
        )
        said = label and words.FIND_LABEL.fullmatch(_bare_label(label))
        return bool(said or self._holds_path)

    def _provable(self) -> int | None:
        """Return which reference a block of code behind them proves: the last lines that are named, unless one did."""
        at = self._last_lines
        return at if at is not None and self._held[at].quote is None else None

    def _headed(
        self, mention: Mention, block: Block, line: int, quote: str | None
    ) -> Iterator[Reference]:
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
            cursor = re.fullmatch(r"(\d{1,7}):(\d{1,7}):(.+)", word)
            if cursor and self._mentions.is_path(cursor[3], in_code=True):
                return Mention(
                    0, 0, normal(cursor[3]), [(int(cursor[1]), int(cursor[2]))], text=word
                )
            bare = re.sub(r"^(?:\w+:(?=[^/\\\d])|(?:title|file|filename|path)=)", "", word).strip(
                "\"'"
            )
            place = (
                self._mentions.place(bare, in_code=True)
                if bare != word or "/" in bare or "." in bare
                else None
            )
            if place:
                return replace(place, text=bare)
        return None

    def _parts(self, block: Block) -> list[tuple[Mention | None, int, str]]:
        """Cut a block of code where a comment names a place.

        Each part with that, its line of the report, its text.
        """
        parts: list[tuple[Mention | None, int, list[str]]] = [(None, block.first_code_line, [])]
        is_first = True  # until something else stands in the part
        for number, line in enumerate(block.text.split("\n")):
            mention = self._comment(line, first=is_first)
            if mention:
                parts.append((mention, block.first_code_line + number, []))
                is_first = True
            else:
                parts[-1][2].append(line)
                is_first = is_first and not line.strip()
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
    return bool(
        words.DEFINITION_BEFORE.search(text[max(0, start - 40) : start])
        or words.DEFINITION.match(text, end)
    )


def _cell_of_lines(block: Block) -> list[Mention]:
    """Return the lines that a cell holds in a column that is headed so."""
    cell = (
        words.LINES_CELL.fullmatch(block.text)
        if words.LINES_COLUMN.fullmatch(block.column)
        else None
    )
    said = cell["list"] if cell else ""
    return (
        [Mention(block.text.index(said), len(block.text), ranges=ranges_in(said), text=said)]
        if said
        else []
    )


def _firm_at(firmness: Sequence[tuple[int, bool]], at: int) -> bool:
    return firmness[bisect_right(firmness, (at, True)) - 1][1]


def _is_hypothetical(text: str, at: int, end: int) -> bool:
    """Tell whether a name is said to be missing, or could be there, or should."""
    return words.is_hypothetical(_before(text, at)) or bool(
        words.MISSING.match(text, end, end + 80)
    )


def _is_hypothetical_path(text: str, mention: Mention) -> bool:
    """Tell whether a file is said to be missing, or is to be made."""
    return words.is_to_be_made(_before(text, mention.at)) or bool(
        words.MISSING.match(text, mention.to, mention.to + 80)
    )


def _link_around(block: Block, at: int) -> Link | None:
    """Return the link whose text a place is in."""
    there = block.in_report(at) if block.links else None
    if there is None:
        return None
    number = bisect_right(block.links, there, key=lambda link: link.start) - 1
    return block.links[number] if number >= 0 and there < block.links[number].end else None


def _before(text: str, at: int) -> str:
    """Return what stands before a place in its sentence."""
    return re.sub(r"`[^`]*`", "`", text[max(0, at - 160) : at].rstrip("`*_ ("))


def _sentence(text: str, at: int) -> int:
    """Return where the sentence begins that a place is in."""
    begin = max(0, at - 2000)
    ends = max(
        text.rfind(". ", begin, at), text.rfind("\n", begin, at), text.rfind("; ", begin, at)
    )
    return ends + 1


def _code_beside(text: str, at: int) -> tuple[str, ...]:
    """Return the code between ticks in the sentence that a place is in, what comes behind it first."""
    start = _sentence(text, at)
    stop = min(len(text), at + 2000)
    end = min(
        found
        for found in (text.find("\n", at, stop), text.find(". ", at, stop), stop)
        if found >= 0
    )
    spans = [
        (match.start() < at - start, match[1])
        for match in re.finditer(r"`([^`]+)`", text[start:end])
    ]
    return tuple(code for _, code in sorted(spans, key=lambda span: span[0]))[:10]


class _Symbols:
    """The names in a text with their places, and whether each is said to be there.

    Who stands beside what.
    """

    def __init__(self, every: Sequence[tuple[str, int, bool]]) -> None:
        self.all = every
        self._starts = [at for _, at, _ in every]

    def bound_to(self, text: str, mention: Mention) -> str | None:
        """Return the name that lines belong to: `name` (path:12), `name` at path:12, path:12 `name`."""
        for name, at, _ in self._beside(mention):
            end = at + len(name)
            if end <= mention.at and _BINDS_BEFORE.fullmatch(text, end, mention.at):
                return name
            if mention.to <= at and _BINDS_BEHIND.fullmatch(text, mention.to, at):
                return name
        return None

    def held_by(self, text: str, mention: Mention) -> str | None:
        """Return the name that is said to be in a file: `name` in path, `name` (path)."""
        for name, at, is_said in self._beside(mention):
            end = at + len(name)
            if is_said and end <= mention.at and _HELD.fullmatch(text, end, mention.at):
                return None if _is_hypothetical(text, at, end) else name
        return None

    def _beside(self, mention: Mention) -> Sequence[tuple[str, int, bool]]:
        """Return the last name before a place and the first behind it."""
        number = bisect_right(self._starts, mention.at)
        return self.all[max(0, number - 1) : number + 2]


def _quoted_beside(text: str, mention: Mention, mentions: Sequence[Mention]) -> str | None:
    """Return the code between ticks right behind lines or right before them: what is said to stand there."""
    behind = _BEHIND.match(text, mention.to)
    if behind and _is_quote(behind["code"]) and not _is_place(mentions, behind.start("code") - 1):
        return behind["code"].strip()
    lowest = max(0, mention.at - 2 * LONGEST)
    closing = text.rfind("`", lowest, mention.at)
    if closing == mention.at - 1:  # what opens the code that the place is in
        closing = text.rfind("`", lowest, max(0, closing))
    start = text.rfind("`", lowest, max(0, closing))
    before = _BEFORE.fullmatch(text, start, mention.at) if start >= 0 else None
    if before and _is_quote(before["code"]) and not _is_place(mentions, start):
        return before["code"].strip()
    return None


def _is_place(mentions: Sequence[Mention], at: int) -> bool:
    number = bisect_right(mentions, at, key=lambda mention: mention.at) - 1
    return number >= 0 and mentions[number].at == at


def _is_quote(code: str) -> bool:
    """Tell whether code is more than a name, a command, a route or what is typed in."""
    code = code.strip()
    if (
        len(code) <= _SHORT
        or not re.search(r"[^\w.:]", code)
        or re.fullmatch(r"[\w.:$]+\(\)", code)
    ):
        return False
    return not (
        _NO_QUOTE.match(code)
        or (_QUALIFIED.fullmatch(code) and re.search(r"::|#|^\(\*|[?!]$", code))
    )


def _bare_label(match: re.Match[str]) -> str:
    return re.sub(r"^[\W\d]+", "", match["bold"] or match["plain"]).strip(" :*._")


def _is_code(code: str) -> bool:
    return (
        len(code) > _SHORT
        and bool(re.search(r"[=(){}\[\];<>]|->|::", code))
        and bool(words_of(code))
        and not re.match(r"[\w./-]+$", code)
    )


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
