"""Messages outside the intake: each finds its ticket, or is kept until the customer says where it goes."""

from playground import Photo
from tests.agents.seeds import journal_of
from tests.customers.looking import (
    OTHER_SERIAL,
    PROFILE,
    SERIAL,
    is_closed,
    labels,
    latest,
    leap,
    open_another,
    said,
    text,
)
from tests.world import Customer, World, texts

WHERE = "Which request is this about? What you sent is kept."


async def with_two_tickets(customer: Customer) -> None:
    """Open #1001 and #1002."""
    await customer.open_ticket("English", subject="The first")
    await open_another(customer, OTHER_SERIAL, "The second")


async def test_what_has_no_ticket_is_kept_and_becomes_the_description_of_one(world: World) -> None:
    anna = world.customer(language_code="en")
    # Even before a language was chosen nothing is lost.
    await anna.say("It is silent")
    assert labels(latest(anna)) == ["English", "Русский", "Latviešu"]
    await anna.choose_language("English")
    assert PROFILE.welcome.in_language("en") in "".join(texts(anna.chat))
    assert "What you sent is kept" in text(anna)
    photo = anna.person.send_photo(anna.chat, caption="Look")
    await world.settle(0)
    await anna.say("Since yesterday")
    offers = [message for message in anna.bots() if "What you sent is kept" in (message.text or "")]
    assert offers == [latest(anna)]
    await anna.press("New request")
    await anna.agree()
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Silence")
    await anna.say(SERIAL)
    await anna.press("Skip")
    await anna.press("Done")
    assert "It is silent\n\nLook\n\nSince yesterday" in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    card, *files = world.topic().messages[1:]
    for words in ("It is silent", "Since yesterday"):
        assert words in (card.text or "")
    assert [file.file_id for file in files] == [photo.file_id]


async def test_the_only_open_ticket_gets_it_and_a_resolved_one_asks_again(world: World) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English")
    card = topic.messages[1]
    anna.write("It blinks now")
    anna.person.send_voice(anna.chat)
    await world.settle(2)
    assert [message.kind for message in topic.messages[-2:]] == ["text", "voice"]

    world.agent.press(card, "Решить")
    await world.settle(2)
    question = said(
        anna,
        "The specialist considers request #{number} resolved: <b>{subject}</b>.",
        number=1001,
        subject="Терминал не принимает карты",
    )
    question += "\n\n" + said(anna, "Is the problem solved?")
    assert texts(anna.chat).count(question) == 1
    await anna.say("Wait, let me see")
    await world.settle(2)
    assert texts(topic)[-1] == "Wait, let me see"
    assert texts(anna.chat).count(question) == 2
    assert "решена" in (card.text or "")

    old, new = [message for message in anna.bots() if message.text == question]
    await anna.press("No, not solved")
    assert said(
        anna,
        "We are working on request #{number} again. Please tell us what is missing or does not work.",
        number=1001,
    ) == (new.text or "")
    await world.settle(2)
    assert "в работе" in (card.text or "")
    click = anna.person.press(old, "Yes, solved")
    await world.settle(2)
    assert click.result is not None
    assert click.result.text == said(anna, "This question is already answered.")
    assert "в работе" in (card.text or "")
    await anna.say("The screen stays black")
    await world.settle(2)
    assert texts(topic)[-1] == "The screen stays black"

    world.agent.press(card, "Решить")
    await world.settle(2)
    await anna.press("Yes, solved")
    await world.settle(2)
    assert is_closed(topic)
    assert "закрыта" in (card.text or "")


async def test_several_that_were_kept_resume_a_waiting_ticket_once(world: World) -> None:
    anna = world.customer(language_code="en")
    await with_two_tickets(anna)
    topic = next(topic for topic in world.group.topics if topic.name.startswith("#1001"))
    world.agent.write(topic, "Please look at the display")
    await world.settle(2)
    world.agent.press(topic.messages[1], "Ждать клиента")
    await world.settle(2)
    for line in ("It is", "quite", "dark"):
        await anna.say(line)
    await anna.press("The first")
    await world.settle(2)
    assert [message.text for message in topic.messages[-3:]] == ["It is", "quite", "dark"]
    assert (await journal_of(world, 1001))[-2:] == ["wait", "customer_message"]


async def test_silence_closes_a_resolved_ticket_and_a_word_tells_so(world: World) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English")
    world.agent.press(topic.messages[1], "Решить")
    await world.settle(2)
    await leap(world, hours=71)
    assert not is_closed(topic)
    await leap(world, hours=1, minutes=1)
    assert is_closed(topic)
    closed = "Request #{number} has been closed: you did not tell us that the problem remains."
    assert text(anna).startswith(said(anna, closed, number=1001))
    await anna.press("Reopen")
    await world.settle(2)
    assert not is_closed(topic)


async def test_with_several_open_tickets_the_customer_is_asked_once_and_all_goes_there_in_order(
    any_world: World,
) -> None:
    world = any_world
    anna = world.customer(language_code="en")
    await with_two_tickets(anna)
    first, second = world.group.topics
    before = len(first.messages), len(second.messages)
    await anna.say("One")
    assert text(anna) == WHERE
    assert labels(latest(anna)) == ["#1001 · The first", "#1002 · The second", "New request"]
    await anna.say("Two")
    album = anna.person.send_album(anna.chat, [Photo(), Photo()], caption="Three")
    await world.settle(2)
    await anna.say("Four")
    assert [message.text for message in anna.bots()].count(WHERE) == 1
    assert text(anna) == WHERE
    assert (len(first.messages), len(second.messages)) == before
    await anna.press("#1001 · The first")
    await world.settle(3)
    relayed = first.messages[before[0] :]
    assert [message.text for message in relayed if message.text] == ["One", "Two", "Three", "Four"]
    assert [message.file_id for message in relayed if message.file_id] == [item.file_id for item in album]
    # What follows belongs there too.
    await anna.say("Five")
    await world.settle(2)
    assert texts(first)[-1] == "Five"
    assert len(second.messages) == before[1]

    # A reply names its ticket, whichever the customer wrote to before.
    answer = world.agent.write(second, "About the second")
    await world.settle(2)
    shown = await anna.sees("About the second")
    assert "#1002" in (shown.text or "")
    anna.write("Thanks for that", reply_to=shown)
    await world.settle(2)
    assert second.last.text == "Thanks for that"
    assert second.last.reply_to is answer
    assert texts(first)[-1] == "Five"


async def test_what_waits_for_a_choice_can_become_a_new_request(world: World) -> None:
    anna = world.customer(language_code="en")
    await with_two_tickets(anna)
    await anna.say("Something else altogether")
    await anna.press("New request")
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("The third")
    await anna.say("555566667777")
    await anna.press("Skip")
    await anna.press("Done")
    assert "Something else altogether" in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "Something else altogether" in (world.topic().messages[1].text or "")
    assert not any("Something else altogether" in words for t in world.group.topics[:2] for words in texts(t))


async def test_a_reply_to_a_closed_ticket_reopens_it_within_the_window_else_opens_a_linked_one(
    world: World,
) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English", subject="Silence")
    card = topic.messages[1]
    world.agent.write(topic, "Please restart it")
    await world.settle(2)
    shown = await anna.sees("Please restart it")

    world.agent.press(card, "Закрыть")
    await world.settle(2)
    assert is_closed(topic)
    assert text(anna).startswith(
        said(anna, "Request #{number} has been closed by a specialist.", number=1001)
    )
    await leap(world, days=13)
    anna.write("It did not help", reply_to=shown)
    await world.settle(3)
    assert not is_closed(topic)
    assert texts(topic)[-1] == "It did not help"
    assert said(anna, "Request #{number} is open again.", number=1001) in texts(anna.chat)
    assert "в работе" in (card.text or "")

    world.agent.press(card, "Закрыть")
    await world.settle(2)
    await leap(world, days=15)
    anna.write("Again the same", reply_to=shown)
    await world.settle(3)
    assert is_closed(topic)
    linked = world.topic()
    assert linked.name == f"#1002 · {SERIAL} · Анна"
    assert "#1001" in (linked.messages[1].text or "")
    assert texts(linked)[-1] == "Again the same"
    assert said(
        anna,
        "Request #{old} was closed long ago, so this goes on as request #{number}.",
        old=1001,
        number=1002,
    ) in [text.split("\n")[0] for text in texts(anna.chat)]
    # Without a reply it is the only open one that gets it.
    await anna.say("And another thing")
    await world.settle(2)
    assert texts(linked)[-1] == "And another thing"


async def test_with_no_open_ticket_a_word_after_the_close_is_offered_as_a_new_request(world: World) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English")
    world.agent.press(topic.messages[1], "Закрыть")
    await world.settle(2)
    said_before = len(topic.messages)
    await anna.say("Thank you!")
    await world.settle(2)
    assert "What you sent is kept" in text(anna)
    assert len(topic.messages) == said_before
