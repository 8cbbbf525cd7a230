"""The names of what `sous` writes: commands, templates and files share this table."""

from __future__ import annotations

from typing import NamedTuple  # dataclasses would be a twentieth of what `sous --help` takes

BUNDLE = "output.txt"
BUNDLE_TASK = "LLM:generate_bundle"  # of mise, which a project may override
STATIC = "sous-static"  # the model of llm that is our own analysis
README_ASIDE = "README.generated.md"
SPEC, PLAN, TODO = "spec.md", "prompt_plan.md", "todo.md"
FOLDER = ".sous"  # what sous keeps in a project
MEMORY = "findings.jsonl"  # in it: what became of findings
MEMORIES = "findings"  # in it, where several people decide: the same, one file each


class Report(NamedTuple):
    """A generating command: its name, the file it writes, a line and the whole of its help.

    `has_faults`: its findings are faults, of which a second opinion can be had. `is_of_all`:
    `sous all` writes it too. `is_static`: without a model, static analysis makes it.
    """

    command: str
    output: str
    about: str = ""
    help: str = ""
    has_faults: bool = True
    is_of_all: bool = True
    is_static: bool = True

    @property
    def is_document(self) -> bool:
        """Whether it is one text, and no list of findings."""
        return self.command == "readme"

    @property
    def template(self) -> str:
        """The template is called after the command."""
        return f"{self.command}-gen"


_README_HELP = """\
Write README.md, or renew the part of it between the markers.

It is written where nothing can be lost: no README yet, ours and unchanged, tracked by git without
changes, or only what is between the lines <!-- sous:begin --> and <!-- sous:end -->. Else a
terminal is shown the difference and asked, and without one the text goes to README.generated.md.
"""
REPORTS = {
    report.command: report
    for report in (
        Report(
            "code-review",
            "code-review.md",
            "Write a code review: code-review.md",
            "Write a code review of what the bundle holds: findings with place, quote, reason and "
            "fix.",
        ),
        Report(
            "security-review",
            "security-review.md",
            "Write a security review, by a model only: security-review.md",
            "Write a review of what an attacker could use: who sends what, and what it gains them.",
            is_of_all=False,
            is_static=False,
        ),
        Report(
            "github-issues",
            "issues.md",
            "Write the top issues, ready for GitHub: issues.md",
            "Write the top issues of the code, each ready to be posted to GitHub.",
        ),
        Report(
            "issue-prompts",
            "issue-prompts.md",
            "Write one prompt for each issue, for a coding agent: issue-prompts.md",
            "Write one prompt for each issue, ready for a coding agent.",
        ),
        Report(
            "missing-tests",
            "missing-tests.md",
            "Write the tests that are missing: missing-tests.md",
            "Write the tests that should exist and do not.",
            has_faults=False,
        ),
        Report("readme", "README.md", "Write or renew README.md", _README_HELP, has_faults=False),
    )
}

# What an earlier run left in the root and the next bundle must not hold.
OWN_FILES = (
    BUNDLE,
    README_ASIDE,
    *(report.output for report in REPORTS.values() if report.output != "README.md"),
    f"{FOLDER}/{MEMORY}",
)


def is_own(path: str) -> bool:
    """Tell whether a path of a project is of a file that sous leaves there, and that is no code."""
    return path in OWN_FILES or path.startswith(f"{FOLDER}/{MEMORIES}/")


# what a template or a part of one is called
TEMPLATE_ENDINGS = (".yaml", ".yml", ".md", ".txt", ".jinja", ".j2")
