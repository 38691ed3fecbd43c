"""Three languages end to end: nothing English slips in, counts read right, a switch carries everything."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from typing import Any

import pytest

from dialogs.buttons import FormButton
from dialogs.form import REVIEW
from locales import Language, translator
from locales.__main__ import read
from playground import Photo, TooMany
from playground.faults import Fault
from tests.agents.seeds import press
from tests.customers.looking import (
    OTHER_SERIAL,
    OWN_NAMES,
    PROFILE,
    SERIAL,
    at_attachments,
    at_serial,
    at_step,
    labels,
    latest,
    leap,
    open_another,
    text,
    untagged,
    write_new,
)
from tests.world import Customer, World, texts

# Names that are the same in every language, and the other languages' names on the language menu.
NAMES = {"Talon", "Vendotek", "Telegram", "SIM", "English", "Latviešu", "Русский"}
# The first question, asked in all three languages at once.
FIRST_QUESTION = "Выберите язык · Choose a language · Izvēlieties valodu"
WORD = re.compile(r"[^\W\d_]+")


def spoken(world: World) -> Iterator[str]:
    """Every text, label, toast, menu and name that the bot ever sent."""
    for call in world.pg.calls:
        if call.method == "setMyCommands":
            # Those of all chats are set in all three languages when the bot starts.
            if (call.param("scope") or {}).get("type") == "chat":
                yield from (command["description"] for command in call.param("commands"))
            continue
        for name in ("text", "caption", "name"):
            if (words := call.params.get(name)) and call.method != "setMyName":
                yield untagged(str(words)) if call.params.get("parse_mode") == "HTML" else str(words)
        markup: Any = call.param("reply_markup") or {}
        for kind in ("inline_keyboard", "keyboard"):
            for row in markup.get(kind, ()):
                yield from (button["text"] for button in row)
        media = call.params.get("media")
        for item in json.loads(media) if isinstance(media, str) else media or ():
            yield item.get("caption") or ""


def profile_texts(language: Language) -> str:
    """All that the profile says in a language."""
    fields = [text for f in PROFILE.form for text in (f.label, f.question, getattr(f, "where", None))]
    fields += [text for f in PROFILE.form for text in (getattr(f, "hint", None), getattr(f, "example", None))]
    others = [PROFILE.welcome, PROFILE.advice, *(notice.text for notice in PROFILE.notices)]
    others += [text for gate in PROFILE.gates for text in (gate.question, gate.notice)]
    others += [text for entry in PROFILE.faq for text in (entry.question, entry.answer)]
    return " ".join(each.in_language(language) for each in (*fields, *others) if each is not None)


@cache
def vocabulary(language: Language) -> frozenset[str]:
    """All words that the desk uses in a language, in small letters."""
    forms: list[str] = []
    for entry in read(language):
        if entry.id:
            strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
            forms += [each for each in strings if each]
    bare = re.sub(r"\{\w*\}|<[^>]+>|/\w+", " ", " ".join(forms) + " " + profile_texts(language))
    return frozenset(word.casefold() for word in WORD.findall(bare))


def english_in(words: str, language: Language, typed: set[str]) -> list[str]:
    """The English words in a text, apart from names, commands, addresses and what people typed."""
    for each in sorted(typed, key=len, reverse=True):
        words = words.replace(each, " ")
    words = re.sub(r"/\w+|@\w+|https?://\S+", " ", words)
    if language == "ru":
        return [word for word in WORD.findall(words) if re.search("[A-Za-z]", word) and word not in NAMES]
    foreign = vocabulary("en") - vocabulary("lv")
    return [word for word in WORD.findall(words) if word.casefold() in foreign and word not in NAMES]


async def whole_story(world: World, anna: Customer) -> None:
    """Everything a customer can see, as far as one can in one sitting."""
    language = OWN_NAMES["ru" if anna.language == "ru" else "lv"]
    await anna.choose_language(language)
    for command in ("/help", "/privacy", "/faq", "/my", "/cancel", "/language"):
        await anna.say(command)
    await anna.say("Жжж 1")
    await anna.press("New request")
    await anna.press("I do not agree")
    await anna.say("Жжж 1")
    await anna.press("New request")
    await anna.press("I agree")
    await anna.press("Yes")
    await anna.press("Continue")
    await anna.press("FAQ")
    for entry in PROFILE.faq:
        await anna.press(entry.question.in_language(anna.language))  # type: ignore[arg-type]
        await anna.press("Back")
    await anna.press("Continue")
    for wrong in ("Ж", "Ж" * 121):
        await anna.say(wrong)
    await anna.say("Жжж 2")
    for wrong in ("Ж", "11", "1" * 13, "---"):
        await anna.say(wrong)
    anna.person.send_photo(anna.chat)
    anna.person.send_location(anna.chat)
    anna.person.send_sticker(anna.chat)
    anna.person.send_photo(anna.chat, caption="Ж")
    await world.settle(2)
    await anna.say(SERIAL)
    await anna.say("/cancel")
    await anna.press("Back")
    await anna.press("Skip")
    await anna.press("Back")
    await anna.press("Continue")
    await anna.press("Done")
    old_review = latest(anna)
    anna.person.start(world.bot)
    await world.settle(0)
    await anna.press("Continue")
    await anna.press("Submit")
    await world.settle(3)
    topic = world.topic()
    card = topic.messages[1]
    anna.person.press_data(old_review, FormButton(act="submit", draft=1, step=REVIEW).pack())
    staff = translator(anna.language)
    for label in ("Take", "Release"):
        await press(world, card, staff.plain(label))
    await anna.say("/my")
    await anna.press(next(label for label in labels(latest(anna)) if "#1001" in label))
    await anna.press("Write")
    world.agent.write(topic, "Ж")
    world.agent.write(topic, "// Ж")
    await world.settle(2)
    await anna.say("/my")
    await anna.press(next(label for label in labels(latest(anna)) if "#1001" in label))
    await anna.press("Back")
    world.agent.press(card, staff.plain("Resolve"))
    await world.settle(2)
    await anna.press("No, not solved")
    await world.settle(2)
    world.agent.press(card, staff.plain("Resolve"))
    await world.settle(2)
    await anna.press("Yes, solved")
    await anna.press("Reopen")
    await world.settle(2)
    await open_another(anna, OTHER_SERIAL, "Жжж 3")
    await anna.say("Жжж 4")
    await anna.press(next(label for label in labels(latest(anna)) if "#1001" in label))
    await write_new(anna)
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Жжж 5")
    await anna.press(OTHER_SERIAL)
    await anna.press("Cancel")
    await anna.press("Discard the draft")
    await write_new(anna)
    await anna.press("Back")
    await write_new(anna)
    await anna.press("No")
    await anna.press("Continue")
    await anna.say("Жжж 6")
    world.agent.press(card, staff.plain("Resolve"))
    await leap(world, days=8)
    await leap(world, days=15)
    await anna.say("/my")
    await anna.press(next(label for label in labels(latest(anna)) if "#1001" in label))
    await anna.press("Reopen")
    anna.person.block(world.bot)
    await world.settle(2)
    anna.person.start(world.bot)
    await world.settle(3)


@pytest.mark.parametrize("language", ["ru", "lv"])
async def test_no_english_word_is_left_in_a_whole_conversation(sqlite_url: str, language: Language) -> None:
    world = World(sqlite_url, staff_language=language)
    await world.start()
    try:
        anna = world.customer("Анна", last_name="Ж", language_code=language)
        await whole_story(world, anna)
        typed = {"Ж", "Жжж", "Details", "Анна", "Ольга Смирнова", "Owner", FIRST_QUESTION}
        found = {words: left for words in spoken(world) if (left := english_in(words, language, typed))}
        assert not found
        # The net has no holes: it heard the card, the menu of commands, toasts and the keyboard.
        heard = "\n".join(spoken(world))
        tr = translator(language)
        for word in ("Take", "New request", "What is stored about me", "Start over"):
            assert tr.plain(word) in heard
    finally:
        await world.close()


def test_the_search_for_english_words_finds_some() -> None:
    assert english_in("Заявка #1001 closed", "ru", set()) == ["closed"]
    assert english_in("Pieteikums #1001 is already closed", "lv", set())


FORMS: dict[Language, dict[int, str]] = {
    "ru": {1: "1 вложение", 2: "2 вложения", 5: "5 вложений", 11: "11 вложений", 21: "21 вложение"},
    "en": {
        1: "1 attachment",
        2: "2 attachments",
        5: "5 attachments",
        11: "11 attachments",
        21: "21 attachments",
    },
    "lv": {1: "1 pielikums", 2: "2 pielikumi", 5: "5 pielikumi", 11: "11 pielikumu", 21: "21 pielikums"},
}


@pytest.mark.parametrize("language", ["ru", "en", "lv"])
async def test_attachments_are_counted_as_the_language_counts(sqlite_url: str, language: Language) -> None:
    world = World(sqlite_url, staff_language=language)
    await world.start()
    try:
        anna = world.customer(language_code=language)
        await at_attachments(anna, OWN_NAMES[language])
        sent = 0
        for number, words in FORMS[language].items():
            while sent < number:
                batch = min(10, number - sent)
                if batch > 1:
                    anna.person.send_album(anna.chat, [Photo() for _ in range(batch)])
                else:
                    anna.person.send_photo(anna.chat)
                sent += batch
            await world.settle(1.5)
            assert re.search(rf"\b{words}\b", text(anna)), text(anna)
        await anna.press("Done")
        assert re.search(rf"\b{FORMS[language][21]}\b", text(anna))
        await anna.press("Submit")
        await world.settle(4)
        card = world.topic().messages[1]
        assert re.search(rf"\b{FORMS[language][21]}\b", card.text or ""), card.text
    finally:
        await world.close()


async def switch(customer: Customer, language: Language) -> None:
    """Choose another language by the command, whose menu names each in its own words."""
    await customer.say("/language")
    await customer.choose_language(OWN_NAMES[language])


def menu_is_in(world: World, customer: Customer, language: Language) -> bool:
    """Whether the keyboard below the text field and the menu of commands are in this language."""
    tr = translator(language)
    keyboard = [label for row in customer.chat.keyboard or () for label in row]
    scope = next(
        commands for key, commands in world.bot.commands.items() if str(customer.person.id) in str(key)
    )
    wanted = [tr.plain(label) for label in ("New request", "My requests", "FAQ", "Language")]
    return keyboard == wanted and [command["description"] for command in scope][:4] == wanted


async def test_the_language_switches_at_any_step_and_the_step_stays(world: World) -> None:
    anna = world.customer(language_code="ru")
    await at_serial(anna, "Русский")
    assert menu_is_in(world, anna, "ru")
    steps: list[tuple[Language, int, Callable[[], Awaitable[object]]]] = [
        ("en", 2, lambda: anna.say(SERIAL)),
        ("lv", 3, lambda: anna.say("Ж")),
        ("ru", 4, lambda: anna.press("Skip")),
        ("en", 5, lambda: anna.press("Done")),
    ]
    for language, step, onward in steps:
        await switch(anna, language)
        await world.settle(1)
        assert at_step(anna, step), world.report()
        assert menu_is_in(world, anna, language)
        await onward()
    await switch(anna, "lv")
    assert PROFILE.form[0].label.in_language("lv") in text(anna)
    assert "Iesniegt" in labels(latest(anna))[0]
    await anna.press("Submit")
    await world.settle(2)
    assert "Rīga" in text(anna) or anna.word("Moscow time") in text(anna)
    # The present language is no switch at all.
    await anna.say("/language")
    toast = await anna.press("Latviešu")
    assert toast
    assert not english_in(toast, "lv", set())

    await anna.say("/my")
    await switch(anna, "en")
    await anna.say("/my")
    assert "You have 1 request." in text(anna)
    assert "#1001 · new" in labels(latest(anna))[0]


async def test_notices_queued_after_a_switch_are_in_the_new_language(world: World) -> None:
    anna = world.customer(language_code="ru")
    topic = await anna.open_ticket("Русский", subject="Жжж")
    card = topic.messages[1]
    # Telegram lets nothing into the chat for a while; what is said meanwhile waits.
    world.pg.faults.add(Fault(then=TooMany(20), chat_id=anna.person.id))
    world.agent.write(topic, "Здравствуйте")
    await world.settle(1)
    world.agent.press(card, "Решить")
    await world.settle(1)
    anna.write("/language")
    await world.settle(1)
    click = anna.person.press_data(anna.bots()[0], "l:lv")
    await world.settle(1)
    world.agent.press(card, "Закрыть")
    await world.settle(25)
    assert click.result is not None
    said = texts(anna.chat, of=world.bot)
    ru, lv = translator("ru"), translator("lv")
    asked = untagged(
        ru.text(
            "The specialist considers request #{number} resolved: <b>{subject}</b>.",
            number=1001,
            subject="Жжж",
        )
    )
    asked += "\n\n" + ru.plain("Is the problem solved?")
    closed = lv.plain("Request #{number} has been closed by a specialist.", number=1001)
    closed += "\n\n" + lv.plain("How would you rate our help?")
    assert asked in said, world.report()
    assert closed in said, world.report()
    assert said.index(asked) < said.index(closed)
    anna.language = "lv"
    assert anna.with_button(anna.word("Reopen")) is not None
    assert menu_is_in(world, anna, "lv")
