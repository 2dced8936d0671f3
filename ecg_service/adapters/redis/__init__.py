"""Redis: connections, calls of it that end in time, and the quotas that several processes share in it."""
