"""Settings: environment variables and `.env`. Their names are a contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from locales import LANGUAGES
from storage.address import read_address

if TYPE_CHECKING:
    from desk.profile import Profile


class SettingsError(Exception):
    """A setting is wrong; the message is one line that names it and the mend."""


# An address of a server holds its password, and one of a webhook may be kept secret.
_SECRET = ("BOT_TOKEN", "DATABASE_URL", "REDIS_URL", "WEBHOOK_URL", "WEBHOOK_SECRET")
_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
# What Telegram allows, and to which ports it connects.
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WEBHOOK_PORTS = (443, 80, 88, 8443)
_WEBHOOK_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_TAKEN_PATHS = ("/healthz", "/readyz", "/metrics")
_GROUP = "STAFF_CHAT_"


def _is_group(value: int) -> int:
    if value >= 0:
        raise ValueError("a group's id is negative; add the bot to the group and send /id there")
    return value


GroupId = Annotated[int, AfterValidator(_is_group)]


class _DepartmentGroups(PydanticBaseSettingsSource):
    """STAFF_CHAT_<KEY> for any key: which there are, the profile knows. ID is no key."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._sources = [source for source in sources if isinstance(source, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Nothing of a single field's."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """All of them by key; what comes first beats what comes later."""
        found: dict[str, str] = {}
        for source in reversed(self._sources):
            for name, value in source.env_vars.items():
                key = name.upper().removeprefix(_GROUP)
                if name.upper() != key != "ID":
                    found[key.lower()] = value or ""
        return {"staff_chats": {key: value for key, value in found.items() if value.strip()}}


def _is_redis(url: str) -> bool:
    """Whether a client would know what to do with the address."""
    try:
        parts = urlsplit(url)
        number = parts.path.strip("/")
        known = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return (known and (not number or number.isdigit())) or (parts.scheme == "unix" and bool(number))


class Settings(BaseSettings):
    """How this desk runs."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    bot_token: SecretStr | None = None
    staff_chat_id: GroupId | None = None
    # Groups of their own, by the keys of their departments.
    staff_chats: dict[str, GroupId] = {}
    staff_language: Literal["ru", "en", "lv"] = "ru"
    desk: str = "vendotek"
    database_url: str = "sqlite+aiosqlite:///talon.db"
    redis_url: str | None = None
    telegram_api_url: str | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = Field(default=None, validate_default=True)
    listen: str = "127.0.0.1:8080"
    log_format: Literal["console", "json"] = "console"
    log_level: Annotated[str, Field(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, with settings whose names are not known beforehand."""
        groups = _DepartmentGroups(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, groups, file_secret_settings

    @field_validator(
        "bot_token",
        "staff_chat_id",
        "redis_url",
        "telegram_api_url",
        "webhook_url",
        "webhook_secret",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("bot_token")
    @classmethod
    def _token_looks_like_one(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("does not look like a token; copy it whole from BotFather, as 123456789:AA…")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _telegram_can_knock(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        elsewhere = info.data.get("telegram_api_url") is not None
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError("is no address; write https://HOST/PATH") from None
        if parts.scheme != "https" and not (elsewhere and parts.scheme == "http"):
            raise ValueError("has to begin with https://, for Telegram brings updates over nothing else")
        if not parts.hostname:
            raise ValueError("names no host; write https://HOST/PATH")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("write host and path alone, without a user, ? or #; WEBHOOK_SECRET protects it")
        if port is not None and port not in _WEBHOOK_PORTS and not elsewhere:
            raise ValueError("Telegram connects only to the ports 443, 80, 88 and 8443")
        if not _WEBHOOK_PATH.fullmatch(parts.path):
            raise ValueError("use only A-Z a-z 0-9 - . _ ~ / in its path")
        if parts.path in _TAKEN_PATHS:
            raise ValueError(f"the desk itself answers at {parts.path}; choose another path")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _only_telegram_knows_it(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("webhook_url") is not None:
            raise ValueError("not set, and WEBHOOK_URL needs it; make one with `openssl rand -hex 32`")
        if value is not None and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("use 1 to 256 of A-Z a-z 0-9 _ -, as `openssl rand -hex 32` makes them")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        read_address(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_server(cls, value: str | None) -> str | None:
        if value is not None and not _is_redis(value):
            raise ValueError("write redis://HOST:PORT/NUMBER, rediss://… for TLS, or unix://PATH")
        return value

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("write HOST:PORT, such as 127.0.0.1:8080")
        return value

    @property
    def listen_host(self) -> str:
        """The address to listen at."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def listen_port(self) -> int:
        """The port to listen at."""
        return int(self.listen.rpartition(":")[2])

    def token(self) -> str:
        """The bot's token. Raises SettingsError if there is none."""
        if self.bot_token is None:
            raise SettingsError("BOT_TOKEN: not set; get one from @BotFather in Telegram and put it in .env")
        return self.bot_token.get_secret_value()


def load_settings(**values: Any) -> Settings:
    """The settings of the environment. Raises SettingsError with one line for people."""
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]).upper()
        if name == "STAFF_CHATS":
            name = group_setting(str(first["loc"][-1]))
        words = first["msg"].removeprefix("Value error, ")
        shown = "" if name in _SECRET else f" ({first['input']!r})"
        mend = {"STAFF_LANGUAGE": f"use one of {', '.join(LANGUAGES)}"}.get(name)
        raise SettingsError(f"{name}{shown}: {mend or words}") from None


def group_setting(department: str) -> str:
    """The name of the setting for a department's own group; without a department, for the common one."""
    return _GROUP + (department.upper() or "ID")


def check_groups(settings: Settings, profile: Profile) -> None:
    """Raise SettingsError if groups are set that this desk cannot have."""
    known = [each.key for each in profile.departments]
    chats = {"": settings.staff_chat_id, **settings.staff_chats}
    for key, chat_id in settings.staff_chats.items():
        if key not in known:
            there_are = ", ".join(group_setting(each) for each in known)
            mend = f"there may be {there_are}" if known else "take it out"
            raise SettingsError(
                f"{group_setting(key)}: the desk {profile.key} has no such department; {mend}"
            )
        same = next(other for other, other_id in chats.items() if other_id == chat_id)
        if same != key:
            raise SettingsError(
                f"{group_setting(key)} ({chat_id}): that is the group of {group_setting(same)}; give the "
                "department another one, or take the setting out"
            )
