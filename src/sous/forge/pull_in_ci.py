"""Which pull or merge request a job of GitHub Actions or GitLab CI is about."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sous.errors import SousError
from sous.files import read_file
from sous.forge.forge import as_dict
from sous.forge.remote import Repository
from sous.git import read_git

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 50_000_000  # bytes of an event of GitHub
_DEPENDABOT = "dependabot[bot]"  # its jobs get no secrets, and a token that only reads
_SAFE = ("pull_request", "pull_request_review", "pull_request_review_comment")


@dataclass(frozen=True)
class PullInCi:
    """A pull request that is being reviewed; `base`: the commit that it is compared with.

    `head`: its newest commit, empty where the job does not say.
    `is_foreign`: from a fork or from Dependabot, so the job may have no secrets and only read.
    """

    repository: Repository
    number: int
    base: str
    is_foreign: bool
    head: str = ""

    def compared_with(self, root: Path) -> str:
        """Return the commit to compare with what is checked out.

        A job may have the merge of the pull request with its target, which may have gone on since
        the event: then it is the commit of the target that was merged.
        """
        parents = read_git(root, "rev-parse", "HEAD^@").decode("ascii", "replace").split()
        is_merge = len(parents) == 2 and parents[1] == self.head  # noqa: PLR2004
        return parents[0] if is_merge else self.base


def pull_in_ci(env: Mapping[str, str]) -> PullInCi:
    """Return the pull request of this job.

    Raises SousError outside of CI, in a job of no pull request, and in a job that has the
    repository's secrets while the pull request comes from a fork.
    """
    if env.get("GITHUB_EVENT_PATH"):
        return _of_github(env)
    if env.get("CI_PROJECT_PATH"):
        return _of_gitlab(env)
    raise SousError(
        "this is not a job of GitHub Actions or GitLab CI: their variables are not set. "
        "Locally: `sous bundle --since REF`, then `sous code-review --no-pack`"
    )


def _of_github(env: Mapping[str, str]) -> PullInCi:
    pull = as_dict(_event(Path(env["GITHUB_EVENT_PATH"])).get("pull_request"))
    name = env.get("GITHUB_EVENT_NAME", "")
    if not pull:
        raise SousError(f"the event {name!r} has no pull request; run it `on: pull_request`")
    sides = [as_dict(pull.get(side)) for side in ("head", "base")]
    names = [as_dict(side.get("repo")).get("full_name") for side in sides]
    is_from_fork = names[0] is None or names[0] != names[1]
    if is_from_fork and name not in _SAFE:
        raise SousError(
            f"refused: {name!r} gives secrets to a job for a pull request of a fork. "
            "Run it `on: pull_request`"
        )
    host = urlsplit(env.get("GITHUB_SERVER_URL") or "https://github.com").netloc
    repository = Repository(host, env.get("GITHUB_REPOSITORY", ""))
    is_foreign = is_from_fork or env.get("GITHUB_ACTOR") == _DEPENDABOT
    found = _checked(repository, pull.get("number"), sides[1].get("sha"), is_foreign)
    return replace(found, head=str(sides[0].get("sha") or ""))


def _event(path: Path) -> dict[str, Any]:
    try:
        return as_dict(json.loads(read_file(path, root=None, most=_LARGEST)))
    except (OSError, ValueError, RecursionError) as exc:
        raise SousError(f"cannot read the event {path} of GITHUB_EVENT_PATH: {exc}") from exc


def _of_gitlab(env: Mapping[str, str]) -> PullInCi:
    number = env.get("CI_MERGE_REQUEST_IID", "")
    target = env.get("CI_MERGE_REQUEST_PROJECT_PATH") or env["CI_PROJECT_PATH"]
    source = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH")
    if not number:
        raise SousError(
            "this pipeline is of no merge request; run the job with "
            '`rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]`'
        )
    host = urlsplit(env.get("CI_SERVER_URL") or "https://gitlab.com").netloc
    base = env.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    count = int(number) if number.isdecimal() else None
    found = _checked(Repository(host, target), count, base, source != target)
    return replace(found, head=env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""))


def _checked(repository: Repository, number: Any, base: Any, is_foreign: bool) -> PullInCi:  # noqa: FBT001
    """Return a pull request of facts that are all there. Raises SousError."""
    is_whole = isinstance(number, int) and number > 0 and isinstance(base, str)
    if not is_whole or not base.isalnum() or "/" not in repository.path:
        raise SousError("the CI job does not say which pull request of which repository it is for")
    return PullInCi(repository, number, base, is_foreign)
