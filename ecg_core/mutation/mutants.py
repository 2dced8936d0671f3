"""Every constant and instruction of the kernels, changed one at a time.

Only text is looked at, so that rewritten kernels need no change here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What only other machines compile cannot be run here.
FOREIGN = ("neon.rs",)
# All that has instructions in it, and what stands in for them; not what only steers how compact a blob is.
ROOMS = (
    "json/integers",
    "json/short",
    "bits",
    "crossings/frames",
    "crossings/kernels",
    "crossings/rule.rs",
    "crossings/sides",
    "blob/residuals/avx2.rs",
    "blob/residuals/avx512.rs",
    "blob/residuals/portable.rs",
    "extremes",
    "sums",
)

NUMBER = re.compile(r"(?<![\w'])(?<![\w)\]]\.)(0x[0-9A-F_]+|0b[01_]+|\d[\d_]*)(?!\w|\.\d)")
BYTE = re.compile(r"(?<=b')[^\\](?=')")
INTRINSIC = re.compile(r"\b(?:_mm\d*_[a-z0-9_]+|_CMP_[A-Z_]+)\b")

# The first of these that is in the name of an instruction is exchanged: the result often compiles.
SWAPS = {
    "madd": "madd",  # has an add in its name and no relative
    "cmplt": "cmple",
    "cmple": "cmplt",
    "cmpgt": "cmpeq",
    "cmpge": "cmpgt",
    "cmpeq": "cmpgt",
    "_CMP_LT_OQ": "_CMP_LE_OQ",
    "_CMP_EQ_OQ": "_CMP_GT_OQ",
    "_CMP_UNORD_Q": "_CMP_ORD_Q",
    "subs": "adds",
    "sub": "add",
    "add_": "sub_",
    "min": "max",
    "slli": "srli",
    "srli": "slli",
    "srai": "srli",
    "srl": "sll",
    "xor": "or",
    "_or_": "_and_",
    "and": "or",
    "packus": "packs",
    "packs": "packus",
    "abs": "setzero",
    "cvtepu32": "cvtepi32",
}


@dataclass(frozen=True)
class Mutant:
    """One change of one line."""

    file: str
    number: int
    line: str
    start: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}:{self.start + 1}: {self.old} => {self.new}"

    def change(self) -> str:
        return self.line[: self.start] + self.new + self.line[self.start + len(self.old) :]


def mutants(source: Path) -> Iterator[Mutant]:
    for room in ROOMS:
        path = source / room
        for file in sorted(path.rglob("*.rs")) if path.is_dir() else [path]:
            if file.name not in FOREIGN and not file.name.endswith("tests.rs"):
                yield from of_file(file, str(file.relative_to(source)))


def of_file(file: Path, name: str) -> Iterator[Mutant]:
    code = file.read_text().partition("#[cfg(test)]\nmod tests")[0]
    for number, line in enumerate(code.splitlines(), 1):
        if not line.lstrip().startswith(("//", "#[", "#![", "use ", "const { assert")):
            for start, old, new in of_line(line):
                yield Mutant(name, number, line, start, old, new)


def of_line(line: str) -> Iterator[tuple[int, str, str]]:
    code = line.partition(" //")[0]
    for pattern, other in ((NUMBER, other_number), (BYTE, other_byte), (INTRINSIC, other_one)):
        for found in pattern.finditer(code):
            if (new := other(found[0])) != found[0]:
                yield found.start(), found[0], new


def other_number(literal: str) -> str:
    if literal.startswith(("0x", "0b")):
        value = int(literal.replace("_", ""), 0) ^ 1
        return f"0x{value:X}" if literal.startswith("0x") else f"0b{value:b}"
    return str(int(literal.replace("_", "")) + 1)


def other_byte(byte: str) -> str:
    return chr(ord(byte) + 1)


def other_one(name: str) -> str:
    part = next((part for part in SWAPS if part in name), "")
    return name.replace(part, SWAPS[part], 1) if part else name
