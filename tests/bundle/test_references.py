from __future__ import annotations

from sous.bundle.references import references, users

TREE = {
    "src/app/core.py": "",
    "src/app/__init__.py": "from app.core import run\nfrom . import tools\n",
    "src/app/tools.py": "import os, app.core\n",
    "tests/test_core.py": "from app import core\nfrom app.tools import x as y, z\n",
    "web/index.ts": "import { a } from './lib/a';\nconst b = require('../shared/b.js')\n",
    "web/lib/a.ts": "",
    "shared/b.js": "",
    "c/main.c": '#include "util.h"\n#include <stdio.h>\n',
    "c/util.h": "",
    "go/main.go": 'import (\n\t"example.com/x/store"\n)\n',
    "go/store/store.go": "",
    "rs/lib.rs": "mod parse;\nuse crate::parse::Token;\n",
    "rs/parse.rs": "",
}


def test_import_lines_of_many_languages_are_matched_to_paths() -> None:
    found = references(TREE.items(), TREE)
    assert found["src/app/__init__.py"] == {"src/app/core.py", "src/app/tools.py"}
    assert found["src/app/tools.py"] == {"src/app/core.py"}
    assert found["tests/test_core.py"] >= {"src/app/core.py", "src/app/tools.py"}
    assert found["web/index.ts"] == {"web/lib/a.ts", "shared/b.js"}
    assert found["c/main.c"] == {"c/util.h"}
    assert found["go/main.go"] == {"go/store/store.go"}
    assert found["rs/lib.rs"] == {"rs/parse.rs"}
    assert users(found)["src/app/core.py"] >= {"src/app/__init__.py", "src/app/tools.py", "tests/test_core.py"}
