"""Findings of the analyst as reports, in the form that our templates ask models for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sous.analyst.cases import cases_of
from sous.analyst.drafts import draft, file_of_test
from sous.analyst.frameworks import command
from sous.analyst.languages import tag_of
from sous.analyst.review import CodeRange, Remark, can_be_shown, other_places, review, where
from sous.analyst.untested import untested
from sous.document.fences import fence_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sous.analyst.survey import Code, Survey
    from sous.analyst.untested import Untested

_FOR_BUGS = (
    "Static analysis knows a few kinds of bugs that are nearly always real; of all others nothing was looked for. "
    "A model reads more: `llm keys set NAME`."
)
_FOR_NAMES = "Tests were searched for the names of public functions; how much of the code they run was not measured."
_MOST_ISSUES, _MOST_PROMPTS, _MOST_TESTS = 15, 10, 15
_FIRST = "If a test can show the fault, write it first and see it fail. Then make the smallest change that fixes it."
_MOST_NAMED = 10  # functions of a project without tests
_MOST_CODE = 60  # lines of code in a prompt


def head(survey: Survey) -> str:
    """Return what every report begins with: that no model wrote it, and what could not be done."""
    lines = ["> Facts found by static analysis; no model was asked, and nothing was run."]
    generated = (path for path, one in survey.facts.items() if one.generated and one.language)
    skipped = sorted(set(generated) - survey.skipped)
    if skipped:
        lines.append(
            f"> Skipped as generated or not of this project: {len(skipped)} file{'s' * (len(skipped) != 1)}."
        )
    lines += [f"> {told[:1].upper()}{told[1:]}." for told in survey.told]
    return "\n".join(lines) + "\n\n"


def code_review(survey: Survey) -> Iterator[str]:
    """Yield a code review, piece by piece."""
    yield head(survey)
    findings = review(survey)
    for one in findings:
        yield _item(survey, one)
    if not findings:
        yield f"## No findings\n\n{_looked_at(survey, _FOR_BUGS)}\n"


def github_issues(survey: Survey) -> Iterator[str]:
    """Yield issues, one cause each."""
    yield head(survey)
    issues = review(survey)[:_MOST_ISSUES]
    for one in issues:
        yield _item(survey, one)
    if not issues:
        yield f"## No issues\n\n{_looked_at(survey, _FOR_BUGS)}\n"


def issue_prompts(survey: Survey) -> Iterator[str]:
    """Yield issues, each with a prompt for a coding agent that holds all that it needs."""
    yield head(survey)
    issues = review(survey)[:_MOST_PROMPTS]
    for one in issues:
        prompt = _prompt(survey, one)
        fence = fence_for(prompt, "```")
        yield f"{_item(survey, one)}**Prompt:**\n\n{fence}text\n{prompt}{fence}\n\n"
    if not issues:
        yield f"## No issues\n\n{_looked_at(survey, _FOR_BUGS)}\n"


def missing_tests(survey: Survey) -> Iterator[str]:
    """Yield the public functions that no test names or runs, each with its cases and a draft where one loads."""
    known = untested(survey)
    yield head(survey)
    if known.has_tests:
        yield _not_listed(survey, known)
    if known.found and not known.has_tests:
        yield _without_tests(survey, known)
        return
    for code in known.found[:_MOST_TESTS]:
        yield _missing(survey, code, known)
    rest = len(known.found) - _MOST_TESTS
    if rest > 0:
        told = f"{rest} more public function{'s' * (rest != 1)} without a test. To see those of a part, pack less."
        yield f"## And {rest} more\n\n{told}\n\n"
    if not known.found:
        yield f"## No missing tests\n\n{_looked_at(survey, _FOR_NAMES)}\n"


def _not_listed(survey: Survey, known: Untested) -> str:
    """Return what is said of functions that tests may run through others, or that nothing names."""
    told = ""
    if known.indirect:
        told += (
            f"Not listed, since code that is named in tests uses them, though no test names them: "
            f"{_some(survey, known.indirect)}. A coverage file (coverage.xml, lcov.info, .coverage) shows what runs.\n\n"
        )
    if known.unsure:
        told += (
            "Not listed, since the tests of a program may run what they do not name: "
            f"{_some(survey, known.unsure)}. A coverage file (coverage.xml, lcov.info, .coverage) shows what runs.\n\n"
        )
    if known.unused:
        told += f"Not listed, since neither a test nor other code names them: {_some(survey, known.unused)}.\n\n"
    return told


def _some(survey: Survey, functions: Sequence[Code]) -> str:
    names = list(dict.fromkeys(survey.shown(one.function) for one in functions))
    rest = len(names) - _MOST_NAMED
    return ", ".join(f"`{name}`" for name in names[:_MOST_NAMED]) + f" and {rest} more" * (rest > 0)


# -- pieces


def _item(survey: Survey, finding: Remark) -> str:
    places = other_places(survey, finding)
    quote = _quote(survey, finding.spot) if finding.quotes else ""
    more = f"\n\nOther places: {places}." if places else ""
    return (
        f"## {finding.title}\n\n"
        f"- **Labels:** {finding.label}\n- **Severity:** {finding.severity}\n- **Confidence:** {finding.confidence}\n"
        f"- **Location:** {where(survey, finding.spot)}\n\n{quote}"
        f"**What is wrong:** {finding.wrong}{more}\n\n**How to fix:** {finding.fix}{_rule(finding)}\n\n"
    )


def _rule(finding: Remark) -> str:
    """Return the rule of a finding, with the page that explains it."""
    named = f"[{finding.rule}]({finding.link})" if finding.link else finding.rule
    return f"\n\n**Rule:** {named}"


def _quote(survey: Survey, spot: CodeRange) -> str:
    """Return lines as the quote of a report; nothing where they cannot be shown."""
    return f"**Quote:**\n\n{_quoted(survey, spot)}\n" if can_be_shown(_lines(survey, spot)) else ""


def _quoted(survey: Survey, spot: CodeRange) -> str:
    return _fenced("\n".join(_lines(survey, spot)), tag_of(spot.path))


def _fenced(text: str, tag: str) -> str:
    fence = fence_for(text)
    return f"{fence}{tag}\n{text}\n{fence}\n"


def _lines(survey: Survey, spot: CodeRange) -> Sequence[str]:
    return [line.rstrip("\r") for line in survey.lines(spot.path)[spot.first - 1 : spot.last]]


def _looked_at(survey: Survey, what: str) -> str:
    """Return what was read, and what that it shows nothing does not mean."""
    languages = sorted({one.language for one in survey.facts.values() if one.language})
    read = sum(bool(one.language) and not one.generated for one in survey.facts.values())
    if not read:
        return f"Of {len(survey.facts)} files none is code in a language that is known here."
    return f"{read} of {len(survey.facts)} files were analyzed ({', '.join(languages)}). {what}"


def _missing(survey: Survey, code: Code, known: Untested) -> str:
    path, function = code
    name = survey.shown(function)
    is_measured = path in known.measured
    title = f"`{name}` was not run" if is_measured else f"No test names `{name}`"
    told = (
        f"No line of its body ran, says {known.coverage}."
        if is_measured
        else "Its name appears in no test, nor in code that is named in tests."
    )
    return (
        f"## {title}\n\n{_fields(survey, code, confidence='high' if is_measured else 'medium')}"
        f"{_quote(survey, _beginning(code))}**What is wrong:** {told}\n\n"
        f"{_how_to_test(survey, code)}"
    )


def _without_tests(survey: Survey, known: Untested) -> str:
    """Return the one finding about a bundle that has no test."""
    code = known.found[0]
    others = [
        f"- `{survey.shown(one.function)}` in {where(survey, _beginning(one))}"
        for one in known.found[1:_MOST_NAMED]
    ]
    public = f"{len(known.found)} public function{'s' * (len(known.found) != 1)}"
    more = "Those with the most branches and uses after it:\n\n" + "\n".join(others) + "\n\n"
    return (
        f"## The bundle has no tests\n\n{_fields(survey, code, confidence='high')}"
        f"{_quote(survey, _beginning(code))}"
        f"**What is wrong:** No file in the bundle is a test, so nothing fails when one of {public} changes what it "
        f"does. If there are tests elsewhere, pack them too. `{survey.shown(code.function)}` is the one to begin with."
        f"\n\n{more if others else ''}{_how_to_test(survey, code)}"
    )


def _fields(survey: Survey, code: Code, *, confidence: str) -> str:
    function, uses = code.function, survey.reach(code.path, code.function)
    severity = (
        "high"
        if function.complexity >= 15  # noqa: PLR2004
        else "medium"
        if function.complexity >= 5 or uses >= 5  # noqa: PLR2004
        else "low"
    )
    return (
        f"- **Labels:** tests\n- **Severity:** {severity}\n- **Confidence:** {confidence}\n"
        f"- **Location:** {where(survey, _beginning(code))}\n- **Target:** `{survey.shown(function)}`\n"
        f"- **Test file:** `{file_of_test(survey, code)}`\n\n"
    )


def _beginning(code: Code) -> CodeRange:
    function = code.function
    return CodeRange(code.path, function.first, min(function.last, function.first + 7))


def _how_to_test(survey: Survey, code: Code) -> str:
    """Return the cases that the code shows, and a draft where it is known to load."""
    cases = cases_of(survey, code)
    listed = "Cases, by the lines that decide:\n\n" + "\n".join(cases) + "\n\n" if cases else ""
    test = draft(survey, code)
    if test is None:
        told = (
            ""
            if cases
            else "call it with values that its callers use, and check what it returns.\n\n"
        )
        return f"**How to fix:** {told}{listed}"
    beside = "at the end of the file" if test.tag == "rust" else "as a file of its own"
    return (
        f"**How to fix:** this test, {beside}, loads it and fails until the cases are written.\n\n{listed}"
        f"{_fenced(test.code, test.tag)}\n"
    )


def _prompt(survey: Survey, finding: Remark) -> str:
    """Return the prompt for one issue: whoever gets it has the repository, and knows nothing of this report."""
    spot = finding.spot
    function = survey.function_at(spot.path, spot.first) or survey.function_at(spot.path, spot.last)
    first, last = (
        (function.first, function.last) if function else (max(1, spot.first - 5), spot.last + 10)
    )
    last = min(last, first + _MOST_CODE - 1, len(survey.lines(spot.path)))
    if finding.quotes:
        shown = CodeRange(spot.path, first, last)
        if not can_be_shown(_lines(survey, shown)):
            shown = spot
        whole = "" if not function or shown.last == function.last else " (its beginning)"
        code = f"The code, {where(survey, shown).strip('`')}{whole}:\n\n{_quoted(survey, shown)}\n"
    else:
        code = ""
    places = other_places(survey, finding).replace("`", "")
    tests = command(survey)
    steps = [
        f"In {where(survey, spot).strip('`')}: {finding.title}.",
        finding.wrong,
        *([f"The same in: {places}. Check each of them."] if places else []),
        code.rstrip("\n"),
        f"{_FIRST} {finding.fix}",
        "Keep public names, signatures and messages, unless they are the fault. Change nothing else.",
        f"Run `{tests}`: all tests must pass." if tests else "All tests must pass.",
    ]
    return "\n\n".join(filter(None, steps)) + "\n"
