"""`ecg audit`: lists, exports and verifies the audit trail."""
