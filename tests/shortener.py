"""What a model said when it was led from an idea to code: the recorded run that the README shows."""

from __future__ import annotations

ANSWERS = """\
Only my team, behind our proxy. No accounts.

In memory is enough for now, but keep that behind one class.
"""

_QUESTIONS = (
    "Who will make links, and must they sign in?\n\na) only you\nb) a team behind a proxy\nc) anybody",
    "Where are the links kept, and must they survive a restart?",
)

SPEC = """\
# URL shortener

## Overview

A library and a small WSGI app that shorten links for one team behind a proxy.

## Requirements

- `Store.add(url)` returns a code of six characters, the same for the same URL.
- `GET /CODE` redirects (302) to the URL. There are no accounts.

## Architecture

`store.py` holds `Store`, `app.py` the WSGI app on top of it. Standard library only.

## Data handling

Links are kept in memory, behind `Store`.

## Error handling

An unknown code is answered with 404 and the text `no such link`. A URL that is not http or https raises `ValueError`.

## Testing plan

unittest, one file for each module.
"""

PLAN = """\
# Plan: URL shortener

## Blueprint

The store first, then the app that serves it.

## Step 1: Store links

- **Builds on:** nothing
- **Files:** `store.py`, `test_store.py`
- **Covers:** Requirements; Data handling; Testing plan
- **Wired in by:** step 2

```text
Write test_store.py (unittest) first, see it fail, then store.py: class Store with add(url) -> code of six characters,
the same for the same URL, and get(code) -> url or None. add raises ValueError unless the URL is http or https.
```

**Verify:**

- the same URL gives the same code
- `ftp://x` raises ValueError

## Step 2: Serve redirects

- **Builds on:** step 1
- **Files:** `app.py`, `test_app.py`
- **Covers:** Architecture; Error handling
- **Wired in by:** this step

```text
Write test_app.py (unittest) first, see it fail, then app.py: make_app(store) returns a WSGI app; GET /CODE answers 302
with Location, an unknown code 404 with the text `no such link`.
```

**Verify:**

- a known code redirects
- an unknown code is a 404
"""

_FILES = {
    "# Step 1:": {
        "test_store.py": """\
import unittest

from store import Store


class StoreTest(unittest.TestCase):
    def test_same_url_same_code(self):
        store = Store()
        code = store.add("https://example.com/")
        self.assertEqual(len(code), 6)
        self.assertEqual(store.add("https://example.com/"), code)
        self.assertEqual(store.get(code), "https://example.com/")

    def test_only_http(self):
        with self.assertRaises(ValueError):
            Store().add("ftp://example.com/")
""",
        "store.py": """\
import hashlib


class Store:
    def __init__(self):
        self._urls = {}

    def add(self, url):
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"not http or https: {url}")
        code = hashlib.sha256(url.encode()).hexdigest()[:6]
        self._urls[code] = url
        return code

    def get(self, code):
        return self._urls.get(code)
""",
    },
    "# Step 2:": {
        "test_app.py": """\
import unittest

from app import make_app
from store import Store


class AppTest(unittest.TestCase):
    def get(self, path, store):
        seen = []
        body = make_app(store)({"PATH_INFO": path}, lambda status, headers: seen.extend((status, dict(headers))))
        return (*seen, b"".join(body))

    def test_known_code_redirects(self):
        store = Store()
        status, headers, _ = self.get("/" + store.add("https://example.com/"), store)
        self.assertEqual((status, headers["Location"]), ("302 Found", "https://example.com/"))

    def test_unknown_code_is_404(self):
        self.assertEqual(self.get("/nope", Store())[::2], ("404 Not Found", b"no such link"))
""",
        "app.py": """\
def make_app(store):
    def app(environ, start_response):
        url = store.get(environ["PATH_INFO"].lstrip("/"))
        if url is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"no such link"]
        start_response("302 Found", [("Location", url)])
        return [b""]

    return app
""",
    },
}
_WRONG = ("return self._urls.get(code)", "return None")  # its first try at step 1


def answer(prompt: str) -> str:
    """Return what the model said to a prompt."""
    if "Ask the one question" in prompt:
        asked = prompt.count("\nAnswer ")
        return _QUESTIONS[asked] if asked < len(_QUESTIONS) else "DONE"
    if "Write the specification that" in prompt:
        return SPEC
    if "Write the plan that" in prompt:
        return PLAN
    files = next(files for step, files in _FILES.items() if f"\n{step}" in prompt)
    again = "Your last try was not good enough" in prompt
    texts = {name: text if again else text.replace(*_WRONG) for name, text in files.items()}
    return "\n\n".join(f"## `{name}`\n\n````python\n{text}````" for name, text in texts.items())
