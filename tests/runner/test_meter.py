from __future__ import annotations

import re

from sous.runner.checkpoint import Change
from sous.runner.meter import Meter


def test_a_step_is_told_with_files_seconds_and_use() -> None:
    meter = Meter()
    meter.add("Tokens: 100 sent, 10 received. Cost: $0.10 message, $0.10 session.", "aider")
    meter.add("Tokens: 100 sent, 10 received. Cost: $0.20 message, $0.20 session.", "aider")
    told = meter.told([Change("a.py", "A")], (3, 1))
    assert re.fullmatch(r"1 file \(\+3 -1\), 0\.\d s, 220 tokens by its agent's count, \$0\.30", told)
