"""Growth: what fails if a sample costs more in longer ECGs, or a request takes longer with more stored."""

from collections.abc import Iterator, Sequence

import pytest
from click.testing import CliRunner

from benchmarks.service.filled import Pairs, Taken
from benchmarks.service.growth import SAMPLES, growth


@pytest.mark.parametrize(
    ("of_a_sample", "latency", "missed"),
    [
        ((16.0, 8.0, 4.0, 2.0, 2.3), 1.2, None),
        ((16.0, 8.0, 4.0, 2.0, 2.5), 1.2, "12 x 500,000"),
        ((16.0, 8.0, 4.0, 2.0, 2.0), 1.3, "GET with 2,000 stored"),
    ],
)
def test_what_is_not_flat_fails_if_asked(
    of_a_sample: Sequence[float],
    latency: float,
    missed: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sizes(_rounds: int) -> Sequence[float]:
        return [each * samples for each, samples in zip(of_a_sample, SAMPLES, strict=True)]

    def stored(counts: Sequence[int], _rounds: int) -> Iterator[tuple[int, Pairs]]:
        yield counts[-1], {"GET": [(Taken(latency, 1), Taken(1, 1))]}

    monkeypatch.setattr("benchmarks.service.growth._sizes", sizes)
    monkeypatch.setattr("benchmarks.service.growth.measure", stored)
    assert CliRunner().invoke(growth, ["--most", "2000"]).exit_code == 0
    outcome = CliRunner().invoke(growth, ["--most", "2000", "--check"])
    assert outcome.exit_code == (missed is not None)
    assert missed is None or f"not flat within 1.2: {missed}" in outcome.output
