"""What is said of a bundle: the worst secrets, all of them, what to leave out."""

from __future__ import annotations

import json

import pytest

from sous.bundle.secret_allow import digest_of, fingerprint
from sous.bundle.summary import FoundSecret, Packed, is_secrets_report

SMALL = {f"src/m{number}.py": 400 for number in range(30)}
SECRETS = [
    *(FoundSecret(f"a{number}.py", "assigned secret", number, digest_of(str(number))) for number in range(1, 6)),
    FoundSecret("b.py", "GitHub token", 3, digest_of("x")),
    FoundSecret("k.pem", "private key", 1, digest_of("y")),
    FoundSecret("[masked].py", "AWS access key id in the name", 0),
]


def packed(**more: int) -> Packed:
    files = SMALL | more
    return Packed(files=len(files), tokens=sum(files.values()), by_path=files)


def test_the_five_worst_secrets_are_shown_with_what_allows_them() -> None:
    lines = list(Packed(secrets=SECRETS).secret_lines())
    assert lines[0] == f"k.pem:1: private key ({fingerprint(digest_of('y'))})"
    assert lines[1] == "[masked].py: AWS access key id in the name"
    assert lines[2].startswith("b.py:3: GitHub token (")
    assert lines[5:] == ["and 3 more"]


def test_a_report_has_all_secrets_and_is_known_again() -> None:
    whole = Packed(secrets=SECRETS)
    text = whole.secrets_report(as_json=False)
    assert text.count("\n") == len(SECRETS)
    rows = json.loads(whole.secrets_report(as_json=True))
    assert [row["path"] for row in rows] == [one.path for one in SECRETS]
    assert rows[-1]["fingerprint"] is None
    assert is_secrets_report(text)
    assert is_secrets_report(json.dumps(rows))


@pytest.mark.parametrize("text", ["# Readme\n", '["a"]', "[", "{}", "0123456789ab no\n"])
def test_other_texts_are_no_report(text: str) -> None:
    assert not is_secrets_report(text)


def test_files_that_take_more_than_half_are_named_with_what_leaves_them_out() -> None:
    (line,) = packed(**{"vendor/x.min.js": 40_000}).suggestions()
    assert line == "heaviest: vendor/x.min.js 77%; --ignore 'vendor/x.min.js' would save 40,000 tokens"


def test_generated_files_are_suggested_by_their_endings() -> None:
    (line,) = packed(**{f"web/a{number}.js.map": 600 for number in range(20)}).suggestions()
    assert line == "likely generated: 20 files; --ignore '**/*.js.map' would save 12,000 tokens"


def test_what_the_repository_marks_as_generated_is_suggested() -> None:
    made = {f"api/a{number}.go": 600 for number in range(20)}
    bundle = packed(**made)
    bundle.generated = {**dict.fromkeys(made, "api/*.go"), "not/packed.go": "not/*"}
    (line,) = bundle.suggestions()
    assert line == "likely generated: 20 files; --ignore 'api/*.go' would save 12,000 tokens"


def test_nothing_is_suggested_for_small_or_even_bundles() -> None:
    assert list(packed().suggestions()) == []
    assert list(Packed(files=2, tokens=90_000, by_path={"a": 80_000, "b": 10_000}).suggestions()) == []


def test_what_notebooks_would_save_as_cells_is_told_of_the_smallest_bundle() -> None:
    files = {"a.ipynb": 9_000, "b.ipynb": 2_000, "c.py": 3_000}
    bundle = Packed(files=3, tokens=14_000, by_path=files, as_cells={"a.ipynb": 500, "b.ipynb": 2_100})
    assert list(bundle.suggestions()) == ["1 notebook; --notebooks cells would save 8,500 tokens"]
    bundle.as_cells["a.ipynb"] = 8_900
    assert list(bundle.suggestions()) == []
