"""The frequent questions: searching them, saying whether they helped, going on with what was typed."""

from tests.agents.seeds import leap, seed
from tests.customers.looking import labels, latest, text
from tests.world import Customer, World, texts

HELPED, NEED_HELP = "This helped", "I still need help"
INTERNET = "How do I check the internet access?"


async def _faq(world: World, language: str = "English", code: str = "en") -> Customer:
    anna = world.customer(language_code=code)
    await anna.choose_language(language)
    await anna.say("/faq")
    return anna


async def test_what_helped_ends_without_a_ticket_and_is_counted(world: World) -> None:
    anna = await _faq(world)
    await anna.say("no conection to the interet")
    assert labels(latest(anna))[0] == INTERNET
    await anna.press(INTERNET)
    await anna.press(HELPED)
    assert text(anna) == "Glad to hear that! If anything else comes up, just write."
    assert not world.group.topics
    boris = await _faq(world, "Русский", "ru")
    await boris.press("Как проверить доступ в интернет?")
    await boris.press(NEED_HELP)
    world.agent.write(world.group, "/faq")
    await world.settle()
    counted = next(t for t in texts(world.group, of=world.bot) if "Частые вопросы" in t)
    assert "Как проверить доступ в интернет?\nпомогло: 1, не помогло: 1" in counted
    # The last word of a customer counts, once.
    await anna.say("/faq")
    await anna.press(INTERNET)
    await anna.press(NEED_HELP)
    world.agent.write(world.group, "/faq")
    await world.settle()
    assert "помогло: 0, не помогло: 2" in texts(world.group, of=world.bot)[-1]


async def test_what_was_typed_becomes_the_description(world: World) -> None:
    anna = await _faq(world)
    await anna.say("The bank does not answer")
    await anna.say("since Monday, <b>every</b> payment")
    await anna.press(NEED_HELP)
    await anna.agree()
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("No payments")
    await anna.say("123456789012")
    await anna.press("Skip")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle()
    card = world.topic().messages[1].text or ""
    assert "The bank does not answer" in card
    assert "since Monday, <b>every</b> payment" in card


async def test_what_resembles_nothing_is_said(world: World) -> None:
    anna = await _faq(world, "Latviešu", "lv")
    await anna.say("xyzzy")
    assert "neatradām" in text(anna)
    assert labels(latest(anna)) == [anna.word(NEED_HELP)]


async def test_with_an_open_request_nothing_typed_is_lost(world: World) -> None:
    anna = await seed(world, language_code="en")
    await anna.customer.say("/faq")
    # A search that finds something waits for the customer to say what it was.
    await anna.customer.say("antenna")
    assert "antenna" not in texts(anna.topic)
    await anna.customer.press(NEED_HELP)
    await world.settle()
    assert "antenna" in texts(anna.topic)
    # What cannot be a search goes where everything goes.
    await anna.customer.say("/faq")
    await anna.customer.say("xyzzy")
    await world.settle()
    assert "xyzzy" in texts(anna.topic)
    await anna.customer.say("/faq")
    await leap(world, 2 * 3600)
    await anna.customer.say("bank")
    await world.settle()
    assert "bank" in texts(anna.topic)


async def test_in_the_form_the_questions_do_not_take_the_answers(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.begin("English")
    anna.person.tap(anna.chat, "FAQ")
    await world.settle(0)
    await anna.press(INTERNET)
    await anna.press(HELPED)
    assert text(anna) == "Glad to hear that! Do you still want to send the request you were filling in?"
    await anna.press("Cancel")
    assert "Nothing was sent" in text(anna)
