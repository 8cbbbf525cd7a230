"""Which functions no test reaches, by names and imports alone: nothing is run.

From the tests on, each name that reached code uses leads to what it may mean: of a bare name the
definition in the same file or the one that is imported; behind `self.` the methods of the class,
its bases and those derived from it; behind another dot every method of a class that is reached.
Where Python's freedom leaves a doubt (callbacks, registries, names put together), a function counts
as reached.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sous.analyst.facts import Function
from sous.analyst.python import ANY_ATTRIBUTE, MAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sous.analyst.facts import Class, FileFacts

# Decorators that call nothing by themselves and hand the function to nobody.
_PLAIN_DECORATORS = frozenset(
    """
    staticmethod classmethod property cached_property wraps lru_cache cache abstractmethod contextmanager
    asynccontextmanager override final total_ordering setter getter deleter no_type_check deprecated singledispatch
    """.split()  # noqa: SIM905
)
# Modules of the standard library that do something when they are imported.
_NOT_IMPORTED = frozenset(
    ["antigravity", "this", "turtle", "turtledemo", "tkinter", "idlelib", "test", "lib2to3"]
)
# What the interpreter and its library call on whatever is given to them: files, contexts, mappings.
_PROTOCOLS = frozenset(
    """
    read read1 readinto readline readlines readable write writable writelines seek seekable tell flush close closed
    fileno isatty truncate detach keys items update get acquire release send throw emit filter format
    """.split()  # noqa: SIM905
)
_CALLED_BY_NAME = re.compile(r"(?:visit|depart|handle|do|on|test|parse|emit|format|generic)_\w+")
BEGINNING = re.compile(r"(\w*[A-Za-z]_)(?:[{%].*)?$")  # of a name that is put together
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_LOADERS = frozenset(
    [
        "import_module",
        "__import__",
        "entry_points",
        "iter_entry_points",
        "load_module",
        "walk_packages",
        "iter_modules",
    ]
)
_MOST_LOADED = 3  # modules of one name
_ALL = -1  # of all bits

_RUN_AS_PROGRAM = frozenset(
    [
        "__main__",
        "runpy",
        "subprocess",
        "Popen",
        "executable",
        "pexpect",
        "script_runner",
        "run_path",
    ]
)
_DEEP = 5  # modules that hand a name on


class FunctionAt(NamedTuple):
    """A function in a file, by its number in FileFacts.functions."""

    path: str
    at: int


def unreached(
    files: Mapping[str, FileFacts],
    texts: Mapping[str, str],
    tests: Iterable[str],
    *,
    called: Iterable[str] = (),
) -> list[FunctionAt]:
    """Return the functions of Python files that no test reaches.

    `texts` of the tests, for the words in them.

    `called`: names that are used from elsewhere, as those of attributes in templates of pages.
    """
    return _Reach(files, texts, tests).unreached(called)


class _Home(NamedTuple):
    """A class in a file."""

    path: str
    name: str


class _Reach:
    def __init__(
        self, files: Mapping[str, FileFacts], texts: Mapping[str, str], tests: Iterable[str]
    ) -> None:
        self._files = {path: facts for path, facts in files.items() if facts.language == "Python"}
        self._tests = {path for path in tests if path in self._files}
        self._words = {word for path in self._tests for word in _WORD.findall(texts.get(path, ""))}
        self._by_module = _modules(self._files)
        self._imports = {path: dict(facts.imports) for path, facts in self._files.items()}
        self._stars = {  # what `from … import *` takes names from, with the dot behind it
            path: [star[:-1] for local, star in own.items() if local.startswith("*")]
            for path, own in self._imports.items()
        }
        # by path, by name: those of no class
        self._functions: dict[str, dict[str, list[FunctionAt]]] = {}
        self._methods: dict[str, list[FunctionAt]] = defaultdict(list)
        self._of_class: dict[_Home, list[FunctionAt]] = defaultdict(list)
        self._methods_of: dict[_Home, dict[str, list[FunctionAt]]] = defaultdict(dict)
        self._classes: dict[_Home, Class] = {}
        for path, facts in self._files.items():
            own: dict[str, list[FunctionAt]] = defaultdict(list)
            for at, function in enumerate(facts.functions):
                if function.owner:
                    self._methods[function.name].append(FunctionAt(path, at))
                    self._of_class[_Home(path, function.owner)].append(FunctionAt(path, at))
                    self._methods_of[_Home(path, function.owner)].setdefault(
                        function.name, []
                    ).append(FunctionAt(path, at))
                else:
                    own[function.name].append(FunctionAt(path, at))
            self._functions[path] = own
            self._classes |= {_Home(path, one.name): one for one in facts.classes}
        self._bases = {home: list(self._bases_of(home)) for home in self._classes}
        self._derived: dict[_Home, list[_Home]] = defaultdict(list)
        for home, bases in self._bases.items():
            for base in bases:
                if isinstance(base, _Home):
                    self._derived[base].append(home)
        self._seen_modules: set[str] = set()
        self._reached: set[FunctionAt] = set()
        self._reached_classes: set[_Home] = set()
        # of attributes of who knows what, with the tests that load their users
        self._names: dict[str, int] = {}
        self._loads_with = {path: self._loads_of(path) for path in self._files}
        self._loaded_by = self._tests_that_load()  # for each file the tests that do, as bits
        self._prefixes: dict[str, set[str]] = defaultdict(set)  # by path
        self._own_prefixes: dict[_Home, set[str]] = defaultdict(set)  # in the family of a class
        self._families: dict[_Home, tuple[_Home, ...]] = {}
        # used behind `self.` in the family of a class
        self._own_names: dict[_Home, set[str]] = defaultdict(set)
        self._queue: list[tuple[str, Function | FileFacts]] = []
        self._by_last_name: dict[str, list[str]] = defaultdict(list)
        for path in self._files:
            self._by_last_name[
                path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
            ].append(path)
        self._loaded: set[str] = set()
        self._imported = {  # by the program itself, so that nobody needs their names to load them
            target for path in self._files.keys() - self._tests for target in self._loads_of(path)
        }
        # whether what these offer is asked for by names that are put together
        self._asks_for_any = False
        self._used: set[tuple[str, str]] = set()  # names that were followed in a file
        self._asked: set[tuple[str | _Home, str]] = set()  # the same behind a dot
        self._offered: list[FunctionAt] = []  # functions of modules loaded by their names
        # functions of modules loaded by their names
        self._by_loaded_name: dict[str, list[FunctionAt]] = defaultdict(list)
        self._loads = False  # whether modules are imported by names that are put together
        self._loadable: set[str] = set()  # strings that were seen before that was known

    def unreached(self, called: Iterable[str] = ()) -> list[FunctionAt]:
        """Return the functions that cannot be come to from any test."""
        for name in called:
            self._name(name, _ALL)
        for path in sorted(self._tests):
            self._module(path)
            for at in range(len(self._files[path].functions)):
                self._reach(FunctionAt(path, at))
        while self._queue:
            self._follow(*self._queue.pop())
        return sorted(
            place
            for path, facts in self._files.items()
            if path not in self._tests
            for place in (FunctionAt(path, at) for at in range(len(facts.functions)))
            if place not in self._reached
        )

    def _at(self, place: FunctionAt) -> Function:
        return self._files[place.path].functions[place.at]

    # -- what is reached

    def _module(self, path: str) -> None:
        """Reach what runs when a module is imported."""
        if path in self._seen_modules:
            return
        self._seen_modules.add(path)
        facts = self._files[path]
        self._queue.append((path, facts))
        for dotted in self._imports[path].values():
            for target in self._meant(path, dotted):
                self._module(target)
        for at, function in enumerate(facts.functions):
            is_of_module = (
                not function.owner and function.name.startswith("__") and function.name != MAIN
            )
            is_of_module |= function.name == MAIN and self._is_run(path)
            if is_of_module or self._is_handed_on(function):
                self._reach(FunctionAt(path, at))

    def _is_run(self, path: str) -> bool:
        """Tell whether tests may run a file as a program: they start programs, and name it."""
        parts = path.removesuffix(".py").removesuffix("/__main__").split("/")
        return not self._words.isdisjoint(_RUN_AS_PROGRAM) and parts[-1] in self._words

    def _is_handed_on(self, function: Function) -> bool:
        """Tell whether a decorator gives a function to somebody who may call it, and a test may know its name."""
        handed = [
            one for one in function.decorators if one.rpartition(".")[2] not in _PLAIN_DECORATORS
        ]
        if not any(one.rpartition(".")[2] in ("command", "group") for one in handed):
            return bool(handed)
        bare = re.sub(r"_(?:command|cmd|group|grp)$", "", function.name)
        return not self._words.isdisjoint({*function.labels, bare, bare.replace("_", "-")})

    def _reach(self, place: FunctionAt) -> None:
        if place in self._reached:
            return
        self._reached.add(place)
        function = self._at(place)
        self._queue.append((place.path, function))
        if function.owner:
            self._class(_Home(place.path, function.owner))

    def _class(self, home: _Home) -> None:
        if home in self._reached_classes:
            return
        self._reached_classes.add(home)
        foreign = self._foreign_bases(home)
        for base in self._bases.get(home, ()):
            if isinstance(base, _Home):
                self._class(base)
        for place in self._of_class[home]:
            method = self._at(place)
            is_special = method.name.startswith("__") and method.name.endswith("__")
            if (
                is_special
                or method.name in _PROTOCOLS
                or self._meets(home.path, self._names.get(method.name, 0))
                or method.name in self._own_names[home]
                or self._is_handed_on(method)
                or method.name.startswith((*self._prefixes[home.path], *self._own_prefixes[home]))
                or any(_calls(base, method.name) for base in foreign)
            ):
                self._reach(place)

    # -- what names mean

    def _follow(self, path: str, code: Function | FileFacts) -> None:
        own = _Home(path, code.owner) if isinstance(code, Function) and code.owner else None
        for name in code.uses:
            self._use(path, name)
            if not isinstance(code, Function):  # in the body of a class
                self._reach_all(
                    place for place in self._methods.get(name, ()) if place.path == path
                )
        for dotted in code.attributes:
            self._attribute(path, dotted, own)
        self._strings(path, code, own)
        if any(dotted.endswith("__subclasses__") for dotted in code.attributes):
            for home in self._classes:
                if any(isinstance(base, _Home) for base in self._bases[home]):
                    self._class(home)

    def _strings(self, path: str, code: Function | FileFacts, own: _Home | None) -> None:
        """Reach what strings may name: attributes that are asked for, modules that are imported by their names."""
        is_dynamic = not {"getattr", "dir", "vars", "hasattr", "__dict__"}.isdisjoint(code.uses)
        if not self._loads and self._imports_by_name(code):
            self._loads = True
            for text in sorted(self._loadable):
                self._load(text)
        if ANY_ATTRIBUTE in code.uses and not self._asks_for_any:
            self._asks_for_any = True
            self._reach_all(self._offered)
        for text in code.strings:
            self._load(text) if self._loads else self._loadable.add(text)
            beginning = BEGINNING.match(text)
            if beginning:
                self._prefix(path, beginning[1], own)
            elif is_dynamic or text in self._functions[path] or own is None:
                self._name(text, self._loaded_by[path])

    @staticmethod
    def _imports_by_name(code: Function | FileFacts) -> bool:
        dotted = {*code.uses, *(one.rpartition(".")[2] for one in code.attributes)}
        return not _LOADERS.isdisjoint(dotted)

    def _load(self, text: str) -> None:
        """Reach what a module offers that is imported by its name: to whom, nobody can tell."""
        dotted, _, attribute = text.partition(":")
        paths = (
            self._by_module.get(dotted, []) if "." in dotted else self._by_last_name.get(dotted, [])
        )
        if len(paths) > _MOST_LOADED:
            paths = []
        if dotted.endswith("."):  # the beginning of a name: all that is in the package
            wanted = f".{dotted.lstrip('.')}"
            paths = [
                path
                for name, own in self._by_module.items()
                if wanted in f".{name}."
                for path in own
            ]
        for path in paths:
            if path in self._tests or path in self._loaded:
                continue
            self._loaded.add(path)
            self._loaded_by[path] = _ALL
            self._module(path)
            for one in self._files[path].classes:
                self._class(_Home(path, one.name))
            for name, places in self._functions[path].items():
                if path not in self._imported:
                    self._by_loaded_name[name] += places
                self._offered += places
                if (
                    self._asks_for_any
                    or name in attribute
                    or (path not in self._imported and name in self._names)
                ):
                    self._reach_all(places)

    def _use(self, path: str, name: str) -> None:
        if (path, name) in self._used:
            return
        self._used.add((path, name))
        self._reach_all(self._functions[path].get(name, ()))
        if (home := _Home(path, name)) in self._classes:
            self._class(home)
        imports = self._imports[path]
        if name in imports:
            self._import(path, imports[name])
        for star in self._stars[path]:
            self._import(path, f"{star}{name}")

    def _import(self, path: str, dotted: str, *, depth: int = 0) -> None:
        """Reach what an imported name means, through modules that hand it on."""
        base, _, name = dotted.rpartition(".")
        for target in self._meant(path, base or "."):
            self._reach_all(self._functions[target].get(name, ()))
            if (home := _Home(target, name)) in self._classes:
                self._class(home)
            handed_on = self._imports[target]
            if depth < _DEEP and name in handed_on:
                self._import(target, handed_on[name], depth=depth + 1)
            for star in self._stars[target] if depth < _DEEP else ():
                self._import(target, f"{star}{name}", depth=depth + 1)

    def _attribute(self, path: str, dotted: str, own: _Home | None) -> None:
        base, _, name = dotted.rpartition(".")
        is_own = own is not None and base in ("self", "cls", "super()")
        key = (own if own and is_own else path, dotted)
        if key in self._asked:
            return
        self._asked.add(key)
        if (home := _Home(path, name)) in self._classes:  # one inside another
            self._class(home)
        if own and is_own:
            self._own_attribute(own, name)
            return
        head, _, rest = base.partition(".")
        if head in self._imports[path]:
            full = ".".join(filter(None, (self._imports[path][head], rest)))
            if self._exactly(path, full):
                self._import(path, f"{full}.{name}")
            elif self._meant(path, full):  # a class or a value of a module
                self._name(name, self._loaded_by[path])
        else:
            self._name(name, self._loaded_by[path])

    def _own_attribute(self, own: _Home, name: str) -> None:
        """Reach what a name behind `self.` means: a method of the class, of its bases, of those derived from it."""
        for home in self._family(own):
            if name not in self._own_names[home]:
                self._own_names[home].add(name)
                if home in self._reached_classes:
                    self._reach_all(self._methods_of[home].get(name, ()))

    def _name(self, name: str, tests: int) -> None:
        """Reach all methods of this name, in classes that are reached and loaded by one of the same tests (bits)."""
        known = self._names.get(name, 0)
        if known | tests == known:
            return
        self._names[name] = known | tests
        self._reach_all(self._by_loaded_name.get(name, ()))
        self._reach_all(
            place
            for place in self._methods.get(name, ())
            if _Home(place.path, self._at(place).owner) in self._reached_classes
            and self._meets(place.path, tests)
        )

    def _meets(self, path: str, tests: int) -> bool:
        return bool(self._loaded_by[path] & tests)

    def _tests_that_load(self) -> dict[str, int]:
        """Return for each file the tests that import it, through others too, as bits.

        All where none does.
        """
        found = dict.fromkeys(self._files, 0)
        waiting: list[str] = []
        for bit, path in enumerate(sorted(self._tests)):
            is_shared = path.rpartition("/")[2] in ("conftest.py", "__init__.py")
            found[path] = _ALL if is_shared else 1 << bit
            waiting.append(path)
        while waiting:
            path = waiting.pop()
            for target in self._loads_with[path]:
                if found[target] | found[path] != found[target]:
                    found[target] |= found[path]
                    waiting.append(target)
        return {path: tests or _ALL for path, tests in found.items()}

    def _loads_of(self, path: str) -> set[str]:
        """Return the files that are loaded with a file: what it imports, and the packages above that."""
        found = {
            target
            for dotted in self._imports[path].values()
            for target in self._meant(path, dotted)
        }
        for one in [*found, path]:
            folder = one.rpartition("/")[0]
            while folder and (package := f"{folder}/__init__.py") in self._files:
                found.add(package)
                folder = folder.rpartition("/")[0]
        return found - {path}

    def _prefix(self, path: str, prefix: str, own: _Home | None) -> None:
        """Reach what is called by a name that is put together from its beginning."""
        self._prefixes[path].add(prefix)
        for at, function in enumerate(self._files[path].functions):
            if function.name.startswith(prefix):
                self._reach(FunctionAt(path, at))
        for home in self._family(own) if own else ():
            self._own_prefixes[home].add(prefix)
            if home in self._reached_classes:
                self._reach_all(
                    place
                    for place in self._of_class[home]
                    if self._at(place).name.startswith(prefix)
                )

    def _reach_all(self, places: Iterable[FunctionAt]) -> None:
        for place in list(places):
            self._reach(place)

    # -- what there is

    def _family(self, home: _Home) -> tuple[_Home, ...]:
        """Return a class, those derived from it, and the bases of all of these."""
        if home not in self._families:
            derived = _closure([home], lambda one: self._derived[one])
            bases = _closure(
                derived,
                lambda one: [base for base in self._bases.get(one, ()) if isinstance(base, _Home)],
            )
            self._families[home] = tuple(bases)
        return self._families[home]

    def _foreign_bases(self, home: _Home) -> list[str]:
        """Return the classes from elsewhere that a class is derived from, through others too."""
        own = _closure(
            [home],
            lambda one: [base for base in self._bases.get(one, ()) if isinstance(base, _Home)],
        )
        return [base for one in own for base in self._bases.get(one, ()) if isinstance(base, str)]

    def _bases_of(self, home: _Home) -> Iterator[_Home | str]:
        for written in self._classes[home].bases:
            near = _Home(home.path, written)
            if near in self._classes and near != home:
                yield near
                continue
            head, _, rest = written.partition(".")
            full = ".".join(filter(None, (self._imports[home.path].get(head, head), rest)))
            yield self._class_of(home.path, full) or full

    def _class_of(self, path: str, dotted: str, *, depth: int = 0) -> _Home | None:
        """Return the class in the project that a dotted name means, through modules that hand it on."""
        base, _, name = dotted.rpartition(".")
        for target in self._exactly(path, base or "."):
            if (home := _Home(target, name)) in self._classes:
                return home
            handed_on = self._imports[target]
            ways = [handed_on[name]] if name in handed_on else []
            ways += [f"{star}{name}" for star in self._stars[target]]
            for way in ways if depth < _DEEP else ():
                found = self._class_of(target, way, depth=depth + 1)
                if found:
                    return found
        return None

    def _meant(self, path: str, dotted: str) -> list[str]:
        """Return the files of a module, or of the one that holds a name."""
        base, _, _ = dotted.rpartition(".")
        return self._exactly(path, dotted) or self._exactly(
            path, base or ("." if dotted.startswith(".") else "")
        )

    def _exactly(self, path: str, dotted: str) -> list[str]:
        if not dotted.startswith("."):
            return self._by_module.get(dotted, [])
        level = len(dotted) - len(dotted.lstrip("."))
        folders = path.split("/")[:-1]
        parts = [*folders[: len(folders) - level + 1], *filter(None, dotted.lstrip(".").split("."))]
        stem = "/".join(parts)
        return [
            one for one in (f"{stem}.py", f"{stem}/__init__.py".lstrip("/")) if one in self._files
        ]


def _closure(start: Iterable[_Home], following: Callable[[_Home], Iterable[_Home]]) -> list[_Home]:
    found = list(dict.fromkeys(start))
    known = set(found)
    for one in found:  # grows while it is gone through
        for other in following(one):
            if other not in known:
                known.add(other)
                found.append(other)
    return found


def _modules(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the files by their dotted names: a package by its full name, other files from any folder above them."""
    known = set(paths)
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(known):
        parts = path.rpartition(".")[0].split("/")
        at = len(parts) - 1
        while at and "/".join([*parts[:at], "__init__.py"]) in known:
            at -= 1
        if parts[-1] == "__init__":
            parts.pop()
        for start in range(min(at, len(parts) - 1) + 1):
            found[".".join(parts[start:])].append(path)
    return found


@lru_cache(maxsize=4096)
def _calls(base: str, method: str) -> bool:
    """Tell whether a class from elsewhere may call a method that a derived one has."""
    module, _, name = base.rpartition(".")
    if not module:
        known = getattr(builtins, name, None)
    elif module.partition(".")[0] in sys.stdlib_module_names - _NOT_IMPORTED:
        try:
            known = getattr(importlib.import_module(module), name, None)
        except ImportError:  # of another system, or another version of Python
            known = None
    else:
        known = None
    if known is None:
        return not method.startswith("_")  # nobody knows
    return hasattr(known, method) or bool(_CALLED_BY_NAME.match(method))
