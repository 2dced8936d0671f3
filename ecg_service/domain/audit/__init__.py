"""The audit trail: who did what, in chains of rows that cannot be changed unnoticed."""
