"""Settings: where they come from, and one clear line for each mistake."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import Settings, load


def write(home: Path, text: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(text)


def test_defaults_name_no_server(home: Path) -> None:
    settings = load(home)
    assert settings.home == home
    assert (settings.chroma_url, settings.embed_url, settings.llm_url, settings.model) == ("", "", "", "none")
    assert settings.host == "127.0.0.1"


def test_command_line_beats_environment_beats_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, "port = 1\npassages = 3\nhost = 'localhost'\n")
    monkeypatch.setenv("PLUMBLINE_PORT", "2")
    monkeypatch.setenv("PLUMBLINE_PASSAGES", "4")
    settings = load(home, port=5, host=None)
    assert (settings.port, settings.passages, settings.host) == (5, 4, "localhost")


def test_the_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "elsewhere"))
    write(tmp_path / "elsewhere", "passages = 7\n")
    settings = load()
    assert settings.home == tmp_path / "elsewhere"
    assert settings.passages == 7


def test_a_tilde_is_the_persons_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PLUMBLINE_HOME")
    assert load().home == tmp_path / ".plumbline"
    assert load(Path("~/other")).home == tmp_path / "other"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port = 'many'", "setting 'port': Input should be a valid integer"),
        ("port = 70000", "setting 'port'"),
        ("passages = 0", "setting 'passages'"),
        ("llm_timeout_s = 0", "setting 'llm_timeout_s'"),
        ("colour = 'blue'", "there is no setting 'colour'"),
        ("chroma_url = 'localhost'", "setting 'chroma_url': is not a URL"),
        ("llm_url = 'ftp://host'", "setting 'llm_url': is not a URL"),
        ("llm_url = 'http://host'", "llm_url is set, so llm_model must name the model"),
        ("embed_model = 'm'", "embed_model is set, so embed_url must name the server"),
        ("port = ", "settings.toml cannot be read"),
        ("home = '/elsewhere'\nport = 'x'", "setting 'port'"),
    ],
)
def test_a_mistake_is_one_line(home: Path, text: str, message: str) -> None:
    write(home, text)
    with pytest.raises(SettingsError) as caught:
        load(home)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value).rstrip()


def test_a_file_that_cannot_be_decoded_is_one_line(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_bytes(b"host = '\xff\xfe'")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(home)


def test_secrets_are_not_shown(home: Path) -> None:
    write(home, "llm_api_key = 'sesame'\nllm_url = 'http://h'\nllm_model = 'm'\n")
    settings = load(home)
    assert settings.llm_api_key.get_secret_value() == "sesame"
    assert "sesame" not in f"{settings!r} {settings}"
    write(home, "llm_api_key = ['sesame']\n")
    with pytest.raises(SettingsError) as caught:
        load(home)
    assert "sesame" not in str(caught.value)


def test_a_misspelt_variable_is_mentioned(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PLUMBLINE_PROT", "1")
    with caplog.at_level(logging.WARNING):
        load(home)
    assert "PLUMBLINE_PROT" in caplog.text


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_do_not_change(home: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(home).port = 1
