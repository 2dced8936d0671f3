import resource

import pytest

from ecg_service.bootstrap.process import OTHER_FILES, allow_files


@pytest.mark.parametrize(
    ("limits", "connections", "expected"),
    [
        ((256, 4096), 1000, (1000 + OTHER_FILES, 4096)),
        ((256, resource.RLIM_INFINITY), 1000, (1000 + OTHER_FILES, resource.RLIM_INFINITY)),
        ((4096, 4096), 1000, None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), 1000, None),
        ((256, 512), 1000, (512, 512)),
        ((512, 512), 1000, None),
    ],
    ids=range(6),
)
def test_as_many_files_may_be_open_as_connections_need(
    limits: tuple[int, int],
    connections: int,
    expected: tuple[int, int] | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    given = list[tuple[int, int]]()

    def get(_: int) -> tuple[int, int]:
        return limits

    def allow(_: int, new: tuple[int, int]) -> None:
        given.append(new)

    monkeypatch.setattr(resource, "getrlimit", get)
    monkeypatch.setattr(resource, "setrlimit", allow)
    allow_files(connections)
    assert given == ([expected] if expected else [])
    assert ("512 may be" in caplog.text) == (limits[1] == 512)
