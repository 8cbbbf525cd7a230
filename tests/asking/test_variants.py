"""Habits of models by public reports, each with its truth: the text of the file, or no answer.

Written before the code was run on them; `python tests/asking/test_variants.py` counts those that are right.
"""

# ruff: noqa: RUF001  # texts in other languages

from __future__ import annotations

import pytest

from sous.asking.answer import accepted
from sous.asking.expected import DOCUMENT, FINDINGS, Expectation
from sous.asking.planning import STEPS
from sous.errors import UnusableAnswer


def _finding(title: str, place: str, wrong: str, labels: tuple[str, str, str]) -> str:
    severity, where, what = labels
    return (
        f"## {title}\n\n- **{severity}:** high\n- **{where}:** `{place}`\n\n```python\nreturn a - b\n```\n\n"
        f"**{what}:** {wrong}\n"
    )


def _two(titles: tuple[str, str], wrong: tuple[str, str], labels: tuple[str, str, str]) -> str:
    first = _finding(titles[0], "src/calc.py:2", wrong[0], labels)
    return f"{first}\n{_finding(titles[1], 'src/load.py:7-9', wrong[1], labels)}"


R = _two(
    ("Adding gives the difference", "A missing file is ignored"),
    ("`add(2, 2)` is 0.", "The caller never learns of it."),
    ("Severity", "Location", "What is wrong"),
)
R3 = R.replace("## ", "### ")
ZH = _two(("加法返回差", "忽略缺失的文件"), ("结果是错的。", "调用者不知道。"), ("严重性", "位置", "问题"))
FR = _two(
    ("L'addition soustrait", "Un fichier absent est ignoré"),
    ("Le résultat est faux.", "L'appelant ne le sait pas."),
    ("Gravité", "Emplacement", "Problème"),
)
JA = _two(
    ("加算が差を返す", "存在しないファイルが無視される"),
    ("結果が正しくない。", "呼び出し元に伝わらない。"),
    ("重要度", "場所", "問題"),
)
RU = _two(
    ("Сложение вычитает", "Нет файла, нет и ошибки"),
    ("Результат неверен.", "Вызывающий об этом не узнает."),
    ("Серьёзность", "Место", "Проблема"),
)
ES = _two(
    ("La suma resta", "Un archivo ausente se ignora"),
    ("El resultado es falso.", "Nadie lo sabe."),
    ("Gravedad", "Ubicación", "Problema"),
)
KO = _two(
    ("덧셈이 차를 반환", "없는 파일이 무시됨"), ("결과가 틀립니다.", "호출자는 모릅니다."), ("심각도", "위치", "문제")
)
ONE = R.split("\n## ")[0] + "\n"
README = "# calc\n\nAdds numbers.\n\n## Install\n\n```sh\npip install calc\n```\n\n## Usage\n\nRun `calc 1 2`.\n"
PLAN = (
    "# Plan: calc\n\n## Step 1: Add\n\n```text\nWrite a test for adding, then add.\n```\n\n"
    "## Step 2: Command\n\n```text\nWrite the command and wire it.\n```\n"
)
NO: tuple[str, ...] = ()  # no answer: exit 3
THOUGHT = "Okay, so the user wants a review.\n\n## Maybe: no tests\n\n- **Location:** `x.py:1`\n\nNo, there are some."
EXPLAINED = (
    "**Key improvements and explanations:**\n\n* **Clear titles:** Each one names the defect.\n"
    "* **Fixes:** They are small.\n\nThis should help you to get started."
)

# habit, reply, what was asked for, the texts that are right
VARIANTS: list[tuple[str, str, Expectation, tuple[str, ...]]] = [
    ("deepseek: no begin", f"{THOUGHT}\n</think>\n\n{R}", FINDINGS, (R,)),
    ("deepseek: empty", f"<think>\n\n</think>\n\n{R}", FINDINGS, (R,)),
    ("deepseek: a mention", f"<think>\nI close with `</think>` later.\n{THOUGHT}\n</think>\n{R}", FINDINGS, (R,)),
    ("deepseek: end", f"{R}<｜end▁of▁sentence｜>", FINDINGS, (R,)),
    ("deepseek: role", f"<｜Assistant｜>{R}", FINDINGS, (R,)),
    ("deepseek: turns", f"{R}<｜end▁of▁sentence｜><｜User｜>Fix it.<｜Assistant｜>Done.", FINDINGS, (R,)),
    ("deepseek: no end", f"<think>\n{THOUGHT}\n", FINDINGS, NO),
    ("deepseek: Chinese", f"<think>\n好的，先看代码。\n\n## 问题一\n\n不对。\n</think>\n\n{ZH}", FINDINGS, (ZH,)),
    ("qwen: process", f"Thinking Process:\n\n1.  **Analyze the Request:** A review.\n\n{THOUGHT}\n</think>\n\n{R}",
     FINDINGS, (R,)),
    ("qwen: two thoughts", f"<think>\n{THOUGHT}\n</think>\n\n<think>\nAgain.\n</think>\n\n{R}", FINDINGS, (R,)),
    ("qwen: ends", f"{R}<|im_end|>\n<|endoftext|>", FINDINGS, (R,)),
    ("qwen: again", f"{R}<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n{R}", FINDINGS, (R,)),
    ("qwen: turn", f"<|im_start|>assistant\n{R}<|im_end|>", FINDINGS, (R,)),
    ("qwen: switch", f"/no_think\n\n{R}", FINDINGS, (R,)),
    ("qwen: Chinese chat", f"以下是代码审查结果：\n\n{ZH}\n希望这些建议对你有帮助！\n", FINDINGS, (ZH,)),
    ("qwen: tool", '<tool_call>\n{"name": "read_file", "arguments": {"path": "src/app.py"}}\n</tool_call>', FINDINGS,
     NO),
    ("gemma: explains", f"Okay, here's a comprehensive code review:\n\n```markdown\n{R}```\n\n{EXPLAINED}\n", FINDINGS,
     (R,)),
    ("gemma: README", f"```markdown\n{README}```\n\n{EXPLAINED}\n", DOCUMENT, (README,)),
    ("gemma: turn", f"<start_of_turn>model\n{R}<end_of_turn>", FINDINGS, (R,)),
    ("gemma: channel", f"<|channel>thought\n{THOUGHT}\n<channel|>{R}", FINDINGS, (R,)),
    ("gemma: unused", f"<unused94>thought\n{THOUGHT}<unused95>{R}", FINDINGS, (R,)),
    ("gemma: README, no fence end", f"```markdown\n{README}", DOCUMENT, (README,)),
    ("gpt-oss: bare", f"analysisWe need to review. {THOUGHT}assistantfinal{R}", FINDINGS, (R,)),
    ("gpt-oss: tokens", (f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{R}"
     "<|return|>"), FINDINGS, (R,)),
    ("gpt-oss: a call", '<|channel|>commentary<|message|>{"path": "/"}<|end|>', FINDINGS, NO),
    ("gpt-oss: thought only", f"<|channel|>analysis<|message|>{THOUGHT}", FINDINGS, NO),
    ("gpt-oss: constrained", f"<|start|>assistant<|channel|>final <|constrain|>markdown<|message|>{R}", FINDINGS, (R,)),
    ("gpt-oss: bare call", f"analysisI look.assistantcommentary to=functions.x json{{}}assistantfinal{README}", DOCUMENT,
     (README,)),
    ("gpt-oss: plain behind", f"<|channel|>final<|message|>{R}<|end|>\n", FINDINGS, (R,)),
    ("claude: greeting", f"I'll review this codebase.\n\n{R}", FINDINGS, (R,)),
    ("claude: thinking", f"I'll analyze the code carefully.\n\n<thinking>\n{THOUGHT}\n</thinking>\n\n{R}", FINDINGS, (R,)),
    ("claude: answer", f"<answer>\n{R}</answer>", FINDINGS, (R,)),
    ("claude: own tag", f"<code_review>\n{R}</code_review>", FINDINGS, (R,)),
    ("claude: signature", f"{R}\n---\n\n*Review generated by Claude*\n", FINDINGS, (R,)),
    ("claude: a call", ('<function_calls>\n<invoke name="Read">\n<parameter name="path">a.py</parameter>\n</invoke>\n'
     "</function_calls>"), FINDINGS, NO),
    ("claude: no code", "I don't see any code in your message. Could you share the files you'd like me to review?",
     FINDINGS, NO),
    ("claude: file name", f"# README.md\n\n```markdown\n{README}```\n", DOCUMENT, (README,)),
    ("claude: plan tag", f"<plan>\n{PLAN}</plan>", STEPS, (PLAN,)),
    ("gemini: stars", f"Of course. Here is a detailed code review based on the provided repository.\n\n***\n\n{R}",
     FINDINGS, (R,)),
    ("gemini: md", f"```md\n{README}\n```", DOCUMENT, (README,)),
    ("gemini: closing", ("As an expert reviewer, I have analyzed the code.\n\n---\n\n"
     f"{R}\n---\n\nBy addressing these points you will improve the security of the tool.\n"), FINDINGS, (R,)),
    ("gemini: nothing", "", FINDINGS, NO),
    ("gemini: blank fence", "```markdown\n\n```\n", DOCUMENT, NO),
    ("gemini: thought tag", f"<thought>\n{THOUGHT}\n</thought>\n{R}", FINDINGS, (R,)),
    ("llama: headers", f"<|start_header_id|>assistant<|end_header_id|>\n\n{R}<|eot_id|>", FINDINGS, (R,)),
    ("llama: next header", f"{R}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks!", FINDINGS, (R,)),
    ("llama: word of a role", f"{R.rstrip()}assistant\n\nPlease let me know if you need more.", FINDINGS, (R,)),
    ("llama: refuses", "I cannot provide a review of this code. Is there anything else I can help you with?", FINDINGS,
     NO),
    ("llama: inst", f"[/INST] {R}", FINDINGS, (R,)),
    ("llama: s", f"<s>{R}</s>", FINDINGS, (R,)),
    ("llama: underlined", f"**Code Review**\n================\n\nThe code has two defects.\n\n{R}", FINDINGS,
     (R, f"**Code Review**\n================\n\nThe code has two defects.\n\n{R}")),
    ("llama: loop", "## Finding\n\nThe code should be tested well.\n\n" * 30, FINDINGS, NO),
    ("llama: counting loop", "# Review\n\n" + "".join(f"{n}. Add more tests for it.\n" for n in range(1, 90)), FINDINGS,
     NO),
    ("llama: counting headings", "".join(f"## Issue {n}\n\nThe code should be tested well.\n\n" for n in range(1, 40)),
     FINDINGS, NO),
    ("mistral: think", f"[THINK]{THOUGHT}\n## Not it\n[/THINK]{R}", FINDINGS, (R,)),
    ("mistral: level", f"Certainly! Here are the findings:\n\n{R3}", FINDINGS, (R3,)),
    ("mistral: calls", f"{R}[TOOL_CALLS]", FINDINGS, (R,)),
    ("phi: role", f"<|assistant|>\n{R}<|end|>", FINDINGS, (R,)),
    ("phi: sep", f"<think>\n{THOUGHT}\n</think>\n<|im_sep|>{R}", FINDINGS, (R,)),
    ("phi: goes on", f"{R}<|end|><|user|>\nWrite a poem.<|end|>\n<|assistant|>\nRoses are red.", FINDINGS, (R,)),
    ("granite", f"Here is my thought process:\n{THOUGHT}\n\nHere is my response:\n\n{R}", FINDINGS, (R,)),
    ("kimi", f"\u25c1think\u25b7{THOUGHT}\u25c1/think\u25b7{R}", FINDINGS, (R,)),
    ("glm: box", f"<think>{THOUGHT}</think>\n<|begin_of_box|>{R}<|end_of_box|>", FINDINGS, (R,)),
    ("seed", f"<seed:think>{THOUGHT}</seed:think>{R}", FINDINGS, (R,)),
    ("cohere: thinking", f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{R}<|END_RESPONSE|>", FINDINGS,
     (R,)),
    ("cohere: turn", f"<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>{R}<|END_OF_TURN_TOKEN|>", FINDINGS, (R,)),
    ("ollama: words", f"Thinking...\n{THOUGHT}\n...done thinking.\n\n{R}", FINDINGS, (R,)),
    ("French", f"Bien sûr ! Voici la revue :\n\n{FR}\nN'hésitez pas si vous avez des questions.\n", FINDINGS, (FR,)),
    ("Spanish", f"¡Claro! Aquí tienes la revisión:\n\n{R}\n¿Quieres que profundice en algún punto?\n", FINDINGS, (R,)),
    ("Japanese", f"承知しました。以下がレビュー結果です。\n\n{JA}\n以上です。ご不明な点があればお知らせください。\n",
     FINDINGS, (JA,)),
    ("Korean", f"네, 코드 리뷰 결과입니다:\n\n{R}\n추가로 궁금한 점이 있으면 말씀해 주세요.\n", FINDINGS, (R,)),
    ("Russian", f"Конечно! Вот обзор кода:\n\n{RU}\nЕсли нужны подробности, дайте знать.\n", FINDINGS, (RU,)),
    ("Portuguese", f"Claro! Segue a revisão:\n\n{R}\nSe precisar de mais detalhes, é só avisar.\n", FINDINGS, (R,)),
    ("Arabic", f"بالتأكيد، إليك المراجعة:\n\n{R}", FINDINGS, (R,)),
    ("Hindi", f"ज़रूर, यहाँ समीक्षा है:\n\n{R}", FINDINGS, (R,)),
    ("Turkish", f"Elbette! İşte inceleme:\n\n{R}\nBaşka bir konuda yardım ister misiniz?\n", FINDINGS, (R,)),
    ("Polish", f"Oczywiście, oto przegląd:\n\n{R}", FINDINGS, (R,)),
    ("German, no code", "# Code-Review\n\nLeider habe ich keinen Code erhalten. Bitte fügen Sie ihn ein.\n", FINDINGS, NO),
    ("Italian, refuses", "# Revisione\n\nMi dispiace, non posso aiutare con questa richiesta.\n", FINDINGS, NO),
    ("refuses below a heading", "# Review\n\nI'm sorry, but I can't assist with that request.\n", FINDINGS, NO),
    ("refuses a README", "# README\n\nI'm sorry, but I can't assist with that request.\n", DOCUMENT, NO),
    ("no code, in a heading", "## No code provided\n\nPlease paste the code that you would like me to review.\n", FINDINGS,
     NO),
    ("closes: overall", f"{R}\nOverall, the code is readable, but the error handling needs work.\n", FINDINGS, (R,)),
    ("closes: in conclusion", f"{R}\nIn conclusion, both should be fixed soon.\n", FINDINGS, (R,)),
    ("closes: a section", f"{R}\n## Summary\n\nThe code base is solid, with two problems.\n", FINDINGS,
     (R, f"{R}\n## Summary\n\nThe code base is solid, with two problems.\n")),
    ("closes: in Russian", f"{RU}\nВ целом код написан аккуратно.\n", FINDINGS, (RU,)),
    ("plan: asks", f"Here's the plan:\n\n{PLAN}\nReady to start?\n", STEPS, (PLAN,)),
    ("plan: long fence", f"````markdown\n{PLAN}````\n", STEPS, (PLAN,)),
    ("plan: thought steps", f"<think>\n## Step 1: Database\n\n```text\nNo.\n```\n</think>\n{PLAN}", STEPS, (PLAN,)),
    ("plan: outline first", f"Let me think about the order.\n\n1. add\n2. command\n\nHere is the plan:\n\n{PLAN}", STEPS,
     (PLAN,)),
]  # fmt: skip

# a second set, written when all of the first were right
VARIANTS += [
    ("glm answer tag", f"<think>{THOUGHT}</think>\n<answer>{R}</answer>", FINDINGS, (R,)),
    ("hunyuan", f"<think>\n{THOUGHT}\n</think>\n<answer>\n{R}\n</answer>", FINDINGS, (R,)),
    ("step: reasoning tag attr", f'<reasoning effort="high">\n{THOUGHT}\n</reasoning>\n\n{R}', FINDINGS, (R,)),
    ("qwq: Final Answer", f"{THOUGHT}\n</think>\n\n**Final Answer**\n\n{R}", FINDINGS, (R, f"**Final Answer**\n\n{R}")),
    (
        "openthinker",
        f"<|begin_of_thought|>\n{THOUGHT}\n<|end_of_thought|>\n\n<|begin_of_solution|>\n{R}<|end_of_solution|>",
        FINDINGS,
        (R,),
    ),
    (
        "reflection 70b",
        f"<thinking>\n{THOUGHT}\n<reflection>\nHm.\n</reflection>\n</thinking>\n\n<output>\n{R}</output>",
        FINDINGS,
        (R,),
    ),
    ("smollm", f"{R}<|im_end|>\n<|im_start|>user\nThanks<|im_end|>", FINDINGS, (R,)),
    (
        "details thinking",
        f'<details type="reasoning">\n<summary>Thought for 5 s</summary>\n{THOUGHT}\n</details>\n\n{R}',
        FINDINGS,
        (R,),
    ),
    ("perplexity cites", f"{R.rstrip()}[1][2]\n", FINDINGS, (f"{R.rstrip()}[1][2]\n",)),
    (
        "copilot greeting",
        f"Great question! I went through every file you shared, and two things need attention.\n\n{R}",
        FINDINGS,
        (R,),
    ),
    ("emoji", f"🚀 Here's your review!\n\n{R}\n---\n✨ Happy coding!\n", FINDINGS, (R,)),
    ("bold heading line", f"**Code Review Findings**\n\n{R}", FINDINGS, (R, f"**Code Review Findings**\n\n{R}")),
    ("xml report tag attr", f'<report format="markdown">\n{R}</report>', FINDINGS, (R,)),
    (
        "artifact",
        f'<antArtifact identifier="review" type="text/markdown" title="Review">\n{R}</antArtifact>',
        FINDINGS,
        (R,),
    ),
    ("README in html fence", f"```html\n{README}```\n", DOCUMENT, (README,)),
    ("README readme tag", f"<readme>\n{README}</readme>\n\nLet me know if you need changes.", DOCUMENT, (README,)),
    ("README after file bold", f"**README.md**\n\n```markdown\n{README}```\n", DOCUMENT, (README,)),
    (
        "README with note",
        f"{README}\n---\n\n**Note:** Replace the placeholders before publishing.\n",
        DOCUMENT,
        (README, f"{README}\n---\n\n**Note:** Replace the placeholders before publishing.\n"),
    ),
    ("plan: sounds good", f"{PLAN}\nDoes this plan look good to you? I can adjust the steps.\n", STEPS, (PLAN,)),
    ("plan: in document tag", f"<document>\n{PLAN}</document>", STEPS, (PLAN,)),
    ("Spanish close", f"¡Por supuesto! Este es el informe:\n\n{ES}\nEspero que te sea útil.\n", FINDINGS, (ES,)),
    ("Spanish overall", f"{ES}\nEn resumen, el código es correcto salvo estos puntos.\n", FINDINGS, (ES,)),
    ("Korean close", f"{KO}\n이상입니다. 더 필요하시면 알려주세요.\n", FINDINGS, (KO,)),
    ("Chinese rule close", f"{ZH}\n---\n\n如有疑问，欢迎继续提问。\n", FINDINGS, (ZH,)),
    ("Chinese summary", f"{ZH}\n总体而言，代码质量良好。\n", FINDINGS, (ZH,)),
    ("one finding, closes", f"{ONE}\nLet me know if you want a patch for this.\n", FINDINGS, (ONE,)),
    ("refuses: policy", "I'm unable to assist with this request as it may violate the content policy.", FINDINGS, NO),
    ("refuses: French title", "## Revue de code\n\nDésolé, je ne peux pas vous aider avec cela.\n", FINDINGS, NO),
    ("refuses: too long", "The provided input is too long for me to process. Please shorten it.", FINDINGS, NO),
    ("refuses: Japanese title", "# レビュー\n\n申し訳ありませんが、コードが見当たりません。\n", FINDINGS, NO),
    ("asks for files", "Which files would you like me to look at first?", FINDINGS, NO),
    ("error text", "Error: upstream connect error or disconnect/reset before headers.", FINDINGS, NO),
    ("json error", '{"error": {"message": "Internal server error", "code": 500}}', FINDINGS, NO),
    ("html error", "<html><body><h1>502 Bad Gateway</h1></body></html>", FINDINGS, NO),
    ("null", "null", FINDINGS, NO),
    ("undefined", "undefined", DOCUMENT, NO),
    ("placeholder", "[Your code review here]", FINDINGS, NO),
    ("loops words", "## A\n\n" + "the the the " * 400, FINDINGS, NO),
    ("loops dots", "## A\n\nIt is." + " ." * 3000, FINDINGS, NO),
    (
        "loops list letters",
        "# R\n\n" + "".join(f"{chr(97 + n % 26)}) Add more tests for it.\n" for n in range(80)),
        FINDINGS,
        NO,
    ),
    ("loops Step n:", "# R\n\n" + "".join(f"Step {n}: Add more tests for it.\n" for n in range(1, 80)), FINDINGS, NO),
    (
        "nothing found, de",
        "## Keine Befunde\n\nDer Code ist in Ordnung.\n",
        FINDINGS,
        ("## Keine Befunde\n\nDer Code ist in Ordnung.\n",),
    ),
    ("nothing found, zh", "## 未发现问题\n\n代码没有问题。\n", FINDINGS, ("## 未发现问题\n\n代码没有问题。\n",)),
    (
        "call then report",
        f'<tool_call>\n{{"name": "read"}}\n</tool_call>\n\n{R}',
        FINDINGS,
        (R, f'<tool_call>\n{{"name": "read"}}\n</tool_call>\n\n{R}'),
    ),
]


def is_right(variant: tuple[str, str, Expectation, tuple[str, ...]]) -> str:
    """Return what is wrong with what becomes of a variant; empty for nothing."""
    _, reply, expectation, right = variant
    try:
        text = accepted(reply, model="m", expectation=expectation).text
    except UnusableAnswer as exc:
        return "" if not right else f"refused: {exc}"
    return "" if text.strip() in [one.strip() for one in right] else f"taken: {text!r}"


@pytest.mark.parametrize("variant", VARIANTS, ids=[variant[0] for variant in VARIANTS])
def test_a_habit_gives_the_answer_or_none(variant: tuple[str, str, Expectation, tuple[str, ...]]) -> None:
    assert is_right(variant) == ""


def main() -> None:
    """Count them."""
    found = {variant[0]: is_right(variant) for variant in VARIANTS}
    for name, wrong in found.items():
        if wrong:
            print(f"{name}: {wrong[:3000]}\n")
    print(f"{sum(not wrong for wrong in found.values())} of {len(found)} right")


if __name__ == "__main__":
    main()
