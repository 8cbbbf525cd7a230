"""A claim is won by one, renewed by its owner alone, and what others wrote in it is data."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from scene import git
from sous.git_wire import OwnRepository, RefUpdate
from sous.team.claims import CLAIMS, Claim, Claims, read, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "-q", "--bare")
    return folder


@pytest.fixture
def clone(tmp_path: Path, repo: Path, remote: Path) -> Callable[[str], Claims]:
    """What gives each name a repository of its own, on the same remote."""
    return lambda name: Claims(OwnRepository.open(tmp_path / name, repo, str(remote)))


def test_of_eight_who_claim_at_once_one_wins(clone: Callable[[str], Claims]) -> None:
    clones = [clone(f"c{at}") for at in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for step in ("aaaa", "bbbb", "cccc"):
            # the same person in the same second: the claims differ by their random line alone
            got = list(pool.map(partial(Claims.take, claim=Claim(step, "same")), clones))
            won = [claim for claim in got if claim]
            assert len(won) == 1
            assert clones[0].fetch()[step].commit == won[0].commit


def test_a_claim_is_renewed_by_its_owner_and_taken_over_once(clone: Callable[[str], Claims]) -> None:
    owner, second, third = clone("a"), clone("b"), clone("c")
    mine = owner.take(Claim("k7f3", "a", person="Ann", files=("src/x.py",)))
    assert mine is not None
    renewed = owner.renew(mine)
    assert renewed is not None
    assert owner.renew(mine) == renewed, "the answer to the renewal may have been lost"
    elsewhere = clone("a2")
    elsewhere.fetch()
    assert elsewhere.renew(mine) is None, "a claim that was renewed elsewhere is not ours any more"
    seen = second.fetch()["k7f3"]
    assert seen == replace(renewed)
    third.fetch()
    taken = second.take(Claim("k7f3", "b"), over=seen.commit)
    assert taken is not None
    assert third.take(Claim("k7f3", "c"), over=seen.commit) is None
    assert owner.renew(renewed) is None
    assert not owner.release(renewed)
    assert second.release(taken)
    assert third.fetch() == {}


def test_a_claim_that_a_mirror_deleted_is_made_again(clone: Callable[[str], Claims], remote: Path) -> None:
    owner = clone("a")
    mine = owner.take(Claim("k7f3", "a"))
    assert mine is not None
    git(remote, "update-ref", "-d", f"{CLAIMS}/k7f3")
    assert owner.renew(mine) is None
    assert owner.last_seen == {}
    restored = owner.restore(mine)
    assert restored is not None
    assert clone("b").fetch()["k7f3"].commit == restored.commit
    git(remote, "update-ref", "-d", f"{CLAIMS}/k7f3")
    assert owner.release(restored), "nobody holds it"


def test_a_claim_whose_answer_was_lost_is_known_as_ours(
    clone: Callable[[str], Claims], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = clone("a")
    push = owner.repository.push

    def lost(moves: list[RefUpdate]) -> bool:
        push(moves)
        return False

    monkeypatch.setattr(owner.repository, "push", lost)
    mine = owner.take(Claim("k7f3", "a"))
    assert mine is not None
    assert clone("b").fetch()["k7f3"].commit == mine.commit


def test_what_others_wrote_is_cut_and_cleaned(clone: Callable[[str], Claims]) -> None:
    hostile = "worker: \x1b[2J\x9bred\nperson: a\x00b\nworker: second\nid: ../../x\ncommit: 00\nfile: " + "x" * 10_000
    claim = read("k7f3", "c0ffee", hostile)
    assert (claim.id, claim.commit, claim.person) == ("k7f3", "c0ffee", "a\\x00b")
    assert "\x1b" not in claim.worker
    assert len(claim.files[0]) == 200
    one = clone("a")
    commit = one.repository.commit(hostile.replace("\x00", ""))
    odd = one.repository.commit("worker: x")
    assert one.repository.push([RefUpdate(f"{CLAIMS}/k7f3", "", commit), RefUpdate(f"{CLAIMS}/Not-An-Id", "", odd)])
    assert list(one.fetch()) == ["k7f3"]


def test_a_claim_reads_back_as_it_was_written() -> None:
    claim = Claim("k7f3", "a", "Ann: B\nC", "host", "aider", ("a.py", "b c.py"), "c0ffee", "2", "0.12")
    assert read("k7f3", "", written(claim)) == replace(claim, person="Ann: B C")
    assert written(claim) != written(claim)


def test_a_claim_that_is_no_commit_stops_nobody(clone: Callable[[str], Claims], remote: Path, tmp_path: Path) -> None:
    (tmp_path / "blob").write_text("x")
    blob = git(remote, "hash-object", "-w", str(tmp_path / "blob")).strip()
    git(remote, "update-ref", f"{CLAIMS}/zzzz", blob)
    assert clone("a").fetch()["zzzz"] == Claim("zzzz", "", commit=blob)


def test_a_claim_of_fifty_megabytes_hides_no_other(
    clone: Callable[[str], Claims], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sous.git_wire._MOST", 1_000_000)
    one = clone("a")
    assert one.take(Claim("k7f3", "a", person="Ann"))
    large = one.repository.commit("worker: b\n" + "x" * 1_100_000)
    assert one.repository.push([RefUpdate(f"{CLAIMS}/zzzz", "", large)])
    seen = clone("b").fetch()
    assert (seen["k7f3"].person, seen["zzzz"].worker) == ("Ann", "")


def test_where_nothing_is_deleted_a_commit_ends_a_claim(clone: Callable[[str], Claims], remote: Path) -> None:
    git(remote, "config", "receive.denyDeletes", "true")
    git(remote, "config", "receive.denyNonFastForwards", "true")
    below = "refs/heads/sous-claims"
    one, two, three = (Claims(clone(name).repository, below, deletes=False) for name in "abc")
    mine = one.take(Claim("k7f3", "a"))
    assert mine is not None
    renewed = one.renew(mine)
    assert renewed is not None
    taken = two.take(Claim("k7f3", "b"), over=two.fetch()["k7f3"].commit)
    assert taken is not None
    assert one.renew(renewed) is None
    assert two.release(taken)
    assert three.fetch() == two.fetch() == one.fetch() == {}
    again = three.take(Claim("k7f3", "c"))
    assert again is not None
    assert one.take(Claim("k7f3", "a")) is None, "it saw the end of the claim before"
    assert one.fetch()["k7f3"].worker == "c"
    assert three.release(again)
    assert two.fetch() == {}
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == [f"{below}/k7f3"]
