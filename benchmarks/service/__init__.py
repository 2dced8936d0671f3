"""The service under load beside its peers, each a process on a core of its own."""
