"""Which paths are of tests, in many languages, and which file a loosely written path means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sous.project.paths import Paths, is_test_name, is_test_path

TESTS = """
    polls/tests.py FooTest.kt src/UserTest.java Tests/FooTests.swift slug-test.js test.js x_test.dart
    spec/foo_spec.rb App.Tests/X.cs pkg/x_test.go tests.py app/test_views.py conftest.py src/a/__tests__/b.tsx
    src/a.spec.ts src/a.test.jsx a.cy.ts app.e2e-spec.ts test/parallel/test-fs.js UserIT.java TestUser.java
    src/test/java/com/x/Base.java src/test/resources/x.json src/androidTest/kotlin/A.kt src/commonTest/kotlin/A.kt
    FooSpec.scala FooSuite.scala FooSpec.groovy t/basic.t xt/pod.t spec/models/user.rb spec/support/x.rb
    spec/javascripts/x.js FooTests.cs FooTest.cs MyApp.UnitTests/Helper.cs MyApp.Tests.Integration/X.cs
    FooTests.fs tests/foo.rs src/foo_test.rs tests/testthat/test-foo.R test/runtests.jl lib/foo_test.exs
    test/foo_SUITE.erl foo_SUITE.erl foo_tests.erl src/FooSpec.hs test/Spec.hs foo_unittest.cc FooTest.cpp
    test_foo.c foo-test.c tst_foo.cpp AppUITests/AppUITests.swift FooTests.m Foo.t.sol test/Foo.t.sol foo.bats
    test_foo.sh foo.test.sh Foo.Tests.ps1 foo_spec.lua spec/foo.lua features/login.feature login.feature
    smoke.robot tests/data/x.json testdata/x.txt e2e/login.ts cypress/e2e/login.js
    web/__snapshots__/a.test.js.snap tb_alu.v alu_tb.vhd tests/test_foo.py integration_tests/foo.py
    unit-tests/x.py src/testFixtures/java/X.java test_foo.gd main.tftest.hcl user_test.clj user_test.ml
    test_user.ml FooTest.php FooCest.php spec/FooSpec.php tests/README.md foo_test.zig core/tests/x.py
    apps/web/src/x.spec.vue user_spec.cr test/test_helper.exs spec/spec_helper.rb test_plan.sql
    modules/foo/tests/main.tf FooUITests/Info.plist testutils/a.go pkg/testutil/a.go test/test-utils.mjs
    setup_test.py
""".split()  # noqa: SIM905
NO_TESTS = """
    latest.py contest.py testing.md src/attest.go test-plan.md tests.md src/latest/a.py contest/a.py
    src/protest.js Testimonial.tsx testimonials.tsx testify.go testbed.py greatest.rs Fastest.java Contest.java
    test.go testing.go test_utils.go spec.go openapi_spec.go model_spec.py aspect.rb inspect.rb spectrum.js
    special.ts spec/openapi.yaml specs/001/plan.md src/spec/mod.rs src/main/java/org/test/Foo.java
    openapi.spec.yaml api.spec.json .github/workflows/test.yml Test-Path.ps1 Test-Connection.ps1
    src/attestation.rs backtest.py harvest.kt Harvester.java AUDIT.java EXIT.kt Latest.swift LatestView.swift
    ab-test-banner.tsx detest.rb manifest.json src/quest/a.js requirements-test.txt latest_test.md protester/a.py
    src/test.rs2x podcast.ts JobSpec.java KeySpec.java Testing.java src/testament/x.py .env.testing pytest.ini
    src/contests/a.rb intestine.py greatest_hits.py src/fastest.kt Attest.java arrest.cs forest/tree.go
    src/Unrest.cs TestFlight.swift
""".split()  # noqa: SIM905


@pytest.mark.parametrize("path", TESTS)
def test_a_test_is_known_by_its_path(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize("path", NO_TESTS)
def test_a_name_that_only_looks_like_one_of_tests_is_none(path: str) -> None:
    assert not is_test_path(path)


@pytest.mark.parametrize("name", ["", ".", "..", "/", "test", "tests/", ".test", "a.", "\udcff_test.py", "x" * 5000])
def test_any_name_has_an_answer(name: str) -> None:
    assert is_test_path(name) in (True, False)


def test_the_name_alone_says_less_than_the_path() -> None:
    assert is_test_path("tests/helpers.py")
    assert not is_test_name("helpers.py")


NAMES = st.sampled_from(["src", "app", "core.py", "pkg", "lib", "README.md", "test", "x y", "C:"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
TREES = st.sets(PATHS, max_size=12)


@settings(max_examples=200, deadline=None)
@given(TREES, PATHS, st.text(st.sampled_from("ab/.\\~: C")))
def test_what_is_found_is_there_and_ends_as_it_is_written(tree: set[str], path: str, odd: str) -> None:
    for written in (path, odd, f"{odd}/{path}"):
        found = Paths(tree, root="app", beside="src").resolve(written)
        assert set(found) <= tree
        name = written.replace("\\", "/").rstrip("/").rpartition("/")[2]
        assert all(one.endswith(name) for one in found if name not in ("", ".", ".."))


@settings(max_examples=200, deadline=None)
@given(TREES, PATHS)
def test_a_path_means_itself_however_much_of_it_is_written(tree: set[str], path: str) -> None:
    known = Paths({*tree, path})
    assert known.resolve(path) == [path]
    assert known.resolve(f"./{path}") == [path]
    parts = path.split("/")
    for at in range(1, len(parts)):
        rest = "/".join(parts[at:])
        assert path in known.resolve(rest) or known.resolve(rest) == [rest]
    (found,) = known.resolve(f"/home/ci/{path}")
    assert path.endswith(found) or found.endswith(path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("src/app/core.py", ["src/app/core.py"]),
        ("core.py", ["lib/core.py", "src/app/core.py"]),
        ("app/core.py", ["src/app/core.py"]),
        ("../app/core.py", ["src/app/core.py"]),
        ("src/x/../app/core.py", ["src/app/core.py"]),
        ("src\\app\\core.py", ["src/app/core.py"]),
        ("C:\\work\\proj\\src\\app\\core.py", ["src/app/core.py"]),
        ("C:/work/proj/src/app/core.py", ["src/app/core.py"]),
        ("/builds/proj/src/app/core.py", ["src/app/core.py"]),
        ("~/proj/src/app/core.py", ["src/app/core.py"]),
        ("proj/src/app/core.py", ["src/app/core.py"]),
        ("b/src/app/core.py", ["src/app/core.py"]),
        ("guide.md", ["docs/guide.md"]),
        ("odd\\name.py", ["odd\\name.py"]),
        ("ore.py", []),
        ("other/src/app/core.py", []),
        ("", []),
        ("./", []),
        ("..", []),
    ],
)
def test_a_loosely_written_path_means_files(written: str, expected: list[str]) -> None:
    tree = ["src/app/core.py", "lib/core.py", "docs/guide.md", "odd\\name.py"]
    assert Paths(tree, root="proj", beside="docs").resolve(written) == expected


def test_a_path_with_very_many_parts_is_looked_up_in_no_time() -> None:
    known = Paths(["a/b.py"])
    for _ in range(200):
        assert known.resolve("/" + "x/" * 10_000 + "b.py") == []


def test_a_path_may_leave_folders_out_but_not_name_others() -> None:
    paths = Paths(["core/crypto/src/keys.rs", "core/sync/src/retry.rs"])

    assert paths.resolve("crypto/keys.rs") == ["core/crypto/src/keys.rs"]
    assert paths.resolve("sync/keys.rs") == []
