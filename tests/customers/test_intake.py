"""The guided form, from the first /start to the number of the ticket."""

import pytest

from locales import Language
from playground import Document, Photo, Video
from tests.customers.looking import (
    ADVICE,
    OTHER_SERIAL,
    OWN_NAMES,
    PROFILE,
    REVIEW,
    SERIAL,
    at_attachments,
    at_review,
    at_step,
    counted,
    label_of,
    labels,
    latest,
    progress,
    question,
    said,
    text,
    write_new,
)
from tests.world import World, texts


@pytest.mark.parametrize("language", ["ru", "en", "lv"])
async def test_the_whole_form_is_asked_step_by_step_with_its_progress(
    world: World, language: Language
) -> None:
    anna = world.customer("Anna", last_name="Petrova", language_code=language)
    anna.person.start(world.bot)
    await world.settle(0)
    # The likeliest language stands first.
    assert labels(latest(anna))[0] == OWN_NAMES[language]
    await anna.choose_language(OWN_NAMES[language])
    assert PROFILE.welcome.in_language(language) in texts(anna.chat)[-1]
    assert anna.chat.keyboard == [
        [anna.word("New request"), anna.word("My requests")],
        [anna.word("FAQ"), anna.word("Language")],
    ]

    await write_new(anna)
    assert text(anna) == PROFILE.gates[0].question.in_language(language)
    await anna.press("No")
    assert text(anna) == ADVICE.in_language(language)
    await anna.press("Continue")

    answers = {
        "subject": "Silence",
        "serial": "1234-5678 9012",
        "description": "It says: 42",
        "equipment": "Coffee machine",
    }
    for step, (key, answer) in enumerate(answers.items(), 1):
        assert progress(anna, step) in text(anna)
        assert question(key, language) in text(anna)
        assert labels(latest(anna))[-2:] == [anna.word("Back"), anna.word("Cancel")]
        assert (anna.word("Skip") in labels(latest(anna))) == (key == "equipment")
        await anna.say(answer)

    assert at_step(anna, 5)
    anna.person.send_photo(anna.chat, caption="Its screen")
    anna.person.send_album(anna.chat, [Document(), Document()])
    await anna.say("One more thing: it is cold here")
    await world.settle(2)
    count = counted(anna, "<b>{n} attachment</b> so far.", "<b>{n} attachments</b> so far.", 3)
    assert count in text(anna)
    # One running count, not one for each of them.
    assert sum(count in words for words in texts(anna.chat, of=world.bot)) == 1
    await anna.press("Done")

    review = text(anna)
    for key, value in {"subject": "Silence", "serial": SERIAL, "equipment": "Coffee machine"}.items():
        assert f"{label_of(key, language)}: {value}" in review
    for words in ("It says: 42", "Its screen", "it is cold here"):
        assert words in review
    assert counted(anna, "{n} attachment", "{n} attachments", 3) in review
    for notice in PROFILE.notices_at("review"):
        assert notice.text.in_language(language) in review

    await anna.press("Submit")
    await world.settle(2)
    assert said(anna, "Your request is registered: <b>#{number}</b>.", number=1001) in text(anna)
    # Twenty-four working hours from Monday ten o'clock: Wednesday 16:00, Moscow time.
    assert "16:00" in text(anna)
    assert anna.word("Moscow time") in text(anna)

    topic = world.topic()
    assert topic.name == f"#1001 · {SERIAL} · Anna P."
    card, *files = topic.messages[1:]
    for words in ("Silence", SERIAL, "Coffee machine", "It says: 42", "it is cold here"):
        assert words in (card.text or "")
    assert sorted(file.kind for file in files) == ["document", "document", "photo"]
    assert next(file for file in files if file.kind == "photo").text == "Its screen"


async def test_back_leads_through_every_step_and_out_of_the_form_and_loses_nothing(world: World) -> None:
    anna = world.customer(language_code="en")
    await at_attachments(anna)
    anna.person.send_photo(anna.chat)
    await world.settle(2)
    await anna.press("Done")
    for step in (5, 4, 3, 2, 1):
        await anna.press("Back")
        assert at_step(anna, step), world.report()
    assert "The terminal is silent" in text(anna)
    await anna.press("Back")
    assert text(anna) == ADVICE.en
    await anna.press("Back")
    assert text(anna) == PROFILE.gates[0].question.en
    await anna.press("Back")
    assert said(anna, "Your answers are kept. Press “New request” to go on with them.") == text(anna)

    await write_new(anna)
    assert at_review(anna)
    for words in ("The terminal is silent", SERIAL, "Since yesterday", "1 attachment"):
        assert words in text(anna)
    # Going back to an answered question and on again changes nothing; another answer replaces it.
    await anna.press("Back")
    await anna.press("Back")
    await anna.press("Back")
    await anna.press("Continue")
    assert at_review(anna)
    assert "Since yesterday" in text(anna)
    for _ in range(3):
        await anna.press("Back")
    await anna.say("Since Monday")
    assert at_review(anna)
    assert "Since yesterday" not in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert len(world.group.topics) == 1
    assert "Since Monday" in (world.topic().messages[1].text or "")
    assert [message.kind for message in world.topic().messages[2:]] == ["photo"]


async def test_cancel_asks_before_anything_typed_is_lost(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    await anna.press("Cancel")
    assert said(anna, "Cancelled. Nothing was sent.") == text(anna)

    await write_new(anna)
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("The terminal is silent")
    anna.person.send_photo(anna.chat)
    await world.settle(0)
    for way in ("press", "type", "command"):
        if way == "press":
            await anna.press("Cancel")
        else:
            await anna.say("Cancel" if way == "type" else "/cancel")
        assert said(anna, "Discard everything you have entered?") == text(anna)
        await anna.press("Back")
        assert at_step(anna, 2)
    await anna.press("Cancel")
    await anna.press("Discard the draft")
    assert said(anna, "Cancelled. Nothing was sent.") == text(anna)
    await anna.say("/cancel")
    assert said(anna, "There is nothing to cancel.") == text(anna)
    await write_new(anna)
    assert text(anna) == PROFILE.gates[0].question.en
    assert not world.group.topics


async def test_labels_typed_in_any_language_do_what_their_buttons_do(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await anna.say("New request")
    await anna.say("piekrītu")
    for label in ("Новая заявка", "Jauns pieteikums", "new request"):
        await anna.say(label)
        assert text(anna) == PROFILE.gates[0].question.en, label
    await anna.press("No")
    await anna.press("Continue")
    for answer in ("The terminal is silent", SERIAL, "Since yesterday"):
        await anna.say(answer)
    for back, skip in (("Назад", "Пропустить"), ("Atpakaļ", "Izlaist"), ("Back", "SKIP")):
        assert at_step(anna, 4)
        await anna.say(back)
        assert at_step(anna, 3), back
        await anna.press("Continue")
        if at_step(anna, 5):
            await anna.press("Back")
        await anna.say(skip)
        assert at_step(anna, 5), skip
        await anna.press("Back")
    await anna.say("Skip")
    for back, done in (("Назад", "Готово"), ("Atpakaļ", "Gatavs"), ("Back", "Done")):
        assert at_step(anna, 5)
        await anna.say(done)
        assert at_review(anna), done
        await anna.say(back)
    for cancel in ("Отменить", "Atcelt", "Cancel"):
        await anna.say(cancel)
        assert said(anna, "Discard everything you have entered?") == text(anna), cancel
        await anna.press("Back")
    for label in ("Мои заявки", "Mani pieteikumi", "My requests"):
        await anna.say(label)
        assert said(anna, "You have no requests yet.") == text(anna), label
    for label in ("Частые вопросы", "Biežāk uzdotie jautājumi", "FAQ"):
        await anna.say(label)
        assert said(anna, "<b>Questions that come up often</b>") in text(anna), label
    for label in ("Язык", "Valoda", "Language"):
        await anna.say(label)
        assert labels(latest(anna)) == ["English", "Русский", "Latviešu"], label
    await write_new(anna)
    assert at_review(anna)
    await anna.say("Отправить")
    await world.settle(2)
    assert len(world.group.topics) == 1
    assert SERIAL in world.topic().name


async def test_every_line_of_the_review_can_be_edited(world: World) -> None:
    anna = world.customer(language_code="en")
    await at_attachments(anna)
    anna.person.send_photo(anna.chat)
    await world.settle(2)
    await anna.press("Done")
    edits = [label for label in labels(latest(anna)) if label.startswith("Edit")]
    assert len(edits) == len(PROFILE.form)
    changes = {
        1: ("Edit: subject", "A new subject", "The terminal is silent"),
        2: ("Edit: serial number", OTHER_SERIAL, SERIAL),
        3: ("Edit: description", "A new description", "Since yesterday"),
        4: ("Edit: connected equipment", "A kettle", "Nothing was there"),
    }
    for step, (label, new, old) in changes.items():
        await anna.press(label)
        assert at_step(anna, step)
        # Back returns to the review and changes nothing.
        await anna.press("Back")
        assert at_review(anna)
        await anna.press(label)
        await anna.say(new)
        assert at_review(anna), world.report()
        assert new in text(anna)
        assert old not in text(anna)
    await anna.press("Edit: connected equipment")
    await anna.press("Skip")
    assert at_review(anna)
    assert "A kettle" not in text(anna)
    await anna.press("Edit: attachments")
    anna.person.send_video(anna.chat, caption="It moves")
    await anna.say("And it hums")
    await world.settle(2)
    await anna.press("Done")
    assert "2 attachments" in text(anna)
    for words in ("A new description", "It moves", "And it hums"):
        assert words in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    card, *files = world.topic().messages[1:]
    for words in ("A new subject", OTHER_SERIAL, "A new description", "And it hums"):
        assert words in (card.text or "")
    for words in ("The terminal is silent", SERIAL, "Since yesterday", "A kettle"):
        assert words not in (card.text or "")
    assert sorted(file.kind for file in files) == ["photo", "video"]


async def test_the_supplier_is_named_and_one_may_go_on_all_the_same(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    gate = PROFILE.gates[0]
    await anna.press("Yes")
    assert text(anna) == gate.notice.en
    await anna.press("Continue")
    assert text(anna) == ADVICE.en
    await anna.press("Back")
    assert text(anna) == gate.question.en
    await anna.press("No")
    assert text(anna) == ADVICE.en


async def test_the_faq_opens_from_the_advice_and_leads_back_into_the_form(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    await anna.press("No")
    await anna.press("FAQ")
    assert labels(latest(anna))[:4] == [entry.question.in_language("en") for entry in PROFILE.faq]
    for entry in PROFILE.faq:
        await anna.press(entry.question.in_language("en"))
        assert entry.answer.in_language("en") in text(anna)
        await anna.press("Back")
    # The advice led there, so it is behind.
    await anna.press("Continue")
    assert at_step(anna, 1)
    await anna.say("The terminal is silent")
    assert at_step(anna, 2)
    # The same from the menu, in the middle of the form.
    anna.person.tap(anna.chat, "FAQ")
    await world.settle(0)
    await anna.press("Continue")
    assert at_step(anna, 2)


async def test_a_serial_number_is_remembered_and_its_open_ticket_offered_before_a_second_one(
    world: World,
) -> None:
    anna = world.customer(language_code="en")
    first = await anna.open_ticket("English", subject="The first")
    await write_new(anna)
    await anna.press("No")
    await anna.press("Continue")
    anna.person.send_photo(anna.chat)
    await world.settle(0)
    await anna.say("The second")
    assert SERIAL in labels(latest(anna))
    await anna.press(SERIAL)
    assert "#1001" in text(anna)
    assert "The first" in text(anna)
    await anna.press("Back")
    assert at_step(anna, 2)
    await anna.press(SERIAL)

    await anna.press("Write to #1001")
    await anna.say("It is the same problem")
    await world.settle(2)
    assert len(world.group.topics) == 1
    # What the form had gathered goes there too.
    assert [m.kind for m in first.messages[2:]] == ["photo", "text"]
    assert texts(first)[-1] == "It is the same problem"

    await write_new(anna)
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Another problem")
    await anna.say(SERIAL)
    await anna.press("New request anyway")
    await anna.say("Details")
    await anna.press("Skip")
    await anna.press("Done")
    await anna.press("Submit")
    await world.settle(2)
    assert [topic.name for topic in world.group.topics] == [
        f"#1001 · {SERIAL} · Анна",
        f"#1002 · {SERIAL} · Анна",
    ]


async def test_a_deep_link_fills_in_the_serial_number(world: World) -> None:
    anna = world.customer(language_code="en")
    anna.person.start(world.bot, f"sn_{SERIAL}")
    await world.settle(0)
    await anna.choose_language("English")
    await anna.agree()
    assert text(anna) == PROFILE.gates[0].question.en
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("The terminal is silent")
    assert at_step(anna, 3)
    await anna.say("Since yesterday")
    # A link of another device, while the form is open, changes the number and nothing else.
    anna.person.start(world.bot, "sn_2109-8765-4321")
    await world.settle(0)
    assert at_step(anna, 4)
    await anna.press("Skip")
    await anna.press("Done")
    assert OTHER_SERIAL in text(anna)
    assert "The terminal is silent" in text(anna)
    await anna.press("Submit")
    await world.settle(2)
    assert OTHER_SERIAL in world.topic().name

    boris = world.customer("Boris", language_code="en")
    for payload in ("sn_12345", "sn_", "nonsense"):
        boris.person.start(world.bot, payload)
        await world.settle(0)
        await boris.choose_language("English")
        assert PROFILE.welcome.in_language("en") in text(boris)


async def test_the_open_request_for_the_device_is_offered_however_its_number_came(world: World) -> None:
    anna = world.customer(language_code="en")
    topic = await anna.open_ticket("English")
    # By the link on the device, before anything else is asked.
    anna.person.start(world.bot, f"sn_{SERIAL}")
    await world.settle(0)
    assert "You already have an open request for this device: #1001" in text(anna)
    await anna.press("Cancel")
    await anna.press("Discard the draft")
    # By the button of a number given before.
    anna.person.tap(anna.chat, "New request")
    await world.settle(0)
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("The terminal is silent again")
    await anna.press(SERIAL)
    assert "You already have an open request for this device: #1001" in text(anna)
    await anna.press("Write to #1001")
    await anna.say("It is about the display")
    await world.settle()
    assert texts(topic)[-1] == "It is about the display"
    # Once it is closed there is nothing to offer.
    anna.person.start(world.bot, f"sn_{SERIAL}")
    await world.settle(0)
    world.agent.press(topic.messages[1], "Закрыть")
    await world.settle()
    await anna.press("New request anyway")
    assert "already have an open request" not in text(anna)


async def test_what_the_specialists_need_is_checked_where_it_is_asked(world: World) -> None:
    anna = world.customer(language_code="en")
    await anna.begin("English")
    for wrong, words in (("ab", "at least 3 characters"), ("x" * 121, "121 characters")):
        await anna.say(wrong)
        assert words in text(anna)
        assert at_step(anna, 1)
    await anna.say("The terminal is silent")
    await anna.say(SERIAL)
    # What is required cannot be skipped, not even by typing the word.
    await anna.say("Skip")
    assert not at_step(anna, 4), world.report()
    await anna.say("Since yesterday")
    assert at_step(anna, 4)
    await anna.say("x" * 501)
    assert "501 characters" in text(anna)
    await anna.press("Skip")
    for _ in range(3):
        anna.person.send_album(anna.chat, [Photo() for _ in range(10)])
    await world.settle(2)
    assert "30 attachments" in text(anna)
    anna.person.send(anna.chat, Video())
    await world.settle(2)
    assert "30 attachments" in text(anna)
    assert "cannot take more" in texts(anna.chat, of=world.bot)[-2]
    await anna.press("Done")
    assert said(anna, REVIEW) in text(anna)
    assert "30 attachments" in text(anna)
