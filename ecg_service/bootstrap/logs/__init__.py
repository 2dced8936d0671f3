"""The log: what it says, how a line looks, and the thread that writes it."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager

from ecg_service.bootstrap.logs.equal import EqualLines
from ecg_service.bootstrap.logs.lines import Event, for_people, in_json, of_record
from ecg_service.bootstrap.logs.writer import LogWriter
from ecg_service.settings import LogSettings

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
CHATTY = ("uvicorn", "httpx", "celery", "kombu", "amqp")


class _Handler(logging.Handler):
    """Gives records to the writer as events, of too many equal ones some."""

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._put = EqualLines(writer.put)

    def emit(self, record: logging.LogRecord) -> None:
        self._put(of_record(record))

    def flush(self) -> None:
        self._put.flush()


@contextmanager
def logging_to_stderr(
    settings: LogSettings, who: str = "", *, threaded: bool = True
) -> Generator[LogWriter]:
    """Log to standard error until the block ends, one line an event, with `who` of several it is.

    Without a thread of its own, for a process that forks, a slow standard error holds it up.
    """
    is_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    render = in_json if is_json else for_people
    with LogWriter(render, sys.stderr, settings.log_queue, who, threaded=threaded) as writer:
        level = LEVELS[settings.log_level]
        handler = _Handler(writer)
        logging.basicConfig(level=level, handlers=[handler], force=True)
        for chatty in CHATTY:
            logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
        try:
            yield writer
        finally:
            handler.flush()


__all__ = ["Event", "LogWriter", "logging_to_stderr"]
