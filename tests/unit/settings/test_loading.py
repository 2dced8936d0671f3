import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typed_settings.cls_utils import deep_options
from typed_settings.types import OptionInfo

from ecg_service.settings import BadSettings, Settings, load, load_with_places, variable

FILE = Path("ecg.toml")


def problems() -> list[str]:
    with pytest.raises(BadSettings) as refused:
        load()
    return str(refused.value).splitlines()


def given_for(option: OptionInfo) -> str:
    """Return a value that no setting has by default."""
    if option.cls is bool:
        return str(not option.default).lower()
    return option.metadata.get("choices", ("23",))[-1]


def groups_of(tree: Settings) -> list[Any]:
    return [getattr(tree, group.name) for group in fields(tree)]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


class TestOrder:
    def test_each_source_wins_over_those_before(self, environment: pytest.MonkeyPatch) -> None:
        FILE.write_text("[server]\nhost = 'file'\nport = 1\nmax_connections = 7\n")
        environment.setenv("ECG_HOST", "environment")
        environment.setenv("ECG_PORT", "2")
        server = load({"port": 3}).server
        assert (server.max_connections, server.host, server.port) == (7, "environment", 3)
        assert server.drain_seconds == Settings().server.drain_seconds

    def test_a_named_file_takes_the_place_of_the_other(
        self, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        FILE.write_text("[server]\nhost = 'ignored'\n")
        named = tmp_path / "named.conf"
        named.write_text("[server]\nport = 1\n")
        environment.setenv("ECG_SETTINGS", str(named))
        assert (load().server.host, load().server.port) == ("127.0.0.1", 1)

    def test_every_setting_is_read_by_its_name(self, environment: pytest.MonkeyPatch) -> None:
        given = {option.name: given_for(option) for option in deep_options(Settings)}
        for name, text in given.items():
            environment.setenv(variable(name), text)
        tree = load()
        found = {f.name: getattr(g, f.name) for g in groups_of(tree) for f in fields(g)}
        assert {k: str(v).lower().removesuffix(".0") for k, v in found.items()} == given

    def test_relative_paths_are_relative_to_the_working_directory(
        self, environment: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "etc").mkdir()
        Path("secret").write_text("correct horse")
        Path("etc/ecg.toml").write_text("[admin]\nadmin_password_file = 'secret'\n")
        environment.setenv("ECG_SETTINGS", "etc/ecg.toml")
        assert load().admin.admin_password == "correct horse"

    @pytest.mark.parametrize("name", ["ECG_CORE_ISA", "ECG_USERNAME", "ECG_PASSWORD"])
    def test_variables_of_others_are_left_alone(
        self, name: str, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv(name, "x")
        assert load() == Settings()


class TestFile:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("[edges]", "ecg.toml:1: [edges]: no such group; the nearest is edge"),
            (
                "[edge]\nmax_body_byte = 1",
                "ecg.toml:2: [edge] max_body_byte: no such setting; the nearest is max_body_bytes",
            ),
            ("[edge]\nport = 1", "ecg.toml:2: [edge] port: belongs under [server]"),
            ("port = 1", "ecg.toml:1: port: belongs under [server]"),
            ("edge = 1", "ecg.toml:1: edge: is a group: [edge], then its settings"),
            (
                "[[edge]]\nmax_wait = 1",
                "ecg.toml:1: edge: is a group: [edge], then its settings",
            ),
            (
                "server.port = ''",
                "ecg.toml:1: [server] port: '' is not a whole number from 0 to 65535",
            ),
            (
                "# port = 1\n[server]\n\n'port'=-1",
                "ecg.toml: [server] port: -1 is not a whole number from 0 to 65535",
            ),
            ("[server]\nplain_http = 1", "ecg.toml:2: [server] plain_http: 1 is not true or false"),
            (
                "[broker]\ntasks = 'none'",
                "ecg.toml:2: [broker] tasks: 'none' is not in-process or celery",
            ),
            (
                "[edge]\nmax_wait = true",
                "ecg.toml:2: [edge] max_wait: True is not a whole number from 0",
            ),
            (
                "[server]\nport = '80'",
                "ecg.toml:2: [server] port: '80' is not a whole number from 0 to 65535",
            ),
            (
                "[server]\nport = [80]",
                "ecg.toml:2: [server] port: [80] is not a whole number from 0 to 65535",
            ),
            (
                "[server]\nport = 80.0",
                "ecg.toml:2: [server] port: 80.0 is not a whole number from 0 to 65535",
            ),
            (
                f"[insights]\nlease_seconds = 1{'0' * 400}",
                f"ecg.toml:2: [insights] lease_seconds: 1{'0' * 400} is not a number above 0",
            ),
            ("[server]\nhost = 1", "ecg.toml:2: [server] host: must be text"),
            (
                "[admin]\nadmin_password = [12345]",
                "ecg.toml:2: [admin] admin_password: must be text",
            ),
            (
                "[insights]\nlease_seconds = inf",
                "ecg.toml:2: [insights] lease_seconds: inf is not a number above 0",
            ),
        ],
    )
    def test_what_is_wrong_is_named_with_its_place(self, text: str, problem: str) -> None:
        FILE.write_text(text)
        assert problems() == [problem]

    def test_a_whole_number_is_a_number(self) -> None:
        FILE.write_text("[insights]\nsweep_seconds = 2\n")
        assert repr(load().insights.sweep_seconds) == "2.0"

    @pytest.mark.parametrize("content", [b"[edge", b"\xff", b"[edge]\n[edge]"])
    def test_what_is_not_toml_is_refused(self, content: bytes) -> None:
        FILE.write_bytes(content)
        [problem] = problems()
        assert problem.startswith("ecg.toml: is not TOML: ")

    def test_a_file_that_cannot_be_read_is_refused(self) -> None:
        FILE.mkdir()
        assert problems() == ["ecg.toml: cannot be read: Is a directory"]

    @pytest.mark.parametrize(
        ("name", "why"), [("none.toml", "No such file or directory"), (".", "Is a directory")]
    )
    def test_a_named_file_must_be_there(
        self, name: str, why: str, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv("ECG_SETTINGS", name)
        assert problems() == [f"ECG_SETTINGS: '{name}': cannot be read: {why}"]


class TestEnvironment:
    @pytest.mark.parametrize(
        ("name", "nearest"), [("ECG_PROT", "ECG_PORT"), ("ECG_SETTING", "ECG_SETTINGS")]
    )
    def test_an_unknown_variable_is_refused(
        self, name: str, nearest: str, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv(name, "80")
        assert problems() == [f"{name}: no such variable; the nearest is {nearest}"]

    @pytest.mark.parametrize(
        ("name", "good", "bad"),
        [
            ("port", ("0", "65535"), ("-1", "65536", "", "x", "1.5")),
            ("max_wait", ("0",), ("-1",)),
            ("drain_seconds", ("0", "0.5"), ("-0.1", "nan", "inf")),
            ("insight_delay_seconds", ("0",), ("-0.1",)),
            ("ingest_batch", ("1",), ("0", "-1")),
            ("max_body_seconds", ("0.1",), ("0", "nan", "inf", "soon")),
        ],
    )
    def test_numbers_have_bounds(
        self,
        name: str,
        good: tuple[str, ...],
        bad: tuple[str, ...],
        environment: pytest.MonkeyPatch,
    ) -> None:
        for text in good:
            environment.setenv(variable(name), text)
            load()
        for text in bad:
            environment.setenv(variable(name), text)
            [problem] = problems()
            assert re.match(rf"{variable(name)}: '{text}' is not a (whole )?number ", problem)


def test_all_problems_are_reported_together(environment: pytest.MonkeyPatch) -> None:
    FILE.write_text("[edg]\n[edge]\nmax_wait = -1\nmax_body_bytes = 0\n")
    environment.setenv("ECG_PROT", "1")
    environment.setenv("ECG_PORT", "x")

    def wrong(_: object) -> None:
        raise ValueError("is not liked")

    with pytest.raises(BadSettings) as refused:
        load({"database_url": "x"}, {"database_url": wrong})
    assert [line.partition(": ")[0] for line in str(refused.value).splitlines()] == [
        *("ecg.toml:1", "ecg.toml:3", "ecg.toml:4"),
        *("ECG_PORT", "ECG_PROT"),
        "--database-url",
    ]


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("TRUE", True)])
def test_truth_is_written_out(
    text: str,
    value: bool,  # noqa: FBT001
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("ECG_PLAIN_HTTP", text)
    assert load().server.plain_http is value
    environment.setenv("ECG_PLAIN_HTTP", f"{text}!")
    assert problems() == [f"ECG_PLAIN_HTTP: '{text}!' is not true or false"]


def test_the_place_of_each_setting_is_known(environment: pytest.MonkeyPatch) -> None:
    FILE.write_text("[server]\nport = 1\nhost = 'x'\n")
    environment.setenv("ECG_HOST", "y")
    assert load_with_places({"workers": 2}).places == {
        "port": "ecg.toml:2: [server] port",
        "host": "ECG_HOST",
        "workers": "--workers",
    }
