"""`sous post`, as a real process, against a forge on loopback."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fake_forge import FakeForge
from listed import TWO
from scene import SOUS, Done, Run, git, in_terminal

if TYPE_CHECKING:
    from pathlib import Path

Post = Callable[..., Done]


@pytest.fixture
def project(repo: Path, tmp_path: Path) -> Path:
    """The repository with a remote that has its commit, and issues.md."""
    bare = tmp_path / "bare.git"
    git(repo, "clone", "-q", "--bare", ".", str(bare))
    git(repo, "remote", "add", "origin", str(bare))
    git(repo, "fetch", "-q", "origin")
    git(repo, "remote", "set-url", "origin", "git@github.com:o/r.git")
    (repo / "issues.md").write_text(TWO)
    return repo


@pytest.fixture
def post(run: Run, project: Path) -> Post:
    def go(*args: str, **more: object) -> Done:
        return run("sous", "post", *args, cwd=project, **more)

    return go


def test_a_plan_is_shown_and_carried_out(forge: FakeForge, post: Post, project: Path) -> None:
    done = post("--yes")

    assert done.code == 0, done.err
    assert done.out.splitlines() == ["https://forge.example/o/r/issues/1", "https://forge.example/o/r/issues/2"]
    assert "issues.md to o/r, by 127.0.0.1" in done.err
    assert "2 to create, 0 to update, 0 to leave" in done.err
    first = forge.issues[0]
    assert first["title"] == "Adding gives the difference"
    assert first["labels"] == ["bug"]
    assert "labels that do not exist are left out: math" in done.err
    commit = git(project, "rev-parse", "HEAD").strip()
    assert f"[`src/app.py:1-2`](https://github.com/o/r/blob/{commit}/src/app.py#L1-L2)" in first["body"]
    assert f"*Found by `sous post issues.md`, at {commit[:12]}; 2 references to the code hold.*" in first["body"]
    assert re.search(r"<!-- sous:finding [0-9a-f]{64} [0-9a-f]{16} [0-9a-f]{16} -->\Z", first["body"])


def test_posting_again_creates_nothing(forge: FakeForge, post: Post) -> None:
    post("--yes")
    before = len(forge.made())
    done = post("--yes")

    assert done.code == 0
    assert len(forge.made()) == before == 2
    assert not forge.changed()
    assert "nothing to post" in done.err
    assert done.err.count("unchanged") == 2


def test_nothing_is_asked_of_nobody(forge: FakeForge, post: Post) -> None:
    done = post()

    assert done.code == 1
    assert not forge.made()
    assert "pass --yes" in done.err
    dry = post("--dry-run")
    assert dry.code == 0
    assert "create   1  Adding gives the difference" in dry.out
    assert not forge.made()


def test_on_a_terminal_it_asks(forge: FakeForge, project: Path) -> None:
    shown = in_terminal([*SOUS, "post"], project, b"n\n")

    assert "Post this (2 to create" in shown
    assert not forge.made()
    in_terminal([*SOUS, "post"], project, b"y\n")
    assert len(forge.made()) == 2


def test_an_unsure_list_is_only_posted_after_a_yes(forge: FakeForge, post: Post, project: Path) -> None:
    (project / "issues.md").write_text("# Notes\n\n## Known issues\n\n- it is slow\n- it leaks\n")
    done = post()
    assert done.code == 1
    assert "issues.md was read as 2 items, but that is unsure" in done.err
    assert "but that is unsure" in in_terminal([*SOUS, "post"], project, b"n\n")
    assert not forge.made()
    assert post("--yes").code == 0
    assert len(forge.made()) == 2


def test_a_new_title_and_moved_lines_update(forge: FakeForge, post: Post, project: Path) -> None:
    post("--yes")
    source = project / "src" / "app.py"
    source.write_text("# moved\n\n" + source.read_text())
    text = TWO.replace("## Adding gives the difference", "## Adding takes away")
    (project / "issues.md").write_text(text)
    done = post("--yes")

    assert len(forge.made()) == 2
    assert len(forge.changed()) == 2, done.err
    assert forge.issues[0]["title"] == "Adding takes away"
    assert "`src/app.py:3-4`" in forge.issues[0]["body"]
    assert "its title changed" in done.err
    assert "its text changed" in done.err
    assert "labels" not in forge.changed()[0].body


def test_a_new_commit_alone_is_no_change(forge: FakeForge, post: Post, project: Path) -> None:
    post("--yes")
    git(project, "commit", "--allow-empty", "-qm", "more")
    git(project, "update-ref", "refs/remotes/origin/main", "HEAD")
    post("--yes")

    assert not forge.changed()


@pytest.mark.parametrize(
    ("reason", "told"),
    [("not_planned", "closed as not planned"), ("completed", "closed as completed"), ("", "closed as done")],
)
def test_what_is_closed_stays_closed(forge: FakeForge, post: Post, reason: str, told: str) -> None:
    post("--yes")
    forge.issues[0].update(state="closed", state_reason=reason or None)
    done = post("--yes")

    assert len(forge.made()) == 2
    assert not forge.changed()
    assert f"({told})" in done.err


def test_what_somebody_edited_stays(forge: FakeForge, post: Post, project: Path) -> None:
    post("--yes")
    forge.issues[0]["body"] = forge.issues[0]["body"].replace("is 0", "is 0, says Eve")
    forge.issues[1]["title"] = "Renamed there"
    (project / "issues.md").write_text(TWO.replace("is 0", "is nothing"))
    done = post("--yes")

    assert not forge.changed()
    assert done.err.count("somebody edited it there") == 2


def test_the_mark_of_a_stranger_is_not_believed(forge: FakeForge, post: Post) -> None:
    post("--yes")
    for issue in forge.issues:
        issue.update(user={"login": "stranger", "type": "User"}, author_association="NONE")
    post("--yes")

    assert len(forge.made()) == 4
    for issue in forge.issues[2:]:
        issue.update(user={"login": "colleague", "type": "User"}, author_association="MEMBER")
    post("--yes")
    assert len(forge.made()) == 4


def test_ticked_items_are_left(forge: FakeForge, post: Post, project: Path) -> None:
    (project / "issues.md").write_text(
        TWO.replace("## Adding", "## [x] Adding").replace("## Nothing", "## [-] Nothing")
    )
    done = post("--yes")

    assert not forge.made()
    assert "ticked as done" in done.err
    assert "marked as skipped" in done.err


def test_what_does_not_hold_is_held_back(forge: FakeForge, post: Post, project: Path) -> None:
    text = TWO.replace("`src/app.py:2`", "`src/gone.py:2`").replace(
        "    return a - b\n```\n\n**What is wrong:** `add(2, 2)` is 0 again",
        "    return a * b\n```\n\n**What is wrong:** `add(2, 2)` is 0 again",
    )
    (project / "issues.md").write_text(
        text + "\n## Issue about nothing in the code\n\n- **Severity:** low\n- **Labels:** docs\n"
    )
    done = post("--yes")

    assert [one["title"] for one in forge.issues] == ["Adding gives the difference", "Issue about nothing in the code"]
    assert "--unproven posts it anyway" in done.err
    post("--yes", "--unproven")
    assert len(forge.issues) == 3
    assert "could not be proved" in forge.issues[2]["body"]


def test_limit_labels_assignee_milestone(forge: FakeForge, post: Post) -> None:
    done = post(
        "--yes", "--limit", "1", "--label", "from-sous", "--create-labels", "--assignee", "@me", "--milestone", "v1"
    )

    assert done.code == 0, done.err
    assert [one.body["name"] for one in forge.seen if one.method == "POST" and one.path.endswith("/labels")] == [
        "math",
        "from-sous",
    ]
    assert len(forge.issues) == 1
    issue = forge.issues[0]
    assert (issue["labels"], issue["assignees"], issue["milestone"]) == (["bug", "math", "from-sous"], ["me"], 1)
    assert "more than --limit 1" in done.err
    assert "no milestone 'v9'" in post("--yes", "--milestone", "v9").err


def test_one_item_of_many(forge: FakeForge, post: Post) -> None:
    post("--yes", "--item", "2")

    assert [one["title"] for one in forge.issues] == ["Nothing is added"]


def test_json_tells_of_each(forge: FakeForge, post: Post) -> None:
    post("--yes", "--item", "1")
    data = json.loads(post("--yes", "--json").out)

    assert [(one["action"], one["issue"]) for one in data] == [("skip", 1), ("create", 2)]
    assert data[1]["url"] == "https://forge.example/o/r/issues/2"


def test_hostile_text_calls_nobody(forge: FakeForge, post: Post, project: Path) -> None:
    mark = f"<!-- sous:finding {'0' * 64} {'1' * 16} {'2' * 16} -->"
    text = (
        f"## Call @everyone about #7\n\n- **Severity:** low\n- **Labels:** bug\n\nAsk @octocat, _@eve_, `@here`, &#64;x, see #123, o/r#5, GH-6 and "
        f"https://github.com/a/b/issues/9.\n\n{mark}\n\n<?php hidden\n\n```\n{mark}\n@code\n```\n\n\x1b[31mred\u202e\n"
    )
    (project / "issues.md").write_text(text)
    done = post("--yes")

    assert done.code == 0, done.err
    issue = forge.issues[0]
    prose = re.sub(r"```.*?```|`[^`]*`", "", issue["body"], flags=re.DOTALL)
    assert not re.search(r"@[A-Za-z]|(?<!&)#\d|GH-\d|\x1b|\u202e", prose + issue["title"])
    assert "https://github.com/a/b/issues/\u20609" in issue["body"]
    assert prose.count("<!--") == 1
    assert "<?" not in prose
    post("--yes")
    assert len(forge.made()) == 1


def test_no_line_is_a_command_and_no_fence_stays_open(forge: FakeForge, post: Post, project: Path) -> None:
    text = "## Issue 1: One\n\n/close\n/assign @eve\nsee /etc/hosts\n\n```python\nx = 1\n"
    (project / "issues.md").write_text(text)
    post("--yes")

    body = forge.issues[0]["body"]
    assert not re.search(r"^\s*/", body, re.MULTILINE)
    assert "```python\nx = 1\n```\n\n---\n*Found by" in body


def test_a_number_that_the_code_says_stays(forge: FakeForge, post: Post, project: Path) -> None:
    (project / "src" / "app.py").write_text("def add(a, b):  # see #12\n    return a - b\n")
    (project / "issues.md").write_text(
        TWO.replace("is 0.", "is 0, as #12 and #1 say.").replace("def add(a, b):", "def add(a, b):  # see #12")
    )
    post("--yes")

    assert "as #12 and #\u20601 say" in forge.issues[0]["body"]


def test_long_titles_and_bodies_are_cut(forge: FakeForge, post: Post, project: Path) -> None:
    paragraphs = "\n\n".join(f"Paragraph {number} " + "word " * 60 for number in range(300))
    (project / "issues.md").write_text(
        f"## {'Long title ' * 30}\n\n- **Severity:** low\n- **Labels:** bug\n\n{paragraphs}\n"
    )
    done = post("--yes")

    assert done.code == 0, done.err
    issue = forge.issues[0]
    assert len(issue["title"]) <= 256
    assert issue["title"].endswith("…")
    assert len(issue["body"]) <= 65_536
    assert "*It is cut here; the whole of it is in `issues.md`.*" in issue["body"]
    assert post("--yes").err.count("unchanged") == 1


def test_doubles_are_posted_once(forge: FakeForge, post: Post, project: Path) -> None:
    first = TWO.partition("\n## Nothing")[0]
    (project / "issues.md").write_text(
        f"{first}\n{first}\n## Same title\n\n- **Severity:** low\n- **Labels:** a\n\nx\n\n## Same title\n\n- **Severity:** low\n- **Labels:** a\n\ny\n"
    )
    done = post("--yes")

    assert len(forge.issues) == 2
    assert "the same finding as item 1" in done.err
    assert "the same finding as item 3" in done.err


LIMITS = [
    (403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "1"}),
    (429, {"message": "slow down"}, {"Retry-After": "0"}),
    (403, {"message": "API rate limit exceeded"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
]


@pytest.mark.parametrize("limit", LIMITS)
def test_limits_are_waited_for(forge: FakeForge, post: Post, limit: tuple[int, object, dict[str, str]]) -> None:
    forge.answers = [limit]
    done = post("--yes")

    assert done.code == 0, done.err
    assert len(forge.issues) == 2
    assert "is at its limit" in done.err


REFUSALS = {
    401: "rejects the token (Bad)",
    403: "does not allow “Adding gives the difference” (Bad)",
    404: "knows no o/r that this token may see",
    410: "issues are off in o/r",
    422: "rejects “Adding gives the difference” (Bad)",
    500: "answers 500",
}


@pytest.mark.parametrize("status", REFUSALS)
def test_refusals_are_one_line(forge: FakeForge, post: Post, status: int) -> None:
    forge.answers = [(status, {"message": "Bad"}, {})]
    done = post("--yes", "-q")

    assert done.code == 1
    last = done.err.strip().splitlines()[-1]
    assert REFUSALS[status] in last
    assert "0 of 2 are there; run it again" in done.err
    assert forge.token not in done.err + done.out
    assert post("--yes").code == 0
    assert len(forge.issues) == 2


def test_issues_that_are_off_and_archives(forge: FakeForge, post: Post) -> None:
    forge.repo = {"has_issues": False, "fork": True, "parent": {"full_name": "up/stream"}}
    done = post("--yes")
    assert (done.code, "it is a fork of up/stream" in done.err) == (1, True)
    forge.repo = {"has_issues": True, "archived": True}
    assert "is archived" in post("--yes").err
    assert not forge.made()


def test_offline(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    done = post("--yes")

    assert done.code == 1
    assert done.err.strip().splitlines()[-1].startswith("Error: cannot reach 127.0.0.1:9")


def test_a_wrong_token(forge: FakeForge, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "other")
    done = post("--yes")

    assert done.code == 1
    assert "rejects the token (Bad credentials)" in done.err
    assert "other" not in done.err


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("number", range(8))  # of the requests: seven, and none
def test_killed_between_any_two_requests(forge: FakeForge, post: Post, project: Path, number: int, late: bool) -> None:
    forge.silent_after, forge.late = number, late
    argv = [*SOUS, "post", "--yes", "-q", "--create-labels"]
    with subprocess.Popen(argv, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
        while job.poll() is None and not forge.held.wait(0.05):
            pass
        job.kill()
    forge.silent_after = None
    done = post("--yes", "--create-labels")

    assert done.code == 0, done.err
    assert sorted(one["title"] for one in forge.issues) == ["Adding gives the difference", "Nothing is added"]
    assert post("--yes").err.count("unchanged") == 2


def test_what_a_list_does_not_show_yet_is_waited_for(forge: FakeForge, post: Post) -> None:
    post("--yes")
    for issue in forge.issues:
        issue["gone"] = True
    asked = len([one for one in forge.seen if one.method == "GET" and one.path.endswith("/issues")])
    done = post("--yes")

    assert len([one for one in forge.seen if one.method == "GET" and one.path.endswith("/issues")]) - asked == 4
    assert done.err.count("unchanged") == 2  # asked for by the numbers that they got
    assert len(forge.made()) == 2


def test_what_was_deleted_there_is_posted_again(forge: FakeForge, post: Post) -> None:
    post("--yes")
    forge.issues[0] |= {"gone": True, "deleted": True}
    post("--yes")

    assert [one["title"] for one in forge.issues] == [
        "Adding gives the difference", "Nothing is added", "Adding gives the difference",
    ]  # fmt: skip


def test_two_at_once_make_no_doubles(forge: FakeForge, project: Path, run: Run) -> None:
    run("sous", "bundle", cwd=project)
    argv = [*SOUS, "post", "--yes", "-q"]
    jobs = [subprocess.Popen(argv, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]

    assert [job.communicate(timeout=60) and job.returncode for job in jobs] == [0, 0]
    assert len(forge.issues) == 2


def test_many_issues_are_read_page_by_page(forge: FakeForge, post: Post) -> None:
    for number in range(230):
        forge.add(f"Old {number}")
    post("--yes")
    assert post("--yes").err.count("unchanged") == 2
    assert all(one.host == "" for one in forge.seen)
    assert len(forge.made()) == 2


REMOTES = {
    "https://github.com/o/r.git": None,
    "https://user:secret@github.com/o/r": None,
    "ssh://git@ssh.github.com:443/o/r.git": None,
    "git://github.com/o/r/": None,
    "/somewhere/r.git": "which names no host",
    "https://evil.example/o/r.git": "nothing is configured for evil.example, so no token goes there",
    "git@github-work:o/r.git": "nothing is configured for github-work",
}


@pytest.mark.parametrize("url", REMOTES)
def test_forms_of_remotes(forge: FakeForge, post: Post, project: Path, url: str) -> None:
    git(project, "remote", "set-url", "origin", url)
    done = post("--yes")

    told = REMOTES[url]
    assert done.code == (1 if told else 0), done.err
    assert (told or "2 to create") in done.err
    assert "secret" not in done.err
    assert len(forge.issues) == (0 if told else 2)


def test_no_remote_and_others(forge: FakeForge, post: Post, project: Path) -> None:
    git(project, "remote", "rename", "origin", "upstream")
    assert "there is no remote `origin`, only upstream; say where to post: --repo" in post("--yes").err
    assert post("--yes", "--repo", "o/r").code == 0
    assert len(forge.issues) == 2
    assert "is not a repository" in post("--yes", "--repo", "nothing").err


def test_no_repository_at_all(forge: FakeForge, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "issues.md").write_text("## Issue 1: One\n\nText\n")
    (folder / "a.py").write_text("x = 1\n")
    assert "is not a git repository; say where to post" in run("sous", "post", "--yes", cwd=folder).err
    assert run("sous", "post", "--yes", "--repo", "o/r", cwd=folder).code == 0
    assert forge.issues[0]["title"] == "One"


def test_a_detached_head_and_unpushed_commits(forge: FakeForge, post: Post, project: Path) -> None:
    pushed = git(project, "rev-parse", "HEAD").strip()
    git(project, "checkout", "-q", "--detach")
    source = project / "src" / "app.py"
    source.write_text("# new\n" + source.read_text())
    git(project, "commit", "-qam", "not pushed")
    post("--yes")

    assert f"[`src/app.py:2-3`](https://github.com/o/r/blob/{pushed}/src/app.py#L1-L2)" in forge.issues[0]["body"]


def test_another_repository_has_none_of_our_lines(forge: FakeForge, post: Post, project: Path) -> None:
    git(project, "remote", "set-url", "origin", "git@github.com:somebody/fork.git")
    done = post("--yes", "--repo", "o/r")

    assert done.code == 0, done.err
    assert "places in the code are no links: no remote `origin` here is o/r" in done.err
    assert "/blob/" not in forge.issues[0]["body"]


def test_a_place_inside_longer_code_is_no_link(forge: FakeForge, post: Post, project: Path) -> None:
    (project / "issues.md").write_text(
        TWO.replace("is 0.", "is 0. Run `python src/app.py:1 --now` and read `src/app.py:1`.")
    )
    post("--yes")

    body = forge.issues[0]["body"]
    assert "Run `python src/app.py:1 --now` and read [`src/app.py:1`](https://" in body


def test_redirects_elsewhere_get_no_token(forge: FakeForge, post: Post) -> None:
    with FakeForge(checks_token=False) as other:
        forge.answers = [(307, {}, {"Location": f"{other.base}/repos/o/r/issues"})]
        done = post("--yes")

        assert done.code == 1
        assert "which gets no token from sous" in done.err
        assert not other.seen


def test_a_project_cannot_send_the_token_elsewhere(forge: FakeForge, post: Post, project: Path) -> None:
    with FakeForge(checks_token=False) as other:
        (project / ".mise.toml").write_text(f'[env]\nGITHUB_API_URL = "{other.base}"\n')
        done = post(
            "--yes",
            env={"GITHUB_API_URL": other.base, "GITHUB_TOKEN": "secret-token", "HTTPS_PROXY": "http://127.0.0.1:9"},
        )

        assert not other.seen
        assert "sets GITHUB_API_URL, which an untrusted project may not" in done.err
        assert "secret-token" not in done.err


def test_an_address_without_encryption_gets_no_token(post: Post) -> None:
    done = post("--yes", env={"GITHUB_API_URL": "http://api.example", "GITHUB_TOKEN": "x"})

    assert "without encryption" in done.err


def test_no_way_there(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    done = post("--yes")

    assert done.code == 1
    assert "no way to post to github.com" in done.err


def test_a_dry_run_needs_no_token(post: Post, project: Path) -> None:
    git(project, "remote", "set-url", "origin", "git@git.example:o/r.git")
    done = post("--dry-run", "--limit", "1")

    assert done.code == 0, done.err
    assert "issues.md to git.example/o/r: 1 to create, 0 to update, 1 to leave" in done.out
    assert "create   1  Adding gives the difference" in done.out
    assert "not compared with the issues that exist: nothing is configured for git.example" in done.err
    assert "nothing was posted; `sous items show N issues.md` prints an item" in done.err


def test_no_items(forge: FakeForge, post: Post, project: Path) -> None:
    (project / "issues.md").write_text("Just text.\n")
    done = post("--yes")

    assert done.code == 1
    assert "lists no items; these are understood: headings" in done.err
    assert not forge.seen


@pytest.mark.parametrize("kind", ["gitlab", "gitea", "bitbucket"])
def test_other_forges(kind: str, post: Post, project: Path) -> None:
    with FakeForge(kind) as forge:
        git(project, "remote", "set-url", "origin", f"{forge.base}/o/r.git")
        name = kind.upper()
        env = {f"{name}_HOST": forge.base, f"{name}_TOKEN": forge.token}
        new_labels = () if kind == "bitbucket" else ("--create-labels",)
        done = post("--yes", *new_labels, "--assignee", "@me", "--milestone", "v1", env=env)

        assert done.code == 0, done.err
        assert [one["title"] for one in forge.issues] == ["Adding gives the difference", "Nothing is added"]
        first = forge.made()[0].body
        if kind == "gitlab":
            assert (first["labels"], first["assignee_ids"], first["milestone_id"]) == ("bug,math", [77], 501)
            assert "/o/r/-/blob/" in first["description"]
            assert "#L1-2)" in first["description"]
        elif kind == "bitbucket":
            assert (first["kind"], first["assignee"], first["milestone"]) == ("bug", {"uuid": "{me}"}, {"id": 501})
            assert "/o/r/src/" in first["content"]["raw"]
            assert "#lines-1:2)" in first["content"]["raw"]
        else:
            assert (first["labels"], first["assignees"], first["milestone"]) == ([1, 2], ["me"], 501)
            assert "/o/r/src/commit/" in first["body"]
        assert post("--yes", env=env).err.count("unchanged") == 2
        text = (project / "issues.md").read_text().replace("is 0.", "is nothing.")
        (project / "issues.md").write_text(text)
        assert post("--yes", env=env).code == 0
        assert len(forge.changed()) == 1
        assert len(forge.made()) == 2
        elsewhere = post("--yes", env={f"{name}_HOST": "elsewhere.example", f"{name}_TOKEN": "x"})
        assert elsewhere.code == 1
        assert f"nothing is configured for {forge.host}" in elsewhere.err
