"""Domain to wire: how ECGs, insights and users are shown."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import UNSET, Raw, UnsetType

from ecg_service.api.schemas import EcgOut, InsightOut, LeadOut, UserOut, WindowOut
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.users import User
from ecg_service.services.ecgs import Window

T = TypeVar("T")


def given(value: T | None) -> T | UnsetType:
    """Leave out what is not known, rather than saying null."""
    return UNSET if value is None else value


def lead_out(lead: Lead, crossings: int | None = None, signal: bytes | None = None) -> LeadOut:
    """Show a lead."""
    return LeadOut(
        name=lead.name,
        num_samples=lead.num_samples,
        baseline=lead.baseline,
        zero_crossings=given(crossings),
        gain=given(lead.gain),
        unit=given(lead.unit),
        signal=UNSET if signal is None else Raw(signal),
    )


def ecg_out(ecg: Ecg, leads: Sequence[LeadOut]) -> EcgOut:
    """Show an ECG with its leads."""
    return EcgOut(
        ecg_id=str(ecg.id),
        date=ecg.date,
        leads=list(leads),
        id=given(ecg.client_id),
        sampling_rate=given(ecg.sampling_rate),
    )


def window_out(index: int, window: Window) -> WindowOut:
    """Show some samples of a lead."""
    lead = window.lead
    return WindowOut(
        index=index,
        name=lead.name,
        num_samples=lead.num_samples,
        baseline=lead.baseline,
        start=window.start,
        stop=window.stop,
        zero_crossings=window.zero_crossings,
        signal=Raw(window.samples),
        gain=given(lead.gain),
        unit=given(lead.unit),
        positions=UNSET if window.positions is None else Raw(window.positions),
    )


def insight_out(record: InsightRecord) -> InsightOut:
    """Show an insight: its result once it is done, its error once it has failed."""
    return InsightOut(
        version=record.version,
        state=record.state,
        attempts=record.attempts,
        result=record.result if record.state is InsightState.DONE else UNSET,
        error=given(record.error) if record.state is InsightState.FAILED else UNSET,
    )


def user_out(user: User) -> UserOut:
    """Show a user."""
    return UserOut(user.name, user.role, user.disabled, user.created)
