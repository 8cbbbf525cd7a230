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
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(FOLDER))
        found = Zygote(folder)
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

    def ask(provider: str, behaviour: str, **more: str) -> Done:
        found.behaviour = behaviour
        found.requests.clear()
        argv = ["code-review", "-m", MODELS[provider]]
        code, out, err = plugins.run(argv, cwd=repo, data=b"", env={**os.environ, **env, **more})
        return Done(code, out.decode(), err.decode())

    return Scene(found, ask)


@pytest.mark.parametrize("provider", WIRES)
def test_a_whole_answer_is_a_report_with_what_the_provider_counted(provider: str, scene: Scene, repo: Path) -> None:
    done = scene.ask(provider, "whole")
    assert done.code == 0, done.err
    assert "**Acceptance:** `add(2, 2) == 4`" in (repo / "code-review.md").read_text()
    cached = " (640 cached, 64%)" if provider in ("anthropic", "gemini", "openrouter") else ""
    assert f"s, 1,000 tokens in{cached}, 50 out (provider's count), " in done.err
    assert "  1: def add(a, b):" in str(scene.server.requests[-1]).replace("\\n1: ", "  1: ")


@pytest.mark.parametrize("provider", WIRES)
def test_an_answer_cut_off_at_the_limit_is_no_report(provider: str, scene: Scene, repo: Path) -> None:
    done = scene.ask(provider, "cut")
    assert done.code == 3, done.err
    assert "it was cut off at the output limit" in done.err
    assert not (repo / "code-review.md").exists()
    assert (repo / "code-review.md.partial").read_text().startswith("## Adding gives the difference\n")


@pytest.mark.parametrize("provider", WIRES)
def test_a_stream_that_ends_before_its_answer_is_no_report(provider: str, scene: Scene, repo: Path) -> None:
    done = scene.ask(provider, "early")
    assert done.code == 3, done.err
    assert (
        "the provider did not say why the answer ended" in done.err
        or "the stream ended before the answer did" in done.err
    )
    assert not (repo / "code-review.md").exists()
    assert (repo / "code-review.md.partial").exists()


@pytest.mark.parametrize("provider", WIRES)
def test_a_connection_that_breaks_off_is_told(provider: str, scene: Scene, repo: Path) -> None:
    done = scene.ask(provider, "drop")
    assert done.code == 1, done.err
    assert "The answer is saved in code-review.md.partial" in done.err
    assert not (repo / "code-review.md").exists()


@pytest.mark.parametrize("provider", WIRES)
def test_a_refused_key_is_told_with_the_words_of_the_provider(provider: str, scene: Scene) -> None:
    done = scene.ask(provider, "401")
    assert done.code == 1, done.err
    assert "refused the key" in done.err or (provider == "gemini" and "turned the request down (400: " in done.err)
    assert len(scene.server.requests) == 1


@pytest.mark.parametrize("provider", WIRES)
def test_a_limited_rate_is_waited_for(provider: str, scene: Scene) -> None:
    done = scene.ask(provider, "429", SOUS_RETRIES="1")
    assert done.code == 1, done.err
    assert f"{MODELS[provider].rpartition('/')[2]}" in done.err or provider in done.err
    assert "is limiting the rate (429: " in done.err
    asked = 2 * (3 if provider == "anthropic" else 1)  # its client tries again by itself, and cannot be told
    assert len(scene.server.requests) == asked


def test_hosts_that_nobody_can_change_are_asked_by_tls(scene: Scene) -> None:
    scene.server.hosts.clear()
    for provider in ("gemini", "mistral", "openrouter"):
        assert scene.ask(provider, "whole").code == 0
    hosts = {host.removesuffix(":443") for host in scene.server.hosts}
    assert hosts == {"generativelanguage.googleapis.com", "api.mistral.ai", "openrouter.ai"}
