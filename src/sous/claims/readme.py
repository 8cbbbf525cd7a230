"""What a README says that can be run or set, looked up: tasks, scripts, options, variables."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from sous.claims.blocks import read_blocks
from sous.claims.reference import Reference
from sous.claims.verdict import Judged, Verdict
from sous.project.data import read_toml, table
from sous.project.manifests import read_manifest, reader_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.claims.evidence import Evidence
    from sous.project.manifest import Manifest

_SHELLS = ("sh", "bash", "shell", "zsh", "fish", "powershell", "ps1")
# what is typed stands behind a prompt
_SESSIONS = ("", "console", "shell-session", "sh-session", "text")
_PROMPT = re.compile(r"^\s*(?:[$%>]|PS>)\s+")
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
_TASK = re.compile(
    r"(?P<program>make|mise(?: run| r)|npm run|pnpm run|yarn run|just|task)\s+"
    r"(?P<name>[A-Za-z][\w:.\-/]*)"
)
_PARTS = re.compile(r"\s*(?:&&|\|\||[;|])\s*")
_SCRIPT = re.compile(
    r"""
    (?: ^ | [;&|]\s* | \s ) (?: python3? | node | bash | sh | ruby | deno\ run | bun\ run | source )
        \s+ (?P<path> [\w./\-]+ \.\w+ )
  | (?: ^ | \s ) (?P<own> \./ (?! \S*\.\.\.(?:\s|$) ) [\w./\-]+ )  # `./...` are packages of Go
    """,
    re.VERBOSE,
)
# Where the tasks of a program stand; others run scripts of package.json.
_TASKS_IN = {
    "make": ("akefile", ".mk"),
    "mise": ("mise.toml",),
    "just": ("ustfile",),
    "task": ("askfile.yml", "askfile.yaml"),
}
_LONGEST = 1000  # characters of a command
_NOT_OWN = (".venv", "node_modules")  # folders of what is installed
_PROSE = (".md", ".rst", ".txt", ".adoc")
# Names in capitals that are no variables of a project.
_COMMON = (
    "LC_ALL",
    "NO_COLOR",
    "UTF_8",
    "GITHUB_TOKEN",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "PYTHON_PATH",
)


def judge_readme(text: str, evidence: Evidence) -> Iterator[Judged]:
    """Yield a verdict on each task, script, option and variable that a README names."""
    project = _Project(evidence)
    for block in read_blocks(text):
        if block.kind == "code":
            language = block.info.split(" ")[0].lower()
            for number, line in enumerate(block.text.split("\n"), block.first_code_line):
                if language in _SHELLS or (language in _SESSIONS and _PROMPT.match(line)):
                    yield from project.command(_PROMPT.sub("", line), number, at=0)
            project.shows_code |= language not in (*_SHELLS, *_SESSIONS)
        else:
            for match in re.finditer(r"`([^`\n]+)`", block.text):
                number = block.line + block.text.count("\n", 0, match.start())
                yield from project.command(match[1], number, at=match.start())


def holds_in_readme(one: Judged, evidence: Evidence) -> bool:
    """Tell whether a verdict means something in a README.

    Its code shows how a thing is used and quotes nothing, and a file that the code names may be
    made by it.
    """
    if one.verdict is not Verdict.UNPROVEN:
        return True
    named = one.reference.named or ""
    return one.reference.kind == "symbol" or not (
        one.reference.kind == "quote"
        or named.startswith("~")
        or evidence.is_part_of_word(named.rstrip("/").rpartition("/")[2])
    )


class _Project:
    """What a project has: its manifests as text, its own programs, all of its words."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        # further up, which a reader may have saved under the name that is run
        self.shows_code = False
        self._seen: set[tuple[str, int]] = set()
        self._programs = self._own_programs()

    def command(self, line: str, number: int, *, at: int) -> Iterator[Judged]:
        """Yield verdicts on what a line of a shell, or code in a sentence, names."""
        if line.lstrip().startswith("#") or len(line) > _LONGEST:
            return
        for name, is_there in self._named_in(line):
            yield from self._judged(name, number, at, is_there=is_there)

    def _named_in(self, line: str) -> Iterator[tuple[str, bool]]:
        """Yield what a command names, and whether the project has it."""
        for task in filter(None, map(_TASK.match, _PARTS.split(line.strip()))):
            yield task[0], self._has_task(task["program"], task["name"])
        yield from self._scripts(line)
        program = line.split(maxsplit=1)[0] if line.split() else ""
        if program.rpartition("/")[2] in self._programs:
            for option in _OPTION.findall(line):
                yield option, self._holds_option(option)
        for name in _VARIABLE.findall(line):
            if name not in _COMMON:
                yield name, self._in_code(name)

    def _scripts(self, line: str) -> Iterator[tuple[str, bool]]:
        """Yield the scripts that a command runs, but for those that are not of the project."""
        for match in _SCRIPT.finditer(line):
            path = match["path"] or match["own"]
            if path.startswith(("/", "~")) or any(map(path.count, _NOT_OWN)):
                continue
            is_there = bool(self._evidence.resolve(path)) or self._evidence.may_be_left_out(path)
            may_be_saved = self.shows_code and "/" not in path
            if is_there or not may_be_saved:
                yield path, is_there

    def _judged(self, text: str, line: int, at: int, *, is_there: bool) -> Iterator[Judged]:
        if (text, line) in self._seen:
            return
        self._seen.add((text, line))
        reference = Reference("symbol", text, line, at)
        if is_there:
            yield Judged(reference, Verdict.VERIFIED)
        elif self._evidence.is_partial:
            yield Judged(reference, Verdict.UNKNOWN, why="not all of the project is in the bundle")
        else:
            yield Judged(reference, Verdict.UNPROVEN, why="the project does not define it")

    def _has_task(self, program: str, name: str) -> bool:
        if program.startswith("mise") and (
            self._evidence.resolve(f"tasks/{name}") or self._is_in_toml(name)
        ):
            return True
        files = _TASKS_IN.get(program.partition(" ")[0], ("package.json",))
        return any(
            name in manifest.tasks for path, manifest in self._manifests if path.endswith(files)
        )

    def _is_in_toml(self, name: str) -> bool:
        """Tell whether a file of TOML, which mise may include, defines a task."""
        found = (read_toml("\n".join(lines)) for lines in self._files((".toml",)))
        return any(
            isinstance(data.get(name), dict) or name in table(data.get("tasks")) for data in found
        )

    @cached_property
    def _manifests(self) -> list[tuple[str, Manifest]]:
        found = []
        for path in sorted(self._evidence.paths):
            source = self._evidence.source(path) if reader_of(path) else None
            manifest = read_manifest(path, "\n".join(source.lines)) if source else None
            if manifest:
                found.append((path, manifest))
        return found

    def _files(self, names: tuple[str, ...]) -> Iterator[list[str]]:
        for path in sorted(self._evidence.paths):
            source = self._evidence.source(path) if path.endswith(names) else None
            if source:
                yield source.lines

    def _own_programs(self) -> set[str]:
        """Return the names of the programs that the project installs."""
        found: set[str] = set()
        for _, manifest in self._manifests:
            found.update(manifest.programs)
        return found

    def _in_code(self, name: str) -> bool:
        if any(
            not source.path.lower().endswith(_PROSE) for source in self._evidence.sources([name])
        ):
            return True
        prefix = name[: name.index("_") + 1]  # put together where it is read
        return any(
            self._evidence.is_part_of_word(f"{prefix}{end}") for end in ('"', "'", "{", "${")
        )

    def _holds_option(self, option: str) -> bool:
        bare = option.removeprefix("--")
        return self._evidence.is_part_of_word(option) or any(
            self._evidence.is_part_of_word(f'"{form}"') or self._evidence.holds_word(form)
            for form in {bare.replace("-", "_"), bare.removeprefix("no-").replace("-", "_")}
        )
