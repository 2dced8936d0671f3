from ecg_service.bootstrap.logs.equal import KNOWN, MOST, EqualLines
from ecg_service.bootstrap.logs.lines import Event


def said(text: str, **more: object) -> Event:
    return {"time": 1.0, "level": "error", "logger": "x", "event": text, **more}


def test_of_equal_lines_some_are_written_and_the_others_counted() -> None:
    lines = list[Event]()
    put = EqualLines(lines.append)
    for _ in range(100):
        put(said("the disk is full"))
    put(said("another"))
    assert [line["event"] for line in lines] == ["the disk is full"] * MOST + ["another"]
    put.flush()
    assert [line.get("more") for line in lines] == [None] * (MOST + 1) + [100 - MOST]
    assert lines[-1]["event"] == "the disk is full"
    put(said("the disk is full"))
    assert "more" not in lines[-1]


def test_lines_with_other_tracebacks_are_not_equal() -> None:
    lines = list[Event]()
    put = EqualLines(lines.append)
    for number in range(2 * MOST):
        put(said("failed", exception=f"ValueError: {number}"))
    assert len(lines) == 2 * MOST


def test_different_lines_without_end_take_no_memory_without_end_and_none_is_lost() -> None:
    lines = list[Event]()
    put = EqualLines(lines.append)
    for number in range(3 * KNOWN):
        put(said(str(number)))
    assert len(lines) == 3 * KNOWN
