"""What people and models write around references: words for lines, for what is to be done."""

from __future__ import annotations

import re

# `Node.js` and the like name programs.
PROGRAMS = frozenset(
    """
    node.js next.js vue.js react.js express.js nuxt.js three.js d3.js ember.js backbone.js chart.js deno.js
    angular.js nest.js solid.js alpine.js moment.js socket.io asp.net p5.js discord.js
    """.split()  # noqa: SIM905
)
# What stands before a dot in an expression: `res.json` is no file.
EXPRESSIONS = frozenset(
    """
    self this req res request response r resp ctx context event e err error app module exports data obj np pd df
    plt console window document process math json date object array string number promise os sys re fs path fmt
    http std math user item row result config settings options args params session client server db conn cursor
    logger log
    """.split()  # noqa: SIM905
)
# Heads of names that come from a language or its library, so that a bundle need not hold them.
LIBRARIES = frozenset(
    """
    std core alloc Vec String Option Result Box Arc Rc HashMap Path PathBuf Command Ok Err Some None Object Array
    JSON Math Promise Number Date RegExp Map Set Symbol Reflect console window document process Buffer fs
    path http https url crypto fmt os io strings strconv errors context sync bytes bufio filepath ioutil sql json
    xml html template regexp sort java javax System Objects Optional Collections Arrays List Integer Thread str
    int float bool list dict tuple set object type super print len range open isinstance getattr setattr
    sorted enumerate zip map filter any all min max sum abs round repr hash id input iter next eval exec format
    require import setTimeout setInterval fetch parseInt parseFloat useState useEffect useMemo useCallback
    useRef describe it test expect beforeEach afterEach panic append make new delete copy close cap recover
    println unwrap clone into collect main
    React ReactDOM Vue Angular Svelte Next jQuery axios lodash express jest vi vitest chai sinon cy mocha zod prisma
    localStorage sessionStorage navigator location history AbortController AbortSignal URL URLSearchParams Response
    Request Headers FormData Blob File FileReader WebSocket Worker Event CustomEvent EventEmitter Node Element
    HTMLElement Proxy Intl BigInt WeakMap WeakRef Uint8Array ArrayBuffer TextEncoder TextDecoder performance
    queueMicrotask requestAnimationFrame structuredClone globalThis Error TypeError
    np pd plt torch tf pytest unittest mock requests flask django sqlalchemy pydantic logger log env
    ConcurrentHashMap HashSet ArrayList LinkedList StringBuilder Executors CompletableFuture Stream Collectors
    LocalDate LocalDateTime Instant Duration UUID Pattern Files Paths Runnable Iterator Iterable
    tokio serde anyhow thiserror reqwest rayon Mutex RwLock RefCell Cell Cow Pin Chars Default Clone Debug Display From
    Into TryFrom AsRef Drop Deref BTreeMap VecDeque OsString
    Console Convert Guid DateTime Enumerable Task Dictionary StringComparison Environment HttpClient
    Rails ActiveRecord ApplicationRecord Kernel Hash Struct Time Dir IO
    """.split()  # noqa: SIM905
)

# "line" in some languages; Cyrillic letters as escapes, for they look like others.
_LINE_WORD = (
    r"(?:lines?|ln\.?|rows?|l\.|zeilen?|lignes?|l[ií]neas?|linhas?|righe|riga|rader?|regels?|第|行"
    r"|\u0441\u0442\u0440\u043e\u043a[\u0430-\u044f]*|\u043b\u0438\u043d\u0438[\u0430-\u044f]*)"
)
_DASH = r"\s?(?:[-\u2010-\u2015\u2212]|\.\.\.?|to|through|bis|\u0434\u043e|\u043f\u043e|à|a)\s?"
_AND = r"\s?(?:[,;&/]|and|und|et|\u0438)\s?(?:and\s)?"
_SPAN = rf"[~≈]?\s?L?\d{{1,7}}(?:{_DASH}[~≈]?L?\d{{1,7}}(?![\w%]))?"
_SHORT_SPAN = r"[~≈]?[Ll]?\d{1,7}(?:\s?[-\u2013\u2014]\s?[Ll]?\d{1,7})?"
# Lines in words: `line 12`, `lines ~10 to 20`, `Lines 3, 8 and 12-14`.
LINES = re.compile(
    rf"(?<![\w/.-]){_LINE_WORD}(?:\(s\)|\s(?:numbers?|nos?\.|nrs?\.))?(?:[\s:#`]|\*\*){{0,6}}(?P<list>{_SPAN}(?:{_AND}{_SPAN})*)(?![\w%])",
    re.IGNORECASE,
)
# `L12-L20` alone.
SHORT_LINES = re.compile(
    r"(?<![\w/.#-])(?P<list>L\d{1,7}(?:\s?[-\u2013\u2014]\s?L?\d{1,7})?)(?!\w)"
)
# Right behind a path: `:12`, `:12-20`, `#L12-L20`, `:48,65`, and with a column `:12:5`.
BEHIND_PATH = rf"(?::|\#|:line\s?|,\s?)(?P<list>{_SHORT_SPAN}(?:,\s?{_SHORT_SPAN})*)(?::\d{{1,5}}(?:-\d{{1,5}})?)?"
# `(370, 396)` and `(12-20)` right behind a path.
IN_BRACKETS = re.compile(
    rf"[`*_]{{0,3}}\s?[(\[](?P<list>{_SHORT_SPAN}(?:\s?,\s?{_SHORT_SPAN})*)[)\]]"
)
RANGE = re.compile(rf"L?(\d{{1,7}})(?:{_DASH}[~≈]?L?(\d{{1,7}}))?", re.IGNORECASE)
# Between a path and its lines: `at`, `on`; between lines and their path: `of`, `in`.
BETWEEN = re.compile(
    r"[\s`*_]{0,4}(?:[(\[,:;\u2013\u2014-]\s?)?[*_`]{0,2}"
    r"(?:\s?(?:at|on|around|near|about|approx\.?|starting at|in|\u0432|\u043d\u0430)\s)?[`*_]{0,2}"
)
LINES_OF = re.compile(
    r"[`*_]{0,3}\s?(?:of|in|at|from|inside|within|\u0432|[(:,@\u2013-])[\s`*_(]{0,4}(?:the\s)?(?:file\s)?[`*_]{0,2}",
    re.IGNORECASE,
)

_FIXES = (
    r"fix(?:es|ed)?|solutions?|recommend\w*|suggest\w*|mitigations?|remediations?|remedy|improvements?|improved|"
    r"refactor\w*|better|after|instead|propos\w*|examples?|should be|actions?(?: items?)?|to-?dos?|next steps?|"
    r"acceptance(?: criteria)?|(?:unit |integration )?tests?(?: cases?| to add| skeletons?| plan| idea)?|skeleton|"
    r"new code|corrected|patch|alternatives?|best practices?|implementation|correct|how to [\w ]+|quick wins?|"
    r"workaround|expected|verification(?: plan)?|checklist|lösung|empfehlung|vorschlag|soluci[oó]n|"
    r"recomendaci[oó]n\w*|sugerencia|correction|solução|recomendaç\w*|修复|建议|解决方案|"
    # Russian: what to do, correction, solution, recommendation, proposal
    r"\u0447\u0442\u043e \u0434\u0435\u043b\u0430\u0442\u044c\w*|\u0438\u0441\u043f\u0440\u0430\u0432\w*|"
    r"\u0440\u0435\u0448\u0435\u043d\u0438\w*|"
    r"\u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434\w*|\u043f\u0440\u0435\u0434\u043b\u043e\u0436\w*"
)
_FINDS = (
    r"quotes?|evidence|current(?:ly| code| behaviou?r| implementation| state)?|before|problems?|issues?|code|"
    r"locations?|files?|snippets?|actual|existing|what is wrong|impact|risks?|where|observed|description|details|"
    r"findings?|proof|bad|affected(?: \w+)?|severity|root cause|why|context|offending code|vulnerable code|target"
)
_ADJECTIVES = r"(?:suggested|recommended|proposed|possible|quick|potential|simple|concrete|the|a|minimal|one|some|optional)"
FIX_LABEL = re.compile(rf"(?:{_ADJECTIVES}\s)*(?:{_FIXES})(?:\s[\w/()-]+){{0,3}}", re.IGNORECASE)
FIND_LABEL = re.compile(rf"(?:{_ADJECTIVES}\s)*(?:{_FINDS})(?:\s[\w/()-]+){{0,3}}", re.IGNORECASE)
# `**Fix:**`, `**Fix**:`, `Fix:` at the beginning of a line, behind bullets and signs.
LABEL = re.compile(
    r"^[\s>*+\-\d.)#]{0,8}(?:[^\w\s`*]{1,3}\ufe0f?\s?)?"
    r"(?:(?:\*\*|__)(?P<bold>[^*\n]{2,300}?)(?:\*\*|__)(?P<colon>\s?:)?"
    r"|(?P<plain>[A-Z\u0410-\u042f][\w ()/'-]{1,40}?):(?=\s|\*|$))",
    re.MULTILINE,
)
# What a name is called, right before or behind it.
_DEFINITION = r"(?:function|method|class|struct|trait|interface|enum|macro|decorator|constructor|helper|hook|handler|component)"
DEFINITION = re.compile(
    rf"[*_]{{0,2}}\s(?:helper |static |async |private |public )?{_DEFINITION}\b", re.IGNORECASE
)
DEFINITION_BEFORE = re.compile(rf"\b{_DEFINITION}\s[*_]{{0,2}}$", re.IGNORECASE)
# A heading of a column that holds lines of the file in the same row.
LINES_COLUMN = re.compile(rf"\W*{_LINE_WORD}(?:\(s\)|\s(?:numbers?|nos?\.?))?\W*", re.IGNORECASE)
LINES_CELL = re.compile(rf"[\s`*_]*(?P<list>{_SPAN}(?:{_AND}{_SPAN})*)[\s`*_]*", re.IGNORECASE)

# What is asked for, anywhere before it in the sentence.
_TO_DO = (
    r"create|creating|add|adding|introduce|introducing|extract|extracting|rename|renaming|split|splitting|put|place|"
    r"generate|scaffold|consider|should|could|would|recommend|suggest|propose"
)
_TO_DO_WITH_NAMES = (
    r"implement|define|write|wrap|replace|replacing|prefer|needs? (?:to|a|an)|instead|switch to|migrate to|move|moving|"
    r"delete|remove|might|may|can be"
)
_FAR = r"\b[^.!?\n]{0,160}$"
# What is said of the very next thing: that it is not there, or that it is one of those that could
# be.
_MISSING_NEXT = (
    r"no|not|nor|neither|never|without|lacks?|lacking|missing|there is no|there are no|doesn't|does not|do not|don't|"
    r"isn't|aren't|absent|gone|removed|deleted|renamed|was|were|non-?existent|undefined"
)
_FOR_EXAMPLE = (
    r"a new|an? (?:optional|additional|separate)|such as|like|for example|for instance|or an?|e\.g"
)
_NEXT = rf"\b(?:{_MISSING_NEXT})\b[^.!?;,\n]{{0,30}}$|\b(?:{_FOR_EXAMPLE})\b\.?[^.!?;\n]{{0,40}}$"
_USE = r"(?:(?:^|[.!?:;,(]|[-*]|\d\.|\b(?:by|and|or|to|then|please))\s*\*{0,2})us(?:e|ing)\b[^.!?\n]{0,160}$"
_TO_BE_MADE = re.compile(
    rf"\b(?:{_TO_DO}|move|moving|write|delete|remove){_FAR}|{_NEXT}", re.IGNORECASE
)
_HYPOTHETICAL = re.compile(
    rf"\b(?:{_TO_DO}|{_TO_DO_WITH_NAMES}){_FAR}|{_NEXT}|{_USE}", re.IGNORECASE
)
# Right behind a name: it is said not to be there.
MISSING = re.compile(
    r"(?:\([^()]{0,40}\))?[`*_)]{0,4}\s(?:\w+\s){0,2}?(?:"
    r"(?:is|are|was|were|has been)\s(?:\w+ly\s)?(?:missing|absent|gone|removed|deleted|nowhere|undefined|non-?existent)"
    r"|(?:does|do)(?:n't|\snot)\s(?:\w+ly\s)?exist"
    r"|(?:is|are|was|were|has been)(?:n't|\snot|\sno longer|\snever)\s(?:\w+ly\s)?"
    r"(?:there|present|defined|found|called|used|available|declared|implemented|provided|invoked|anywhere)"
    r")\b",
    re.IGNORECASE,
)


def is_to_be_made(before: str) -> bool:
    """Tell by what stands before a path whether it is one that is to be made, or said not to be there."""
    return bool(_TO_BE_MADE.search(before))


def is_hypothetical(before: str) -> bool:
    """Tell by what stands before a name whether it should be there, could be, or is missing."""
    return bool(_HYPOTHETICAL.search(before))
