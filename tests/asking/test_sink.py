"""A sink that says nothing of its own."""

from __future__ import annotations

import pytest

from sous.asking.sink import Sink
from sous.errors import SousError
from sous.names import REPORTS
from sous.reports.looked_up import Memory


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_all_are_made_and_nothing_is_kept(report: object) -> None:
    sink = Sink()
    named = next(one for one in REPORTS.values() if one is report)
    assert sink.wants(named, {})
    assert (sink.facts(named), sink.partial(named), sink.memory(named)) == (None, None, Memory.UNUSED)


def test_what_fails_stops_it() -> None:
    with pytest.raises(SousError, match="no room"):
        Sink().fails(REPORTS["readme"], SousError("no room"))
