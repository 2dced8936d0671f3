"""Loads of many users in an open loop, up to ten times of what can be stored, and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.service.load.open_loop import Answer, Stream

BASE, *FACTORS = (0.5, 1.0, 2.0, 5.0, 10.0)
USERS, GREEDY = [f"user{n}" for n in range(20)], "greedy"
STORED, REFUSED = 201, 503
GOODPUT, SLOWER, REFUSAL_SECONDS = 0.9, 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """A load: the answers to it, what readiness said meanwhile, and in how many seconds all was done, insights too."""

    name: str
    answers: Sequence[Answer]
    readiness: Sequence[str]
    took: float

    def of(self, status: int) -> list[Answer]:
        """Return the answers with a status."""
        return [answer for answer in self.answers if answer.status == status]

    @property
    def goodput(self) -> float:
        """How many ECGs were stored a second; what leaves insights for later is no more than that."""
        return len(self.of(STORED)) / self.took

    def worst(self) -> float:
        """Return how much of theirs was stored of the user who fared worst but for the greedy one."""
        each = ([a.status for a in self.answers if a.sender == user] for user in USERS)
        return min(got.count(STORED) / len(got) for got in each if got)


def plan_of(requests: Mapping[str, bytes], capacity: float) -> dict[str, list[Stream]]:
    """Return the streams of each load, by its name."""

    def users(factor: float) -> list[Stream]:
        return [Stream(user, requests[user], factor * capacity / len(USERS)) for user in USERS]

    greedy = Stream(GREEDY, requests[GREEDY], 10 * capacity)
    return {f"{factor:g}x": users(factor) for factor in (BASE, *FACTORS)} | {
        f"{BASE:g}x beside one user at 10x": [*users(BASE), greedy]
    }


def _percentile(answers: Sequence[Answer], percent: int) -> float:
    """Return the seconds within which so many of the answers came; 0 if there is none."""
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(len(seconds) - 1, len(seconds) * percent // 100)] if seconds else 0.0


def missed(loads: Sequence[Load], capacity: float) -> Iterator[str]:
    """Say which goals were missed."""
    base, _, *overloads = loads
    slowest = SLOWER * _percentile(base.of(STORED), 99)
    for load in overloads:
        stored, refused = load.of(STORED), load.of(REFUSED)
        goals = {
            "only 201 and 503": len(stored) + len(refused) == len(load.answers),
            f"{GOODPUT} of the capacity": load.goodput >= GOODPUT * capacity,
            f"refusals within {REFUSAL_SECONDS} s": _percentile(refused, 99) <= REFUSAL_SECONDS,
            f"201 within {slowest:.2f} s": _percentile(stored, 99) <= slowest or load is loads[-1],
            "others as by themselves": load.worst() >= GOODPUT * base.worst()
            or load is not loads[-1],
        }
        yield from (f"{load.name}: {goal}" for goal, is_met in goals.items() if not is_met)


def show(loads: Sequence[Load], capacity: float, seconds: float) -> None:
    """Print a table of the loads."""
    table = Table(
        *("load", "sent/s", "stored/s", "of capacity", "503/s", "of the worst user stored"),
        *("201 p50 ms", "p99", "503 p50 ms", "p99", "readiness"),
        title=f"capacity, in a closed loop: {capacity:.0f} a second",
    )
    for load in loads:
        stored, refused = load.of(STORED), load.of(REFUSED)
        sent, bad = len(load.answers) / seconds, len(refused) / seconds
        said = {status: load.readiness.count(status) for status in ("pass", "warn", "fail")}
        table.add_row(
            *(
                load.name,
                f"{sent:,.0f}",
                f"{load.goodput:,.0f}",
                f"{load.goodput / capacity:.2f}",
                f"{bad:,.0f}",
            ),
            f"{load.worst():.0%}",
            *(f"{1000 * _percentile(stored, percent):,.0f}" for percent in (50, 99)),
            *(f"{1000 * _percentile(refused, percent):,.1f}" for percent in (50, 99)),
            ", ".join(f"{status} {times}" for status, times in said.items() if times),
        )
    Console(width=140).print(table)
