"""A draft survives leaving, restarts and a week of silence, and not a day more."""

from collections.abc import Awaitable, Callable

from playground import Photo
from tests.customers.looking import (
    PROFILE,
    SERIAL,
    at_attachments,
    at_review,
    at_serial,
    at_step,
    counted,
    labels,
    latest,
    leap,
    restart,
    said,
    text,
    write_new,
)
from tests.world import World


async def test_start_offers_a_draft_again_to_go_on_or_to_start_over(world: World) -> None:
    anna = world.customer(language_code="lv")
    await at_serial(anna, "Latviešu")
    anna.person.send_photo(anna.chat)
    await world.settle(0)
    for _ in range(2):
        anna.person.start(world.bot)
        await world.settle(0)
        assert said(anna, "You have a request that is not finished yet.") == text(anna)
        assert labels(latest(anna)) == [anna.word("Continue"), anna.word("Start over")]
    await anna.press("Continue")
    assert at_step(anna, 2)
    await anna.say(SERIAL)
    assert at_step(anna, 3)

    anna.person.start(world.bot)
    await world.settle(0)
    await anna.press("Start over")
    assert text(anna) == PROFILE.gates[0].question.lv
    await anna.press("No")
    await anna.press("Continue")
    for answer in ("Klusums", SERIAL, "Kopš vakardienas"):
        await anna.say(answer)
    await anna.press("Skip")
    await anna.press("Done")
    # The picture went with the old draft.
    assert counted(anna, "{n} attachment", "{n} attachments", 1) not in text(anna)


async def test_after_a_clean_restart_nothing_waits_for_the_process_of_before(any_world: World) -> None:
    world = any_world
    anna = world.customer(language_code="en")
    await at_serial(anna)
    await restart(world)
    began = world.clock.now()
    await anna.say(SERIAL)
    await world.until(lambda: at_step(anna, 3), within=3)
    assert (world.clock.now() - began).total_seconds() <= 3


async def test_a_restart_at_every_step_keeps_the_draft(world: World) -> None:
    anna = world.customer(language_code="en")

    def write(words: str) -> Callable[[], Awaitable[object]]:
        return lambda: anna.say(words)

    def press(label: str) -> Callable[[], Awaitable[object]]:
        return lambda: anna.press(label)

    async def album() -> None:
        anna.person.send_album(anna.chat, [Photo() for _ in range(3)])
        await world.settle(2)

    await anna.choose_language("English")
    steps = [
        write("New request"), press("I agree"), press("No"), press("Continue"),
        write("The terminal is silent"), write(SERIAL), write("Since yesterday"), press("Skip"), album,
        press("Done"), press("Edit: subject"), press("Back"), press("Submit"),
    ]  # fmt: skip
    for act in steps:
        await restart(world)
        await act()
    await world.settle(2)
    card, *files = world.topic().messages[1:]
    for words in ("The terminal is silent", SERIAL, "Since yesterday"):
        assert words in (card.text or "")
    assert len(files) == 3
    assert len({file.album for file in files}) == 1
    # What was written while the bot was away counts as well.
    await world.stop()
    anna.write("Are you there?")
    await world.start()
    await world.settle(2)
    assert world.topic().messages[-1].text == "Are you there?"


async def test_an_untouched_draft_goes_after_a_week_with_a_word(world: World) -> None:
    anna = world.customer("Анна", language_code="ru")
    boris = world.customer("Boris", language_code="en")
    await at_attachments(anna, "Русский")
    await boris.choose_language("English")
    await write_new(boris)
    seen = len(boris.bots())

    await leap(world, days=6)
    anna.person.send_photo(anna.chat)
    await world.settle(2)
    await leap(world, days=6)
    assert at_step(anna, 5)
    await anna.press("Done")
    assert at_review(anna)
    await leap(world, days=7, minutes=1)
    gone = counted(
        anna,
        "The request you began was not sent for {n} day, so it has been deleted.",
        "The request you began was not sent for {n} days, so it has been deleted.",
        7,
    )
    assert gone == text(anna)
    # Nobody is told of a form that held nothing.
    assert len(boris.bots()) == seen

    # Old buttons do no harm, and what is written now begins anew.
    toast = await anna.press("Submit")
    assert toast == said(anna, "This form is no longer open.")
    assert not world.group.topics
    await anna.say("Терминал всё ещё молчит")
    await anna.press("New request")
    assert text(anna) == PROFILE.gates[0].question.ru


async def test_an_answer_that_is_not_taken_lets_the_draft_live_on(world: World) -> None:
    anna = world.customer("Анна", language_code="ru")
    await at_serial(anna, "Русский")
    await leap(world, days=6)
    await anna.say("1234")
    await leap(world, days=6)
    await anna.say(SERIAL)
    assert at_step(anna, 3)


async def test_an_answer_that_is_pressed_lets_the_draft_live_on(world: World) -> None:
    ivan = world.customer("Иван", language_code="ru")
    await ivan.open_ticket(serial=SERIAL)
    await write_new(ivan)
    await ivan.press("No")
    await ivan.press("Continue")
    await ivan.say("И ещё одно")
    await leap(world, days=6)
    # The number of the device is offered, for it is known.
    ivan.person.press(latest(ivan), labels(latest(ivan))[0])
    await world.settle(0)
    await leap(world, days=6)
    assert text(ivan).startswith("По этому устройству у Вас уже есть открытая заявка: #1001")
