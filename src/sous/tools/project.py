"""Tools for an agent in one project: bounded answers, secrets masked, nothing outside it."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

from sous import api
from sous.bundle.recipe import Order
from sous.errors import SousError, UsageProblem
from sous.files import refuse_link_out
from sous.items.listed import row_of
from sous.names import PLAN
from sous.terminal import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


MOST_TEXT = 40_000  # characters of one answer
MOST_ROWS = 200  # rows of a list
_PROVEN = ("verified", "located")
_P = ParamSpec("_P")


def _without_secrets(tool: Callable[_P, dict[str, Any]]) -> Callable[_P, dict[str, Any]]:
    """Mask secrets in what a tool answers from reports and plans, as bundles do in files."""

    @functools.wraps(tool)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> dict[str, Any]:
        answer: dict[str, Any] = _masked(tool(*args, **kwargs))
        return answer

    return called


class ProjectTools:
    """The tools of one project. Each returns plain data, or raises SousError."""

    def __init__(self, root: Path, *, may_write: bool = False) -> None:
        self._root = root.resolve()
        self._may_write = may_write

    def offered(self) -> list[Callable[..., dict[str, Any]]]:
        """Return the tools that read, and where writing is allowed those that write."""
        return [*self.reading(), *(self.writing() if self._may_write else ())]

    def reading(self) -> list[Callable[..., dict[str, Any]]]:
        """Return the tools that change nothing."""
        return [
            self.list_files, self.read_files, self.check_report, self.list_findings,
            self.list_items, self.read_item, self.list_steps, self.next_step,
        ]  # fmt: skip

    def writing(self) -> list[Callable[..., dict[str, Any]]]:
        """Return the tools that write files of the project."""
        return [self.write_bundle, self.mark_step, self.mark_item, self.dismiss_finding]

    def list_files(self, folder: str = "", *, offset: int = 0) -> dict[str, Any]:
        """List the project's files with their tokens, the largest first.

        Files that git ignores and binary files are left out. `folder` limits the list to a folder.
        A long list comes in pieces: pass `next_offset` as `offset` for the next one.
        """
        packed = self._packed([folder] if folder else [], counting=True).summary
        heaviest = sorted(packed.by_path.items(), key=lambda one: (-one[1], one[0]))
        files = [{"path": shown_name(path), "tokens": tokens} for path, tokens in heaviest]
        return {"tokens": packed.tokens, **_bounded("files", files, offset)}

    def read_files(
        self,
        paths: list[str],
        *,
        signatures_only: bool = False,
        offset: int = 0,
        first_line: int = 1,
        last_line: int | None = None,
    ) -> dict[str, Any]:
        """Read files or folders of the project, packed as one text with line numbers.

        Secrets are masked. A long text comes in pieces: pass `next_offset` as `offset` for the
        next one. `first_line` and `last_line` limit the answer to these lines of a single file.
        `signatures_only` leaves out what stands inside of functions.
        """
        if not paths:
            raise UsageProblem("name at least one path; list_files shows them")
        by_line = first_line != 1 or last_line is not None
        if by_line and signatures_only:
            raise UsageProblem("signatures_only cannot be combined with lines; leave one out")
        packed = self._packed(
            paths, compress=signatures_only, file_summary=False, directory_structure=False
        )
        text = packed.text or ""
        if by_line:
            text = _some_lines(text, first_line, last_line)
        if not 0 <= offset <= len(text):
            raise UsageProblem(f"offset {offset} is not within the text of {len(text)} characters")
        end = min(offset + MOST_TEXT, len(text))
        return {
            "text": text[offset:end],
            "characters": len(text),
            "next_offset": end if end < len(text) else None,
        }

    @_without_secrets
    def check_report(self, report: str = "code-review.md", *, offset: int = 0) -> dict[str, Any]:
        """Look up what a report says of the code: every path, line, quote and name in it.

        Returns how many claims have which verdict, and those that were not found as they are
        written, each with its line in the report and the reason; `offset` continues a list.
        """
        path = self._file(report)
        bundle = api.read_bundle(self._packed([]).text or "")
        checked = api.check(path, bundle, root=self._root).checked
        claims = [
            {
                "line": one.reference.line,
                "claim": _short(one.reference.text, 500),
                "verdict": one.verdict.value,
                "reason": one.why,
            }
            for one in checked.judged
            if one.verdict.value not in _PROVEN
        ]
        return {"counts": dict(checked.counts), **_bounded("claims", claims, offset)}

    @_without_secrets
    def list_findings(self, *, all_states: bool = False, offset: int = 0) -> dict[str, Any]:
        """List what reviews of this project found; the open ones, or with `all_states` all.

        `offset` continues a list, as in list_files.
        """
        from sous.reports.memory import OPEN, read_memory

        known = [dataclasses.asdict(one) for one in read_memory(self._root).values()]
        chosen = [one for one in known if all_states or one["state"] == OPEN]
        rows = [{**one, "quote": _short(one["quote"], 500)} for one in chosen]
        return _bounded("findings", rows, offset)

    @_without_secrets
    def list_items(self, report: str = "", *, offset: int = 0) -> dict[str, Any]:
        """List the items of a report (issues, findings, missing tests), else of the newest one.

        `offset` continues a list, as in list_files.
        """
        path = self._report(report)
        found = api.items(path, root=self._root)
        rows = [row_of(item) for item in found.items]
        return {
            "report": self._name(path),
            "open": len(found.open),
            **_bounded("items", rows, offset),
        }

    @_without_secrets
    def read_item(self, number: int | str, report: str = "") -> dict[str, Any]:
        """Read one item of a report whole, by its number or the beginning of its id."""
        from sous.items.tick import find_item

        path = self._report(report)
        item = find_item(api.items(path, root=self._root), str(number), path)
        return {"report": self._name(path), **row_of(item), "body": _short(item.body, MOST_TEXT)}

    @_without_secrets
    def list_steps(self, *, offset: int = 0) -> dict[str, Any]:
        """List the steps of the plan (prompt_plan.md) with their states: open, done or skipped.

        `offset` continues a list, as in list_files.
        """
        progress = api.plan(self._file(PLAN), root=self._root)
        both = zip(progress.plan.steps, progress.states, strict=True)
        steps = [
            {"number": step.step.number or str(at), "name": step.name, "state": state.value}
            for at, (step, state) in enumerate(both, 1)
        ]
        return {"open": len(progress.open), **_bounded("steps", steps, offset)}

    @_without_secrets
    def next_step(self) -> dict[str, Any]:
        """Read the next open step of the plan: its prompt, how it is verified, and its files.

        Does not mark or claim it. `step` is null when all steps are done.
        """
        from sous.plan.handed import files_named

        progress = api.plan(self._file(PLAN), root=self._root)
        if not progress.open:
            return {"step": None, "done": len(progress.done)}
        step = progress.open[0]
        number = step.step.number or str(progress.plan.steps.index(step) + 1)
        return {
            "step": {
                "number": number,
                "name": step.name,
                "prompt": _short(step.step.prompt, MOST_TEXT),
                "verify": list(step.verify),
                "files": files_named(step),
            },
            "done": len(progress.done),
            "open": len(progress.open),
        }

    def write_bundle(self) -> dict[str, Any]:
        """Pack the whole project into its bundle, output.txt. Replaces only an earlier bundle."""
        from sous.names import BUNDLE

        order = Order(self._root, (), project=True, given={})
        packed = api.pack(self._root, output=self._root / BUNDLE, order=order).summary
        return {"path": BUNDLE, "files": packed.files, "tokens": packed.tokens}

    @_without_secrets
    def mark_step(
        self, number: int | str, state: Literal["done", "skipped", "open"] = "done"
    ) -> dict[str, Any]:
        """Mark a step of the plan in todo.md. Mark it as done only after its tests pass."""
        from sous.plan.progress import State
        from sous.runner.by_hand import set_steps

        (step,) = set_steps(self._file(PLAN), [str(number)], State(state), root=self._root)
        return {"name": step.name, "state": state}

    @_without_secrets
    def mark_item(
        self,
        number: int | str,
        state: Literal["done", "skipped", "open"] = "done",
        report: str = "",
    ) -> dict[str, Any]:
        """Mark an item of a report, by its number or the beginning of its id, in the file."""
        from sous.runner.by_hand import set_items

        path = self._report(report)
        (item,) = set_items(path, [str(number)], state)
        return {"report": self._name(path), "title": item.title, "state": state}

    @_without_secrets
    def dismiss_finding(self, finding: str, why: str) -> dict[str, Any]:
        """Keep a finding, named by its id, out of later reviews; `why` tells others the reason."""
        from sous.reports.memory import DISMISSED, decide

        if not why.strip():
            raise UsageProblem("say why: the next reader of .sous/findings wants to know")
        (one,) = decide(self._root, [finding], DISMISSED, why.strip())
        return {"id": one.id, "title": one.title, "state": one.state}

    def _packed(
        self, paths: list[str], *, counting: bool = False, **choices: Any
    ) -> api.PackedBundle:
        for path in paths:
            self._inside(path)
        given = {"path_style": "cwd-relative", **choices}  # a path is the same in every answer
        order = Order(self._root, tuple(paths), project=not paths, given=given)
        return api.pack(self._root, paths, order=order, counting=counting)

    def _inside(self, name: str) -> Path:
        """Return where a path of the project leads. Raises SousError where that is outside."""
        try:
            return refuse_link_out(self._root / name, root=self._root)
        except (OSError, ValueError) as exc:  # a name that is too long, a NUL
            raise UsageProblem(f"{name[:100]!r} is not a path of this project") from exc

    def _report(self, named: str) -> Path:
        from sous.reports.newest import newest_report

        return self._file(named) if named else newest_report(self._root)

    def _file(self, name: str) -> Path:
        """Return a markdown file of the project. Raises SousError for any other, and for a link."""
        if not name.lower().endswith((".md", ".markdown")):
            raise UsageProblem(f"{name[:100]!r} is not a markdown file of this project")
        path = self._inside(name)
        if not path.is_file():
            raise SousError(f"there is no {shown_name(name)[:200]} in this project")
        return path

    def _name(self, path: Path) -> str:
        return path.resolve().relative_to(self._root).as_posix()


def _masked(value: Any) -> Any:
    from sous.bundle.secrets import mask_secrets

    if isinstance(value, str):
        return mask_secrets(value, "answer.md")[0]
    if isinstance(value, dict):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return value


def _short(text: str, most: int) -> str:
    """Return the beginning of a text. A secret is masked first: half of one looks like none."""
    whole: str = _masked(text)
    if len(whole) <= most:
        return whole
    return f"{whole[:most]} [{len(whole) - most} more characters: read_files shows them]"


def _some_lines(text: str, first: int, last: int | None) -> str:
    """Return lines of the only file of a bundle, with their numbers. Raises SousError."""
    files = api.read_bundle(text).entries
    if len(files) != 1:
        raise UsageProblem(f"lines are of a single file, and these paths are {len(files)} files")
    lines = files[0].text.removesuffix("\n").split("\n")
    end = len(lines) if last is None else min(last, len(lines))
    if not 1 <= first <= end:
        raise UsageProblem(f"{files[0].path} has {len(lines)} lines, so none from {first} to {end}")
    return "".join(f"{at}: {lines[at - 1]}\n" for at in range(first, end + 1))


def _bounded(name: str, rows: list[dict[str, Any]], offset: int) -> dict[str, Any]:
    """Return rows of a list from `offset` on, and where those begin that were left out."""
    if not 0 <= offset <= len(rows):
        raise UsageProblem(f"offset {offset} is not within a list of {len(rows)}")
    end = min(offset + MOST_ROWS, len(rows))
    more = end if end < len(rows) else None
    return {name: rows[offset:end], "left_out": len(rows) - end, "next_offset": more}
