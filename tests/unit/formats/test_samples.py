import pytest

import ecg_core
from ecg_service.domain.signals import I16LE, I32LE
from ecg_service.formats.samples import encode_samples


@pytest.mark.parametrize(
    ("samples", "encoding"),
    [
        ([-32_768, 32_767], I16LE),
        ([-32_769], I32LE),
        ([32_768], I32LE),
        ([-(2**31), 2**31 - 1], I32LE),
    ],
)
def test_samples_are_of_sixteen_bits_if_all_fit(samples: list[int], encoding: str) -> None:
    written = encode_samples([ecg_core.Signal([0]), ecg_core.Signal(samples)])
    assert written.encoding == encoding
    size = {I16LE: 2, I32LE: 4}[encoding]
    raw = b"".join(one.to_bytes(size, "little", signed=True) for one in samples)
    assert [bytes(one) for one in written.values] == [bytes(size), raw]
