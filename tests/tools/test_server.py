"""`sous mcp` as an agent uses it: a client of the SDK and the real process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from scene import Run


@asynccontextmanager
async def client(folder: Path, *options: str) -> AsyncIterator[ClientSession]:
    """Start `sous mcp` in a folder and greet it."""
    how = StdioServerParameters(
        command=sys.executable, args=["-m", "sous", "mcp", *options], cwd=folder, env={**os.environ}
    )
    async with stdio_client(how) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
        await session.initialize()
        yield session


def test_an_agent_reads_a_project_and_cannot_write(repo: Path) -> None:
    async def use() -> None:
        async with client(repo) as session:
            tools = (await session.list_tools()).tools
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
            assert all(tool.description and "\n " not in tool.description for tool in tools)
            answers = {}

            async def ask(path: str) -> None:
                answers[path] = await session.call_tool("read_files", {"paths": [path]})

            async with anyio.create_task_group() as both:
                both.start_soon(ask, "src/app.py")
                both.start_soon(ask, "README.md")
            assert "return a - b" in str(answers["src/app.py"].structured_content)
            assert "# Demo" in str(answers["README.md"].structured_content)
            for name, arguments, why in (
                ("read_files", {"paths": ["../x"]}, "outside of the project"),
                ("read_files", {"paths": 3}, "valid list"),
                ("next_step", {"path": "a.md"}, "has no argument path; it takes none"),
                ("list_files", {"dir": "src"}, "has no argument dir; it takes folder"),
                ("read_files", {"paths": ["x" * 10_000_000]}, "read_files"),
                ("mark_step", {"number": "1"}, "Unknown tool"),
                ("next_step", {}, "there is no prompt_plan.md"),
            ):
                refused = await session.call_tool(name, arguments)
                assert refused.is_error, name
                assert why in str(refused.content)
                assert "\\n" not in str(refused.content)
                assert len(str(refused.content)) < 2_000, name
            again = await session.call_tool("list_files", {})
            assert not again.is_error
        async with client(repo.parent, "--root", "repo") as session:
            listed = await session.call_tool("list_files", {"folder": "src"})
            assert "'src/app.py'" in str(listed.structured_content)

    anyio.run(use)


def test_what_may_write_is_offered_by_an_option(repo: Path) -> None:
    async def use() -> None:
        async with client(repo, "--allow-write") as session:
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert tools["mark_step"].annotations
            assert tools["mark_step"].annotations.read_only_hint is False
            done = await session.call_tool("write_bundle", {})
            assert not done.is_error
            assert (repo / "output.txt").is_file()

    anyio.run(use)


def test_it_ends_with_its_input_and_prints_only_the_protocol(run: Run, repo: Path) -> None:
    done = run(sys.executable, "-m", "sous", "mcp", cwd=repo, input="no json\n\n{}\n")
    assert done.code == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in done.out.splitlines())


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_its_input_is_open(ending: signal.Signals, repo: Path) -> None:
    greeting = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    command = [sys.executable, "-m", "sous", "mcp"]
    with subprocess.Popen(command, cwd=repo, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(greeting).encode() + b"\n")
        server.stdin.flush()
        assert b'"id":1' in server.stdout.readline()
        server.send_signal(ending)
        assert server.wait(timeout=20) == -ending


@pytest.mark.parametrize("name", ["mcp.server", "mcp"])
def test_without_the_extra_it_says_what_to_install(name: str, run: Run, repo: Path, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sitecustomize.py").write_text(f"import sys\nsys.modules[{name!r}] = None\n")
    done = run(sys.executable, "-m", "sous", "mcp", cwd=repo, env={"PYTHONPATH": str(tmp_path / "lib")})
    assert done.code == 1
    assert "-m pip install mcp" in done.err
