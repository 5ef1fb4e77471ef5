"""Settings: what can be chosen, its default, and where it is read from.

In order of strength: what the command line says, environment variables `PLUMBLINE_<NAME>`, the file `settings.toml` in
the home folder, the defaults here. `load` is the way in.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsError

logger = logging.getLogger(__name__)

PREFIX = "PLUMBLINE_"
DEFAULT_HOME = Path("~/.plumbline")
FILE = "settings.toml"


class Settings(BaseSettings):
    """Everything that can be chosen. Nothing leaves the machine unless one of the three `…_url` names a server."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True)

    home: Path = DEFAULT_HOME
    """Folder of all state. Two homes never touch. Not read from the file, which lies inside it."""

    chroma_url: str = ""
    """A Chroma server (`http://host:8000`). Empty: the vectors lie in the home folder."""

    embed_url: str = ""
    """Base URL of an OpenAI-compatible embedding server (`http://host:8000/v1`). Empty: MiniLM, in process."""
    embed_model: str = ""
    """The model to ask that server for."""
    embed_api_key: SecretStr = SecretStr("")
    """The key that server wants, if any."""

    model: str = "none"
    """A language model in process: `none`; `small`, SmolLM2-135M, which is installed; or the path of a GGUF file."""
    llm_url: str = ""
    """Base URL of an OpenAI-compatible inference server (`http://host:8000/v1`). Empty: none is asked."""
    llm_model: str = ""
    """The model to ask that server for."""
    llm_api_key: SecretStr = SecretStr("")
    """The key that server wants, if any."""
    llm_timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    """Seconds a language model may take for its candidate; after that the answer does without."""
    llm_tokens: Annotated[int, Field(ge=16, le=4096)] = 220
    """Longest answer of a language model, in its tokens."""

    passages: Annotated[int, Field(ge=1, le=50)] = 8
    """How many passages are put before the generators."""

    audit: bool = True
    """Whether each answer is put on record in the home folder, below `audit`."""
    audit_text: bool = False
    """Whether questions and answers stand in those records; the questions and drafts of held answers always do."""

    host: str = "127.0.0.1"
    """Address that `serve` listens on. Other than loopback, everybody who reaches it can read and change the corpus."""
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    """Port that `serve` listens on; 0 takes a free one."""
    server_names: str = ""
    """Host names, separated by commas, by which a proxy on this machine passes requests on to `serve`."""

    @field_validator("home")
    @classmethod
    def _expand(cls, home: Path) -> Path:
        return home.expanduser()

    @field_validator("chroma_url", "embed_url", "llm_url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        from urllib.parse import urlsplit

        url = url.strip().rstrip("/")
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("is not a URL of the form http://host:port")
        return url

    @model_validator(mode="after")
    def _goes_together(self) -> Settings:
        for service in ("embed", "llm"):
            url, model = getattr(self, f"{service}_url"), getattr(self, f"{service}_model")
            if url and not model:
                raise ValueError(f"{service}_url is set, so {service}_model must name the model to ask for")
            if model and not url:
                raise ValueError(f"{service}_model is set, so {service}_url must name the server to ask")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(home: Path | None = None, **chosen: Any) -> Settings:
    """The settings for a home; `chosen` are those that the command line gives, None counting as not given.

    Raises SettingsError, one line that names the setting and never shows its value.
    """
    place = (home or Path(os.environ.get(f"{PREFIX}HOME") or DEFAULT_HOME)).expanduser()
    _warn_of_unknown()

    class Located(Settings):
        model_config = SettingsConfigDict(toml_file=place / FILE)

    try:
        return Located(home=place, **{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("; ".join(_line(each) for each in error.errors())) from None
    except (OSError, ValueError) as error:  # TOMLDecodeError is a ValueError
        raise SettingsError(f"{place / FILE} cannot be read: {error}") from None


def _line(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"there is no setting {where!r}"
    message = error["msg"].removeprefix("Value error, ")
    return f"setting {where!r}: {message}" if where else message


def _warn_of_unknown() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            logger.warning("there is no setting %s; it is ignored", name)
