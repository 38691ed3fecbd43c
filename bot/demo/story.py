"""The story of the tour: two customers write at once, in two languages, and two agents answer.

What the people say is here; what the bot says is its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.demo.acting import Agent, Customer
from bot.demo.case import Case
from bot.demo.stage import STAFF_LANGUAGE, Stage
from desk.profile import Profile
from locales import Language
from playground import Document, Photo, Video, Voice


def cases(stage: Stage) -> tuple[Case, Case]:
    """Who has which ticket: Анна with Ольга in Russian, Līga with Jānis in Latvian."""
    return (
        Case(Customer(stage, "anna", "ru"), Agent(stage, "olga", STAFF_LANGUAGE)),
        Case(Customer(stage, "liga", "lv"), Agent(stage, "janis", STAFF_LANGUAGE)),
    )


async def annas_story(case: Case, profile: Profile) -> None:
    """In Russian: a wrong serial number and a right one, an album, an answer that helps, and yes."""
    anna, olga = case.customer, case.agent
    await _start(case, "ru")
    await anna.reads(anna.chat, _question(profile, "supplier", "ru"))
    await anna.presses("No")
    await _look_at_faq(anna, profile)

    await _is_asked(anna, profile, "subject")
    case.subject = "Терминал не принимает карты"
    anna.writes(case.subject)

    await _is_asked(anna, profile, "serial")
    wrong = anna.writes("12345678901")
    await anna.sees(
        anna.chat, "a word about the wrong number", lambda m: (m.text or "").startswith("⚠️"), after=wrong.id
    )
    case.serial = "123456789012"
    anna.writes("1234-5678-9012")

    await _is_asked(anna, profile, "description")
    case.description = anna.writes(
        "Со вчерашнего вечера на экране «Нет связи», карты не читаются. "
        "Перезагрузили терминал и заменили сим-карту: не помогло."
    )
    await _is_asked(anna, profile, "equipment")
    anna.writes("Кофейный автомат, импульсное подключение")

    await _is_asked(anna, profile, "attachments")
    case.opening += anna.sends_album([Photo(), Photo(), Photo()], "Экран, наклейка и разъём")
    case.opening.append(anna.sends(Video(duration=12)))
    await _count_shown(case)
    await anna.presses("Done")
    await anna.reads(anna.chat, case.description.text or "")
    await anna.presses("Submit")
    await case.opened()

    await olga.presses(case.thread, "Take")
    await case.agent_notes("// У этой партии слабая антенна. Если не поможет, меняем по гарантии.")
    await case.agent_answers("Здравствуйте, Анна! Спасибо за фотографии, по ним всё видно.")
    photo = await case.agent_answers(
        "Переставьте, пожалуйста, антенну в верхний разъём, как на этом снимке, и включите терминал.", Photo()
    )
    anna.person.react(photo, "👍")
    await case.customer_writes("Переставили, связь появилась. Карты принимает, большое спасибо!", photo)

    await olga.presses(case.thread, "Resolve")
    await anna.presses("Yes, solved")


async def ligas_story(case: Case, profile: Profile) -> None:
    """In Latvian, a step in Russian, and on in Latvian; the first answer does not help, the second does."""
    liga, janis = case.customer, case.agent
    await _start(case, "lv")
    await liga.reads(liga.chat, _question(profile, "supplier", "lv"))
    await liga.presses("Yes")
    await liga.reads(liga.chat, profile.gates[0].notice.in_language("lv"))
    await liga.presses("Continue")
    assert profile.advice is not None
    await liga.reads(liga.chat, profile.advice.in_language("lv"))
    await liga.presses("Continue")

    await _is_asked(liga, profile, "subject")
    case.subject = "Terminālis neredz automātu"
    liga.writes(case.subject)
    await _is_asked(liga, profile, "serial")
    case.serial = "210987654321"
    liga.writes("2109 8765 4321")

    await _is_asked(liga, profile, "description")
    await _switch(case, "ru")
    await _is_asked(liga, profile, "description")
    case.description = liga.writes(
        "Пишет техник: терминал включается, но автомат его не видит, на экране «Нет обмена». "
        "Кабель проверили, контакты чистые."
    )
    await _is_asked(liga, profile, "equipment")
    await _switch(case, "lv")
    await _is_asked(liga, profile, "equipment")
    await liga.presses("Skip")

    await _is_asked(liga, profile, "attachments")
    case.opening.append(liga.sends(Voice(duration=9)))
    await _count_shown(case)
    await liga.presses("Done")
    await liga.reads(liga.chat, case.description.text or "")
    await liga.presses("Submit")
    await case.opened()

    await janis.presses(case.thread, "Take")
    await case.agent_answers(
        "Labdien! Lūdzu, termināļa izvēlnē izvēlieties protokolu MDB un ieslēdziet automātu no jauna."
    )
    await janis.presses(case.thread, "Resolve")
    await liga.presses("No, not solved")
    await case.customer_writes("Protokols ir MDB, bet uz ekrāna joprojām ir „Нет обмена”.")
    await case.agent_notes("/note Vecais Necta modelis: vajadzīgs adapteris, skat. instrukcijas 4. lpp.")
    await case.agent_answers(
        "Paldies! Šim automātam vajadzīgs adapteris; pieslēguma shēma ir pielikumā.",
        Document(file_name="adapteris.pdf"),
    )
    await case.customer_writes("Ar adapteri viss strādā. Liels paldies!")
    await _close_in_my_requests(case)
    await liga.presses_label("5 ★")
    await liga.reads(liga.chat, "★★★★★")


def _question(profile: Profile, gate: str, language: Language) -> str:
    found = next(each for each in profile.gates if each.key == gate)
    return found.question.in_language(language)


async def _start(case: Case, language: Language) -> None:
    customer = case.customer
    customer.person.start(customer.stage.bot)
    await case.choose_language(language)
    await customer.taps("New request")
    await customer.presses("I agree")


async def _is_asked(customer: Customer, profile: Profile, key: str) -> None:
    await customer.reads(customer.chat, profile.field(key).question.in_language(customer.language))


async def _look_at_faq(customer: Customer, profile: Profile) -> None:
    assert profile.advice is not None
    await customer.reads(customer.chat, profile.advice.in_language("ru"))
    await customer.presses("FAQ")
    entry = profile.faq[0]
    await customer.presses_label(entry.question.in_language("ru"))
    await customer.reads(customer.chat, entry.answer.in_language("ru"))
    await customer.presses("Back")
    await customer.presses("Continue")


async def _switch(case: Case, language: Language) -> None:
    await case.customer.taps("Language")
    await case.choose_language(language)


async def _count_shown(case: Case) -> None:
    """The running count names every file, below the last of them."""
    count, last = str(len(case.opening)), case.opening[-1]
    await case.customer.sees(
        case.customer.chat,
        f"a count of {count}",
        lambda m: count in (m.text or "").split() and m.buttons,
        after=last.id,
    )


async def _close_in_my_requests(case: Case) -> None:
    customer = case.customer
    await customer.taps("My requests")
    await customer.sees(customer.chat, "the list of requests", lambda m: _entry(m.buttons, case.number))
    listed = next(m for m in reversed(customer.chat.messages) if _entry(m.buttons, case.number))
    await customer.presses_label(_entry(listed.buttons, case.number) or "")
    await customer.presses("Close request")


def _entry(buttons: Sequence[Sequence[str]], number: int) -> str | None:
    return next((label for row in buttons for label in row if label.startswith(f"#{number} ·")), None)
