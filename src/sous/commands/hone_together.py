"""What `sous hone` does in a team: an interview on the remote, that several people answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sous.asking.honing_together import HoningTogether
    from sous.asking.session import Session
    from sous.commands.answers import Answers
    from sous.team.interviews import Interviews, SharedInterview
    from sous.team.member import Membership


def together(
    session: Session, given: Mapping[str, Any], context: str
) -> tuple[HoningTogether, Answers] | None:
    """Return what goes on with an interview of the team, None in no team. Raises SousError."""
    from sous.asking.honing_together import HoningTogether
    from sous.commands.answers import answers_from
    from sous.errors import UsageProblem
    from sous.team.interviews import Interviews

    member = None if given["alone"] else _member(session, given["remote"])
    if member is None:
        if given["now"]:
            raise UsageProblem("--now is for an interview of a team, where others may be asked")
        return None
    interviews = Interviews(session.root, member)
    interview = _of_team(session, interviews, given)
    honing = HoningTogether(session, interviews, interview, context, now=given["now"])
    dry_run = session.request.dry_run
    return honing, answers_from(given["answers"], honing.mine, dry_run=dry_run)


def _member(session: Session, remote: str | None) -> Membership | None:
    """Return what a project takes part in: its team, or what can be one on a named remote.

    Raises SousError where the remote takes no interview, or the team has another.
    """
    from sous.errors import SousError
    from sous.git_place import find_checkout
    from sous.names import PLAN
    from sous.runner.branch import default_branch
    from sous.team.begin import agreed
    from sous.team.member import Membership, membership_of

    root = session.root
    found = membership_of(root)
    if remote is None or (found and found.remote == remote):
        return found
    if found:
        raise SousError(
            f"this project is in a team on {found.remote}: leave --remote out, or `sous team off`"
        )
    plan = root.resolve() / PLAN
    path = plan.relative_to(find_checkout(root).top.resolve()).as_posix()
    wanted = Membership(remote, path, default_branch(plan))
    if session.request.dry_run:  # nothing is tried on the remote
        return wanted
    there = agreed(root, wanted)
    if not there.may_push:
        raise SousError(f"{remote} refuses your push, so nobody could see your answers")
    return there.membership


def _of_team(session: Session, interviews: Interviews, given: Mapping[str, Any]) -> SharedInterview:
    """Return the interview that is open, or that of the name, or a new one. Raises SousError."""
    from sous.team.interviews import check_name

    name = given["name"] and check_name(given["name"])
    is_new = given["poke"] or given["idea"] is not None or given["file"] is not None
    found = None if is_new else _open(interviews, name, is_needed=bool(name or given["resume"]))
    return found or _new(session, interviews, given, name)


def _open(interviews: Interviews, name: str | None, *, is_needed: bool) -> SharedInterview | None:
    """Return the interview that is open, or that of the name, None for none.

    Raises SousError where one `is_needed`, or there are several.
    """
    from sous.asking.unsent import show_orphans
    from sous.errors import SousError
    from sous.terminal import say

    there = interviews.look()
    show_orphans(interviews.root, there)
    found = [one for one in there.values() if not one.ended and name in (None, one.name)]
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise SousError(f"several interviews are open: say --name, one of {names}")
    if found:
        count = len(found[0].answered)
        say(f"continuing {found[0].name} of the team: {count} answers so far")
        return found[0]
    if is_needed:
        which = f"interview {name!r}" if name else "interview"
        raise SousError(f"the team has no open {which}: `sous hone IDEA` starts one")
    return None


def _new(
    session: Session, interviews: Interviews, given: Mapping[str, Any], name: str | None
) -> SharedInterview:
    """Begin an interview on the remote; not for a dry run."""
    from sous.asking.interview import spec_in
    from sous.commands.answers import idea_of, refuse_nobody
    from sous.plan.hone import name_of
    from sous.team.interviews import SharedInterview, check_name
    from sous.terminal import say

    is_poke = bool(given["poke"])
    if not session.request.dry_run:
        interviews.require_author()
    idea = spec_in(session.root) if is_poke else idea_of(given["idea"], given["file"])
    name = name or check_name(name_of(idea))
    if session.request.dry_run:
        return SharedInterview(name, idea, poke=is_poke)
    refuse_nobody(given["answers"])
    begun = interviews.begin(name, idea, poke=is_poke)
    say(f"{begun} is an interview of the team: others answer with `sous hone --name {begun}`")
    return interviews.find(begun)
