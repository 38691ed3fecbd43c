"""The desk of Smarttek cash registers by its rules ("Paziņojums par Servisa dienesta saziņas
kanāliem").

Out of reach: WhatsApp. A desk that only talks (intake = "talk") is played in tests/customers/test_talk.py.
"""

from tests.agents.seeds import colleague, press
from tests.customers.test_types import choose
from tests.desks.conftest import OpenShipped
from tests.desks.scene import (
    alarms,
    answer,
    arrive,
    asked,
    card,
    everything,
    new_request,
    offered,
    rate,
    set_priority,
    share_phone,
    submit,
    tap,
    told,
    wait_until,
    write,
)


async def test_a_register_is_blocked_on_the_evening_before_christmas(shipped: OpenShipped) -> None:
    world = await shipped("smarttek", "2026-12-23 19:00", staff_language="lv")
    # Latvian first.
    inga = world.customer("Inga", language_code="lv")
    inga.person.start(world.bot)
    await world.until(lambda: inga.with_button("Latviešu"))
    assert offered(inga)[0] == "Latviešu"
    await inga.choose_language("Latviešu")
    # WhatsApp may be used for communication only.
    assert "WhatsApp ir paredzēts tikai saziņai: pieteikumus tur iesniegt nevar" in asked(inga)

    # Three departments, each with its telephone.
    await new_request(inga)
    departments = {
        "HelpDesk: konsultācijas un apmācības": "+371 20110505",
        "Tehniskā daļa": "+371 20110525",
        "Servisa administrācija": "+371 20110545",
    }
    assert offered(inga)[:3] == list(departments)
    for department, phone in departments.items():
        told_of = next(part for part in asked(inga).split("\n\n") if part.startswith(department))
        assert phone in told_of
    # The rules and the FAQ first, as links.
    await choose(inga, "Tehniskā daļa")
    assert "Servisa kārtības noteikumi: https://smarttek.eu/help\n" in asked(inga)
    assert "https://smarttek.eu/help/faq" in asked(inga)
    await inga.press("Continue")

    # The least information: company, register, what happens, and a telephone for what is technical.
    await answer(inga, "SIA „Paraugs”", "Kafejnīca „Paraugs”, 2. kase", "Kopš rīta kase nedrukā čekus.")
    assert "Pa kādu tālruni varam ar Jums sazināties?" in asked(inga)
    assert inga.chat.keyboard == [["📱 Nosūtīt manu numuru"], ["Atpakaļ", "Atcelt"]]
    await share_phone(inga)
    await inga.press("Done")

    # Latvian public holidays are no working days; nothing is promised, since nothing is published.
    ticket = await submit(inga)
    assert told(ticket).split("\n")[0] == "Jūsu pieteikums ir reģistrēts: #1001."
    assert "pirmdien" in told(ticket).split("\n")[1]
    assert "28. decembr" in told(ticket).split("\n")[1]
    assert "zvaniet tehniskajai daļai pa tālruni +371 20110525" in told(ticket)
    assert "Atbildes termiņš" not in told(ticket)
    assert "līdz:" not in card(ticket)
    for line in ("Uzņēmums: SIA „Paraugs”", "Kase: Kafejnīca „Paraugs”, 2. kase"):
        assert line in card(ticket)

    # Before the work starts the staff decide how important it is and of which type, and ask for the least
    # they need to know; the customer is told. Still no deadline, and no alarm.
    assert "Nodaļa: Tehniskā daļa" in card(ticket)
    assert "Prioritāte:" not in card(ticket)
    await set_priority(ticket, "Prioritāte", "Bloķējoša (kritiska)")
    assert asked(inga) == "Pieteikums #1001: prioritāte „Bloķējoša (kritiska)”."
    await write(ticket, "/canned least")
    assert "Lai sāktu darbu pie pieteikuma #1001, lūdzu, norādiet" in asked(inga)
    await press(world, ticket.card, "Gaidīt klientu")
    assert asked(inga) == ("Pieteikums #1001: gaidām Jūsu atbildi, bez tās speciālists nevar turpināt.")
    await inga.say("Brīvības iela 1, kases modelis CHD 3850, kļūda „Paper”.")
    await world.settle(2)
    assert "#1001 · tiek risināts" in card(ticket)
    await wait_until(world, "2027-01-11 12:00")
    assert alarms(ticket) == []

    # The parts have to come first; then it is solved.
    await press(world, ticket.card, "Atlikt")
    await press(world, ticket.card, "Gaidām rezerves daļas")
    await press(world, ticket.card, "Uz 3 darbdienām")
    assert asked(inga) == (
        "Pieteikums #1001 ir atlikts līdz: ceturtdiena, 14. janvāris, 09:00 (Rīgas laiks).\n"
        "Iemesls: Gaidām rezerves daļas."
    )
    await wait_until(world, "2027-01-14 09:01")
    assert "#1001 · tiek risināts" in card(ticket)
    await write(ticket, "Printeris nomainīts.")
    await press(world, ticket.card, "Atrisināt")
    assert asked(inga).endswith("Vai problēma ir atrisināta?")
    await inga.press("Yes, solved")
    assert "Kā Jūs vērtējat mūsu palīdzību?" in asked(inga)
    await rate(ticket, 5, "Paldies, viss strādā!")
    assert "Paldies! Jūsu atsauksme nodota speciālistiem." in asked(inga)
    assert ticket.is_closed()
    assert "Vērtējums: ★★★★★ „Paldies, viss strādā!”" in card(ticket)


async def test_each_department_asks_its_own(shipped: OpenShipped) -> None:
    world = await shipped("smarttek", "2026-11-24 10:00", staff_language="lv")
    john = await arrive(world, "English", "John", language_code="en")
    # Consultation and training: no register, and a telephone only if one likes.
    await new_request(john, "HelpDesk: consultation and training")
    await john.press("Continue")
    await answer(john, "SIA “Example”", "How do we add a dish in iiko?")
    await tap(john, "Skip")
    await john.press("Done")
    ticket = await submit(john)
    assert told(ticket).split("\n")[0] == "Your request is registered: #1001."
    assert "+371 20110525" not in told(ticket)

    # Administration: the contract too, if it is known; the company is not asked again.
    await new_request(john, "Service administration")
    await john.press("Continue")
    assert "Which cash register is this about?" in asked(john)
    await answer(john, "Café “Example”, register 2")
    assert "number of your service contract" in asked(john)
    await answer(john, "17/26", "Please register it with EDS.", "+371 20110545")
    await john.press("Done")
    second = await submit(john)
    assert "17/26" in card(second)
    assert "SIA “Example”" in card(second)
    # The company's number for what is technical is told to whoever has such a request.
    assert "+371 20110525" not in told(second)

    # It was a matter for the technicians after all: staff move it, and the request shows their telephone.
    assert "Nodaļa: Servisa administrācija" in card(second)
    await press(world, second.card, "Nodot")
    await press(world, second.card, "Tehniskā daļa")
    assert "Nodaļa: Tehniskā daļa" in card(second)
    await tap(john, "My requests")
    await choose(john, next(label for label in offered(john) if "#1002" in label))
    assert "Department: Technical department, +371 20110525" in asked(john)

    # The other one was no question of training either: with its type it goes to the department of that type.
    assert "Nodaļa: HelpDesk nodaļa" in card(ticket)
    await press(world, ticket.card, "Pieteikuma veids")
    await press(world, ticket.card, "Servisa administrācija")
    assert "We have filed request #1001 under “Service administration”." in everything(john)
    assert "Nodaļa: Servisa administrācija" in card(ticket)


async def test_changed_rules_are_announced_to_everybody(shipped: OpenShipped) -> None:
    world = await shipped("smarttek", "2026-11-24 10:00", staff_language="lv")
    inga = await arrive(world, "Latviešu", "Inga", language_code="lv")
    anna = await arrive(world, "Русский")
    chief = await colleague(world, "Vadītājs", admin=True)
    # Each language in its own words, and nothing goes out before somebody has seen it as it will be.
    for language, rules in {
        "lv": "No 1. decembra mainās servisa noteikumi.",
        "ru": "Правила меняются.",
    }.items():
        chief.write(world.group, f"/announce {language}", reply_to=chief.write(world.group, rules))
        await world.settle(2)
        assert "1 klients" in (world.group.general[-1].text or "")
        assert rules not in everything(inga) + everything(anna)
        await press(world, world.group.general[-1], "📣 Nosūtīt", who=chief)
        await world.settle(10)
        assert world.group.general[-1].text == ("Paziņojums ir nosūtīts.\nSaņēma: 1\nNeizdevās sasniegt: 0")
    assert asked(inga) == "No 1. decembra mainās servisa noteikumi."
    assert asked(anna) == "Правила меняются."
