"""Several of us post at once, in any order of their requests, stopped between any two: the set ends right."""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_forge import FakeForge, Seen
from scene import examples
from sous.forge.bitbucket import Bitbucket
from sous.forge.body import content_mark, kept_instead, mark_in, marked_body
from sous.forge.drafts import Wanted
from sous.forge.forge import Draft, Forge
from sous.forge.gitea import Gitea
from sous.forge.github import GitHub
from sous.forge.gitlab import GitLab
from sous.forge.journal import Journal
from sous.forge.post import Poster
from sous.forge.remote import Repository
from sous.forge.wire import Patient, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: dict[str, type[Forge]] = {
    "github": GitHub, "gitlab": GitLab, "gitea": Gitea, "bitbucket": Bitbucket,
}  # fmt: skip
SCHEDULES = examples(12)  # for each kind, with and without a lag; 250 were run
HERE = Repository("forge.example", "o/r")


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sous.forge.post.time", SimpleNamespace(sleep=lambda _seconds: None, time=time.time))


class Killed(BaseException):
    pass


class Memory(Journal):
    """The journal of a machine of its own."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def _note(self, identity: str, entry: dict[str, object]) -> None:
        self.kept[identity] = entry

    def forget(self, identity: str) -> None:
        self.kept.pop(identity, None)

    def number(self, identity: str) -> int | None:
        return self.kept.get(identity, {}).get("number")

    def is_fresh(self, identity: str) -> bool:
        return identity in self.kept


def wanted(count: int) -> list[Wanted]:
    made = []
    for number in range(count):
        identity, title, text = f"{number:064x}", f"Finding {number}", f"Text {number}."
        body = marked_body(identity, title, content=text, text=text)
        item = cast("Any", SimpleNamespace(number=number + 1))
        made.append(Wanted(item, identity, Draft(title, body), content_mark(title, text)))
    return made


@dataclass
class Table:
    """Lets one of several threads send one request at a time, as a random order says, and ends some of them there."""

    forge: FakeForge
    random: random.Random
    kills: int
    waiting: set[int] = field(default_factory=set)
    running: set[int] = field(default_factory=set)
    turn: int | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def send(self, number: int, seen: Seen) -> tuple[int, Any, dict[str, str]]:
        with self.changed:
            self.waiting.add(number)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.turn == number)
            self.turn = None
            self.waiting.discard(number)
            dies = self.kills > 0 and self.random.random() < 0.15
            self.kills -= dies
            if dies and self.random.random() < 0.5:
                raise Killed
            answer = self.forge.answer(seen)
            self.forge.seen.append(seen)
            if dies:
                raise Killed
            return answer

    def end(self, number: int) -> None:
        with self.changed:
            self.running.discard(number)
            self.changed.notify_all()

    def deal(self) -> None:
        with self.changed:
            while self.changed.wait_for(lambda: self.turn is None and self.waiting == self.running, 20):
                if not self.running:
                    return
                self.turn = self.random.choice(sorted(self.waiting))
                self.changed.notify_all()
            raise AssertionError("a poster hangs")


@dataclass
class Wire:
    name = "table"
    table: Table
    number: int
    token: str

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        address = urlsplit(f"/{path}")
        headers = {"authorization": self.token}
        seen = Seen(method, address.path, parse_qs(address.query), body and dict(body), headers, "")
        status, data, more = self.table.send(self.number, seen)
        return Reply(status, {key.lower(): value for key, value in more.items()}, data)


def post(table: Table, number: int, token: str, journal: Memory, count: int) -> list[Exception]:
    """Post as one machine does, again after it was killed."""
    failed: list[Exception] = []
    try:
        while True:
            try:
                kind = KINDS[table.forge.kind](HERE, Patient(Wire(table, number, token), quiet=True), "https://f")
                # Until Python 3.12 one thread in a cached property keeps all others out of it.
                everybody = {"me", *table.forge.accounts.values()}
                form = "{{{}}}" if table.forge.kind == "bitbucket" else "{}"  # a UUID
                me = form.format(table.forge.accounts.get(token, "me"))
                vars(kind).update(me=me, _members=set(map(form.format, everybody)))
                poster = Poster(kind, quiet=True)
                poster._journal = journal
                list(poster.carry_out(poster.plan(wanted(count), limit=None), new_labels=()))
            except Killed:
                continue
            except Exception as exc:  # noqa: BLE001  # told by the test
                failed.append(exc)
            return failed
    finally:
        table.end(number)


def run(forge: FakeForge, seed: int, posters: int, *, kills: int, accounts: bool = False) -> None:
    table = Table(forge, random.Random(seed), kills, running=set(range(posters)))  # noqa: S311  # to be the same again
    failed: list[Exception] = []

    def go(number: int) -> None:
        token = f"token-{number}" if accounts else forge.token
        failed.extend(post(table, number, token, Memory(), 3))

    if accounts:
        forge.accounts = {f"token-{number}": f"person{number}" for number in range(posters)}
    threads = [threading.Thread(target=go, args=(number,), daemon=True) for number in range(posters)]
    for thread in threads:
        thread.start()
    table.deal()
    for thread in threads:
        thread.join(10)
    assert not failed


def check(forge: FakeForge) -> None:
    by_finding: dict[str, list[dict[str, Any]]] = {}
    for issue in forge.issues:
        mark = mark_in(issue["body"])
        assert mark is not None
        by_finding.setdefault(mark.identity, []).append(issue)
    assert len(by_finding) == 3
    for issues in by_finding.values():
        assert [one["state"] == "open" for one in issues] == [True, *[False] * (len(issues) - 1)]
        for one in issues[1:]:
            assert leads_to(forge, one) == issues[0]["number"]
            assert re.match(r"Duplicate of #\d+: ", one["body"])


def leads_to(forge: FakeForge, issue: dict[str, Any]) -> int:
    kept = kept_instead(issue["body"])
    assert kept is None or kept < issue["number"]
    return issue["number"] if kept is None else leads_to(forge, forge.issues[kept - 1])


@pytest.mark.parametrize("accounts", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_any_order_ends_in_one_of_each(kind: str, accounts: bool) -> None:
    doubles = 0
    for seed in range(SCHEDULES):
        forge = FakeForge(kind)
        run(forge, seed, 2 + seed % 3, kills=seed % 4, accounts=accounts)
        check(forge)
        doubles += len(forge.issues) - 3
    assert doubles, "no schedule made any"


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_that_lags_is_made_good_by_the_next_run(kind: str) -> None:
    for seed in range(SCHEDULES):
        forge = FakeForge(kind, lag=1 + seed % 7)
        run(forge, seed, 2 + seed % 3, kills=seed % 4)
        forge.lag = 0
        run(forge, seed, 1, kills=0)
        check(forge)


def test_without_kills_a_lag_alone_does_no_harm() -> None:
    for seed in range(SCHEDULES):
        forge = FakeForge(lag=1 + seed % 30)
        run(forge, seed, 2 + seed % 3, kills=0)
        check(forge)
