"""One pull request for the branch of a plan: opened once, its list renewed, people's words kept."""

from __future__ import annotations

from typing import Any

import pytest

from forge_wire import forge
from sous.errors import SousError
from sous.forge.bitbucket import Bitbucket
from sous.forge.checklist import BEGIN, END, checklist, put_up, renewed
from sous.forge.gitea import Gitea
from sous.forge.github import GitHub
from sous.forge.gitlab import GitLab
from sous.forge.wire import Reply
from sous.plan.shape import Planned
from sous.plan.steps import Step
from sous.team.records import StepRecord
from sous.team.shared import TeamStep

HEAD, BASE = "sous/plan", "main"


def step(number: int, title: str, by: str = "") -> TeamStep:
    planned = Planned(Step(str(number), title, "do", done=False, line=number))
    return TeamStep(f"id{number:02}", planned, StepRecord(f"id{number:02}", by=by) if by else None, None)


STEPS = [step(1, "Add", "Ann"), step(2, "Use it")]


def shown(kind: str, body: str, *, fork: bool = False, head: str = HEAD) -> dict[str, Any]:
    """Return a pull request as a forge shows it."""
    theirs = "mallory/r" if fork else "o/r"
    return {
        "github": {
            "number": 7, "html_url": "https://f/7", "title": "T", "body": body,
            "head": {"ref": head, "repo": {"full_name": theirs}}, "base": {"ref": BASE, "repo": {"full_name": "o/r"}},
        },
        "gitlab": {
            "iid": 7, "web_url": "https://f/7", "title": "T", "description": body, "source_branch": head,
            "target_branch": BASE, "source_project_id": 2 if fork else 1, "target_project_id": 1,
        },
        "bitbucket": {
            "id": 7, "links": {"html": {"href": "https://f/7"}}, "title": "T", "description": body,
            "source": {"branch": {"name": head}, "repository": {"full_name": theirs}},
            "destination": {"branch": {"name": BASE}, "repository": {"full_name": "o/r"}},
        },
    }["github" if kind == "gitea" else kind]  # fmt: skip


FORGES: dict[str, Any] = {"github": GitHub, "gitea": Gitea, "gitlab": GitLab, "bitbucket": Bitbucket}


def listed(kind: str, *pulls: dict[str, Any]) -> Reply:
    return Reply(200, {}, {"values": [*pulls]} if kind == "bitbucket" else [*pulls])


@pytest.mark.parametrize("kind", FORGES)
def test_it_is_opened_where_there_is_none(kind: str) -> None:
    others = (shown(kind, "x", fork=True), shown(kind, "x", head="other"))
    there, wire = forge(FORGES[kind], listed(kind, *others), Reply(201, {}, shown(kind, "")))
    pull, how = put_up(there, HEAD, BASE, plan="plan.md", steps=STEPS)
    assert (pull.number, pull.url, how) == (7, "https://f/7", "opened")
    method, path, fields = wire.asked[-1]
    names = {"gitlab": "merge_requests", "bitbucket": "pullrequests"}
    assert (method, path.rpartition("/")[2]) == ("POST", names.get(kind, "pulls"))
    text = fields.get("body") or fields["description"]
    assert "- [x] Step 1: Add — Ann\n- [ ] Step 2: Use it\n" in text
    assert "1 of 2 are done" in text
    assert HEAD in str(fields)
    assert fields["title"] == "plan.md: 2 steps"


@pytest.mark.parametrize("kind", FORGES)
def test_it_is_renewed_where_it_is(kind: str) -> None:
    old = f"Please look.\n\n{BEGIN}\nold\n{END}\n\nThanks."
    there, wire = forge(FORGES[kind], listed(kind, shown(kind, old)), Reply(200, {}, shown(kind, "")))
    _, how = put_up(there, HEAD, BASE, plan="plan.md", steps=STEPS)
    method, path, fields = wire.asked[-1]
    text = fields.get("body") or fields["description"]
    assert (how, method, path.rpartition("/")[2]) == ("renewed", there._update, "7")
    assert text.startswith(f"Please look.\n\n{BEGIN}\nSteps of plan.md")
    assert text.endswith(f"{END}\n\nThanks.")
    again, wire = forge(FORGES[kind], listed(kind, shown(kind, text)))
    assert put_up(again, HEAD, BASE, plan="plan.md", steps=STEPS)[1] == "unchanged"
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", f"{BEGIN}…{END}"),
        ("words", f"words\n\n{BEGIN}…{END}"),
        (f"a {BEGIN} cut", f"a {BEGIN}…{END}"),
        (f"{BEGIN}{END} b", f"{BEGIN}…{END} b"),
    ],
)
def test_a_text_gets_one_list(body: str, expected: str) -> None:
    before, after = expected.split("…")
    found = renewed(body, "plan.md", STEPS, most=10_000)
    assert found.startswith(before)
    assert found.endswith(after)
    assert (found.count(BEGIN), found.count(END)) == (1, 1)
    assert renewed(found, "plan.md", STEPS, most=10_000) == found


@pytest.mark.parametrize("title", [f"{END} {BEGIN}", "@everyone fixes #1", "![x](https://evil/x.png) <img src=x>"])
def test_a_title_is_text_alone(title: str) -> None:
    text = checklist("plan.md", [step(1, title)], most=10_000)
    assert (text.count(BEGIN), text.count(END), text.count(title)) == (1, 1, 0)


def test_a_long_list_is_cut() -> None:
    text = checklist("plan.md", [step(number, "word " * 20) for number in range(1, 500)], most=5_000)
    assert len(text) <= 5_000
    assert " more\n" in text
    assert text.endswith(END)
    assert checklist("plan.md", [], most=5_000).endswith(END)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(422, {}, {"message": "No commits between"}), "422 to the pull request .*: No commits between"),
        (Reply(401, {}, {}), "rejects the token"),
    ],
)
def test_what_a_forge_refuses_is_one_line(reply: Reply, why: str) -> None:
    there, _ = forge(GitHub, listed("github"), reply)
    with pytest.raises(SousError, match=why):
        put_up(there, HEAD, BASE, plan="plan.md", steps=STEPS)


@pytest.mark.parametrize(
    ("data", "expected"), [({"default_branch": "dev"}, "dev"), ({"mainbranch": {"name": "m"}}, "m")]
)
def test_the_default_branch_is_the_forges(data: dict[str, Any], expected: str) -> None:
    assert forge(GitHub, Reply(200, {}, data))[0].default_branch() == expected
    with pytest.raises(SousError, match="--into"):
        forge(GitLab, Reply(200, {}, {}))[0].default_branch()
