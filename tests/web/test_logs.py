"""What the log says: where a line belongs to, one object a line for machines, and never a secret."""

import io
import json
import logging
import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from bot import log
from bot.settings import load_settings
from playground import DropBefore, Fault, Garbage, Playground, Refuse, ServerError, TooMany
from tests.agents.seeds import leap, seed
from tests.web.knocking import SECRET, knock
from tests.world import World

TOKEN = "7100000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PASSWORD = "geh:eim/ß 7"
SETTINGS: dict[str, Any] = {
    "_env_file": None,
    "bot_token": TOKEN,
    "webhook_url": "https://desk.example/telegram",
    "webhook_secret": SECRET,
    "database_url": "postgresql+asyncpg://talon:geh%3Aeim%2F%C3%9F%207@db/talon",
}
SECRETS = (TOKEN, TOKEN.partition(":")[2], SECRET, PASSWORD, "geh%3Aeim%2F%C3%9F%207", "geh%3Aeim/%C3%9F%207")
FORMATS = pytest.mark.parametrize("log_format", ["console", "json"])


@contextmanager
def written(log_format: str, level: str = "DEBUG", **settings: Any) -> Iterator[io.StringIO]:
    """What the log writes meanwhile, set up as `talon run` does it."""
    stream = io.StringIO()
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    levels = {
        name: logging.getLogger(name).level for name in ("", "aiogram.event", "alembic", "aiohttp.access")
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        log.set_up(log_format, level, log.secrets_of(load_settings(**(SETTINGS | settings))))
    try:
        yield stream
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before
        for name, each in levels.items():
            logging.getLogger(name).setLevel(each)


def objects(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines as JSON: every one of them has to be an object."""
    lines = stream.getvalue().splitlines()
    found = [json.loads(line) for line in lines]
    assert all(isinstance(line, dict) for line in found)
    return found


def clean(stream: io.StringIO, *more: str) -> None:
    """Nothing secret was written, in whatever way JSON writes it."""
    text = stream.getvalue()
    assert text
    for secret in (*SECRETS, *more):
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


# Secrets.


@FORMATS
def test_whatever_is_logged_holds_no_secret(log_format: str) -> None:
    logger = logging.getLogger("talon.test")
    with written(log_format) as stream:
        for secret in SECRETS:
            logger.info("said %s", secret)
            logger.info("said %r", {"a": [secret, (secret,)], secret: 1})
            logger.info({"said": secret, "deep": {"in": [secret]}})
            logger.info("extra", extra={"thing": {secret: [secret]}, "error": ValueError(secret)})
            logger.info(secret)
            try:
                raise ConnectionError(f"cannot reach postgresql://talon:{secret}@db") from KeyError(secret)
            except ConnectionError:
                logger.exception("failed: %s", secret)
        logger.info("at %s", f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe")
        logger.info("at redis://:other-password@cache:6379/0, and http://who:12345@host/x")
        logger.info("stack", stack_info=True)
    clean(stream, "other-password", ":12345@", TOKEN.replace(":", "%3A"))
    assert "redis://:[password]@cache:6379/0" in stream.getvalue()
    assert "api.telegram.org/bot[token]/getMe" in stream.getvalue()
    if log_format == "json":
        assert len(objects(stream)) == 6 * len(SECRETS) + 3


@FORMATS
async def test_errors_of_aiohttp_name_the_address_but_not_the_token(log_format: str) -> None:
    logger = logging.getLogger("talon.test")
    with written(log_format) as stream:
        async with Playground() as pg, aiohttp.ClientSession() as session:
            url = f"{pg.url}/bot{TOKEN}/getMe"
            pg.add_bot(token=TOKEN)
            pg.faults.add(Fault("getMe", Garbage(502)), Fault("getMe", DropBefore()))
            for attempt in ("no JSON", "broken off", "no scheme", "not there"):
                asked = {"no scheme": f"bot{TOKEN}", "not there": f"{pg.url}/bot{TOKEN}x/no"}.get(
                    attempt, url
                )
                with pytest.raises((aiohttp.ClientError, ValueError)) as failed:
                    async with session.post(asked, raise_for_status=attempt == "not there") as answer:
                        await answer.json()
                logger.error("%s: %s", attempt, failed.value, exc_info=failed.value)
                logger.error("%r", failed.value)
    clean(stream)
    # At least these errors did quote it.
    assert stream.getvalue().count("[token]") >= 3


async def test_a_desk_that_has_trouble_tells_no_secret(sqlite_url: str) -> None:
    world = World(sqlite_url, webhook_url="https://desk.example/telegram", webhook_secret=SECRET)
    token = world.bot.token
    with written("json", bot_token=token) as stream:
        world.pg.faults.add(
            Fault("getMe", Garbage(502)),
            Fault("setWebhook", ServerError(500)),
            Fault("setWebhook", Refuse(409, "Conflict: terminated by other setWebhook")),
            Fault("getWebhookInfo", DropBefore()),
        )
        await world.start()
        anna = await seed(world)
        world.pg.faults.add(*(Fault("sendMessage", each) for each in (Garbage(), DropBefore(), TooMany(2))))
        await knock(world, {"update_id": 1}, secret="wrong")
        anna.customer.write("есть кто?")
        await world.settle(60)
        world.pg.down()
        anna.customer.write("алло")
        await leap(world, 60, 20)
        world.pg.up()
        await leap(world, 60, 20)
        await world.close()
    clean(stream, token, token.partition(":")[2])
    assert {line["level"] for line in objects(stream)} >= {"INFO", "WARNING"}


def test_short_passwords_leave_something_to_read() -> None:
    settings = load_settings(_env_file=None, database_url="postgresql+asyncpg://talon:pw@db/talon")
    assert log.secrets_of(settings) == set()
    assert log.without_tokens(f"cannot use {settings.database_url}").count("pw") == 0


# For machines.


def test_one_object_a_line() -> None:
    logger = logging.getLogger("talon.test")
    with written("json") as stream:
        logger.warning("Два\nряда\u2028и ещё \ud800 %s", "слово", extra={"kind": "x", "data": {"a": 1}})
        logger.warning("wrong %d", "number")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"as Python warns, of {TOKEN}", RuntimeWarning, stacklevel=1)
        try:
            raise ValueError("один\nдва")
        except ValueError:
            logger.exception("failed")
    clean(stream)
    lines = stream.getvalue().removesuffix("\n").split("\n")
    first, unwritten, warned, failed = (json.loads(line) for line in lines)
    assert (first["level"], first["logger"], first["kind"]) == ("WARNING", "talon.test", "x")
    assert first["message"].startswith("Два\nряда")
    assert first["data"] == {"a": 1}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["time"])
    moment = datetime.fromisoformat(first["time"])
    assert abs((moment - datetime.now(moment.tzinfo)).total_seconds()) < 60
    # Python's own word for this would quote it all.
    assert "number" not in unwritten["message"]
    assert "test_logs.py" in unwritten["message"]
    assert "as Python warns" in warned["message"]
    assert "ValueError: один\nдва" in failed["exc_info"]


# Where a line belongs to.


async def test_lines_tell_of_which_update_and_ticket_they_are(world: World) -> None:
    anna, boris = await seed(world), await seed(world, "Борис", serial="210987654321")
    with written("json", "INFO") as stream:
        world.pg.faults.add(
            Fault("sendMessage", Refuse(400, "Bad Request: no such thing"), anna.customer.person.id)
        )
        world.agent.write(anna.topic, "Здравствуйте")
        await world.settle()
        boris.customer.person.block(world.bot)
        world.agent.write(boris.topic, "Вы здесь?")
        await world.settle()
    refused, gone = (
        next(line for line in objects(stream) if words in line["message"])
        for words in ("no such thing", "cannot be reached")
    )
    assert (refused["ticket"], refused["row"], refused["destination"]) == (anna.number, "message", "private")
    assert (gone["ticket"], gone["row"], gone["destination"]) == (boris.number, "message", "private")
    assert "update" not in refused


async def test_a_failing_update_is_told_with_its_number(world: World) -> None:
    anna = await seed(world)
    assert world.app is not None
    outside = sqlite3.connect(world.app.store.url.database or "")
    outside.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.text LIKE '%poison%'"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    outside.close()
    with written("json", "WARNING") as machines:
        anna.customer.write("poison")
        await world.settle()
    with written("console", "WARNING") as people:
        anna.customer.write("poison")
        await world.settle()
    line = next(line for line in objects(machines) if line["message"].startswith("update"))
    assert line["message"] == f"update {line['update']} failed"
    assert line["ticket"] == anna.number
    assert re.search(
        rf"bot\.pipeline\.process: \[update \d+, #{anna.number}\] update \d+ failed", people.getvalue()
    )
    # What comes after it is not about it any more.
    with written("json", "INFO") as after:
        logging.getLogger("talon.test").info("later")
    assert "update" not in objects(after)[0]
