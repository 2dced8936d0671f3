"""What sends: a closed loop, an open loop, and one connection."""
