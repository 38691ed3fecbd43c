"""Several things at once: split albums, quick fingers, two customers, three quick messages."""

from playground import Photo, Video
from tests.customers.looking import (
    SERIAL,
    at_attachments,
    at_step,
    latest,
    said,
    text,
)
from tests.world import Customer, World, texts


def album_of(customer: Customer, size: int) -> list[str | None]:
    """Send an album; gives back what tells its files apart."""
    kinds = [Photo() if at % 3 else Video() for at in range(size)]
    sent = customer.person.send_album(customer.chat, kinds, caption="My <device> & me")
    return [message.file_id for message in sent]


async def test_items_that_come_late_follow_their_album_as_a_reply(world: World) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English")
    before = len(topic.messages)
    with world.pg.hold_updates():
        files = album_of(anna, 10)
        world.pg.release_updates(batch=6, batches=1)
        # A second passes: the rest is one delayed step behind, the album still waits for it.
        await world.settle(0.9)
        world.pg.release_updates(batch=2, batches=1)
        await world.settle(3)
        first = topic.messages[before:]
        assert [message.file_id for message in first] == files[:8]
        assert len({message.album for message in first}) == 1
        world.pg.release_updates(batch=1, batches=1)
        await world.settle(3)
        world.pg.release_updates(batch=1, batches=1)
        await world.settle(3)
    late = topic.messages[before + 8 :]
    assert [message.file_id for message in late] == files[8:]
    assert all(message.reply_to in (*first, *late) for message in late), [m.reply_to for m in late]
    assert texts(topic).count("My <device> & me") == 1


async def test_ten_quick_presses_are_one_step(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.begin("English")
    for answer in ("The terminal is silent", SERIAL, "Since yesterday"):
        await anna.say(answer)
    screen = anna.with_button("Skip")
    assert screen is not None
    clicks = [anna.person.press(screen, "Skip") for _ in range(10)]
    await world.settle(2)
    assert all(click.result is not None for click in clicks)
    assert at_step(anna, 5)
    back = [anna.person.press(latest(anna), "Back") for _ in range(10)]
    await world.settle(2)
    assert all(click.result is not None for click in back)
    assert at_step(anna, 4)
    await anna.press("Skip")
    assert at_step(anna, 5)


async def test_submitting_twice_opens_one_ticket(any_world: World) -> None:
    world = any_world
    anna = world.customer(language_code="en")
    await at_attachments(anna)
    await anna.press("Done")
    clicks = [anna.person.press(latest(anna), "✅ Submit") for _ in range(2)]
    anna.write("Submit")
    await world.settle(3)
    assert len(world.group.topics) == 1
    assert sum("#1001" in words for words in texts(anna.chat, of=world.bot)) == 1
    assert [click.result.text for click in clicks if click.result] == [
        "",
        said(anna, "This form is no longer open."),
    ]
    # The word "Submit" went to the specialist, as everything after the number does.
    assert texts(world.topic())[-1] == "Submit"

    # The typed word first, then the button.
    boris = world.customer("Boris", language_code="en")
    await at_attachments(boris)
    await boris.press("Done")
    review = latest(boris)
    boris.write("submit")
    click = boris.person.press(review, "✅ Submit")
    await world.settle(3)
    assert len(world.group.topics) == 2
    assert click.result is not None
    assert click.result.text == said(boris, "This form is no longer open.")


async def test_two_customers_at_once_do_not_mix(world: World) -> None:
    people = [world.customer(name, language_code="en") for name in ("Anna", "Boris")]
    for customer in people:
        await at_attachments(customer)
    with world.pg.hold_updates():
        # Their items arrive in turns, in one batch.
        for customer in people:
            customer.person.send_photo(customer.chat, caption=f"Of {customer.person.name}")
        sent = [album_of(customer, 3) for customer in people]
        world.pg.release_updates()
    await world.settle(2)
    clicks = [customer.person.press(latest(customer), "Done") for customer in people]
    await world.settle(2)
    clicks += [customer.person.press(latest(customer), "✅ Submit") for customer in people]
    await world.settle(4)
    assert all(click.result is not None for click in clicks)
    assert sorted(topic.name.split(" · ")[0] for topic in world.group.topics) == ["#1001", "#1002"]
    for customer, files in zip(people, sent, strict=True):
        topic = next(each for each in world.group.topics if each.name.endswith(customer.person.name))
        relayed = [message.file_id for message in topic.messages if message.file_id]
        assert relayed[1:] == files
        assert f"Of {customer.person.name}" in texts(topic)


async def test_three_quick_messages_are_three_answers_or_three_lines(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.begin("English")
    for words in ("The terminal is silent", SERIAL, "Since yesterday"):
        anna.write(words)
    await world.settle(0)
    assert at_step(anna, 4)
    await anna.press("Skip")
    for words in ("One", "Two", "Three"):
        anna.write(words)
    await anna.say("Done")
    await world.settle(2)
    await anna.press("Submit")
    await world.settle(3)
    assert "Since yesterday\n\nOne\n\nTwo\n\nThree" in (world.topic().messages[1].text or "")
    for words in ("Four", "Five", "Six"):
        anna.write(words)
    await world.settle(3)
    assert "\n".join(texts(world.topic())[-3:]).endswith("Four\nFive\nSix")
    # The same before any ticket: all three are kept, and one question is asked.
    boris = world.customer("Boris", language_code="en")
    await boris.choose_language("English")
    for words in ("Seven", "Eight", "Nine"):
        boris.write(words)
    await world.settle(2)
    await boris.press("New request")
    await boris.agree()
    await boris.press("No")
    await boris.press("Continue")
    await boris.say("Numbers")
    await boris.say(SERIAL)
    await boris.press("Skip")
    await boris.press("Done")
    assert "Seven\n\nEight\n\nNine" in text(boris)
