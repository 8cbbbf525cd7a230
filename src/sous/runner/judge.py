"""What an agent may not do to pass: take tests away, switch them off, or change what runs them."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pathspec

from sous.command_lines import split_command
from sous.errors import SousError
from sous.git import read_git
from sous.project.languages import kind_at
from sous.project.paths import is_test_path
from sous.runner.blobs import read_texts
from sous.runner.manifest_tables import TABLES, changed_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sous.runner.checkpoint import Change, Checkpoint
    from sous.runner.workplace import Workplace

# What decides which tests run, and whether: continuous integration, and the configuration of test
# programs.
_RUNS_TESTS = re.compile(
    r"^\.github/|^\.gitlab-ci|^\.circleci/|^\.ci/|^\.buildkite/|^\.travis\.yml$|^\.woodpecker|^Jenkinsfile|"
    r"^azure-pipelines|^\.drone|(?:^|/)(?:tox\.ini|\.?pytest\.(?:ini|toml)|Rakefile|\.rspec|\.npmrc|karma\.conf\.\w+|\.pytest\.ini|noxfile\.py|setup\.cfg|\.coveragerc|"
    r"(?:jest|vitest|karma|ava|mocha|cypress|playwright)\.config\.\w+|\.mocharc\.\w+|phpunit\.xml(?:\.dist)?|"
    r"\.?mise(?:\.local)?\.toml|[Mm]akefile|GNUmakefile|[Jj]ustfile|Taskfile\.ya?ml|sitecustomize\.py|usercustomize\.py)$"
)
_TEST = re.compile(
    r"^\s*(?:async )?def test\w*\s*\(|^\s*(?:it|test|specify|scenario)(?:\.\w+)*\s*[(\s]['\"`]"
    r"|^func (?:Test|Fuzz|Example)\w*\("
    r"|^\s*#\[(?:\w+::)?test\]|^\s*@(?:Test|ParameterizedTest)\b|^\s*\[(?:Fact|Theory|Test|TestMethod)\b|"
    r"^\s*(?:public )?function test\w*\(|^\s*@test\b|"
    r"^\s*(?:TEST|TEST_F|TEST_P|TEST_CASE|SCENARIO|SECTION)\s*\(|"
    r"^\s*test\w*\s*\(\)\s*\{|^\s*test ['\"]",
    re.MULTILINE,
)
_SKIP = re.compile(
    r"pytest\.(?:mark\.)?(?:skip|xfail|importorskip)|unittest\.(?:skip|expectedFailure)|@skip|\bskipTest\b|\bSkipTest\b|"
    r"\.skip\(|\b(?:it|test|describe|context)\.(?:skip|todo|only)\b|\b[fx](?:it|test|describe|context)\(|"
    r"\bskip:\s*true|\bt\.Skip|#\[ignore|@(?:Ignore|Disabled)\b|\bSkip\s*=|markTestSkipped|"
    r"go:build ignore|"
    r"__test__\s*=|collect_ignore|\bpytest_plugins\b|\bload_tests\b"
)
_HOOK = re.compile(r"^\s*(?:async )?def (pytest_\w+)|^(from \w+ import \*)", re.MULTILINE)
_CI = re.compile(
    r"^\.github/|^\.gitlab-ci|^\.circleci/|^\.ci/|^\.buildkite/|^\.travis\.yml$|^\.woodpecker|"
    r"^Jenkinsfile|^azure-pipelines|^\.drone"
)
_ABOUT_CI = re.compile(r"\bCI\b|\bworkflow|\bcontinuous integration|\bpipeline|\bGitHub Actions")
_LOADED = re.compile(r"(?:^|/)(?:sitecustomize|usercustomize)\.py$|\.pth$")
_OF_PYTHON = frozenset(sys.stdlib_module_names) - {"test", "tests", "this", "__future__"}
# What a test does that other tests of its process can feel.
_REACHES = re.compile(
    r"^(?!\s*(?:self|cls|this)\.)\s*[\w.]*\w\.\w+\s*=[^=]|\bsetattr\b|__dict__|sys\.modules|"
    r"\bexec\(|\beval\(|\bgc\.|ctypes|_exit\b|atexit|builtins|globals\(|\bpatch\b|"
    r"__setattr__|\bvars\(|\bimportlib\b|"
    r"\bload_tests\b|pytest_\w+|"
    r"func init\(|func TestMain|os\.Exit|process\.exit|"
    r"require\.cache|\.prototype|globalThis|\bglobal\.|\bObject\.(?:assign|define|setPrototype)|"
    r"\bReflect\.set|\bmock\.(?:method|module|getter)|\bstub\(|"
    r"\bunsafe\b|\breflect\.|\bstatic mut\b|go:linkname",
    re.MULTILINE,
)
_GO_SETS = re.compile(
    r"^[ \t]*(?:[\w.]+, )*([A-Za-z]\w*)(?:, [\w.]+)* *[-+*/%|&^]?=[^=]", re.MULTILINE
)
_GO_HAS = re.compile(r"((?:\w+, *)*\w+) *:=|\bvar +((?:\w+, *)*\w+)|(\w+) +[\w.*\[\]]+[,)]")
_GO_WORDS = {"var", "const", "type", "for", "if"}
_AT_ONCE = 200  # files that are looked at for tests by one question to git


def forbidden(
    before: Checkpoint,
    changes: Sequence[Change],
    *,
    test: str | None,
    allow: Sequence[str],
    texts: Mapping[str, tuple[str, str]],
    by_words: bool = True,
    asked: str = "",
) -> dict[str, str]:
    """Return the paths that an agent may not have changed so, and why.

    `allow`: globs of paths that are not judged; `texts`: what changed files said and say.
    `by_words`: nobody tells what each test does, so what is written has to be judged; else only
    what no result can show. `asked`: what the step says; what it names may change.
    """
    named = _named_by(test, before.place.root)
    if not by_words:
        return _beyond_results(before, changes, allow, asked, named=named, texts=texts)
    had_tests = has_tests(before)
    allowed = pathspec.GitIgnoreSpec.from_lines(allow)
    found: dict[str, str] = {}
    lost: Counter[str] = Counter()
    for change in changes:
        path = change.path
        if why := _cannot_stay(before, change):
            found[path] = why
        elif not allowed.match_file(_readable(path)):
            old, new = texts.get(path, ("", ""))
            inside = path.removeprefix(before.place.prefix)
            why = _decides(inside, change, named, had_tests=had_tests)
            if not why and had_tests and (part := changed_table(inside, old, new)):
                why = f"it changed {part} in {path}, which decides what is tested"
            if not why and is_test_path(path):
                lost.update(_TEST.findall(old))
                lost.subtract(_TEST.findall(new))
                why = _weakened(change, old, new)
            if why:
                found[path] = why
    return found or _without_tests(lost, changes, allowed)


def _beyond_results(
    before: Checkpoint,
    changes: Sequence[Change],
    allow: Sequence[str],
    asked: str,
    *,
    named: set[str],
    texts: Mapping[str, tuple[str, str]],
) -> dict[str, str]:
    """Return what no result of a test can show: what runs the tests, or runs with them."""
    allowed = pathspec.GitIgnoreSpec.from_lines(allow)
    found: dict[str, str] = {}
    for change in changes:
        path = change.path
        inside = path.removeprefix(before.place.prefix)
        why = _cannot_stay(before, change)
        if not why and not allowed.match_file(_readable(path)) and not _is_named(path, asked):
            why = _runs_beside(inside, change, named)
            why = why or _written_so(path, inside, *texts.get(path, ("", "")))
        if why:
            found[path] = why
    return found


def _is_named(path: str, asked: str) -> bool:
    """Tell whether a step names a file, or the program that it configures."""
    name = _readable(path).rpartition("/")[2]
    words = {name, name.strip(".").partition(".")[0]} - {"setup", "package", "pyproject"}
    is_named = any(
        re.search(rf"(?<![\w/]){re.escape(word)}(?!\w)", asked, re.IGNORECASE) for word in words
    )
    return is_named or (bool(_CI.search(path)) and bool(_ABOUT_CI.search(asked)))


def _runs_beside(path: str, change: Change, named: set[str]) -> str | None:
    """Return why a file may not change, whatever the tests say."""
    shown = _readable(change.path)
    if path in named and change.kind != "A" and not is_test_path(path):
        return f"it changed {shown}, which the test command runs"
    if change.kind == "A" and (program := _stands_for(path, named)):
        return f"it made {shown}, which replaces the test program {program}"
    if _LOADED.search(path):
        return f"it changed {shown}, which Python loads before every test"
    if change.kind == "A" and (module := _shadowed(path)):
        return f"it made {shown}, which replaces {module} of Python's own library"
    if _RUNS_TESTS.search(path):
        return f"it changed {shown}, which decides what is tested, and the step does not ask for it"
    return None


def _shadowed(path: str) -> str | None:
    module = re.fullmatch(r"(\w+)(?:\.py|/__init__\.py)", path)
    return module[1] if module and module[1] in _OF_PYTHON else None


def _written_so(path: str, inside: str, old: str, new: str) -> str | None:
    """Return what a file says that no result can show."""
    is_python = path.endswith(".py") and is_test_path(path)
    if not is_python and not inside.endswith(("package.json", *TABLES)):
        return None
    if is_python:
        return _hides(path, old, new)
    part = changed_table(inside, old, new)
    return f"it changed {part} in {path}, which decides what is tested" if part else None


def _hides(path: str, old: str, new: str) -> str | None:
    hidden = _hidden_tests(new) - _hidden_tests(old)
    names = ", ".join(sorted(hidden))[:100]
    return f"it defines {names} twice in {path}, so the first one never runs" if hidden else None


def is_plain_test(path: str, text: str) -> bool:
    """Tell whether a new file of tests can change nothing but its own tests."""
    name = path.rpartition("/")[2]
    return (
        is_test_path(path)
        and not decides_tests(path)
        and not name.startswith(("conftest.", "__init__.", "setup", "index."))
        and not _REACHES.search(text)
        and not (name.endswith(".go") and _sets_others(text))
    )


def _sets_others(text: str) -> bool:
    """Tell whether a file of Go sets a variable that it does not declare itself."""
    names = " ".join(" ".join(match) for match in _GO_HAS.findall(text)).replace(",", " ").split()
    return bool(set(_GO_SETS.findall(text)) - {*names, "_"} - _GO_WORDS)


def decides_tests(path: str) -> bool:
    """Tell whether a file says how tests are run."""
    return bool(_RUNS_TESTS.search(path)) or path.rpartition("/")[2] == "conftest.py"


def _without_tests(
    lost: Counter[str], changes: Sequence[Change], allowed: pathspec.GitIgnoreSpec
) -> dict[str, str]:
    """Return the files of tests and what they lost, if tests vanished in all."""
    found: dict[str, str] = {}
    names = [name.strip(" \n(") for name, count in lost.items() if count > 0]
    if not names:
        return found
    tests = [change.path for change in changes if is_test_path(change.path)]
    why = f"it removed tests: {', '.join(names)[:200]}"
    return {path: why for path in tests if not allowed.match_file(_readable(path))}


def _cannot_stay(before: Checkpoint, change: Change) -> str | None:
    path = _readable(change.path)
    if path.endswith("/"):
        return f"it made a git repository of its own in {path}, which cannot be committed"
    if change.kind != "A" and (change.path in before.loose or change.path in before.big):
        return f"it changed {path}, which was there before and is not in git: commit it first"
    return None


def _decides(path: str, change: Change, named: set[str], *, had_tests: bool) -> str | None:
    if path in named and change.kind != "A" and not is_test_path(path):
        return f"it changed {change.path}, which the test command runs"
    if change.kind == "A" and (program := _stands_for(path, named)):
        return f"it made {change.path}, which replaces the test program {program}"
    if _RUNS_TESTS.search(path) and (change.kind != "A" or had_tests):
        return f"it changed {change.path}, which decides what is tested"
    return None


def holds_tests(text: str) -> bool:
    """Tell whether a file holds tests, in any language."""
    return bool(_TEST.search(text))


def has_new_tests(texts: Mapping[str, tuple[str, str]]) -> bool:
    """Tell whether there are more tests than before in any file of tests."""
    found = (both for path, both in texts.items() if is_test_path(path))
    return any(len(_TEST.findall(new)) > len(_TEST.findall(old)) for old, new in found)


def beside_kind(kind: str, changes: Sequence[Change]) -> str | None:
    """Return what a step that needs no new test (refactor, docs, config) changed and may not."""
    for change in changes:
        path = change.path
        if kind == "refactor" and is_test_path(path) and change.kind != "A":
            return f"it changed {_readable(path)}, but a refactoring must not change tests"
        if kind == "config" and decides_tests(path):
            continue
        if kind != "refactor" and (kind_at(path) == "code" or is_test_path(path)):
            return f"it changed {_readable(path)}, and the plan says that the step is {kind} alone"
    return None


def _readable(path: str) -> str:
    """Return a path that can be shown and matched: bytes that are not UTF-8 become `?`."""
    return path.encode("utf-8", "replace").decode()


def _stands_for(path: str, named: set[str]) -> str | None:
    """Return the Python program of the test command that a new file or package would shadow."""
    module = re.fullmatch(r"(?:src/)?(\w+)(?:\.py|/__(?:init|main)__\.py)", path)
    return module[1] if module and module[1] in named - {"test", "tests"} else None


def _weakened(change: Change, old: str, new: str) -> str | None:
    path = change.path
    if change.kind == "D":
        return f"it deleted {path}, which contains tests" if _TEST.search(old) else None
    if old.strip() and not new.strip():
        return f"it emptied {path}"
    if change.kind != "A" and len(_SKIP.findall(new)) > len(_SKIP.findall(old)):
        return f"it switched tests off in {path}"
    hooks = {"".join(found) for found in _HOOK.findall(new)} - {
        "".join(found) for found in _HOOK.findall(old)
    }
    hooks = {hook for hook in hooks if not hook.startswith("from") or path.endswith("conftest.py")}
    hidden = _hidden_tests(new) - _hidden_tests(old) if path.endswith(".py") else set()
    if hidden:
        names = ", ".join(sorted(hidden))[:100]
        return f"it defines {names} twice in {path}, so the first one never runs"
    return (
        f"it put {', '.join(sorted(hooks))} into {path}, which can change the results of tests"
        if hooks
        else None
    )


def _hidden_tests(text: str) -> set[str]:
    """Return the Python tests that another of the same name in the same class or module hides."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found: set[str] = set()
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, ast.ClassDef)):
            names = Counter(
                one.name
                for one in scope.body
                if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
            )
            found |= {
                name for name, count in names.items() if count > 1 and name.startswith("test")
            }
    return found


def _named_by(test: str | None, root: Path) -> set[str]:
    """Return the words of the test command, and the project's paths among them, links resolved."""
    try:
        words = split_command(test or "")
    except ValueError:
        words = (test or "").split()
    words = [piece for word in words for piece in re.split(r"[;&|()<>]+", word) if piece]
    found = {word.removeprefix("./") for word in words}
    real = root.resolve()
    for word in words:
        for path in (Path(os.path.normpath(root / word)), (root / word).resolve()):
            if path.is_file() and path.is_relative_to(real):
                found.add(path.relative_to(real).as_posix())
    return found


def ignored_programs(place: Workplace, test: str | None) -> list[Path]:
    """Return the files that the test command names and git ignores: no checkpoint holds them."""
    found = [place.root / name for name in sorted(_named_by(test, place.root))]
    files = [path for path in found if path.is_file() and path.is_relative_to(place.top)]
    names = b"".join(os.fsencode(path.relative_to(place.top)) + b"\0" for path in files)
    try:
        raw = read_git(place.top, "check-ignore", "-z", "--stdin", input=names) if files else b""
    except SousError:  # none of them is
        return []
    return [place.top / os.fsdecode(name) for name in raw.split(b"\0")[:-1]]


def is_ignore_file(path: str) -> bool:
    """Tell whether a file says what git ignores; it is no code that tests could miss."""
    return path.rpartition("/")[2] == ".gitignore"


def paths_in(checkpoint: Checkpoint) -> list[str]:
    """Return the files that git has in a state."""
    raw = read_git(checkpoint.place.top, "ls-tree", "-r", "-z", "--name-only", checkpoint.tree)
    return raw.decode("utf-8", "surrogateescape").split("\0")[:-1]


def has_tests(checkpoint: Checkpoint) -> bool:
    """Tell whether a project holds files with tests."""
    top = checkpoint.place.top
    raw = os.fsdecode(read_git(top, "ls-tree", "-r", "-z", checkpoint.tree))
    rows = (line.partition("\t") for line in raw.split("\0")[:-1])
    known = {path: entry.split(" ")[2] for entry, _, path in rows if " blob " in entry}
    known |= {path: blob for path, (blob, _) in checkpoint.loose.items()}
    blobs = [blob for path, blob in known.items() if is_test_path(path)]
    return any(
        _TEST.search(text)
        for at in range(0, len(blobs), _AT_ONCE)
        for text in read_texts(top, blobs[at : at + _AT_ONCE]).values()
    )
