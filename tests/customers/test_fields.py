"""The kinds of field: what each takes, what it says of the rest, what is remembered and offered."""

from pathlib import Path

from playground import Document, Photo
from tests.customers.conftest import OpenDesk
from tests.customers.looking import labels, latest, leap, said, text, write_new
from tests.customers.test_types import choose
from tests.world import Customer, World, texts

PNG = b"\x89PNG\r\n\x1a\n and the rest"

PROFILE = """
region = "LV"
[[form]]
kind = "company"
key = "company"
once = true
label = "Company"
question = "Which company?"
[[form]]
kind = "contract"
key = "contract"
once = true
required = false
label = "Contract"
question = "Which contract?"
[[form]]
kind = "person"
key = "person"
label = "Name"
question = "Who are you?"
[[form]]
kind = "phone"
key = "phone"
label = "Phone"
question = "Your phone?"
required = false
[[form]]
kind = "email"
key = "email"
label = "E-mail"
question = "Your address?"
[[form]]
kind = "choice"
key = "product"
label = "Product"
question = "Which product?"
[[form.options]]
key = "till"
label.ru = "Касса"
label.en = "Till"
label.lv = "Kase"
[[form.options]]
key = "scales"
label.ru = "Весы"
label.en = "Scales"
label.lv = "Svari"
[[form]]
kind = "serial"
key = "meter"
label = "Meter"
question = "Which meter?"
where = "On its side"
pattern = 'WV\\d{6}'
example = "WV123456"
picture = "where.png"
[[form]]
kind = "url"
key = "link"
label = "Link"
question = "Which object?"
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
"""


def asks(customer: Customer, question: str) -> bool:
    return question in text(customer)


def problem(customer: Customer) -> str:
    first = text(customer).partition("\n\n")[0]
    assert first.startswith("⚠️"), customer.world.report()
    return first


async def start(world: World, language: str, code: str) -> Customer:
    anna = world.customer("Anna", last_name="Bērziņa", language_code=code)
    await anna.choose_language(language)
    await write_new(anna)
    return anna


def menu(customer: Customer) -> list[list[str]]:
    return [
        [customer.word("New request"), customer.word("My requests")],
        [customer.word("FAQ"), customer.word("Language")],
    ]


async def test_each_kind_takes_what_people_type_and_says_what_is_wrong(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    (tmp_path / "where.png").write_bytes(PNG)
    world = await open_desk(PROFILE)
    anna = await start(world, "Latviešu", "lv")
    assert asks(anna, "Which company?")
    for wrong, word in (("x", "2 rakstzīmes"), ("y" * 201, "201"), ("\u2800\u3164", "tukša")):
        await anna.say(wrong)
        assert word in problem(anna)
    await anna.say("  SIA  „<b>Paraugs</b> & {0}” ")
    assert asks(anna, "Which contract?")
    await anna.say("—")
    assert "numura nav" in problem(anna)
    await anna.press("Skip")

    assert asks(anna, "Who are you?")
    # Her name in Telegram would do.
    assert labels(latest(anna))[0] == "Anna Bērziņa"
    for wrong, word in (("Anna", "vismaz 2 vārdus"), ("+371 20110545", "ar burtiem")):
        await anna.say(wrong)
        assert word in problem(anna)
    await choose(anna, "Anna Bērziņa")

    assert asks(anna, "Your phone?")
    for wrong, word in (("zvaniet", "tālruņa numura nav"), ("2011", "trūkst"), ("1" * 4096, "numura nav")):
        await anna.say(wrong)
        assert word in problem(anna)
    await anna.say("20 110 545")
    assert "Phone: +371 20 110 545" in texts(anna.chat)[-2]

    assert asks(anna, "Your address?")
    for wrong, word in (("anna", "e-pasta adrese"), ("a@b.lv c@d.lv", "vairāki"), ("@" * 4096, "e-pasta")):
        await anna.say(wrong)
        assert word in problem(anna)
    await anna.say("Mans e-pasts: Anna@Example.com.")

    assert asks(anna, "Which product?")
    assert labels(latest(anna)) == ["Kase", "Svari", "Atpakaļ", "Atcelt"]
    await anna.say("Dators")
    assert "vienu no atbildēm" in problem(anna)
    # Any language will do.
    await anna.say("ВЕСЫ")

    assert asks(anna, "Which meter?")
    assert asks(anna, "On its side")
    assert asks(anna, "WV123456")
    for wrong, word in (("WV12345", "WV123456"), ("?", "numura nav"), ("W" * 4096, "WV123456")):
        await anna.say(wrong)
        assert word in problem(anna)
    await anna.say("wv 123-456")
    assert asks(anna, "Which object?")
    await anna.say("nezinu")
    assert "nav saite" in problem(anna)
    await anna.say("example.com/object?a=<b>")
    await anna.say("Klusums")

    for shown in (
        "Company: SIA „<b>Paraugs</b> & {0}”", "Contract: —", "Name: Anna Bērziņa", "Phone: +371 20 110 545",
        "E-mail: Anna@example.com", "Product: Svari", "Meter: WV123456",
        "Link: https://example.com/object?a=<b>", "Story: Klusums",
    ):  # fmt: skip
        assert shown in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    topic = world.topic()
    assert topic.name == "#1001 · WV123456 · Anna B."
    card = topic.messages[1].text or ""
    for shown in ("SIA „<b>Paraugs</b> & {0}”", "+371 20 110 545", "Product: Весы", "Meter: WV123456"):
        assert shown in card


async def test_what_was_given_once_is_offered_or_not_asked_again(open_desk: OpenDesk, tmp_path: Path) -> None:
    (tmp_path / "where.png").write_bytes(PNG)
    world = await open_desk(PROFILE)
    anna = await start(world, "English", "en")
    answers = ("ACME", "17/26", "Anna Berzina", "+371 20110545", "a@example.com", "till", "WV123456")
    for answer in (*answers, "example.com", "It is silent"):
        await anna.say(answer)
    await anna.press("Submit")
    await world.settle(2)

    await write_new(anna)
    # Company and contract are known; what is left is counted without them.
    assert asks(anna, "Who are you?")
    assert said(anna, "<b>Step {step} of {total}</b>", step=1, total=7) in text(anna)
    assert labels(latest(anna))[:2] == ["Anna Berzina", "Anna Bērziņa"]
    # Nothing was typed yet, so nothing has to be asked.
    await anna.press("Cancel")
    assert said(anna, "Cancelled. Nothing was sent.") == text(anna)

    await write_new(anna)
    await choose(anna, "Anna Berzina")
    assert anna.chat.keyboard is not None
    assert ["+371 20 110 545"] in anna.chat.keyboard
    anna.person.tap(anna.chat, "+371 20 110 545")
    await world.settle(0)
    assert labels(latest(anna))[0] == "a@example.com"
    await choose(anna, "a@example.com")
    await choose(anna, "Scales")
    await choose(anna, "WV123456")
    # The same device: its open request is offered first.
    await anna.press("New request anyway")
    await anna.say("example.com/2")
    await anna.say("Again")
    assert "Company: ACME" in text(anna)
    assert "Contract: 17/26" in text(anna)
    await choose(anna, "Edit: company")
    assert "Step" not in text(anna)
    await anna.press("Back")
    await choose(anna, "Edit: company")
    await anna.say("ACME Latvia")
    await choose(anna, "Edit: contract")
    await anna.press("Skip")
    assert "Company: ACME Latvia" in text(anna)
    assert "Contract: —" in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "17/26" not in (world.topic().messages[1].text or "")

    # What was changed is what counts from now on, also that there is no contract.
    await write_new(anna)
    assert asks(anna, "Who are you?")
    for answer in ("Anna Berzina", "Skip", "a@example.com", "till", "WV654321", "example.com", "Third"):
        await anna.say(answer)
    assert "Company: ACME Latvia" in text(anna)
    assert "Contract: —" in text(anna)

    # A customer of their own is asked everything.
    boris = await start(world, "English", "en")
    assert asks(boris, "Which company?")


async def test_the_contact_button_comes_with_the_question_and_goes_with_it(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    (tmp_path / "where.png").write_bytes(PNG)
    world = await open_desk(PROFILE)
    anna = await start(world, "Русский", "ru")
    for answer in ("ООО «Пример»", "17/26", "Анна Берзиня"):
        await anna.say(answer)
    share = "📱 Отправить мой номер"
    asked = [[share], ["Пропустить"], ["Назад", "Отменить"]]
    assert anna.chat.keyboard == asked

    # Every way out gives the menu back.
    anna.person.tap(anna.chat, "Назад")
    await world.settle(0)
    assert asks(anna, "Who are you?")
    assert anna.chat.keyboard == menu(anna)
    await anna.press("Continue")
    assert anna.chat.keyboard == asked
    anna.person.tap(anna.chat, "Отменить")
    await world.settle(0)
    await anna.press("Back")
    assert anna.chat.keyboard == asked
    anna.person.tap(anna.chat, "Пропустить")
    await world.settle(0)
    assert asks(anna, "Your address?")
    assert anna.chat.keyboard == menu(anna)
    await anna.press("Back")
    anna.person.start(world.bot)
    await world.settle(0)
    assert anna.chat.keyboard == menu(anna)
    await anna.press("Continue")
    assert asks(anna, "Your address?"), world.report()
    await anna.press("Back")
    # Skipped before, so one may go on as well.
    assert anna.chat.keyboard == [[share], ["Продолжить", "Пропустить"], ["Назад", "Отменить"]]

    # A file is no number, but it is kept; a contact that is no number is told so.
    anna.person.send_photo(anna.chat)
    await world.settle(0)
    assert "сохранён" in problem(anna)
    anna.person.send_contact(anna.chat, "3712011")
    await world.settle(0)
    assert "Такого номера" in problem(anna)
    assert anna.chat.keyboard is not None
    anna.person.tap(anna.chat, share)
    await world.settle(0)
    assert texts(anna.chat)[-2] == "Phone: +371 20 000 000"
    assert anna.chat.keyboard == menu(anna)
    assert asks(anna, "Your address?")
    # No card of the contact goes to the specialists besides.
    for answer in ("a@example.com", "Касса", "WV123456", "example.com", "Тишина"):
        await anna.say(answer)
    await choose(anna, "Изменить: phone")
    assert anna.chat.keyboard == [[share], ["Пропустить"], ["Назад", "Отменить"]]
    anna.person.tap(anna.chat, "Назад")
    await world.settle(0)
    assert anna.chat.keyboard == menu(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert "Phone: +371 20 000 000" in (world.topic().messages[1].text or "")
    assert [message.kind for message in world.topic().messages[2:]] == ["photo"]

    # Nor does the button outlive a form that nobody went on with.
    await write_new(anna)
    await choose(anna, "Анна Берзиня")
    assert anna.chat.keyboard != menu(anna)
    await leap(world, days=7, minutes=1)
    assert anna.chat.keyboard == menu(anna)


async def test_the_picture_of_the_place_is_sent_as_a_photo_when_asked_for(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    (tmp_path / "where.png").write_bytes(PNG)
    serial = PROFILE[PROFILE.index('[[form]]\nkind = "serial"') :]
    world = await open_desk(serial)
    shown = []
    for name in ("Anna", "Boris"):
        person = world.customer(name, language_code="en")
        await person.choose_language("English")
        await write_new(person)
        await person.press("Show where it is")
        await world.until(lambda person=person: latest(person).kind == "photo")  # type: ignore[misc]
        shown.append(latest(person).file)
        # It came below the question, which still waits.
        await person.say("WV123456")
        assert asks(person, "Which object?")
    # Uploaded once, then sent by its reference.
    assert shown[0] == shown[1]

    # A reference that Telegram forgot, as when the picture was changed, is no obstacle.
    (tmp_path / "where.png").write_bytes(PNG + b"!")
    await open_desk(serial)
    clara = world.customer("Clara", language_code="en")
    await clara.choose_language("English")
    await write_new(clara)
    await clara.press("Show where it is")
    await world.until(lambda: latest(clara).kind == "photo")
    assert latest(clara).file != shown[0]
    # Once the profile has no picture, the old button does nothing.
    await open_desk(serial.replace('picture = "where.png"\n', ""))
    seen = len(clara.bots())
    toast = await clara.press("Show where it is")
    assert toast == said(clara, "This button is out of date.")
    assert [message.kind for message in clara.bots()[seen:]] in ([], ["text"])


FILES = """
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
[[form]]
kind = "attachments"
key = "files"
label = "Files"
question = "Screenshots?"
max_count = 5
max_size_mb = 1
accept = ["photo", "document", "animation"]
formats = ["jpg", "gif", "png"]
archived = ["bmp"]
others = "{others}"
"""


async def _at_files(world: World, language: str, code: str) -> Customer:
    anna = await start(world, language, code)
    await anna.say("Тишина")
    assert asks(anna, "Screenshots?")
    return anna


async def test_files_that_are_not_taken_are_told_how_to_mend_it_and_their_words_are_kept(
    open_desk: OpenDesk,
) -> None:
    world = await open_desk(FILES.replace("{others}", "refuse"))
    anna = await _at_files(world, "Русский", "ru")
    assert "JPG, GIF, PNG" in text(anna)
    assert "BMP только в архиве (ZIP, RAR)" in text(anna)
    person, chat = anna.person, anna.chat
    refused = {
        "JPG, GIF, PNG": Document(file_name="screen.tiff", mime_type="image/tiff"),
        "(ZIP, RAR)": Document(file_name="screen.BMP", mime_type="image/x-ms-bmp"),
        "до 1 МБ": Document(size=1_000_001, file_name="big.png", mime_type="image/png"),
    }
    for word, file in refused.items():
        sent = person.send(chat, file, f"Слова: {word}")
        await world.settle(2)
        *_, told, screen = anna.bots()
        assert word in (told.text or ""), world.report()
        assert told.reply_to is sent
        assert asks(anna, "Screenshots?")
        assert screen.id > told.id
        assert "вложени" not in (screen.text or "").replace("вложения", "")
    person.send_voice(chat)
    await world.settle(2)
    assert "фото" in (anna.bots()[-2].text or "")
    # An album of which some are taken: it is said once, and no count wipes it away.
    before = len(anna.bots())
    bmp = Document(file_name="a.bmp", mime_type="image/bmp")
    zipped = Document(file_name="a.zip", mime_type="application/x-zip-compressed")
    person.send_album(chat, [bmp, bmp, zipped, Document(file_name="b.png", mime_type="image/png")])
    person.send_animation(chat)
    person.send_photo(chat)
    await world.settle(3)
    assert (
        sum("(ZIP, RAR)" in (m.text or "") and "⚠️" in (m.text or "") for m in anna.bots()[before - 1 :]) == 1
    )
    assert "4 вложения" in text(anna)
    await anna.press("Done")
    for word in refused:
        assert f"Слова: {word}" in text(anna)
    await anna.press("Submit")
    await world.settle(3)
    files = world.topic().messages[2:]
    assert sorted(message.kind for message in files) == ["animation", "document", "document", "photo"]
    assert "Слова: (ZIP, RAR)" in (world.topic().messages[1].text or "")


async def test_files_of_other_formats_are_taken_with_a_hint_that_stays(open_desk: OpenDesk) -> None:
    world = await open_desk(FILES.replace("{others}", "hint"))
    anna = await _at_files(world, "Latviešu", "lv")
    person, chat = anna.person, anna.chat
    person.send(chat, Document(file_name="<b>trace</b>.log", mime_type=None))
    person.send_album(chat, [Photo(), Photo()])
    await world.settle(2)
    assert "3 pielikumi" in text(anna)
    assert "<b>trace</b>.log" in text(anna)
    assert "JPG, GIF, PNG" in text(anna)
    # The most is the most, and what is refused has a word of its own.
    person.send_album(chat, [Photo(), Photo(), Photo(), Photo()])
    await world.settle(2)
    assert "5 pielikumi" in text(anna)
    assert "⚠️" in (anna.bots()[-2].text or "")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(3)
    assert len(world.topic().messages[2:]) == 5


async def test_a_file_that_is_not_taken_may_bring_the_answer(open_desk: OpenDesk) -> None:
    world = await open_desk(FILES.replace("{others}", "refuse"))
    anna = await start(world, "English", "en")
    anna.person.send(anna.chat, Document(file_name="a.bmp", mime_type="image/bmp"), "It is silent")
    await world.settle(1)
    assert asks(anna, "Screenshots?")
    await anna.press("Done")
    assert "Story: It is silent" in text(anna)
