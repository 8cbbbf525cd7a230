from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

FILES = {
    "Makefile": "test: all\n\tpytest\nVAR := x\nfmt lint-all: test\n\techo a: b\n",
    "justfile": "ship port='80:80':\n\techo\nvar := 'x:y'\n",
    "web/package.json": '{"name": "@me/thing", "bin": "x.js"}\n',
    "package.json": '{"scripts": {"build": "tsc"}, "bin": {"tool": "cli.js"}}\n',
    ".mise.toml": '[tasks."LLM:review"]\nrun = "x"\n[tasks]\nlint = "ruff"\n',
    "pyproject.toml": '[project.scripts]\nshort = "app:main"\n\n[tool.poetry.scripts]\n\nlong = "app:main"\n',
    "src/here/x.py": "x = 1\n",
    "app.py": 'PORT = os.environ["SHORT_PORT"]\nadd_argument("--dry-run")\n@option("--cache/--no-cache")\n',
    "scripts/run.sh": "echo\n",
    "tasks/llm.toml": '[tasks."LLM:other"]\nrun = "x"\n',
    "docs/old.md": "GONE_VARIABLE was here\n",
}


def verdicts(text: str) -> dict[str, str]:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None))
    checked = check_report(text, evidence, is_readme=True)
    return {one.reference.text: one.verdict.value for one in checked.judged}


@pytest.mark.parametrize(
    ("said", "name", "verdict"),
    [
        ("```sh\nmake test\n```\n", "make test", "verified"),
        ("```sh\n$ make deploy\n```\n", "make deploy", "unproven"),
        ("Run `make lint-all`.\n", "make lint-all", "verified"),
        ("Run `make lint`.\n", "make lint", "unproven"),
        ("Run `make VAR`.\n", "make VAR", "unproven"),
        ("Run `just ship`.\n", "just ship", "verified"),
        ("Run `just var`.\n", "just var", "unproven"),
        ("Run `thing --warp`.\n", "--warp", "unproven"),
        ("Run `long --warp`.\n", "--warp", "unproven"),
        ("See `src/here/`.\n", "src/here/", "located"),
        ("See `src/gone/`.\n", "src/gone/", "unproven"),
        ("Run `npm run build`.\n", "npm run build", "verified"),
        ("Run `npm run ship`.\n", "npm run ship", "unproven"),
        ("Run `mise run LLM:review`.\n", "mise run LLM:review", "verified"),
        ("Run `mise run LLM:other`.\n", "mise run LLM:other", "verified"),
        ("```sh\npython missing.py\n```\n", "missing.py", "unproven"),
        ("Run `mise run lint`.\n", "mise run lint", "verified"),
        ("Run `mise run fly`.\n", "mise run fly", "unproven"),
        ("```console\n$ ./scripts/run.sh\n```\n", "./scripts/run.sh", "verified"),
        ("```console\n$ ./scripts/walk.sh\n```\n", "./scripts/walk.sh", "unproven"),
        ("```sh\n./scripts/walk.sh ./...\n```\n", "./scripts/walk.sh", "unproven"),
        ("```sh\nshort serve --dry-run --no-cache\n```\n", "--dry-run", "verified"),
        ("```sh\nshort serve --no-cache\n```\n", "--no-cache", "verified"),
        ("```sh\nshort serve --turbo\n```\n", "--turbo", "unproven"),
        ("Set `SHORT_PORT`.\n", "SHORT_PORT", "verified"),
        ("```sh\nexport SHORT_HOST=x\n```\n", "SHORT_HOST", "unproven"),
        ("Set `GONE_VARIABLE`.\n", "GONE_VARIABLE", "unproven"),
    ],
)
def test_what_can_be_run_or_set_is_looked_up(said: str, name: str, verdict: str) -> None:
    assert verdicts(f"# App\n\n{said}")[name] == verdict


def test_what_belongs_to_others_is_no_claim() -> None:
    commands = (
        "pip install --upgrade app\ndocker run --rm x\ngo test ./... ./cmd/...\npython3 -m venv .venv\n# make nothing\n"
    )
    text = f"```sh\n{commands}```\n\n`PATH` and `$HOME`.\n"
    assert "unproven" not in verdicts(text).values()


def test_an_example_that_the_readme_shows_may_be_run_under_any_name() -> None:
    text = "# App\n\n```python\nprint(app)\n```\n\n```console\n$ python hello.py --count=3\n```\n"
    assert verdicts(text) == {}
