"""What people type when they swap repomix for sous bundle, and what goes wrong then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from scene import SOUS, git, in_terminal
from sous.bundle.read import bundle_from
from sous.tokens import count_tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scene import Run

SECRET = "ghp_" + "a1B2" * 9


def files(run: Run, cwd: Path, *args: str, input: str = "") -> dict[str, str]:  # noqa: A002
    done = run("sous", "bundle", "--style", "json", "-o", "-", *args, cwd=cwd, input=input)
    assert done.code == 0, done.err
    found: dict[str, str] = json.loads(done.out)["files"]
    return found


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--style", "pdf"], 2, "pdf"),
        (["--include", "[z-a]"], 2, "[z-a]"),
        (["nowhere"], 2, "nowhere does not exist"),
        (["../elsewhere"], 2, "outside the project"),
        (["-c", "nowhere.json"], 1, "nowhere.json does not exist"),
        (["--split-output", "5"], 2, "500kb"),
        (["--split-output", "0kb"], 2, "500kb"),
        (["--split-output", "0.1kb"], 1, "bytes alone"),
        (["--split-output", "9-tokens"], 1, "tokens alone"),
        (["--split-output", "100k"], 2, "400k-chars"),
        (["--budget", "0"], 2, "--budget"),
        (["--budget-strict"], 2, "--budget N"),
        (["--html", "t.html", "--no-token-count"], 2, "leave out --no-token-count"),
        (["--html", "README.md"], 1, "not a page of sous"),
        (["--since", "nowhere"], 1, "not a commit"),
        (["--since", "--output=x"], 1, "not a commit"),
        (["--instruction-file-path", "nowhere.md"], 1, "nowhere.md"),
        (["--stdin"], 2, "no path came"),
        (["--stdin", "src"], 2, "leave out the paths"),
        (["--watch", "-o", "-"], 2, "does not go with stdout"),
        (["--stdout", "-o", "x.txt"], 2, "exclude each other"),
        (["--project", "src"], 2, "--project"),
        (["--exclude", "x"], 2, "No such option"),
        (["--secrets", "fail"], 1, "secrets are in the files"),
        (["--include", "nothing/**"], 1, "no files to pack"),
        (["--token-budget", "10"], 1, "--token-budget"),
        (["--notebooks", "cell"], 2, "'cell' is not one of 'whole', 'cells'"),
    ],
)
def test_what_cannot_be_done_is_one_line(args: list[str], code: int, says: str, repo: Path, run: Run) -> None:
    (repo.parent / "elsewhere").mkdir()
    (repo / "key.py").write_text(f"K = '{SECRET}'\n")
    done = run("sous", "bundle", *args, cwd=repo)
    assert (done.code, done.out) == (code, "")
    error = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert len(error) == 1
    assert says in error[0]
    assert "Traceback" not in done.err
    if args[0] != "--token-budget":  # as with repomix, the bundle is written before it is judged
        assert not list(repo.glob("output*"))


def test_a_repomix_command_line_means_the_same(repo: Path, run: Run) -> None:
    (repo / "a.md").write_text("# a\n")
    args = [
        "--include",
        "**/*.py,*.md",
        "-i",
        "README.md",
        "--no-default-patterns",
        "--no-git-sort-by-changes",
        "--quiet",
    ]
    assert list(files(run, repo, *args)) == ["src/app.py", "a.md"]
    assert files(run, repo, "--output-show-line-numbers")["a.md"] == "1: # a"
    assert files(run, repo, "--no-line-numbers")["a.md"] == "# a\n"


def test_names_with_line_ends_come_on_stdin_with_nul(repo: Path, run: Run) -> None:
    (repo / " x.py").write_text("x\n")
    assert sorted(files(run, repo, "--stdin", input=" x.py\0src/app.py\0")) == [" x.py", "src/app.py"]


def test_a_configuration_says_what_is_shown(repo: Path, run: Run) -> None:
    (repo / "repomix.config.json").write_text(
        '{"output": {"topFilesLength": 1, "tokenBudget": 2, "splitOutput": 2500}, "tokenCount": {"encoding": "p50k_base"}}'
    )
    done = run("sous", "bundle", cwd=repo)
    assert done.code == 1
    assert "more than the 2 of --token-budget" in done.err
    assert "not in p50k_base" in done.err
    assert len(done.out.splitlines()) == 1
    assert (repo / "output.1.txt").is_file()
    assert run("sous", "bundle", "--project", "--token-budget", "90000", cwd=repo).code == 0
    assert (repo / "output.txt").is_file()


def test_the_first_settings_are_written_or_shown(repo: Path, run: Run) -> None:
    assert run("sous", "bundle", "--init", cwd=repo).code == 0
    assert (repo / ".mise.toml").is_file()
    done = run("sous", "bundle", "--init", cwd=repo)
    assert (done.code, done.out) == (0, (repo / ".mise.toml").read_text())


def test_files_that_signatures_leave_whole_are_counted(repo: Path, run: Run) -> None:
    for _ in ("cold", "from the cache"):
        done = run("sous", "bundle", "--compress", "--json", cwd=repo)
        assert "2 files kept whole (2 no parser)" in done.err
        assert json.loads(done.out)["kept_whole"] == {".gitignore": "no parser", "README.md": "no parser"}


def test_comments_go_and_lines_keep_their_numbers(repo: Path, run: Run) -> None:
    (repo / "src" / "app.py").write_text('"""Doc."""\n# sk\nx = "# y"  # z\n')
    done = run("sous", "bundle", "src", "--remove-comments", "-o", "-", cwd=repo)
    assert '\n1: \n2: \n3: x = "# y"\n' in done.out
    assert "Comments have been removed" in done.out
    (repo / "repomix.config.json").write_text('{"output": {"removeComments": true, "removeEmptyLines": true}}')
    done = run("sous", "bundle", "--json", cwd=repo)
    assert "3: x = " in (repo / "output.txt").read_text()
    assert "2: " not in (repo / "output.txt").read_text().partition('path="src/app.py"')[2].partition("</file>")[0]
    assert json.loads(done.out)["kept_whole"]["README.md"] == "no parser"


def test_a_map_of_the_tokens_is_written(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", "--budget", "100000", "--html", "tokens.html", cwd=repo)
    assert done.code == 0
    assert "tokens.html: written" in done.err
    page = (repo / "tokens.html").read_text("utf-8")
    assert f"<title>Tokens of {repo.name}</title>" in page
    assert "within a budget of 100,000" in page
    assert page.count("<rect") == page.count("<tr id=") > 0


def test_verbose_names_each_file(repo: Path, run: Run) -> None:
    (repo / "x.png").write_bytes(b"x")
    err = run("sous", "bundle", "-v", cwd=repo).err
    assert "listed only: x.png: binary" in err
    assert "packed: src/app.py: " in err


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C of POSIX")
def test_what_changes_is_packed_again_until_it_is_ended(repo: Path) -> None:
    command = [sys.executable, "-m", "sous", "bundle", "--watch", "--no-token-count"]
    with subprocess.Popen(command, cwd=repo, stderr=subprocess.PIPE, text=True) as job:
        assert job.stderr is not None
        lines = iter(job.stderr.readline, "")
        assert any("watching" in line for line in lines)
        done = threading.Event()

        def write() -> None:
            number = 0
            while not done.wait(0.2):
                number += 1
                (repo / "new.txt").write_text(f"{number}\n")

        writer = threading.Thread(target=write)
        writer.start()
        assert any("new.txt changed" in line for line in lines)
        assert any("output.txt: " in line for line in lines)
        done.set()
        writer.join()
        job.send_signal(signal.SIGINT)
        job.communicate(timeout=20)
    assert job.returncode == 0
    assert 'path="new.txt"' in (repo / "output.txt").read_text()


def test_paths_come_on_stdin(repo: Path, run: Run) -> None:
    (repo / "b*.py").write_text("1\n")
    (repo / "bc.py").write_text("1\n")
    assert list(files(run, repo, "--stdin", input="# x\n\nsrc\nb*.py\nnowhere\n")) == ["b*.py", "src/app.py"]


def test_a_configuration_of_repomix_holds(repo: Path, run: Run) -> None:
    output = "{headerText: 'Hello', filePath: 'mine.xml', showLineNumbers: false, fileSummary: false}"
    (repo / "repomix.config.json").write_text(f"{{include: ['**/*.py'], output: {output}}}")
    done = run("sous", "bundle", cwd=repo)
    assert "output.filePath is ignored" in done.err
    assert not (repo / "mine.xml").exists()
    written = (repo / "output.txt").read_text()
    assert written.startswith("<user_provided_header>\nHello\n</user_provided_header>\n")
    files = bundle_from(written.encode(), None).files
    assert [(path, one.text) for path, one in files.items()] == [("src/app.py", "def add(a, b):\n    return a - b\n")]


@pytest.mark.parametrize("named", ["../../secret.md", "link.md"])
def test_a_configuration_cannot_fetch_files_from_elsewhere(named: str, repo: Path, run: Run) -> None:
    (repo.parent.parent / "secret.md").write_text("mine\n")
    if os.name != "nt":
        (repo / "link.md").symlink_to(repo.parent.parent / "secret.md")
    (repo / "repomix.config.json").write_text(json.dumps({"output": {"instructionFilePath": named}}))
    done = run("sous", "bundle", cwd=repo)
    assert done.code == 1
    assert "mine" not in done.err
    assert not (repo / "output.txt").exists()


def test_sections_of_git_stand_behind_the_files(repo: Path, run: Run) -> None:
    (repo / "README.md").write_text(f"# New\n{SECRET}\n")
    done = run("sous", "bundle", "-o", "-", "--include-diffs", "--include-logs", "--include-logs-count", "1", cwd=repo)
    assert "<git_diff_work_tree>\ndiff --git a/README.md b/README.md\n" in done.out
    assert "<message>start</message>\n<files>\n.gitignore\nREADME.md\nsrc/app.py\n</files>" in done.out
    assert SECRET not in done.out


def test_since_takes_what_changed_and_what_uses_it(repo: Path, run: Run) -> None:
    (repo / "src" / "user.py").write_text("from app import add\n")
    (repo / "src" / "other.py").write_text("x = 1\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "more")
    (repo / "src" / "app.py").write_text("def add(a, b):\n    return a + b\n")
    done = run("sous", "bundle", "--since", "HEAD", "-o", "-", cwd=repo)
    assert sorted(bundle_from(done.out.encode(), None).files) == ["src/app.py", "src/user.py"]
    assert "+    return a + b" in done.out
    assert run("sous", "bundle", "--since", "HEAD", "src", "-o", "-", cwd=repo).code == 0
    git(repo, "commit", "-qam", "done")
    assert "nothing to pack changed" in run("sous", "bundle", "--since", "HEAD", cwd=repo).err


def test_secrets_are_masked_and_told_and_exit_0(repo: Path, run: Run) -> None:
    (repo / "key.py").write_text(f"a = 1\nK = '{SECRET}'\n")
    done = run("sous", "bundle", cwd=repo)
    assert done.code == 0
    assert "masked key.py:2: GitHub token" in done.err
    assert "masked 1 secret" in done.err
    assert "2: K = '[masked]'" in (repo / "output.txt").read_text()
    assert "masked key.py:2" in run("sous", "bundle", cwd=repo).err  # known from before, and told again
    assert SECRET in files(run, repo, "--no-security-check")["key.py"]


def test_all_secrets_are_reported_and_one_is_allowed_where_the_project_is_trusted(repo: Path, run: Run) -> None:
    (repo / "a.py").write_text(f"a = 1\nK = '{SECRET}'\n")
    (repo / "b.py").write_text(f"K = '{SECRET[:-3]}abc'  # sous: allow\n")
    assert run("sous", "bundle", "--secrets-report", "s.json", cwd=repo).code == 0
    rows = json.loads((repo / "s.json").read_text())
    assert [(row["path"], row["line"], row["kind"]) for row in rows] == [
        ("a.py", 2, "GitHub token"),
        ("b.py", 1, "GitHub token"),
    ]
    mark = rows[0]["fingerprint"]
    (repo / ".mise.toml").write_text(f'[_.sous]\nallow_secrets = ["{mark}"]\n')
    packed = files(run, repo)
    assert "[masked]" in packed["a.py"]  # nobody trusts this project
    assert "[masked]" in packed["b.py"]
    assert run("sous", "trust", "-y", cwd=repo).code == 0
    packed = files(run, repo)
    assert SECRET in packed["a.py"]
    assert "[masked]" not in packed["b.py"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--secrets-report", "README.md"), "is not a report of secrets"),
        (("--secrets-report", "src"), "is a directory"),
    ],
)
def test_a_report_of_secrets_replaces_only_its_own_kind(
    repo: Path, run: Run, args: tuple[str, ...], words: str
) -> None:
    before = (repo / "README.md").read_bytes()
    done = run("sous", "bundle", *args, cwd=repo)
    assert done.code != 0
    assert words in done.err
    assert (repo / "README.md").read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="strace makes the file unreadable, for root too")
def test_an_unreadable_file_is_a_warning_and_with_strict_an_error(
    repo: Path, run: Run, needs: Callable[[str], str]
) -> None:
    (repo / "closed.py").write_text("x\n")
    inject = ["-f", "-o", os.devnull, "-P", str(repo / "closed.py"), "-e", "inject=openat:error=EACCES"]
    for option, code in (("--quiet", 0), ("--strict", 1)):
        done = run(needs("strace"), *inject, *SOUS, "bundle", option, cwd=repo)
        assert done.code == code, done.err
        assert "left out closed.py, unreadable: Permission denied" in done.err
        assert "src/app.py" in (repo / "output.txt").read_text()


def test_parts_are_no_larger_than_asked_and_hold_every_file_once(repo: Path, run: Run) -> None:
    for number in range(30):
        (repo / "src" / f"f{number}.py").write_text(f"x = {number}\n" * 200)
    assert "output.1.txt to output." in run("sous", "bundle", "--split-output", "10kb", cwd=repo).err
    parts = sorted(repo.glob("output.*.txt"))
    assert len(parts) > 3
    assert all(part.stat().st_size <= 10 * 1024 for part in parts)
    packed = [path for part in parts for path in bundle_from(part.read_bytes(), None).files]
    assert len(packed) == len(set(packed)) == 33
    assert run("sous", "bundle", "--split-output", "100kb", cwd=repo).code == 0
    assert len(list(repo.glob("output.*.txt"))) == 1  # the parts of the run before are gone
    assert run("sous", "clean", cwd=repo).code == 0
    assert not list(repo.glob("output*"))


def test_parts_count_tokens_and_say_which_they_are(repo: Path, run: Run) -> None:
    for number in range(12):
        (repo / "src" / f"f{number}.py").write_text(f"x = {number}\n" * 200)
    assert run("sous", "bundle", "--split-output", "4k-tokens", cwd=repo).code == 0
    texts = [(repo / f"output.{at}.txt").read_text() for at in range(1, len(list(repo.glob("output.*.txt"))) + 1)]
    assert len(texts) > 3
    assert all(count_tokens(text) <= 4000 for text in texts)
    assert texts[1].startswith(f"part 2 of {len(texts)}, wait for the last\n\n")
    assert texts[-1].startswith(f"part {len(texts)} of {len(texts)}, that is all\n\n")


def test_a_part_never_replaces_a_file_that_is_no_bundle(repo: Path, run: Run) -> None:
    (repo / "output.1.txt").write_text("my notes\n")
    done = run("sous", "bundle", "--split-output", "100kb", cwd=repo)
    assert done.code == 1
    assert "output.1.txt exists and is not a bundle" in done.err
    assert (repo / "output.1.txt").read_text() == "my notes\n"


def test_a_bundle_with_a_budget_is_only_renewed_when_something_changed(repo: Path, run: Run) -> None:
    run("sous", "bundle", "--budget", "100000", cwd=repo)
    assert "older" not in run("sous", "code-review", "-n", "-m", "gpt-4o-mini", cwd=repo).err
    (repo / "README.md").write_text("# New\n")
    assert "older" in run("sous", "code-review", "-n", "-m", "gpt-4o-mini", cwd=repo).err


def test_tokens_are_shown_as_a_tree_heaviest_first(repo: Path, run: Run) -> None:
    (repo / "src" / "big.py").write_text("x = 1\n" * 500)
    lines = run("sous", "bundle", "--tokens", cwd=repo).out.splitlines()
    assert [line.split()[-1] for line in lines][:4] == ["files", "src/", "big.py", "app.py"]
    assert "%" in lines[1]
    top = run("sous", "bundle", "--top", "1", cwd=repo).out.splitlines()
    assert len(top) == 1
    assert top[0].endswith("src/big.py")


def test_a_copy_that_is_not_possible_is_said_and_the_bundle_is_there(repo: Path, run: Run) -> None:
    done = run("sous", "bundle", "--copy", cwd=repo, env={"PATH": "", "TERM": "dumb"})
    assert "not copied: " in done.err
    assert (repo / "output.txt").exists()


def test_the_summary_says_what_was_left_out_and_why(repo: Path, run: Run) -> None:
    (repo / "logo.png").write_bytes(b"\x89PNG")
    (repo / "package-lock.json").write_text("{}")
    (repo / "repomix.config.json").write_text('{"input": {"maxFileSize": 1000}}')
    (repo / "large.txt").write_text("x" * 1001)
    err = run("sous", "bundle", cwd=repo).err
    assert "(listed only: 1 binary, 1 too big); left out 1 by the default patterns" in err
    data = json.loads(run("sous", "bundle", "--json", "-q", cwd=repo).out)
    assert data["listed_only"] == {"logo.png": "binary", "large.txt": "too big"}
    assert data["tokens"] > sum(data["by_file"].values()) > 0


@pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")
def test_a_terminal_sees_no_escapes_of_names(repo: Path) -> None:
    (repo / "a\x1b]0;owned\x07.py").write_text(f"K = '{SECRET}'\n")
    assert "\x1b]0;" not in in_terminal([*SOUS, "bundle", "--tokens", "--top", "3"], repo, stdout=True)


@pytest.mark.skipif(os.name == "nt", reason="FIFOs of POSIX")
def test_a_fifo_in_the_tree_is_skipped(repo: Path, run: Run) -> None:
    os.mkfifo(repo / "pipe.py")
    assert "pipe.py" not in files(run, repo)


def test_several_targets_have_labels(repo: Path, run: Run) -> None:
    (repo / "docs").mkdir()
    (repo / "docs" / "a.md").write_text("x\n")
    assert list(files(run, repo, "src", "docs")) == ["docs/a.md", "src/app.py"]  # the last changed in git
    assert list(files(run, repo, "src")) == ["app.py"]
    assert list(files(run, repo / "docs", "../src")) == ["app.py"]
    assert list(files(run, repo / "docs", "../src", "--output-file-path-style", "cwd-relative")) == ["../src/app.py"]
    tree = run("sous", "bundle", "src", "docs", "-o", "-", cwd=repo).out
    assert "<directory_structure>\n[src]/\n  app.py\n\n[docs]/\n  a.md\n</directory_structure>" in tree
