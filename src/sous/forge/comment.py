"""The one comment of ours on a pull request: posted once, renewed, never somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sous.errors import SousError
from sous.forge.body import cut_to
from sous.forge.defuse import harmless
from sous.forge.forge import as_dict, as_number, as_text

if TYPE_CHECKING:
    from sous.forge.forge import Forge

_MARKER = "<!-- sous ci: {name} -->"
_TEXT = {"github": "body", "gitea": "body", "gitlab": "body"}
# Who comments with the token that a workflow of GitHub gets: the token itself does not tell.
_WORKFLOW = {"login": "github-actions[bot]", "type": "Bot"}


def put_comment(
    forge: Forge, number: int, name: str, text: str, *, more: str, renews_only: bool = False
) -> str:
    """Post a text as the comment `name` on a pull request, or renew the one there is.

    `more` says where the rest of a text is that is too long; `renews_only`: where there is no
    comment yet, none is posted. Returns what was done. Raises SousError for a forge without such
    comments, and for what it refuses.
    """
    if forge.kind not in _TEXT:
        raise SousError(f"comments on pull requests of {forge.kind} are not supported")
    marker = _MARKER.format(name=name)
    body = cut_to(harmless(text), forge.most_body - len(marker) - 1, more)
    fields = {_TEXT[forge.kind]: f"{marker}\n{body}"}
    comments = _comments_path(forge, number)
    for one in forge.listed(comments, {}):
        if as_text(one, "body").startswith(marker) and _is_mine(forge, one):
            if as_text(one, "body").rstrip() == fields["body"].rstrip():
                return "unchanged"
            forge.change_text(_comment_path(forge, number, as_number(one.get("id"))), fields)
            return "renewed"
    if renews_only:
        return "not needed"
    forge.post_text(comments, fields)
    return "posted"


def _is_mine(forge: Forge, comment: dict[str, Any]) -> bool:
    """Tell whether the very account that we post by wrote a comment."""
    author = as_dict(comment.get("user") or comment.get("author"))
    if forge.me:
        return (author.get("login") or author.get("username")) == forge.me
    return forge.kind == "github" and all(author.get(key) == _WORKFLOW[key] for key in _WORKFLOW)


def _comments_path(forge: Forge, number: int) -> str:
    if forge.kind == "gitlab":
        return f"merge_requests/{number}/notes"
    return f"issues/{number}/comments"


def _comment_path(forge: Forge, number: int, identity: int) -> str:
    if forge.kind == "gitlab":
        return f"merge_requests/{number}/notes/{identity}"
    return f"issues/comments/{identity}"
