"""The names of what `sous` writes: commands, templates and files share this table."""

from __future__ import annotations

from dataclasses import dataclass

BUNDLE = "output.txt"
STATIC = "sous-static"  # the model of llm that is our own analysis
README_ASIDE = "README.generated.md"
SPEC, PLAN, TODO = "spec.md", "prompt_plan.md", "todo.md"
FOLDER = ".sous"  # what sous keeps in a project
MEMORY = "findings.jsonl"  # in it: what became of findings


@dataclass(frozen=True)
class Report:
    """A generating command: its name, the file it writes and the template it asks with."""

    command: str
    output: str

    @property
    def has_faults(self) -> bool:
        """Whether its findings are faults, of which a second opinion can be had."""
        return self.command not in ("missing-tests", "readme")

    @property
    def template(self) -> str:
        """The template is called after the command."""
        return f"{self.command}-gen"


REPORTS = {
    report.command: report
    for report in (
        Report("code-review", "code-review.md"),
        Report("github-issues", "issues.md"),
        Report("issue-prompts", "issue-prompts.md"),
        Report("missing-tests", "missing-tests.md"),
        Report("readme", "README.md"),
    )
}

# What an earlier run left in the root and the next bundle must not hold.
OWN_FILES = (
    BUNDLE,
    README_ASIDE,
    *(report.output for report in REPORTS.values() if report.output != "README.md"),
    f"{FOLDER}/{MEMORY}",
)
# what a template or a part of one is called
TEMPLATE_ENDINGS = (".yaml", ".yml", ".md", ".txt", ".jinja", ".j2")
