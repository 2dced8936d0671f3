"""Requests that hide another one from whoever reads their length in another way (RFC 9112 §11.2).

Each hides `HIDDEN`, which would be answered by 200. What is ambiguous is refused, and nothing behind it is read; what
is plain HTTP/1.1 ends where it says, and what is hidden is the body.
"""

from tests.api.raw_requests import CHUNKS, ECG, SIZE, Verdict, get
from tests.e2e.service import chunked, head_of

HIDDEN = head_of("GET", "/users/me")
CLOSED: Verdict = [400]
AS_BODY: Verdict = [400, 200]
"""What is hidden is read as a body, which is no ECG, and then whatever follows."""


def both_ways(coding: bytes, body: bytes = b"0\r\n\r\n" + HIDDEN) -> bytes:
    """Announce the body by its length, and by a field that some take for a transfer coding."""
    head = head_of(content_length=len(body))
    return head[:-2] + coding + b"\r\n\r\n" + body


def lengths(*fields: bytes) -> bytes:
    return head_of()[:-2] + b"\r\n".join([*fields, b"", HIDDEN])


def chunks(*parts: bytes) -> bytes:
    return head_of(**CHUNKS) + b"".join(parts)


CODINGS: dict[str, tuple[bytes, Verdict]] = {
    "as it is": (b"Transfer-Encoding: chunked", CLOSED),
    "in capitals": (b"TRANSFER-ENCODING: CHUNKED", CLOSED),
    "without a space": (b"Transfer-Encoding:chunked", CLOSED),
    "behind a tab": (b"Transfer-Encoding:\tchunked", CLOSED),
    "with a tab behind": (b"Transfer-Encoding: chunked\t", CLOSED),
    "behind a vertical tab": (b"Transfer-Encoding: \x0bchunked", CLOSED),
    "behind a form feed": (b"Transfer-Encoding: \x0cchunked", CLOSED),
    "behind a backspace": (b"Transfer-Encoding: \x08chunked", CLOSED),
    "behind a no-break space": (b"Transfer-Encoding: \xa0chunked", CLOSED),
    "with NUL behind": (b"Transfer-Encoding: chunked\0", CLOSED),
    "quoted": (b'Transfer-Encoding: "chunked"', CLOSED),
    "with a parameter": (b"Transfer-Encoding: chunked;q=1", CLOSED),
    "in a list": (b"Transfer-Encoding: identity, chunked", CLOSED),
    "first of a list": (b"Transfer-Encoding: chunked, identity", CLOSED),
    "behind a comma": (b"Transfer-Encoding: ,chunked", CLOSED),
    "before a comma": (b"Transfer-Encoding: chunked,", CLOSED),
    "twice": (b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked", CLOSED),
    "nothing": (b"Transfer-Encoding:", CLOSED),
    "space before the colon": (b"Transfer-Encoding : chunked", CLOSED),
    "tab before the colon": (b"Transfer-Encoding\t: chunked", CLOSED),
    "NUL in the name": (b"Transfer-Encoding\0: chunked", CLOSED),
    "no colon": (b"Transfer-Encoding chunked", CLOSED),
    "folded into the field before": (b" Transfer-Encoding: chunked", CLOSED),
    "folded": (b"Transfer-Encoding:\r\n chunked", CLOSED),
    "behind a bare LF": (b"X: y\nTransfer-Encoding: chunked", CLOSED),
    "behind a bare CR": (b"X: y\rTransfer-Encoding: chunked", CLOSED),
    "with an underscore, another name": (b"Transfer_Encoding: chunked", AS_BODY),
    "another name": (b"X-Transfer-Encoding: chunked", AS_BODY),
    "in Connection, which says nothing": (b"Connection: Content-Length", AS_BODY),
}

LENGTHS: dict[str, tuple[bytes, Verdict]] = {
    "a sum": (lengths(b"Content-Length: 0+0"), CLOSED),
    "with an underscore in it": (lengths(b"Content-Length: 1_0"), CLOSED),
    "two of them in one": (lengths(b"Content-Length: 0 0"), CLOSED),
    "with a comma": (lengths(b"Content-Length: 0,"), CLOSED),
    "a fraction": (lengths(b"Content-Length: 0.0"), CLOSED),
    "with an exponent": (lengths(b"Content-Length: 1e1"), CLOSED),
    "quoted": (lengths(b'Content-Length: "0"'), CLOSED),
    "behind a vertical tab": (lengths(b"Content-Length: \x0b0"), CLOSED),
    "other digits": (lengths(b"Content-Length: \xd9\xa0"), CLOSED),
    "nothing": (lengths(b"Content-Length:"), CLOSED),
    "space before the colon": (lengths(b"Content-Length : 0"), CLOSED),
    "again, with a space": (lengths(b"Content-Length: 0", b"Content-Length : 5"), CLOSED),
    "again, in capitals": (lengths(b"Content-Length: 0", b"CONTENT-LENGTH: 5"), CLOSED),
    "folded": (lengths(b"Content-Length:\r\n 0"), CLOSED),
    "behind a bare LF": (lengths(b"X: y\nContent-Length: 0"), CLOSED),
    "zeros before it": (head_of(content_length=f"000{SIZE}") + ECG, [201, 200]),
}

SIZES: dict[str, tuple[bytes, Verdict]] = {
    "space behind": (chunks(b"2c \r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "space before": (chunks(b" 2c\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "plus": (chunks(b"+2c\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "underscore": (chunks(b"2_c\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "NUL": (chunks(b"2c\0\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "nothing": (chunks(b"\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "only an extension": (chunks(b";2c\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "65 bits": (chunks(b"1000000000000002c\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "bare LF": (chunks(b"2c\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "bare CR": (chunks(b"2c\r", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "CR twice": (chunks(b"2c\r\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "bare LF in an extension": (chunks(b"2c;a\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "bare CR in an extension": (chunks(b"2c;a\rb\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "extension quoted over lines": (
        chunks(b'2c;a="\r\n', ECG, b"\r\n0\r\n\r\n", HIDDEN, b'"\r\n'),
        CLOSED,
    ),
    "bare LF behind the data": (chunks(b"2c\r\n", ECG, b"\n0\r\n\r\n", HIDDEN), CLOSED),
    "two bytes behind the data": (chunks(b"2c\r\n", ECG, b"xx0\r\n\r\n", HIDDEN), CLOSED),
    "data longer than its size": (chunks(b"2b\r\n", ECG, b"\r\n0\r\n\r\n", HIDDEN), CLOSED),
    "bare LF behind the last": (chunks(b"2c\r\n", ECG, b"\r\n0\n\n", HIDDEN), CLOSED),
    "the next request as a trailer": (chunks(b"2c\r\n", ECG, b"\r\n0\r\n", HIDDEN), CLOSED),
    "a length as a trailer": (chunks(chunked(ECG)[:-2], b"Content-Length: 9\r\n\r\n"), CLOSED),
}

OTHERS: dict[str, tuple[bytes, Verdict]] = {
    "Expect with more": (head_of("GET", "/users/me", expect="y 100-continue"), [200, 200]),
    "body of a GET that is to be expected": (
        head_of("GET", "/users/me", expect="100-continue", content_length=len(HIDDEN)) + HIDDEN,
        [200, 200],
    ),
    "body of a HEAD": (
        head_of("HEAD", "/users/me", content_length=len(HIDDEN)) + HIDDEN,
        [200, 200],
    ),
    "body of an OPTIONS": (
        head_of("OPTIONS", "/ecg", content_length=len(HIDDEN)) + HIDDEN,
        [204, 200],
    ),
    "body of a route that is not there": (
        head_of("POST", "/nope", content_length=len(HIDDEN)) + HIDDEN,
        [404, 200],
    ),
    "line break in the URL": (
        get(b"Host: ecg", first=b"GET /x\r\nX: HTTP/1.1"),
        [505],
    ),
    "line break in the URL, encoded": (
        get(b"Host: ecg", first=b"GET /ecg/x%0d%0aX-Evil:%20y%0d%0a HTTP/1.1"),
        [401, 200],
    ),
    "two versions": (get(b"Host: ecg", first=b"GET /users/me HTTP/1.1 HTTP/1.0"), CLOSED),
    "no blank line": (b"POST /ecg HTTP/1.1\r\nHost: ecg\r\n" + HIDDEN, CLOSED),
}

TABLE: dict[str, tuple[bytes, Verdict]] = {
    **{f"coding {name}": (both_ways(field), v) for name, (field, v) in CODINGS.items()},
    **{f"length {name}": case for name, case in LENGTHS.items()},
    **{f"chunk: {name}": case for name, case in SIZES.items()},
    **OTHERS,
}
