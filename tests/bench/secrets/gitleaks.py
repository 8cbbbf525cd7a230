"""How many inputs of gitleaks' own rule tests each engine masks: python tests/bench/secrets/gitleaks.py CHECKOUT.

The inputs are made by gitleaks' rules themselves, which are compiled (go 1.19 or newer) with stand-ins (go/) for the modules
that they need. Many inputs that one rule must not report are secrets to another of gitleaks' rules (a Cloudflare key of the
other kind): false alarms are counted on all, and on those that none of its rules reports. Nothing of gitleaks is kept.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.secrets.figures import Sample, show

MODULE = "github.com/zricethezav/gitleaks/v8"
PLACES = {
    "config.go": "config",
    "regexp.go": "regexp",
    "secrets.go": "cmd/generate/secrets",
    "validate.go": "cmd/generate/config/utils",
}


def samples(checkout: Path) -> list[Sample]:
    """Return the inputs of the rules' tests."""
    generate = checkout / "cmd" / "generate" / "config"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for stub, place in PLACES.items():
            (work / place).mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(__file__).parent / "go" / stub, work / place / stub)
        for own in ("generate.go", "patterns.go"):
            shutil.copy(generate / "utils" / own, work / PLACES["validate.go"] / own)
        rules = work / "cmd" / "generate" / "config" / "rules"
        shutil.copytree(generate / "rules", rules, ignore=shutil.ignore_patterns("*_test.go", "*.tmpl"))
        calls = []
        for path in sorted(rules.glob("*.go")):
            calls += re.findall(r"^func ([A-Z]\w*)\(\) \*config\.Rule", path.read_text("utf-8"), re.MULTILINE)
        (work / "go.mod").write_text(f"module {MODULE}\n\ngo 1.19\n")
        (work / "main.go").write_text(
            f'package main\n\nimport (\n\t"{MODULE}/cmd/generate/config/rules"\n\t"{MODULE}/cmd/generate/config/utils"\n)\n\n'
            "func main() {\n" + "".join(f"\trules.{call}()\n" for call in calls) + "\tutils.Finish()\n}\n"
        )
        done = subprocess.run(["go", "run", "."], cwd=work, capture_output=True, check=False)
        if done.returncode:
            sys.exit(done.stderr.decode())
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return [
        Sample(one["Rule"], one["Path"], one["Text"], one["IsSecret"], one["Secret"], one["Other"]) for one in lines
    ]


if __name__ == "__main__":
    show(samples(Path(sys.argv[1])), sys.argv[2:])
