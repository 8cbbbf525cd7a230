"""Try an installed wheel: python tests/smoke.py, with the Python of the environment that it is installed in."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, repo = Path(folder, "home"), Path(folder, "repo")
        home.mkdir()
        repo.mkdir()
        (repo / "app.py").write_text("x = 1\n")
        subprocess.run(["git", "init", "-q"], cwd=repo, check=True)
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "LLM_USER_PATH": str(home / "llm")}

        def run(*argv: str) -> str:
            done = subprocess.run([str(BIN / argv[0]), *argv[1:]], cwd=repo, env=env, capture_output=True, check=False)
            if done.returncode != 0:
                sys.exit(f"{' '.join(argv)} failed: {done.stdout.decode()}{done.stderr.decode()}")
            return done.stdout.decode()

        version = run("sous", "--version").split()[1]
        run("python", "-m", "sous", "bundle")
        assert '<file path="app.py">\n1: x = 1\n</file>' in (repo / "output.txt").read_text()
        assert "Everything above this line is the bundle" in run(
            "sous", "code-review", "--dry-run", "-m", "gpt-4o-mini"
        )
        assert "sous.toml: written" in run("sous", "install")
        assert Path(run("sous", "tasks", "--make").strip()).is_file()
        assert "code-review" in run("llm", "sous", "--help")
        assert "sous" in run("llm", "plugins")
    print(f"sous {version} works on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
