"""Sentences as developers write them, in eight languages, from a table of pieces and a seed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomllib

if TYPE_CHECKING:
    from random import Random

SYLLABLES = ["ba", "dor", "fen", "gil", "ka", "lum", "mo", "nar", "pel", "qui", "ros", "tav", "vex", "zu"]
THINGS = ["gate", "book", "mill", "port", "well", "ring", "desk", "lamp"]
ENDINGS = ["py", "ts", "go", "rs"]
COLONS = {"zh": "\uff1a", "ja": "\uff1a"}  # those that have one of their own
LANGUAGES = ("en",) * 7 + ("de", "es", "fr", "pt", "ru", "zh", "ja")


@cache
def pieces() -> dict[str, dict[str, Any]]:
    """Return the table of pieces by language."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


class Words:
    """What one document is made of: no sentence comes twice."""

    def __init__(self, rng: Random, lang: str) -> None:
        self.rng = rng
        self.lang = lang
        self.table = pieces()[lang]
        self._used: set[str] = set()

    def word(self, key: str) -> str:
        """Return a word of the table, the first where there are several."""
        value = self.table[key]
        return str(value if isinstance(value, str) else value[0])

    def name(self) -> str:
        """Return an identifier that no other place of the document has."""
        return self._new(lambda: f"{self._syllables()}_{self.rng.choice(THINGS)}")

    def path(self) -> str:
        """Return a path of a source file."""
        ending = self.rng.choice(ENDINGS)
        return self._new(lambda: f"src/{self._syllables()}/{self.rng.choice(THINGS)}.{ending}")

    def task(self) -> str:
        """Return what is to be done, as a title says it."""
        return self._new(lambda: self._joined("order", "does", "whom", "how"))

    def short_task(self) -> str:
        """Return the shortest order: "Add mul."."""
        return f"{self.rng.choice(self.table['does'])} `{self.name()}`{self.stop()}"

    def order(self) -> str:
        """Return a sentence that tells to do something, with a name in it."""
        return f"{self.task_again()} (`{self.name()}`){self.stop()}"

    def task_again(self) -> str:
        """Return the words of an order, which may come twice."""
        return self._joined("order", "does", "whom", "how")

    def fault(self) -> str:
        """Return a defect, as a title says it."""
        return self._new(lambda: self._joined("fault", "what", "fails"))

    def fact(self) -> str:
        """Return a sentence that says how something is, with a name in it: nothing to do, nothing wrong."""
        return f"{self._joined('fact', 'what', 'does_well')} (`{self.name()}`){self.stop()}"

    def symptom(self) -> str:
        """Return a sentence that says what is wrong, with a name in it."""
        return f"{self._joined('fault', 'what', 'fails')} (`{self.name()}`){self.stop()}"

    def thing(self) -> str:
        """Return a noun, as the heading of a description says it."""
        return self._new(lambda: str(self.rng.choice(self.table["what"])))

    def place(self) -> str:
        """Return a path with a line."""
        return f"{self.path()}:{self.rng.randrange(3, 400)}"

    def stop(self) -> str:
        """Return what ends a sentence."""
        return "。" if self.lang in {"zh", "ja"} else "."

    def _joined(self, form: str, *keys: str) -> str:
        chosen = {key: self.rng.choice(self.table[key]) for key in keys}
        return str(self.table[form].format(**chosen))

    def _syllables(self) -> str:
        return "".join(self.rng.sample(SYLLABLES, 2))

    def _new(self, make: Any) -> str:
        for _ in range(400):
            text = str(make())
            if text not in self._used:
                self._used.add(text)
                return text
        text = f"{make()} {len(self._used)}"
        self._used.add(text)
        return text
