"""Side by side with the real repomix: the same files in the same order, the same structure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

TREE = {
    "src/a.py": "import os\n\n\ndef f():\n    return 1\n",
    "src/b c.py": "x = 1\n",
    "src/deep/er/z.js": "// x\n\nf()\n",
    "src/deep/.ignore": "*.tmp\n",
    "src/deep/q.tmp": "x\n",
    "docs/a.md": "# A\n\n```python\nx\n```\n",
    "docs/Über.md": "# Ü\n",
    "docs/notes.txt": "x\n",
    "build/out.js": "x\n",
    "node_modules/m/i.js": "x\n",
    "logo.png": "no image\n",
    "Makefile": "all:\n\ttrue\n",
    "_x.py": "1\n",
    "-y.py": "1\n",
    "10.txt": "1\n",
    "9.txt": "1\n",
    "B.txt": "1\n",
    "a.txt": "1\n",
    ".env.local": "X=1\n",
    ".repomixignore": "docs/notes.txt\n",
    ".gitignore": "*.log\n/secret/\n!keep.log\n",
    "x.log": "1\n",
    "keep.log": "1\n",
    "secret/s.txt": "1\n",
    "empty.txt": "",
    "yarn.lock": "1\n",
}
CASES: dict[str, list[str]] = {
    "nothing": [],
    "one folder": ["src", "--no-git-sort-by-changes"],
    "two folders": ["src", "docs"],
    "two folders from cwd": ["src", "docs", "--output-file-path-style", "cwd-relative"],
    "include": ["--include", "**/*.py,docs/**"],
    "include in braces": ["--include", "src/**/*.{js,py},*.txt"],
    "include a folder": ["--include", "src/deep"],
    "only negated": ["--include", "!src"],
    "ignore": ["-i", "src,**/*.md, a.txt"],
    "ignore one level": ["--ignore", "src/*"],
    "no default patterns": ["--no-default-patterns", "--ignore", ".git/**"],
    "no gitignore": ["--no-gitignore"],
    "no dot ignore": ["--no-dot-ignore"],
    "by path": ["--no-git-sort-by-changes"],
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TREE)
    git(folder, "init", "-q")
    git(folder, "add", "-f", ".")
    git(folder, "commit", "-qm", "start")
    for number in range(3):
        (folder / "src" / "a.py").write_text(f"{TREE['src/a.py']}# {number}\n")
        (folder / "B.txt").write_text(f"{number}\n")
        git(folder, "commit", "-qm", "change", "src/a.py", *(["B.txt"] if number else []))
    return folder


@pytest.mark.parametrize("case", CASES)
def test_the_same_files_in_the_same_order(case: str, tree: Path, run: Run, needs: Callable[[str], str]) -> None:
    args = [*CASES[case], "--style", "json", "-o", "-"]
    theirs = json.loads(run(needs("repomix"), *args, cwd=tree).out)
    ours = json.loads(run("sous", "bundle", *args, cwd=tree).out)
    paths = [path for path in theirs["files"] if not path.isdecimal()]
    assert list(ours["files"]) == paths
    assert ours["directoryStructure"] == theirs["directoryStructure"]


OPTIONS = {
    "all parts": ["--include-diffs", "--include-logs", "--header-text", "Hello", "--output-show-line-numbers"],
    "without tree": ["--no-directory-structure", "--no-line-numbers"],
    "without files": ["--no-files", "--include-logs"],
    "fewer lines": ["--remove-empty-lines", "--no-line-numbers"],
    "full tree": ["--include", "src/*.py", "--include-full-directory-structure", "--no-line-numbers"],
}


@pytest.mark.parametrize("style", ["xml", "markdown", "plain", "json", "parsable"])
@pytest.mark.parametrize("options", OPTIONS)
def test_the_same_structure(options: str, style: str, tree: Path, run: Run, needs: Callable[[str], str]) -> None:
    """All but the sentences, white space and what a final newline does."""
    shape = ["--parsable-style"] if style == "parsable" else ["--style", style]
    args = [*OPTIONS[options], *shape, "--no-file-summary", "-o", "-"]
    theirs = run(needs("repomix"), *(arg for arg in args if arg != "--no-line-numbers"), cwd=tree).out
    ours = run("sous", "bundle", *args, cwd=tree).out
    assert folded(ours) == folded(theirs)


def folded(text: str) -> list[str]:
    sentences = r"This section contains the contents of the repository(?:'|&apos;)s files\.|The content of the files\."
    text = re.sub(sentences, "", text).replace("\\n", "\n").replace('",', '"').replace("\n</file>", "</file>")
    text = re.sub("`{3,}", "```", text)  # repomix takes the longest of all files, packed or not
    lines = [line.strip().strip('"') for line in text.split("\n")]
    return [line for line in lines if line]


def test_the_same_base64_is_cut(tmp_path: Path, run: Run, needs: Callable[[str], str]) -> None:
    run64 = "iVBORw0KGgo9aB+" * 30
    (tmp_path / "a.html").write_text(f'<img src="data:image/png;base64,{run64}==">\n<p>{"a" * 400}</p>\n{run64}\n')
    args = ["--truncate-base64", "--style", "json", "-o", "-"]
    theirs = json.loads(run(needs("repomix"), *args, cwd=tmp_path).out)
    ours = json.loads(run("sous", "bundle", "--no-line-numbers", *args, cwd=tmp_path).out)
    assert ours["files"]["a.html"].strip() == theirs["files"]["a.html"]


def test_empty_folders_are_shown_in_the_tree(tree: Path, run: Run, needs: Callable[[str], str]) -> None:
    (tree / "nothing" / "in it").mkdir(parents=True, exist_ok=True)
    args = ["--include-empty-directories", "--style", "json", "-o", "-"]
    theirs = json.loads(run(needs("repomix"), *args, cwd=tree).out)
    ours = json.loads(run("sous", "bundle", *args, cwd=tree).out)
    assert ours["directoryStructure"] == theirs["directoryStructure"]
