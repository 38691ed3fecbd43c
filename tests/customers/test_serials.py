"""The serial number: what is taken at once, and what gets a sentence that helps."""

from collections.abc import Callable

import pytest

from locales import Language
from playground import Photo
from tests.customers.looking import OWN_NAMES, SERIAL, at_serial, at_step, labels, latest, text
from tests.world import Customer, World

ACCEPTED = [
    "1234 5678 9012",
    "1234-5678-9012",
    "1234–5678—9012",
    "1234‑5678‒9012",
    "1234\u22125678\u22129012",
    "12\u00a034\u00a056\u202f78\u200990\u200812",
    "\u200e123456789012\u200f",
    "١٢٣٤٥٦٧٨٩٠١٢",
    "۱۲۳۴ ۵۶۷۸ ۹۰۱۲",
    "№ 123456789012.",
]

# Stems of the words that a helpful sentence needs, in each language.
DIGITS = {"ru": "цифр", "en": "digit", "lv": "cipar"}
KEPT = {"ru": "сохран", "en": "kept", "lv": "saglabā"}
WORDS = {"ru": "текстом", "en": "words", "lv": "rakstiski"}


def problem(customer: Customer) -> str:
    """The sentence that the bot set above the question."""
    first, _, rest = text(customer).partition("\n\n")
    assert first.startswith("⚠️"), customer.world.report()
    assert rest
    return first


async def test_spaces_dashes_and_digits_of_any_script_are_taken_at_once(world: World) -> None:
    anna = world.customer(language_code="en")
    await at_serial(anna)
    for typed in ACCEPTED:
        await anna.say(typed)
        assert at_step(anna, 3), typed
        await anna.press("Back")
        assert f"Your answer so far: {SERIAL}" in text(anna), typed


@pytest.mark.parametrize("language", ["ru", "en", "lv"])
async def test_what_is_no_serial_number_gets_a_sentence_that_helps(world: World, language: Language) -> None:
    anna = world.customer(language_code=language)
    await at_serial(anna, OWN_NAMES[language])
    wrong: dict[str, list[str]] = {
        "12345678901": ["11", "12", DIGITS[language]],
        "1234567890123": ["13", "12", DIGITS[language]],
        "1": ["12", DIGITS[language]],
        "VT-123456789012": ["12", DIGITS[language], "123456789012"],
        "nezinu": ["12", DIGITS[language], "123456789012"],
        "🙂": ["12", DIGITS[language], "123456789012"],
        "12345678901½": ["12", DIGITS[language]],
        "---": ["12", DIGITS[language], "123456789012"],
        "1" * 4096: ["4", "096", "12", DIGITS[language]],
        "x" * 4096: ["12", DIGITS[language]],
    }
    for typed, words in wrong.items():
        await anna.say(typed)
        sentence = problem(anna)
        assert at_step(anna, 2), typed
        for word in words:
            assert word in sentence, (typed[:20], sentence)
    # The draft stays, and the right number is taken after all that.
    await anna.press("Back")
    assert "The terminal is silent" in text(anna)
    await anna.press("Continue")
    await anna.say(SERIAL)
    assert at_step(anna, 3)


@pytest.mark.parametrize("language", ["ru", "en", "lv"])
async def test_a_file_instead_of_the_number_is_kept_and_the_number_asked_for(
    world: World, language: Language
) -> None:
    anna = world.customer(language_code=language)
    await at_serial(anna, OWN_NAMES[language])
    person, chat = anna.person, anna.chat
    files: list[Callable[[], object]] = [
        lambda: person.send_photo(chat),
        lambda: person.send_photo(chat, caption=""),
        lambda: person.send_voice(chat),
        lambda: person.send_document(chat),
        lambda: person.send_video_note(chat),
    ]
    for send in files:
        send()
        await world.settle(0)
        assert KEPT[language] in problem(anna).lower()
        assert WORDS[language] in problem(anna).lower()
        assert at_step(anna, 2)
    # A caption that is not a number: the file is kept, and the sentence says what is wrong with the caption.
    person.send_photo(chat, caption="12345")
    await world.settle(0)
    assert KEPT[language] in problem(anna).lower()
    assert DIGITS[language] in problem(anna)
    person.send_album(chat, [Photo() for _ in range(10)])
    await world.settle(2)
    assert KEPT[language] in problem(anna).lower()
    assert at_step(anna, 2)
    person.send_location(chat)
    await world.settle(0)
    assert KEPT[language] in problem(anna).lower()
    person.send_sticker(chat)
    await world.settle(0)
    # What is not taken is told in a message of its own, which no later screen replaces.
    assert (anna.bots()[-2].text or "").startswith("⚠️"), world.report()
    assert at_step(anna, 2)

    person.send_photo(chat, caption="1234 5678 9012")
    await world.settle(0)
    assert at_step(anna, 3)
    await anna.say("Since yesterday")
    await anna.press("Skip")
    assert "17" in text(anna)
    await anna.press("Done")
    assert SERIAL in text(anna)
    await anna.press("Submit")
    await world.settle(4)
    kinds = sorted(message.kind for message in world.topic().messages[2:])
    files_of = ["document", *["location"], *["photo"] * 14, "video_note", "voice"]
    assert [kind for kind in kinds if kind != "sticker"] == files_of, world.report()


async def test_a_serial_number_in_the_first_message_is_offered(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("The terminal 1234 5678 9012 is silent since yesterday")
    await anna.press("New request")
    await anna.agree()
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Silence")
    assert labels(latest(anna))[0] == SERIAL
    await anna.press(SERIAL)
    # What was written before the form is its description.
    assert at_step(anna, 4)
