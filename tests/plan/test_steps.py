from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sous.plan.steps import read_steps, read_with_rest


def titles(text: str) -> list[str]:
    return [step.title for step in read_steps(text)]


BODY = "Write the parser, tests first, and wire it into main."
OTHER = "Write the printer; use the parser of the step before."


def numbers_and_prompts(text: str) -> list[tuple[str, str]]:
    return [(step.number, step.prompt) for step in read_steps(text)]


FENCED = (
    "# Plan\n\nWords.\n\n{one}\n\n```{language}\n"
    + BODY
    + "\n```\n\n---\n\n{two}\n\n```{language}\n"
    + OTHER
    + "\n```\n"
)
TITLES = [
    ("### Prompt 1: Parser", "### Prompt 2: Printer"),
    ("## Prompt 01 — Parser ✅ COMPLETED", "## Prompt 02 — Printer"),
    ("# **Prompt 1**: *Parser* (DONE)", "# **Prompt 2**: *Printer*"),
    ("#### Prompt A1 - Parser", "#### Prompt A2 - Printer"),
    ("### 🎯 CURRENT: Prompt 1 — Parser", "### ❌ FUTURE: Prompt 2 — Printer"),
    ("### Step 1: Parser\n\n**Goal**: read it.", "### Step 2: Printer\n\n**Goal**: print it."),
    ("### Chunk 1: Parser\n\n**Prompt**:", "### Chunk 2: Printer\n\n**Prompt**:"),
    ("### 1. **Parser**", "### 2. **Printer**"),
    ("**Prompt 1.1:** Parser", "**Prompt 1.2:** Printer"),
    ("Prompt 1: Parser", "Prompt 2: Printer"),
    ("## Промпт 1: Parser", "## Промпт 2: Printer"),
]


@pytest.mark.parametrize("titles", TITLES, ids=lambda titles: titles[0].partition("\n")[0])
@pytest.mark.parametrize("language", ["text", "", "markdown"])
def test_prompts_in_blocks_are_read_under_any_title(titles: tuple[str, str], language: str) -> None:
    steps = read_steps(FENCED.format(one=titles[0], two=titles[1], language=language))
    assert [step.prompt for step in steps] == [BODY, OTHER]
    assert "Parser" in steps[0].title
    assert "*" not in steps[1].title


@pytest.mark.parametrize("mark", ["✅", "✅ COMPLETED", "(COMPLETED)", "✅ COMPLETADO", "[x]"])
def test_a_mark_of_having_been_done_is_seen(mark: str) -> None:
    one, two = read_steps(
        FENCED.format(one=f"### Prompt 1: Parser {mark}", two="### Prompt 2: Printer", language="text")
    )
    assert (one.done, two.done) == (True, False)


def test_blocks_inside_a_prompt_are_part_of_it() -> None:
    inside = f"{BODY}\n\n```js\nlet x = 1\n```\n\nThen the rest of it."
    text = (
        f"### Prompt 1: A\n\n```\n{inside}\n```\n\n### Prompt 2: B\n\n```\n{inside}\n```\n\n## Checklist\n\n- [ ] a\n"
    )
    assert numbers_and_prompts(text) == [("1", inside), ("2", inside)]


def test_a_block_that_is_never_closed_ends_with_the_step() -> None:
    text = f"```text\nPrompt 1: A\nPrompt:\n{BODY}\n\nPrompt 2: B\nPrompt:\n{OTHER}\n"
    assert numbers_and_prompts(text) == [("1", BODY), ("2", OTHER)]


def test_prompts_without_blocks_end_at_a_rule_or_at_the_next() -> None:
    text = f"## Prompt 1: A\n\n{BODY}\n\n- point\n\n---\n\n## Prompt 2: B\n\n{OTHER}\n\n# Notes\n\nnot part of it\n"
    assert numbers_and_prompts(text) == [("1", f"{BODY}\n\n- point"), ("2", OTHER)]


def test_a_title_that_is_said_again_inside_counts_once() -> None:
    part = "### Prompt {0}: A\n\n```text\n# Prompt {0} - A\n{1}\n```\n\n"
    text = part.format(1, BODY) + part.format(2, OTHER)
    steps = read_steps(text)
    assert [step.number for step in steps] == ["1", "2"]
    assert all(prompt in step.prompt for prompt, step in zip((BODY, OTHER), steps, strict=True))


def test_a_description_of_the_steps_before_the_prompts_is_no_prompt() -> None:
    before = "".join(f"### Step {number}: Something\n\nWhat will be built here, and why.\n\n" for number in range(1, 7))
    text = before + FENCED.format(one="### Prompt 1: A", two="### Prompt 2: B", language="text")
    assert [step.prompt for step in read_steps(text)] == [BODY, OTHER]


def test_quoted_prompts_under_a_field_are_read() -> None:
    part = "## Groupe {} - Base\n\n### Files:\n- a.go\n\n**Prompt :**\n\n> {}\n> And more.\n\n"
    text = part.format(1, BODY) + part.format(2, OTHER)
    assert [step.prompt for step in read_steps(text)] == [f"{BODY}\nAnd more.", f"{OTHER}\nAnd more."]


def test_a_copy_from_a_web_page_is_read() -> None:
    text = f"Parser\n\n1. text\nCopy\nEdit\n{BODY}\nPrinter\n\n2. text\nCopy\nEdit\n{OTHER}\n"
    steps = read_steps(text)
    assert [(step.number, step.title, step.prompt) for step in steps] == [
        ("1", "Parser", BODY),
        ("2", "Printer", OTHER),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Notes\n\nJust words.\n",
        "# Plan\n\n## Phase 1\n\n- [ ] a\n- [x] b\n",
        "### Step 1: A\n\nA description.\n\n### Step 2: B\n\nAnother description.\n",
        "```sh\nnpm install\n```\n\n```sh\nnpm test -- --watch=false\n```\n",
        "## Prompts 1-10: done\n\n## Notes\n\nNothing here is a prompt.\n",
    ],
)
def test_what_is_no_plan_of_prompts_gives_none(text: str) -> None:
    assert read_steps(text) == []


@given(
    st.lists(
        st.sampled_from(["### Prompt 1: A", "```text", "```", "---", "Prompt 2:", "Copy", "text", "", BODY, "> x"])
    )
)
def test_no_text_is_an_error(lines: list[str]) -> None:
    for step in read_steps("\n".join(lines)):
        assert step.prompt.strip()


TASK = (
    "### Task {0}: Part {0}\n\n**Files:**\n- Create: `p{0}.py`\n\n- [ ] **Step 1: Write the test**\n\n"
    "```python\nassert p{0}()\n```\n\n- [ ] **Step 2: Run it**\n\nRun: `pytest`\n\n"
)


@pytest.mark.parametrize("frame", ["{}", "Here it is.\n\n````markdown\n{}````\n\nTell me more.\n"])
def test_a_task_with_boxes_and_code_is_one_step(frame: str) -> None:
    steps = read_steps(frame.format(TASK.format(1) + "---\n\n" + TASK.format(2)))
    assert [(step.number, step.title) for step in steps] == [("1", "Part 1"), ("2", "Part 2")]
    assert all(step.prompt.startswith("**Files:**") and step.prompt.endswith("`pytest`") for step in steps)


def test_a_title_inside_a_sound_fence_is_text() -> None:
    inside = "Do it.\n\n### Step 1: Write the test\n\nOne.\n\n## Step 9: no\n\nTwo."
    text = f"## Step 1: A\n\n```text\n{inside}\n```\n\n## Step 2: B\n\n```text\n{inside}\n```\n"
    assert numbers_and_prompts(text) == [("1", inside), ("2", inside)]


def test_the_first_line_of_a_block_may_be_its_title() -> None:
    text = (
        "".join(f"```text\nPrompt 0{n} — Part {n}\nMake part {n}.\n```\n\n" for n in (1, 2)) + "### How to\n\nPaste.\n"
    )
    assert [(step.number, step.title, step.prompt) for step in read_steps(text)] == [
        ("01", "Part 1", "Make part 1."), ("02", "Part 2", "Make part 2."),
    ]  # fmt: skip


@pytest.mark.parametrize("prompt", ["Add mul.", "```text\nAdd mul.\n```", "```\nAdd mul.\n```"])
def test_a_short_prompt_is_one(prompt: str) -> None:
    assert numbers_and_prompts(f"## Prompt 1: A\n\n{prompt}\n") == [("1", "Add mul.")]


@pytest.mark.parametrize(
    "section",
    [
        "```ts\ninterface C { get(key: string): string; }\n```",
        "```\n+---+    +---+\n| A | -> | B |\n+---+    +---+\n```",
        "```text\nsrc/\n├── a.py\n└── b.py\n```",
        '```json\n{"a": 1}\n```',
        "```bash\npip install x\n```",
        "```\npip install x\n```",
        "Some words.",
    ],
)
@pytest.mark.parametrize("title", ["### {}. Part", "## Step {}: Part", "## Etappe {}: Part"])
def test_a_design_or_a_guide_is_no_plan(title: str, section: str) -> None:
    text = "# Design\n\n" + "".join(f"{title.format(n)}\n\n{section}\n\n" for n in (1, 2, 3))
    assert read_steps(text) == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line", ["## x{}y", "## Prompt 1{}y", "## x 1{}y", "Prompt 1{}", "## Prompt 1: (a{}b", "<summary>{}"]
)
@pytest.mark.parametrize("filler", [" ", "\t", "(", "* ", "done "])
def test_a_long_title_takes_no_time_of_its_own(line: str, filler: str) -> None:
    read_steps(line.format(filler * 50_000))


def test_how_sure_a_reading_is_is_known() -> None:
    text = FENCED.format(one="### Prompt 1: A", two="### Prompt 2: B", language="text")
    assert read_with_rest(text).confidence == 1
    assert read_with_rest("").confidence == 0


SECTION = "Wire it up. Use one queue.\n\n- Add a test.\n- Add the code.\n"
SHAPES = {
    "setext": ("Phase 1: Add the queue\n----------", "Phase 2: Add the log\n--------"),
    "bold": ("**Step 1: Add the queue**", "**Step 2: Add the log**"),
    "any language": ("### 阶段 1\uff1aAdd the queue", "### 阶段 2\uff1aAdd the log"),
    "word alone": ("### Task: Add the queue", "### Task: Add the log"),
    "number": ("#### 1. Add the queue to it", "#### 2. Add the log to it"),
    "emoji": ("## 🚀 1. Add the queue to it", "## 🚀 2. Add the log to it"),
    "box": ("## [x] Step 1: Add the queue", "## [ ] Step 2: Add the log"),
}


@pytest.mark.parametrize("titles", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_whole_section_is_a_prompt_in_a_plan(titles: tuple[str, str], end: str) -> None:
    text = f"# Upload plan\n\n{titles[0]}\n\n{SECTION}\n{titles[1]}\n\n{SECTION}"
    steps = read_steps(text.replace("\n", end))
    assert [step.prompt for step in steps] == [SECTION.strip()] * 2
    assert ["Add the queue" in steps[0].title, "Add the log" in steps[1].title] == [True, True]


@pytest.mark.parametrize("titles", SHAPES.values(), ids=SHAPES)
def test_what_calls_itself_no_plan_has_no_steps(titles: tuple[str, str]) -> None:
    text = f"# Upload design\n\n{titles[0]}\n\nIt is fast.\n\n{titles[1]}\n\nIt is slow.\n"
    assert read_steps(text) == []


@pytest.mark.parametrize("titles", [("1. Overview", "2. Goals"), ("1. Risks", "2. Rollout plan")])
def test_numbers_alone_name_sections(titles: tuple[str, str]) -> None:
    assert read_steps(f"# Rollout plan\n\n## {titles[0]}\n\nIt is so.\n\n## {titles[1]}\n\nIt is.\n") == []


@pytest.mark.parametrize("word", ["Phase", "Этап", "阶段"])
def test_tasks_are_read_rather_than_the_phases_around_them(word: str) -> None:
    tasks = "".join(
        f"## {word} {phase}: Part\n\n### 1. Add the queue to it\n\nDo a.\n\n### 2. Add the log to it\n\nDo b.\n\n"
        for phase in (1, 2)
    )
    assert [step.prompt for step in read_steps(f"# Plan\n\n{tasks}")] == ["Do a.", "Do b."] * 2


def test_steps_inside_a_task_are_part_of_it() -> None:
    inner = "".join(f"#### Step {step}: Do it\n\nDo {step} now.\n\n" for step in (1, 2, 3))
    text = f"# Plan\n\n### Task 1: Add a\n\n{inner}### Task 2: Add b\n\n{inner}"
    assert [step.title for step in read_steps(text)] == ["Add a", "Add b"]


def test_items_of_a_list_are_steps_where_text_belongs_to_them() -> None:
    item = "{0}. **Add the queue to it**\n\n   Do it in one go.\n\n   ```python\n   x = 1\n   ```\n\n"
    text = f"# Plan\n\n## Blueprint\n\n1. **Add a**\n   - so\n\n## Steps\n\n{item.format(1)}{item.format(2)}## Notes\n\nx y\n"
    assert [step.prompt for step in read_steps(text)] == ["Do it in one go.\n\n```python\nx = 1\n```"] * 2


@pytest.mark.parametrize("label", ["**Verify:**", "**Prüfung:**", "**確認\uff1a**", "**How it is looked at**:"])
@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_block_under_another_name_is_no_prompt(label: str, fence: str) -> None:
    section = f"Add mul.\n\n{label}\n\n{fence}\nnpm test\n{fence}"
    said = f"{fence}text\nAdd mul.\n{fence}\n\n{label}\n\n{fence}\nnpm test\n{fence}"
    text = f"# Plan\n\n## Step 1: Mul\n\n{section}\n\n## Step 2: Mul\n\n{said}\n"
    assert [step.prompt for step in read_steps(text)] == [section, "Add mul."]


def test_a_quote_that_is_said_to_be_the_prompt_is_it() -> None:
    quoted = "**Prompt:**\n\n> Do it.\n> Now.\n\n**Check:**\n\n- It is there.\n"
    assert [step.prompt for step in read_steps(f"## Step 1: A\n\n{quoted}\n## Step 2: B\n\n{quoted}")] == [
        "Do it.\nNow."
    ] * 2


def test_titles_in_blocks_of_code_are_read_in_a_plan() -> None:
    blocks = "".join(f"```text\nTask {number}: Add {number}\nDo it now.\n```\n\n" for number in (1, 2))
    assert [(step.title, step.prompt) for step in read_steps(f"# Plan\n\n{blocks}")] == [
        ("Add 1", "Do it now."),
        ("Add 2", "Do it now."),
    ]


def test_a_comment_in_a_plan_within_a_fence_is_not_there() -> None:
    step = "## Step {0}: Add it\n\nDo it now, all of it.\n\n"
    text = (
        f"Sure!\n\n````markdown\n# Plan\n\n<!--\n{step.format(9)}-->\n\n{step.format(1)}{step.format(2)}````\n\nBye.\n"
    )
    assert [step.number for step in read_steps(text)] == ["1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "# Feature 2: isolation\n\n## User stories\n\n### Story {}: {}\n\n- [ ] it holds\n\nAs a user.\n",
        "# Encryption - Success Report\n\n### Test {}: {} ✅\n\n```\nThe room was joined.\n```\n",
        "# Implementation Plan: tests\n\n## {}. Which parser {} is needed?\n\nAll of them.\n",
        "# Release 0.7 Plan\n\n## Key issues found\n\n### {}. The parser {} is slow\n\nIt is.\n",
    ],
)
def test_what_a_document_describes_is_no_step_though_it_is_counted(text: str) -> None:
    head, _, section = text.partition("\n\n#")
    assert titles(head + "".join("\n\n#" + section.format(at, name) for at, name in enumerate("ABC", 1))) == []


def test_a_sentence_that_begins_with_a_number_is_no_title() -> None:
    text = "# Slices\n\nM3.7 should add a parser.\nIt should be fast.\n\nM3.8 landed as a parser.\n\nIt is.\n"
    assert titles(text) == []


def test_bold_numbers_that_begin_again_in_each_section_are_no_steps() -> None:
    day = "### Day {0}: {1}\n\n**1. Read ({0} tests)**\n- a\n\n**2. Write (2 tests)**\n- b\n\n**3. End**\n- c\n\n"
    text = "# Test plan\n\n" + "".join(day.format(at, name) for at, name in enumerate("ABCDEF", 1))
    assert titles(text) == [*"ABCDEF"]


def test_a_block_among_sections_is_part_of_its_section() -> None:
    task = "## Task {}: {}\n\nChange it.\n\n```{}\nThe tree, as it is\n```\n\nCommit.\n\n"
    text = "# Plan\n\n" + "".join(
        task.format(*one) for one in ((1, "A", "py"), (2, "B", "py"), (3, "C", "py"), (4, "D", "text"))
    )
    assert [step.prompt.split("\n")[0] for step in read_steps(text)] == ["Change it."] * 4


def test_a_block_of_another_language_among_prompts_is_a_prompt() -> None:
    prompt = "### Prompt {}: {}\n\n```{}\nWrite the parser.\n```\n\n"
    ones = ((1, "A", "text"), (2, "B", "text"), (3, "C", "text"), (4, "D", "json"))
    assert [step.prompt for step in read_steps("".join(prompt.format(*one) for one in ones))] == [
        "Write the parser."
    ] * 4


def test_numbers_that_go_on_a_level_deeper_are_of_the_same_steps() -> None:
    ones = ((2, 1, "A"), (2, 2, "B"), (3, 3, "C"), (3, 4, "D"))
    sections = (f"{'#' * level} PR #{number}: {name}\n\nWrite `{name}.py`.\n\n" for level, number, name in ones)
    assert titles("# Tasks\n\n" + "".join(sections)) == [*"ABCD"]


def test_a_few_numbered_headings_of_a_long_plan_are_not_its_steps() -> None:
    text = (
        "# Plan\n\n"
        + "Words about it.\n\n" * 20
        + "## What fails\n\n### 1. The server stops at once\n\nx y\n\n### 2. The client waits for it\n\nx y\n"
    )
    assert titles(text) == []


def test_boxes_with_codes_are_steps_rather_than_counted_headings_between_them() -> None:
    part = "## Phase {0}\n\n- [ ] T00{0} Add `{1}.py`\n\n### Checkpoint {0}: {1} is there\n\nRun `{1}.py`, and see.\n\n"
    text = "# Tasks: a parser\n\n" + "".join(part.format(at, name) for at, name in enumerate("abc", 1))
    assert [step.number for step in read_steps(text)] == ["T001", "T002", "T003"]


TOLD = {
    "files": "**Files:**\n- `src/{}.py`\n\n- [ ] Write it\n- [ ] Test it",
    "plain": "Files: `src/{}.py`\n\n- [ ] Write it\n- [ ] Test it",
    "boxes": "All at once.\n\n- [ ] Write it in `{}.py`\n- [ ] Test it",
    "prompt": "```prompt\nwrite {}.py\n```",
    "text": "```text\nWrite {}.py and test it.\n```",
    "quoted": "**Prompt:**\n\n> Write {}.py and test it.",
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize(
    "place",
    [
        f"# Sorter\n\n## {name}\n\n### "
        for name in ("User stories", "Testing", "Design patterns", "Options for output", "Future work")
    ]
    + ["# GitHub issues\n\n## ", "# Implementation guide\n\n## "],
)
@pytest.mark.parametrize("counted", ["{}. Sort the {}", "Story {}: Sort the {}"])
def test_what_is_said_to_be_done_is_a_step_wherever_it_stands(told: str, place: str, counted: str) -> None:
    head, level = place[: place.rindex("#") + 1].rsplit("\n", 1)
    ones = enumerate(("names", "dates", "sizes", "kinds"), 1)
    sections = (f"\n{level} {counted.format(*one)}\n\n{told.format(one[1])}\n" for one in ones)
    assert len(read_steps(head + "\n" + "".join(sections))) == 4


@pytest.mark.parametrize("field", ["**Files:** `{1}.py:12`", "**File:** `{1}.py`"])
def test_files_in_a_report_are_where_something_is(field: str) -> None:
    finding = f"### {{0}}. The {{1}} are not sorted\n\n{field}\n\n**Problem:** It is slow.\n\n"
    ones = ((1, "names"), (2, "dates"), (3, "sizes"))
    assert read_steps("# Code review: sorter\n\n" + "".join(finding.format(*one) for one in ones)) == []


@pytest.mark.parametrize("name", ["**Acceptance criteria:**", "It is good when:", "#### Criteria"])
def test_boxes_under_a_name_say_when_a_story_is_good(name: str) -> None:
    story = "### Story {}: Sort the {}\n\nAs a user I sort.\n\n{}\n\n- [ ] `sort` works\n- [ ] all of it\n\n"
    stories = "".join(story.format(*one, name) for one in ((1, "names"), (2, "dates"), (3, "sizes")))
    assert read_steps(f"# Sorter\n\n## User stories\n\n{stories}") == []


def test_what_is_not_to_be_done_stays_aside_beside_what_is() -> None:
    task, note = "### {0}. Sort by {1}\n\n**Files:** `{1}.py`\n\nSort it.\n\n", "### {0}. Look at {1}\n\nIt is.\n\n"
    tasks = "".join(task.format(*one) for one in ((1, "name"), (2, "date"), (3, "size")))
    notes = "".join(note.format(*one) for one in ((4, "name"), (5, "date")))
    assert len(read_steps(f"# Plan\n\n## Work\n\n{tasks}## Testing\n\n{notes}")) == 3


@pytest.mark.parametrize("section", ["Use cases", "Constraints", "Open issues"])
@pytest.mark.parametrize("title", ["**{}. Sort the {} by size**", "**{}) Sort the {} by size**"])
def test_titles_of_any_form_over_files_are_steps_wherever_they_stand(section: str, title: str) -> None:
    task = f"{title}\n\n**Files:**\n- Create: `s.py`\n\n- [ ] Write it\n- [ ] Test it\n\n"
    tasks = "".join(task.format(*one) for one in ((1, "names"), (2, "dates"), (3, "sizes"), (4, "kinds")))
    assert len(read_steps(f"# Sorter\n\n## {section}\n\n{tasks}")) == 4


def test_sections_that_go_on_the_numbers_of_most_others_are_the_steps() -> None:
    inner = "".join(
        f"## {at}. Part {at} of the new store\n\n### {at}.1 Keys\n\n- Hash the name of the file first\n\n"
        f"### {at}.2 Rows\n\n- Write a row for each of them\n\n"
        for at in (1, 2, 3)
    )
    text = f"# Store plan\n\n{inner}## 4. Gates for the branch\n\n- green\n\n## 5. What we do after that\n\n- rest\n"
    assert [step.number for step in read_steps(text)] == ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"]


def test_headings_that_name_the_steps_of_another_plan_are_none() -> None:
    told = [("1", "rows counted"), ("4", "quoted line"), ("1", "place"), ("1", "names"), ("6", "end of it")]
    lines = "".join(f"### Task {number}: {text}\n\n**Says:** 3 in `a.py`.\n\n" for number, text in told)
    assert read_steps(f"# Deferred findings of the plan\n\n## Open\n\n{lines}") == []


def test_phases_are_taken_before_options_and_layers() -> None:
    layers = "".join(f"### Layer {at}: Part {at}\n\nHolds `src/{at}.py` and its tests.\n\n" for at in (1, 2, 3))
    phases = "".join(f"### Phase {at}: Do {at}\n\nWrite `src/a{at}.py` and test it.\n\n" for at in (1, 2))
    text = f"# Plan of the store\n\n## Layers\n\n{layers}## Development phases\n\n{phases}"
    assert [step.title for step in read_steps(text)] == ["Do 1", "Do 2"]


def test_a_version_is_no_number_of_a_step() -> None:
    released = "".join(f"### v0.{at}.1 — Part {at}\n\nTests of `a.py`.\n\n" for at in (4, 5, 6))
    assert read_steps(f"# Notes\n\n## Released by plan\n\n{released}") == []


def test_a_letter_of_another_alphabet_behind_a_number() -> None:
    text = "# Plan\n\n## Prompt 1: Keys\n\nWrite them.\n\n## Prompt 1\u0430: Rows\n\nWrite them.\n"
    assert [step.number for step in read_steps(text)] == ["1", "1\u0430"]


@pytest.mark.parametrize(
    "name",
    [
        "코드 리뷰",
        "代码审查标准与流程",
        "Обзор кода",
        "Revisión del flujo",
        "Redesign progress",
        "性能分析",
        "Code Review - Shop",
    ],
)
def test_reviews_and_rules_are_no_plans_in_any_language(name: str) -> None:
    parts = "".join(f"### {at}. `src/{at}.py` part\n\nTests of `src/{at}.py` pass.\n\n" for at in (1, 2, 3))
    assert read_steps(f"# {name}\n\n## Parts\n\n{parts}") == []


@pytest.mark.parametrize("name", ["Phase 3 Implementation Summary", "Implementation status"])
def test_a_report_of_what_was_done_is_no_plan(name: str) -> None:
    parts = "".join(f"## ✅ Phase 3.{at}: Part {at} - COMPLETE\n\nFiles: `src/{at}.py`, tests.\n\n" for at in (1, 2, 3))
    assert read_steps(f"# {name}\n\n{parts}") == []


def test_the_name_of_a_file_is_no_lettered_step() -> None:
    tasks = "".join(f"### T-00{at}: Part {at}\n\n- **Type:** code\n- [ ] tests for {at}\n\n" for at in (1, 2, 3))
    assert [step.title for step in read_steps(f"# TASKS.md — Store\n\n{tasks}")] == ["Part 1", "Part 2", "Part 3"]


def test_tables_with_the_same_columns_go_on() -> None:
    def table(number: int) -> str:
        rows = "".join(f"| {number}.{row} | Write part {number}{row} | open |\n" for row in ("1", "1a", "2"))
        return f"## Phase {number}: Part\n\n| ID | Task | Status |\n|---|---|---|\n{rows}\n"

    steps = read_steps(f"# Tasks of the store\n\n{table(1)}{table(2)}")
    assert [step.number for step in steps] == ["1.1", "1.1a", "1.2", "2.1", "2.1a", "2.2"]


def test_phases_in_the_one_section_that_says_so_are_before_the_sections() -> None:
    names = ("Principles of it", "Modes of writing", "The versions", "Phases and acceptance", "How far it is")
    phases = "".join(f"### Phase {at}: Do {at}\n\n- Code and tests of `src/{at}.py`\n\n" for at in (1, 2, 3))
    texts = (f"{phases}" if "Phases" in name else "It holds `a.py` and its tests.\n\n" for name in names)
    parts = "".join(f"## {at}. {name}\n\n{text}" for at, (name, text) in enumerate(zip(names, texts, strict=True), 1))
    assert [step.title for step in read_steps(f"# Plan of the studio\n\n{parts}")] == ["Do 1", "Do 2", "Do 3"]


def test_numbered_sections_that_close_a_plan_are_no_steps() -> None:
    text = "".join(f"## {at}. {name}\n\nCode of `src/{at}.py` and its tests.\n\n" for at, name in enumerate(
        ("Make the module structure", "Move the details over to it", "Benefits", "Timeline Estimate"), 1))  # fmt: skip
    assert [step.number for step in read_steps(f"# Refactoring plan\n\n{text}")] == ["1", "2"]


DESIGN = "# Plan\n\n## 1. The data\n\n{}\n\n## 2. The routes\n\nA route.\n\n## 3. {}\n\n{}\n"
_BOXES = "- [ ] Write `a.py`\n- [ ] Write `b.py`\n"


def test_numbered_sections_beside_the_list_of_all_work_are_no_steps() -> None:
    parts = "### 1.1 An order\n\nHas a row.\n\n### 1.2 A user\n\nHas a name.\n"
    for body in ("Words.", parts):
        assert read_steps(DESIGN.format(body, "Implementation tasks", _BOXES)) == []
        assert read_steps(DESIGN.format(body, "Write the pages", _BOXES))


def test_boxes_that_go_on_the_numbers_of_their_sections_are_the_steps() -> None:
    part = "### {0}. Build the part {0} of it\n\n- [ ] {0}.1 Store `a.py`\n  - how\n- [ ] {0}.2 Read it\n  - how\n\n"
    text = "# Implementation Plan\n\n## Tasks\n\n" + part.format(1) + part.format(2)
    assert [step.number for step in read_steps(text)] == ["1.1", "1.2", "2.1", "2.2"]


def test_groups_are_not_given_up_for_a_longer_list_elsewhere() -> None:
    files = "".join(f"{at}. `src/a.py`: change it\n" for at in range(1, 5))
    body = "Change how pages are read, as was said.\n\n1. Read them at once.\n2. Then show them.\n\n"
    phases = f"## Phase 1: Part 1\n\n{body}## Phase 2: Part 2\n\n{body}"
    text = f"# Implementation plan\n\n## Task list\n\n{files}\n{phases}"
    assert [step.title for step in read_steps(text)] == ["Part 1", "Part 2"]


def test_numbered_sections_that_show_output_are_no_steps() -> None:
    part = "## {0}. The {1} that was measured\n\nThis came out.\n\n```text\n{2}\n```\n\n"
    text = "# Probe 7\n\n" + part.format(1, "time", "{0}") + part.format(2, "size", "{0}")
    assert read_steps(text.format("done after a run of the probe\nno errors in the log")) == []
    assert len(read_steps(text.format("Measure how long it takes, and say so."))) == 2
