"""The process, its socket and its connections."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import MAX_PORT, MAX_WORKERS, bounded, divided


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`[server]`: the socket, the processes, their memory and their end."""

    host: str = "127.0.0.1"
    """The address to listen at. Beyond loopback it must be said that HTTP is meant: `plain_http`."""
    plain_http: bool = False
    """Whether to speak HTTP beyond loopback too, where passwords can be read along: say it in a container or behind a proxy that does TLS."""
    plain_backends: bool = False
    """Whether PostgreSQL, Redis, RabbitMQ and the collector of traces may be spoken to without TLS that verifies them beyond loopback, too: say it where the network itself encrypts, or never leaves one machine."""
    tls_cert: str | None = None
    """A PEM file with the certificate of the server and those that lead to its authority: TLS 1.2 and later is spoken [directly](tls.md)."""
    tls_key: str | None = None
    """The PEM file of its key; without one the key stands in the file of the certificate."""
    tls_check_seconds: float = 5.0
    """How often these files are looked at: renewed ones are taken for new connections."""
    hsts_seconds: int = bounded(31_536_000, least=0)
    """With TLS, spoken here or by a trusted proxy: how long browsers are told to come with TLS only (`Strict-Transport-Security`); 0 does not say it."""
    hsts_subdomains: bool = True
    """Whether that holds for all names below the service's, too."""
    allowed_hosts: str = ""
    """The names, with commas between them, by which the service may be [asked for](browsers.md); others are 421. By default any."""
    port: int = bounded(8000, least=0, most=MAX_PORT)
    """The port; 0 takes a free one."""
    trusted_proxies: str = ""
    """Addresses and networks of the proxies, with commas between them, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""
    workers: int = bounded(1, least=1, most=MAX_WORKERS)
    """How many [processes](workers.md) serve."""
    max_connections: int = divided(1000)
    """Connections; with more the one that has waited longest without a request is closed."""
    start_seconds: float = 30.0
    """The time that the start of a worker may take."""
    unready_seconds: float = bounded(0.0, least=0)
    """When the service stops: how long `/health/ready` is 503 before the socket is closed, for load balancers to look elsewhere."""
    drain_seconds: float = bounded(10.0, least=0)
    """When the service stops: how long requests that have begun may take."""
    trim_seconds: float = 5.0
    """After so long at less than a tenth of a processor, freed memory goes back to the system."""


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """`[connections]`: what a connection may take and how long; [limits.md](limits.md) explains each."""

    max_head_bytes: int = 32_768
    """The request line and the fields of a request; more are 414 or 431."""
    max_head_fields: int = 100
    """The fields of a request; more are 431."""
    max_pipelined: int = 128
    """Requests that wait behind others on one connection; more are 503."""
    max_unsent_bytes: int = divided(256_000_000)
    """Memory of all answers that are not read to their end; beyond it large answers are 503."""
    first_byte_seconds: float = 5.0
    """The time until the first byte of a new connection."""
    head_seconds: float = 5.0
    """The time from there until the head of the request is whole; then 408."""
    keep_alive_seconds: float = 75.0
    """The time between two requests."""
    body_grace_seconds: float = 5.0
    """The time that a body may take whatever its rate."""
    min_body_rate: int = 8192
    """Bytes per second that a body must have beyond that; then 408."""
    answer_seconds: float = 30.0
    """A connection that has read nothing of its answer for so long is closed."""
    linger_seconds: float = 2.0
    """After an answer that closes: how long the client may take to see it."""
    last_request_seconds: float = bounded(0.5, least=0)
    """When the service stops: how long a request that is on its way is waited for."""
