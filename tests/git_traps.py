"""A repository in which everything that git could be made to start, or to write, leaves a trace."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scene import git

if TYPE_CHECKING:
    from pathlib import Path

FILTERS = ("evil", "a=b", "do.t", "x.clean", "included", "UPPER", "lfs")
HOOKS = (
    "post-index-change", "fsmonitor-watchman", "post-checkout", "pre-commit", "reference-transaction", "post-merge",
    "pre-merge-commit", "post-rewrite", "post-commit", "pre-auto-gc", "update", "pre-push", "sendemail-validate",
)  # fmt: skip


@dataclass(frozen=True)
class Traps:
    """An armed repository, and where traces of what ran show."""

    repo: Path
    traces: Path

    def sprung(self) -> list[str]:
        """Return what ran or was written."""
        return sorted(path.name for path in self.traces.iterdir())

    def environment(self) -> dict[str, str]:
        """Return variables as a hostile project could set them."""
        evil, repo = self._command, self.repo
        empty = repo / "empty"
        return {
            "GIT_EXTERNAL_DIFF": evil("env-external-diff"), "GIT_SSH_COMMAND": evil("env-ssh"),
            "GIT_SSH": evil("env-ssh"), "GIT_PAGER": evil("env-pager"), "PAGER": evil("env-pager"),
            "GIT_EDITOR": evil("env-editor"), "EDITOR": evil("env-editor"), "VISUAL": evil("env-editor"),
            "GIT_SEQUENCE_EDITOR": evil("env-editor"), "GIT_ASKPASS": evil("env-askpass"),
            "SSH_ASKPASS": evil("env-askpass"), "GIT_PROXY_COMMAND": evil("env-proxy"),
            "GIT_DIR": str(empty), "GIT_WORK_TREE": str(empty), "GIT_INDEX_FILE": str(empty / "index"),
            "GIT_OBJECT_DIRECTORY": str(empty), "GIT_COMMON_DIR": str(empty), "GIT_NAMESPACE": "evil",
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": evil("env-config"),
            "GIT_CONFIG_KEY_1": "filter.evil.clean", "GIT_CONFIG_VALUE_1": evil("env-config"),
            "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{evil('env-parameters')}'",
            "GIT_CONFIG_GLOBAL": str(repo / "evil.config"), "GIT_CONFIG_SYSTEM": "evil.config",
            "XDG_CONFIG_HOME": str(repo / "xdg"), "GIT_EXEC_PATH": str(repo / "exec"),
            "GIT_TEMPLATE_DIR": str(repo / "template"), "GIT_ATTR_SOURCE": "HEAD",
            "GIT_TRACE": str(self.traces / "env-trace"), "GIT_TRACE_SETUP": str(self.traces / "env-trace"),
            "GIT_TRACE2": str(self.traces / "env-trace2"), "GIT_TRACE2_EVENT": str(self.traces / "env-trace2"),
            "GIT_TRACE2_PERF": str(self.traces / "env-trace2"), "GIT_TRACE_PACKET": str(self.traces / "env-trace"),
            "GIT_FLUSH": "1", "GIT_GRAFT_FILE": str(repo / "grafts"), "GIT_SHALLOW_FILE": str(empty / "shallow"),
            "GIT_CEILING_DIRECTORIES": "", "GIT_ALLOW_PROTOCOL": "ext:file:ssh", "GIT_NO_LAZY_FETCH": "0",
        }  # fmt: skip

    def _command(self, name: str) -> str:
        """Return a program that leaves a trace; it answers as a filter would."""
        script = self.traces.parent / "evil" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\ntouch '{self.traces / name}'\ncat\n")
        script.chmod(0o755)
        return str(script)


def arm(folder: Path, *, filters: bool = True) -> Traps:
    """Make a repository of two commits with a submodule, a nested repository and a worktree; all of them armed."""
    found = Traps(folder / "repo", folder / "traces")
    found.traces.mkdir()
    repo = found.repo
    _commit_files(repo, folder, filters=filters)
    _arm_git_folder(found, repo, repo / ".git")
    _arm_git_folder(found, repo / "lib", repo / ".git" / "modules" / "lib")
    _arm_git_folder(found, repo / "nested", repo / "nested" / ".git")
    _arm_beside(found)
    (repo / "app.py").write_text("def add(a, b):\n    # TODO: changed\n    return a + b\n")
    (repo / "lib" / "inside.py").write_text("changed = 1\n")
    (repo / "nested" / "n.py").write_text("changed = 1\n")
    for path in found.traces.iterdir():
        path.unlink()
    return found


def _commit_files(repo: Path, folder: Path, *, filters: bool) -> None:
    for name in ("inner", "repo", "repo/nested"):
        (folder / name).mkdir()
        git(folder / name, "init", "-q")
    (folder / "inner" / "inside.py").write_text("x = 1\n")
    (repo / "nested" / "n.py").write_text("x = 1\n")
    for one in (folder / "inner", repo / "nested"):
        git(one, "add", ".")
        git(one, "commit", "-qm", "inside")
    lines = [f"f{number}.txt filter={name}" for number, name in enumerate(FILTERS)]
    attributes = (
        "*.py filter=evil diff=evil merge=evil",
        "*.md diff=do.t",
        "*.md filter=a=b",
        "*.dat -filter diff=evil",
        *lines,
    )
    text = "\n".join((*attributes, *lines)) + "\n"
    (repo / ".gitattributes").write_text(text if filters else text.replace("filter=", "no="))
    (repo / "app.py").write_text("def add(a, b):\n    # TODO: fix this\n    return 0\n")
    (repo / "README.md").write_text("# Demo\n")
    for number in range(len(FILTERS)):
        (repo / f"f{number}.txt").write_text("text\n")
    (repo / "diffed.dat").write_text("one\n")
    git(repo, "add", ".gitattributes", "diffed.dat", "app.py", "README.md", "f*.txt")
    git(repo, "commit", "-qm", "one")
    git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(folder / "inner"), "lib")
    (repo / "app.py").write_text("def add(a, b):\n    # TODO: fix this\n    return a - b\n")
    (repo / "diffed.dat").write_text("two\n")
    git(repo, "commit", "-qam", "two")
    _signed_commit(repo)
    git(repo, "branch", "other", "HEAD~1")
    git(repo, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    git(repo, "worktree", "add", "-q", "-b", "beside", str(folder / "beside"))


def _signed_commit(repo: Path) -> None:
    """Commit with what looks like a signature, so that `log.showSignature` has somebody to ask."""
    tree, parent = git(repo, "rev-parse", "HEAD^{tree}", "HEAD").split()
    who = "A <a@example.com> 1700000000 +0000"
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
    text = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n{signature}\n\nsigned\n"
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=repo, input=text.encode(), capture_output=True, check=True,
    )  # fmt: skip
    git(repo, "update-ref", "HEAD", made.stdout.decode().strip())


def _arm_git_folder(traps: Traps, work_tree: Path, git_folder: Path) -> None:
    """Write the traps by hand: git itself would step into them."""
    evil = traps._command  # of the same module
    inner = git_folder != traps.repo / ".git"
    mark = "inner-" if inner else ""
    sections = {
        "core": {
            "fsmonitor": evil(f"{mark}fsmonitor"), "hooksPath": str(git_folder / "myhooks"),
            "sshCommand": evil(f"{mark}ssh"), "askPass": evil(f"{mark}askpass"), "pager": evil(f"{mark}pager"),
            "editor": evil(f"{mark}editor"), "gitProxy": evil(f"{mark}proxy"),
            "alternateRefsCommand": evil(f"{mark}alternate"),
            "attributesFile": str(git_folder / "attributes"), "excludesFile": str(git_folder / "excludes"),
            **({} if inner else {"worktree": str(traps.repo.parent / "elsewhere")}),
        },
        "diff": {"external": evil(f"{mark}external")},
        "diff.evil": {"textconv": evil(f"{mark}textconv"), "command": evil(f"{mark}diff-command")},
        "diff.do.t": {"textconv": evil(f"{mark}textconv"), "command": evil(f"{mark}diff-command")},
        "merge.evil": {"driver": evil(f"{mark}merge")},
        "gpg": {"program": evil(f"{mark}gpg"), "format": "openpgp"},
        "gpg.openpgp": {"program": evil(f"{mark}gpg")},
        "log": {"showSignature": "true"},
        "merge": {"verifySignatures": "true"},
        "commit": {"gpgSign": "true"},
        "credential": {"helper": f"!{evil(f'{mark}credential')}"},
        "credential.https://github.com": {"helper": f"!{evil(f'{mark}credential')}"},
        "remote.origin": {
            "url": "https://github.com/o/r.git", "fetch": "+refs/heads/*:refs/remotes/origin/*",
            "uploadpack": evil(f"{mark}uploadpack"),
        },
        "remote.evil": {
            "url": f"ext::{evil(f'{mark}ext')}", "promisor": "true", "uploadpack": evil(f"{mark}uploadpack"),
            "vcs": "evil",
        },
        "protocol": {"allow": "always"},
        "protocol.ext": {"allow": "always"},
        "interactive": {"diffFilter": evil(f"{mark}interactive")},
        "sequence": {"editor": evil(f"{mark}editor")},
        "hook.evil": {"command": evil(f"{mark}config-hook"), "event": "post-index-change"},
        "trace2": {"eventTarget": str(traps.traces / "trace2"), "normalTarget": str(traps.traces / "trace2")},
        "submodule": {"recurse": "true"},
        "status": {"submoduleSummary": "true"},
        "trailer.evil": {"cmd": evil(f"{mark}trailer"), "command": evil(f"{mark}trailer")},
        "lfs.extension.evil": {"clean": evil(f"{mark}lfs"), "smudge": evil(f"{mark}lfs")},
        "include": {"path": "included"},
        "includeIf.gitdir:**": {"path": "included"},
        "alias": {name: f"!{evil(f'{mark}alias')}" for name in ("log", "diff", "blame", "config", "status")},
        "pager": {name: evil(f"{mark}pager") for name in ("log", "diff", "blame", "config", "status")},
        **{f"filter.{name}": _filter(traps, f"{mark}filter-{name}") for name in FILTERS if name != "included"},
    }  # fmt: skip
    with (git_folder / "config").open("a", encoding="utf-8", newline="\n") as file:
        file.write(_config(sections))
    (git_folder / "included").write_text(_config({"filter.included": _filter(traps, f"{mark}filter-included")}))
    (git_folder / "attributes").write_text("* filter=evil diff=evil\n")
    (git_folder / "info").mkdir(exist_ok=True)
    (git_folder / "info" / "attributes").write_text("*.md filter=evil diff=evil\n")
    for folder in ("hooks", "myhooks"):
        (git_folder / folder).mkdir(exist_ok=True)
        for hook in HOOKS:
            path = git_folder / folder / hook
            path.write_text(f"#!/bin/sh\n{evil(f'{mark}hook-{hook}')} < /dev/null\n")
            path.chmod(0o755)
    index = git_folder / "index"
    if index.is_file():  # older than the files, so that git has to look at each of them
        os.utime(index, (1, 1))
    for path in work_tree.glob("*.*"):
        os.utime(path)


def _filter(traps: Traps, name: str) -> dict[str, str]:
    command = traps._command(name.replace("/", "-"))
    return {"clean": command, "smudge": command, "process": command, "required": "true"}


def _config(sections: dict[str, dict[str, str]]) -> str:
    lines: list[str] = []
    for section, entries in sections.items():
        head, dot, sub = section.partition(".")
        lines.append(f'[{head} "{sub}"]' if dot else f"[{head}]")
        lines += [
            '\t{} = "{}"'.format(key, value.replace("\\", "\\\\").replace('"', '\\"')) for key, value in entries.items()
        ]
    return "\n".join(lines) + "\n"


def _arm_beside(traps: Traps) -> None:
    """Arm what is no entry of a configuration: a second worktree, replaced objects, grafts, and files for variables."""
    repo, evil = traps.repo, traps._command
    _append(repo / ".git" / "config", "[extensions]\n\tworktreeConfig = true\n")
    for own in (repo / ".git", repo / ".git" / "worktrees" / "beside"):
        (own / "config.worktree").write_text(_config({"core": {"fsmonitor": evil("worktree-fsmonitor")}}))
    (repo / "evil.config").write_text(
        _config(
            {"filter.evil": _filter(traps, "global-filter"), "trace2": {"eventTarget": str(traps.traces / "trace2")}}
        )
    )
    (repo / "xdg" / "git").mkdir(parents=True)
    (repo / "xdg" / "git" / "config").write_bytes((repo / "evil.config").read_bytes())
    (repo / "empty").mkdir()
    (repo / "exec").mkdir()
    for name in ("git-remote-https", "git-upload-pack", "git-config", "git"):
        (repo / "exec" / name).write_text(f"#!/bin/sh\n{evil('exec-path')}\n")
        (repo / "exec" / name).chmod(0o755)


def replace_head(repo: Path) -> None:
    """Make git show another commit for the newest one."""
    head, tree = git(repo, "rev-parse", "HEAD", "HEAD^{tree}").split()
    made = git(repo, "commit-tree", tree, "-m", "PWNED-replaced").strip()
    git(repo, "update-ref", f"refs/replace/{head}", made)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
