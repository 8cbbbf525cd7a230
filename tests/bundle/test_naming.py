from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.bundle import naming
from sous.bundle.compare import differences
from sous.bundle.naming import SafeNames, mask_name, safe_names
from sous.bundle.read import read_bundle
from sous.bundle.recipe import Recipe, targets_of
from sous.bundle.select import select_files

if TYPE_CHECKING:
    from pathlib import Path

    from scene import Run

AWS = "AKIAQ3EGRZ7YTW5KD2MN"
OTHER = "AKIAQ3EGRZ7YTW5KD2MQ"
GITHUB = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
ANTHROPIC = "sk-ant-api03-" + "aB3x_Y7-q" * 10 + "AA"
NAMED = (f"{AWS}.pem", f"{OTHER}.pem", f"backup-{GITHUB}.txt", f"id_{ANTHROPIC}.json", f"{AWS}/in/{GITHUB}_old.py")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"backup-{GITHUB}.txt", "backup-[masked].txt"),
        (f"{AWS}.pem", "[masked].pem"),
        (f"id_{ANTHROPIC}.json", "id_[masked].json"),
        (f"x{AWS}", "x[masked]"),
        (f"x_{AWS}_old.pem", "x_[masked]_old.pem"),
        (f"{GITHUB}_v2.txt", "[masked]_v2.txt"),
        ("password=k9Xz27Qwp4Rt81LmVb3c", "password=[masked]"),
        ("AKIAIOSFODNN7EXAMPLE.txt", "AKIAIOSFODNN7EXAMPLE.txt"),
        ("test_token_is_refreshed_2024.py", "test_token_is_refreshed_2024.py"),
        ("0123456789abcdef0123456789abcdef01234567.json", "0123456789abcdef0123456789abcdef01234567.json"),
        ("secret_key_rotation_service_v2.go", "secret_key_rotation_service_v2.go"),
    ],
)
def test_a_secret_in_a_name_is_masked(name: str, shown: str) -> None:
    assert mask_name(name)[0] == shown


def test_names_stay_different_and_the_same_each_time() -> None:
    paths = [f"a/{AWS}/x.py", f"a/{OTHER}/x.py", f"a/{OTHER}/y.py", "a/[masked]/x.py", f"{AWS}.PEM", f"{OTHER}.pem"]
    names = safe_names(paths)
    assert names == safe_names(reversed(paths))
    shown = [names.of(path) for path in paths]
    assert len({one.casefold() for one in shown}) == len(paths)
    assert names.of(paths[1]).rpartition("/")[0] == names.of(paths[2]).rpartition("/")[0]
    assert not any(AWS in one or OTHER in one for one in shown)


@pytest.fixture
def leaking(repo: Path) -> Path:
    git(repo, "commit", "-q", "--allow-empty", "-m", "base")
    for name in NAMED:
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(f"# {NAMED.index(name)}\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "add")
    (repo / NAMED[2]).write_text("changed\n")
    return repo


WAYS: list[tuple[str, ...]] = [
    ("--style", "xml"),
    ("--style", "markdown"),
    ("--style", "plain"),
    ("--style", "json"),
    ("--parsable-style",),
    ("--tokens", "--top", "9"),
    ("--json",),
    ("--diff", "--include-logs"),
    ("--since", "HEAD~1"),
    ("--include-full-directory-structure", "--include", "*.txt"),
    ("--budget", "900"),
    ("--split-output", "2kb"),
    ("--output-file-path-style", "cwd-relative"),
    (AWS,),
    (AWS, "src"),
    (f"{AWS}.pem", f"{OTHER}.pem"),
    ("--no-cache", "--compress"),
]


@pytest.mark.parametrize("how", WAYS, ids=lambda how: " ".join(how).replace(AWS, "AWS").replace(OTHER, "OTHER"))
def test_no_secret_of_a_name_is_in_a_bundle_or_shown(how: tuple[str, ...], leaking: Path, run: Run) -> None:
    for _ in range(2):  # the second time from what is cached
        done = run("sous", "bundle", *how, cwd=leaking)
        assert done.code == 0, done.err
        listed = run("sous", "bundle", "--list", "output.txt", cwd=leaking) if "--split-output" not in how else done
        texts = [path.read_text() for path in leaking.glob("output*.txt")]
        for text in (*texts, done.out, done.err, listed.out):
            assert not any(secret in text for secret in (AWS, OTHER, GITHUB, ANTHROPIC))
        assert any("[masked" in text for text in texts)


def test_names_without_a_secret_are_looked_through_once(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe(targets_of((), repo, root=repo), repo)
    first = select_files(recipe, root=repo)
    (repo / f"{AWS}.pem").write_text("x\n")
    second = select_files(recipe, root=repo, plain_names=first.plain_names)
    assert [file.path for file in second.files if "masked" in file.path] == ["[masked].pem"]
    assert second.plain_names == ""
    (repo / f"{AWS}.pem").unlink()

    def never(_paths: object) -> SafeNames:
        raise AssertionError

    monkeypatch.setattr(naming, "safe_names", never)
    assert select_files(recipe, root=repo, plain_names=first.plain_names) == first
    with pytest.raises(AssertionError):
        select_files(recipe, root=repo)


def test_all_files_are_in_the_bundle_each_with_its_text(leaking: Path, run: Run) -> None:
    packed = json.loads(run("sous", "bundle", "--json", cwd=leaking).out)
    bundle = read_bundle(leaking / "output.txt")
    assert len(bundle.files) == packed["files"] == 3 + len(NAMED)
    assert bundle.files["[masked].pem"].text == "# 0\n"
    assert bundle.files["[masked 2].pem"].text == "# 1\n"
    assert bundle.files["[masked]/in/[masked]_old.py"].text == "# 4\n"
    assert not differences(bundle, leaking)


def test_a_file_that_comes_between_renames_the_next(leaking: Path, run: Run) -> None:
    run("sous", "bundle", cwd=leaking)
    (leaking / "AKIAQ3EGRZ7YTW5KD2MA.pem").write_text("# new\n")
    run("sous", "bundle", cwd=leaking)
    files = read_bundle(leaking / "output.txt").files
    assert [files[f"[masked{n}].pem"].text for n in ("", " 2", " 3")] == ["# new\n", "# 0\n", "# 1\n"]


def test_secrets_allow_and_fail_hold_for_names_too(leaking: Path, run: Run) -> None:
    allowed = run("sous", "bundle", "--secrets", "allow", "--stdout", cwd=leaking)
    assert AWS in allowed.out
    assert not differences(read_bundle(_written(leaking, allowed.out)), leaking)
    done = run("sous", "bundle", "--secrets", "fail", cwd=leaking)
    assert done.code == 1
    assert "[masked].pem: AWS access key id in the name" in done.err
    assert AWS not in done.err
    assert not (leaking / "output.txt").exists()


def _written(repo: Path, text: str) -> Path:
    (repo / "theirs.txt").write_text(text)
    return repo / "theirs.txt"
