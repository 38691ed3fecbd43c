"""`talon check` against the playground: each thing that can be missing is named, with its mend."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.check import run_check
from bot.moving.migrate import run_migrate
from playground import DEFAULT_RIGHTS, Bot, Group, Playground
from storage import meta
from storage.store import Store

SETTINGS = (
    "BOT_TOKEN",
    "STAFF_CHAT_ID",
    "STAFF_CHAT_SERVICE",
    "STAFF_LANGUAGE",
    "DESK",
    "DATABASE_URL",
    "TELEGRAM_API_URL",
    "LISTEN",
    "WEBHOOK_URL",
    "WEBHOOK_SECRET",
)


@dataclass
class SetUp:
    """A set-up that lacks nothing, and ways to look at it."""

    telegram: Playground
    bot: Bot
    group: Group
    settings: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def set(self, name: str, value: object) -> None:
        """Change a setting."""
        self.settings.setenv(name, str(value))

    async def check(self) -> tuple[int, str]:
        """Exit status and words."""
        self.capture.readouterr()
        status = await run_check()
        said = self.capture.readouterr()
        assert said.err == ""
        assert self.bot.token.partition(":")[2] not in said.out
        return status, said.out

    async def lacks(self, *words: str) -> str:
        """The check fails, with these words in lines of what is missing; each has its mend below it."""
        status, said = await self.check()
        assert status == 1
        lines = said.splitlines()
        bad = [at for at, line in enumerate(lines) if line.startswith("✗")]
        assert all(lines[at + 1].startswith("  → ") for at in bad)
        for word in words:
            assert any(word in lines[at] for at in bad), said
        return said


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A folder without `.env`, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
async def set_up(settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[SetUp]:
    async with Playground() as telegram:
        bot = telegram.add_bot()
        group = telegram.add_group("Поддержка", forum=True)
        group.add_bot(bot)
        made = SetUp(telegram, bot, group, settings, capsys)
        made.set("BOT_TOKEN", bot.token)
        made.set("STAFF_CHAT_ID", group.id)
        made.set("TELEGRAM_API_URL", telegram.url)
        yield made


async def _make_store(path: Path, bot_id: int) -> None:
    store = Store(f"sqlite+aiosqlite:///{path}")
    await store.open()
    async with store.transaction() as tx:
        await meta.bind(tx, bot_id)
    await store.close()


async def test_nothing_is_missing(set_up: SetUp, tmp_path: Path) -> None:
    status, said = await set_up.check()
    assert status == 0
    assert "✗" not in said
    assert "!" not in said
    assert "@talon_bot" in said
    assert "“Поддержка”" in said
    assert list(tmp_path.iterdir()) == []


async def test_nothing_is_set(set_up: SetUp) -> None:
    for name in SETTINGS:
        set_up.settings.delenv(name, raising=False)
    assert "@BotFather" in await set_up.lacks("BOT_TOKEN: not set", "STAFF_CHAT_ID: not set")


async def test_a_wrong_setting(set_up: SetUp) -> None:
    set_up.set("STAFF_CHAT_ID", 12)
    assert "negative" in await set_up.lacks("STAFF_CHAT_ID")


async def test_groups_of_departments(set_up: SetUp) -> None:
    service = set_up.telegram.add_group("Сервис", forum=True)
    service.add_bot(set_up.bot, rights=["can_delete_messages"])
    set_up.set("STAFF_CHAT_SERVICE", service.id)
    said = await set_up.lacks("STAFF_CHAT_SERVICE: The bot may not manage topics")
    assert "✓ STAFF_CHAT_SERVICE: the group “Сервис”" in said
    assert "✓ The bot is an administrator who may manage topics" in said
    service.set_rights(set_up.bot, can_manage_topics=True)
    assert (await set_up.check())[0] == 0
    set_up.set("STAFF_CHAT_KITCHEN", -5)
    assert "STAFF_CHAT_SUPPORT" in await set_up.lacks("STAFF_CHAT_KITCHEN: the desk vendotek has no such")
    set_up.settings.delenv("STAFF_CHAT_KITCHEN")
    set_up.set("STAFF_CHAT_SERVICE", set_up.group.id)
    await set_up.lacks("that is the group of STAFF_CHAT_ID")


async def test_a_wrong_profile(set_up: SetUp) -> None:
    set_up.set("DESK", "nowhere.toml")
    assert "vendotek" in await set_up.lacks("DESK")


async def test_texts_that_a_profile_lacks(set_up: SetUp, tmp_path: Path) -> None:
    shipped = Path(__file__).parent.parent / "desk" / "profiles" / "vendotek.toml"
    mine = tmp_path / "mine.toml"
    lines = shipped.read_text().splitlines(keepends=True)
    mine.write_text("".join(line for line in lines if not line.startswith("name.lv")))
    set_up.set("DESK", mine)
    status, said = await set_up.check()
    assert status == 0
    assert "! DESK: name has no “lv”: it is shown in “ru”\n" in said


async def test_moved_days_that_are_not_known_yet(set_up: SetUp, tmp_path: Path) -> None:
    shipped = Path(__file__).parent.parent / "desk" / "profiles" / "vendotek.toml"
    mine = tmp_path / "mine.toml"
    # A country that has moved days off, and has moved none for years.
    mine.write_text(shipped.read_text().replace('holidays = "RU"', 'holidays = "UA"'))
    set_up.set("DESK", mine)
    status, said = await set_up.check()
    assert status == 0
    assert "! DESK: the days that the government moves in 20" in said


async def test_a_token_that_telegram_does_not_know(set_up: SetUp) -> None:
    set_up.set("BOT_TOKEN", "123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr")
    said = await set_up.lacks("BOT_TOKEN: Telegram does not know it")
    assert "AAbbcc" not in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense"])
async def test_telegram_cannot_be_reached(set_up: SetUp, url: str) -> None:
    set_up.set("TELEGRAM_API_URL", url)
    assert "TELEGRAM_API_URL" in await set_up.lacks("cannot be reached")


async def test_no_group(set_up: SetUp) -> None:
    set_up.settings.delenv("STAFF_CHAT_ID")
    assert "/id" in await set_up.lacks("STAFF_CHAT_ID: not set")


async def test_a_group_that_does_not_know_the_bot(set_up: SetUp) -> None:
    set_up.set("STAFF_CHAT_ID", -1009999999999)
    await set_up.lacks("chat not found")
    set_up.set("STAFF_CHAT_ID", set_up.group.id)
    set_up.group.kick(set_up.bot)
    await set_up.lacks("cannot be reached")


async def test_topics_are_off(set_up: SetUp) -> None:
    set_up.group.set_forum(False)
    set_up.group.set_rights(set_up.bot, can_manage_topics=False)
    status, said = await set_up.check()
    assert status == 0
    assert "! Topics are off" in said
    assert "✓ The bot is an administrator" in said


async def test_a_basic_group_and_what_becomes_of_it(set_up: SetUp) -> None:
    basic = set_up.telegram.add_group("Чат", kind="group")
    basic.add_bot(set_up.bot)
    set_up.set("STAFF_CHAT_ID", basic.id)
    status, said = await set_up.check()
    assert status == 0
    assert "! Topics are off" in said
    assert "another id" in said
    new = basic.migrate()
    new.set_forum(True)
    status, said = await set_up.check()
    assert status == 0
    assert f"! STAFF_CHAT_ID: the group is {new.id} now" in said


async def test_not_an_administrator(set_up: SetUp) -> None:
    set_up.group.demote(set_up.bot)
    await set_up.lacks("no administrator", "privacy mode is on")
    set_up.bot.privacy = False
    said = await set_up.lacks("no administrator")
    assert "✓ The bot reads everything in the group" in said


async def test_an_administrator_who_may_not_manage_topics(set_up: SetUp) -> None:
    set_up.group.set_rights(set_up.bot, can_manage_topics=False)
    assert "Manage topics" in await set_up.lacks("may not manage topics")
    set_up.group.promote(set_up.bot, DEFAULT_RIGHTS - {"can_delete_messages"})
    status, _ = await set_up.check()
    assert status == 0


async def test_a_webhook_of_another_program(set_up: SetUp) -> None:
    set_up.bot.webhook_url = "https://desk.example.com/secret-path"
    status, said = await set_up.check()
    assert status == 0
    assert "! A webhook is set at desk.example.com" in said
    assert "secret-path" not in said


async def test_a_webhook_of_this_desk(set_up: SetUp) -> None:
    set_up.set("WEBHOOK_URL", "https://desk.example.com/secret-path")
    set_up.set("WEBHOOK_SECRET", "a-secret")
    set_up.bot.webhook_url = "https://old.example.com/x"
    status, said = await set_up.check()
    assert status == 0
    assert "! WEBHOOK_URL: talon run will have Telegram bring its updates there; it is at old.example" in said
    set_up.bot.updates.clear()
    set_up.telegram.webhooks.names["desk.example.com"] = lambda: "127.0.0.1:1"
    set_up.telegram.webhooks.set(set_up.bot, "https://desk.example.com/secret-path", "a-secret", 40)
    status, said = await set_up.check()
    assert status == 0
    assert "✓ WEBHOOK_URL: Telegram brings its updates to desk.example.com" in said
    set_up.telegram.add_person("Анна").start(set_up.bot)
    hook = set_up.telegram.webhooks.of(set_up.bot)
    while not (hook and hook.last_error):
        await asyncio.sleep(0.01)
    said = await set_up.lacks("could not bring them (Connection refused)")
    assert "secret" not in said


async def test_the_store_of_this_bot(set_up: SetUp, tmp_path: Path) -> None:
    await _make_store(tmp_path / "talon.db", set_up.bot.id)
    before = sorted(tmp_path.iterdir())
    status, said = await set_up.check()
    assert status == 0
    assert f"the store of the bot {set_up.bot.id}" in said
    assert sorted(tmp_path.iterdir()) == before
    store = Store("sqlite+aiosqlite:///talon.db")
    await store.open()
    status, _ = await set_up.check()
    await store.close()
    assert status == 0


async def test_the_store_of_another_bot(set_up: SetUp, tmp_path: Path) -> None:
    await _make_store(tmp_path / "talon.db", 42)
    await set_up.lacks("store of the bot 42")


async def test_a_store_that_has_moved(set_up: SetUp, tmp_path: Path, postgres_url: str) -> None:
    await _make_store(tmp_path / "talon.db", set_up.bot.id)
    await run_migrate("sqlite+aiosqlite:///talon.db", postgres_url)
    await set_up.lacks("has moved to postgresql")
    set_up.set("DATABASE_URL", postgres_url)
    status, said = await set_up.check()
    assert status == 0
    assert f"the store of the bot {set_up.bot.id}" in said


async def test_a_file_that_is_no_store(set_up: SetUp, tmp_path: Path) -> None:
    (tmp_path / "talon.db").write_text("Dear diary, " * 100)
    await set_up.lacks("not a database")
    with closing(sqlite3.connect(tmp_path / "empty.db")) as connection:
        connection.execute("VACUUM")
    set_up.set("DATABASE_URL", "sqlite+aiosqlite:///empty.db")
    status, _ = await set_up.check()
    assert status == 0


async def test_a_folder_that_is_not_there(set_up: SetUp, tmp_path: Path) -> None:
    set_up.set("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/nowhere/talon.db")
    await set_up.lacks("there is no folder")


async def test_postgresql(set_up: SetUp, postgres_url: str) -> None:
    set_up.set("DATABASE_URL", postgres_url)
    status, said = await set_up.check()
    assert status == 0
    assert "✓ DATABASE_URL: postgresql" in said
    store = Store(postgres_url)
    await store.open()
    async with store.transaction() as tx:
        await meta.bind(tx, 42)
    await store.close()
    await set_up.lacks("store of the bot 42")


async def test_postgresql_that_is_not_there(set_up: SetUp) -> None:
    set_up.set("DATABASE_URL", "postgresql+asyncpg://talon:secret@127.0.0.1:1/talon")
    said = await set_up.lacks("DATABASE_URL")
    assert "secret" not in said


def test_the_command(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "✗ BOT_TOKEN: not set" in done.stdout
