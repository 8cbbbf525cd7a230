"""What real packers wrote, read back and compared with the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.bundle.read import read_bundle
from sous.output.provenance import read_signature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Run

TREE = {
    "src/app.py": "def add(a, b):\n    return a - b\n",
    "src/deep/er/z.js": "// x\n\nf()\n",
    "b c.txt": "no newline at the end",
    "dash.txt": "a\n---\nb.py\n---\nz\n",
    "doc.md": "# Doc\n\n```python\ncode\n```\n\n````\nx\n````\n\n---\n\nend\n",
    "page.xml": "<files>\n<file>\nx\n</file>\n</files>\n</document_content>\n",
    "rules.txt": "==========\nFILE\n================\nx\n",
    "numbers.txt": "1: a\n2: b\n",
    "long.py": "".join(f"x{number} = {number}\n" for number in range(1, 130)),
    "Über.txt": "äö\n",
    "empty.txt": "",
}
REPOMIX = {
    f"repomix {style} {' '.join(more)}".strip(): ["repomix", "--style", style, *more, "-o", "out"]
    for style in ("xml", "markdown", "plain", "json")
    for more in ([], ["--output-show-line-numbers"], ["--no-file-summary", "--no-directory-structure"])
}
PACKERS: dict[str, list[str]] = {
    **REPOMIX,
    "repomix parsable": ["repomix", "--style", "xml", "--parsable-style", "-o", "out"],
    "repomix parsable numbered": ["repomix", "--parsable-style", "--output-show-line-numbers", "-o", "out"],
    "repopack xml": ["repopack", "--style", "xml", "-o", "out"],
    "repopack markdown": ["repopack", "--style", "markdown", "-o", "out"],
    "repopack plain": ["repopack", "--style", "plain", "-o", "out"],
    **{
        f"files-to-prompt {' '.join(more)}".strip(): ["files-to-prompt", ".", *more, "-o", "out"]
        for more in ([], ["-c"], ["-m"], ["-n"], ["-c", "-n"], ["-m", "-n"])
    },
    "gitingest": ["gitingest", ".", "-o", "out"],
    "ai-digest": ["ai-digest", "-o", "out"],
    "code2prompt": ["code2prompt", "-p", ".", "-o", "out"],
    "sous": ["sous", "bundle", "-o", "out"],
}  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    write_tree(folder, TREE)
    git(folder, "init", "-q")
    return folder


@pytest.mark.parametrize("name", PACKERS)
def test_what_a_real_packer_wrote_is_read_back(
    name: str, tree: Path, tmp_path: Path, run: Run, needs: Callable[[str], str]
) -> None:
    program, *arguments = PACKERS[name]
    out = tmp_path / "out"
    done = run(
        program if program == "sous" else needs(program),
        *(str(out) if one == "out" else one for one in arguments),
        cwd=tree,
    )
    assert done.code == 0, done.err
    read = read_bundle(out).files
    dropped = {"empty.txt"} if name.startswith(("code2prompt", "repopack")) else set()
    wanted = {path: text.strip("\n") for path, text in TREE.items()}
    found = {path: file.text.strip("\n") for path, file in read.items()}
    assert found | dict.fromkeys(dropped, "") == wanted
    for path, file in read.items():
        assert list(file.numbers) == list(range(1, len(TREE[path].splitlines()) + 1))


@pytest.mark.parametrize(
    "name", ["repomix xml", "repomix markdown", "repomix plain", "repomix json", "files-to-prompt", "gitingest"]
)
def test_the_report_is_the_same_whoever_packed(
    name: str, tmp_path: Path, run: Run, needs: Callable[[str], str], model: FakeModel
) -> None:
    for number in range(12):
        text = "".join(f"value_{number}_{line} = {line}\n" for line in range(60))
        (tmp_path / "repo" / f"p{number % 3}").mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / f"p{number % 3}" / f"m{number}.py").write_text(f"{text}x = {number}  # PLANTED high\n")
    git(tmp_path / "repo", "init", "-q")
    program, *arguments = PACKERS[name]
    out = tmp_path / "theirs.txt"
    run(needs(program), *(str(out) if one == "out" else one for one in arguments), cwd=tmp_path / "repo")
    run("sous", "bundle", "-o", tmp_path / "ours.txt", cwd=tmp_path / "repo")
    for bundle in ("ours", "theirs"):
        asked = ("-m", "planted", "--context-window", "6000", "-o", f"{bundle}.md")
        done = run("sous", "code-review", tmp_path / f"{bundle}.txt", *asked, cwd=tmp_path / "repo")
        assert done.code == 0, done.err
    ours, theirs = (read_signature((tmp_path / "repo" / f"{name}.md").read_text())[0] for name in ("ours", "theirs"))
    assert ours.count("## Something is wrong in") == 12
    assert ours == theirs
    assert len(set(model.prompts())) == len(model.prompts())  # the parts are the same, and were asked about once
