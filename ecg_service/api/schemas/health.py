"""Answers about health, in the form of draft-inadarei-api-health-check-06 (`application/health+json`)."""

from typing import Self

from msgspec import UNSET, Struct, UnsetType

from ecg_service.services.health import Check, Report, Status


class HealthOut(Struct, frozen=True):
    """Whether the service is ready; "warn" means nearly overloaded, without a part, or not every write succeeds."""

    status: Status


class CheckOut(Struct, frozen=True, rename="camel"):
    """What one look at a part of the service found."""

    status: Status
    observed_value: float | bool | None
    observed_unit: str | UnsetType = UNSET
    output: str | UnsetType = UNSET

    @classmethod
    def of(cls, check: Check) -> Self:
        """Build it without what is empty."""
        return cls(check.status, check.observed, check.unit or UNSET, check.output or UNSET)


class ChecksOut(Struct, frozen=True):
    """The status, and the checks that it follows from, by component and measurement."""

    status: Status
    checks: dict[str, list[CheckOut]]

    @classmethod
    def of(cls, report: Report) -> Self:
        """Build it from a report."""
        return cls(report.status, {check.name: [CheckOut.of(check)] for check in report.checks})
