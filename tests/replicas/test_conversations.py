"""Several processes talk as one: in order, once, whoever accepts what and whoever sends it."""

import asyncio

from sqlalchemy import make_url

from bot.app import App
from bot.pipeline.accept import accept
from dialogs.life import Life
from dialogs.transferring import transfer
from playground import Fault, Photo, SeenMessage, Slow, TooMany
from storage import inbox, tickets
from storage.journal import Actor
from storage.outbox import Outbox
from tests.crash_rig import until
from tests.replicas.rig import Replicas, soon
from tests.servers import PostgresServer


def _albums(replicas: Replicas) -> list[SeenMessage]:
    """The items of albums in the first customer's thread."""
    shown = replicas.topics[replicas.people[0]].messages
    return [message for message in shown if message.sender is replicas.bot and message.album]


async def test_order_and_once_whoever_accepts(pair: Replicas) -> None:
    anna, boris = pair.people
    asked = {person: [f"{person.first_name}: {n}" for n in range(12)] for person in (anna, boris)}
    answers = [f"ответ {n}" for n in range(6)]
    for n in range(12):
        for person in (anna, boris):
            person.write(person.chat(pair.bot), asked[person][n])
        if n % 2:
            pair.agent.write(pair.topics[anna], answers[n // 2])
        await asyncio.sleep(0.005)
    for person in (anna, boris):
        await pair.shows(person, asked[person])
    await until(lambda: len(pair.heard(anna)) >= 6, "answers")
    assert pair.heard(anna) == answers
    said = [message for message in pair.topics[anna].messages if message.sender is pair.agent]
    await until(lambda: all(m.reactions.get(pair.bot) == "👌" for m in said), "marks")

    # An album whose items are accepted by different processes is one album.
    pair.choose = lambda update: update["update_id"] % 2
    sent = anna.send_album(anna.chat(pair.bot), [Photo(), Photo(), Photo()], caption="экран")
    await until(lambda: len(_albums(pair)) == 3, "album")
    album = _albums(pair)
    assert [m.file_id for m in album] == [m.file_id for m in sent]
    assert len({m.album for m in album}) == 1

    # Telegram brings an update again, to another, because the answer came too late.
    with pair.held_back() as brought:
        anna.write(anna.chat(pair.bot), "дважды")
        await until(lambda: brought, "update")
    await asyncio.gather(*(pair.bring(brought[0], app) for app in pair.apps))
    anna.write(anna.chat(pair.bot), "дальше")
    await until(lambda: pair.said(anna)[-1] == "дальше", "next")
    assert pair.said(anna).count("дважды") == 1


async def test_a_dead_processs_work_is_taken_over(pair: Replicas) -> None:
    anna, boris = pair.people
    dies, lives = pair.apps
    # It dies in the middle of a call, with more to send, and with an update accepted only.
    pair.choose = lambda update: pair.apps.index(dies)
    slow = pair.pg.faults.add(Fault("sendMessage", Slow(30, applied_first=False), pair.group.id))
    for n in range(4):
        anna.write(anna.chat(pair.bot), f"раз {n}")
    await until(lambda: slow.struck, "the call")
    await asyncio.sleep(0.3)
    with pair.held_back() as brought:
        boris.write(boris.chat(pair.bot), "только принято")
        await until(lambda: brought, "update")
    await accept(dies.store, inbox.rows(brought))
    await pair.kill(dies)
    pair.choose = pair.any_of
    took = await soon(lambda: len(pair.said(anna)) == 4 and pair.said(boris), "taken over", 10)
    assert took < 6
    await pair.shows(anna, [f"раз {n}" for n in range(4)])
    await pair.shows(boris, ["только принято"])
    assert pair.apps == [lives]

    # A rolling restart: nothing is lost, doubled or late.
    for n in range(6):
        anna.write(anna.chat(pair.bot), f"два {n}")
        if n == 2:
            await pair.start()
            await pair.stop(lives)
        await asyncio.sleep(0.01)
    await pair.shows(anna, [*(f"раз {n}" for n in range(4)), *(f"два {n}" for n in range(6))])


async def test_who_lost_their_connections_to_the_database_are_not_taken_for_dead(
    pair: Replicas, postgres: PostgresServer, postgres_url: str
) -> None:
    anna, _ = pair.people
    pair.choose = lambda update: 0
    slow = pair.pg.faults.add(Fault("sendMessage", Slow(4), pair.group.id))
    anna.write(anna.chat(pair.bot), "раз")
    await until(lambda: slow.struck, "the call")
    name = make_url(postgres_url).database
    ending = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    await asyncio.to_thread(postgres.execute, ending)
    # The other one looks at the tables first, and sees nobody who sends.
    other = pair.apps[1].parts
    assert other is not None
    assert other.watch is not None
    await other.watch.look()
    anna.write(anna.chat(pair.bot), "два")
    await pair.shows(anna, ["раз", "два"])
    await asyncio.sleep(0.3)
    assert pair.said(anna) == ["раз", "два"]


async def test_a_frozen_process_sends_and_writes_nothing_when_it_wakes(pair: Replicas) -> None:
    anna, boris = pair.people
    frozen, other = pair.apps
    ice = pair.freeze(frozen, "sendMessage")
    pair.choose = lambda update: 0
    # Nobody else is there to send it.
    await pair.stop(other)
    for n in range(5):
        anna.write(anna.chat(pair.bot), f"{n}")
    await until(lambda: ice.held, "the call")
    await pair.start()
    await asyncio.sleep(0.5)
    assert pair.said(anna) == []
    pair.choose = lambda update: 1
    boris.write(boris.chat(pair.bot), "свободно")
    await pair.shows(boris, ["свободно"])
    assert pair.said(anna) == []
    await pair.let_leases_end()
    await pair.shows(anna, ["0", "1", "2", "3", "4"])
    pair.let_time_pass(frozen)
    ice.thaw()
    anna.write(anna.chat(pair.bot), "5")
    boris.write(boris.chat(pair.bot), "дальше")
    await until(lambda: "5" in pair.said(anna) and "дальше" in pair.said(boris), "what follows")
    await asyncio.sleep(0.5)
    assert pair.said(anna) == ["0", "1", "2", "3", "4", "5"]
    assert pair.said(boris) == ["свободно", "дальше"]


async def test_nobody_sends_what_another_process_took_back_replaced_or_cannot_deliver(pair: Replicas) -> None:
    anna, boris = pair.people
    # What one holds back, since Telegram told it to wait, is taken back by way of the other.
    pair.choose = lambda update: 0
    pair.pg.faults.add(Fault("sendMessage", TooMany(2), anna.id))
    pair.agent.write(pair.topics[anna], "раз")
    wrong = pair.agent.write(pair.topics[anna], "не то")
    pair.agent.write(pair.topics[anna], "три")
    await asyncio.sleep(0.5)
    pair.choose = lambda update: 1
    pair.agent.write(pair.topics[anna], "/del", reply_to=wrong)
    await until(lambda: "три" in "".join(pair.heard(anna)), "three")
    assert "не то" not in "".join(pair.heard(anna))

    # Who blocked the bot is told by the process that hears of their return what another owed them.
    pair.choose = lambda update: 0
    boris.block(pair.bot)
    pair.agent.write(pair.topics[boris], "к Вам едут")
    await until(lambda: pair.said(boris), "word of it")
    await asyncio.sleep(0.3)
    pair.choose = lambda update: 1
    boris.unblock(pair.bot)
    await until(lambda: "к Вам едут" in pair.heard(boris), "what was owed")

    # Topics are switched off and on again: both know, though one was told.
    pair.group.set_forum(False)
    pair.agent.write(pair.group, "без тем")
    await asyncio.sleep(0.2)
    for app in pair.apps:
        assert app.parts is not None
        assert app.parts.watch is not None
        await app.parts.watch.look()
    pair.choose = lambda update: 0
    anna.write(anna.chat(pair.bot), "куда это")
    await until(lambda: any(m.text == "куда это" for m in pair.group.messages), "in the plain group")
    pair.group.set_forum(True)


async def test_what_a_moved_ticket_brings_along_comes_first_whoever_moved_it(postgres_url: str) -> None:
    replicas = Replicas(postgres_url, customers=1)
    service = replicas.pg.add_group("Сервис", forum=True)
    service.add_bot(replicas.bot, admin=True)
    replicas.settings["staff_chats"] = {"service": service.id}
    await replicas.begin()
    (anna,) = replicas.people
    # The one has read both from the table, and is sending the first, when the other moves the ticket.
    replicas.choose = lambda update: 0
    slow = replicas.pg.faults.add(Fault("sendMediaGroup", Slow(0.2), replicas.group.id))
    anna.send_album(anna.chat(replicas.bot), [Photo(), Photo()])
    anna.write(anna.chat(replicas.bot), "дальше")
    await until(lambda: slow.struck, "the album")
    await move(replicas.apps[1], 1001, "service")

    def shown() -> list[SeenMessage]:
        return service.topics[0].messages[1:] if service.topics else []

    await until(lambda: [m for m in shown() if "дальше" in (m.text or "")], "the message")
    assert [m.kind for m in shown()[:2]] == ["text", "document"]
    assert "дальше" not in (shown()[0].text or "")
    await replicas.close()


async def move(app: App, number: int, to: str) -> None:
    """Let one bot move a ticket to another department."""
    assert app.parts is not None
    department = app.profile.department(to)
    assert department is not None
    async with app.store.transaction() as tx:
        life = Life(tx, Outbox(tx), app.parts.desk)
        await transfer(life, await tickets.get(tx, number), department, Actor("agent", 1, "Пётр"))
