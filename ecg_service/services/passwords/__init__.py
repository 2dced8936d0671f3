"""Passwords, so that whoever guesses holds up nobody who knows theirs."""

from ecg_service.services.passwords.passwords import Passwords

__all__ = ["Passwords"]
