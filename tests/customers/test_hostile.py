"""Names and texts that try to be markup, templates or nothing at all: they show as typed."""

import pytest

from tests.customers.looking import SERIAL, latest, text
from tests.world import World, texts

EVE = "<b>Eve</b> & {0} %s"
NAMES = {
    "markup": f"{EVE} <500>",
    "invisible": "\u202eEve\u202c עברית \u200b\u200d\u2060x &lt;Eve&gt; \\n {name}",
    "emoji": "😀" * 32 + "👨‍👩‍👧" * 6 + "😀" * 2,
}


@pytest.mark.parametrize("kind", NAMES)
async def test_hostile_names_and_texts_show_as_typed(world: World, kind: str) -> None:
    name = NAMES[kind]
    eve = world.customer(name, language_code="en")
    subject, description, equipment = f"{name} subject", f"{name}\n<i>description", f"{name} </code>"
    await eve.begin("English")
    await eve.say(subject)
    await eve.say(name)  # no serial number
    assert "digits" in text(eve)
    await eve.say(SERIAL)
    await eve.say(description)
    await eve.say(equipment)
    await eve.press("Back")
    assert equipment in text(eve)
    await eve.say(equipment)
    eve.person.send_photo(eve.chat, caption=name)
    await world.settle(2)
    await eve.press("Done")
    for words in (subject, description, equipment):
        assert words in text(eve)
    await eve.press("Submit")
    await world.settle(3)
    topic = world.topic()
    full_name = f"#1001 · {SERIAL} · {name}"
    assert topic.name == full_name or (len(topic.name) > 60 and full_name.startswith(topic.name))
    card, photo = topic.messages[1:]
    for words in (subject, description, equipment, name):
        assert words in (card.text or "")
    assert photo.text == name

    await eve.say("My requests")
    assert any(subject[:20] in label for row in latest(eve).buttons for label in row)
    await eve.press(next(label for row in latest(eve).buttons for label in row if "#1001" in label))
    for words in (subject, description):
        assert words in text(eve)
    eve.write(name)
    world.agent.write(topic, name)
    await world.settle()
    assert texts(topic)[-2:].count(name) == 2
    assert name in texts(eve.chat, of=world.bot)
    world.agent.press(card, "Решить")
    await world.settle()
    assert subject in text(eve)
    # Where several are open, the choice names them as well.
    await eve.press("No, not solved")
    assert "#1001" in text(eve)
