"""`talon check`: what a real set-up lacks, in words, each with its mend."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer
from sqlalchemy import URL, inspect, make_url, select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.months import today_at, unknown_years
from bot.settings import Settings, SettingsError, check_groups, group_setting, load_settings
from desk.coverage import missing_texts
from desk.faults import ProfileError
from desk.loading import load_profile
from desk.profile import Profile
from storage import models
from storage.meta import MOVED_TO
from storage.trouble import DATABASE_ERRORS, in_one_line

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.types import User, WebhookInfo

_TIMEOUT = 15
_FACTS = select(models.meta.c.key, models.meta.c.value).where(models.meta.c.key.in_(["bot_id", MOVED_TO]))


class _Report:
    """The lines that are printed: ✓ what is right, ✗ what has to be mended, ! what one should know."""

    def __init__(self) -> None:
        self.lacks = 0

    def good(self, what: str) -> None:
        typer.echo(f"✓ {what}")

    def bad(self, what: str, mend: str) -> None:
        self.lacks += 1
        typer.echo(f"✗ {what}\n  → {mend}")

    def note(self, what: str) -> None:
        typer.echo(f"! {what}")


async def run_check() -> int:
    """Look at everything a desk needs and say what is missing; 0 if it can run, 1 if not."""
    report = _Report()
    try:
        settings = load_settings()
    except SettingsError as error:
        setting, _, mend = str(error).partition(": ")
        report.bad(f"Settings: {setting} is wrong", mend)
    else:
        report.good("Settings: they can be read")
        profile = _check_profile(report, settings.desk)
        if profile is not None:
            _check_settings(report, settings, profile)
        me = await _check_telegram(report, settings)
        await _check_database(report, make_url(settings.database_url), me)
    typer.echo()
    if report.lacks:
        typer.echo("The desk cannot run yet: mend what is marked ✗.")
        return 1
    typer.echo("The desk can run: talon run")
    return 0


def _check_profile(report: _Report, name: str) -> Profile | None:
    try:
        profile = load_profile(name)
    except ProfileError as error:
        report.bad("DESK: the profile cannot be used", str(error))
        return None
    report.good(f"DESK: {profile.name.in_language('en')} ({profile.key})")
    for text in missing_texts(profile):
        report.note(f"DESK: {text.key} has no “{text.language}”: it is shown in “{text.instead}”")
    for year in unknown_years(profile, today_at(profile)):
        report.note(
            f"DESK: the days that the government moves in {year} are not known yet; "
            f"talon check --desk {name} shows the calendar"
        )
    return profile


def _check_settings(report: _Report, settings: Settings, profile: Profile) -> None:
    """Groups of departments that this desk does not have, or one for two of them."""
    try:
        check_groups(settings, profile)
    except SettingsError as error:
        what, _, mend = str(error).rpartition("; ")
        report.bad(what, mend)


# Telegram.


async def _check_telegram(report: _Report, settings: Settings) -> User | None:
    """The bot and its group; gives back the bot, if Telegram knows it."""
    if settings.bot_token is None:
        report.bad("BOT_TOKEN: not set", "get a token from @BotFather in Telegram and put it into .env")
        _check_group_is_set(report, settings)
        return None
    # Only now, for loading aiogram takes seconds.
    from bot.session import make_bot

    bot = make_bot(settings.token(), settings.telegram_api_url)
    try:
        me = await _check_token(report, bot, settings)
        if not _check_group_is_set(report, settings) or me is None:
            return me
        assert settings.staff_chat_id is not None
        for key, chat_id in {"": settings.staff_chat_id, **settings.staff_chats}.items():
            await _check_group(report, bot, me, group_setting(key), chat_id)
    finally:
        await bot.session.close()
    return me


async def _check_token(report: _Report, bot: Bot, settings: Settings) -> User | None:
    from aiogram.exceptions import (
        AiogramError,
        TelegramNetworkError,
        TelegramNotFound,
        TelegramUnauthorizedError,
    )
    from aiogram.methods import GetMe, GetWebhookInfo

    server = settings.telegram_api_url or "Telegram"
    try:
        me: User = await bot(GetMe(), request_timeout=_TIMEOUT)
        webhook = await bot(GetWebhookInfo(), request_timeout=_TIMEOUT)
    except (TelegramUnauthorizedError, TelegramNotFound):
        report.bad("BOT_TOKEN: Telegram does not know it", "copy the token again, whole, from @BotFather")
        return None
    except TelegramNetworkError:
        mend = (
            "TELEGRAM_API_URL" if settings.telegram_api_url else "TELEGRAM_API_URL, if you need another way"
        )
        report.bad(f"{server} cannot be reached", f"check the network, and {mend}")
        return None
    except AiogramError:
        report.bad(
            f"{server} answers, but not as Telegram does", "check TELEGRAM_API_URL, or try again later"
        )
        return None
    report.good(f"BOT_TOKEN: it is @{me.username}'s")
    _check_webhook(report, settings, webhook)
    return me


def _check_webhook(report: _Report, settings: Settings, webhook: WebhookInfo) -> None:
    host = urlsplit(webhook.url).hostname
    if settings.webhook_url is None:
        if webhook.url:
            report.note(
                f"A webhook is set at {host}: talon run removes it, so stop the program behind it first"
            )
    elif webhook.url != settings.webhook_url:
        at = f"; it is at {host} now" if webhook.url else ""
        report.note(f"WEBHOOK_URL: talon run will have Telegram bring its updates there{at}")
    elif webhook.last_error_message and webhook.pending_update_count:
        report.bad(
            f"WEBHOOK_URL: {webhook.pending_update_count} updates wait, for Telegram could not bring them "
            f"({webhook.last_error_message})",
            "see that the desk runs, and that what is in front of it lets Telegram in",
        )
    else:
        report.good(f"WEBHOOK_URL: Telegram brings its updates to {host}")


def _check_group_is_set(report: _Report, settings: Settings) -> bool:
    if settings.staff_chat_id is None:
        report.bad(
            "STAFF_CHAT_ID: not set",
            "add the bot to the staff group, start talon run, write /id there and put the number into .env",
        )
    return settings.staff_chat_id is not None


async def _check_group(report: _Report, bot: Bot, me: User, setting: str, chat_id: int) -> None:
    from aiogram.exceptions import AiogramError

    from bot.staff.rights import look_at_group

    try:
        await look_at_group(report, bot, me, setting, chat_id)
    except (AiogramError, TimeoutError) as error:
        report.bad(f"{setting}: the group {chat_id} could not be looked at ({error})", "try again later")


# The database.


async def _check_database(report: _Report, url: URL, me: User | None) -> None:
    """Whether it opens and whose it is; nothing is written, made or locked."""
    shown = url.render_as_string()
    try:
        if url.get_backend_name() == "sqlite":
            path = Path(url.database or ":memory:")
            if not _is_there(path):
                _check_folder(report, path)
                return
            facts = _sqlite_facts(path)
        else:
            facts = await _postgres_facts(url)
    except DATABASE_ERRORS as error:
        report.bad(
            f"DATABASE_URL: {shown} cannot be used ({in_one_line(error)})", "check the address and the rights"
        )
        return
    owner, place = facts.get("bot_id"), facts.get(MOVED_TO)
    if place is not None:
        report.bad(
            f"DATABASE_URL: the desk of {shown} has moved to {place}",
            "put that address there; to go on as it was before: talon migrate --undo",
        )
    elif owner is None or me is None or owner == str(me.id):
        whose = "" if owner is None else f", the store of the bot {owner}"
        report.good(f"DATABASE_URL: {shown} can be opened{whose}")
    else:
        report.bad(
            f"DATABASE_URL: {shown} is the store of the bot {owner}, and the token is the bot {me.id}'s",
            "use that bot's token, or another DATABASE_URL",
        )


def _is_there(path: Path) -> bool:
    return path.exists()


def _check_folder(report: _Report, path: Path) -> None:
    folder = path.resolve().parent
    if str(path) == ":memory:":
        report.bad("DATABASE_URL: a desk in memory would forget everything", "name a file")
    elif not folder.is_dir():
        report.bad(f"DATABASE_URL: there is no folder {folder}", "make it, or name another file")
    elif not os.access(folder, os.W_OK):
        report.bad(f"DATABASE_URL: nothing can be written into {folder}", "change its rights")
    else:
        report.good(f"DATABASE_URL: there is no {path} yet; the first start makes it")


def _sqlite_facts(path: Path) -> dict[str, str]:
    """Whose store this file is, and where it moved to; nothing if it is nobody's yet."""
    if not (os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)):
        raise PermissionError("it is there, but nothing can be written")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=2)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return {}
        return dict(connection.execute(str(_FACTS.compile(compile_kwargs={"literal_binds": True}))))


async def _postgres_facts(url: URL) -> dict[str, str]:
    engine = create_async_engine(url)
    try:
        async with asyncio.timeout(_TIMEOUT), engine.connect() as connection:
            if not await connection.run_sync(lambda sync: inspect(sync).has_table(models.meta.name)):
                return {}
            return {row.key: row.value for row in await connection.execute(_FACTS)}
    finally:
        await engine.dispose()
