"""The words by which items are known, in the languages that models answer in: numbers, fields, severities, marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sous.document.counted import Marked, marked, numbered, worded

if TYPE_CHECKING:
    from collections.abc import Collection

# What a field is called that items have and little else does.
TITLES = frozenset(
    [
        "title",
        "titel",
        "titre",
        "título",
        "titulo",
        "titolo",
        "заголовок",
        "название",
        "标题",
        "標題",
        "タイトル",
        "제목",
        "issue title",
    ]
)
LABELS = frozenset(
    [
        "labels",
        "label",
        "tags",
        "étiquettes",
        "etiquetas",
        "метки",
        "标签",
        "標籤",
        "ラベル",
        "라벨",
    ]
)
SEVERITY = frozenset(
    [
        "severity",
        "priority",
        "schweregrad",
        "priorität",
        "gravité",
        "priorité",
        "severidad",
        "gravedad",
        "prioridad",
        "серьёзность",
        "серьезность",
        "критичность",
        "приоритет",
        "严重性",
        "严重程度",
        "优先级",
        "嚴重性",
        "優先級",
        "深刻度",
        "重要度",
        "優先度",
        "심각도",
        "우선순위",
        "risk",
        "criticality",
    ]
)
LOCATION = frozenset(
    [
        "location",
        "locations",
        "file",
        "files",
        "where",
        "place",
        "path",
        "ort",
        "datei",
        "fichier",
        "emplacement",
        "archivo",
        "ubicación",
        "файл",
        "файлы",
        "место",
        "расположение",
        "где",
        "文件",
        "位置",
        "檔案",
        "ファイル",
        "場所",
        "箇所",
        "파일",
        "위치",
        "file path",
        "affected files",
        "affected file",
    ]
)
WHAT = frozenset(
    [
        "issue",
        "problem",
        "what is wrong",
        "finding",
        "проблема",
        "问题",
        "問題",
        "problème",
        "problema",
    ]
)
STATUS = frozenset(
    [
        "status",
        "state",
        "estado",
        "статус",
        "состояние",
        "状态",
        "狀態",
        "状態",
        "ステータス",
        "상태",
        "statut",
    ]
)
OTHERS = frozenset(
    [
        "target",
        "test file",
        "confidence",
        "acceptance",
        "acceptance criteria",
        "description",
        "problem",
        "impact",
        "issue",
        "recommendation",
        "fix",
        "suggested fix",
        "solution",
        "expected",
        "expected behavior",
        "actual",
        "actual behavior",
        "steps to reproduce",
        "proposed solution",
        "what is wrong",
        "how to fix",
        "quote",
        "category",
        "type",
        "effort",
        "evidence",
        "rationale",
        "описание",
        "проблема",
        "влияние",
        "решение",
        "рекомендация",
        "почему важно",
        "что стоит проверить",
        "问题",
        "影响",
        "建议修复",
        "建议",
        "描述",
        "修复",
        "問題",
        "影響",
        "説明",
        "対応",
        "修正案",
        "beschreibung",
        "auswirkung",
        "lösung",
        "empfehlung",
        "descripción",
        "impacto",
        "solución",
        "description du problème",
        "explication",
    ]
)
STRONG = (
    TITLES
    | LABELS
    | SEVERITY
    | frozenset({"location", "target", "位置", "文件", "acceptance criteria", "файл"})
)
FIELDS = STRONG | LOCATION | OTHERS

TITLE_COLUMNS = (
    "title", "issue", "name", "finding", "feature", "problem", "missing test", "test case", "test", "case", "scenario",
    "behaviour", "behavior", "bug", "summary", "description", "task", "gap", "titel", "problema", "название",
    "проблема", "тест", "标题", "问题", "测试", "タイトル", "問題", "テスト",
)  # fmt: skip

# What the sections of a file are called that is one issue as a whole.
_PARTS = (
    "description|problem|summary|steps to reproduce|expected|actual|acceptance|tasks|background|motivation|proposal"
    "|solution|environment|definition of done|user story|context|goal|scope|проблема|описание|шаги|ожида|критери"
    "|概要|背景|完了条件|受け入れ|目的|再現|期待|実現したい|問題|描述|步骤|预期|验收|beschreibung|akzeptanz|erwart"
    "|contexte|critères|attendu|descripción|criterios|pasos"
)
_PART = re.compile(rf"\W*(?:{_PARTS})", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:issues?|bugs?|problems?|findings?|defects?|missing tests?|test gaps?|gaps|vulnerabilit\w+|todo|weakness\w*"
    r"|concerns?|severity|priority|critical|high|medium|low|minor|major|nit|p[0-4]|untested|improvements?|suggestions?"
    r"|fehler|probleme|mängel|problèmes?|problemas?|errores|hallazgos|anomalies)\b"
    r"|проблем|ошиб|баг|недоста|пробел|приоритет|критич|высок|средн|низк|замечани"
    r"|问题|缺陷|严重|优先|缺失|問題|課題|不具合|バグ|重大|高优|文제|이슈|버그",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"\b(?:achievement\w*|strengths?|positives?|what works|done well|good|progress|next steps?|remaining work|success"
    r"|resources|conclusion|executive summary|overview|implementation order|roadmap|not ported|action plan|strong points"
    r"|recommended order|fixed|resolved|changelog|priority matrix|summary|stärken|points forts|fortalezas)\b"
    r"|достиж|сильные|итог|вывод|следующ|总结|总览|优点|結論|まとめ|良い点",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"^\W*(?:(?:executive )?summary|overview|introduction|conclusions?|next steps|action plan|implementation order"
    r"|priority matrix|table of contents|contents|notes?|appendix|strengths?|positives?|references|checklist|legend"
    r"|general assessment|verdict|scope|how to|testing strategy|recommended order|phase \d|zusammenfassung|résumé"
    r"|resumen|conclusión|итоги?|вывод|заключение|введение|总结|概述|結論|まとめ|no (?:findings|issues|missing tests))\b",
    re.IGNORECASE,
)


def is_about_issues(heading: str) -> bool:
    """Tell whether what stands under a heading may be issues: `High priority`, `Known issues`."""
    return bool(_ABOUT.search(heading)) and not is_about_else(heading)


def is_about_else(heading: str) -> bool:
    """Tell whether what stands under a heading is no issues: `Strengths`, `Next steps`."""
    return bool(_ELSE.search(heading))


def is_part_of_issue(heading: str) -> bool:
    """Tell whether a heading is what a section of a single issue is called: `Steps to reproduce`."""
    return bool(_PART.match(heading))


def is_no_title(heading: str) -> bool:
    """Tell whether a heading is one of a report's own: `Summary`, `Conclusion`."""
    return bool(_NO_TITLE.search(heading))


_SEVERITIES = (
    (
        "critical",
        r"critical|blocker|urgent|p0|sev-?0|s0|kritisch|critique|crític[ao]|критич\w*|严重|致命|紧急|緊急|重大|치명\w*",
    ),
    ("high", r"high|major|severe|important|p1|sev-?1|hoch|élevée?|haute?|alt[ao]|высок\w*|高|높음"),
    ("medium", r"medium|moderate|normal|p2|sev-?2|mittel|moyenne?|medi[ao]|средн\w*|中|보통"),
    ("low", r"low|minor|p3|sev-?3|niedrig|gering|faible|baj[ao]|низк\w*|低|낮음"),
    ("info", r"info\w*|nit(?:pick)?|trivial|p4|cosmetic|note|hinweis"),
)
_SEVERITY = re.compile(
    "|".join(rf"(?P<{name}>(?<![^\W_])(?:{words})(?![^\W_]))" for name, words in _SEVERITIES),
    re.IGNORECASE,
)
_CJK_SEVERITY = re.compile(
    "(?P<critical>严重|致命|紧急|緊急|重大)|(?P<high>高)|(?P<medium>中)|(?P<low>低)"
)


def severity_in(text: str) -> str:
    """Return the first severity that a text names, in our own word for it.

    Empty where there is none.
    """
    match = _SEVERITY.search(text) or _CJK_SEVERITY.search(text)
    return match.lastgroup or "" if match else ""


def is_severity(text: str) -> bool:
    """Tell whether a text is the name of a severity and nothing else."""
    return bool(_SEVERITY.fullmatch(text.strip(" \t*_`[]()")))


_PATH = r"`?(?:[\w@.~-]*[/\\])*[\w@.~-]+\.\w{1,8}`?"
_LINES = r"(?:\s*[:,]?\s*(?:lines?\s+|l\.?\s*|строк[аи]\s+|第)?~?\d+(?:\s*[-\u2013\u2014]\s*\d+)?(?:,\s*\d+(?:\s*[-\u2013]\s*\d+)?)*\s*行?)?"
PLACE = rf"(?:{_PATH}{_LINES}`?|`[\w@.~/\\-]+/`)"
_PLACE_BEHIND = re.compile(
    rf"\s*(?:[\u2013\u2014-]\s*(?:in\s+)?(?P<dash>`[^`]*[/.][^`]*`{_LINES}|{_PATH}:\d[\d\-\u2013,\s]*)|[(\[]\s*(?:in\s+|see\s+)?(?P<bracket>{PLACE}(?:\s*(?:,|and|&|vs\.?)\s*{PLACE})*)\s*[)\]])\s*$",
    re.IGNORECASE,
)
_IS_PLACE = re.compile(
    rf"(?:lines?\s+[\d, \u2013-]+\s*(?:in|of)\s+)?{PLACE}(?:\s+lines?\s+[\d, \u2013-]+)?",
    re.IGNORECASE,
)
_DONE_SIGN = r"(?:\u2705|\u2611\ufe0f?|\u2714\ufe0f?)"
_DONE_WORD = r"(?:completed?|done|fixed|resolved|implemented|closed|completado|terminé|erledigt|behoben|исправлено|готово|сделано|выполнено|已修复|已完成|完了|対応済み?)"
_DONE = re.compile(
    rf"^\s*{_DONE_SIGN}|{_DONE_SIGN}[\s*_]*(?:[*_~\s]*{_DONE_WORD}\b.*)?$|[(\[]\s*{_DONE_SIGN}?\s*{_DONE_WORD}[^()\[\]]*[)\]]\s*$"
    rf"|(?:[\u2013\u2014|]|\s-)\s*[*_~]*{_DONE_WORD}[*_~.!]*\s*$|:\s*[*_~]*(?-i:COMPLETED?|DONE|FIXED|RESOLVED|CLOSED)[*_~.!]*\s*$",
    re.IGNORECASE,
)
_IS_DONE = re.compile(rf"^[\W_]*{_DONE_WORD}(?![\w-])[^\n]{{0,30}}$|{_DONE_SIGN}", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_BOX = re.compile(r"^\s*\[(?P<mark>[ xX-]?)\]\s+")
_EMOJI = "[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d\u20e3]"
_LITTER = re.compile(
    r"\[cite(?:_start|_end|: ?[\d, ]+)?\][ \t]*|\u3010\d{1,9}[^\u3011]{0,80}\u3011[ \t]*"
)


class Said(NamedTuple):
    """What a title says: its words alone, its number, its state (None: no mark), severity, and the place behind it."""

    title: str
    number: str = ""
    state: str | None = None
    severity: str = ""
    place: str = ""


def said_in(text: str, words: Collection[str] = ()) -> Said:
    """Return what a title says, whatever marks of counting, state, severity and place it carries.

    `words` are those that titles of this file have before their numbers.
    """
    text = without_litter(text).strip()
    number = severity = place = ""
    state: str | None = None
    for _ in range(8):  # each mark may stand before or behind each other
        before = text
        text = _bare(text)
        if box := _BOX.match(text):
            mark = box["mark"].lower()
            state = {"x": "done", "-": "skipped"}.get(mark, state or "open")
            text = text[box.end() :]
        if text.startswith("~~") and text.rstrip().endswith("~~"):
            state = state if state == "done" else "skipped"
            text = text.strip()[2:-2]
        if match := _DONE.search(text):
            state = state if state == "skipped" else "done"
            kept = (
                text[match.end() :]
                if match.start() == 0 and match.end() < len(text)
                else text[: match.start()]
            )
            text = kept if kept.strip() else text
        found = marked(text) or _worded_by(words, text) or (None if number else numbered(text))
        if found and found.title.strip(" *_"):
            number, text = number or found.number, found.title
        severity, text = _severity_off(severity, text)
        if not place and (match := _PLACE_BEHIND.search(text)) and match.start() > 0:
            place = match["dash"] or match["bracket"]
            text = text[: match.start()]
        if text == before:
            break
    return Said(" ".join(text.split()), number, state, severity, place.replace("`", ""))


def _worded_by(words: Collection[str], text: str) -> Marked | None:
    found = worded(text)
    return found if found and found.word in words else None


def without_litter(text: str) -> str:
    """Return a text without the marks of citations that some models leave."""
    return _LITTER.sub("", text)


def _severity_off(severity: str, text: str) -> tuple[str, str]:
    match = re.match(
        r"^[\[(]?(?P<word>[\w-]+)[\])]?\s*[:\uff1a\u2013\u2014|-]\s+(?=\S)|^\[(?P<bracket>[\w -]+)\]\s*",
        text,
    )
    word = (match["word"] or match["bracket"]) if match else ""
    if match and word and is_severity(word):
        return severity or severity_in(word), text[match.end() :]
    match = re.search(r"\s*[(\[](?P<word>[\w ]+)[)\]]$", text)
    if (
        match
        and match.start()
        and is_severity(re.sub(r"(?i)\s*(?:severity|priority)\s*", "", match["word"]))
    ):
        return severity or severity_in(match["word"]), text[: match.start()]
    return severity, text


def _bare(text: str) -> str:
    """Return a title without emoji, links, and marks of emphasis around it.

    Those around single words stay.
    """
    text = _LINK.sub(r"\1", text)
    text = re.sub(
        rf"^(?:(?!\u2705|\u2611|\u2714){_EMOJI}|\s)+|(?:(?!\u2705|\u2611|\u2714){_EMOJI}|\s)+$",
        "",
        text,
    )
    for marks in ("**", "__", "*", "_"):
        if text.startswith(marks) and text.endswith(marks) and len(text) > 2 * len(marks):
            inner = text[len(marks) : -len(marks)]
            if marks not in inner:
                text = inner.strip()
        elif text.startswith(marks) and text.count(marks) == 2:  # noqa: PLR2004  # bold, then a mark or a place
            text = text.replace(marks, "")
    text = text.strip()
    if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:  # noqa: PLR2004
        text = text[1:-1]
    return text.rstrip(" :\uff1a")


def is_place(title: str) -> bool:
    """Tell whether a title says where and nothing else: `Line 12 in src/a.py`."""
    return bool(_IS_PLACE.fullmatch(title.replace("`", "")))


def is_done(status: str) -> bool:
    """Tell whether the value of a status field says that an item is done."""
    return bool(_IS_DONE.search(status)) or bool(re.match(r"\W*\[[xX]\]", status))
