"""What a project makes the real mise export: no key, no token and no code follows it; the user's own proxy holds."""

from __future__ import annotations

import os
import shlex
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from fake_forge import FakeForge
from listed import TWO
from loopback import Loopback
from scene import git, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fake_model import FakeModel
    from scene import Done, Run

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="npm's mise is tried on POSIX")]

SOUS = shlex.join([sys.executable, "-m", "sous"])
WAYS = ("run", "exec", "activate")


class Proxy(Loopback):
    """Notes what comes, and passes nothing on."""

    def __init__(self) -> None:
        super().__init__(_Proxy)
        self.url = f"http://{self.host}"
        self.seen: list[str] = []


class _Proxy(BaseHTTPRequestHandler):
    server: Proxy

    def do_POST(self) -> None:
        self.server.seen.append(self.path)
        self.send_error(502)

    do_GET = do_CONNECT = do_POST  # noqa: N815

    def log_message(self, *_args: Any) -> None:
        return


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        yield server


@pytest.fixture
def under(run: Run, needs: Callable[[str], str], home: Path, sous_script: Path) -> Callable[..., Done]:
    """Run `sous ARGS` in a folder as people come to it through mise: started anew by a task, else in a fork."""
    program = needs("mise")
    tools = os.path.dirname(program)  # noqa: PTH120

    def go(way: str, arguments: str, *, cwd: Path, **env: str) -> Done:
        line = f"{SOUS if way == 'run' else sous_script} {arguments}"
        task = f"[tasks.go]\ndir = '{{{{cwd}}}}'\nrun = '''{line}'''\n"
        write_tree(home, {".config/mise/conf.d/ours.toml": task})
        hook = f'eval "$({program} activate bash)"; eval "$({program} hook-env -s bash)"; {line}'
        argv = {"run": (program, "run", "go"), "exec": (program, "exec", "--", "sh", "-c", line)}.get(
            way, ("bash", "--norc", "-c", hook)
        )
        own = {
            "MISE_OFFLINE": "1",
            "MISE_TRUSTED_CONFIG_PATHS": str(cwd.anchor),
            "PATH": f"{tools}:{os.environ['PATH']}",
        }
        return run(*argv, cwd=cwd, env={**own, **env})

    return go


PLACES = (
    ".mise.toml",
    ".config/mise/conf.d/x.toml",
    "../.mise.toml",
    "mise.production.toml",
    ".env",
    ".mise.local.toml",
)


def _set(repo: Path, place: str, variables: dict[str, str]) -> None:
    if place == ".env":
        write_tree(repo, {".mise.toml": '[env]\n_.file = ".env"\n'})
        write_tree(repo, {".env": "".join(f'{name}="{value}"\n' for name, value in variables.items())})
    else:
        write_tree(repo, {place: "[env]\n" + "".join(f'{name} = "{value}"\n' for name, value in variables.items())})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_sent_by_a_projects_proxy(
    way: str, place: str, under: Callable[..., Done], repo: Path, model: FakeModel, proxy: Proxy
) -> None:
    _set(repo, place, {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "NO_PROXY": "x", "no_proxy": "x"})
    done = under(way, "code-review -m ok", cwd=repo, MISE_ENV="production")
    assert done.code == 1
    assert "sets HTTP_PROXY, NO_PROXY, http_proxy, no_proxy, which an untrusted project may not" in done.err
    assert "sous trust" in done.err
    assert not proxy.seen
    assert not model.requests


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    ["ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "OPENAI_BASE_URL", "LLM_USER_PATH",
     "LLM_MODEL", "XDG_CONFIG_HOME", "HOME", "SSLKEYLOGFILE", "SOUS_TEMPLATES", "SOUS_MODEL"],
)  # fmt: skip
def test_no_variable_that_steers_a_call_is_obeyed(
    name: str, way: str, under: Callable[..., Done], repo: Path, model: FakeModel, proxy: Proxy
) -> None:
    value = f"{repo}/x" if name in ("HOME", "XDG_CONFIG_HOME", "LLM_USER_PATH") else proxy.url
    _set(repo, ".config/mise/conf.d/x.toml", {name: value})
    done = under(way, "code-review" + ("" if name == "SOUS_MODEL" else " -m ok"), cwd=repo)
    assert done.code == 1
    assert ".config/mise/conf.d/x.toml sets" in done.err
    assert "sous trust" in done.err
    assert not proxy.seen
    assert not model.requests


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", ["shell", "own mise configuration"])
def test_the_users_own_proxy_is_used(
    way: str, where: str, under: Callable[..., Done], repo: Path, home: Path, model: FakeModel, proxy: Proxy
) -> None:
    own = {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "NO_PROXY": "x", "no_proxy": "x"}
    if where != "shell":
        _set(home, ".config/mise/config.toml", own)
    _set(repo, ".mise.toml", {"DJANGO_SETTINGS_MODULE": "x"})
    under(way, "code-review -m ok", cwd=repo, **(own if where == "shell" else {}))
    assert proxy.seen[0].startswith("http://127.0.0.1:")
    assert not model.requests


def test_a_variable_that_a_script_of_the_project_exports_is_refused(
    under: Callable[..., Done], repo: Path, model: FakeModel, proxy: Proxy
) -> None:
    write_tree(repo, {".mise.toml": '[env]\n_.source = "x.sh"\n'})
    write_tree(repo, {"x.sh": f"export HTTP_PROXY={proxy.url} NO_PROXY=x __MISE_DIFF=AAAA\n"})
    done = under("exec", "code-review -m ok", cwd=repo)
    assert "sets HTTP_PROXY, NO_PROXY" in done.err
    assert not proxy.seen
    assert not model.requests


def test_what_is_trusted_is_used_until_it_changes(
    under: Callable[..., Done], run: Run, repo: Path, model: FakeModel, proxy: Proxy
) -> None:
    proxies = {"HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "NO_PROXY": "x", "no_proxy": "x"}
    _set(repo, ".config/mise/conf.d/x.toml", proxies)
    assert run("sous", "trust", "--yes", cwd=repo).code == 0
    under("exec", "code-review -m ok", cwd=repo)
    assert proxy.seen
    proxy.seen.clear()

    _set(repo, ".config/mise/conf.d/x.toml", {**proxies, "ALL_PROXY": proxy.url})
    assert "sous trust" in under("exec", "code-review -m ok", cwd=repo).err
    assert not proxy.seen
    assert not model.requests


@pytest.mark.parametrize("way", WAYS)
def test_static_analysis_and_bundling_need_no_trust(way: str, under: Callable[..., Done], repo: Path) -> None:
    _set(repo, ".mise.toml", {"HTTPS_PROXY": "http://127.0.0.1:9", "GIT_DIR": "/x", "XDG_CACHE_HOME": f"{repo}/c"})
    assert under(way, "bundle", cwd=repo).code == 0
    done = under(way, "code-review -m sous-static", cwd=repo)
    assert done.code == 0, done.err
    assert not (repo / "c" / "sous").exists()


@pytest.mark.parametrize("way", WAYS)
def test_no_token_follows_a_project(way: str, under: Callable[..., Done], repo: Path) -> None:
    git(repo, "remote", "add", "origin", "git@github.com:o/r.git")
    (repo / "issues.md").write_text(TWO)
    with FakeForge(checks_token=False) as other:
        _set(repo, ".mise/config.toml", {"GITHUB_API_URL": other.base})
        done = under(way, "post --yes", cwd=repo, GITHUB_TOKEN="token-of-mine")
        assert "sets GITHUB_API_URL" in done.err
        assert not other.seen


@pytest.mark.parametrize("way", WAYS)
def test_no_program_of_ours_is_taken_from_the_project(way: str, under: Callable[..., Done], repo: Path) -> None:
    write_tree(repo, {".mise.toml": "[env]\n_.path = ['bin']\n"})
    for name in ("git", "gh", "ruff", "xclip", "xsel", "wl-copy"):
        write_tree(repo, {f"bin/{name}": f"#!/bin/sh\necho {name} >> {repo.parent}/pwned\nexit 1\n"})
        (repo / "bin" / name).chmod(0o755)
    git(repo, "remote", "add", "origin", "git@github.com:o/r.git")
    (repo / "issues.md").write_text(TWO)
    assert under(way, "code-review -m sous-static", cwd=repo).code == 0
    under(way, "copy-buffer", cwd=repo, DISPLAY=":99")
    under(way, "post --dry-run", cwd=repo)
    assert not (repo.parent / "pwned").exists()


@pytest.mark.parametrize("task", ["LLM:generate_bundle", "llm:generate_bundle"])
def test_no_code_of_the_project_is_loaded_into_a_task_of_ours(
    task: str, run: Run, needs: Callable[[str], str], repo: Path, tmp_path: Path
) -> None:
    assert run("sous", "install", cwd=tmp_path).code == 0
    write_tree(repo, {".mise.toml": f'[env]\nPYTHONPATH = "{repo}/evil"\n'})
    write_tree(repo, {"evil/sitecustomize.py": f"open({str(tmp_path / 'pwned')!r}, 'w')\n"})
    done = run(needs("mise"), "run", task, cwd=repo, env={"MISE_OFFLINE": "1"})
    assert done.code == 0, done.err
    assert not (tmp_path / "pwned").exists()
