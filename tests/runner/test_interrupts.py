from __future__ import annotations

import os
import signal
import threading

import pytest

from sous.runner.interrupts import undisturbed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a process does not send itself Ctrl-C there")


def test_ctrl_c_is_not_heard_inside_and_heard_again_behind() -> None:
    before = signal.getsignal(signal.SIGINT)
    with undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_error_inside_leaves_the_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="inside"), undisturbed():
        raise ValueError("inside")
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_changes_no_signals() -> None:
    found: list[object] = []

    def look() -> None:
        with undisturbed():
            found.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [before]
