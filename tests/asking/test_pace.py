from __future__ import annotations

from sous.asking.pace import Pace


def test_before_the_first_character_nothing_is_unusual() -> None:
    pace = Pace()
    assert [pace.words(0, now) for now in (0.0, 100.0)] == ["", ""]


def test_a_silent_answer_is_told_from_a_slow_one() -> None:
    pace = Pace()
    said = [pace.words(min(at, 60), 500.0 + at) for at in range(1, 100)]
    assert said[:19] == [""] * 19
    assert said[30] == "0.3 tokens a second"
    assert said[60] == "0.2 tokens a second"
    assert said[69:71] == ["nothing new for 10 s", "nothing new for 11 s"]


def test_a_usual_pace_says_nothing() -> None:
    pace = Pace()
    assert {pace.words(at * 40, float(at)) for at in range(1, 200)} == {""}
