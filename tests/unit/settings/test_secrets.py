"""Secrets are read from files too, and shown nowhere."""

from pathlib import Path

import pytest
from typed_settings.cls_utils import deep_options

from ecg_service.settings import BadSettings, Settings, load, load_with_places, text_of, variable
from ecg_service.settings.secrets import MAX_BYTES, is_secret, shown

PASSWORD = " kör päß: 密码 "
SECRETS = {option.name: option for option in deep_options(Settings) if is_secret(option)}
CANARY = "canary"
URL = f"redis://ann:{CANARY}@host/1"


FILES = {
    "plain": PASSWORD.encode(),
    "line feed": PASSWORD.encode() + b"\n",
    "carriage return and line feed": PASSWORD.encode() + b"\r\n",
    "blank lines": PASSWORD.encode() + b"\n\r\n",
    "byte order mark": b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n",
    "little-endian UTF-16": b"\xff\xfe" + f"{PASSWORD}\r\n".encode("utf-16-le"),
    "big-endian UTF-16": b"\xfe\xff" + f"{PASSWORD}\n".encode("utf-16-be"),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_what_editors_add_to_a_file_is_not_of_the_password(content: bytes) -> None:
    assert text_of(content) == PASSWORD


@pytest.mark.parametrize("password", ["", "\ufeff", "a\ufeffb", "\na", "a\r\nb"])
def test_all_else_in_a_file_is(password: str) -> None:
    assert text_of(f"\ufeff{password}\n".encode()) == password


@pytest.mark.parametrize("content", [b"\xff" * 9, b"\xff\xfea", "ä".encode("latin-1")])
def test_a_file_that_is_no_text_holds_no_password(content: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        text_of(content)


@pytest.mark.parametrize("name", SECRETS)
class TestEverySecret:
    def test_it_is_read_from_the_file_that_a_variable_names(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("secret").write_text(f"{URL}\n")
        monkeypatch.setenv(f"{variable(name)}_FILE", "secret")
        loaded = load_with_places()
        assert value_of(name, loaded.settings) == URL
        assert loaded.places == {name: f"{variable(name)}_FILE"}

    def test_it_is_read_from_the_file_that_the_settings_name(self, name: str) -> None:
        Path("secret").write_text(URL)
        group = SECRETS[name].path.split(".")[0]
        Path("ecg.toml").write_text(f"[{group}]\n{name}_file = 'secret'\n")
        assert value_of(name, load()) == URL

    def test_it_is_shown_nowhere(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(variable(name), URL)
        settings = load()
        assert value_of(name, settings) == URL
        assert CANARY not in repr(settings)
        assert CANARY not in str(shown(SECRETS[name], URL))

    def test_a_value_and_a_file_at_one_place_are_refused(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable(name), URL)
        monkeypatch.setenv(f"{variable(name)}_FILE", "secret")
        with pytest.raises(BadSettings) as refused:
            load()
        place = variable(name)
        assert str(refused.value) == (
            f"{place}_FILE: is the same setting as {place}; give one of them"
        )

    def test_of_two_places_the_stronger_one_wins(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("weak").write_text("weak")
        group = SECRETS[name].path.split(".")[0]
        Path("ecg.toml").write_text(f"[{group}]\n{name}_file = 'weak'\n")
        monkeypatch.setenv(variable(name), URL)
        assert value_of(name, load()) == URL


def test_all_that_hold_passwords_are_secrets() -> None:
    named = {
        option.name
        for option in deep_options(Settings)
        if option.name.endswith(("_url", "_password", "_secret", "_key", "_token"))
    }
    named -= {"tls_key", "sign_in_by_password"}  # a file, and for whom there are passwords
    assert {*SECRETS} >= {"admin_password", "database_url", "broker_url", "cache_url", *named}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "'secret' cannot be read: No such file or directory"),
        (b"\xff", "'secret' is not UTF-8 text"),
        (b"\n", f"'secret' must hold 1 to {MAX_BYTES} bytes"),
        (b"x" * (MAX_BYTES + 1), f"'secret' must hold 1 to {MAX_BYTES} bytes"),
    ],
    ids=["missing", "binary", "empty", "large"],
)
def test_a_file_that_holds_no_secret_is_named(
    content: bytes | None, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        Path("secret").write_bytes(content)
    monkeypatch.setenv("ECG_CACHE_URL_FILE", "secret")
    with pytest.raises(BadSettings) as refused:
        load()
    assert str(refused.value) == f"ECG_CACHE_URL_FILE: {problem}"


def test_an_unknown_file_is_refused_as_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_HOST_FILE", "secret")
    with pytest.raises(BadSettings, match=r"^ECG_HOST_FILE: no such variable; the nearest is "):
        load()


def value_of(name: str, settings: Settings) -> object:
    group, _ = SECRETS[name].path.split(".")
    return getattr(getattr(settings, group), name)
