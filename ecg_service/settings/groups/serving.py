"""The process, its socket and its connections."""

from dataclasses import dataclass, field

from ecg_service.settings.groups.bounds import DIVIDED, FROM_ZERO, PORT, WORKERS


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`[server]`: the socket, the processes, their memory and their end."""

    host: str = "127.0.0.1"
    port: int = field(default=8000, metadata=PORT)  # 0 takes a free one
    workers: int = field(default=1, metadata=WORKERS)
    max_connections: int = field(default=1000, metadata=DIVIDED)
    start_seconds: float = 30.0
    drain_seconds: float = field(default=10.0, metadata=FROM_ZERO)
    trim_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """`[connections]`: what a connection may take and how long; docs/limits.md explains each."""

    max_head_bytes: int = 32_768
    max_head_fields: int = 100
    max_pipelined: int = 128
    max_unsent_bytes: int = field(default=256_000_000, metadata=DIVIDED)
    first_byte_seconds: float = 5.0
    head_seconds: float = 5.0
    keep_alive_seconds: float = 75.0
    body_grace_seconds: float = 5.0
    min_body_rate: int = 8192  # bytes per second
    answer_seconds: float = 30.0
    linger_seconds: float = 2.0
    last_request_seconds: float = field(default=0.5, metadata=FROM_ZERO)
