"""A desk where customers only talk: requests are made elsewhere, and that is told first."""

from playground import Photo
from tests.agents.seeds import press
from tests.customers.conftest import OpenDesk
from tests.customers.looking import is_closed, leap, said, text, write_new
from tests.world import texts

FORM = """
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
"""
PROFILE = (
    """
intake = "talk"
channel.ru = "Заявки принимает support@example.com"
channel.en = "Requests are taken at support@example.com"
channel.lv = "Pieteikumus pieņem support@example.com"
"""
    + FORM
)


async def test_what_is_written_begins_a_conversation_and_names_the_official_channel(
    open_desk: OpenDesk,
) -> None:
    world = await open_desk(PROFILE)
    anna = world.customer("Anna", language_code="lv")
    await anna.say("Kase <b>nedarbojas</b>\nkopš rīta")
    await anna.choose_language("Latviešu")
    await world.settle(2)
    welcome, told = texts(anna.chat, of=world.bot)[-2:]
    assert "Pieteikumus pieņem support@example.com" in welcome
    assert told.startswith("Pieteikumus pieņem support@example.com")
    assert said(anna, "What you wrote has been passed on; a specialist will answer here.") in told
    assert "pieteikums ir reģistrēts" not in told
    assert anna.chat.keyboard == [[anna.word("FAQ"), anna.word("Language")]]
    topic = world.topic()
    card = topic.messages[1]
    assert "Kase <b>nedarbojas</b>\nkopš rīta" in (card.text or "")
    assert len(topic.messages) == 2

    # From now on it is relayed, without another word; commands of requests point to the channel.
    heard = len(anna.bots())
    await anna.say("Steidzami!")
    await world.settle(2)
    assert texts(topic)[-1] == "Steidzami!"
    assert len(anna.bots()) == heard
    world.agent.write(topic, "Pārstartējiet")
    await world.settle(2)
    assert text(anna) == "Pārstartējiet"
    for command in ("/new", "Jauns pieteikums"):
        await anna.say(command)
        assert "support@example.com" in text(anna)
        assert said(anna, "To talk to our specialists, just write here.") in text(anna)
    await anna.say("/help")
    assert "/new" not in text(anna)
    assert len(world.group.topics) == 1

    await press(world, card, "Решить")
    assert said(anna, "Yes, solved") in str(anna.bots()[-1].buttons)
    assert "#1001" not in text(anna)
    await anna.press("No, not solved")
    assert "#1001" not in text(anna)
    await press(world, card, "Закрыть")
    assert text(anna) == said(anna, "This conversation is closed. To begin another, just write here.")
    assert is_closed(topic)

    # The next one begins with an album, and is one conversation.
    anna.person.send_album(anna.chat, [Photo(), Photo(), Photo()], "Un tagad šis")
    await world.settle(3)
    assert len(world.group.topics) == 2
    assert [message.kind for message in world.topic().messages[2:]] == ["photo"] * 3
    assert sum("support@example.com" in words for words in texts(anna.chat, of=world.bot)[heard:]) == 3

    # A reply to what was closed goes on with that.
    answer = next(message for message in anna.bots() if message.text == "Pārstartējiet")
    await anna.say("Par šo vēlreiz", reply_to=answer)
    await world.settle(2)
    assert texts(topic)[-1] == "Par šo vēlreiz"
    assert not is_closed(topic)
    assert text(anna) == said(anna, "This conversation goes on.")
    world.agent.press(world.topic().messages[1], "Закрыть")
    world.agent.press(card, "Закрыть")
    await world.settle(2)
    await leap(world, days=15)
    await anna.say("Pēc ilga laika", reply_to=answer)
    await world.settle(2)
    assert len(world.group.topics) == 3
    assert "#1001" in (world.topic().messages[1].text or "")
    assert text(anna) == "Pieteikumus pieņem support@example.com"


async def test_a_draft_of_before_becomes_part_of_the_conversation(open_desk: OpenDesk) -> None:
    world = await open_desk(FORM)
    anna = world.customer("Anna", language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    anna.person.send_photo(anna.chat, caption="The till")
    await world.settle(1)
    await anna.press("Back")
    before = anna.bots()[-1]
    await open_desk(PROFILE)
    # Old buttons and labels open no form.
    anna.person.press(before, next(label for row in before.buttons for label in row))
    await world.settle(1)
    assert not world.group.topics
    await anna.say("Back")
    await world.settle(3)
    topic = world.topic()
    assert "The till" in (topic.messages[1].text or "")
    assert "Back" in (topic.messages[1].text or "")
    assert [message.kind for message in topic.messages[2:]] == ["photo"]
    assert text(anna).startswith("Requests are taken at support@example.com")
