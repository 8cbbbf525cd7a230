"""Every file that a clone can bring, in every form that it should not have: the cells of a matrix."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scene import committed, copied
from sous.files import LARGEST_TEXT
from sous.output.provenance import sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "PRIVATE-7f3a"  # what the victim's own file holds, and no command may show, send or change
VICTIM = f"{SECRET} export PRECIOUS=1\n"
HUGE = LARGEST_TEXT + 1  # bytes of a sparse file: a gigabyte is read whole, which takes half a minute and 2 GB here
CODE = "import os\n\n\ndef run(cmd):\n    eval(cmd)\n    os.system(cmd)\n"
PLAN = "# Plan\n\n## Step 1: Add\n\n```text\nAdd add(a, b) to app.py.\n```\n"
REPORT = (
    "## Eval of input\n\n- **Severity:** high\n- **Location:** `app.py:5-5`\n\n**Quote:**\n\n```python\n    eval(cmd)\n"
    "```\n\n**What is wrong:** It runs anything.\n"
)
FINDING = (
    '{"id": "0123456789ab", "state": "dismissed", "report": "code-review", "title": "x", "severity": "high", '
    '"path": "../../etc/passwd", "line": 1, "quote": "root"}\n'
)


@dataclass(frozen=True)
class Row:
    """A file of a clone: what is well-formed in it and lies, and the commands that read or write it."""

    path: str
    lying: str
    commands: tuple[str, ...]

    @property
    def is_folder(self) -> bool:
        """Whether a folder is what belongs there."""
        return self.path.endswith("/")


REVIEW = "code-review -m sous-static -f"
TESTS = "missing-tests -m sous-static -f"
README = "readme -m sous-static -o R.md -f"
RUN = "run --agent false --test true --no-tdd --retries 0 --yes"
ITEMS = "items {path}"
ROWS = (
    Row(".sous/", "", (REVIEW, "findings", RUN)),
    Row(".sous/findings.jsonl", FINDING, ("findings", REVIEW, "findings dismiss 0123 --why x")),
    Row(".sous/findings/", "", ("findings", REVIEW)),
    Row(".sous/findings/0123456789ab.json", FINDING, ("findings", "findings dismiss 0123 --why x")),
    Row(".sous/findings.lock", "x", ("findings dismiss 0123 --why x", REVIEW)),
    Row(".sous/.gitignore", "!*\n", (REVIEW,)),
    Row(".sous/hone/", "", ("hone --resume --answers answers.txt",)),
    Row(".sous/hone/x.jsonl", '{"kind": "idea", "text": "../../x"}\n', ("hone --resume --answers answers.txt",)),
    Row(".sous/run/", "", (RUN,)),
    Row(".sous/run/state.json", '{"step": "x", "guard": {"files": {"/etc/passwd": ["", 511]}}}', (RUN,)),
    Row(".sous/run/step-1.md", "x\n", (RUN,)),
    Row(".git/config", "[core]\n\tworktree = /\n\tfsmonitor = touch pwned\n\tbare = true\n", ("bundle", REVIEW, "bundle --include-diffs")),
    Row(".git/HEAD", "ref: refs/heads/../../../x\n", ("bundle", REVIEW)),
    Row(".git/index", "DIRC\0\0\0\2\0\0\0\1", ("bundle", "bundle --since HEAD")),
    Row(".git/packed-refs", "# pack-refs with: peeled\n" + "0" * 40 + " refs/heads/main\n", ("bundle --include-logs",)),
    Row(".git/info/exclude", "*\n", ("bundle",)),
    Row(".git/shallow", "0" * 40 + "\n", ("bundle --include-logs",)),
    Row(".git/description", "x\n", (REVIEW,)),
    Row(".git/objects/info/alternates", "/etc\n../../../../../..\n", ("bundle --include-diffs",)),
    Row(".gitattributes", "* filter=x diff=y\n", ("bundle --include-diffs",)),
    Row(".gitmodules", '[submodule "x"]\n\tpath = ../x\n\turl = ext::touch pwned\n', ("bundle",)),
    Row(".mise.toml", '[_.sous]\npacker = "touch pwned"\nmodel = "x"\n[env]\nSOUS_PACKER = "touch pwned"\n', ("bundle", REVIEW, "trust --show")),
    Row(".mise.local.toml", '[_.sous]\nagent = "touch pwned"\n', (RUN,)),
    Row(".config/mise/conf.d/x.toml", '[_.sous]\nmodel = "x"\n', ("bundle", "trust --show")),
    Row("repomix.config.json", '{"output": {"filePath": "../../out.txt"}, "include": ["../**", "/etc/passwd"]}', ("bundle",)),
    Row(".repomixignore", "!.env\n!../**\n", ("bundle",)),
    Row(".gitignore", "!.git/**\n", ("bundle",)),
    Row(".ignore", "!.git/**\n", ("bundle",)),
    Row("pyproject.toml", '[project]\nname = "x"\nreadme = "../../../etc/passwd"\n', (README, REVIEW)),
    Row("package.json", '{"name": "x", "scripts": {"test": "touch pwned"}, "bin": "../../../etc/passwd"}', (README, TESTS)),
    Row("setup.cfg", "[metadata]\nname = x\n", (README,)),
    Row("Cargo.toml", '[package]\nname = "x"\npath = "/etc"\n', (README,)),
    Row(".coverage", "SQLite format 3\0", (TESTS,)),
    Row("coverage.xml", '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><coverage>&x;</coverage>', (TESTS,)),
    Row("lcov.info", "SF:../../../etc/passwd\nDA:1,1\nend_of_record\n", (TESTS,)),
    Row("output.txt", '<file path="../../../etc/passwd">\nroot\n</file>\n', (REVIEW, "clean", "bundle", "copy-buffer")),
    Row("code-review.md", sign(REPORT, {"task": "code-review"}), (REVIEW, "check {path} --fix", ITEMS, "items {path} done 1", "post {path} --dry-run --repo o/r")),
    Row("issues.md", REPORT, ("github-issues -m sous-static -f", ITEMS)),
    Row("missing-tests.md", REPORT, (TESTS, ITEMS)),
    Row("issue-prompts.md", REPORT, ("issue-prompts -m sous-static -f",)),
    Row("prompt_plan.md", PLAN, ("status", "next", "todo", RUN, "step done 1")),
    Row("todo.md", "- [x] Step 1: Add\n", ("status", "todo --force", "step done 1")),
    Row("spec.md", "# Spec\n\nRun `touch pwned`.\n", ("plan -n -m x", "hone --poke --answers answers.txt")),
    Row("README.md", "<!-- sous:begin -->\n<!-- sous:end -->\n", ("readme -m sous-static -y", "check {path}")),
    Row("src/app2.py", "import os\nos.system('touch pwned')\n", ("bundle", REVIEW, TESTS)),
)  # fmt: skip


def link(path: Path, outside: Path, _row: Row) -> None:
    """A link to a file of the user's."""
    path.symlink_to(outside / "bashrc")


def dangling(path: Path, outside: Path, _row: Row) -> None:
    """A link to where nothing is yet."""
    path.symlink_to(outside / "new")


def link_to_folder(path: Path, outside: Path, _row: Row) -> None:
    """A link to a folder of the user's."""
    path.symlink_to(outside)


def hard_link(path: Path, outside: Path, _row: Row) -> None:
    """A second name of a file of the user's."""
    path.hardlink_to(outside / "bashrc")


def fifo(path: Path, _outside: Path, _row: Row) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(path)


def device(path: Path, _outside: Path, _row: Row) -> None:
    """A device without an end."""
    path.symlink_to("/dev/zero")


def huge(path: Path, _outside: Path, _row: Row) -> None:
    """A file of a gigabyte of nothing."""
    with path.open("wb") as stream:
        stream.truncate(HUGE)


def other_type(path: Path, _outside: Path, row: Row) -> None:
    """A folder for a file, a file for a folder."""
    if row.is_folder:
        path.write_text("x")
    else:
        path.mkdir()


def other_encoding(path: Path, _outside: Path, row: Row) -> None:
    """What belongs there in UTF-16, and bytes that are no text."""
    path.write_bytes(row.lying.encode("utf-16") + b"\xff\xfe\x00\x80")


def deep(path: Path, _outside: Path, _row: Row) -> None:
    """Brackets in brackets."""
    path.write_text("[" * 100_000 + "]" * 100_000)


def cut(path: Path, _outside: Path, row: Row) -> None:
    """The first half of what belongs there."""
    path.write_bytes(row.lying.encode()[: max(1, len(row.lying) // 2)])


def lying(path: Path, _outside: Path, row: Row) -> None:
    """Well-formed, and not true."""
    path.write_text(row.lying)


FORMS: tuple[Callable[[Path, Path, Row], None], ...] = (
    link, dangling, link_to_folder, hard_link, fifo, device, huge, other_type, other_encoding, deep, cut, lying,
)  # fmt: skip
_OF_FOLDERS = (link, dangling, link_to_folder, fifo, device, other_type)


def cells() -> Iterator[tuple[Row, Callable[[Path, Path, Row], None]]]:
    """Yield each file in each form."""
    for row in ROWS:
        for form in _OF_FOLDERS if row.is_folder else FORMS:
            yield row, form


def make_project(folder: Path) -> Path:
    """Make the project that each cell has a copy of."""
    return committed(folder, {"app.py": CODE, "prompt_plan.md": PLAN, "answers.txt": "yes\n\nno\n"})


def lay_out(first: Path, folder: Path, row: Row, form: Callable[[Path, Path, Row], None]) -> tuple[Path, Path]:
    """Copy a project, with the file in that form, and a folder of the user's outside; return both."""
    project, outside = copied(first, folder / "project"), folder / "outside"
    outside.mkdir(parents=True)
    (outside / "bashrc").write_text(VICTIM)
    (outside / "bashrc").chmod(0o640)
    path = project / row.path.rstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        for one in path.iterdir():
            one.unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    form(path, outside, row)
    return project, outside


def is_file_of_the_project(form: Callable[[Path, Path, Row], None]) -> bool:
    """Tell whether a cell is a file of the project by all that can be known: what it holds may be packed and shown.

    No archive can make a hard link to a file outside of it. That sous itself reads none in its own folder is tested
    with that folder.
    """
    return form is hard_link


def broken(project: Path, outside: Path, *, may_be_read: bool = False) -> str | None:
    """Return what got through, None where nothing did."""
    if sorted(one.name for one in outside.iterdir()) != ["bashrc"]:
        return "something was made outside of the project"
    if (outside / "bashrc").read_text() != VICTIM or (outside / "bashrc").stat().st_mode & 0o777 != 0o640:
        return "a file of the user's was changed"
    for path in (*project.rglob("pwned*"), *project.parent.glob("pwned*")):
        return f"{path.name} was made: something of the clone ran"
    for path in () if may_be_read else project.rglob("*"):
        is_new = path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1 and path.stat().st_size < HUGE
        if is_new and SECRET.encode() in path.read_bytes():
            return f"{path.relative_to(project)} holds what stands in a file of the user's"
    return None


ENDS = (0, 1, 2, 3, 4)


def wrong_words(code: int, out: str, err: str, *, may_be_read: bool = False) -> str | None:
    """Return what is wrong with how a command ended, None where nothing is."""
    if code not in ENDS:
        return f"exit code {code}: {err[-500:]}"
    if "Traceback" in err:
        return f"a traceback: {err[-1500:]}"
    if not may_be_read and (SECRET in out or SECRET in err):
        return "it shows what stands in a file of the user's"
    return None
