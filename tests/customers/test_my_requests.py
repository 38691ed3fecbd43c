"""My requests: the list and its pages, one request, closing and reopening, and other people's numbers."""

from dialogs.buttons import FormButton, RequestButton, SolvedButton, WhereButton
from dialogs.form import ADVICE, DUPLICATE
from tests.customers.looking import (
    OTHER_SERIAL,
    SERIAL,
    is_closed,
    labels,
    latest,
    said,
    text,
    write_new,
)
from tests.world import Customer, World, texts


def send_a_form(customer: Customer, draft: int) -> None:
    """Everything a form needs, as fast as a machine types."""
    person, chat = customer.person, customer.chat
    screen = customer.bots()[0]
    person.tap(chat, "New request")
    person.press_data(screen, FormButton(act="no", draft=draft, step="gate.supplier").pack())
    person.press_data(screen, FormButton(act="pass", draft=draft, step=ADVICE).pack())
    for words in (f"Subject {draft}", f"1234567890{draft:02}", "Details", "Skip", "Done", "Submit"):
        customer.write(words)


async def test_the_list_turns_its_pages_and_opens_each_request(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("/my")
    assert said(anna, "You have no requests yet.") == text(anna)
    assert labels(latest(anna)) == ["New request"]
    await write_new(anna)
    for draft in range(1, 9):
        send_a_form(anna, draft)
    await world.settle(3)
    assert len(world.group.topics) == 8
    await anna.say("/my")
    assert text(anna) == "You have 8 requests."
    assert labels(latest(anna)) == [*(f"#{n} · new · Subject {n - 1000}" for n in range(1008, 1002, -1)), "▶"]
    await anna.press("▶")
    assert labels(latest(anna)) == ["#1002 · new · Subject 2", "#1001 · new · Subject 1", "◀"]
    await anna.press("◀")
    await anna.press("▶")
    await anna.press("#1001 · new · Subject 1")
    assert "#1001 · new" in text(anna)
    assert "123456789001" in text(anna)
    await anna.press("Back")
    assert text(anna) == "You have 8 requests."


async def test_one_request_shows_its_state_and_conversation_and_can_be_closed_and_reopened(
    world: World,
) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English", subject="Silence", description="Since yesterday")
    card = topic.messages[1]
    world.agent.write(topic, "Please restart it")
    world.agent.write(topic, "// a note for us")
    await world.settle(2)
    anna.person.send_photo(anna.chat, caption="Done that")
    await world.settle(2)
    await anna.say("My requests")
    await anna.press("#1001 · in progress · Silence")
    shown = text(anna)
    for words in ("#1001 · in progress", "Silence", SERIAL, "Since yesterday", "Please restart it"):
        assert words in shown
    assert "Specialist" in shown
    assert "[photo] Done that" in shown
    assert "a note" not in shown
    assert "Ольга" not in shown

    await anna.press("Close request")
    assert text(anna).startswith("Thank you! Request #1001 is closed.")
    await world.settle(2)
    assert is_closed(topic)
    assert "закрыта" in (card.text or "")
    await anna.press("Reopen")
    await world.settle(2)
    assert not is_closed(topic)
    assert "в работе" in (card.text or "")
    await anna.say("My requests")
    await anna.press("#1001 · in progress · Silence")
    toast = await anna.press("Write")
    assert toast == said(anna, "Write now: your next message goes to request #{number}.", number=1001)
    await anna.say("It is on again")
    await world.settle(2)
    assert texts(topic)[-1] == "It is on again"


async def test_another_customers_numbers_in_forged_buttons_open_nothing(any_world: World) -> None:
    world = any_world
    anna = world.customer("Anna", language_code="en")
    topic = await anna.open_ticket("English", subject="A secret")
    before = len(topic.messages)
    mallory = world.customer("Mallory", language_code="en")
    await mallory.choose_language("English")
    screen = latest(mallory)

    async def forge(data: str) -> str:
        click = mallory.person.press_data(screen, data)
        await world.until(lambda: click.result is not None)
        assert click.result is not None
        return click.result.text

    for act in ("show", "close", "reopen", "write"):
        assert await forge(RequestButton(act=act, number=1001).pack()) == "This is not one of your requests."
    for yes in (True, False):
        assert await forge(SolvedButton(yes=yes, number=1001).pack()) == "This is not one of your requests."
    assert await forge(WhereButton(number=1001).pack()) == "This button is out of date."
    for number in ("-5", str(10**20), "0", "x"):
        for data in (f"r:list:{number}", f"r:show:{number}", f"s:1:{number}", f"w:{number}"):
            await forge(data)
    await forge("r:list:1000000")
    await forge("l:xx")
    await forge("q:nothing")
    await forge("m:nowhere")
    await forge("nonsense")
    # At a step of a form of one's own, where the button of an open ticket names that ticket.
    await write_new(mallory)
    await mallory.say("/cancel")
    await write_new(mallory)
    for answer in ("No", "Continue"):
        await mallory.press(answer)
    await mallory.say("Mine")
    draft = next(
        FormButton.unpack(button["callback_data"]).draft
        for row in (latest(mallory).markup or {})["inline_keyboard"]
        for button in row
    )
    await forge(FormButton(act="use", draft=draft, step="serial", value="<b>no number").pack())
    assert "no number" not in text(mallory)
    await forge(FormButton(act="join", draft=draft, step=DUPLICATE, value="1001").pack())
    await mallory.say(OTHER_SERIAL)
    await mallory.say("Details")
    await mallory.press("Skip")
    await mallory.press("Done")
    await mallory.press("Submit")
    await world.settle(2)
    await write_new(mallory)
    for answer in ("No", "Continue"):
        await mallory.press(answer)
    await mallory.say("Mine again")
    await mallory.say(OTHER_SERIAL)
    for value in ("1001", "x", str(10**20)):
        await forge(FormButton(act="join", draft=draft + 1, step=DUPLICATE, value=value).pack())
    await mallory.say("Is it open?")
    await world.settle(2)

    assert len(topic.messages) == before, world.report()
    assert not is_closed(topic)
    assert not any("secret" in words for words in texts(mallory.chat))
    # Nothing of this is our own code's failure.
    assert not [message for message in world.group.general if message.sender is world.bot]
