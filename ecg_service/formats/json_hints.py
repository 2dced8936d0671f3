"""What a body that is refused seems to be, and what to send instead."""

BOM = b"\xef\xbb\xbf"
"""UTF-8's byte order mark, which is ignored (RFC 8259 §8.1)."""

ONE_DOCUMENT = "send one document in each request"
_UTF_16, _UTF_32 = (f"The body is UTF-{bits}: send UTF-8." for bits in (16, 32))
_STARTS = (
    (b"\x1f\x8b", "The body is compressed with gzip: say so in Content-Encoding."),
    (b"\x28\xb5\x2f\xfd", "The body is compressed with zstd: say so in Content-Encoding."),
    (b"PK\x03\x04", "The body is a ZIP archive: send a JSON document."),
    (b"\xff\xfe\0\0", _UTF_32),
    (b"\0\0\xfe\xff", _UTF_32),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
    (b"{\0", _UTF_16),
    (b"\0{", _UTF_16),
    (b"<", "The body is XML or HTML: send a JSON document."),
)


def hint(body: bytes) -> str | None:
    """Say what the body seems to be, if it is something well known."""
    if not body.strip():
        return "The body is empty: send a JSON document."
    return next((said for start, said in _STARTS if body.startswith(start)), None)
