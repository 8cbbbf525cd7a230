"""Interviews that several people answer: each turn a file, each interview a reference of its own.

`refs/sous/hone/NAME` is a commit with `.sous-plan/hone/NAME/idea`, `turns/ID` for each question and
its answer, and `ended` once there is a specification. Who is asked a question has claimed its id
below `refs/sous/asked`. Each change is made again on what is there by then, so none is lost. What
others wrote is data.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sous.errors import SousError, UsageProblem
from sous.git_wire import ABSENT, RefUpdate, RemoteAway
from sous.plan.ids import ID
from sous.proc import ProgramFailed
from sous.state import project_state
from sous.team.claims import Claim, Claims
from sous.team.lease import LEASE, note_away, unchanged_for
from sous.team.member import TOMBSTONE, author_of, open_repository, person_of, worker_of
from sous.team.records import FOLDER, read_texts
from sous.team.wording import LONGEST, in_lines, read_lines
from sous.terminal import clean, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sous.git_wire import OwnRepository
    from sous.team.member import Membership

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_HONE, _TURNS = f"{FOLDER}/hone", "turns"
_SEEN = "refs/seen/hone"
_LARGEST = 500_000  # bytes of an idea, of a turn
_MOST_TURNS = 1_000
_TRIES = 30  # while others answer
_VALUES, _TEXTS = ("by", "worker", "at", "between", "shown"), ("question", "answer")


@dataclass(frozen=True)
class SharedTurn:
    """A question and, once somebody gave one, its answer: by whom, and as which one (`at`).

    `between`: the ids of two turns whose answers contradict, where the question is which holds;
    `shown`: the people who were shown that.
    """

    id: str
    question: str
    answer: str = ""
    by: str = ""
    worker: str = ""
    at: int = 0
    between: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class SharedInterview:
    """An interview as the remote has it; `ended`: who has had the specification written.

    `checked`: which answers were looked through for contradictions.
    """

    name: str
    idea: str = ""
    poke: bool = False
    tip: str = ABSENT
    turns: Mapping[str, SharedTurn] = field(default_factory=dict)
    ended: str = ""
    checked: str = ""

    @property
    def answered(self) -> list[SharedTurn]:
        """The turns with an answer, in the order in which they were given."""
        found = (turn for turn in self.turns.values() if turn.answer)
        return sorted(found, key=lambda turn: (turn.at, turn.id))

    @property
    def open(self) -> list[SharedTurn]:
        """The questions without an answer."""
        found = (turn for turn in self.turns.values() if not turn.answer)
        return sorted(found, key=lambda turn: turn.id)

    def authors_of(self, turn: SharedTurn) -> set[str]:
        """Return the people whose answers contradict."""
        return {self.turns[one].by for one in turn.between if one in self.turns}

    def not_shown(self, turn: SharedTurn) -> set[str]:
        """Return those of them who do not know of it yet."""
        return self.authors_of(turn) - {*turn.shown, turn.by}


def written(turn: SharedTurn) -> bytes:
    """Return the file of a turn. Raises SousError for one that is too long."""
    values = [("by", turn.by), ("worker", turn.worker)] if turn.answer else []
    values += [("at", str(turn.at))] if turn.at else []
    values += [("between", one) for one in turn.between] + [("shown", one) for one in turn.shown]
    texts = [("question", turn.question), ("answer", turn.answer)]
    return _encoded(values, texts)


def _encoded(values: list[tuple[str, str]], texts: list[tuple[str, str]]) -> bytes:
    data = ("\n".join(in_lines(values, texts)) + "\n").encode("utf-8", "replace")
    if len(data) > _LARGEST:
        raise SousError(
            f"{len(data):,} bytes are too long for an answer in a team's interview: put the text "
            "into a file of the repository and name the file"
        )
    return data


def read(turn_id: str, text: str) -> SharedTurn:
    """Return the turn that a text is; anybody may have written it."""
    values, texts = read_lines(text, _VALUES, _TEXTS)
    by, worker, at = (values.get(key, [""])[0] for key in ("by", "worker", "at"))
    number = int(at) if at.isascii() and at.isdigit() and len(at) < len(str(_LARGEST)) else 0
    between = tuple(one for one in values.get("between", []) if ID.fullmatch(one))
    answer = texts.get("answer", "").strip()
    return SharedTurn(
        turn_id,
        texts.get("question", "").strip() or "(the question cannot be read)",
        answer,
        by or (worker or "somebody" if answer else ""),
        worker,
        number,
        between[:2],
        tuple(values.get("shown", [])),
    )


def check_name(name: str) -> str:
    """Return the name of an interview that several answer. Raises UsageProblem."""
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            f"--name {name!r} is not a name for an interview of a team: use small letters, "
            "digits and "
            "dashes"
        )
    return name


def file_of(turn: SharedTurn) -> dict[str, bytes]:
    """Return the file of a turn by its path in the interview."""
    return {f"{_TURNS}/{turn.id}": written(turn)}


def specification_of(name: str) -> str:
    """Return the id that is claimed by who has the specification of an interview written."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def new_turn(question: str, between: Sequence[str] = ()) -> SharedTurn:
    """Return a question that nobody was asked."""
    return SharedTurn(secrets.token_hex(4), question, between=tuple(between))


def has_ended(interview: SharedInterview) -> str:
    """Return what is said of an interview that has ended."""
    return (
        f"the interview {interview.name} has ended: {interview.ended} has had the specification "
        "written, and it comes with their commits"
    )


class Interviews:
    """The interviews of a remote, and who is asked what in them."""

    def __init__(self, root: Path, membership: Membership) -> None:
        self.root = root
        base = membership.below.removesuffix("claims")
        self.below = f"{base}hone"
        self.folder = membership.folder
        self.repository: OwnRepository = open_repository(root, membership.remote)
        deletes = membership.ends != TOMBSTONE
        self.claims = Claims(
            self.repository, f"{base}asked", deletes=deletes, seen="refs/seen/asked"
        )
        self.worker = worker_of(root)
        self.person = person_of(root)
        self._unchanged: dict[str, float] = {}
        self._known: dict[str, str] = {}

    @cached_property
    def _author(self) -> Mapping[str, str]:
        return author_of(self.root)

    def require_author(self) -> None:
        """Raise SousError where git does not know who we are: before anything is typed."""
        author_of(self.root)

    def look(self) -> dict[str, SharedInterview]:
        """Return the interviews by their names, as the remote has them now. Raises RemoteAway."""
        looked = project_state(self.root, "asked.json")
        try:
            claims = self.claims.fetch(f"+{self.below}/*:{_SEEN}/*")
        except RemoteAway:
            note_away(looked)
            raise
        commits = {key: claim.commit for key, claim in claims.items()}
        self._unchanged = unchanged_for(looked, commits)
        tips = self.repository.references(_SEEN)
        found = (self._read(name, tip) for name, tip in tips.items() if _NAME.fullmatch(name))
        return {one.name: one for one in found if one.idea}

    def find(self, name: str) -> SharedInterview:
        """Return an interview as it is now. Raises RemoteAway, and SousError for none."""
        found = self.look()
        if name not in found:
            known = f"; there are {', '.join(found)}" if found else ""
            raise SousError(f"the team has no interview {name!r}{known}")
        return found[name]

    def _read(self, name: str, tip: str) -> SharedInterview:
        below = f"{self.folder}{_HONE}/{name}/"
        blobs: dict[str, tuple[str, int]] = {}
        try:
            raw = self.repository.git("ls-tree", "-rlz", "--full-tree", tip, below)
        except ProgramFailed:  # no commit
            raw = b""
        for entry in raw.decode("utf-8", "replace").split("\0")[:_MOST_TURNS]:
            head, _, path = entry.partition("\t")
            mode, kind, blob, size = head.split() if path else ("", "", "", "")
            if kind == "blob" and mode.startswith("100") and int(size) <= _LARGEST:
                blobs[path.removeprefix(below)] = (blob, int(size))
        read_texts(self.repository, blobs, self._known, most=_LARGEST)
        texts = {path: self._known[blob] for path, (blob, _) in blobs.items()}
        values, idea = read_lines(texts.get("idea", ""), ("kind",), ("text",))
        ids = {path.removeprefix(f"{_TURNS}/"): path for path in texts if path.startswith(_TURNS)}
        return SharedInterview(
            name,
            idea.get("text", "").strip(),
            values.get("kind") == ["spec"],
            tip,
            {key: read(key, texts[path]) for key, path in ids.items() if ID.fullmatch(key)},
            one_line(texts.get("ended", "")[:LONGEST]),
            one_line(texts.get("checked", "")[:LONGEST]),
        )

    def begin(self, name: str, idea: str, *, poke: bool) -> str:
        """Put a new interview on the remote; return its name, another where that is taken.

        Raises RemoteAway, and SousError where the remote refuses.
        """
        values = [("kind", "spec" if poke else "idea"), ("by", self.person)]
        data = _encoded(values, [("text", idea)])
        for _ in range(_TRIES):
            there, taken, number = self.look(), name, 1
            while taken in there:
                one = there[taken]
                if not one.ended and self._holds(one, {"idea": data}):  # an answer was lost
                    return taken
                number += 1
                taken = f"{name}-{number}"
            self._push(SharedInterview(taken), {"idea": data}, (), "the idea")
            if taken not in self.look():
                break
        raise self._refused(name)

    def put(
        self,
        name: str,
        make: Callable[[SharedInterview], Mapping[str, bytes]],
        message: str,
        *ends: Claim,
    ) -> SharedInterview | None:
        """Change files of an interview, made for what it is by then, and end claims with it.

        Returns the interview with it. Where a claim is not ours any more, nothing is changed, and
        None returned; nothing is changed either where `make` returns nothing. Raises RemoteAway,
        and SousError where the remote refuses.
        """
        there = self.find(name)
        for _ in range(_TRIES):
            if any(self._now(one) != one.commit for one in ends):
                return None
            files = make(there)
            if not files:
                return there
            self._push(there, files, ends, message)
            before, there = there, self.find(name)
            if self._holds(there, files):
                return there
            if there.tip == before.tip and all(self._now(one) == one.commit for one in ends):
                break
        raise self._refused(name)

    def answer(self, name: str, turn: SharedTurn, answer: str, *claims: Claim) -> SharedInterview:
        """Put our answer to a question on the remote, and end our claim of it.

        Where somebody else was asked it meanwhile, it is put beside theirs. Raises RemoteAway, and
        SousError where the interview has ended or the remote refuses.
        """

        def given(there: SharedInterview, now: SharedTurn) -> dict[str, bytes]:
            if there.ended:
                raise SousError(has_ended(there))
            at = 1 + max((one.at for one in there.turns.values()), default=0)
            shown = (*now.shown, self.person) if now.between else ()
            fresh = SharedTurn(
                now.id, now.question, answer, self.person, self.worker, at, now.between
            )
            return file_of(replace(fresh, shown=tuple(dict.fromkeys(shown))))

        def instead(there: SharedInterview) -> dict[str, bytes]:
            now = there.turns.get(turn.id, turn)
            is_theirs = now.answer and not now.between and now.worker != self.worker
            return {} if is_theirs or self.is_asked_elsewhere(turn.id) else given(there, now)

        def beside(there: SharedInterview) -> dict[str, bytes]:
            return given(there, new_turn(turn.question, turn.between))

        put = self.put(name, instead, "an answer", *claims) or self.put(name, instead, "an answer")
        now = put.turns.get(turn.id) if put else None
        if now is None or (now.answer, now.worker) != (clean(answer).strip(), self.worker):
            put = self.put(name, beside, "an answer")
        if put is None:  # only where a claim would have been lost
            raise AssertionError
        return put

    def is_given(self, there: SharedInterview, turn: SharedTurn, answer: str) -> bool:
        """Tell whether an answer of ours is there, to its question or beside it."""
        said = (turn.question, clean(answer).strip(), self.person)
        return any((one.question, one.answer, one.by) == said for one in there.answered)

    def _holds(self, interview: SharedInterview, files: Mapping[str, bytes]) -> bool:
        """Tell whether files are in an interview: the answer to a push may have been lost."""
        below = f"{self.folder}{_HONE}/{interview.name}"
        names = {path: f"{interview.tip}:{below}/{path}" for path in files}
        found = self.repository.objects(names.values())
        return all(found.get(name, ("", b""))[1] == files[path] for path, name in names.items())

    def _now(self, claim: Claim) -> str:
        return self.claims.last_seen.get(claim.id, Claim("", "")).commit

    def _push(
        self,
        interview: SharedInterview,
        files: Mapping[str, bytes],
        ends: Sequence[Claim],
        message: str,
    ) -> None:
        below = f"{self.folder}{_HONE}/{interview.name}"
        changed: dict[str, bytes | None] = {f"{below}/{path}": files[path] for path in files}
        tree = self.repository.tree_with(
            interview.tip or self.repository.commit("nothing"), changed
        )
        commit = self.repository.commit(
            f"{interview.name}: {message}\n",
            parents=[interview.tip] if interview.tip else [],
            tree=tree,
            author=self._author,
        )
        move = RefUpdate(f"{self.below}/{interview.name}", interview.tip, commit)
        self.repository.push([move, *(self.claims.end_of(one) for one in ends)])

    def _refused(self, name: str) -> SousError:
        return SousError(
            f"the remote refused the change of the interview {name}: check your access, and try "
            "again"
        )

    def is_asked_elsewhere(self, turn_id: str) -> str:
        """Return who is asked a question, "" where it is nobody, or we; as last looked at."""
        claim = self.claims.last_seen.get(turn_id)
        if claim is None or claim.worker == self.worker or self._unchanged.get(turn_id, 0) >= LEASE:
            return ""
        return claim.person or claim.worker or "somebody"

    def asked_by_name(self, turn_id: str) -> str:
        """Return who is asked a question, "" where it is nobody; as last looked at."""
        claim = self.claims.last_seen.get(turn_id)
        is_ours = claim is not None and claim.worker == self.worker
        return self.person if is_ours else self.is_asked_elsewhere(turn_id)

    def take(self, turn_id: str) -> Claim | None:
        """Claim a question, as last looked at; None where somebody else is asked it.

        Raises RemoteAway.
        """
        before = self.claims.last_seen.get(turn_id)
        if before and self.is_asked_elsewhere(turn_id):
            return None
        wanted = Claim(turn_id, self.worker, self.person)
        return self.claims.take(wanted, over=before.commit if before else ABSENT)

    def renew(self, claim: Claim) -> Claim | None:
        """Show that somebody is asked still; a claim that is gone altogether is made again.

        Returns None where somebody else has it. Raises RemoteAway.
        """
        renewed = self.claims.renew(claim)
        if renewed or claim.id in self.claims.last_seen:
            return renewed
        return self.claims.restore(claim)
