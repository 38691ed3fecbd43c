"""Who sends far more than a person can mean is slowed down and told so; nobody else waits, nothing is lost.

Nobody opens requests without end either."""

from bot.pipeline.pace import AT_ONCE
from desk.lifecycle import State
from dialogs.limits import MOST_KEPT, MOST_TICKETS
from playground import Photo
from storage import messages, tickets
from storage.content import Content
from tests.agents.seeds import Seed, leap, open_ticket, seed
from tests.world import Customer, World, texts

SLOWED = "You are writing faster than we can read. Everything arrives, only a little later."


def _said(flooder: Seed, prefix: str) -> list[str]:
    """What of it stands in the thread, in order."""
    lines = [line for text in texts(flooder.topic) for line in text.split("\n")]
    return [line for line in lines if line.startswith(prefix)]


def _told(flooder: Seed) -> int:
    return texts(flooder.customer.chat).count(flooder.customer.word(SLOWED))


async def test_a_flood_is_slowed_down_told_once_and_keeps_nobody_waiting(world: World) -> None:
    flooder, other = await seed(world, "Ева", language_code="lv"), await seed(world, "Анна")
    written = [f"Grūdiens {number}" for number in range(AT_ONCE + 60)]
    with world.pg.hold_updates():
        for text in written:
            flooder.customer.write(text)
    await world.settle(5)
    arrived = _said(flooder, "Grūdiens")
    assert AT_ONCE <= len(arrived) <= AT_ONCE + 8
    assert _told(flooder) == 1
    # Whoever writes meanwhile is read at once.
    for number in range(5):
        began = world.clock.time()
        other.customer.write(f"Вопрос {number}")
        await world.until(lambda number=number: f"Вопрос {number}" in "\n".join(texts(other.topic)))  # type: ignore[misc]
        assert world.clock.time() - began < 0.5
        await world.settle(1)
    await world.until(lambda: len(_said(flooder, "Grūdiens")) == len(written), 90)
    assert _said(flooder, "Grūdiens") == written
    assert _told(flooder) == 1
    # Once they have paused they are customers like any other, and a new flood is a new episode.
    await leap(world, 200)
    flooder.customer.write("Grūdiens pēc pauzes")
    await world.settle(0.5)
    assert _said(flooder, "Grūdiens")[-1] == "Grūdiens pēc pauzes"
    with world.pg.hold_updates():
        for number in range(AT_ONCE + 5):
            flooder.customer.write(f"Atkal {number}")
    await world.settle(20)
    assert len(_said(flooder, "Atkal")) == AT_ONCE + 5
    assert _told(flooder) == 2


async def test_storms_of_edits_reactions_albums_and_commands_keep_the_last_word(world: World) -> None:
    flooder, other = await seed(world, "Ева"), await seed(world, "Анна")
    person, chat = flooder.customer.person, flooder.customer.chat
    message = flooder.customer.write("Слово")
    world.agent.write(flooder.topic, "Ответ")
    await world.settle()
    answer = chat.messages[-1]
    asked = world.agent
    with world.pg.hold_updates():
        for number in range(150):
            person.edit(message, f"Слово {number}")
            person.react(answer, "👍" if number % 2 else "👎")
            if number % 25 == 0:
                person.send_album(chat, [Photo() for _ in range(10)])
            if number % 3 == 0:
                person.write(chat, "/start")
    await world.settle(5)
    began = world.clock.time()
    other.customer.write("Вопрос")
    await world.until(lambda: "Вопрос" in "\n".join(texts(other.topic)))
    assert world.clock.time() - began < 0.5
    await leap(world, 400, step=4)
    assert any(text.endswith("Слово 149") for text in texts(flooder.topic))
    assert len([m for m in flooder.topic.messages if m.kind == "photo"]) == 60
    agents_answer = next(m for m in flooder.topic.messages if m.sender is asked)
    assert agents_answer.reactions[world.bot] == "👍"


async def test_whoever_has_as_many_requests_as_one_may_is_told_and_keeps_the_draft(world: World) -> None:
    anna = await seed(world, "Анна", language_code="en")
    customer = anna.customer
    refusal = customer.word(
        "You have opened as many requests as we can take from one person at a time. "
        "Please write to one of them, or come back when some are closed. What you have filled in is kept."
    )
    await customer.say("/new")
    await customer.agree()
    await customer.press("No")
    await customer.press("Continue")
    for answer in ("The display is dark", "210987654321", "Since yesterday"):
        await customer.say(answer)
    await customer.press("Skip")
    await customer.press("Done")
    # While the form waits, others are opened: by the last there is no room for this one.
    numbers = [
        await open_ticket(world, customer, f"Терминал {number}", f"{number:012d}")
        for number in range(1, MOST_TICKETS)
    ]
    await customer.press("Submit")
    assert refusal in (customer.bots()[-1].text or ""), world.report()
    # Those closed within the last day still count; a day later there is room again.
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        for number in numbers[:20]:
            await tickets.change(tx, number, state=State.CLOSED, closed_at=tx.now)
    await customer.press("Submit")
    assert refusal in (customer.bots()[-1].text or "")
    await leap(world, 25 * 3600)
    await customer.press("Submit")
    await world.settle(2)
    assert any("The display is dark" in (m.text or "") for t in world.group.topics for m in t.messages)


async def _write_before(world: World, customer: Customer, count: int) -> list[str]:
    """So many messages of the customer's that wait for a word where they go."""
    written = [f"Слово {number}" for number in range(count)]
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        for number, text in enumerate(written):
            await messages.add(
                tx,
                Content("text", text, None, None, None),
                customer_id=customer.person.id,
                author="customer",
                chat_id=customer.chat.id,
                telegram_message_id=10_000 + number,
            )
    return written


async def test_what_waits_for_a_place_has_room_for_so_much_and_the_rest_is_refused_in_words(
    world: World,
) -> None:
    anna = await seed(world, "Анна", language_code="en")
    customer = anna.customer
    await open_ticket(world, customer, "Принтер", "210987654321")
    refusal = customer.word(
        "This message is not kept: there is room for no more. Please submit the request, or choose the one "
        "that your messages are about, and then send this one again."
    )
    written = await _write_before(world, customer, MOST_KEPT - 1)
    sent = [await customer.say(f"Последнее {number}") for number in range(3)]
    assert [m.reply_to for m in customer.bots() if m.text == refusal] == sent[1:]
    await customer.press(f"#{anna.number} · Терминал не принимает карты")
    await world.settle(5)
    lines = [line for text in texts(anna.topic) for line in text.split("\n")]
    assert [line for line in lines if line.startswith(("Слово", "Последнее"))] == [*written, "Последнее 0"]
    # Now that they have their place there is room again; in a form until that is full.
    await customer.say("/start")
    await _write_before(world, customer, MOST_KEPT - 1)
    await customer.say("/new")
    await customer.agree()
    photos = [customer.person.send_photo(customer.chat, caption="Ещё") for _ in range(2)]
    await world.settle(3)
    assert [m.reply_to for m in customer.bots() if m.text == refusal][2:] == photos[1:]
