"""Plugins of llm in their real versions, against loopback servers that speak what their providers speak."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fake_model import REPLY
from fake_providers import WIRES, FakeProviders
from scene import CHECKOUT, Done, missing
from zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = CHECKOUT / ".tools" / "plugins"
MODELS = {
    "anthropic": "claude-sonnet-4.5",
    "gemini": "gemini-2.5-flash",
    "ollama": "ollama/tiny",
    "mistral": "mistral/mistral-small-latest",
    "openrouter": "openrouter/some/tiny",
    "bedrock": "us.amazon.nova-micro-v1:0",
}
OLD = "# Mine, committed\n"


@dataclass(frozen=True)
class Scene:
    """A server that plays the providers, and `sous code-review` with the plugins that ask it."""

    server: FakeProviders
    ask: Callable[..., Done]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeProviders, Path]]:
    """The server and its certificate, for hosts that are asked for by TLS."""
    openssl = shutil.which("openssl") or missing("openssl")
    certificate, key = (tmp_path_factory.mktemp("tls") / name for name in ("certificate.pem", "key.pem"))
    key = certificate.with_name("key.pem")
    hosts = ("generativelanguage.googleapis.com", "openrouter.ai", "api.mistral.ai")
    names = ",".join(f"DNS:{host}" for host in hosts)
    argv = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext"]
    argv += [f"subjectAltName={names}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *argv], check=True, capture_output=True)
    with FakeProviders(certificate, key) as found:
        yield found, certificate


@pytest.fixture(scope="module")
def plugins() -> Iterator[Zygote]:
    """A process that has the plugins, and forks for each run."""
    if not (FOLDER / "llm_bedrock.py").exists():
        missing("the plugins of llm")
    folder = Path(tempfile.mkdtemp(prefix="z", dir="/tmp"))
    found = Zygote(folder, {"PYTHONPATH": str(FOLDER)})
    yield found
    found.close()
    shutil.rmtree(folder)


@pytest.fixture
def scene(server: tuple[FakeProviders, Path], plugins: Zygote, repo: Path) -> Scene:
    """Let each plugin ask the server: by its variable, else through a proxy that shows the server's certificate."""
    found, certificate = server
    env = {
        "PYTHONPATH": str(FOLDER),
        "ANTHROPIC_BASE_URL": found.url,
        "ANTHROPIC_API_KEY": "k",
        "OLLAMA_HOST": found.url,
        "LLM_GEMINI_KEY": "k",
        "LLM_MISTRAL_KEY": "k",
        "OPENROUTER_KEY": "k",
        "AWS_ENDPOINT_URL": found.url,
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_MAX_ATTEMPTS": "1",
        "HTTPS_PROXY": found.url,
        "https_proxy": found.url,
        "SSL_CERT_FILE": str(certificate),
    }

    def ask(provider: str, behaviour: str) -> Done:
        found.behaviour = behaviour
        argv = ["code-review", "-m", MODELS[provider]]
        code, out, err = plugins.run(argv, cwd=repo, data=b"", env={**os.environ, **env})
        return Done(code, out.decode(), err.decode())

    return Scene(found, ask)


@pytest.mark.parametrize("how", ["whole", "cut", "early", "drop", "401", "429"])
@pytest.mark.parametrize("provider", WIRES)
def test_look(provider: str, how: str, scene: Scene, repo: Path) -> None:
    done = scene.ask(provider, how)
    print("@@", provider, how, done.code, "|", done.err.replace("\n", " / ")[-420:])
