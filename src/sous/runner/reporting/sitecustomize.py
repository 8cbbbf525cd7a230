"""Loaded by each Python that the tests start: has unittest and pytest tell what each test did."""

from __future__ import annotations

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  # pathlib takes time


class ReportFile:
    """The file that outcomes go to, a line each; made when a test program really begins."""

    path = ""

    @classmethod
    def begin(cls, program: str) -> None:
        """Open the file, once a process; programs that the tests start report nothing."""
        folder = os.environ.pop("SOUS_REPORT", None)
        if folder is None:
            return
        import atexit
        import uuid

        cls.path = os.path.join(folder, uuid.uuid4().hex + ".jsonl")  # noqa: PTH118
        cls.write("start", program)
        atexit.register(cls.note_foreign)

    @classmethod
    def write(cls, outcome: str, name: str) -> None:
        """Add what became of a test."""
        import json

        if cls.path:
            line = json.dumps([outcome, name]) + "\n"
            with open(cls.path, "a", encoding="utf-8") as stream:  # noqa: PTH123
                stream.write(line)

    @classmethod
    def note_foreign(cls) -> None:
        """Tell which modules of the project came from the original instead of the clean place."""
        original = os.environ.get("SOUS_ORIGINAL")
        if not original:
            return
        files = [getattr(one, "__file__", None) or "" for one in list(sys.modules.values())]
        for path in sorted(files):
            inside = path.startswith(original + os.sep) and "-packages" not in path
            if inside and "node_modules" not in path:
                cls.write("foreign", path[len(original) + 1 :])
                break


def _name_of(test: object) -> str:
    name = str(test.id() if hasattr(test, "id") else test)
    stem = os.path.splitext(os.path.basename(sys.argv[0]))[0]  # noqa: PTH119, PTH122
    return stem + name[len("__main__") :] if name.startswith("__main__.") else name


def patch_unittest(result: type) -> None:
    """Have `unittest.TestResult` tell of each test."""

    def told(method: str, outcome: str) -> None:
        original = getattr(result, method, None)
        if original is None:
            return

        def replacement(self: object, test: object, *args: object, **named: object) -> object:
            ReportFile.write(outcome, _name_of(test))
            return original(self, test, *args, **named)

        setattr(result, method, replacement)

    for method, outcome in (
        ("addSuccess", "pass"), ("addFailure", "fail"), ("addError", "fail"), ("addSkip", "skip"),
        ("addExpectedFailure", "xfail"), ("addUnexpectedSuccess", "fail"),
    ):  # fmt: skip
        told(method, outcome)
    start, subtest = result.startTestRun, result.addSubTest  # type: ignore[attr-defined]

    def begin(self: object) -> object:
        ReportFile.begin("unittest")
        return start(self)

    def add(self: object, test: object, part: object, error: object) -> object:
        if error is not None:
            ReportFile.write("fail", _name_of(test))
        return subtest(self, test, part, error)

    result.startTestRun, result.addSubTest = begin, add  # type: ignore[attr-defined]


class Finder:
    """Patches `unittest.result` when something imports it, so that a plain program pays nothing."""

    @classmethod
    def find_spec(cls, name: str, path: object = None, _target: object = None) -> object:
        """Return how the module is loaded, then patched."""
        if name != "unittest.result":
            return None
        from importlib.machinery import PathFinder

        sys.meta_path.remove(cls)  # type: ignore[arg-type]
        spec = PathFinder.find_spec(name, path)  # type: ignore[arg-type]
        loader = spec.loader if spec else None
        if loader is None:
            return None
        execute = loader.exec_module

        def load(module: object) -> None:
            execute(module)  # type: ignore[arg-type]
            patch_unittest(module.TestResult)  # type: ignore[attr-defined]

        loader.exec_module = load  # type: ignore[method-assign]
        return spec


def _load_other() -> None:
    """Run the `sitecustomize` that this one stands before, if there is one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", [one for one in sys.path if one != _HERE])
    if spec and spec.loader:
        spec.loader.exec_module(module_from_spec(spec))


if __name__ == "sitecustomize":
    if os.environ.get("SOUS_REPORT"):
        named = [one for one in os.environ.get("PYTEST_PLUGINS", "").split(",") if one]
        if "sous_pytest" not in named:
            os.environ["PYTEST_PLUGINS"] = ",".join([*named, "sous_pytest"])
        sys.meta_path.insert(0, Finder)  # type: ignore[arg-type]
    _load_other()
