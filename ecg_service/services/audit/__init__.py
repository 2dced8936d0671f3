"""The audit trail: what is noted apart from the writes of a store, and how all of it is read and verified."""
