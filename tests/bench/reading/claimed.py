"""Claims about a repository, of many kinds, with what a check must say of each.

verified: it was looked up and is there. located: the place exists, no more is said. false: it must be marked.
none: it says nothing of what stands there, so it must not be marked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.reading.claim import Claim, altered, claim_at, inner_line, other_span, some_span
from bench.reading.repository import SHARED, TWIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from bench.reading.repository import Repository, Span


def _quote(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    number, line = inner_line(rng, repository, span)
    return Claim("", "verified", span.path, number, number, f"`{line}` fails when the list is empty.")


def _quote_block(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    code = repository.lines(span.path, span.first, span.last)
    return replace(claim_at(span, "verified", "The loop skips the first entries:"), code=code)


def _quote_text(rng: Random, repository: Repository) -> Claim:
    claim = _quote_block(rng, repository)
    return replace(claim, tag=rng.choice(["text", "md", ""]))


def _wrong_place(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    _, line = inner_line(rng, repository, span)
    other = other_span(rng, repository, span)
    return Claim("", "false", span.path, other.first, other.first, f"`{line}` fails when the list is empty.")


def _altered(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    number, line = inner_line(rng, repository, span)
    return Claim("", "false", span.path, number, number, f"`{altered(rng, line)}` is off by one.")


def _altered_block(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    code = repository.lines(span.path, span.first, span.last)
    code[2] = altered(rng, code[2])
    code[3] = altered(rng, code[3])
    tag = rng.choice(["python", "text", "md", ""])
    return replace(claim_at(span, "false", "The loop skips the first entries:"), code=code, tag=tag)


def _several(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    number = repository.files[span.path].index(SHARED) + 1
    return Claim("", "verified", span.path, number, number, f"`{SHARED}` is made at import time.")


def _place_only(rng: Random, repository: Repository) -> Claim:
    return claim_at(some_span(rng, repository), "located", "this is hard to follow and could be split.")


def _beyond(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    first = len(repository.files[span.path]) + rng.randrange(20, 200)
    return Claim("", "false", span.path, first, first + 4, "the loop never ends when the input is empty.")


def _no_file(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    path = f"{span.path.removesuffix('.py')}_legacy.py"
    return Claim("", "false", path, 12, 14, "the loop never ends when the input is empty.")


def _name(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    return claim_at(span, "verified", f"`{span.name}` does too much.")


def _name_elsewhere(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    return claim_at(other_span(rng, repository, span), "false", f"`{span.name}` does too much.")


def _no_name(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    return claim_at(span, "false", f"`{span.name}_unsafe` does too much.")


def _literal(rng: Random, repository: Repository) -> Claim:
    say = rng.choice(
        ["the version is {}, not yet 1.0.", 'version = "{}" is behind the tag.', '`version = "{}"` is behind.']
    )
    return Claim("", "verified", "pyproject.toml", 3, 3, say.format(repository.version))


def _literal_wrong(rng: Random, repository: Repository) -> Claim:
    say = rng.choice(["the version is {}, not yet 1.0.", '`version = "{}"` is behind.'])
    return Claim("", "false", "pyproject.toml", 3, 3, say.format("0.9.7"))


def _absence(rng: Random, repository: Repository) -> Claim:
    what = rng.choice(["exists=True", "timeout=30", 'encoding="utf-8"', "@lru_cache"])
    say = rng.choice(
        ["this has no `{}`.", "the call is made without `{}`.", "`{}` is missing here.", "never sets `{}`."]
    )
    return claim_at(some_span(rng, repository), "none", say.format(what))


def _suggestion(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    say = rng.choice(
        ["**Suggested fix:**", "Recommendation:", "Better:", "Use this instead:", "**After:**", "Proposed change:"]
    )
    code = [f"if not {span.name}_rows:", "    return None", f"return {span.name}_total / max(1, count)"]
    return replace(claim_at(span, "none", say), code=code, tag=rng.choice(["python", "diff", ""]))


def _command(rng: Random, _repository: Repository) -> Claim:
    command = rng.choice(
        ["pytest -q tests/test_edges.py -k empty", "npm run build --if-present", "git bisect run make check"]
    )
    return Claim("", "none", "", 0, 0, f"Run `{command}` to see it fail.")


def _commit(rng: Random, _repository: Repository) -> Claim:
    return Claim("", "none", "", 0, 0, f"This came with commit `{rng.randrange(16**6, 16**7):07x}`.")


def _reproduction(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    say = rng.choice(["To reproduce:", "**Reproduction:**", "Shortest input that shows it:"])
    code = [f"from app import {span.name}", f"x = {span.name}([])", "assert x == 0"]
    return replace(claim_at(span, "none", say), code=code)


def _argument(rng: Random, repository: Repository) -> Claim:
    sample = rng.choice(['collection = "work"', "[pair x/../../foo]", "name = 'a b'", "--limit=-1"])
    return claim_at(some_span(rng, repository), "none", f"with `{sample}` as input this returns nothing.")


def _abbreviated(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    lines = repository.lines(span.path, span.first, span.last)
    mark = rng.choice(["    ...", "    # ...", "..."])
    return replace(claim_at(span, "verified", "The sum is wrong:"), code=[lines[0], mark, lines[-1]])


def _abbreviated_wrong(rng: Random, repository: Repository) -> Claim:
    claim = _abbreviated(rng, repository)
    return replace(claim, verdict="false", code=[claim.code[0], claim.code[1], altered(rng, claim.code[2])])


def _commented(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    lines = repository.lines(span.path, span.first, span.last)
    lines[1] += "  # <- never reset"
    return replace(claim_at(span, "verified", "The sum is wrong:"), code=lines)


def _twin(rng: Random, repository: Repository) -> Claim:
    """The longer of two files of one name, named without its folder: only it has the line."""
    longest = max(len(lines) for path, lines in repository.files.items() if path == f"src/web/{TWIN}")
    spans = [s for s in repository.spans if s.path == f"src/app/{TWIN}" and s.first > longest]
    span = rng.choice(spans)
    return replace(claim_at(span, "verified", f"`{span.name}` does too much."), path=TWIN)


def _constant(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    lines = repository.files[span.path]
    number = next(number for number, line in enumerate(lines, 1) if line.startswith("LIMIT_"))
    name = lines[number - 1].partition(" ")[0]
    return Claim("", "verified", span.path, number, number, f"`{name}` is too low for a large export.")


def _signature(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    return claim_at(span, "verified", f"`def {span.name}(...)` takes a list and a generator alike.")


def _two_quotes(rng: Random, repository: Repository) -> tuple[Span, int, str, int, str]:
    """Return two places of one file and what stands there."""
    span = some_span(rng, repository)
    one, two = span.first + 1, other_span(rng, repository, span).last
    return span, one, repository.line(span.path, one), two, repository.line(span.path, two)


def _pairs(rng: Random, repository: Repository) -> Claim:
    """Two quotes, each with its own place behind it."""
    span, one, first, two, second = _two_quotes(rng, repository)
    say = f"`{first}` (`{span.path}:{one}`), `{second}` (`{span.path}:{two}`): both lose the rest."
    return Claim("", "verified", "", 0, 0, say)


def _pairs_swapped(rng: Random, repository: Repository) -> Claim:
    span, one, first, two, second = _two_quotes(rng, repository)
    say = f"`{second}` (`{span.path}:{one}`), `{first}` (`{span.path}:{two}`): both lose the rest."
    return Claim("", "false", "", 0, 0, say)


def _lines_listed(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    other = other_span(rng, repository, span)
    one, two = sorted([span.first, other.first])
    say = f"`{span.path}` ({one}, {two}): two functions of one shape."
    return Claim("", "located", "", 0, 0, say)


def _two_files(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    other = rng.choice([s for s in repository.spans if s.path != span.path and not s.path.endswith(TWIN)])
    say = f"`{span.path}:{span.first}` and `{other.path}:{other.last}` could share one loop."
    return Claim("", "located", "", 0, 0, say)


def _line_word(rng: Random, repository: Repository) -> Claim:
    """A line of the file that the finding is about, without the file's name."""
    span = some_span(rng, repository)
    return claim_at(span, "located", f"the loop on line {span.first + 2} ends too early.")


def _slash_names(rng: Random, repository: Repository) -> Claim:
    span = some_span(rng, repository)
    other = other_span(rng, repository, span)
    say = f"`{span.name}/{other.name}` in `{span.path}` have no tests."
    return Claim("", "none", "", 0, 0, say)


CLAIMS: dict[str, Callable[[Random, Repository], Claim]] = {
    "quote": _quote,
    "quote-block": _quote_block,
    "quote-text-fence": _quote_text,
    "quote-wrong-place": _wrong_place,
    "quote-altered": _altered,
    "quote-altered-block": _altered_block,
    "quote-in-several": _several,
    "place-only": _place_only,
    "place-beyond": _beyond,
    "no-such-file": _no_file,
    "name": _name,
    "name-elsewhere": _name_elsewhere,
    "no-such-name": _no_name,
    "literal": _literal,
    "literal-wrong": _literal_wrong,
    "absence": _absence,
    "suggestion": _suggestion,
    "command": _command,
    "commit": _commit,
    "reproduction": _reproduction,
    "argument": _argument,
    "abbreviated": _abbreviated,
    "abbreviated-wrong": _abbreviated_wrong,
    "commented": _commented,
    "twin": _twin,
    "constant": _constant,
    "signature": _signature,
    "pairs": _pairs,
    "pairs-swapped": _pairs_swapped,
    "lines-listed": _lines_listed,
    "two-files": _two_files,
    "line-word": _line_word,
    "slash-names": _slash_names,
}
