"""A README from what a project's own files say; what none of them says is marked to be written."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sous.analyst.frameworks import command
from sous.analyst.languages import is_beside
from sous.analyst.manifests import manifest_of, toml_of
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
_MOST_ROWS = 30
# What runs the tasks of a manifest.
_PROGRAMS = {
    **dict.fromkeys(("Makefile", "makefile", "GNUmakefile"), "make"),
    "package.json": "npm run",
    **dict.fromkeys((".mise.toml", "mise.toml"), "mise run"),
    **dict.fromkeys(("justfile", "Justfile"), "just"),
    **dict.fromkeys(("Taskfile.yml", "Taskfile.yaml"), "task"),
    "composer.json": "composer run",
}


@dataclass
class Project:
    """What manifests say: the name, a sentence, the programs that are installed, how to install and run."""

    name: str = ""
    about: str = ""
    licence: str = ""
    needs: str = ""
    install: list[str] = field(default_factory=list)
    programs: dict[str, str] = field(default_factory=dict)  # with what each runs


def readme(survey: Survey) -> Iterator[str]:
    """Yield a README, section by section."""
    project = _project(survey)
    yield HEAD
    yield f"# {_line(project.name) or TODO + ' the name'}\n\n"
    yield f"{_line(project.about) or TODO + ' in one sentence what it does, and for whom.'}\n\n"
    yield from _section("Installation", _installation(project))
    yield from _section("Usage", _usage(survey, project))
    settings = list(_settings(survey))
    if settings:
        yield from _section("Settings", iter(settings))
    yield from _section("Development", _development(survey))
    yield from _section("Layout", _layout(survey))
    yield from _section("Licence", _licence(survey, project))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    body = "\n".join(lines).strip("\n")
    yield f"## {title}\n\n{body or f'{TODO} this.'}\n\n"


# -- manifests


def _project(survey: Survey) -> Project:
    project = Project()
    for read in (_from_python, _from_package, _from_cargo, _from_go, _from_others):
        read(survey, project)
    if not project.about:
        project.about = _from_docstrings(survey, project)
    if not project.name and survey.root:
        project.name = survey.root.name
    return project


def _from_python(survey: Survey, project: Project) -> None:
    for path in ("pyproject.toml", "setup.cfg", "setup.py"):
        said = manifest_of(survey, path)
        project.name = project.name or said.name
        project.about = project.about or said.description
        project.licence = project.licence or said.licence
        project.needs = project.needs or said.needs
        project.programs = {**said.programs, **project.programs}
    if project.name or toml_of(survey, "pyproject.toml").get("build-system"):
        project.install = ["pip install ."]


def _from_package(survey: Survey, project: Project) -> None:
    said = manifest_of(survey, "package.json")
    locks = (("pnpm", "pnpm-lock.yaml"), ("yarn", "yarn.lock"))
    manager = next((name for name, lock in locks if lock in survey.files), "npm")
    _take(project, said, install=f"{manager} install")


def _from_cargo(survey: Survey, project: Project) -> None:
    said = manifest_of(survey, "Cargo.toml")
    is_program = "src/main.rs" in survey.files or bool(said.programs)
    _take(project, said, install="cargo install --path ." if is_program else "cargo build")


def _from_go(survey: Survey, project: Project) -> None:
    _take(project, manifest_of(survey, "go.mod"), install="go build ./...")


def _from_others(survey: Survey, project: Project) -> None:
    _take(project, manifest_of(survey, "composer.json"), install="composer install")
    for path in sorted(survey.files):
        if "/" not in path and path.endswith(".gemspec"):
            _take(project, manifest_of(survey, path), install="bundle install")
    _take(project, manifest_of(survey, "pom.xml"), install="mvn package")


def _take(project: Project, said: Manifest, *, install: str) -> None:
    """Take what a manifest says of a project that no other one has named."""
    if said == Manifest() or project.name or project.install:
        return
    project.name, project.about, project.licence = said.name, said.description, said.licence
    project.needs = said.needs
    project.install = [install]
    project.programs |= said.programs


def _from_docstrings(survey: Survey, project: Project) -> str:
    """Return the first paragraph that the main module says of itself."""
    name = project.name.replace("-", "_").lower()
    python = [path for path in survey.program if path.endswith(".py")]
    mains = [path for path in python if path.split("/")[-2:] == [name, "__init__.py"]] or python
    return survey.facts[mains[0]].doc.split("\n\n")[0] if len(mains) == 1 else ""


# -- sections


def _installation(project: Project) -> Iterator[str]:
    if project.needs:
        program, _, version = project.needs.partition(" ")
        plain = re.sub(r"[^\w.<>=!~^, *-]", "", version)
        yield f"Needs {program} `{plain}`.\n"
    if project.install:
        yield from ("From a checkout:\n", "```sh", *project.install, "```")


def _usage(survey: Survey, project: Project) -> Iterator[str]:
    programs = {
        name: value
        for name, value in project.programs.items()
        if re.fullmatch(r"[\w.@/+-]{1,60}", name)
    }
    if programs:
        yield from ("| program | what it runs |", "|---|---|")
        for name, value in sorted(programs.items())[:_MOST_ROWS]:
            yield (
                f"| `{name}` | `{_cell(value)}` |"
                if re.fullmatch(r"[\w.:/-]{1,120}", value)
                else f"| `{name}` | |"
            )
    runs = [
        path
        for path in survey.program
        if survey.facts[path].is_program and path.endswith("__main__.py") and not programs
    ]
    for path in runs[:3]:
        yield f"`python -m {'.'.join(path.removeprefix('src/').split('/')[:-1])}` runs `{path}`."
    yield f"\n{TODO} the shortest example that does something useful."


def _settings(survey: Survey) -> Iterator[str]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for path in survey.program:
        for one in survey.facts[path].variables:
            if re.fullmatch(r"[A-Za-z_]\w{1,60}", one.name):
                found[one.name].setdefault("where", f"{path}:{survey.number(path, one.line)}")
                if one.default is not None:
                    found[one.name].setdefault("default", one.default)
    if not found:
        return
    yield from ("| environment variable | default | read in |", "|---|---|---|")
    for name, told in sorted(found.items())[:_MOST_ROWS]:
        default = (
            f"`{_cell(told['default'])}`"
            if re.fullmatch(r"[\w./: -]{1,60}", told.get("default", ""))
            else ""
        )
        yield f"| `{name}` | {default} | `{told['where']}` |"
    if len(found) > _MOST_ROWS:
        yield f"\nAnd {len(found) - _MOST_ROWS} more."


def _development(survey: Survey) -> Iterator[str]:
    tests = command(survey)
    if tests:
        yield from ("The tests:\n", "```sh", tests, "```", "")
    tasks = list(_tasks(survey))
    if tasks:
        yield from ("| task | what it does |", "|---|---|")
        yield from (f"| `{line}` | {_cell(about)} |" for line, about in tasks[:_MOST_ROWS])


def _tasks(survey: Survey) -> Iterator[tuple[str, str]]:
    for path, program in _PROGRAMS.items():
        said = manifest_of(survey, path)
        for name, about in said.tasks.items():
            if not re.fullmatch(r"[A-Za-z][\w:./-]{0,60}", name):
                continue
            command = said.commands.get(name, "") if program == "npm run" else ""
            is_plain = re.fullmatch(r"[\w ./:@=-]{1,80}", command)
            yield f"{program} {name}", f"`{command}`" if is_plain else _line(about)


def _layout(survey: Survey) -> Iterator[str]:
    """Yield a table of the folders, or of the files of a flat project, each with what it says of itself."""
    rows: dict[str, str] = {}
    for path in sorted(survey.files):
        top, slash, rest = path.partition("/")
        if slash and not top.startswith("."):
            rows.setdefault(f"{top}/", "")
            if top in ("src", "lib", "packages") and "/" in rest:
                rows.setdefault(f"{top}/{rest.partition('/')[0]}/", "")
    if len(rows) < 2:  # noqa: PLR2004
        for path in survey.program:
            if path.count("/") <= 1:
                rows.setdefault(path, "")
    for name in rows:
        rows[name] = _about(survey, name)
    yield from ("| path | what is in it |", "|---|---|")
    for name, about in sorted(rows.items())[:_MOST_ROWS]:
        yield f"| `{name}` | {_cell(about)} |"


def _about(survey: Survey, name: str) -> str:
    main = f"{name}__init__.py" if name.endswith("/") else name
    facts = survey.facts.get(main)
    if facts and facts.doc:
        return _line(facts.doc.split("\n\n")[0])
    paths = [path for path in survey.files if path.startswith(name)]
    code = [path for path in paths if survey.facts[path].language]
    if code and all(path in survey.tests for path in code):
        return "the tests"
    if is_beside(f"{name}x") and name.rstrip("/") in (
        "docs",
        "doc",
        "examples",
        "scripts",
        "benchmarks",
    ):
        return {"docs": "documentation", "doc": "documentation"}.get(
            name.rstrip("/"), name.rstrip("/")
        )
    return TODO


def _licence(survey: Survey, project: Project) -> Iterator[str]:
    files = [
        path
        for path in survey.files
        if re.fullmatch(r"(?:LICEN[CS]E|COPYING|UNLICENSE)(?:\.\w+)?", path, re.IGNORECASE)
    ]
    told = _line(project.licence) if len(project.licence) < 60 else ""  # noqa: PLR2004
    for path in files[:1]:
        text = " ".join(survey.files[path].text[:3000].split())
        named = [name for sign, name in _LICENCES if sign in text]
        told = told or (named[0] if len(named) == 1 else "")
    if told or files:
        where = f"`{files[0]}`" if files else ""
        yield f"{told or 'See'}{f', see {where}' if told and where else f' {where}' if where else ''}."


# -- text of a repository is data


def _line(text: str) -> str:
    """Return a text of the repository as one line of markdown in which nothing is a command, a tag or a mention."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+", " ", text)
    plain = re.sub(r"\s+", " ", plain).strip()[:300]
    plain = re.sub(r"[`<>|\\]+", "", plain).lstrip("# ")
    plain = re.sub(r"([\[\]])", r"\\\1", plain)
    return re.sub(r"@(?=\w)", "@\u2060", plain)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
