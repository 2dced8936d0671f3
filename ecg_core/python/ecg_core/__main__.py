"""`ecg-core FILE ...`: how often each signal of JSON documents crosses zero."""

import json
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import get_args

from ecg_core import DecodeError, Signal, ZeroRule, __version__, lift_signals, parse_signal
from ecg_core._streams import complain, discard, flush, printable, stream

MAX_BYTES = 256 * 2**20
ENDINGS = f"""\
exit codes:
  0  every signal was counted
  1  a document cannot be read, is wrong, has no signal or does not fit memory, and the
     others are counted; or the output cannot be written; standard error says which
  2  the command line is wrong

A document has at most {MAX_BYTES >> 20} MiB."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and exit with 1 or 2 if that fails."""
    parser = _parser()
    try:
        outcomes = _outcomes(parser, arguments)
        flush()
    except (OSError, MemoryError) as error:
        discard(stream("stdout"))
        if not isinstance(error, BrokenPipeError):  # Then whoever reads has seen enough.
            complain(f"{parser.prog}: standard output: {_reason(error)}")
        sys.exit(1)
    if not all(outcomes):
        sys.exit(1)


def _outcomes(parser: ArgumentParser, arguments: Sequence[str] | None) -> list[bool]:
    """Print what each document has, and return whether it could be counted."""
    asked = StringIO()  # Such as the version: argparse ignores that it cannot be written.
    try:
        with redirect_stdout(asked):
            options = parser.parse_args(arguments)
    except SystemExit as ending:
        if ending.code:
            raise
        print(asked.getvalue(), end="")  # noqa: T201
        return []
    return [_report(file, parser.prog, options) for file in options.files]


def _report(file: str, prog: str, options: Namespace) -> bool:
    try:
        signals = _signals(_read(file), options.key)
    except (OSError, ValueError, MemoryError) as error:
        complain(f"{prog}: {file}: {_reason(error)}")
        return False
    for line in _lines(file, signals, options):
        print(line)  # noqa: T201
    if stream("stdout"):
        flush()
    return True


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="ecg-core",
        description="Count the zero crossings of every signal in JSON documents.",
        epilog=ENDINGS,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="strict JSON in UTF-8; - is standard input"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "--key",
        type=_key,
        default="signal",
        help="what the signals are called (%(default)s); an array of integers needs no key",
    )
    parser.add_argument(
        "--zeros",
        choices=get_args(ZeroRule),
        default="neutral",
        help="what a zero counts as (%(default)s)",
    )
    parser.add_argument(
        "--baseline",
        type=_real,
        metavar="N",
        default=0,
        help="taken off the samples before counting (%(default)s)",
    )
    parser.add_argument(
        "--missing", type=_sample, metavar="N", help="what stands for a missing sample (none)"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object for each signal")
    return parser


def _key(text: str) -> str:
    text.encode()  # An argument may hold bytes that are no UTF-8.
    return text


def _sample(text: str) -> int:
    value = int(text)
    if not -(2**31) <= value < 2**31:
        raise ValueError
    return value


def _real(text: str) -> float:
    try:
        value: float = int(text)
    except ValueError:
        value = float(text)
    Signal([]).count_zero_crossings(baseline=value)  # Raises ValueError if no sample can be near.
    return value


# argparse: "invalid NAME value".
_key.__name__, _sample.__name__, _real.__name__ = "UTF-8", "32-bit integer", "32-bit number"


def _read(file: str) -> bytes:
    with open(0, "rb", closefd=False) if file == "-" else Path(file).open("rb") as source:
        document = source.read(MAX_BYTES + 1)
    if len(document) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES >> 20} MiB")
    return document


def _signals(document: bytes, key: str) -> list[Signal]:
    _, signals = lift_signals(document, key)
    if signals:
        return signals
    nothing = f"no signal: nothing is at a key {json.dumps(key, ensure_ascii=False)}"
    if not document.lstrip().startswith(b"["):
        raise ValueError(nothing)
    try:
        return [parse_signal(document)]
    except DecodeError as error:
        raise ValueError(f"{nothing}, and as one signal: {_reason(error)}") from error


def _lines(file: str, signals: Sequence[Signal], options: Namespace) -> Iterator[str]:
    place = f"{printable(file, 'stdout')}: " if len(options.files) > 1 else ""
    for index, signal in enumerate(signals):
        crossings = signal.count_zero_crossings(
            zeros=options.zeros, baseline=options.baseline, missing=options.missing
        )
        least, most = signal.extremes(missing=options.missing) or (None, None)
        if options.json:
            yield json.dumps(
                {
                    "file": file,
                    "index": index,
                    "samples": len(signal),
                    "min": least,
                    "max": most,
                    "zero_crossings": crossings,
                }
            )
        else:
            limits = "" if least is None else f"min {least}, max {most}, "
            yield f"{place}{index}: {len(signal)} samples, {limits}{crossings} zero crossings"


def _reason(error: Exception) -> str:
    if isinstance(error, DecodeError):
        return f"{error} ({error.code})"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error) or "not enough memory"


if __name__ == "__main__":
    main()
