"""What a project's own files say about it: one reader for each kind of manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sous.project import taskfiles
from sous.project.data import MOST, at, read_json, read_toml, table, text, texts
from sous.project.manifest import Manifest, strings
from sous.project.python_manifests import pyproject, setup_cfg, setup_py

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TAG = re.compile(r"<(/?)([\w.-]{1,100})[^<>]{0,1000}(/?)>([^<]{0,1000})")
_MISE_FILE = re.compile(r"(?:^|/)\.?mise(?:\.\w+)*\.toml$|(?:^|/)\.?mise/config(?:\.\w+)*\.toml$")


def read_manifest(path: str, content: str) -> Manifest | None:
    """Return what a manifest says; None for a file that is none.

    One that cannot be read says nothing.
    """
    reader = reader_of(path)
    if reader is None:
        return None
    return reader(content) if len(content) <= MOST else Manifest()


def reader_of(path: str) -> Callable[[str], Manifest] | None:
    """Return what reads a file of this name; None for one that is no manifest."""
    name = path.rpartition("/")[2]
    if name.endswith(".gemspec"):
        return _gemspec
    if name.endswith(".mk"):
        return _makefile
    if _MISE_FILE.search(path):
        return _mise
    return _READERS.get(name)


# What `test_command` looks at.
TOLD_BY = ("package.json", "Gemfile", "Rakefile", "Cargo.toml", "go.mod")


def test_command(files: Mapping[str, str | None]) -> str:
    """Return the command that runs a project's tests, by its manifests at the root.

    Empty where none of them says it.

    `files`: the manifests that are there with what they hold, None where that is not known.
    """
    package = files.get("package.json", "")
    if package is None or "test" in _package(package or "").commands:
        return "npm test"
    if "Gemfile" in files:
        return "bundle exec rake" if "Rakefile" in files else "bundle exec rspec"
    known = {"Cargo.toml": "cargo test", "go.mod": "go test ./..."}
    return next((command for name, command in known.items() if name in files), "")


def _package(content: str) -> Manifest:
    data = read_json(content)
    node = text(at(data, "engines", "node"))
    name = text(data.get("name"))
    programs = strings(data.get("bin"))
    if isinstance(data.get("bin"), str) and name:
        programs = {name.rpartition("/")[2]: text(data.get("bin"))}
    scripts = strings(data.get("scripts"))
    needed: set[str] = set()
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        needed |= table(data.get(key)).keys()
    return Manifest(
        name=name,
        description=text(data.get("description")),
        version=text(data.get("version")),
        licence=text(data.get("license")),
        needs=f"Node.js {node}" if node else "",
        tasks=dict.fromkeys(scripts, ""),
        commands=scripts,
        dependencies=frozenset(needed),
        programs=programs,
    )


def _cargo(content: str) -> Manifest:
    data = read_toml(content)
    own = table(data.get("package"))
    binaries = data.get("bin")
    named = [table(one) for one in binaries] if isinstance(binaries, list) else []
    version = text(own.get("rust-version"))
    needed: set[str] = set()
    for key in ("dependencies", "dev-dependencies", "build-dependencies"):
        needed |= table(data.get(key)).keys()
    return Manifest(
        name=text(own.get("name")),
        description=text(own.get("description")),
        version=text(own.get("version")),
        licence=text(own.get("license")),
        needs=f"Rust {version}" if version else "",
        dependencies=frozenset(needed),
        programs={
            text(one.get("name")): text(one.get("path")) for one in named if text(one.get("name"))
        },
    )


def _composer(content: str) -> Manifest:
    data = read_json(content)
    php = text(at(data, "require", "php"))
    scripts = table(data.get("scripts"))
    said = strings(data.get("scripts-descriptions"))
    return Manifest(
        name=text(data.get("name")),
        description=text(data.get("description")),
        version=text(data.get("version")),
        licence=text(data.get("license")),
        needs=f"PHP {php}" if php else "",
        tasks={name: said.get(name, "") for name in scripts},
        commands=strings(scripts),
        dependencies=frozenset(
            table(data.get("require")).keys() | table(data.get("require-dev")).keys()
        ),
        programs={one.rpartition("/")[2]: one for one in texts(data.get("bin"))},
    )


def _mise(content: str) -> Manifest:
    tasks = table(read_toml(content).get("tasks"))
    return Manifest(
        tasks={name: text(at(one, "description")) for name, one in tasks.items()},
        commands={name: text(one) or text(at(one, "run")) for name, one in tasks.items()},
    )


def _go_mod(content: str) -> Manifest:
    module = re.search(r"^module[ \t]+(\S+)", content, re.MULTILINE)
    version = re.search(r"^go[ \t]+([\d.]+)", content, re.MULTILINE)
    needed = re.findall(
        r"^(?:require)?[ \t]+([\w.-]{1,200}/\S{1,300})[ \t]+v\d", content, re.MULTILINE
    )
    path = module[1] if module else ""
    return Manifest(
        name=re.sub(r"/v\d+$", "", path).rpartition("/")[2],
        needs=f"Go {version[1]}" if version else "",
        dependencies=frozenset(needed),
        module=path,
    )


def _pom(content: str) -> Manifest:
    said: dict[str, str] = {}
    above: list[str] = []
    for match in _TAG.finditer(content):
        closes, name, is_empty, after = match.groups()
        if closes:
            while above and above.pop() != name:
                pass
        elif not is_empty:
            above.append(name)
            # what is said of its parent and of its parts stands deeper
            if above == ["project", name]:
                said.setdefault(name, " ".join(after.split()))
    return Manifest(
        name=said.get("artifactId") or said.get("name", ""),
        description=said.get("description", ""),
        version=said.get("version", ""),
        dependencies=frozenset(
            re.findall(r"<dependency>[^<]*<groupId>[^<]*</groupId>\s*<artifactId>([^<]+)<", content)
        ),
    )


def _gradle(content: str) -> Manifest:
    def said(name: str) -> str:
        match = re.search(
            rf"^[ \t]*(?:project\.)?{name}[ \t]*=?[ \t]*[\"']([^\"'\n]{{1,300}})",
            content,
            re.MULTILINE,
        )
        return match[1] if match else ""

    tasks = re.findall(r"\btask[ \t]+(\w+)|\btasks\.register(?:<\w+>)?\([\"']([\w-]+)", content)
    needed = re.findall(
        r"\b(?:implementation|api|testImplementation|compileOnly)[ (]+[\"']([\w.-]+:[\w.-]+)",
        content,
    )
    return Manifest(
        name=said(r"rootProject\.name"),
        description=said("description"),
        version=said("version"),
        tasks=dict.fromkeys((one or other for one, other in tasks), ""),
        dependencies=frozenset(needed),
    )


def _gemspec(content: str) -> Manifest:
    def said(name: str) -> str:
        match = re.search(
            rf"^[ \t]*\w+\.{name}[ \t]*=[ \t]*[\"']([^\"'\n]{{1,500}})", content, re.MULTILINE
        )
        return match[1] if match else ""

    needed = re.findall(r"\.add_(?:\w+_)?dependency[ (]+[\"']([\w-]+)", content)
    return Manifest(
        name=said("name"),
        description=said("summary") or said("description"),
        version=said("version"),
        licence=said("license"),
        dependencies=frozenset(needed),
    )


def _gemfile(content: str) -> Manifest:
    return Manifest(
        dependencies=frozenset(re.findall(r"^[ \t]*gem[ (]+[\"']([\w-]+)", content, re.MULTILINE))
    )


def _makefile(content: str) -> Manifest:
    return Manifest(tasks=taskfiles.make_targets(content))


def _justfile(content: str) -> Manifest:
    return Manifest(tasks=taskfiles.just_recipes(content))


def _taskfile(content: str) -> Manifest:
    return Manifest(tasks=taskfiles.task_names(content))


_READERS: dict[str, Any] = {
    "pyproject.toml": pyproject,
    "setup.cfg": setup_cfg,
    "setup.py": setup_py,
    "package.json": _package,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
    "composer.json": _composer,
    "Gemfile": _gemfile,
    "pom.xml": _pom,
    **dict.fromkeys(
        ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"), _gradle
    ),
    **dict.fromkeys(("Makefile", "makefile", "GNUmakefile"), _makefile),
    **dict.fromkeys(("justfile", "Justfile", ".justfile"), _justfile),
    **dict.fromkeys(("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"), _taskfile),
}
