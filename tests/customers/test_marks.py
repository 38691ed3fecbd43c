"""A type that only some customers may have: they are told how to get it, and nothing of theirs is lost."""

import pytest

from locales import translator
from playground import SeenMessage
from tests.agents.seeds import answered, journal_of, press, seed
from tests.customers.conftest import OpenDesk
from tests.customers.looking import labels, said, text, write_new
from tests.customers.test_types import choose
from tests.world import Customer, World, texts

PROFILE = """
[[marks]]
key = "owner"
label.ru = "Владелец"
label.en = "Owner"
label.lv = "Īpašnieks"
how = "Write from the address of your shop"
[[marks]]
key = "premium"
label = "Premium"
[[types]]
key = "help"
label = "Help"
[[types]]
key = "removal"
label = "Removal"
needs = "owner"
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
"""


async def _at_removal(world: World) -> Customer:
    anna = world.customer("Anna", language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    await choose(anna, "Removal")
    assert "Write from the address of your shop" in text(anna)
    assert "Owner" in text(anna)
    return anna


async def _ticket(anna: Customer) -> SeenMessage:
    """Another ticket of hers, which is where agents meet her; gives back its card."""
    world = anna.world
    await anna.press("Back")
    await choose(anna, "Help")
    await anna.say("Please confirm me")
    await anna.press("Submit")
    await world.settle(2)
    return world.topic().messages[1]


@pytest.mark.parametrize("way", ["button", "command"])
async def test_whoever_lacks_the_mark_is_told_how_to_get_it_and_goes_on_with_it(
    open_desk: OpenDesk, way: str
) -> None:
    world = await open_desk(PROFILE)
    anna = await _at_removal(world)
    # Neither a second look nor a word opens the form.
    await anna.press("Continue")
    assert "Write from the address" in text(anna)
    card = await _ticket(anna)
    topic = world.topic()
    assert "Отметки" in labels(card)
    assert "Отметки:" not in (card.text or "")

    await anna.say("/privacy")
    assert "what they have confirmed about you" in text(anna)
    await write_new(anna)
    await choose(anna, "Removal")
    assert "Write from the address" in text(anna)
    await write_new(anna)
    anna.person.send_photo(anna.chat)
    await world.settle(1)
    if way == "button":
        await press(world, card, "Отметки")
        marks = topic.last
        assert labels(marks) == ["☐ Владелец", "☐ Premium"]
        assert await press(world, marks, "☐ Владелец") == "Клиенту поставлена отметка: Владелец"
        assert labels(marks) == ["✅ Владелец", "☐ Premium"]
    else:
        world.agent.write(topic, "/mark  владелец")
        await world.settle(2)
        assert topic.last.text == "Клиенту поставлена отметка: Владелец"
    assert "Отметки: Владелец" in (card.text or "")
    assert said(anna, "A specialist has confirmed: <b>{mark}</b>.", mark="Owner") in text(anna)
    await anna.press("Continue")
    assert "What happened?" in text(anna)
    await anna.say("Delete it all")
    # An agent may change their mind until the very end.
    world.agent.write(topic, "/unmark owner")
    await world.settle(2)
    assert "Отметки:" not in (card.text or "")
    await anna.press("Submit")
    assert "Write from the address" in text(anna)
    assert len(world.group.topics) == 1
    world.agent.write(topic, "/mark owner")
    await world.settle(2)
    await anna.press("Continue")
    assert "Delete it all" in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "Removal" in (world.topic().messages[1].text or "")
    assert [message.kind for message in world.topic().messages[2:]] == ["photo"]
    assert await journal_of(world, 1001) == ["open", "mark", "unmark", "mark"]


async def test_marks_of_agents_stay_with_them(open_desk: OpenDesk) -> None:
    world = await open_desk(PROFILE)
    anna = await seed(world)
    heard = len(anna.customer.bots())
    for wrong in ("/mark boss", "/mark <b>"):
        world.agent.write(anna.topic, wrong)
        await world.settle(2)
        assert "owner, premium" in (anna.topic.last.text or "")
        assert wrong.removeprefix("/mark ") in (anna.topic.last.text or "")
    world.agent.write(anna.topic, "/mark premium")
    world.agent.write(anna.topic, "/mark premium")
    await world.settle(2)
    assert "Отметки: Premium" in (anna.card.text or "")
    world.agent.write(anna.topic, "/mark")
    await world.settle(2)
    marks = anna.topic.last
    assert labels(marks) == ["☐ Владелец", "✅ Premium"]
    # Nobody else sets marks: not the customer, nor somebody who is no agent.
    eve = world.pg.add_person("Eve", language_code="en")
    data = marks.button("☐ Владелец")["callback_data"]
    for person, language in ((anna.customer.person, "ru"), (eve, "en")):
        click = person.press_data(marks, data)
        refused = translator(language).plain("This button is for the desk's agents.")
        assert (await answered(world, click)).text == refused
    anna.customer.write("/mark owner")
    await world.settle(2)
    assert "Владелец" not in (anna.card.text or "").split("Отметки:")[1]
    assert await press(world, marks, "✅ Premium") == "Отметка снята с клиента: Premium"
    assert "Отметки:" not in (anna.card.text or "")
    # None of it reached the customer.
    assert len(anna.customer.bots()) == heard
    assert "/mark owner" in texts(anna.topic)
    assert await journal_of(world, anna.number) == ["open", "mark", "unmark"]


async def test_a_desk_without_marks_says_so_and_tells_no_customer(world: World) -> None:
    anna = await seed(world)
    world.agent.write(anna.topic, "/mark owner")
    await world.settle(2)
    assert anna.topic.last.text == "В профиле этой службы нет отметок."
    assert texts(anna.customer.chat) == []
