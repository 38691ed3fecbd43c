"""Where features meet: bans, erased customers, splits and transfers, deadlines and lists."""

from datetime import datetime
from pathlib import Path

import pytest

from bot.staff.marks import MarkButton
from bot.views.buttons import CannedButton, MarksButton, MenuButton, PriorityButton, StaffButton
from bot.views.choices import ReasonButton
from bot.views.menus import AssignButton, TransferButton
from playground import Person, SeenMessage
from tests.agents.desks import SOLVING, desk_file
from tests.agents.looking_up import ask
from tests.agents.seeds import (
    Seed,
    answered,
    by_bot,
    colleague,
    journal_of,
    leap,
    press,
    restart,
    seed,
    ticket_of,
)
from tests.agents.test_duty import agent_of, duty
from tests.agents.test_who_may import MARK
from tests.world import World

SERVICE = "Сервисный отдел (ремонт)"
ERASED = "Данные этого клиента удалены"
STALE = "Эта кнопка больше не действует."


@pytest.fixture
async def chief(world: World) -> Person:
    """An administrator."""
    return await colleague(world, "Шеф", admin=True)


async def _banned(world: World, chief: Person, name: str = "Анна") -> Seed:
    anna = await seed(world, name)
    chief.write(anna.topic, "/ban спам")
    await world.settle()
    return anna


def _last(anna: Seed) -> SeenMessage:
    return anna.customer.bots()[-1]


# Bans.


async def test_who_is_banned_is_asked_nothing_that_they_cannot_answer(world: World, chief: Person) -> None:
    anna = await _banned(world, chief)
    await press(world, anna.card, "Решить")
    assert (_last(anna).text or "").endswith("решена.")
    assert not _last(anna).buttons
    told = len(anna.customer.bots())
    await leap(world, 20 * 24 * 3600)
    assert "закрыта" in (anna.card.text or "")
    assert await journal_of(world, 1001) == ["open", "ban", "resolve", "expire"]
    assert len(anna.customer.bots()) == told + 1
    assert not _last(anna).buttons


async def test_with_the_ban_lifted_the_question_is_asked(world: World, chief: Person) -> None:
    anna = await _banned(world, chief)
    await press(world, anna.card, "Решить")
    chief.write(anna.topic, "/unban")
    await world.settle()
    assert "Да, решено" in str(_last(anna).buttons)
    await anna.customer.press("No, not solved")
    await world.settle()
    assert "в работе" in (anna.card.text or "")


async def test_who_is_banned_still_sees_and_erases_what_is_stored(world: World, chief: Person) -> None:
    anna = await _banned(world, chief)
    await anna.customer.say("/privacy")
    await anna.customer.press("Get my data")
    await world.until(lambda: any(m.file for m in anna.customer.bots()))
    await anna.customer.press("Erase my data")
    await anna.customer.press("Yes, erase everything")
    await world.settle()
    assert (await ticket_of(world, 1001)).is_erased
    # The ban holds.
    await anna.customer.say("/new")
    assert "больше не отвечает" in (_last(anna).text or "")


async def test_no_announcement_for_who_is_banned(world: World, chief: Person) -> None:
    anna = await _banned(world, chief)
    boris = await seed(world, "Борис")
    chief.write(world.group, "/announce ru", reply_to=chief.write(world.group, "Новые правила"))
    await world.settle()
    question = world.group.general[-1]
    assert "1 клиент" in (question.text or "")
    await press(world, question, "📣 Разослать", chief)
    await world.settle(20)
    assert "Новые правила" in by_bot(world, boris.customer.chat)
    assert "Новые правила" not in by_bot(world, anna.customer.chat)


# Erased tickets.


@pytest.fixture
async def erased(sqlite_url: str, tmp_path: Path) -> Seed:
    """A ticket of a customer who erased everything, in a thread that stays."""
    path = Path(desk_file(tmp_path, "reply_minutes = 30", SOLVING + MARK))
    text = path.read_text("utf-8").replace("[privacy]\n", "[privacy]\nerase_threads = false\n")
    path.write_text(text, "utf-8")
    world = World(sqlite_url, desk=str(path))
    await world.start()
    anna = await seed(world)
    await anna.customer.say("Что делать?")
    await anna.customer.say("/privacy")
    await anna.customer.press("Erase my data")
    await anna.customer.press("Yes, erase everything")
    await world.settle()
    assert (await ticket_of(world, 1001)).is_erased
    return anna


async def test_nothing_is_done_to_an_erased_ticket(erased: Seed) -> None:
    anna, world = erased, erased.customer.world
    chief = await colleague(world, "Шеф", admin=True)
    before, events = await ticket_of(world, 1001), await journal_of(world, 1001)
    calls = len(world.pg.calls)
    for command in (
        *("/split", "/canned photos", "/canned", "/due 01.12.2026 14:00", "/time 45", "/mark owner"),
        *("/unmark owner", "/mark", "/postpone", "/ban спам", "/unban", "/erase", "Здравствуйте"),
    ):
        told = len(by_bot(world, anna.topic))
        chief.write(anna.topic, command)
        await world.settle()
        said = by_bot(world, anna.topic)[told:]
        assert len(said) == 1, (command, said)
        assert ERASED in said[0], command
    for data in (
        StaffButton(action="reopen", number=1001),
        MenuButton(menu="assign", number=1001),
        AssignButton(number=1001, to=chief.id, was=0),
        PriorityButton(number=1001, to="first", was=""),
        TransferButton(number=1001, to="service", was="support"),
        ReasonButton(number=1001, to="postpone", reason="partner", until="0"),
        MarksButton(number=1001),
        MarkButton(number=1001, mark="owner", on=True),
        CannedButton(act="open", number=1001),
        CannedButton(act="send", number=1001, key="photos"),
    ):
        assert (await answered(world, chief.press_data(anna.card, data.pack()))).text == STALE, data
    await world.settle()
    assert await ticket_of(world, 1001) == before
    assert await journal_of(world, 1001) == events
    # Nobody who has no name any more is written to.
    sent = [call for call in world.pg.calls[calls:] if call.method == "sendMessage"]
    assert {call.chat_id for call in sent} == {world.group.id}
    await world.close()


# Splits and transfers.


async def test_what_is_split_off_stays_in_its_department_and_finds_an_agent_there(world: World) -> None:
    peter = await colleague(world)
    anna = await seed(world)
    await press(world, anna.card, "Передать")
    await press(world, anna.card, SERVICE)
    await duty(world, peter, "on service")
    await press(world, anna.card, "Снять с себя")
    await duty(world, world.agent, "on support")
    await anna.customer.say("Ещё не работает сканер")
    await world.settle()
    world.agent.write(anna.topic, "/split Сканер", reply_to=anna.topic.last)
    await world.settle()
    await press(world, anna.topic.last, "Готово")
    await world.settle()
    split = await ticket_of(world, 1002)
    assert (split.department, split.assignee_name) == ("service", "Пётр")
    card = next(m for m in world.topic().messages if "#1002" in (m.text or "").split("\n")[0])
    assert f"Отдел: {SERVICE}" in (card.text or "")
    await restart(world)


async def test_a_menu_and_stale_buttons_after_a_transfer(world: World) -> None:
    peter = await colleague(world)
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    world.agent.press(anna.card, "…")
    await world.settle(2)
    assert "Передать" in str(anna.card.buttons)
    move = TransferButton(number=1001, to="service", was="support").pack()
    await answered(world, world.agent.press_data(anna.card, move))
    await world.settle(2)
    # The card shows its first buttons again, and what is pressed too late does no harm.
    assert "Взять" in str(anna.card.buttons)
    assert agent_of(anna) is None
    release = StaffButton(action="release", number=1001).pack()
    late = await answered(world, peter.press_data(anna.card, release))
    assert late.text == "Заявка уже возвращена команде."
    late = await answered(world, peter.press_data(anna.card, move))
    assert late.text == f"Заявку уже передали: {SERVICE}."
    await press(world, anna.card, "Взять", peter)
    assert agent_of(anna) == "Пётр"
    assert await journal_of(world, 1001) == ["open", "take", "transfer", "take"]


# Deadlines and lists.


async def _due(world: World) -> datetime | None:
    return (await ticket_of(world, 1001)).due_at


async def test_the_deadline_in_lists_follows_whatever_happens(sqlite_url: str, tmp_path: Path) -> None:
    world = World(sqlite_url, desk=desk_file(tmp_path, tables=SOLVING))
    await world.start()
    anna = await seed(world)
    await press(world, anna.card, "Взять")
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Второй")
    first = await _due(world)
    assert first is not None
    await press(world, anna.card, "Передать")
    await press(world, anna.card, SERVICE)
    assert await _due(world) == first
    await press(world, anna.card, "Взять")

    await press(world, anna.card, "Ждать клиента")
    assert await _due(world) is None
    for command in ("/queue", "/mine"):
        assert "ждём клиента" in ((await ask(world, command)).text or "")
    await leap(world, 1800)
    await anna.customer.say("Готово")
    await world.settle()
    resumed = await _due(world)
    assert resumed is not None
    assert resumed > first

    await press(world, anna.card, "Отложить")
    await press(world, anna.card, "Ждём ответа партнёра")
    await press(world, anna.card, "Без срока")
    assert await _due(world) is None
    for command in ("/queue", "/mine"):
        assert "отложена" in ((await ask(world, command)).text or "")
    await press(world, anna.card, "Возобновить")
    await press(world, anna.card, "Приоритет")
    await press(world, anna.card, "Первый")
    sooner = await _due(world)
    assert sooner is not None
    assert sooner < resumed
    await press(world, anna.card, "Решить")
    assert await _due(world) is None
    assert (await ask(world, "/queue")).text == "Открытых заявок нет."
    await press(world, anna.card, "Открыть снова")
    assert await _due(world) is not None
    await world.close()


@pytest.mark.parametrize("state", ["Ждать клиента", "Отложить"])
async def test_a_ticket_that_stands_still_is_offered_before_a_second_one(world: World, state: str) -> None:
    anna = world.customer()
    topic = await anna.open_ticket()
    card = topic.messages[1]
    await press(world, card, state)
    if state == "Отложить":
        await press(world, card, "Ждём ответа партнёра")
        await press(world, card, "Без срока")
    await anna.say("/new")
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Другая тема")
    await anna.say("123456789012")
    offered = anna.bots()[-1]
    assert "#1001" in (offered.text or "")
    anna.person.press(offered, next(row[0] for row in offered.buttons if "#1001" in row[0]))
    await world.settle()
    await anna.say("То же самое")
    await world.settle(2)
    assert topic.last.text == "То же самое"
