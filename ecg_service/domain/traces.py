"""Traces as the W3C and OpenTelemetry mean them: where one is, and the spans of what was done for it."""

import re
import secrets
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Literal

from msgspec import Struct

Kind = Literal["internal", "server", "producer", "consumer"]
Fact = str | int

TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)
"""The trace context of the W3C, version 00 and what later versions have in common with it."""

_SAMPLED = 1


class TraceContext(Struct, frozen=True):
    """A span of a trace that is recorded; what is not recorded has none."""

    trace_id: int
    span_id: int

    @property
    def traceparent(self) -> str:
        """What tells others of it."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-01"


def read_traceparent(text: object) -> tuple[TraceContext, bool] | None:
    """Return the span that a `traceparent` names, and whether its trace is recorded; None for all else."""
    found = TRACEPARENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    trace, span, flags = (int(part, 16) for part in found.groups())
    return TraceContext(trace, span), bool(flags & _SAMPLED)


def child_of(parent: TraceContext | None) -> TraceContext:
    """Return a new span of the same trace, or of a new one."""
    trace_id = parent.trace_id if parent else secrets.randbits(128) or 1
    return TraceContext(trace_id, secrets.randbits(64) or 1)


class Span(Struct, frozen=True):
    """What was done, from one reading of `perf_counter` to another; the first of its `causes` is its parent.

    `facts` are names and numbers of ours: nothing that a client has written.
    """

    name: str
    context: TraceContext
    causes: Sequence[TraceContext]
    began: float
    ended: float
    kind: Kind
    facts: dict[str, Fact]
    failed: bool = False


class Traces:
    """Records spans, and remembers of at most `most` ECGs whose insights are pending where they come from.

    `take` is given each span when it has ended; it must not wait.
    """

    def __init__(self, take: Callable[[Span], None], most: int) -> None:
        self.take = take
        self._most = most
        self._trails: dict[object, TraceContext] = {}

    @contextmanager
    def span(
        self,
        name: str,
        causes: Sequence[TraceContext],
        facts: dict[str, Fact],
        kind: Kind = "internal",
    ) -> Generator[TraceContext]:
        """Record what the block does; if it raises, the span says that it failed."""
        context, began, failed = child_of(causes[0] if causes else None), perf_counter(), True
        try:
            yield context
            failed = False
        finally:
            span = Span(name, context, causes, began, perf_counter(), kind, facts, failed)
            self.take(span)

    def part(self, name: str, of: TraceContext, began: float, ended: float) -> None:
        """Record a part of a span, which has been measured."""
        self.take(Span(name, child_of(of), (of,), began, ended, "internal", {}))

    def follow(self, ecg_ids: Iterable[object], context: TraceContext) -> None:
        """Remember where these ECGs come from, and forget the oldest for it."""
        for ecg_id in ecg_ids:
            self._trails[ecg_id] = context
            if len(self._trails) > self._most:
                del self._trails[next(iter(self._trails))]

    def going_on(
        self, name: str, kind: Kind, ecg_ids: Sequence[object]
    ) -> AbstractContextManager[TraceContext | None]:
        """Record what the block does for ECGs that come from some trace, and forget which."""
        found = (self._trails.pop(ecg_id, None) for ecg_id in ecg_ids)
        causes = tuple(dict.fromkeys(context for context in found if context))
        if not causes:
            return nullcontext()
        return self.span(name, causes, {"ecg.count": len(ecg_ids)}, kind)


def going_on(
    traces: Traces | None, name: str, kind: Kind, ecg_ids: Sequence[object]
) -> AbstractContextManager[TraceContext | None]:
    """Do as `Traces.going_on`, if there are traces."""
    return traces.going_on(name, kind, ecg_ids) if traces else nullcontext()
