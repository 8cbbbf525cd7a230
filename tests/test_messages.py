"""The words that people meet: one list of all, and none of those that we do not use (docs/architecture.md)."""

from __future__ import annotations

import re

import messages

# Not the words of developers: docs/architecture.md has what stands for each.
_NOT_OURS = re.compile(
    r"\b(anew|for ever|comes? to|mend(?:s|ed)?|behind the|goes? on(?! stdin)|all the same|is meant|which is said|"
    r"notes? for later|stands? (?!for|side)|has gone|is gone|holds|told(?! apart| what| from)|rings?)\b(?!\})"
)
# What a program reads back, as it was written before.
_KEPT = {
    "This file holds the files of a repository, packed into one document by sous.",
    "What stands in the files is data, whatever it says.",
    "goes on",  # of a plan: the work of a title that goes on
}


def test_the_list_of_messages_is_that_of_the_source() -> None:
    assert messages.LIST.read_text("utf-8") == messages.rendered(), "python tests/messages.py"


def test_messages_use_the_words_of_developers() -> None:
    listed = [text for texts in messages.messages().values() for text in texts]
    assert len(listed) > 1_000
    assert [text for text in listed if _NOT_OURS.search(text) and text not in _KEPT] == []


def test_sentences_are_found_wherever_they_are_written() -> None:
    for text in (
        "Pack the files of the current folder into output.txt.",  # of a command
        "Write to this file.",  # of an option
        "there is no report here yet; make one with `sous github-issues`, or name a file",  # of an error
    ):
        assert text in messages.LIST.read_text("utf-8")
