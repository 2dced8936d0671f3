import threading
import time
from io import StringIO

from ecg_service.bootstrap.logs.writer import LogWriter

LINES = 3_000


class Stuck(StringIO):
    """A standard error that nobody reads until it is freed."""

    def __init__(self) -> None:
        super().__init__()
        self.freed, self.entered = threading.Event(), threading.Event()

    def write(self, text: str, /) -> int:
        self.entered.set()
        self.freed.wait()
        return super().write(text)


def test_a_standard_error_that_is_stuck_holds_up_nobody_and_what_is_lost_is_counted() -> None:
    stream = Stuck()
    with LogWriter(lambda event: event["event"], stream, capacity=10) as writer:
        writer.put({"event": "first"})
        stream.entered.wait()
        for number in range(LINES):
            writer.put({"event": str(number)})
        assert writer.dropped == LINES - 10
        stream.freed.set()
    lines = stream.getvalue().splitlines()
    assert lines[:11] == ["first", *map(str, range(10))]
    assert lines[11].startswith(f"{LINES - 10} lines were dropped: ")
    assert len(lines) == 12


def test_what_was_said_before_the_end_is_written_and_what_is_said_after_it_too() -> None:
    stream = StringIO()
    with LogWriter(lambda event: event["event"], stream, capacity=LINES) as writer:
        for number in range(LINES):
            writer.put({"event": str(number)})
    writer.put({"event": "last"})
    assert stream.getvalue().splitlines() == [*map(str, range(LINES)), "last"]


def test_a_standard_error_that_is_closed_ends_nothing() -> None:
    stream = StringIO()
    stream.close()
    with LogWriter(lambda event: event["event"], stream, capacity=10) as writer:
        writer.put({"event": "unheard"})
        while not writer.dropped:
            time.sleep(0.01)


def test_without_a_thread_a_line_is_there_at_once() -> None:
    stream = StringIO()
    with LogWriter(lambda e: e["event"] + e["worker"], stream, 10, "1", threaded=False) as writer:
        writer.put({"event": "said"})
        assert stream.getvalue() == "said1\n"
