"""Settings: one line that names the setting and the mend; a token is never shown, in logs neither."""

import io
import json
import logging
import socket
from pathlib import Path
from typing import Any

import pytest

from bot import log
from bot.app import App
from bot.settings import SettingsError, load_settings
from playground import Fault, ServerError
from storage.trouble import StoreError
from tests.agents.seeds import leap, readyz
from tests.world import World

TOKEN = "7100000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"bot_token": "secret-but-no-token"}, "BOT_TOKEN"),
        ({"bot_token": TOKEN[:20]}, "BOT_TOKEN"),
        ({"staff_chat_id": "1001"}, "STAFF_CHAT_ID"),
        ({"staff_chat_id": "support"}, "STAFF_CHAT_ID"),
        ({"staff_chats": {"service": "1001"}}, "STAFF_CHAT_SERVICE"),
        ({"staff_chats": {"service": "support"}}, "STAFF_CHAT_SERVICE"),
        ({"staff_language": "de"}, "STAFF_LANGUAGE"),
        ({"database_url": "postgres://talon:geheim@host/db"}, "DATABASE_URL"),
        ({"database_url": "postgresql+asyncpg://talon:geheim@host:port/db"}, "DATABASE_URL"),
        ({"database_url": "mysql://talon:geheim@host/db"}, "DATABASE_URL"),
        ({"database_url": "sqlite+aiosqlite:///talon.db?timeout=geheim"}, "DATABASE_URL"),
        ({"database_url": "postgresql+asyncpg://talon:geheim@host/db?nonsense=geheim"}, "DATABASE_URL"),
        ({"database_url": "postgresql+asyncpg://talon@host/db?password=geheim"}, "DATABASE_URL"),
        ({"database_url": "postgresql+asyncpg://talon:geheim@host/db?host=a&host=b:2"}, "DATABASE_URL"),
        ({"webhook_url": "http://desk.example/x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "desk.example/x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://[desk/x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https:///x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://desk.example:8080/x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://a:geheim@desk.example/x", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://desk.example/x?a=geheim", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://desk.example/{x}", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://desk.example/healthz", "webhook_secret": "s"}, "WEBHOOK_URL"),
        ({"webhook_url": "https://desk.example/x"}, "WEBHOOK_SECRET"),
        ({"webhook_url": "https://desk.example/x", "webhook_secret": "geheim!"}, "WEBHOOK_SECRET"),
        ({"webhook_url": "https://desk.example/x", "webhook_secret": "geheim" * 43}, "WEBHOOK_SECRET"),
        ({"redis_url": "http://:geheim@host"}, "REDIS_URL"),
        ({"redis_url": "redis://:geheim@host:port"}, "REDIS_URL"),
        ({"redis_url": "redis://:geheim@host/first"}, "REDIS_URL"),
        ({"redis_url": "localhost:6379"}, "REDIS_URL"),
        ({"listen": "8080"}, "LISTEN"),
        ({"listen": "localhost:http"}, "LISTEN"),
        ({"listen": "localhost:70000"}, "LISTEN"),
        ({"log_format": "xml"}, "LOG_FORMAT"),
        ({"log_level": "CHATTY"}, "LOG_LEVEL"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named_in_one_line(values: dict[str, Any], name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(_env_file=None, **values)
    said = str(refused.value)
    assert said.startswith(name)
    assert "\n" not in said
    assert len(said) > len(name) + 20
    assert "geheim" not in said
    assert str(values.get("bot_token")) not in said


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("?nonsense=1", "no parameter nonsense; take it out"),
        ("?sslmode=require", "no parameter sslmode; write ssl"),
        ("?prepared_statement_cache_size=x", "a parameter has a wrong value"),
    ],
)
def test_a_parameter_that_no_database_takes_is_named(parameters: str, said: str) -> None:
    url = "postgresql+asyncpg://talon@host/db"
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: ") as refused:
        load_settings(_env_file=None, database_url=url + parameters)
    assert said in str(refused.value)
    right = f"{url}?ssl=require&host=a:5432&host=b:5433"
    assert load_settings(_env_file=None, database_url=right).database_url == right


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nSTAFF_CHAT_ID=\nLOG_LEVEL=debug\nUNKNOWN=1\n")
    monkeypatch.setenv("LISTEN", "[::1]:9000")
    settings = load_settings()
    assert settings.token() == TOKEN
    assert settings.staff_chat_id is None
    assert settings.log_level == "DEBUG"
    assert (settings.listen_host, settings.listen_port) == ("::1", 9000)
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.model_dump())


def test_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://desk.example:8443/telegram")
    monkeypatch.setenv("WEBHOOK_SECRET", "x" * 256)
    settings = load_settings(_env_file=None)
    assert settings.webhook_url == "https://desk.example:8443/telegram"
    assert "xxx" not in repr(settings)
    # Another Bot API server may stand beside the desk.
    local = load_settings(
        _env_file=None, telegram_api_url="http://localhost:8081", webhook_url="http://10.0.0.7:9000/"
    )
    assert local.webhook_url == "http://10.0.0.7:9000/"
    monkeypatch.setenv("WEBHOOK_URL", "")
    monkeypatch.setenv("WEBHOOK_SECRET", " ")
    unset = load_settings(_env_file=None)
    assert (unset.webhook_url, unset.webhook_secret) == (None, None)


def test_departments_have_groups_by_their_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("STAFF_CHAT_ID=-1\nSTAFF_CHAT_SERVICE=-2\nSTAFF_CHAT_HELP_DESK=-3\n")
    monkeypatch.setenv("STAFF_CHAT_HELP_DESK", "-4")
    monkeypatch.setenv("STAFF_CHAT_SUPPORT", " ")
    settings = load_settings()
    assert settings.staff_chat_id == -1
    assert settings.staff_chats == {"service": -2, "help_desk": -4}


@pytest.mark.parametrize(
    ("desk", "chats", "said"),
    [
        ("vendotek", {"kitchen": -2}, "there may be STAFF_CHAT_SUPPORT, STAFF_CHAT_SERVICE"),
        ("waviot", {"service": -2}, "take it out"),
        ("vendotek", {"service": -1}, "that is the group of STAFF_CHAT_ID"),
        ("vendotek", {"support": -2, "service": -2}, "that is the group of STAFF_CHAT_"),
    ],
    ids=str,
)
def test_groups_that_a_desk_cannot_have(desk: str, chats: dict[str, int], said: str) -> None:
    settings = load_settings(_env_file=None, staff_chat_id=-1, staff_chats=chats, bot_token=TOKEN, desk=desk)
    with pytest.raises(SettingsError) as refused:
        App(settings)
    words = str(refused.value)
    assert words.startswith("STAFF_CHAT_")
    assert said in words
    assert "\n" not in words


async def test_two_settings_that_became_one_group(sqlite_url: str) -> None:
    world = World(sqlite_url)
    basic = world.pg.add_group("Сервис", kind="group")
    basic.add_bot(world.bot)
    world.set_up(staff_chat_id=basic.id)
    await world.start()
    now = basic.migrate()
    await world.settle(2)
    await world.stop()
    world.set_up(staff_chats={"service": now.id})
    with pytest.raises(SettingsError, match=r"^STAFF_CHAT_SERVICE .* the group of STAFF_CHAT_ID"):
        await world.start()
    world.app = None
    await world.close()


def test_no_token_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    with pytest.raises(SettingsError, match=r"^BOT_TOKEN: not set; .*BotFather"):
        load_settings().token()


async def test_a_wrong_token_ends_the_start(sqlite_url: str) -> None:
    world = World(sqlite_url)
    world._settings["bot_token"] = TOKEN[:-1] + "x"
    with pytest.raises(SettingsError, match=r"^BOT_TOKEN: Telegram does not know") as refused:
        await world.start()
    assert TOKEN[12:] not in str(refused.value)
    world.app = None
    await world.close()


async def test_another_bots_token_ends_the_start(world: World) -> None:
    await world.stop()
    other = world.pg.add_bot("Other", "other_bot")
    mine = world._settings["bot_token"]
    world._settings["bot_token"] = other.token
    with pytest.raises(StoreError, match=r"^BOT_TOKEN: this store belongs to the bot"):
        await world.start()
    world.app = None
    # The failed start holds nothing back.
    world._settings["bot_token"] = mine
    await world.start()


async def test_an_address_that_is_taken_ends_the_start(world: World) -> None:
    assert world.app is not None
    port = world.app.web.port
    await world.stop()
    with socket.create_server(("127.0.0.1", port)):
        world._settings["listen"] = f"127.0.0.1:{port}"
        with pytest.raises(SettingsError, match=r"^LISTEN: cannot listen at 127"):
            await world.start()
    world.app = None
    world._settings["listen"] = "127.0.0.1:0"
    await world.start()


async def test_a_second_process_on_the_file_ends_its_start(world: World) -> None:
    settings = load_settings(telegram_api_url=world.pg.url, **world._settings)
    second = App(settings, clock=world.clock)
    with pytest.raises(StoreError, match="another process already runs on"):
        await second.start()


# Logs.


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_logs_never_hold_a_token(log_format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        log.set_up(log_format, "DEBUG")
        logger = logging.getLogger("talon.test")
        url = f"https://api.telegram.org/bot{TOKEN}/getMe"
        logger.info("GET %s", url)
        logger.info("%r and %s", {"token": TOKEN}, TOKEN)
        logger.info("spaced %s,%s;(%s)", TOKEN, TOKEN, TOKEN)
        logger.info("with extra", extra={"url": url})
        try:
            raise ConnectionError(f"cannot reach {url}")
        except ConnectionError:
            logger.exception("failed")
        logger.info("stack", stack_info=True)
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
    written = stream.getvalue()
    assert "getMe" in written
    assert TOKEN.partition(":")[2] not in written
    assert "[token]" in written
    if log_format == "json":
        lines = [json.loads(line) for line in written.splitlines()]
        assert {line["level"] for line in lines} == {"INFO", "ERROR"}


async def test_what_the_bot_logs_holds_no_token(world: World, caplog: pytest.LogCaptureFixture) -> None:
    secret = world.bot.token.partition(":")[2]
    with caplog.at_level(logging.DEBUG):
        world.pg.faults.add(Fault(None, ServerError(500), times=2))
        anna = world.customer("Анна")
        await anna.say("/start")
        world.pg.down()
        anna.write("есть кто?")
        await leap(world, 10, 5)
        world.pg.up()
        await leap(world, 30, 15)
    formatter = logging.Formatter()
    leaks = [log.without_tokens(formatter.format(record)) for record in caplog.records]
    assert leaks
    assert not [line for line in leaks if secret in line]


# Health.


async def test_healthz_and_readyz(any_world: World) -> None:
    assert await readyz(any_world) == (200, {})
    assert await readyz(any_world, "/healthz") == (200, {})
    any_world.pg.down()
    await leap(any_world, 20, 10)
    status, problems = await readyz(any_world)
    assert (status, set(problems)) == (503, {"telegram"})
    assert (await readyz(any_world, "/healthz"))[0] == 200
    any_world.pg.up()
    await leap(any_world, 20, 10)
    assert await readyz(any_world) == (200, {})


async def test_a_part_that_stopped_fails_healthz(world: World) -> None:
    assert world.app is not None
    ticker = next(task for task in world.app._tasks if task.get_name() == "Ticker")
    ticker.cancel()
    await world.settle(0)
    for path in ("/healthz", "/readyz"):
        status, problems = await readyz(world, path)
        assert status == 503
        assert problems == {"Ticker": "stopped"}
