from __future__ import annotations

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence

FILES = {
    "app/store.py": "class Store:\n    PATH = 'var/cache/store.db'\n",
    "app/web/store.py": "def load(key):\n    return key\n",
    "app/web/error.tsx": "export const Failed = 1\n",
    "app/web/loading.tsx": "export const Loading = 1\n",
}


def verdicts(report: str) -> dict[str, str]:
    evidence = Evidence(bundle_from(packed(FILES).encode(), None), without=())
    judged = check_report(report, evidence).judged
    return {one.reference.text: one.verdict.value for one in judged if one.reference.kind == "path"}


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("app/store.py", "located"),
        ("app/web", "located"),
        ("app/*.py", "located"),
        ("app/*.rs", "unproven"),
        ("app/missing.py", "unproven"),
        ("var/cache/store.db", None),
        ("~/app/store.cfg", None),
        ("error.tsx/loading.tsx", None),
    ],
    ids=["file", "folder", "glob", "glob of none", "none", "of the code", "of a home", "list of files"],
)
def test_a_path_is_in_the_code_or_not(path: str, verdict: str | None) -> None:
    assert verdicts(f"It is in `{path}` now.\n").get(path) == verdict


def test_a_name_that_is_said_to_be_in_a_file_proves_its_path() -> None:
    assert verdicts("`Store.PATH` (`app/store.py`) is wrong.\n")["app/store.py"] == "verified"
    assert verdicts("`Store.none` (`app/store.py`) is wrong.\n")["app/store.py"] == "located"
