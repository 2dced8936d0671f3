"""Writes the seeds of the fuzzers: `python ecg_core/fuzz/seeds.py`. The same ones every time.

After the cases of JSONTestSuite, but our own: what a parser may get wrong, alone and in its places.
"""

import random
from collections.abc import Iterator
from pathlib import Path

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
    write("blob", blobs())
