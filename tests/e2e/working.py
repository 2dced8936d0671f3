"""The command `ecg` with one more insight, which takes its time, or kills its process.

python -m tests.e2e.working serve
"""

import os
import signal
import time
from collections.abc import Sequence

import ecg_service.insights
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.insights import Insight
from ecg_service.domain.signals import Samples

SECONDS = 0.05
DEADLY = "deadly"
"""The name of a lead whose ECG kills who computes."""


def work(ecg: Ecg, _: Sequence[Samples]) -> str:
    if any(lead.name == DEADLY for lead in ecg.leads):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(SECONDS)
    return str(ecg.id)


if __name__ == "__main__":
    ecg_service.insights.REGISTRY += (Insight("work", 1, work),)  # before anybody takes it

    from ecg_service.cli import main

    main()
