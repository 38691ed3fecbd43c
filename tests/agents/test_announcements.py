"""Announcements: after a preview, to every customer of a language once, whatever happens meanwhile."""

from aiogram.types import User

from playground import DropAfter, Fault, Person, Photo, Refuse, SeenMessage, TooMany
from storage import customers
from tests.agents.seeds import answered, colleague, leap, press, restart, seed
from tests.world import Customer, World, texts

RULES = "Новые правила"


async def _customers(world: World, count: int, language: str | None = "ru") -> list[Customer]:
    """People who have begun to talk to the bot; without a language, who have not chosen one."""
    found = [world.customer(f"Клиент {index}", language_code=language or "lv") for index in range(count)]
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        for each in found:
            each.chat.started = True
            person = each.person
            user = User(id=person.id, is_bot=False, first_name=person.first_name)
            await customers.meet(tx, user)
            if language is not None:
                await customers.set_language(tx, person.id, language)
    return found


async def _propose(
    world: World, who: Person, written: SeenMessage, language: str = "ru"
) -> tuple[SeenMessage, SeenMessage]:
    """Ask for it; gives back the preview and the question below it."""
    who.write(world.group, f"/announce {language}", reply_to=written)
    await world.settle()
    preview, question = world.group.general[-2:]
    return preview, question


def _got(customer: Customer, words: str = RULES) -> int:
    return sum(words in text for text in texts(customer.chat, of=customer.world.bot))


async def test_it_goes_to_all_of_a_language_after_a_preview(world: World) -> None:
    admin = await colleague(world, admin=True)
    russians, english = await _customers(world, 3), await _customers(world, 2, "en")
    undecided = await _customers(world, 1, None)
    gone = russians.pop()
    gone.person.block(world.bot)
    await world.settle()
    bold = [{"type": "bold", "offset": 0, "length": 5}]
    written = admin.write(world.group, RULES, entities=bold)
    preview, question = await _propose(world, admin, written)
    assert preview.text == RULES
    assert preview.entities == written.entities
    assert "3 клиента" in (question.text or "")
    assert question.buttons == [["📣 Разослать", "Отменить"]]
    assert [_got(each) for each in russians] == [0, 0]
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(40)
    # Who has chosen no language counts to the desk's first one.
    assert [_got(each) for each in [*russians, *undecided, *english, gone]] == [1, 1, 1, 0, 0, 0]
    assert russians[0].bots()[-1].entities == written.entities
    assert question.text == "Объявление отправлено.\nПолучили: 3\nНе удалось доставить: 0"
    assert question.buttons == []


async def test_pictures_go_as_pictures_and_to_everybody(world: World) -> None:
    admin = await colleague(world, admin=True)
    people = await _customers(world, 1) + await _customers(world, 1, "lv")
    written = admin.send(world.group, Photo(), RULES)
    preview, question = await _propose(world, admin, written, "all")
    assert preview.kind == "photo"
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(20)
    for each in people:
        assert each.bots()[-1].kind == "photo"
        assert each.bots()[-1].file is written.file


async def test_an_album_goes_as_a_whole_whichever_item_is_replied_to(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna = (await _customers(world, 1))[0]
    album = world.agent.send_album(world.group, [Photo(), Photo(), Photo()], "Старые правила")
    await world.settle()
    world.agent.edit(album[0], RULES)
    await restart(world)
    admin.write(world.group, "/announce ru", reply_to=album[1])
    await world.settle()
    *preview, question = world.group.general[-4:]
    assert [m.file_id for m in preview] == [m.file_id for m in album]
    assert [m.text for m in preview] == [RULES, None, None]
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(20)
    got = anna.bots()[-3:]
    assert [m.file_id for m in got] == [m.file_id for m in album]
    assert [m.text for m in got] == [RULES, None, None]
    assert len({m.album for m in got}) == 1
    assert "Получили: 1\n" in (question.text or "")

    # What is not known any more is not sent in part.
    await leap(world, 26 * 3600)
    asked = admin.write(world.group, "/announce ru", reply_to=album[1])
    await world.settle()
    assert world.group.general[-1].reply_to is asked
    assert "Отправьте его ещё раз" in (world.group.general[-1].text or "")


async def test_what_agents_sent_to_a_customer_is_announced_as_it_was(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna = await seed(world)
    album = admin.send_album(anna.topic, [Photo(), Photo()], RULES)
    await world.settle()
    admin.write(anna.topic, "/announce ru", reply_to=album[1])
    await world.settle()
    *preview, question = world.group.general[-3:]
    assert [m.file_id for m in preview] == [m.file_id for m in album]
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(20)
    assert [m.file_id for m in anna.customer.bots()[-2:]] == [m.file_id for m in album]


async def test_a_cancelled_one_goes_to_nobody_and_what_is_missing_is_said(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna = (await _customers(world, 1))[0]
    written = admin.write(world.group, RULES)
    _, question = await _propose(world, admin, written)
    await press(world, question, "Отменить", who=admin)
    assert question.text == "Объявление не отправлено."
    for command, reply in (("/announce ru", None), ("/announce de", written), ("/announce", written)):
        admin.write(world.group, command, reply_to=reply)
        await world.settle()
        assert "/announce ru" in (world.group.general[-1].text or ""), command
    world.agent.write(world.group, "/announce ru", reply_to=written)
    await world.settle()
    assert "только администраторы" in (world.group.general[-1].text or "")
    # Nor may an agent press what an administrator was shown.
    _, question = await _propose(world, admin, written)
    assert "только администраторы" in await press(world, question, "📣 Разослать")
    await world.settle(20)
    assert _got(anna) == 0


async def test_a_stop_of_the_bot_and_faults_leave_nobody_out_and_tell_nobody_twice(any_world: World) -> None:
    world = any_world
    admin = await colleague(world, admin=True)
    people = await _customers(world, 130)
    gone, silent, busy = people[3], people[5], people[110]
    faults = world.pg.faults
    faults.add(Fault("sendMessage", Refuse(403, "Forbidden: user is deactivated"), gone.person.id))
    faults.add(Fault("sendMessage", Refuse(400, "Bad Request: NO"), silent.person.id))
    faults.add(Fault("sendMessage", TooMany(7), busy.person.id))
    _, question = await _propose(world, admin, admin.write(world.group, RULES))
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(2)
    assert 0 < sum(map(_got, people)) < 100
    await world.stop()
    await world.start()
    await world.settle(1)
    assert "отправляется" in (question.text or "")
    assert question.buttons == [["Остановить"]]
    await world.settle(60)
    assert {index: got for index, each in enumerate(people) if (got := _got(each)) != 1} == {3: 0, 5: 0}
    assert question.text == "Объявление отправлено.\nПолучили: 128\nНе удалось доставить: 2"


async def test_it_can_be_stopped_and_never_stands_before_a_conversation(world: World) -> None:
    admin = await colleague(world, admin=True)
    people = await _customers(world, 60)
    anna = await seed(world)
    _, question = await _propose(world, admin, admin.write(world.group, RULES))
    written = admin.write(world.group, "Ещё одно")
    _, second = await _propose(world, admin, written)
    await press(world, question, "📣 Разослать", who=admin)
    assert "другое объявление" in await press(world, second, "📣 Разослать", who=admin)
    await world.until(lambda: sum(map(_got, people)) > 5)
    world.agent.write(anna.topic, "Здравствуйте")
    await world.settle(0.2)
    assert "Здравствуйте" in texts(anna.customer.chat)
    await press(world, question, "Остановить", who=admin)
    await world.settle(20)
    got = sum(map(_got, [*people, anna.customer]))
    assert 0 < got < 61
    assert f"Получили: {got}\n" in (question.text or "")
    assert f"Осталось: {61 - got}" in (question.text or "")
    assert question.buttons == []
    await press(world, second, "📣 Разослать", who=admin)
    await world.settle(20)
    assert [_got(each, "Ещё одно") for each in people] == [1] * 60


async def test_a_lost_answer_is_no_lost_customer(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna, boris = await _customers(world, 2)
    world.pg.faults.add(Fault("sendMessage", DropAfter(), anna.person.id))
    _, question = await _propose(world, admin, admin.write(world.group, RULES))
    await press(world, question, "📣 Разослать", who=admin)
    await world.settle(40)
    # Telegram had it when the connection broke: the one repeat that cannot be told from a loss.
    assert (_got(anna), _got(boris)) == (2, 1)
    assert "Получили: 2\n" in (question.text or "")


async def test_strangers_with_copied_buttons_announce_and_erase_nothing(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna = await seed(world)
    eve = await seed(world, "Ева")
    _, question = await _propose(world, admin, admin.write(world.group, RULES))
    admin.write(anna.topic, "/erase")
    await world.settle()
    sensitive = [*_datas(question), *_datas(anna.topic.last)]
    assert len(sensitive) == 4
    await eve.customer.say("/help")
    screen = eve.customer.bots()[-1]
    for data in sensitive:
        click = eve.customer.person.press_data(screen, data)
        assert "только для специалистов" in (await answered(world, click)).text, data
    # Whoever is no administrator any more is none when the button is pressed, either.
    world.group.demote(admin)
    await world.settle()
    for shown, label in ((question, "📣 Разослать"), (anna.topic.last, "🗑 Удалить навсегда")):
        assert "только администраторы" in await press(world, shown, label, who=admin)
    await world.settle(20)
    assert _got(eve.customer) == 0
    await anna.customer.say("/my")
    assert anna.customer.word("You have no requests yet.") not in texts(anna.customer.chat)


def _datas(message: SeenMessage) -> list[str]:
    return [message.button(label)["callback_data"] for row in message.buttons for label in row]


async def test_an_anonymous_administrator_may(world: World) -> None:
    admin = await colleague(world, admin=True)
    anna = (await _customers(world, 1))[0]
    written = admin.write(world.group, RULES)
    admin.write(world.group, "/announce ru", reply_to=written, anonymous=True)
    await world.settle()
    await press(world, world.group.general[-1], "📣 Разослать", who=admin)
    await world.settle(20)
    assert _got(anna) == 1
