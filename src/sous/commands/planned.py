"""What the commands about a plan share: where it is, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sous import api
from sous.errors import SousError
from sous.files import refuse_link_out, shown_path
from sous.names import PLAN
from sous.root import find_root, project_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sous.plan.progress import Progress


def plan_path(plan: Path | None, root: Path | None) -> Path:
    """Return where the plan is: the named one, else that of the project.

    Raises SousError when it is not there.
    """
    path = plan if plan is not None else find_root(Path.cwd(), named=root) / PLAN
    bounds = project_of(path)
    if bounds:
        refuse_link_out(path, root=bounds)
    if not path.is_file():
        hint = "make one with `sous plan`, or name it" if plan is None else "name another"
        raise SousError(f"there is no {shown_path(path)}; {hint} with --plan FILE")
    return path


def progress_of(plan: Path | None, root: Path | None) -> Progress:
    """Return how far the plan is. Raises SousError when there is none, or it holds no prompt."""
    progress = api.plan(plan_path(plan, root))
    if not progress.plan.steps:
        raise SousError(
            f"{shown_path(progress.plan.path)} has no prompts that sous recognises: {SHAPES}"
        )
    return progress


def texts_of(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return what files of a project contain, secrets masked, without those not there."""
    there = [
        name
        for name in names
        if (folder / name).is_file() and (folder / name).resolve().is_relative_to(folder)
    ]
    if not there:
        return {}
    packed = api.pack(
        folder, there,
        file_summary=False, directory_structure=False, line_numbers=False,
        sort_by_changes=False, counting=False,
    )  # fmt: skip
    bundle = api.read_bundle(packed.text or "")
    return {name: bundle.files[name].packed for name in there if name in bundle.files}


SHAPES = "a step is a title such as `## Step 1: …` with its prompt in a fence, or text, below it"
