from __future__ import annotations

import re

from sous.runner.checkpoint import Change
from sous.runner.meter import Meter, lines_in


def test_lines_of_a_patch_are_counted_without_its_headers() -> None:
    patch = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n--- b\n+++ c\n same\n+d\n"
    assert lines_in(patch) == (2, 2)


def test_a_step_is_told_with_files_seconds_and_use() -> None:
    meter = Meter()
    meter.add("Tokens: 100 sent, 10 received. Cost: $0.10 message, $0.10 session.")
    meter.add("Tokens: 100 sent, 10 received. Cost: $0.20 message, $0.20 session.")
    told = meter.told([Change("a.py", "A")], None, None)
    assert re.fullmatch(r"1 file \(\+0 -0\), 0\.\d s, 220 tokens, \$0\.30", told)
