"""What stands between a command and its request: no more is loaded than what the request needs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A server in the process itself notes what is loaded when the request comes; what looks at answers waits for that.
_CODE = """
import json, os, pathlib, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
came = threading.Event()
class Model(BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_POST(self):
        print(json.dumps(sorted(sys.modules)), flush=True)
        came.set()
        self.send_error(401)
server = HTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
model = {"model_id": "mine", "model_name": "mine", "api_base": f"http://127.0.0.1:{server.server_port}/v1"}
folder = pathlib.Path(os.environ["LLM_USER_PATH"])
folder.mkdir(parents=True, exist_ok=True)
(folder / "extra-openai-models.yaml").write_text(json.dumps([model]))
from sous.asking.report import ReportJob
from sous.cli import main
ready = ReportJob.get_ready
ReportJob.get_ready = lambda job: came.wait(60) and ready(job)
main()
"""
_FOR_ANSWERS = (
    "sous.asking.answer", "sous.asking.thinking", "sous.asking.chatter", "sous.items", "sous.claims", "sous.document.markdown",
    "sous.reports.looked_up", "sous.reports.merge", "sous.reports.memory", "markdown_it",
)  # fmt: skip
_FOR_OTHERS = (
    "sous.analyst.survey", "sous.plan", "sous.forge", "sous.runner", "sous.bundle.pack", "sous.bundle.select",
    "sous.bundle.secrets", "sous.bundle.parts", "sous.bundle.compare", "sous.git", "sous.git_view", "sous.models.limits",
    "genai_prices", "jinja2", "splintr",
)  # fmt: skip


def test_nothing_is_loaded_before_the_request_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(1)\n")
    subprocess.run((sys.executable, "-m", "sous", "bundle", "-q"), cwd=tmp_path, check=True)
    argv = (sys.executable, "-c", _CODE, "code-review", "-m", "mine", "--no-pack", "-q")
    for _ in range(2):  # the first keeps what the second need not load: tokens, a name without a price
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "refused the key" in done.stderr
    loaded = json.loads(done.stdout)
    assert "openai" in loaded
    begins = tuple(f"{name}." for name in (*_FOR_ANSWERS, *_FOR_OTHERS))
    assert [name for name in loaded if f"{name}.".startswith(begins)] == []
