"""Raw requests and the status of each answer, as `test_raw_requests.py` sends them."""

from tests.e2e.service import chunked, head_of

ECG = b'{"leads":[{"name":"I","signal":[1,-1,0,2]}]}'
SIZE = len(ECG)
HOST = b"Host: ecg\r\n"
ME = head_of("GET", "/users/me")
POST = head_of(content_length=SIZE) + ECG
CHUNKS = {"transfer_encoding": "chunked"}
UPGRADE = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2_settings": "AAMA"}
LONG = "x" * 33_000

Verdict = list[int]


def get(*lines: bytes, first: bytes = b"GET /users/me HTTP/1.1") -> bytes:
    return b"\r\n".join([first, *lines, b"", b""])


def post(**fields: str | int | None) -> bytes:
    return head_of(**fields) + ECG


TABLE: dict[str, tuple[bytes, Verdict]] = {
    # what is taken
    "GET": (ME, [200, 200]),
    "POST": (POST, [201, 200]),
    "POST in chunks": (head_of(**CHUNKS) + chunked(ECG[:5], ECG[5:]), [201, 200]),
    "chunk with an extension": (
        head_of(**CHUNKS) + b"2c;a=b\r\n" + ECG + b"\r\n0\r\n\r\n",
        [201, 200],
    ),
    "size with zeros": (head_of(**CHUNKS) + b"0002c\r\n" + ECG + b"\r\n000\r\n\r\n", [201, 200]),
    "empty lines before": (b"\r\n\r\n" + ME, [200, 200]),
    "pipelined": (POST + ME + POST, [201, 200, 201, 200]),
    "names of fields in capitals": (get(HOST[:-2].upper(), b"ACCEPT: */*"), [401, 200]),
    "empty Host": (get(b"Host:"), [401, 200]),
    "Host of IPv6 with a port": (get(b"Host: [::1]:8000"), [401, 200]),
    "value of bytes": (get(b"Host: ecg", b"X: \xc3\xff"), [401, 200]),
    "empty value": (get(b"Host: ecg", b"X:"), [401, 200]),
    "HTTP/1.0 closes": (get(first=b"GET /users/me HTTP/1.0"), [401]),
    "Connection: close": (get(b"Host: ecg", b"Connection: close"), [401]),
    "absolute URL": (get(b"Host: ecg", first=b"GET http://ecg/users/me HTTP/1.1"), [401, 200]),
    "absolute URL of another host": (
        get(b"Host: ecg", first=b"GET http://x/users/me HTTP/1.1"),
        [401, 200],
    ),
    "absolute URL without a path": (
        get(b"Host: ecg", first=b"GET http://ecg HTTP/1.1"),
        [404, 200],
    ),
    "OPTIONS *": (get(b"Host: ecg", first=b"OPTIONS * HTTP/1.1"), [404, 200]),
    "path that begins with //": (get(b"Host: ecg", first=b"GET //users/me HTTP/1.1"), [401, 200]),
    "NUL in the path, encoded": (get(b"Host: ecg", first=b"GET /%00 HTTP/1.1"), [404, 200]),
    "broken escape in the path": (get(b"Host: ecg", first=b"GET /%zz HTTP/1.1"), [404, 200]),
    "two spaces after the method": (
        get(b"Host: ecg", first=b"GET  /users/me HTTP/1.1"),
        [401, 200],
    ),
    "unknown Expect": (post(content_length=SIZE, expect="200-ok"), [201, 200]),
    "unexpected body": (head_of("GET", "/users/me", content_length=4) + b"body", [200, 200]),
    "body behind 401": (post(content_length=SIZE, authorization=None), [401, 200]),
    "length with a space behind": (post(content_length=f"{SIZE} "), [201, 200]),
    # upgrades are ignored
    "h2c": (post(content_length=SIZE, **UPGRADE), [201, 200]),
    "h2c in chunks": (head_of(**CHUNKS, **UPGRADE) + chunked(ECG), [201, 200]),
    "h2c without a body": (head_of("GET", "/users/me", **UPGRADE), [200, 200]),
    "h2c in capitals": (post(content_length=SIZE, CONNECTION="UPGRADE", UPGRADE="H2C"), [201, 200]),
    "h2c among others": (
        post(content_length=SIZE, connection="keep-alive, upgrade", upgrade="foo, h2c"),
        [201, 200],
    ),
    "h2c twice": (post(content_length=SIZE, **UPGRADE) * 2, [201, 201, 200]),
    "h2c behind a POST": (POST + post(content_length=SIZE, **UPGRADE) + ME, [201, 201, 200, 200]),
    "h2c without Connection": (post(content_length=SIZE, upgrade="h2c"), [201, 200]),
    "h2c of HTTP/1.0": (
        get(b"Connection: upgrade", b"Upgrade: h2c", first=b"GET /users/me HTTP/1.0"),
        [401],
    ),
    "h2c and close": (
        head_of("GET", "/users/me", connection="upgrade, close", upgrade="h2c"),
        [200],
    ),
    "websocket": (
        head_of("GET", "/users/me", connection="upgrade", upgrade="websocket"),
        [200, 200],
    ),
    "TLS in HTTP": (
        head_of("OPTIONS", "/users/me", connection="upgrade", upgrade="TLS/1.0"),
        [204, 200],
    ),
    "h2c with a request as body": (head_of(content_length=len(ME), **UPGRADE) + ME, [400, 200]),
    "h2c without Host": (get(b"Connection: upgrade", b"Upgrade: h2c"), [400]),
    "h2c of 101 fields": (
        get(b"Host: ecg", b"Connection: upgrade", b"Upgrade: h2c", *(b"X: y",) * 99),
        [431],
    ),
    "CONNECT": (b"CONNECT ecg:80 HTTP/1.1\r\nHost: ecg\r\n\r\n" + ME, [501]),
    "CONNECT behind a POST": (POST + b"CONNECT ecg:80 HTTP/1.1\r\nHost: ecg\r\n\r\n", [201, 501]),
    # lengths
    "length and chunks": (head_of(content_length=4, **CHUNKS) + chunked(ECG), [400]),
    "chunks and length": (head_of(**CHUNKS, content_length=4) + chunked(ECG), [400]),
    "two lengths": (head_of(content_length=f"{SIZE}\r\nContent-Length: 4") + ECG, [400]),
    "the same length twice": (
        head_of(content_length=f"{SIZE}\r\nContent-Length: {SIZE}") + ECG,
        [400],
    ),
    "list of lengths": (post(content_length=f"{SIZE}, {SIZE}"), [400]),
    "negative length": (post(content_length="-1"), [400]),
    "signed length": (post(content_length=f"+{SIZE}"), [400]),
    "length in hex": (post(content_length=hex(SIZE)), [400]),
    "length beyond 64 bits": (post(content_length=2**64 + SIZE), [400]),
    "no length": (post(), [400, 400]),
    "TE: gzip, chunked": (head_of(transfer_encoding="gzip, chunked") + chunked(ECG), [501]),
    "TE: chunked, gzip": (head_of(transfer_encoding="chunked, gzip") + chunked(ECG), [400]),
    "TE: identity": (head_of(transfer_encoding="identity") + chunked(ECG), [501]),
    "TE: xchunked": (head_of(transfer_encoding="xchunked") + chunked(ECG), [501]),
    "TE: chunked twice": (
        head_of(transfer_encoding="chunked\r\nTransfer-Encoding: chunked") + chunked(ECG),
        [400],
    ),
    "TE of HTTP/1.0": (
        b"POST /ecg HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(ECG),
        [400],
    ),
    "chunk larger than 64 bits": (head_of(**CHUNKS) + b"f" * 17 + b"\r\n", [400]),
    "negative chunk": (head_of(**CHUNKS) + b"-1\r\n", [400]),
    "chunk in hex with 0x": (head_of(**CHUNKS) + b"0x2c\r\n" + ECG + b"\r\n0\r\n\r\n", [400]),
    "chunk without its end": (head_of(**CHUNKS) + b"3\r\nabcd\r\n0\r\n\r\n", [400]),
    "chunks with bare LF": (head_of(**CHUNKS) + b"2c\n" + ECG + b"\n0\n\n", [400]),
    # the first line
    "no HTTP": (b"hello\r\n\r\n", [400]),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),
    "HTTP/0.9": (b"GET /users/me\r\n\r\n", [505]),
    "HTTP/1.2": (get(HOST[:-2], first=b"GET /users/me HTTP/1.2"), [400]),
    "HTTP/2.0": (get(HOST[:-2], first=b"GET /users/me HTTP/2.0"), [505]),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "method in lower case": (get(b"Host: ecg", first=b"get /users/me HTTP/1.1"), [400]),
    "unknown method": (get(b"Host: ecg", first=b"BREW /users/me HTTP/1.1"), [400]),
    "space in the path": (get(b"Host: ecg", first=b"GET /users me HTTP/1.1"), [400]),
    "NUL in the path": (get(b"Host: ecg", first=b"GET /\0 HTTP/1.1"), [400]),
    "path not in ASCII": (get(b"Host: ecg", first="GET /é HTTP/1.1".encode()), [400]),
    "URL too long": (get(b"Host: ecg", first=f"GET /{LONG} HTTP/1.1".encode()), [414]),
    # the fields
    "no Host": (get(), [400]),
    "two Hosts": (get(b"Host: ecg", b"Host: other"), [400]),
    "the same Host twice": (get(b"Host: ecg", b"host: ecg"), [400]),
    "Host with a space": (get(b"Host: a b"), [400]),
    "Host with a path": (get(b"Host: ecg/users"), [400]),
    "two Authorizations": (head_of("GET", "/users/me", Authorization="Basic x"), [400]),
    "folded value": (get(b"Host: ecg", b"X: a", b" b"), [400]),
    "folded first field": (get(b" Host: ecg"), [400]),
    "space before the colon": (get(b"Host : ecg"), [400]),
    "tab before the colon": (get(b"Host\t: ecg"), [400]),
    "no colon": (get(b"Host: ecg", b"X"), [400]),
    "no name": (get(b"Host: ecg", b": x"), [400]),
    "control byte in a name": (get(b"Host: ecg", b"X\x01: x"), [400]),
    "name not in ASCII": (get(b"Host: ecg", b"\xc3\xa9: x"), [400]),
    "NUL in a value": (get(b"Host: ecg", b"X: a\0b"), [400]),
    "control byte in a value": (get(b"Host: ecg", b"X: a\x01b"), [400]),
    "CR in a value": (get(b"Host: ecg", b"X: a\rb"), [400]),
    "bare LF": (b"GET /users/me HTTP/1.1\nHost: ecg\n\n", [400]),
    "bare LF in the head": (b"GET /users/me HTTP/1.1\r\nHost: ecg\nX: y\r\n\r\n", [400]),
    "value too long": (get(b"Host: ecg", f"X: {LONG}".encode()), [431]),
    "name too long": (get(b"Host: ecg", f"{LONG}: x".encode()), [431]),
    "101 fields": (get(b"Host: ecg", *(b"X: y",) * 100), [431]),
    "100 fields": (get(b"Host: ecg", *(b"X: y",) * 99), [401, 200]),
    "fields of 33 kB": (get(b"Host: ecg", *(b"X: " + b"y" * 996,) * 33), [431]),
    "trailer that signs in": (
        head_of(**CHUNKS, authorization=None) + chunked(ECG)[:-2] + get(ME.split(b"\r\n")[2])[24:],
        [401, 200],
    ),
    "trailers without end": (head_of(**CHUNKS) + chunked(ECG)[:-2] + b"X: y\r\n" * 100_000, [431]),
    # order
    "garbage behind a POST": (POST + b"\0", [201, 400]),
    "garbage behind two": (ME + POST + b"garbage\r\n\r\n", [200, 201, 400]),
    "no Host behind a POST": (POST + get(), [201, 400]),
    "bad chunk behind a POST": (POST + head_of(**CHUNKS) + b"zz\r\n", [201, 400]),
    "too many pipelined": (ME * 200, [200] * 129 + [503]),
}
