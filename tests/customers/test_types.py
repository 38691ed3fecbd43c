"""Types of ticket: chosen first, deciding what is asked, shown wherever the ticket is."""

from tests.customers.conftest import OpenDesk
from tests.customers.looking import labels, latest, leap, said, text, write_new
from tests.world import Customer, World, texts

PROFILE = """
advice = "Look at the knowledge base first: https://example.com/help"
type_question.ru = "Что случилось?"
type_question.en = "What has happened?"
type_question.lv = "Kas noticis?"

[[types]]
key = "problem"
label.ru = "Проблема"
label.en = "Problem"
label.lv = "Problēma"
about.ru = "Станция не работает."
about.en = "The exchange does not work."
about.lv = "Stacija nedarbojas."
[[types]]
key = "question"
label.ru = "Консультация"
label.en = "Consultation"
label.lv = "Konsultācija"
[[types]]
key = "sales"
label.ru = "Покупка"
label.en = "Purchase"
label.lv = "Pirkums"
end = "Write to sales@example.com"

[[gates]]
key = "power"
only = ["problem"]
question = "Is the power on?"
notice = "Then wait a minute"

[[notices]]
key = "passport"
at = "form"
only = ["question"]
text = "Have your passport ready"
[[notices]]
key = "remote"
at = "review"
only = ["problem"]
text = "Remote access speeds it up"
[[notices]]
key = "hotline"
at = "opened"
only = ["problem"]
text = "If it is critical, call the hotline"

[[form]]
kind = "text"
key = "description"
role = "description"
label = "Description"
question = "Tell us"
[[form]]
kind = "text"
key = "traffic"
label = "Traffic"
question = "How many lines?"
only = ["problem"]
[[form]]
kind = "contract"
key = "contract"
label = "Contract"
question = "Which contract?"
required = ["problem"]
[[form]]
kind = "attachments"
key = "files"
label = "Files"
question = "Any logs?"
required = ["problem"]
min_count = 2
"""


def step(customer: Customer, place: int, total: int) -> str:
    return said(customer, "<b>Step {step} of {total}</b>", step=place, total=total)


async def choose(customer: Customer, label: str) -> None:
    """Press the button of a type, or another one, by the label it has."""
    message = customer.with_button(label)
    assert message is not None, customer.world.report()
    shown = next(each for each in labels(message) if each.endswith(label))
    customer.person.press(message, shown)
    await customer.world.settle(0)


async def test_the_type_comes_first_and_decides_what_is_asked(open_desk: OpenDesk) -> None:
    world = await open_desk(PROFILE)
    anna = world.customer("Анна", language_code="ru")
    await anna.choose_language("Русский")
    await write_new(anna)
    assert text(anna) == "Что случилось?\n\nПроблема\nСтанция не работает."
    assert labels(latest(anna)) == ["Проблема", "Консультация", "Покупка", "Назад", "Отменить"]

    # What is out of scope is told where to go, and nothing is lost by looking.
    await choose(anna, "Покупка")
    assert text(anna) == "Покупка\n\nWrite to sales@example.com"
    await anna.say("Продайте мне станцию")
    assert anna.word("This is kept for the request.") in text(anna)
    assert "sales@example.com" in text(anna)
    await anna.press("Back")

    # Typed works as pressed, in any language.
    await anna.say("konsultācija")
    assert text(anna).startswith("Look at the knowledge base first")
    assert "Have your passport ready" in text(anna)
    await anna.press("Continue")
    assert step(anna, 1, 3) in text(anna)
    await anna.say("Как настроить?")
    assert "Which contract?" in text(anna)
    await anna.press("Skip")
    await anna.press("Done")
    assert "Тип заявки: Консультация" in text(anna)
    assert "Продайте мне станцию" in text(anna)
    assert "Remote access" not in text(anna)
    assert "Traffic" not in text(anna)

    # Another type keeps what applies to it too, and asks what is missing now.
    await choose(anna, "Изменить: тип заявки")
    await choose(anna, "Проблема")
    assert text(anna) == "Is the power on?"
    await anna.press("No")
    assert "passport" not in text(anna)
    await anna.press("Continue")
    assert step(anna, 2, 4) in text(anna)
    await anna.say("32")
    assert "Which contract?" in text(anna)
    assert anna.word("Skip") not in labels(latest(anna))
    await anna.say("№ 17/26")
    assert step(anna, 4, 4) in text(anna)
    toast = await anna.press("Done")
    assert toast is not None
    assert "2 файла" in toast
    anna.person.send_document(anna.chat, file_name="trace.log", mime_type=None)
    await world.settle(2)
    await anna.press("Done")
    assert "2 файла" in text(anna)
    anna.person.send_photo(anna.chat)
    await world.settle(2)
    await anna.press("Done")
    for words in (
        "Проблема",
        "Как настроить?",
        "Traffic: 32",
        "Contract: 17/26",
        "Remote access speeds it up",
    ):
        assert words in text(anna)

    # Back to the first type: the answer that it does not ask stays out of the ticket, for the other it waits.
    await choose(anna, "Изменить: тип заявки")
    await choose(anna, "Консультация")
    assert text(anna).startswith("⚠") is False
    assert "Contract: 17/26" in text(anna)
    assert "32" not in text(anna)
    await choose(anna, "Изменить: тип заявки")
    await anna.press("Back")
    assert "Тип заявки: Консультация" in text(anna)
    await choose(anna, "Изменить: тип заявки")
    await choose(anna, "Проблема")
    assert "Traffic: 32" in text(anna)

    await anna.press("Submit")
    await world.settle(2)
    assert texts(anna.chat)[-1] == "If it is critical, call the hotline"
    card = world.topic().messages[1].text or ""
    assert "Тип заявки: Проблема" in card
    assert "Traffic: 32" in card
    await anna.say("/my")
    await choose(anna, next(label for label in labels(latest(anna)) if "#1001" in label))
    assert "Тип заявки: Проблема" in text(anna)


async def test_only_what_the_type_asks_goes_into_the_ticket(open_desk: OpenDesk) -> None:
    world = await open_desk(PROFILE)
    anna = world.customer("Anna", language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    await choose(anna, "Problem")
    await anna.press("Yes")
    assert text(anna) == "Then wait a minute"
    await anna.press("Continue")
    await anna.press("Continue")
    await anna.say("It is silent")
    await anna.say("A secret of the problem")
    # Back as far as it goes, and another type.
    for _ in range(5):
        await anna.press("Back")
    assert text(anna).startswith("What has happened?")
    assert "Continue" in labels(latest(anna))
    await choose(anna, "Consultation")
    assert "passport" in text(anna)
    await anna.press("Continue")
    assert "Which contract?" in text(anna)
    await anna.say("17/26")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(2)
    card = world.topic().messages[1].text or ""
    assert "It is silent" in card
    assert "17/26" in card
    assert "secret" not in card
    assert "hotline" not in texts(anna.chat)[-1]


async def _at_contract(world: World) -> Customer:
    anna = world.customer("Anna", language_code="lv")
    await anna.choose_language("Latviešu")
    await write_new(anna)
    await choose(anna, "Problēma")
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Klusums")
    await anna.say("32")
    assert "Which contract?" in text(anna)
    return anna


async def test_a_profile_that_changed_goes_on_at_the_first_answer_that_is_missing(
    open_desk: OpenDesk,
) -> None:
    world = await open_desk(PROFILE)
    anna = await _at_contract(world)
    before = latest(anna)
    # The type is gone, and a field has another form now.
    await open_desk(
        PROFILE.replace('key = "problem"', 'key = "fault"')
        .replace('"problem"', '"fault"')
        .replace(
            'kind = "text"\nkey = "traffic"', 'kind = "serial"\nkey = "traffic"\ndigits = 4\nwhere = "?"'
        )
    )
    anna.person.press(before, "Atpakaļ")
    await world.settle(0)
    assert text(anna).startswith("Kas noticis?")
    await choose(anna, "Problēma")
    assert "How many lines?" in text(anna)
    assert "32" not in text(anna)
    await anna.say("0032")
    assert "Which contract?" in text(anna)

    # Without types there is nothing to choose, and fields for some types alone are nobody's.
    head, _, rest = PROFILE.partition("[[types]]")
    plain = head.split("type_question")[0] + "[[form]]" + rest.partition("[[form]]")[2]
    plain = plain.replace('only = ["problem"]\n', "").replace('required = ["problem"]', "required = false")
    await open_desk(plain)
    await anna.say("77/26")
    assert "Any logs?" in text(anna)
    await anna.press("Done")
    assert anna.word("Type") not in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "Klusums" in (world.topic().messages[1].text or "")


async def test_words_at_the_choice_of_a_type_let_the_draft_live_on(open_desk: OpenDesk) -> None:
    world = await open_desk(PROFILE)
    anna = world.customer("Анна", language_code="ru")
    await anna.choose_language("Русский")
    await write_new(anna)
    await leap(world, days=6)
    await anna.say("Не работает")
    await leap(world, days=6)
    await anna.say("Проблема")
    assert text(anna) == "Is the power on?"
