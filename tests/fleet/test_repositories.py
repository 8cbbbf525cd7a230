"""Which repositories lists, tables and folders name; what is refused before anything is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scene import git, write_tree
from sous.errors import UsageProblem
from sous.fleet.repositories import FleetRepository, has_password, read_repositories, selected

if TYPE_CHECKING:
    from pathlib import Path


def listed(folder: Path, text: str, name: str = "repos.txt") -> tuple[FleetRepository, ...]:
    write_tree(folder, {name: text})
    return read_repositories([name], top=folder).repositories


def test_lines_of_addresses_with_tags(tmp_path: Path) -> None:
    found = listed(tmp_path, "# ours\nhttps://h/o/one.git web api\n\ngit@h:o/two@v1  # old\no/three\n")
    assert [(one.name, one.address, one.ref, one.tags) for one in found] == [
        ("o/one", "https://h/o/one.git", "", ("web", "api")),
        ("o/two", "git@h:o/two", "v1", ()),
        ("o/three", "https://github.com/o/three.git", "", ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/O/N\ngit@github.com:o/n.git\nssh://git@github.com:22/o/n/\nhttps://GitHub.com/o/n.git",
        "o/n\nhttps://github.com/o/n",
        "https://h.example/a/b\nhttp://h.example:80/a/b.git\ngit@h.example:a/b",
        "file:///srv/a%20b\nfile:///srv/a%20b.git",
    ],
)
def test_spellings_of_one_repository_are_taken_once(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {"repos.txt": text})
    chosen = read_repositories(["repos.txt"], top=tmp_path)
    assert len(chosen.repositories) == 1
    assert chosen.doubles == text.count("\n")


@pytest.mark.parametrize(
    "spelling",
    [
        "HTTPS://GITHUB.COM/acme/web", "ssh://git@github.com:22/acme/web.git/", "https://www.github.com/acme/web",
        "git@github.com:/acme/web", "https://github.com//acme//web", "https://github.com/acme/%77eb",
        "ssh://git@ssh.github.com:443/acme/web.git", "https://github.com./acme/web", "github.com/acme/web",
        "https://github.com/acme/web#readme",
        "https://github.com/acme/x/../web", "https://github.com/Acme/Web/.git", "acme/web", "github.com:acme/web.git",
    ],
)  # fmt: skip
def test_a_spelling_names_the_same_repository(tmp_path: Path, spelling: str) -> None:
    assert [one.identity for one in listed(tmp_path, spelling)] == ["github.com/acme/web"]


def test_a_folder_with_such_signs_in_its_name_is_an_address_too(tmp_path: Path) -> None:
    (one,) = listed(tmp_path, "file:///srv/c%23/a#b?c")
    assert one.address == "file:///srv/c%23/a%23b%3Fc"


def test_names_that_differ_by_case_have_folders_of_their_own(tmp_path: Path) -> None:
    one, other = listed(tmp_path, "https://h/o/Name\nhttps://h/o/name")
    assert one.slug.lower() != other.slug.lower()
    assert one.slug == one.slug.lower()


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c x", "ext::x", "fd::17", "--upload-pack=x", "-oProxyCommand=x", "https://u:secret@h/o/n", "https://secret@h/o/n",
        "https://-h/a", "git://h/a", "ssh://-oProxyCommand=x/a", "o/n@..", "https://h/a@-x", "$(touch x)",
        "https://u:pa/secret@h/a", "https:///u:secret@h/a", "u:secret@github.com/a/b", "u:secret@h:a/b",
        "github.com/o:secret@h/a", "https://u:secret@[::1]:80/a", "http://h:port/a", "../../etc",
        "https://h/o/n?private_token=secret", "https://h/o/n.git?access=secret#x", "ssh://h/o/n?secret", "git@h:o/n?t=secret",
        "https://u:secret%40h/a", "https://u:secret", "https\uff1a//u:secret@h/a", "https://u:secret\uff20h/a", "//u:secret@h/a",
        "u:secret@localhost/a", "u:secret@10.0.0.1/a", "u:secret@h/a", "https://[::1/a",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_all(tmp_path: Path, address: str) -> None:
    entries = [{"address": "https://h/o/good"}, {"address": address}]
    write_tree(tmp_path, {"repos.json": json.dumps(entries)})
    with pytest.raises(UsageProblem, match="nothing was done; entries that name no repository: ") as told:
        read_repositories(["repos.json"], top=tmp_path)
    assert "secret" not in str(told.value)
    with pytest.raises(UsageProblem) as named:
        read_repositories([address if "://" in address else f"https://h/{address}?secret"], top=tmp_path)
    assert "secret" not in str(named.value)


@pytest.mark.parametrize("source", ["u:secret@github.com/a/b", "bot:secret@h:a/b@main", "https:///u:secret@h/a"])
def test_a_password_on_the_command_line_is_not_repeated(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageProblem, match="is given with a user, token or password") as told:
        read_repositories([source], top=tmp_path)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    ["https://h:8443/a/b@x", "ssh://git@h:22/a@x", "h:a/b@feature/x", "git@h:a/b@main", "https://[::1]:80/a@x"],
)
def test_a_port_or_a_user_of_ssh_is_no_password(address: str) -> None:
    assert not has_password(address)


def test_those_of_one_name_are_told_apart_and_keep_their_folders(tmp_path: Path) -> None:
    alone = listed(tmp_path, "https://h/o/web")
    both = listed(tmp_path, "https://h/o/web\nhttps://h/o/web@main\nhttps://k/o/web\nhttps://k/o/api")
    assert [one.name for one in both] == ["h/o/web", "h/o/web@main", "k/o/web", "o/api"]
    assert [one.slug for one in both][:1] == [one.slug for one in alone]


def test_a_table_with_references_tags_and_options(tmp_path: Path) -> None:
    text = """
    [[repository]]
    address = "https://h/o/one"
    ref = "main"
    tags = ["web"]
    options = { ignore = ["docs/**"], budget = 1000 }
    [[repository]]
    folder = "here"
    name = "ours"
    """
    (tmp_path / "here").mkdir()
    one, other = listed(tmp_path, text, "repos.toml")
    assert (one.ref, one.tags, dict(one.options)) == ("main", ("web",), {"ignore": ["docs/**"], "budget": 1000})
    assert (other.name, other.folder) == ("ours", str(tmp_path / "here"))


@pytest.mark.parametrize(
    "text",
    ['[[repository]]\nref = "x"', '[[repository]]\naddress = "o/n"\nfolder = "."', "[[repository]]\naddress = 3",
     '[[repository]]\naddress = "o/n"\nwhere = 1', '[[repository]]\naddress = "o/n"\ntags = "x"', "x = 1",
     '[[repository]]\naddress = "o/n"\noptions = { model = "gpt-5" }',
     '[[repository]]\nfolder = "gone"', '[[repository]]\nfolder = "."\nref = "main"'],
)  # fmt: skip
def test_a_table_that_says_nonsense(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageProblem):
        listed(tmp_path, text, "repos.toml")


def test_lists_as_forges_print_them(tmp_path: Path) -> None:
    github = [{"sshUrl": "git@github.com:o/a.git", "defaultBranchRef": {"name": "dev"}, "nameWithOwner": "o/a",
               "isArchived": True, "repositoryTopics": [{"name": "web"}]}]  # fmt: skip
    gitlab = [{"id": 3, "http_url_to_repo": "https://gitlab.com/g/s/b.git", "ssh_url_to_repo": "git@gitlab.com:g/s/b.git",
               "path_with_namespace": "g/s/b", "default_branch": "main", "topics": ["api"]}]  # fmt: skip
    (one,) = listed(tmp_path, json.dumps(github), "gh.json")
    (other,) = listed(tmp_path, json.dumps(gitlab), "gl.json")
    assert (one.name, one.address, one.ref, one.tags) == ("o/a", "git@github.com:o/a.git", "dev", ("web", "archived"))
    assert (other.name, other.address, other.ref, other.tags) == (
        "g/s/b", "https://gitlab.com/g/s/b.git", "main", ("api",),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["[", "[3]", '[{"id": 3}]', pytest.param("[" * 200_000, id="deep")])
def test_json_that_names_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageProblem):
        listed(tmp_path, text, "repos.json")


def test_a_folder_is_a_repository_or_holds_some(tmp_path: Path) -> None:
    write_tree(tmp_path, {"all/a/x.py": "", "all/b/x.py": "", "all/notes.txt": "", "plain/x.py": ""})
    for name in ("a", "b"):
        git(tmp_path / "all" / name, "init", "-q")
    assert [one.name for one in read_repositories(["all"], top=tmp_path).repositories] == ["a", "b"]
    assert [one.name for one in read_repositories(["all/a", "plain"], top=tmp_path).repositories] == ["a", "plain"]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"gone\.txt is neither a file nor a folder"):
        read_repositories(["gone.txt"], top=tmp_path)


def test_only_those_of_a_tag_or_name(tmp_path: Path) -> None:
    found = listed(tmp_path, "https://h/o/one web\nhttps://h/o/two api\nhttps://h/p/three web")
    assert [one.name for one in selected(found, tags=["web"])] == ["o/one", "p/three"]
    assert [one.name for one in selected(found, only=["O/*"])] == ["o/one", "o/two"]
    assert [one.name for one in selected(found, tags=["web"], only=["p/*", "q"])] == ["p/three"]
