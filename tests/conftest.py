"""The scene of a test: a home of its own, a repository, commands as real processes, a loopback model."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fake_forge import FakeForge
from fake_model import FakeModel
from scene import CHECKOUT, SOUS, Done, Run, copied, examples, git, missing, write_tree
from sous.git_view import forget_views
from tiers import left_out, listed, mark, tier
from zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_HOMES = itertools.count()
_BUSY = re.compile(
    r"^(?:sous [\w-]+ is at work|packing) …\r?\n", re.MULTILINE
)  # on a machine that is busy with other tests

# Each process of the suite would compile all of sous, and pytest all tests, where this is set for the machine.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure() -> None:
    """Say how many random examples tests are made of."""
    from hypothesis import settings

    settings.register_profile("sous", max_examples=examples(100), deadline=None)
    settings.load_profile("sous")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a program of somebody else's and what takes long; leave out what nobody waits for now."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "real" in item.path.parent.parts or {"needs", "display"} & set(fixtures):
            item.add_marker(pytest.mark.real)
    mark(items, CHECKOUT / "tests", listed())
    out = list(left_out(items, tier(config.getoption("markexpr"), config.args)))
    if out:
        items[:] = [item for item in items if item not in set(out)]
        config.hook.pytest_deselected(items=out)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no key, no configuration and no state of the machine reaches a test."""
    folder = tmp_path_factory.getbasetemp() / "homes" / str(next(_HOMES))  # `mktemp` looks at all that there are
    folder.mkdir(parents=True)
    for name in list(os.environ):
        if name.startswith(
            (
                "SOUS_",
                "LLM_",
                "MISE_",
                "__MISE_",
                "GIT_",
                "SSH_",
                "XDG_",
                "OPENAI_",
                "ANTHROPIC_",
                "GH_",
                "GITHUB_",
                "GITLAB_",
                "GITEA_",
                "BITBUCKET_",
                "FORGEJO_",
                "CI_",
            )
        ):
            monkeypatch.delenv(name)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX", "WSL_DISTRO_NAME", "MAKEFLAGS", "MAKELEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("LLM_USER_PATH", str(folder / "llm"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    # Nothing but loopback can be reached through a proxy that does not exist.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    # Each call to a model reads all certificates that there are: there are none, and nobody to ask for them.
    certificates = tmp_path_factory.getbasetemp() / "certificates"
    certificates.mkdir(exist_ok=True)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(certificates))
    monkeypatch.setenv("SOUS_RETRIES", "0")  # a failing model is asked again only where that is what is tested
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_views_left() -> Iterator[None]:
    """A worker of pytest ends without what is to be done at the end of a process."""
    yield
    forget_views()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote | None]:
    """What forks for each run of `sous`, where the system can fork."""
    if not hasattr(os, "fork"):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="z", dir="/tmp"))  # a socket's path must be short
    found = Zygote(folder)
    yield found
    found.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sous_script(zygote: Zygote | None) -> Path:
    """A program `sous` for mise, make and shells to start: a fork, where a start of Python takes a second."""
    return zygote.script if zygote else Path(sys.executable).with_name("sous")


@pytest.fixture
def run(zygote: Zygote | None) -> Run:
    """Run a program to its end: `run("sous", "bundle", cwd=...)` -> code, stdout, stderr."""

    def run_program(*argv: str | Path, cwd: Path, input: str | bytes = b"", env: dict[str, str] | None = None) -> Done:  # noqa: A002
        data = input.encode() if isinstance(input, str) else input
        if argv[0] == "sous" and zygote and zygote.can_run({**os.environ, **(env or {})}):
            code, out, err = zygote.run([*map(str, argv[1:])], cwd=cwd, data=data, env={**os.environ, **(env or {})})
            return Done(code, out.decode(errors="replace"), err.decode(errors="replace"))
        command = [*(SOUS if argv[0] == "sous" else [str(argv[0])]), *map(str, argv[1:])]
        done = subprocess.run(
            command,
            cwd=cwd,
            input=data,
            env={**os.environ, **(env or {})},
            capture_output=True,
            check=False,
            timeout=100,
        )
        told = _BUSY.sub("", done.stderr.decode(errors="replace"))
        return Done(done.returncode, done.stdout.decode(errors="replace"), told)

    return run_program


@pytest.fixture(scope="session")
def first_repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `repo` is a copy of."""
    folder = tmp_path_factory.mktemp("first") / "repo"
    write_tree(
        folder,
        {
            "src/app.py": "def add(a, b):\n    return a - b\n",
            "README.md": "# Demo\n",
            ".gitignore": "*.log\n",
        },
    )
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "start")
    return folder


@pytest.fixture
def repo(tmp_path: Path, first_repo: Path) -> Path:
    """A small repository with one commit."""
    return copied(first_repo, tmp_path / "repo")


@pytest.fixture
def fake_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Put a program on PATH, written in Python: a real process with a made-up inside."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def make(name: str, code: str) -> Path:
        path = folder / name
        path.write_text(f"#!{sys.executable}\nimport os, sys\n{code}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


@pytest.fixture(scope="session")
def empty_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of llm with its tables and nothing in them: llm takes longer to make them than for most tests."""
    import sqlite_utils
    from llm.migrations import migrate

    path = tmp_path_factory.mktemp("log") / "logs.db"
    database = sqlite_utils.Database(path)
    migrate(database)
    database.close()
    return path


@pytest.fixture
def model(home: Path, empty_log: Path) -> Iterator[FakeModel]:
    """A model server on loopback, known to llm: the model's name says how it behaves (see fake_model.py)."""
    with FakeModel() as server:
        names = (*FakeModel.CHAT, *FakeModel.RESPONSES)
        entries: list[dict[str, Any]] = [
            {
                "model_id": name,
                "model_name": name,
                "api_base": server.url,
                **({"responses": True} if name in FakeModel.RESPONSES else {}),
            }
            for name in names
        ]
        folder = home / "llm"
        folder.mkdir(exist_ok=True)
        shutil.copyfile(empty_log, folder / "logs.db")
        (folder / "extra-openai-models.yaml").write_text(json.dumps(entries))
        yield server


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeForge]:
    """A GitHub on loopback."""
    with FakeForge() as server:
        monkeypatch.setenv("GITHUB_API_URL", server.base)
        monkeypatch.setenv("GITHUB_TOKEN", server.token)
        yield server


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Return the path of a real program; where it is missing the test is skipped, in CI it fails."""

    def find(name: str) -> str:
        tools = CHECKOUT / ".tools"
        beside = [tools / "peers" / "bin", tools / "runners" / "bin"]
        folders = [tools / "node_modules" / ".bin", Path(sys.executable).parent, *beside]
        path = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ["PATH"]]))
        return path or missing(name)

    return find


@pytest.fixture
def display(needs: Callable[[str], str]) -> Iterator[str]:
    """A real X display without a screen."""
    read, write = os.pipe()
    with subprocess.Popen(
        [needs("Xvfb"), "-displayfd", str(write), "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL
    ) as server:
        os.close(write)
        with os.fdopen(read) as stream:
            number = stream.readline().strip()
        yield f":{number}"
        server.terminate()
