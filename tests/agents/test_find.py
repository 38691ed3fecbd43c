"""/find and /ticket: agents find tickets by whatever they know, and nobody but agents does."""

from tests.agents.looking_up import addresses, ask, numbers, plain_world, turn
from tests.agents.seeds import Seed, answered, by_bot, colleague, journal_of, leap, press, seed
from tests.world import World, texts

EMPTY = (
    "Напишите, что искать: номер заявки, серийный номер, имя клиента или слова из переписки, "
    "например /find 1042"
)


async def _three(world: World) -> tuple[Seed, Seed, Seed]:
    anna = await seed(world, last_name="Озолиня", username="anna_oz")
    boris = await seed(world, "Борис", subject="Ёлка <b>не</b> горит", serial="999988887777")
    liga = await seed(world, "Līga", language_code="lv", subject="Rēķins nav atnācis", serial="555566667777")
    anna.customer.write("Ошибка связи с сервером эквайринга")
    world.agent.write(anna.topic, "Перезагрузите роутер")
    world.agent.write(boris.topic, "// клиент просит гирлянду")
    await world.settle()
    return anna, boris, liga


async def test_tickets_are_found_by_whatever_is_known_of_them(any_world: World) -> None:
    world = any_world
    anna, boris, liga = await _three(world)
    expected = {
        # The number first; what else fits follows.
        f"/find {anna.number}": [anna.number],
        f"/find #{boris.number}": [boris.number],
        # A serial number in any spelling.
        "/find 1234-5678 9012": [anna.number],
        "/find серийный № 999988887777": [boris.number],
        "/find ٥٥٥٥٦٦٦٦٧٧٧٧": [liga.number],
        # Names, whole or in part, with and without the marks.
        "/find озол": [anna.number],
        "/find @anna_oz": [anna.number],
        "/find liga": [liga.number],
        # Words of the subject, of what either side wrote, of notes; in any case, only all together.
        "/find ЕЛКА": [boris.number],
        "/find rekins": [liga.number],
        "/find эквайр СВЯЗИ": [anna.number],
        "/find роутер": [anna.number],
        "/find гирлянду": [boris.number],
        "/find связи гирлянду": [],
        "/find Терминал": [anna.number],
    }
    found = {command: numbers(await ask(world, command)) for command in expected}
    assert found == expected


async def test_what_was_edited_is_found_by_what_it_says_now(any_world: World) -> None:
    world = any_world
    anna = await seed(world)
    message = anna.customer.write("Мигает светодиод")
    await world.settle()
    anna.customer.person.edit(message, "Мигает лампочка")
    await world.settle()
    assert numbers(await ask(world, "/find светодиод")) == []
    assert numbers(await ask(world, "/find лампочка")) == [anna.number]


HOSTILE = (
    '"', '"связь', "связь*", "AND", "связь OR NOT", "NEAR(а, б)", "said:связь", "%", "_", "' OR 1=1 --", "'",
    "<b>&amp;", "связь:* | !x & (y", "{0} %s", "\\", "x" * 3000, "😀", "١٢٣ 99999999999999999999", "12abc",
    "a/b -5 x@y.lv 1e5", "<->", "нет'ь",
)  # fmt: skip


async def test_hostile_words_find_what_they_say_and_nothing_else(any_world: World) -> None:
    world = any_world
    await seed(world, subject="Ничего похожего", shown=False)
    for typed in HOSTILE:
        answer = await ask(world, f"/find {typed}")
        assert numbers(answer) == []
        assert answer.text == EMPTY or " ".join(typed.split())[:100] in (answer.text or "")


async def test_empty_and_wrong_input_gets_one_kind_sentence(world: World) -> None:
    anna = await seed(world)
    for command in ("/find", "/find   ", "/find !!!"):
        assert (await ask(world, command)).text == EMPTY
    for command in ("/ticket", "/ticket абв", "/ticket -1", "/ticket 10 42"):
        answer = await ask(world, command)
        assert answer.text == "Укажите номер заявки, например /ticket 1042"
    assert (await ask(world, "/ticket 77777")).text == "Заявки #77777 нет."
    assert (await ask(world, "/find 77777")).text == (
        "«77777»: ничего не найдено. Попробуйте указать меньше слов или только начало слова."
    )
    assert await journal_of(world, anna.number) == ["open"]


async def test_one_ticket_in_its_thread_and_elsewhere(any_world: World) -> None:
    world = any_world
    anna = await seed(world, last_name="<i>Б</i>", username="anna_oz")
    await press(world, anna.card, "Взять")
    before = texts(anna.customer.chat)
    here = await ask(world, "/ticket", anna.topic)
    there = await ask(world, f"/Ticket@talon_bot №{anna.number}")
    assert here.text == there.text
    assert (here.text or "").split("\n") == [
        "#1001 · в работе",
        "Терминал не принимает карты",
        "Клиент: Анна <i>Б</i> (@anna_oz)",
        "Серийный номер: 123456789012",
        "Открыта: 23.11.2026 10:00",
        "Ответить до: 25.11.2026 16:00 · ⏳ осталось 23 ч 59 мин рабочего времени",
        "Специалист: Ольга Смирнова",
    ]
    number = str(world.group.id).removeprefix("-100")
    assert addresses(here) == [f"https://t.me/c/{number}/{anna.topic.id}/{anna.card.id}"]
    # Nothing of all that is for the customer, nor an answer to them.
    assert texts(anna.customer.chat) == before
    assert await journal_of(world, anna.number) == ["open", "take"]


async def test_a_ticket_whose_thread_was_deleted(world: World) -> None:
    anna = await seed(world)
    world.agent.delete_topic(anna.topic) if world.group.is_admin(
        world.agent
    ) else world.group.owner.delete_topic(anna.topic)
    assert "#1001 · новая" in ((await ask(world, "/ticket 1001")).text or "")
    # The next message makes a new thread, and the link leads there.
    anna.customer.write("Алло?")
    await world.until(lambda: world.group.topics and world.topic().messages[1:])
    await world.settle()
    (address,) = addresses(await ask(world, "/ticket 1001"))
    assert f"/{world.topic().id}/" in address


async def test_a_plain_group(sqlite_url: str) -> None:
    async with plain_world(sqlite_url) as world:
        anna = await seed(world, shown=False)
        await world.until(lambda: [m for m in world.group.messages if m.buttons])
        card = next(m for m in world.group.messages if m.buttons)
        before = texts(anna.customer.chat)
        answer = await ask(world, "/ticket", reply_to=card)
        assert "#1001 · новая" in (answer.text or "")
        assert addresses(answer) == [f"https://t.me/c/{str(world.group.id).removeprefix('-100')}/{card.id}"]
        assert numbers(await ask(world, "/find терминал", reply_to=card)) == [anna.number]
        assert texts(anna.customer.chat) == before


async def test_pages_are_turned_in_place(any_world: World) -> None:
    world = any_world
    opened = [(await seed(world, f"Клиент {i}", shown=False)).number for i in range(18)]
    page = await ask(world, "/find терминал")
    latest = opened[::-1]
    assert page.text is not None
    assert page.text.startswith("«терминал»: найдено 18 заявок")
    assert page.buttons == [["▶"]]
    assert numbers(page) == latest[:8]
    messages = len(world.group.messages)
    await turn(world, page, "▶")
    assert numbers(page) == latest[8:16]
    assert page.buttons == [["◀", "▶"]]
    await turn(world, page, "▶")
    assert numbers(page) == latest[16:]
    assert page.buttons == [["◀"]]
    await turn(world, page, "◀")
    assert numbers(page) == latest[8:16]
    assert len(world.group.messages) == messages
    # Pages that are not there are the nearest that is; a hostile button is told that it is out of date.
    world.agent.press_data(page, "page:find:1:99")
    await world.settle()
    assert numbers(page) == latest[16:]
    assert (
        await answered(world, world.agent.press_data(page, "page:drop:1:0"))
    ).text == "Эта кнопка больше не действует."


async def test_pages_of_a_former_agent_and_of_yesterday(world: World) -> None:
    for index in range(9):
        await seed(world, f"Клиент {index}", shown=False)
    boris = await colleague(world, "Борис")
    page = await ask(world, "/find терминал", who=boris)
    shown = page.text
    world.group.leave(boris)
    await world.settle()
    assert (
        await turn(world, page, "▶", boris) == "Эта кнопка предназначена только для специалистов поддержки."
    )
    assert page.text == shown
    await leap(world, 26 * 3600)
    assert await turn(world, page, "▶") == "Этот список устарел. Пожалуйста, повторите поиск."
    assert page.text == shown


async def test_customers_and_strangers_find_nothing(world: World) -> None:
    anna = await seed(world)
    stranger = world.customer("Ева")
    await stranger.choose_language("Русский")
    for who in (anna.customer, stranger):
        for command in ("/find терминал", "/ticket 1001", "/queue", "/mine"):
            await who.say(command)
        await world.settle()
        assert not any("#1001 ·" in (m.text or "") for m in who.bots())
    # What a customer with an open ticket writes is for the agents, whatever it looks like.
    assert by_bot(world, anna.topic)[1:] == ["/find терминал", "/ticket 1001", "/queue", "/mine"]


async def test_help_names_the_commands(world: World) -> None:
    anna = await seed(world)
    told = (await ask(world, "/help", anna.topic)).text or ""
    for command in ("/queue", "/mine", "/find", "/ticket", "/note", "/due", "/del", "/faq"):
        assert f"{command}: " in told
    assert "/mark" not in told
    menus = [menu for scope, menu in world.bot.commands.items() if str(world.group.id) in str(scope)]
    assert [each["command"] for each in menus[0]][:4] == ["queue", "mine", "find", "ticket"]
    assert texts(anna.customer.chat) == []
