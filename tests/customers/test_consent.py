"""Consent: nothing is asked before it is given, and nothing stays where it is not."""

from playground import SeenMessage
from tests.customers.conftest import OpenDesk
from tests.customers.looking import (
    PROFILE,
    SERIAL,
    at_review,
    labels,
    latest,
    leap,
    restart,
    said,
    text,
    write_new,
)
from tests.world import Customer, World, texts

FORM = """
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"

[privacy]
consent.ru = "Вы согласны?"
consent.en = "Do you agree to the rules?"
consent.lv = "Vai piekrītat?"
url = "https://example.com/privacy"
"""
TALK = 'intake = "talk"\nchannel = "Requests are taken at support@example.com"\n' + FORM
GATE = PROFILE.gates[0].question.en


async def _new(customer: Customer) -> SeenMessage:
    customer.person.tap(customer.chat, customer.word("New request"))
    await customer.world.settle(0)
    return latest(customer)


async def test_it_is_asked_once_before_anything_else_and_survives_a_restart(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    asked = await _new(anna)
    assert labels(asked) == ["✅ I agree", "I do not agree", "Back", "Cancel"]
    assert "Vendotek technical support" in (asked.text or "")
    await restart(world)
    # Back leads out of the form, and a link of a device does not lead round the question.
    await anna.press("Back")
    anna.person.start(world.bot, f"sn_{SERIAL}")
    await world.settle(0)
    assert labels(latest(anna))[0] == "✅ I agree"
    await anna.press("I agree")
    assert text(anna) == GATE
    assert [each for each in labels(latest(anna)) if "agree" in each] == []
    await anna.press("Back")
    await _new(anna)
    assert text(anna) == GATE


async def test_what_was_written_before_becomes_the_description(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("It is silent")
    await anna.press("New request")
    await anna.say("since <b>yesterday</b>")
    assert "agree" in text(anna)
    assert said(anna, "This is kept for the request.") in text(anna)
    await anna.press("I agree")
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Silence")
    await anna.say(SERIAL)
    await anna.press("Skip")
    await anna.press("Done")
    assert at_review(anna)
    assert "It is silent\n\nsince <b>yesterday</b>" in text(anna)


async def test_who_declines_leaves_nothing_behind_and_may_think_better_of_it(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("It is silent")
    await anna.press("New request")
    anna.person.send_photo(anna.chat, caption="Look")
    await world.settle(0)
    old = latest(anna)
    await anna.press("I do not agree")
    assert "nothing of what you entered or wrote is stored" in text(anna)
    assert labels(latest(anna)) == ["FAQ", "New request"]
    await anna.press("FAQ")
    await anna.say("/new")
    await anna.press("I agree")
    # An old button takes nothing back, and neither does a second press.
    click = anna.person.press_data(old, "p:0:1")
    await world.until(lambda: click.result is not None)
    assert click.result is not None
    assert click.result.text == said(anna, "This step is already answered.")
    await anna.press("No")
    await anna.press("Continue")
    for answer in ("Silence", SERIAL, "Since yesterday"):
        await anna.say(answer)
    await anna.press("Skip")
    await anna.press("Done")
    assert "It is silent" not in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert not [message for message in world.topic().messages if message.kind == "photo"]


async def test_other_rules_are_asked_about_anew_even_in_the_middle_of_a_form(open_desk: OpenDesk) -> None:
    world = await open_desk(FORM)
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    asked = await _new(anna)
    assert asked.text == "Do you agree to the rules?\n\nThe rules in full: https://example.com/privacy"
    await anna.press("I agree")
    await anna.say("It is silent")
    assert at_review(anna)
    review = latest(anna)
    old = anna.person.press_data(review, "p:1:1")
    await world.until(lambda: old.result is not None)
    await open_desk(FORM + "version = 2\n")
    await anna.press("Submit")
    await world.settle()
    assert world.group.topics == []
    assert "Do you agree to the rules?" in text(anna)
    # What was agreed to then is not what is asked now.
    click = anna.person.press_data(review, "p:1:1")
    await world.until(lambda: click.result is not None)
    assert click.result is not None
    assert click.result.text == said(anna, "This button is out of date.")
    await anna.press("I agree")
    assert at_review(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "It is silent" in (world.topic().messages[1].text or "")
    await open_desk(FORM.partition("[privacy]")[0])
    await write_new(anna)
    assert "What happened?" in text(anna)


async def test_where_customers_only_talk_their_words_wait_for_it(open_desk: OpenDesk) -> None:
    world = await open_desk(TALK)
    anna, boris = (world.customer(name, language_code="en") for name in ("Anna", "Boris"))
    for each in (anna, boris):
        await each.choose_language("English")
        await each.say("The till is silent")
        await each.say("since yesterday")
        asked = [m for m in each.bots() if "Do you agree to the rules?" in (m.text or "")]
        assert asked == [latest(each)]
        assert labels(asked[0]) == ["✅ I agree", "I do not agree"]
    assert world.group.topics == []
    await boris.press("I do not agree")
    assert "Requests are taken at support@example.com" in text(boris)
    await anna.press("I agree")
    await world.settle(2)
    assert "The till is silent\n\nsince yesterday" in (world.topic().messages[1].text or "")
    assert said(anna, "What you wrote has been passed on; a specialist will answer here.") in text(anna)
    await boris.say("I have thought better of it")
    await boris.press("I agree")
    await world.settle(2)
    assert "I have thought better of it" in (world.topic().messages[1].text or "")
    assert "since yesterday" not in "\n".join(texts(world.topic()))
    await leap(world, days=1)
    await boris.say("Hello?")
    await world.settle(2)
    assert world.topic().last.text == "Hello?"
