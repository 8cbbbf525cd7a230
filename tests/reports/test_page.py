"""The page of a report: what stands in it, without a browser."""

from __future__ import annotations

import json
import re

import pytest

from scene import packed
from sous.bundle.read import bundle_from
from sous.claims.check import check_report
from sous.claims.evidence import Evidence
from sous.reports.page import page_of

CODE = {
    "app/run.py": "from app.tools import mended\n\n\ndef begin(count):\n\treturn mended(count) + twice(count)\n",
    "app/tools.py": "def mended(count):\n    return count\n\n\ndef twice(count):\n    return 2 * count\n",
    "app/other.py": "def twice(count):\n    return count + count\n",
}
REPORT = """\
# Review

## A low one

- **Severity**: low
- **Location**: `app/run.py:4-5`

## A <b>bad</b> one

- **Severity**: critical
- **Location**: `app/gone.py:3`
"""


@pytest.fixture(scope="module")
def page() -> str:
    evidence = Evidence(bundle_from(packed(CODE).encode(), None))
    return page_of(check_report(REPORT, evidence), evidence, title="code-review.md")


def test_findings_are_in_a_list_the_worst_first_with_what_the_check_says(page: str) -> None:
    table = page.partition("<caption>Findings</caption>")[2].partition("</table>")[0]
    rows = [re.sub(r"\s*<[^>]*>\s*", "|", row) for row in re.findall(r"<tr .*?</tr>", table, re.DOTALL)]
    assert [re.sub(r"\|+", "|", row) for row in rows] == [
        "|critical|A &lt;b&gt;bad&lt;/b&gt; one|app/gone.py:3|\u26a0 unproven|",
        "|low|A low one|app/run.py:4|\u25cb located|",
    ]
    assert re.findall(r'href="#(f\d)"', table) == ["f1", "f0"]
    assert re.findall(r'<h2 id="(f\d)">', page) == ["f0", "f1"]


def test_rows_can_be_chosen_by_severity_and_by_what_the_check_says(page: str) -> None:
    assert re.findall(r"<option>(\w+)</option>", page) == ["critical", "low", "unproven", "located"]
    assert page.count('data-severity="critical"') == page.count('<td><b class="unproven">') == 2
    assert page.count('data-severity="low"') == page.count('<td><b class="located">') == 2


def test_code_is_beside_the_report_as_data_that_ends_no_element(page: str) -> None:
    told = page.partition('<script type="application/json" id="code">')[2].partition("</script>")[0]
    assert "<" not in told
    assert json.loads(told)["files"][0][0] == "app/run.py"
    assert page.count("return mended") == 1


def test_a_report_about_nothing_has_no_tables() -> None:
    evidence = Evidence(bundle_from(packed(CODE).encode(), None))
    page = page_of(check_report("Nothing of note.\n", evidence), evidence, title="r.md")
    assert "<table" not in page
    assert "No reference to code." in page
