"""A README from what a project's own files say; what none of them says is marked to be written."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sous.analyst.frameworks import command
from sous.analyst.manifests import manifest_of, toml_of
from sous.project.data import read_json, text
from sous.project.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sous.analyst.survey import Survey

TODO = "TODO: describe"
HEAD = (
    "<!-- Static analysis: no model was asked. Lines with TODO wait for somebody who knows. -->\n\n"
)
_LICENCES = (
    ("Apache License", "Apache License"),
    ("GNU AFFERO GENERAL PUBLIC", "GNU Affero General Public License"),
    ("GNU LESSER GENERAL PUBLIC", "GNU Lesser General Public License"),
    ("GNU GENERAL PUBLIC", "GNU General Public License"),
    ("Mozilla Public License", "Mozilla Public License"),
    ("Permission is hereby granted, free of charge", "MIT"),
    ("Redistribution and use in source and binary forms", "BSD"),
    ("Permission to use, copy, modify, and/or distribute", "ISC"),
    ("This is free and unencumbered software", "Unlicense"),
)
_LICENCE_FILE = re.compile(
    r"(?:LICEN[CS]E|COPYING|UNLICENSE)(?:-[\w-]+)?(?:\.(?:md|txt|rst))?", re.IGNORECASE
)
_HEAD = 400  # lines in which a file says what it is
_TOLD = ("name", "description", "licence", "needs", "programs", "module")  # of a manifest
_MOST_ROWS = 30
_MOST_TASKS = 15
# What runs the tasks of a manifest.
_PROGRAMS = {
    **dict.fromkeys(("Makefile", "makefile", "GNUmakefile"), "make"),
    "package.json": "npm run",
    **dict.fromkeys((".mise.toml", "mise.toml"), "mise run"),
    **dict.fromkeys(("justfile", "Justfile"), "just"),
    **dict.fromkeys(("Taskfile.yml", "Taskfile.yaml"), "task"),
    "composer.json": "composer run",
}
# Scripts that npm starts by itself, before or after others.
_HOOKS = re.compile(
    r"(?:pre|post)(?:test|lint|build|start|install|pack|publish|version)|prepack|prepare|prepublishOnly|version"
)
# Variables of the system, which nobody sets for one program.
_OF_SYSTEM = re.compile(
    r"HOME|PATH|USER|USERNAME|LOGNAME|SHELL|TERM|LANG|LC_\w+|TZ|PWD|TE?MP|TMPDIR|APPDATA|LOCALAPPDATA|USERPROFILE|XDG_\w+"
    r"|COLUMNS|LINES|DISPLAY|CI|NODE_ENV|NODE_DEBUG|CARGO_\w+|OUT_DIR|PROGRAMFILES|SYSTEMROOT|COMSPEC|PATHEXT|EDITOR|VISUAL"
)
# Manifests, and what installs a checkout by them; those of the same program are one.
_PIP = "pip install ."
_MANIFESTS = (
    ("pyproject.toml", _PIP), ("setup.cfg", _PIP), ("setup.py", _PIP), ("package.json", "{manager} install"),
    ("Cargo.toml", "cargo build"), ("go.mod", "go build ./..."), ("composer.json", "composer install"),
    ("gemspec", "bundle install"), ("pom.xml", "mvn package"),
)  # fmt: skip
_EXAMPLES = ("examples", "example", "samples", "demo", "demos")


def readme(survey: Survey) -> Iterator[str]:
    """Yield a README, section by section."""
    project, install = _project(survey)
    name = project.name or (survey.root.name if survey.root else "")
    about = project.description or _from_comments(survey, name)
    yield HEAD
    yield f"# {_line(name) or TODO + ' the name'}\n\n"
    yield f"{_line(about) or TODO + ' in one sentence what it does, and for whom.'}\n\n"
    yield from _section("Installation", _installation(project, install))
    yield from _section("Usage", _usage(survey, project))
    yield from _section("Settings", _settings(survey))
    yield from _section("Development", _development(survey))
    yield from _section("Licence", _licence(survey, project))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    """Yield a section; nothing where nothing is known."""
    body = "\n".join(lines).strip("\n")
    if body:
        yield f"## {title}\n\n{body}\n\n"


def _project(survey: Survey) -> tuple[Manifest, str]:
    """Return what the first manifest says, with those of the same program, and what installs a checkout."""
    found, chosen = Manifest(), ""
    for path, install in _MANIFESTS:
        named = [one for one in survey.files if "/" not in one and one.endswith(f".{path}")]
        said = manifest_of(survey, min(named) if named else path)
        if said == Manifest() or (chosen and install != chosen):
            continue
        chosen = install
        told = {
            field: value
            for field in _TOLD
            if (value := getattr(found, field) or getattr(said, field))
        }
        found = replace(found, **told)
    if not chosen and toml_of(survey, "pyproject.toml").get("build-system"):
        chosen = _PIP
    return found, _install(survey, found, chosen)


def _install(survey: Survey, project: Manifest, chosen: str) -> str:
    """Return what installs a project: a program, if it is one, else what its manifest is for."""
    if chosen == "cargo build" and ("src/main.rs" in survey.files or project.programs):
        return "cargo install --path ."
    if chosen == "go build ./...":
        if any("/" not in path and survey.facts[path].is_program for path in survey.program):
            return "go install ."
        is_plain = re.fullmatch(r"[\w.~-]+\.\w+/[\w./~-]+", project.module)
        return f"go get {project.module}" if is_plain else chosen
    return chosen.format(manager=_manager(survey))


def _manager(survey: Survey) -> str:
    """Return the program that installs packages of JavaScript: as package.json or a lock file says."""
    file = survey.files.get("package.json")
    told = text(read_json(file.text).get("packageManager")) if file else ""
    locks = (("pnpm", "pnpm-lock.yaml"), ("yarn", "yarn.lock"))
    found = next((name for name, lock in locks if lock in survey.files), "npm")
    return next((name for name in ("pnpm", "yarn") if told.startswith(f"{name}@")), found)


def _from_comments(survey: Survey, name: str) -> str:
    """Return the first sentence that the main file says of itself."""
    name = name.replace("-", "_").lower()
    python = [path for path in survey.program if path.endswith(".py")]
    mains = [path for path in python if path.split("/")[-2:] == [name, "__init__.py"]] or python
    if len(mains) != 1:
        mains = [path for path in ("src/lib.rs", "src/main.rs", "doc.go") if path in survey.files]
        mains += [path for path in survey.files if "/" not in path and path.endswith(".go")]
    return next((told for path in mains if (told := about_file(survey, path))), "")


# -- sections


def _installation(project: Manifest, install: str) -> Iterator[str]:
    if project.needs:
        program, _, version = project.needs.partition(" ")
        plain = re.sub(r"[^\w.<>=!~^, *|-]", "", version)
        yield f"Needs {program} `{plain}`.\n"
    if install:
        lead = () if install.startswith("go get ") else ("From a checkout:\n",)
        yield from (*lead, "```sh", install, "```")


def _usage(survey: Survey, project: Manifest) -> Iterator[str]:
    programs = {
        name: value
        for name, value in project.programs.items()
        if re.fullmatch(r"[\w.@/+-]{1,60}", name)
    }
    for name, value in sorted(programs.items())[:_MOST_ROWS]:
        is_plain = re.fullmatch(r"[\w.:/-]{1,120}", value)
        yield f"- `{name}` runs `{value}`" if is_plain else f"- `{name}`"
    runs = [
        path
        for path in survey.program
        if survey.facts[path].is_program and path.endswith("__main__.py") and not programs
    ]
    for path in runs[:3]:
        yield f"`python -m {'.'.join(path.removeprefix('src/').split('/')[:-1])}` runs `{path}`."
    tops = {path.partition("/")[0] for path in survey.files if "/" in path}
    shown = next((one for one in _EXAMPLES if one in tops), "")
    if shown:
        yield f"\nExamples are in `{shown}/`."
    else:
        yield f"\n{TODO} the shortest example that does something useful."


def _settings(survey: Survey) -> Iterator[str]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for path in survey.program:
        for one in survey.facts[path].variables:
            if re.fullmatch(r"[A-Za-z_]\w{1,60}", one.name) and not _OF_SYSTEM.fullmatch(one.name):
                found[one.name].setdefault("where", f"{path}:{survey.number(path, one.line)}")
                if one.default is not None:
                    found[one.name].setdefault("default", one.default)
    if found:
        yield "Environment variables:\n"
    for name, told in sorted(found.items())[:_MOST_ROWS]:
        is_plain = re.fullmatch(r"[\w./: -]{1,60}", told.get("default", ""))
        default = f" (default `{told['default']}`)" if is_plain else ""
        yield f"- `{name}`{default}, read in `{told['where']}`"
    if len(found) > _MOST_ROWS:
        yield f"- and {len(found) - _MOST_ROWS} more"


def _development(survey: Survey) -> Iterator[str]:
    tests = command(survey)
    if tests == "npm test":
        tests = f"{_manager(survey)} test"
    if tests:
        yield from ("Run the tests:\n", "```sh", tests, "```", "")
    tasks = [(line, about) for line, about in _tasks(survey) if line.replace(" run ", " ") != tests]
    if tasks:
        yield "Other tasks:\n"
    told = [(line, about) for line, about in tasks if about]
    yield from (f"- `{line}`: {about}" for line, about in told[:_MOST_TASKS])
    bare = [f"`{line}`" for line, about in tasks if not about][:_MOST_TASKS]
    if bare:
        yield f"- {', '.join(bare)}"


def _tasks(survey: Survey) -> Iterator[tuple[str, str]]:
    for path, program in _PROGRAMS.items():
        said = manifest_of(survey, path)
        is_package = path == "package.json"
        runs = f"{_manager(survey)} run" if is_package else program
        for name, about in said.tasks.items():
            if not re.fullmatch(r"[A-Za-z][\w:./-]{0,60}", name):
                continue
            if is_package and _HOOKS.fullmatch(name):
                continue
            yield f"{runs} {name}", "" if is_package else _line(about)


def about_file(survey: Survey, path: str) -> str:
    """Return the first sentence that a file says of itself, where it is one; empty else.

    By a docstring of Python, the comment above `package` of Go, or `//!` of Rust.
    """
    facts = survey.facts.get(path)
    if facts is None or facts.generated:
        return ""
    paragraphs = (facts.doc or _head_comment(survey.lines(path)[:_HEAD])).split("\n\n")
    told = next((one for one in paragraphs if not one.startswith(("#", "!", "[!"))), "")
    sentence = re.split(r"(?<=[^.\s][.!?])\s+(?=[A-Z])", " ".join(told.split()), maxsplit=1)[0]
    return _line(sentence) if re.match(r"[A-Za-z`'\"]", sentence) else ""


def _head_comment(lines: list[str]) -> str:
    """Return the `//!` lines that a file of Rust begins with, or the comment right above the `package` of Go."""
    begins = itertools.takewhile(lambda line: line.startswith("//!") or not line.strip(), lines)
    inner = [line[3:].strip() for line in begins]
    at = next((at for at, line in enumerate(lines) if line.startswith("package ")), 0)
    above = itertools.takewhile(lambda line: line.startswith("//"), reversed(lines[:at]))
    return "\n".join(inner or [line[2:].strip() for line in above][::-1]).strip()


def _licence(survey: Survey, project: Manifest) -> Iterator[str]:
    files = [path for path in survey.files if _LICENCE_FILE.fullmatch(path)]
    told = _line(project.licence) if len(project.licence) < 60 else ""  # noqa: PLR2004
    told = told or (_licence_in(survey.files[files[0]].text) if files else "")
    where = " and ".join(f"`{one}`" for one in files[:3])
    if told and where:
        yield f"{told}, see {where}."
    elif told or where:
        yield f"{told or f'See {where}'}."


def _licence_in(text: str) -> str:
    """Return the licence whose words a text has, if it is one."""
    begins = " ".join(text[:3000].split())
    named = [name for sign, name in _LICENCES if sign in begins]
    return named[0] if len(named) == 1 else ""


# -- text of a repository is data


def _line(text: str) -> str:
    """Return a text of the repository as one line of markdown in which nothing is a command, a tag or a mention."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+", " ", text)
    plain = re.sub(r"\s+", " ", plain).strip()[:300]
    plain = re.sub(r"[`<>|\\]+", "", plain).lstrip("# ")
    plain = re.sub(r"([\[\]])", r"\\\1", plain)
    return re.sub(r"@(?=\w)", "@\u2060", plain)
