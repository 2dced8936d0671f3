"""Writes the seeds of the fuzzers: `python ecg_core/fuzz/seeds.py`. The same ones every time.

After the cases of JSONTestSuite, but our own: what a parser may get wrong, alone and in its places.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from msgspec.msgpack import encode

from ecg_core import Signal, pack

HERE = Path(__file__).parent

NUMBERS = (
    *("0", "-0", "7", "-7", "42", "-123", "99999999", "-99999999", "123456789", "2147483647"),
    *("-2147483648", "2147483648", "-2147483649", "4294967296", "18446744073709551616", "9" * 70),
    *("0.0", "-0.0", "1.5", "1e3", "1E+3", "-1e-3", "1e999", "0e0", "123.456e78", f"0.{'0' * 70}"),
    *("", "-", "+1", "01", "-01", "00", "1.", ".5", "1e", "1e+", "1.e1", "0x10", "1_0", "--1"),
    *("- 1", "NaN", "-Infinity", "1a", "1\u0661", "\uff11", "1 2", "1\0"),
)
STRINGS = (
    *("", "a", "\u00e9", "\U0001f493", r"\"", r"\\", r"\/", r"\b\f\n\r\t", r"\u0041", r"\u0000"),
    *(r"\ud83d\udc93", r"\ud800", r"\udc00", r"\ud800\ud800", r"\ud83d\u0041", r"\u12", r"\u+123"),
    *(r"\x", r"\U0041", "\\", "\t", "\n", "\0", "\x1f", "\x7f", "\ufeff", "a" * 300, r"\\" * 100),
)
BYTES = (b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80")
OTHERS = (
    *("true", "false", "null", "tru", "True", "nul", "nulls", "undefined", "[]", "{}", '""'),
    *('{"a":1}', '{"a":1,"a":2}', r'{"a":1,"\u0061":2}', '{"":0}', "{a:1}", "{1:1}", '{"a"}'),
    *('{"a":}', '{"a":1,}', '{,"a":1}', '{"a" 1}', '{"a":1 "b":2}', '{"a":[}]', "{", "}", "[[]]"),
    *("[,]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1", "1]", "/**/1", "//\n1", "'a'", "\v1"),
    *("\u00a01", "\ufeff1", "1\0"),
)
SPACES = ("", " ", "\n", "\r\n", "\t", " " * 70)
ELEMENTS = ("1,", "-1,", "1234,", "-12345678,", "7 , ", "0,\n  ", " -90 ,", "99999,")

# Every head of msgpack, with what it announces and with less; what is refused, too.
TOKENS = (
    *(
        b"\x00",
        b"\x7f",
        b"\xe0",
        b"\xff",
        b"\xc0",
        b"\xc1",
        b"\xc2",
        b"\xc3",
        b"\xcc\x80",
        b"\xcd\xff\xff",
        b"\xcd\x80",
    ),
    *(
        b"\xce\x7f\xff\xff\xff",
        b"\xce\x80\x00\x00\x00",
        b"\xcf" + b"\x00" * 7 + b"\x07",
        b"\xcf" + b"\xff" * 8,
    ),
    *(
        b"\xd0\x80",
        b"\xd1\x80\x00",
        b"\xd2\x80\x00\x00\x00",
        b"\xd3" + b"\xff" * 8,
        b"\xd3\x80" + b"\x00" * 7,
    ),
    *(
        b"\xca\x7f\xc0\x00\x00",
        b"\xcb\x3f\xf8" + b"\x00" * 6,
        b"\xcb\x00",
        b"\xa0",
        b"\xa5i16le",
        b"\xd9\x05i32le",
    ),
    *(
        b"\xda\x00\x02\xc3\xa9",
        b"\xdb\x00\x00\x00\x01a",
        b"\xa2\xc3",
        b"\xa1\xff",
        b"\xdb\xff\xff\xff\xffa",
    ),
    *(
        b"\xc4\x04\x01\x00\xfe\xff",
        b"\xc5\x00\x01\x00",
        b"\xc6\x00\x00\x00\x00",
        b"\xc6\xff\xff\xff\xff",
    ),
    *(
        b"\x90",
        b"\x91",
        b"\x91\x90",
        b"\xdc\x00\x01\x05",
        b"\xdd\x00\x00\x00\x01\x05",
        b"\xdd\xff\xff\xff\xff\x00",
    ),
    *(
        b"\x80",
        b"\x81\xa0",
        b"\x81\xa0\x00",
        b"\xde\x00\x01\xa1a\x00",
        b"\xdf\x80\x00\x00\x00\xa0",
        b"\x81\x01\x02",
    ),
    *(b"\xd4\x00\x00", b"\xd6\xff" + b"\x00" * 4, b"\xc7\x00\x05", b"\xc9\xff\xff\xff\xff"),
)


def values() -> Iterator[bytes]:
    for text in (*NUMBERS, *OTHERS, *(f'"{string}"' for string in STRINGS)):
        yield text.encode()
    yield from (b'"' + bad + b'"' for bad in BYTES)


def arrays() -> Iterator[bytes]:
    """Arrays around each value: alone, and at places where vector registers begin and end."""
    for value in values():
        yield b"[%s]" % value
        yield b"[1,%s ,3]" % value
    for length in (3, 15, 16, 17, 31, 33, 64, 300):
        for element in ELEMENTS:
            yield f"[{element * length}5]".encode()
    for value in (b"-0", b"2147483648", b"1.5", b"\xff", b"[", b'"'):
        for before in (7, 30, 31, 32, 33):
            yield b"[" + b"1," * before + value + b",2" * before + b"]"


def documents() -> Iterator[bytes]:
    for value in values():
        yield b'{"x":%s,"signal":[1]}' % value
        yield b'{"signal":%s}' % value
        yield b'[{"a/b~":%s}]' % value
        yield b'{"\\u0073ignal":[3,%s]}' % value
        yield b'{"%s":[1]}' % value.strip(b'"')
    for space in SPACES:
        tokens = ("", "{", '"signal"', ":", "[", "1", ",", "-2", "]", "}", "")
        yield space.join(tokens).encode()
    for depth in (1, 62, 63, 64, 65, 129, 3000):
        yield b"[" * depth + b"]" * depth
        yield b'{"a":' * depth + b'{"signal":[5]}' + b"}" * depth
        yield b"[" * depth
    for count in (15, 16, 17, 40):
        keys = [f'"{n}":0' for n in range(count)]
        yield f"{{{','.join(keys)}}}".encode()
        yield f"{{{','.join([*keys, keys[0]])}}}".encode()
    leads = (b'{"name":"%d","signal":%s}' % (n, array) for n, array in enumerate(arrays()))
    good = [lead for lead in leads if lead.isascii() and len(lead) < 200]
    yield from (b'{"leads":[%s]}' % b",".join(good[n : n + 12]) for n in range(0, len(good), 12))


def messages() -> Iterator[bytes]:
    """Documents of msgpack: every token in every place, and signals as they are sent."""
    for token in TOKENS:
        yield token
        yield b"\x92\x81\xa6signal\x92\x01" + token + b"\x00"
        yield b"\x82\xa6signal" + token + b"\xa8encoding\xa5i16le"
        yield b"\x82\xa8encoding" + token + b"\xa6signal\xc4\x04\x01\x00\xfe\xff"
        yield b"\x82" + token + b"\x00\xd9\x01a" + token
    for depth in (1, 62, 63, 64, 65, 3000):
        yield b"\x91" * depth + b"\x90"
        yield b"\x81\xa1a" * depth + b"\x81\xa6signal\x91\x05"
    for count in (15, 16, 17, 1024, 1025):
        yield encode({str(key): 0 for key in range(count)})
        yield encode([{"signal": [count]}] * min(count, 140))
    for bits in range(4, 35, 3):
        samples = [(place * 7919 % (1 << bits)) - (1 << bits - 1) for place in range(3 * bits)]
        yield encode({"leads": [{"name": "II", "signal": samples}, {"signal": samples[:bits]}]})
    for width, name in ((2, "i16le"), (4, "i32le"), (3, "i16le"), (4, "i24le")):
        lead = {"signal": b"\x01\xff\x7f\x80" * width, "encoding": name}
        yield encode({"leads": [lead, dict(reversed(lead.items())), lead | {"x": lead}]})
        yield encode(lead | {"signal": lead["signal"][:-1]})
    yield encode({"signal": [7] * 65_537})  # packed while it is read


def blobs() -> Iterator[bytes]:
    """Stored signals, and bytes that the target makes samples of."""
    dice = random.Random(4)
    yield from (pack([]), pack([Signal([])]), pack([Signal([5]), Signal([]), Signal([-5])]))
    for bits in range(0, 33, 2):
        high = (1 << bits) // 2
        for length in (1, 127, 128, 129, 300):
            noise = [dice.randrange(-high, max(high, 1)) for _ in range(length)]
            spikes = [noise[n] if n % 40 == 0 else n % 3 for n in range(length)]
            yield pack([Signal(noise), Signal(spikes)])
            yield b"".join(sample.to_bytes(4, "little", signed=True) for sample in noise)
    for length in (65_537, 131_072, 131_073):
        yield pack([Signal([length % 7] * length)])


def write(target: str, seeds: Iterator[bytes]) -> None:
    folder = HERE / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / f"{number:04}").write_bytes(seed)


if __name__ == "__main__":
    write("read", arrays())
    write("lift", documents())
    write("msgpack", messages())
    write("blob", blobs())
