"""Whose a variable is, by mise's record and the files that can have set it."""

from __future__ import annotations

import base64
import os
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scene import git, write_tree
from sous.environment import FORGES, MODELS, examine
from sous.mise_files import files_above
from sous.mise_record import RECORD, NoRecordError, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scene import Run

EVIL = "http://evil.example"


def _packed(value: object) -> bytes:
    if isinstance(value, str):
        data = value.encode()
        return b"\xdb" + len(data).to_bytes(4, "big") + data
    if isinstance(value, list):
        return b"\xdd" + len(value).to_bytes(4, "big") + b"".join(map(_packed, value))
    assert isinstance(value, dict)
    pairs = b"".join(_packed(key) + _packed(one) for key, one in value.items())
    return b"\xdf" + len(value).to_bytes(4, "big") + pairs


def record(new: Mapping[str, str], old: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment that mise made."""
    data = zlib.compress(_packed({"old": dict(old or {}), "new": dict(new), "path": []}))
    return {**new, RECORD: base64.b64encode(data).decode().rstrip("=")}


@pytest.fixture
def clone(home: Path) -> Path:
    folder = home / "work" / "clone"
    (folder / "sub").mkdir(parents=True)
    return folder


PLACES = (
    ".mise.toml", "mise.toml", ".mise.local.toml", "mise.local.toml", "mise.production.toml",
    ".mise.production.toml",
    "mise.production.local.toml", ".config/mise.toml", ".config/mise.local.toml", ".config/mise/mise.toml",
    ".config/mise/config.toml", ".config/mise/config.production.toml", ".config/mise/conf.d/x.toml",
    ".mise/config.toml",
    ".mise/conf.d/x.toml", "mise/config.toml", "mise/conf.d/x.toml", "mise/config.local.toml",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("above", [False, True], ids=["here", "above"])
def test_the_file_that_sets_a_variable_is_found(place: str, above: bool, clone: Path, home: Path) -> None:
    write_tree(clone, {place: f'[env]\nHTTPS_PROXY = "{EVIL}"\n'})
    env = {**record({"HTTPS_PROXY": EVIL}), "HOME": str(home)}
    assert examine(env, clone / "sub" if above else clone).brought["HTTPS_PROXY"].source == clone / place


@pytest.mark.parametrize(
    ("project", "files"),
    [
        (f'[env]\nHTTPS_PROXY = "{EVIL}"', {}),
        (f'[[env]]\nHTTPS_PROXY = {{ value = "{EVIL}", tools = true }}', {}),
        ("[env]\nHTTPS_PROXY = \"{{ exec(command='x') }}\"", {}),
        ('[env]\n_.file = ".env"', {".env": f"# x\nexport HTTPS_PROXY='{EVIL}'\n"}),
        ('[env]\n_.file = [{ path = "e.json" }]', {"e.json": f'{{"HTTPS_PROXY": "{EVIL}"}}'}),
        ('[env]\n_.file = "{{ 1 }}"', {}),
        ('[env]\n_.source = "x.sh"', {"x.sh": "anything"}),
        ("[env]\n_.some-plugin = {}", {}),
        ("[plugins]\nx = 'https://evil.example'", {}),
        ("broken", {}),
    ],
)
@pytest.mark.parametrize("user", ["", '[env]\nHTTPS_PROXY = "http://corp"', '[env]\n_.source = "mine.sh"'])
def test_what_a_project_can_have_set_is_the_projects(
    project: str, files: dict[str, str], user: str, clone: Path, home: Path
) -> None:
    write_tree(clone, {".mise.toml": project, **files})
    write_tree(home, {".config/mise/config.toml": user})
    env = {**record({"HTTPS_PROXY": EVIL}, {"HTTPS_PROXY": "http://shell"}), "HOME": str(home)}
    one = examine(env, clone).brought["HTTPS_PROXY"]
    assert one.own == ("http://corp" if "corp" in user else "http://shell")


@pytest.mark.parametrize(
    ("project", "user", "now"),
    [
        ("", '[env]\nHTTPS_PROXY = "http://own"', "http://own"),
        ("", '[env]\nHTTPS_PROXY = "{{ 1 }}"', "http://own"),
        ("[env]\n_.source = 'x.sh'", '[env]\nHTTPS_PROXY = "http://own"', "http://own"),
        (f'[env]\nHTTPS_PROXY = "{EVIL}"', "", "http://typed"),
    ],
    ids=["own file", "own template", "own value beside a script", "typed over the project's"],
)
def test_what_is_the_users_holds(project: str, user: str, now: str, clone: Path, home: Path) -> None:
    write_tree(clone, {".mise.toml": project})
    write_tree(home, {".config/mise/config.toml": user})
    was = EVIL if "typed" in now else now
    env = {**record({"HTTPS_PROXY": was}), "HTTPS_PROXY": now, "HOME": str(home)}
    assert not examine(env, clone).brought


def test_a_proxy_of_the_shell_holds_where_mise_is_not_in_play(clone: Path, home: Path) -> None:
    write_tree(clone, {".mise.toml": '[env]\nHTTPS_PROXY = "http://own"\n_.source = "x.sh"\n'})
    assert not examine({"HTTPS_PROXY": "http://own", "HOME": str(home)}, clone).brought


@pytest.mark.parametrize("bad", ["AAAA", "=", "é", base64.b64encode(zlib.compress(b"\x91\xc1")).decode()])
def test_without_a_readable_record_no_proxy_is_taken_for_the_users(bad: str, clone: Path, home: Path) -> None:
    found = examine({RECORD: bad, "HTTPS_PROXY": EVIL, "HOME": str(home), "XDG_STATE_HOME": "/x"}, clone)
    assert (set(found.brought), found.is_known) == ({"HTTPS_PROXY"}, False)


def test_a_home_that_the_project_sets_hides_no_file_of_it(clone: Path, home: Path) -> None:
    write_tree(clone, {".mise.toml": f'[env]\nHOME = "{clone}/sub"\nHTTPS_PROXY = "{EVIL}"\n'})
    write_tree(clone, {"sub/.config/mise/config.toml": f'[env]\nHTTPS_PROXY = "{EVIL}"\n'})
    env = record({"HOME": f"{clone}/sub", "HTTPS_PROXY": EVIL}, {"HOME": str(home)})
    assert set(examine(env, clone).brought) == {"HOME", "HTTPS_PROXY"}


@given(st.binary(max_size=200))
def test_any_record_is_read_or_refused(data: bytes) -> None:
    for text in (base64.b64encode(data).decode(), base64.b64encode(zlib.compress(data)).decode() or "x"):
        try:
            read_record({RECORD: text or "x"})
        except NoRecordError:
            continue


@pytest.mark.parametrize(
    ("name", "models", "forges"),
    [
        ("https_proxy", True, True), ("NO_PROXY", True, True),
        ("SSL_CERT_FILE", True, True), ("LD_PRELOAD", True, True),
        ("PYTHONPATH", True, True), ("XDG_CONFIG_HOME", True, True), ("OPENAI_BASE_URL", True, False),
        ("OLLAMA_HOST", True, False), ("LLM_USER_PATH", True, False), ("AZURE_OPENAI_ENDPOINT", True, False),
        ("GH_CONFIG_DIR", False, True), ("GITHUB_API_URL", False, True), ("GITLAB_TOKEN", False, True),
        ("DJANGO_SETTINGS_MODULE", False, False), ("DATABASE_URL", False, False), ("POSTGRES_HOST", False, False),
        ("PYTHONUNBUFFERED", False, False), ("PYTHONDONTWRITEBYTECODE", False, False), ("PGSSLMODE", False, False),
        ("OPENAI_API_KEY", False, False), ("GOOGLE_CLOUD_PROJECT", False, False), ("CI", False, False),
    ],
)  # fmt: skip
def test_only_what_steers_a_connection_stops(name: str, models: bool, forges: bool) -> None:
    assert (bool(MODELS.fullmatch(name)), bool(FORGES.fullmatch(name))) == (models, forges)


def test_bundling_goes_on_with_what_a_project_sets(run: Run, repo: Path, home: Path) -> None:
    brought = {"PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "x", "HTTPS_PROXY": EVIL, "GIT_DIR": "/x", "TMPDIR": "/x"}
    env = record(brought, {"TMPDIR": os.environ.get("TMPDIR", "/tmp")})
    env.pop("PYTHONPATH")  # it would be a start of its own
    done = run("sous", "bundle", cwd=repo, env=env)
    assert done.code == 0, done.err
    assert "src/app.py" in (repo / "output.txt").read_text()


def test_what_a_project_sets_is_shown_and_keys_are_not(run: Run, repo: Path) -> None:
    write_tree(repo, {".mise.toml": '[env]\nHTTPS_PROXY = "http://p"\nOPENAI_API_KEY = "sk-secret"\nDEBUG = "1"\n'})
    done = run("sous", "trust", "--show", cwd=repo)
    assert "HTTPS_PROXY = http://p" in done.out
    assert "OPENAI_API_KEY = …" in done.out
    assert "sk-secret" not in done.out + done.err
    assert "DEBUG" not in done.out


def test_git_is_not_taken_from_the_project(run: Run, repo: Path) -> None:
    for folder in ("bin", ".tools"):
        write_tree(repo, {f"{folder}/git": f"#!/bin/sh\ntouch {repo.parent}/pwned\nexit 1\n"})
        (repo / folder / "git").chmod(0o755)
    link = repo.parent / "outside"
    link.symlink_to(repo / ".tools")
    git(repo, "add", ".")
    path = os.pathsep.join([str(repo / "bin"), "bin", str(link), os.environ["PATH"]])
    done = run("sous", "bundle", cwd=repo, env={"PATH": path})
    assert done.code == 0, done.err
    assert not (repo.parent / "pwned").exists()


def test_the_top_of_the_file_system_is_looked_at_too(tmp_path: Path) -> None:
    """A project may lie outside of the home folder."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "mise.toml").touch()
    assert dict(files_above(project, project.with_name("nowhere") / "home"))[project / "mise.toml"] == project
