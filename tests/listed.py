"""Files that list items, in the shapes that people and models write them. Every example is invented."""

from __future__ import annotations

OURS = """\
## Adding gives the difference

- **Labels:** bug, math
- **Severity:** high
- **Confidence:** high
- **Location:** `src/app.py:1-2`

**Quote:**

```python
def add(a, b):
    return a - b
```

**What is wrong:** `add(2, 2)` is 0.

## Nothing checks the name

- **Severity:** low
- **Location:** `src/app.py:9`

**What is wrong:** It may be empty.
"""

CASES = {
    "our own": (OURS, ["Adding gives the difference", "Nothing checks the name"]),
    "issue and number": (
        "I'll look at it.\n\n# Issues\n\n## Issue 1: Parser drops tabs\n\nText.\n\n## Issue 2: Leak in `db`\n\nText.\n\n"
        "## Summary\n\nTwo issues.\n",
        ["Parser drops tabs", "Leak in `db`"],
    ),
    "another language": (
        "# Liste\n\n### Vorgang 1 – Der Parser verliert Tabs\n\nText.\n\n### Vorgang 2 – Speicherleck\n\nText.\n",
        ["Der Parser verliert Tabs", "Speicherleck"],
    ),
    "problème": ("## Problème n° 1 : fuite\n\nTexte.\n\n## Problème n° 2 : lenteur\n\nTexte.\n", ["fuite", "lenteur"]),
    "japanese": ("## 課題1：タブが消える\n\n本文\n\n## 課題2：リーク\n\n本文\n", ["タブが消える", "リーク"]),
    "numbers under severities": (
        "# Review\n\n## Strengths\n\n1. **Clean code**: yes.\n\n## High priority\n\n### 1. **Leak** (`src/db/`)\n\nText.\n\n"
        "### 2. Slow query ⚡ (src/q.py:10-20)\n\nText.\n\n## Low\n\n### 3. Typo\n\nText.\n",
        ["Leak", "Slow query", "Typo"],
    ),
    "wrapped one by one": (
        "Of course.\n\n## Issue 1: One\n\n```markdown\n## Description\n\nText\n\n```rust\nfn main() {}\n```\n\n- [ ] a\n```\n\n"
        "## Issue 2: Two\n\n```markdown\n# Two\n\n```rust\nfn two() {}\n```\n```\n\n## Issue 3: Three\n\nText\n",
        ["One", "Two", "Three"],
    ),
    "wrapped and never closed": (
        "### Issue 1: One\n\n```markdown\nText\n\n```py\n# Issue 9: no\nx = 1\n```\n\n### Issue 2: Two\n\n```python\ny = 1\n\n"
        "### Issue 3: Three\n\nText\n",
        ["One", "Two", "Three"],
    ),
    "one fence around all": (
        "```markdown\n# Issues\n\n## 1. One\n\n**Severity:** high\n\nText\n\n## 2. Two\n\n**Severity:** low\n\nText\n```\n",
        ["One", "Two"],
    ),
    "fence without a language": (
        "```\n## Issue 1: One\n\nText\n\n## Issue 2: Two\n\nText\n```\n",
        ["One", "Two"],
    ),
    "a fence for each, titles inside": (
        "Here they are.\n\n```markdown\n# One\n\n**Labels:** bug\n\n**Severity:** high\n```\n\n```markdown\n# Two\n\n**Labels:** bug\n\n"
        "**Severity:** low\n```\n",
        ["One", "Two"],
    ),
    "title field": (
        "## Issue 1: Setup\n\n**Title:** Set up the project\n\n**Labels:** a\n\n---\n\n## Issue 2: Notes\n\n"
        '**Title**: "Read the notes"\n\n---\n\n## Implementation order\n\n1. Setup\n2. Notes\n',
        ["Set up the project", "Read the notes"],
    ),
    "title field alone": (
        "**Title:** One\n**Labels:** bug\n\nText\n\n---\n\n**Title:** Two\n**Labels:** bug\n\nText\n",
        ["One", "Two"],
    ),
    "title in a fence": (
        "### Issue 1\n\n**Title:**\n```\nThe real title\n```\n\n**Body:**\n```markdown\nText\n```\n\n### Issue 2\n\n**Title:**\n```\nOther\n```\n",
        ["The real title", "Other"],
    ),
    "ordered bold": (
        "# Known issues\n\n1.  **Leak**\n    *   **Impact**: memory\n    *   **Fix**: free it\n2.  **Race** (`a.py:3`)\n    *   **Impact**: data\n",
        ["Leak", "Race"],
    ),
    "bulleted bold": (
        "## Bugs found\n\n- **Leak**: text\n- **Race**: text\n\n## Next steps\n\n- **Ship it**: soon\n",
        ["Leak", "Race"],
    ),
    "bold paragraphs": (
        "**Issue 1.1: One**\n\nText\n\n**Issue 1.2: Two**\n\nText\n\n## Priorities\n\n| Issue | When |\n|---|---|\n| One | now |\n",
        ["One", "Two"],
    ),
    "table": (
        "# Missing tests\n\n| # | Test | Type |\n|---|---|---|\n| 1 | Empty input `x` | unit |\n| 2 | Long input | unit |\n",
        ["Empty input `x`", "Long input"],
    ),
    "check boxes": ("# Bugs to fix\n\n- [ ] One\n- [x] Two\n  - [ ] nested\n* [ ] Three\n", ["One", "Two", "Three"]),
    "commands": (
        'Run these.\n\n```bash\ngh issue create --title "One" --label bug --body "$(cat <<\'EOF\'\n## Description\nText\nEOF\n)"\n\n'
        "gh issue create -t 'Two' --body x\n```\n",
        ["One", "Two"],
    ),
    "front matter": (
        "---\ntitle: Issues\nlabels: [a]\n---\n\n## Issue 1: One\n\nText\n\n## Issue 2: Two\n",
        ["One", "Two"],
    ),
    "done": (
        "## Issue 1: One ✅ COMPLETED\n\nText\n\n## ✅ Issue 2: Two\n\nText\n\n## Issue 3: ~~Three~~\n\nText\n\n"
        "## Issue 4: [x] Four ✅ **COMPLETE - all of it**\n\n## Issue 5: Five (done)\n\n## Issue 6: Make it done\n",
        ["One", "Two", "Three", "Four", "Five", "Make it done"],
    ),
    "numbers in bold": ("**Issue 1**: One\nText.\n\n**Issue 2:** Two\nText.\n", ["One", "Two"]),
    "plain list with fields": (
        "1. One thing\n   - Location: `a.py:3`\n   - Fix: x\n2. Two things\n   - Location: `b.py:9`\n   - Fix: y\n",
        ["One thing", "Two things"],
    ),
    "plain title fields": (
        "Title: One\nLabels: bug\nBody:\nText.\n\nTitle: Two\nLabels: bug\nBody:\nText.\n",
        ["One", "Two"],
    ),
    "other words among issues": (
        "### 🐛 Issue: One\n\n**Labels:** `bug`\n\nText.\n\n---\n\n### ✨ Feature: Two\n\n**Labels:** `new`\n\nText.\n\n---\n\nBye!\n",
        ["One", "Feature: Two"],
    ),
    "details": (
        "<details>\n<summary>Issue 1: One</summary>\n\nText\n</details>\n\n<details>\n<summary>Issue 2: Two</summary>\n\nText\n</details>\n",
        ["One", "Two"],
    ),
    "severities behind numbers": ("#### 1) One (High)\nx\n#### 2) Two (Low)\ny\n", ["One", "Two"]),
    "instructions": ("# Project\n\n## Installation\n\n1. **Clone** it\n2. **Run** it\n\n## License\n\nMIT\n", []),
    "code that looks like the next": (
        "# Issues\n\n## Issue 1: One\n\n```\n## Issue 2: in code\n```\n\n## Issue 2: Two\n\nText\n",
        ["One", "Two"],
    ),
    "boxes behind numbers": (
        "# Issues\n\n## Issue 1: [x] One\n\nText\n\n## Issue 2 - [ ] Two\n\nText\n",
        ["One", "Two"],
    ),
    "numbered title fields": (
        "1. **Title:** One\n   **Severity:** high\n\n2. **Title:** Two\n   **Severity:** low\n",
        ["One", "Two"],
    ),
    "a column of boxes": (
        "# Issues\n\n|  | Title | Severity |\n|---|---|---|\n| [x] | One | high |\n|  | Two | low |\n",
        ["One", "Two"],
    ),
    "links as titles": ("## Bugs\n\n- **[One](a.py)** - text\n- **[Two](b.py)** - text\n", ["One", "Two"]),
    "titles of two lines": ("Issue 1: One\n---\n\nText\n\nIssue 2: Two\nlines\n---\n\nText\n", ["One", "Two lines"]),
    "gemini litter": (
        "# Issues\n\n1.  [cite_start]**Leak** [cite: 12, 13]\n    * **Impact**: x\n2.  [cite_start]**Race**\n    * **Impact**: y\n",
        ["Leak", "Race"],
    ),
    "crlf": ("# Issues\r\n\r\n## Issue 1: One\r\n\r\nText\r\n\r\n## Issue 2: Two\r\n\r\nText\r\n", ["One", "Two"]),
    "setext": ("Issue 1: One\n------------\n\nText\n\nIssue 2: Two\n------------\n\nText\n", ["One", "Two"]),
    "numbers and emoji": (
        "# Code review\n\n## 🔴 Critical\n\n### 🔒 #1 — SQL injection\n\n**Impact:** x\n\n### 🐛 #2 — Crash\n\n**Impact:** x\n",
        ["SQL injection", "Crash"],
    ),
    "severity in the title": (
        "# Findings\n\n### [HIGH] Leak\n\n**Impact:** x\n**Fix:** y\n\n### [LOW] Typo\n\n**Impact:** x\n**Fix:** y\n",
        ["Leak", "Typo"],
    ),
    "keys": ("# Issues\n\n## BUG-1: One\n\n**Impact:** a\n\n## BUG-2: Two\n\n**Impact:** b\n", ["One", "Two"]),
    "one issue": (
        "# Make it fast\n\n## Description\n\nIt is slow.\n\n## Steps to reproduce\n\n1. Run it\n\n## Acceptance criteria\n\n- [ ] It is fast\n",
        ["Make it fast"],
    ),
    "single": ("# GitHub Issue: Make it fast\n\n## Description\n\nIt is slow.\n", ["Make it fast"]),
    "achievements": (
        "# Progress report\n\n## Achievements\n\n1. **New tests**\n   - added\n2. **Docs**\n   - written\n\n## Next steps\n\n1. **Ship**\n   - soon\n",
        [],
    ),
    "a list of paths": ("src/a.py\nsrc/b.py\n- src/c.py\n", []),
    "prose": ("# Notes\n\nThis is a text about issues. It has none.\n\n## More\n\nText.\n", []),
    "empty": ("", []),
    "nothing found": ("## No findings\n\nI looked at everything.\n", []),
}

ITEM = """\
## {title}

- **Labels:** bug, math
- **Severity:** high
- **Location:** `src/app.py:{place}`

**Quote:**

```python
{quote}
```

**What is wrong:** `add(2, 2)` is 0{more}.
"""
TWO = ITEM.format(title="Adding gives the difference", place="1-2", quote="def add(a, b):\n    return a - b", more="")
TWO += "\n" + ITEM.format(title="Nothing is added", place="2", quote="    return a - b", more=" again")
