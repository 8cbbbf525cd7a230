"""Which of git's settings apply: harmless ones of the repository, all of the user's own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sous.git_place import find_checkout
from sous.proc import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# a key, its section and name in lower case, and a value; None: no `=`
Entry = tuple[str, "str | None"]
Scoped = tuple["list[Entry]", "list[Entry]"]  # the user's, and the repository's

_BOOL = "true|false|yes|no|on|off|1|0"
# What decides how files and objects are read (git-config(1)); nothing here names a program, a file
# or a host.
_VALUES = {
    "core.autocrlf": f"{_BOOL}|input",
    "core.checkstat": "default|minimal",
    "core.eol": "lf|crlf|native",
    "extensions.objectformat": "sha1|sha256",
    "extensions.refstorage": "reftable",
    **dict.fromkeys(
        (
            "core.filemode", "core.ignorecase", "core.longpaths", "core.precomposeunicode",
            "core.sparsecheckout",
            "core.sparsecheckoutcone", "core.symlinks", "core.trustctime", "index.sparse",
        ),
        _BOOL,
    ),
}  # fmt: skip
# Data about remotes, which is only printed: nothing is ever fetched.
_REMOTES = re.compile(
    r"remote\..+\.(?:url|fetch)|branch\..+\.(?:remote|merge)|url\..+\.insteadof", re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# The user's own settings that git needs to compare a work tree, and to say what a remote is.
_USERS = re.compile(r"core\.(?:autocrlf|eol|longpaths|symlinks)|url\..+\.insteadof", re.DOTALL)

# Always so, whatever is configured where.
_FIXED = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.excludesFile": "",  # the same tree is the same on every machine
    "core.askPass": "",
    "core.sshCommand": "",
    "diff.external": "",
    "credential.helper": "",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "commit.gpgSign": "false",
    "log.showSignature": "false",
    "merge.verifySignatures": "false",
    "core.editor": ":",
    "sequence.editor": ":",
    "core.pager": "cat",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "rerere.enabled": "false",
    "safe.bareRepository": "explicit",
    "core.useReplaceRefs": "false",
}
# What a repository's own configuration makes git, or a filter of the user's, start or read; and
# what it is instead.
_STARTERS = (
    (r"filter\..*\.(?:clean|smudge|process)", ""),
    (r"filter\..*\.required", "false"),
    (r"diff\..*\.(?:textconv|command)", ""),
    (r"merge\..*\.driver", "false"),
    (r"core\.(?:attributesfile|gitproxy)", ""),
    (r"core\.alternaterefscommand", ":"),
    (r"credential\..*\.helper", ""),
    (r"gpg\.(?:.*\.)?(?:program|defaultkeycommand)", "false"),
    (r"hook\..*\.command", ":"),
    (r"hook\..*\.enabled", "false"),
    (r"trailer\..*\.(?:cmd|command)", ":"),
    (r"pager\..*|submodule\..*\.active|remote\..*\.promisor", "false"),
    (r"remote\..*\.(?:uploadpack|receivepack|vcs|proxy)|uploadpack\.packobjectshook", ""),
    (r"protocol\..*\.allow", "never"),
    (r"interactive\.difffilter|alias\..*", ""),
    (r"lfs\.(?:extension|customtransfer)\..*|lfs\.(?:.*\.)?standalonetransferagent", ""),
)
_START = {
    "core.askpass", "core.editor", "core.fsmonitor", "core.hookspath", "core.pager",
    "core.sshcommand", "core.worktree", "credential.helper", "diff.external", "protocol.allow",
    "sequence.editor",
}  # fmt: skip
_STARTER = [(re.compile(pattern, re.DOTALL), instead) for pattern, instead in _STARTERS]
_FILTER = re.compile(r"filter\.(.*)\.(?:clean|smudge|process)", re.DOTALL)


_STEERING = ("PAGER", "EDITOR", "VISUAL", "SSH_ASKPASS", "LESSOPEN", "LESSCLOSE", "PREFIX")
_GUARDS = {
    "GIT_ALLOW_PROTOCOL": "",  # a promisor remote may not be fetched from
    "GIT_EDITOR": ":",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    # over trace2.* of the system's and the user's configuration, which name files to write
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "LC_ALL": "C",
}


# A configuration as git itself writes it: nothing is quoted, escaped, wrapped or commented in it.
_PLAIN_LINE = re.compile(
    r"""\[(?P<section>[A-Za-z][A-Za-z0-9\-]*)(?:[ ]"(?P<sub>[\w./:@+\-]+)")?\]|"""
    r"""[\t ]*(?P<name>[A-Za-z][A-Za-z0-9\-]*)[ ]=[ ](?P<value>[\w./:@+*~=,\-]+)""",
    re.ASCII,
)


def plain_entries(data: bytes) -> list[Entry] | None:
    """Return the entries of a plain configuration file; None for one that is git's to read."""
    if not data.isascii() or b"\r" in data:
        return None
    found: list[Entry] = []
    section = ""
    for line in filter(None, data.decode("ascii").split("\n")):
        match = _PLAIN_LINE.fullmatch(line)
        if match is None or not (section or match["section"]):
            return None
        if match["section"]:
            section = match["section"].lower() + (f".{match['sub']}" if match["sub"] else "")
        else:
            found.append((f"{section}.{match['name'].lower()}", match["value"]))
    return found


def entries_of(raw: bytes) -> list[Entry]:
    """Return the entries that `git config --list -z` printed."""
    found: list[Entry] = []
    for entry in raw.decode("utf-8", "surrogateescape").split("\0"):
        key, equals, value = entry.partition("\n")
        if key:
            found.append((key, value if equals else None))
    return found


def scoped_entries_of(raw: bytes) -> Scoped:
    """Return the user's entries and the repository's from `git config --list --show-scope -z`."""
    words = raw.decode("utf-8", "surrogateescape").split("\0")
    users: list[Entry] = []
    theirs: list[Entry] = []
    for scope, entry in zip(words[::2], words[1::2], strict=False):
        key, equals, value = entry.partition("\n")
        if scope != "command":
            (users if scope in ("system", "global") else theirs).append(
                (key, value if equals else None)
            )
    return users, theirs


def users_files(env: Mapping[str, str]) -> list[Path]:
    """Return the files of the user's own configuration, whether they are there or not."""
    if named := env.get("GIT_CONFIG_GLOBAL"):
        return [Path(named)]
    home = env.get("HOME", "")
    above = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return [Path(home, ".gitconfig"), Path(above, "git", "config")]


def harmless(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Return the entries of a repository's configuration that a git that only reads may know."""
    found = []
    for key, value in entries:
        text = "true" if value is None else value
        if key in _VALUES:
            if re.fullmatch(_VALUES[key], text, re.IGNORECASE):
                found.append((key, text.lower()))
        elif _REMOTES.fullmatch(key) and not _CONTROL.search(key + text):
            found.append((key, text))
    return found


def users_part(entries: Iterable[Entry], known: Iterable[str]) -> list[tuple[str, str]]:
    """Return what of the user's own settings holds beside the `known` keys of a repository."""
    theirs = set(known)
    users = harmless(entry for entry in entries if _USERS.fullmatch(entry[0]))
    return [entry for entry in users if entry[0] not in theirs or entry[0].startswith("url.")]


def view_text(entries: Iterable[tuple[str, str]]) -> str:
    """Return the configuration of a view: harmless `entries` and what always applies."""
    kept = list(entries)
    version = (
        "1"
        if any(key in ("extensions.objectformat", "extensions.refstorage") for key, _ in kept)
        else "0"
    )
    fixed = {
        "core.repositoryformatversion": version, "core.bare": "false", "core.attributesfile": "",
        "core.untrackedcache": "false", "core.splitindex": "false", "log.mailmap": "false",
    }  # fmt: skip
    lines = []
    for key, value in (*kept, *fixed.items(), *_FIXED.items()):
        section, _, name = key.rpartition(".")
        head, dot, sub = section.partition(".")
        lines.append(f"[{head} {_quoted(sub)}]" if dot else f"[{head}]")
        lines.append(f"\t{name} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def switches(users: Iterable[Entry], theirs: Iterable[Entry]) -> dict[str, str]:
    """Return the settings that override a repository's own, so that no program it names is started.

    A program that the user's own configuration names under the same key is left as it is there.
    """
    own = {key: "true" if value is None else value for key, value in users}
    found = dict(_FIXED)
    for key, _ in theirs:
        instead = next((instead for pattern, instead in _STARTER if pattern.fullmatch(key)), None)
        if instead is not None:
            found[key] = own.get(key, instead)
    return found


def starts_program(key: str) -> bool:
    """Tell whether git starts a program, or reads other files, by an entry of a configuration."""
    is_included = key.startswith(("include.", "includeif.", "url."))
    return key in _START or is_included or any(one.fullmatch(key) for one, _ in _STARTER)


def wire_switches() -> dict[str, str]:
    """Return what always applies where git talks to a remote from a repository of ours.

    How the user logs in, by ssh or by a helper of credentials, is as the user configured it.
    """
    logs_in = ("core.askPass", "core.sshCommand", "credential.helper", "protocol.allow")
    return {key: value for key, value in _FIXED.items() if key not in logs_in}


def filters_left_out(users: Iterable[Entry], theirs: Iterable[Entry]) -> set[str]:
    """Return the names of filters that only the repository's configuration defines; we run none."""
    own = dict(users)
    return {
        match[1]
        for key, value in theirs
        if value and own.get(key) != value and (match := _FILTER.fullmatch(key))
    }


def as_environment(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the variables that make entries hold over all files.

    Unlike after `-c`, a name may hold `=`.
    """
    found: dict[str, str] = {}
    count = 0
    for count, (key, value) in enumerate(entries, 1):
        found |= {f"GIT_CONFIG_KEY_{count - 1}": key, f"GIT_CONFIG_VALUE_{count - 1}": value}
    return {**found, "GIT_CONFIG_COUNT": str(count)}


_work_trees: set[Path] = set()  # of which parts are checked out elsewhere


def never_users(top: Path) -> None:
    """Take no configuration from a work tree, also where its commits are checked out elsewhere."""
    _work_trees.add(Path(os.path.realpath(top)))


def users_environment(top: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the variables that lead to the user's configuration, unless it is in a work tree.

    That is the one at `top`, or the main one of its repository.
    """
    for name in (
        "HOME",
        "XDG_CONFIG_HOME",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
    ):
        value = os.environ.get(name)
        if value is not None and (name == "GIT_CONFIG_NOSYSTEM" or not _is_theirs(value, top)):
            yield name, value


def _is_theirs(value: str, top: Path | None) -> bool:
    """Tell whether a path lies in the work tree, or may do so, as it is relative.

    The home folder itself may be one.
    """
    if value in ("", os.devnull, "/dev/null"):
        return False
    path = Path(value)
    if not path.is_absolute():
        return True
    real = Path(os.path.realpath(path))
    tops = {top, _main_tree(top), *_work_trees} if top else _work_trees
    return any(
        one is not None and real != one and real.is_relative_to(one) and not _is_home(one)
        for one in tops
    )


def _main_tree(top: Path) -> Path | None:
    """Return the work tree of the repository that a linked worktree belongs to."""
    if not (top / ".git").is_file():
        return None
    try:
        common = find_checkout(top).common
    except ProgramFailed:
        return None
    return common.parent if common.name == ".git" else None


def _is_home(folder: Path) -> bool:
    try:
        return folder == Path(os.path.realpath(Path.home()))
    except RuntimeError:
        return False


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def clean_environment(kept: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without what steers git, and with `kept`."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_")
        and name not in _STEERING
        and name not in ("HOME", "XDG_CONFIG_HOME")
    }
    return {**ours, **_GUARDS, **kept}
