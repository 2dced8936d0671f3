import os
import signal

import pytest

from ecg_service.cli.runtime import interruptible


def test_a_signal_that_ends_a_command_lets_it_clean_up() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
