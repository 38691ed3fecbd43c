"""A desk with a webhook: the same promises as with long polling, whatever happens at the door."""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.settings import SettingsError
from dialogs import incoming
from playground import DropAfter, DropBefore, Fault, Photo, Refuse, ServerError, Slow, TooMany
from tests.agents.seeds import journal_of, leap, lines, press, readyz, really, restart, seed
from tests.customers.test_failing_handler import fail_after
from tests.faults.outage import everything_goes_out_as_soon_as_telegram_is_back
from tests.web.knocking import SECRET, error, knock
from tests.world import WEBHOOK, World, texts


async def test_a_whole_conversation(hooked: World) -> None:
    anna = hooked.customer()
    topic = await anna.open_ticket()
    answer = hooked.agent.write(topic, "Перезагрузите терминал")
    shown = await anna.sees("Перезагрузите терминал")
    await hooked.settle()
    assert answer.reactions
    anna.person.send_album(anna.chat, [Photo(), Photo(), Photo()], "Вот экран")
    await hooked.settle()
    album = [message for message in topic.messages if message.kind == "photo"]
    assert [message.text for message in album] == ["Вот экран", None, None]
    assert len({message.album for message in album}) == 1
    anna.write("Помогло", reply_to=shown)
    await hooked.settle()
    assert texts(topic, of=hooked.bot)[-1] == "Помогло"
    # All of it was brought.
    assert not [call for call in hooked.pg.calls if call.method == "deleteWebhook"]
    assert hooked.pg.polls == 0
    assert await readyz(hooked) == (200, {})


async def test_what_telegram_is_told_at_the_start(hooked: World) -> None:
    told = next(call for call in hooked.pg.calls if call.method == "setWebhook")
    assert told.param("url") == WEBHOOK["webhook_url"]
    assert told.param("secret_token") == SECRET
    assert {"message_reaction", "chat_member"} < set(told.param("allowed_updates"))
    await hooked.stop()
    # It stays: others may be there, and Telegram keeps for them, or for the next start, what comes now.
    assert hooked.bot.webhook_url == WEBHOOK["webhook_url"]


# Who knocks, and with what.


async def test_who_may_come_in(hooked: World, caplog: pytest.LogCaptureFixture) -> None:
    anna = await seed(hooked)
    private = anna.customer.person.id
    message = {
        "message_id": 900,
        "date": int(hooked.clock.time()),
        "chat": {"id": private, "type": "private", "first_name": "Анна"},
        "from": {"id": private, "is_bot": False, "first_name": "Анна"},
        "text": "пароль от кассы",
    }
    update = {"update_id": 77, "message": message}
    for secret in (None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xe9"):
        assert await knock(hooked, update, secret=secret) == 403
    assert await knock(hooked, update, method="GET") == 405
    assert await knock(hooked, update, content_type="text/plain") == 415
    assert await knock(hooked, update | {"padding": "x" * 5_000_000}) == 413
    await hooked.settle()
    assert "пароль от кассы" not in lines(hooked, anna.topic)
    assert [r.levelname for r in caplog.records if "WEBHOOK_SECRET" in r.message] == ["WARNING"]
    # The same from Telegram itself.
    assert [await knock(hooked, update) for _ in range(3)] == [200, 200, 200]
    await hooked.settle()
    assert lines(hooked, anna.topic).count("пароль от кассы") == 1
    assert "пароль" not in caplog.text
    assert SECRET not in caplog.text


async def test_garbage_does_no_harm(hooked: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for body in (b"", b"geheim", b'{"update_id": 1', b"[" * 100_000, b'{"update_id": NaN}', b"\xff\xfe"):
        assert await knock(hooked, body) == 400
    # Telegram need not bring again what can never be an update.
    for value in (None, "geheim", True, -1, 1.5, 2**63, [1]):
        assert await knock(hooked, {"update_id": value, "message": {"text": "geheim"}}) == 200
    assert await knock(hooked, [{"update_id": 1}]) == 200
    anna = await seed(hooked)
    await anna.customer.say("всё ещё работает")
    assert "всё ещё работает" in lines(hooked, anna.topic)
    records = [record for record in caplog.records if record.name.startswith("bot.web")]
    assert records
    assert "geheim" not in "".join(record.getMessage() for record in records)


async def test_one_that_cannot_be_stored_stops_nobody(
    hooked: World, caplog: pytest.LogCaptureFixture
) -> None:
    anna, boris = await seed(hooked), await seed(hooked, "Борис", serial="210987654321")
    assert hooked.app is not None
    outside = sqlite3.connect(hooked.app.store.url.database or "")
    lane = f"c:{anna.customer.person.id}"
    [before] = outside.execute("SELECT count(*) FROM inbox WHERE lane = ?", (lane,)).fetchone()
    # The second of what she writes now.
    outside.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON inbox WHEN NEW.lane = '{lane}'"
        f" AND (SELECT count(*) FROM inbox WHERE lane = NEW.lane) = {before + 1}"
        " BEGIN SELECT RAISE(ABORT, 'poison'); END"
    )
    anna.customer.write("раз")
    anna.customer.write("poison")
    anna.customer.write("два")
    boris.customer.write("у меня тоже")
    await hooked.settle()
    assert lines(hooked, boris.topic)[-1] == "у меня тоже"
    assert error(hooked).startswith("Wrong response from the webhook: 500")
    assert "poison" not in "".join(r.getMessage() for r in caplog.records if r.name == "bot.pipeline.receive")
    # Mended, as by a newer version.
    outside.execute("DROP TRIGGER refuse")
    outside.close()
    await hooked.settle(600)
    assert lines(hooked, anna.topic)[-3:] == ["раз", "poison", "два"]


async def test_one_that_fails_at_first_holds_up_only_its_own_lane(
    any_hooked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked = any_hooked
    anna, boris = await seed(hooked), await seed(hooked, "Борис", serial="210987654321")
    failed = fail_after(monkeypatch, incoming, "store", times=2, only="Анна")
    for number in range(5):
        anna.customer.write(f"сообщение {number}")
        boris.customer.write(f"вопрос {number}")
    await hooked.settle()
    assert failed == ["Анна"] * 2
    assert lines(hooked, anna.topic)[-5:] == [f"сообщение {number}" for number in range(5)]
    assert lines(hooked, boris.topic)[-5:] == [f"вопрос {number}" for number in range(5)]


# Trouble.


@contextmanager
def _locked(world: World) -> Iterator[None]:
    """Somebody else holds the SQLite file."""
    assert world.app is not None
    outside = sqlite3.connect(world.app.store.url.database or "", isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        outside.execute("ROLLBACK")
        outside.close()


async def test_trouble_of_the_database_loses_nothing(hooked: World) -> None:
    anna = await seed(hooked)
    said = [f"сообщение {number}" for number in range(8)]
    with _locked(hooked):
        for text in said[:4]:
            anna.customer.write(text)
        await hooked.pass_time(10)
        # The request waits for the database to heal …
        assert error(hooked) == ""
        await hooked.pass_time(15)
        # … but not without end, and what it brought stays.
        assert error(hooked).startswith("Wrong response from the webhook: 503")
        for text in said[4:]:
            anna.customer.write(text)
        await hooked.pass_time(300)
        assert hooked.pg.pending_updates(hooked.bot) == 8
        healed = hooked.clock.now()
    await hooked.until(lambda: not hooked.pg.pending_updates(hooked.bot), 60)
    assert hooked.clock.now() - healed < timedelta(seconds=45)
    await hooked.settle()
    assert lines(hooked, anna.topic)[-8:] == said


async def test_answers_lost_on_the_way(hooked: World) -> None:
    anna = await seed(hooked)
    lost = hooked.pg.faults.add(
        Fault("webhook", DropAfter(), times=2),
        Fault("webhook", DropBefore(), times=1),
        Fault("webhook", ServerError(502), times=1),
        Fault("webhook", Slow(20), times=1),
    )
    for text in ("раз", "два", "три"):
        anna.customer.write(text)
    await hooked.settle(120)
    assert lost.struck == 1
    assert lines(hooked, anna.topic)[-3:] == ["раз", "два", "три"]
    assert lines(hooked, anna.topic).count("раз") == 1


async def test_what_came_during_a_stop_comes_at_once_after_it(hooked: World) -> None:
    anna = await seed(hooked)
    await hooked.stop()
    said = [f"сообщение {number}" for number in range(5)]
    for text in said:
        anna.customer.write(text)
    # By now Telegram would wait for more than a minute before it tries again.
    await hooked.pass_time(600)
    assert error(hooked) == "Connection refused"
    # Telegram tells of that by its own clock; ours may be hours ahead.
    hook = hooked.pg.webhooks.of(hooked.bot)
    assert hook is not None
    hook.last_error_at -= 2 * 3600
    await hooked.start()
    began = hooked.clock.now()
    await hooked.until(lambda: lines(hooked, anna.topic)[-5:] == said, 10)
    assert hooked.clock.now() - began < timedelta(seconds=5)


async def test_a_no_that_telegram_still_has_beats_the_timer(hooked: World) -> None:
    anna = await seed(hooked)
    await press(hooked, anna.card, "Решить")
    question = await anna.customer.sees("Проблема решена?")
    await leap(hooked, 70 * 3600, 24 * 3600)
    await hooked.stop()
    anna.customer.person.press(question, "Нет, не решено")
    await leap(hooked, 3 * 3600)
    # Whatever holds it up on its way.
    hooked.pg.faults.add(Fault("webhook", Slow(30), times=1))
    await hooked.start()
    await hooked.settle(60)
    assert (await journal_of(hooked, anna.number))[-1] == "object"
    assert not anna.is_closed()


async def test_stopping_finishes_what_is_under_way_and_refuses_the_rest(hooked: World) -> None:
    anna = await seed(hooked)
    assert hooked.app is not None
    webhook = hooked.app.webhook
    assert webhook is not None
    with _locked(hooked):
        anna.customer.write("на пороге")
        await really(hooked, lambda: webhook.under_way == 1)
        hooked.clock.move_to(hooked.clock.now() + timedelta(seconds=1))
        app, left = hooked.app, asyncio.create_task(hooked.stop())
        await asyncio.sleep(0)
        hooked.app = app
        assert await knock(hooked, {"update_id": 5, "telepathy": {}}) == 503
        assert not left.done()
        hooked.app = None
    while not left.done():
        hooked.clock.move_to(hooked.clock.now() + timedelta(seconds=0.5))
        await asyncio.sleep(0.01)
    # It was committed, and Telegram told so.
    assert hooked.pg.pending_updates(hooked.bot) == 0
    await hooked.start()
    await hooked.settle()
    assert lines(hooked, anna.topic).count("на пороге") == 1


# Where updates come from can change.


async def test_from_polling_to_a_webhook_and_back(world: World) -> None:
    anna = await seed(world)
    said: list[str] = []
    polling = dict(world._settings)
    for settings in (polling | WEBHOOK, polling, polling | WEBHOOK):
        said += [f"сообщение {len(said)}", f"сообщение {len(said) + 1}"]
        await anna.customer.say(said[-2])
        await world.stop()
        anna.customer.write(said[-1])
        world._settings = settings
        await world.start()
        await world.settle()
        assert bool(world.bot.webhook_url) == ("webhook_url" in settings)
    assert lines(world, anna.topic)[-6:] == said


async def test_a_new_secret(hooked: World) -> None:
    anna = await seed(hooked)
    await hooked.stop()
    anna.customer.write("есть кто?")
    hooked._settings["webhook_secret"] = "another_secret"
    await hooked.start()
    await hooked.settle()
    assert lines(hooked, anna.topic)[-1] == "есть кто?"
    assert await knock(hooked, {}, secret=SECRET) == 403
    assert await knock(hooked, {}, secret="another_secret") == 200


async def test_after_an_outage_everything_goes_out_as_soon_as_telegram_is_back(hooked: World) -> None:
    await everything_goes_out_as_soon_as_telegram_is_back(hooked)


async def test_somebody_deletes_the_webhook(hooked: World, caplog: pytest.LogCaptureFixture) -> None:
    anna = await seed(hooked)
    hooked.pg.webhooks.delete(hooked.bot)
    anna.customer.write("есть кто?")
    await hooked.settle(35)
    assert lines(hooked, anna.topic)[-1] == "есть кто?"
    assert "somebody has changed the webhook" in caplog.text


async def test_somebody_sets_a_webhook_while_the_desk_polls(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await seed(world)
    world.pg.webhooks.set(world.bot, "http://127.0.0.1:1/", "", 40)
    anna.customer.write("есть кто?")
    await world.settle(10)
    assert lines(world, anna.topic)[-1] == "есть кто?"
    assert "somebody has set a webhook" in caplog.text


async def test_telegram_goes_away(hooked: World) -> None:
    anna = await seed(hooked)
    hooked.pg.down()
    anna.customer.write("есть кто?")
    await leap(hooked, 60, 10)
    status, problems = await readyz(hooked)
    assert (status, set(problems)) == (503, {"telegram"})
    assert (await readyz(hooked, "/healthz"))[0] == 200
    hooked.pg.up()
    await leap(hooked, 60, 10)
    assert await readyz(hooked) == (200, {})
    assert lines(hooked, anna.topic)[-1] == "есть кто?"


async def test_setting_it_is_tried_until_telegram_answers(sqlite_url: str) -> None:
    world = World(sqlite_url, **WEBHOOK)
    world.pg.faults.add(
        Fault("setWebhook", TooMany(3)),
        Fault("setWebhook", ServerError(502), times=2),
        Fault("setWebhook", Refuse(409, "Conflict: terminated by other setWebhook")),
        Fault("getWebhookInfo", ServerError(500)),
    )
    await world.start()
    assert world.bot.webhook_url
    await world.close()


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        ("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", "8443"),
        ("bad webhook: Failed to resolve host: Name or service not known", "DNS"),
        ("bad webhook: something new", "check the address"),
    ],
)
async def test_an_address_that_telegram_refuses_ends_the_start(
    sqlite_url: str, words: str, mend: str
) -> None:
    world = World(sqlite_url, **WEBHOOK)
    world.pg.faults.add(Fault("setWebhook", Refuse(400, f"Bad Request: {words}")))
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: Telegram refuses it") as refused:
        await world.start()
    said = str(refused.value)
    assert mend in said
    assert "\n" not in said
    assert SECRET not in said
    world.app = None
    await world.close()


async def test_a_restart_amid_a_burst(any_hooked: World) -> None:
    hooked = any_hooked
    people = [await seed(hooked, name, serial=f"{at:012d}") for at, name in enumerate(("Анна", "Борис"), 1)]
    for number in range(10):
        for person in people:
            person.customer.write(f"сообщение {number}")
        if number in (3, 6):
            await asyncio.sleep(0.005)
            await restart(hooked)
    await hooked.settle(10)
    for person in people:
        told = [line for line in lines(hooked, person.topic) if line.startswith("сообщение")]
        assert told == [f"сообщение {number}" for number in range(10)]
