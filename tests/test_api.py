"""The library: right results for many callers at once, and nothing of the process used or changed."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scene import CHECKOUT, copied, git, write_tree
from sous import api, git_view, programs
from sous.bundle.recipe import Choices, Recipe
from sous.store import cache_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_model import FakeModel
    from scene import Run

REPORT = """\
## add subtracts

- **Severity:** high
- **Location:** `src/app.py:1-2`

```python
def add(a, b):
    return a - b
```

See also `src/nowhere.py:3`.
"""
PLAN = """\
# Plan

## Step 1: Begin

```text
Write the function, with a test of it first.
```

## Step 2: End

```text
Wire it in, and ship it to all users.
```
"""
HOSTILE = {
    "SOUS_STYLE": "markdown", "SOUS_IGNORE": "*.py", "SOUS_MODEL": "e500", "SOUS_BUDGET": "x",
    "SOUS_LINE_NUMBERS": "perhaps", "SOUS_PACKER": "false", "SOUS_RETRIES": "-1", "LLM_MODEL": "e401",
}  # fmt: skip


@pytest.fixture
def repos(first_repo: Path, tmp_path: Path) -> list[Path]:
    """Eight repositories, each with a function of its own."""
    found = []
    for number in range(8):
        folder = copied(first_repo, tmp_path / f"repo{number}")
        branch = f"def half_of_add{number}(a):\n    if a:\n        return a / 2\n    return 0\n"
        code = f"def add{number}(a, b):\n    return a - b\n\n\n{branch}"
        write_tree(folder, {"src/app.py": code + "#\n" * number})
        git(folder, "commit", "-qam", "own")
        found.append(folder)
    return found


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


def text_of(packed: api.PackedBundle) -> str:
    assert packed.text is not None
    return packed.text


# -- pack, read_bundle


def test_what_is_packed_is_what_the_command_prints(repo: Path, run: Run) -> None:
    assert text_of(api.pack(repo)) == run("sous", "bundle", "-o", "-", cwd=repo).out


def test_a_file_is_written_and_summed_up(repo: Path) -> None:
    packed = api.pack(repo, output=Path("output.txt"))
    assert packed.path == repo / "output.txt"
    assert packed.path.stat().st_size == packed.summary.size
    assert packed.summary.files == 3
    assert packed.summary.tokens > sum(packed.summary.by_path.values()) > 0


def test_a_file_that_is_no_bundle_is_not_replaced(repo: Path) -> None:
    with pytest.raises(api.SousError, match="exists and is not a bundle"):
        api.pack(repo, output=repo / "README.md")
    assert (repo / "README.md").read_text() == "# Demo\n"


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ({"ignore": ["*.md"]}, {"src/app.py", ".gitignore"}),
        ({"include": ["*.md"]}, {"README.md"}),
        ({"paths": ["src"]}, {"app.py"}),
        ({"settings": api.Settings(include=("*.md",)), "include": ["**/*.py"]}, {"README.md", "src/app.py"}),
        ({"settings": api.Settings(style="markdown"), "style": "json"}, {"README.md", "src/app.py", ".gitignore"}),
    ],
    ids=["ignore", "include", "paths", "settings too", "over settings"],
)
def test_choices_are_those_of_the_command(repo: Path, choices: dict[str, Any], wanted: set[str]) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo, **choices)))
    assert set(bundle.files) == wanted


def test_every_field_of_a_recipe_can_be_chosen() -> None:
    fixed = {"targets", "cwd", "patterns", "instruction"}  # made from the others, or from a configuration
    named = {entry.name for entry in fields(Recipe)} - fixed
    assert set(Choices.__annotations__) == named | {"instruction_file"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda repo: api.pack(repo / "no"), "is not a folder"),
        (lambda repo: api.pack(repo, ["no.py"]), "no.py does not exist"),
        (lambda repo: api.pack(repo, ["../.."]), "outside the project|not packed"),
        (lambda repo: api.pack(repo, budget=3, budget_strict=True), "token"),
        (lambda repo: api.read_bundle(repo / "no.txt"), "cannot read"),
        (lambda _: api.read_bundle(" \n"), "nothing came|empty"),
        (lambda repo: api.check("", api.read_bundle(text_of(api.pack(repo)))), "is empty"),
        (lambda _: api.check("x", api.read_bundle("not a bundle")), "no known form"),
        (lambda repo: api.check(repo / "no.md", api.read_bundle(text_of(api.pack(repo)))), "cannot read"),
        (lambda repo: api.items(repo / "no.md"), "cannot read"),
        (lambda repo: api.items(repo / "README.md"), "lists no items"),
        (api.plan, "cannot read"),
        (lambda repo: api.report(api.read_bundle(text_of(api.pack(repo))), "poem"), "no report 'poem'"),
        (
            lambda repo: api.report(api.read_bundle(text_of(api.pack(repo))), "security-review"),
            "static analysis makes no security-review",
        ),
        (lambda _: api.report(api.read_bundle("x"), "readme"), "static analysis needs a bundle"),
        (lambda _: api.report(api.read_bundle("x"), "readme", model="nobody"), "unknown model"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_an_error_of_ours(repo: Path, call: Callable[[Path], object], words: str) -> None:
    with pytest.raises(api.SousError, match=words):
        call(repo)


# -- check, items, plan


def test_claims_are_looked_up(repo: Path) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))
    looked = api.check(REPORT, bundle, root=repo)
    assert looked.checked.counts["unproven"] == 1
    assert looked.checked.counts["verified"] >= 1
    assert "unproven" in looked.checked.marked()


def test_a_report_that_is_packed_proves_nothing_of_itself(repo: Path) -> None:
    (repo / "notes.md").write_text("Look at `handle_everything()`.\n")
    bundle = api.read_bundle(text_of(api.pack(repo)))
    assert api.check(repo / "notes.md", bundle, root=repo).checked.counts["verified"] == 0


@pytest.mark.parametrize("is_file", [True, False])
def test_items_of_a_file_and_of_a_text(tmp_path: Path, *, is_file: bool) -> None:
    text = f"{REPORT}\n{REPORT.replace('## add', '## [x] add')}"
    (tmp_path / "a.md").write_text(text)
    found = api.items(tmp_path / "a.md" if is_file else text)
    assert [item.state for item in found.items] == ["open", "done"]


def test_steps_of_a_plan_and_their_states(tmp_path: Path) -> None:
    (tmp_path / "prompt_plan.md").write_text(PLAN)
    (tmp_path / "todo.md").write_text("- [x] Step 1: Begin\n- [ ] Step 2: End\n")
    progress = api.plan(tmp_path)
    assert [state.value for state in progress.states] == ["done", "open"]
    assert progress.open[0].step.prompt.strip() == "Wire it in, and ship it to all users."


def test_results_cannot_be_changed(repo: Path) -> None:
    packed = api.pack(repo)
    with pytest.raises(FrozenInstanceError):
        packed.text = ""  # type: ignore[misc]


# -- report


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("is_object", [True, False])
def test_a_report_of_a_model(repo: Path, *, is_object: bool) -> None:
    import llm

    model = llm.get_model("ok") if is_object else "ok"
    made = api.report(api.read_bundle(text_of(api.pack(repo))), "code-review", model=model, root=repo)
    assert [(one.title, one.path, one.first) for one in made.findings] == [
        ("Adding gives the difference", "src/app.py", 1)
    ]
    assert made.text.startswith("## Adding gives the difference")
    assert made.checked
    assert made.checked.counts["unproven"] == 0
    assert made.input_tokens > 0


def test_a_second_opinion_stands_behind_each_finding(repo: Path, model: FakeModel) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))
    model.script = lambda _: "1: not real: it is meant\n"
    made = api.report(bundle, "code-review", model="ok", root=repo, verify="scripted")
    assert "**Second opinion (scripted):** not real: it is meant" in made.findings[0].source
    assert [body["model"] for body in model.requests] == ["ok", "scripted"]


@pytest.mark.usefixtures("model")
def test_second_opinions_are_in_the_price(repo: Path) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))
    alone, both = (api.price(bundle, "code-review", verify=one) for one in (None, "ok"))
    assert alone.most == 0
    assert both.most is None, "nobody knows what `ok` costs"


def test_a_report_that_could_not_be_placed_is_not_paid_again(repo: Path, model: FakeModel) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))

    def full(_: api.MadeReport) -> None:
        raise api.SousError("no room")

    with pytest.raises(api.SousError, match="no room"):
        api.report(bundle, "code-review", model="ok", place=full)
    placed: list[api.MadeReport] = []
    made = api.report(bundle, "code-review", model="ok", place=placed.append)
    assert placed == [made]
    assert len(model.requests) == 1


@pytest.mark.usefixtures("model")
def test_what_it_costs_is_in_dollars_where_it_is_known(repo: Path) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))
    priced = api.price(bundle, "code-review", model="ok")
    assert priced.tokens > 0
    assert (priced.expected, priced.most) == (None, None)
    assert api.report(bundle, "code-review", model="ok").cost is None  # nobody knows such a model
    assert api.report(bundle, "code-review").cost == 0  # static analysis


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("name", "settings", "kind"),
    [
        ("empty", api.Settings(retries=0), api.UnusableAnswer),
        ("e401", api.Settings(retries=0), api.SousError),
        ("ok", api.Settings(max_cost=0.01), api.OverBudget),
        ("ok", api.Settings(options={"no_such": 1}), api.UsageProblem),
        ("stall", api.Settings(retries=0, timeout=0.5), api.SousError),
    ],
)
def test_what_no_report_comes_of(repo: Path, name: str, settings: api.Settings, kind: type[Exception]) -> None:
    bundle = api.read_bundle(text_of(api.pack(repo)))
    with pytest.raises(kind):
        api.report(bundle, "code-review", model=name, settings=settings)


@pytest.mark.usefixtures("model")
def test_messages_of_another_thread_are_heard(repo: Path) -> None:
    heard: list[str] = []
    bundle = api.read_bundle(text_of(api.pack(repo)))
    api.report(bundle, "code-review", model="once-500", settings=api.Settings(retries=1), on_message=heard.append)
    assert any("trying again" in line for line in heard)


# -- nothing of the process


@pytest.mark.usefixtures("hostile")
def test_variables_are_not_read(repo: Path) -> None:
    text = text_of(api.pack(repo))
    assert text.startswith("This file holds the files of a repository")
    assert "src/app.py" in api.read_bundle(text).files
    assert api.report(api.read_bundle(text), "code-review", root=repo).model == "sous-static"


def test_settings_of_is_what_reads_them(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUS_STYLE", "markdown")
    assert "## File: src/app.py" in text_of(api.pack(repo, settings=api.settings_of(repo)))


def test_a_configuration_of_the_repository_counts_where_it_is_named(repo: Path) -> None:
    (repo / "repomix.config.json").write_text('{"output": {"style": "json"}}')
    assert not text_of(api.pack(repo)).startswith("{")


@pytest.mark.usefixtures("hostile", "model")
def test_many_threads_at_once(repos: list[Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each from another current folder than its repository, each with its own results and messages."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    before = Path.cwd()

    def work(number: int) -> tuple[str, dict[str, int], int, list[str]]:
        heard: list[str] = []
        repo = repos[number]
        (repo / ".gitignore").write_text(f"[{number}\n")  # a rule that cannot be read, which is said
        bundle = api.read_bundle(text_of(api.pack(repo, on_message=heard.append)))
        named = REPORT.replace("def add(", f"def add{number}(")
        counts = api.check(named, bundle, root=repo).checked.counts
        made = api.report(bundle, "code-review", model="ok", root=repo, on_message=heard.append)
        static = api.report(bundle, "missing-tests", root=repo, on_message=heard.append)
        return static.text, counts, len(made.findings), heard

    os.chdir(elsewhere)
    try:
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(work, range(8)))
    finally:
        os.chdir(before)
    for number, (text, counts, findings, _) in enumerate(results):
        assert f"add{number}" in text
        assert not any(f"add{other}" in text for other in range(8) if other != number)
        assert counts["unproven"] == 1
        assert counts["verified"] == 1
        assert findings == 1
    assert capfd.readouterr() == ("", "")
    assert list(elsewhere.iterdir()) == []


def test_the_process_stays_as_it_was(repos: list[Path]) -> None:
    before = _state()
    for repo in repos:
        bundle = api.read_bundle(text_of(api.pack(repo)))
        api.check(REPORT, bundle, root=repo)
        api.report(bundle, "code-review", root=repo)
    assert _state() == before


def _state() -> object:
    signals = [signal.getsignal(number) for number in (signal.SIGPROF, signal.SIGTERM, signal.SIGINT)]
    return (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), signals, Path.cwd(), dict(os.environ),
            programs._Programs.kept_out)  # fmt: skip


def test_a_worker_keeps_a_few_views_of_many_repositories(first_repo: Path, tmp_path: Path) -> None:
    for number in range(git_view._MOST_VIEWS + 3):
        api.pack(copied(first_repo, tmp_path / f"many{number}"), counting=False, cached=False)
    kept = {view.folder for view in git_view._ours.views.values()}
    assert len(kept) == git_view._MOST_VIEWS
    assert {path for path in git_view._ours.folder.iterdir() if (path / "config").exists()} == kept


ALONE = """
import os, sys
from pathlib import Path
root = Path(sys.argv[1])
gone = root.parent / "gone"; gone.mkdir(); os.chdir(gone); gone.rmdir()
for number in (0, 1, 2):
    os.close(number)
sys.stdin = sys.stdout = sys.stderr = None
from sous import api
bundle = api.read_bundle(api.pack(root).text)
looked = api.check(root / "report.md", bundle, root=root)
made = api.report(bundle, "code-review", root=root)
items = api.items(root / "report.md", root=root)
(root / "result").write_text(f"{sorted(bundle.files)} {looked.checked.counts['unproven']} {len(items.items)} {made.model}")
"""


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be removed there")
@pytest.mark.usefixtures("hostile")
def test_without_a_current_folder_and_streams(repo: Path) -> None:
    (repo / "report.md").write_text(REPORT)
    git(repo, "add", "report.md")
    code = subprocess.run((sys.executable, "-c", ALONE, str(repo)), check=False, cwd=repo.parent).returncode
    assert code == 0
    assert (repo / "result").read_text() == "['.gitignore', 'README.md', 'report.md', 'src/app.py'] 1 1 sous-static"


FORKS = """
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sous import api
repos = [Path(one) for one in sys.argv[1:]]
api.pack(repos[0], cached=False)  # what another thread is importing cannot be imported in a fork
with ThreadPoolExecutor(2) as pool:
    working = [pool.submit(api.pack, repo, cached=False) for repo in repos]
    for repo in repos[:3]:
        child = os.fork()
        if not child:
            signal.alarm(30)
            try:
                os._exit(0 if api.pack(repo, cached=False, counting=False).text else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert all(one.result().text for one in working)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX")
def test_a_fork_beside_working_threads(repos: list[Path]) -> None:
    """A child that was forked while another thread packed is not left waiting for its locks."""
    done = subprocess.run((sys.executable, "-c", FORKS, *map(str, repos)), check=False, timeout=60)
    assert done.returncode == 0


EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", (CHECKOUT / "docs/api.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)


def test_the_examples_of_the_documentation_run(
    repo: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.chdir(repo.parent)
    repo.rename(repo.parent / "demo")
    (repo.parent / "demo/prompt_plan.md").write_text(PLAN)
    (repo.parent / "demo/code-review.md").write_text(REPORT)
    names: dict[str, object] = {}
    for code in EXAMPLES:
        exec(code, names)  # noqa: S102  # our own documentation, from one block to the next
        said = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
        assert capsys.readouterr().out.splitlines() == said
    assert len(EXAMPLES) >= 4


def test_nothing_is_kept_where_no_cache_is_wanted(repo: Path) -> None:
    api.pack(repo, cached=False)
    assert not cache_store().path.exists()


@pytest.mark.parametrize(
    "heavy", ["llm", "splintr", "sous.analyst", "sous.claims", "sous.bundle", "markdown_it", "yaml"]
)
def test_it_is_light_to_import(loaded: set[str], heavy: str) -> None:
    assert heavy not in loaded


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    done = subprocess.run(
        (sys.executable, "-c", "import sous.api, sys; print(*sys.modules)"), capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
