"""Forms against whoever writes too much, presses what is not there, or sends what no client sends."""

from dialogs.buttons import FormButton, token
from dialogs.form import ADVICE, END, NEEDS, REVIEW, TYPE
from tests.customers.conftest import OpenDesk
from tests.customers.looking import labels, latest, text, write_new
from tests.customers.test_types import choose
from tests.world import texts

LONG = """
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
""" + "".join(
    f"""
[[form]]
kind = "text"
key = "text_{number}"
label = "Label {number} {"l" * 50}"
question = "Text {number}?"
required = false
"""
    for number in range(6)
)


async def test_answers_as_long_as_telegram_lets_them_are_reviewed_and_arrive_whole(
    open_desk: OpenDesk,
) -> None:
    world = await open_desk(LONG)
    anna = world.customer("A" * 64, last_name="<b>" * 21, language_code="en")
    await anna.choose_language("English")
    await write_new(anna)
    answers = ["😀" * 2048, "a" * 4096, "<" * 4096, "&amp;" * 819, "ж" * 700, "b" * 10]
    await anna.say("й" * 4096)
    for answer in answers:
        await anna.say(answer)
    assert "Please check your request" in text(anna), world.report()[-2000:]
    assert "Label 5" in text(anna)
    await anna.press("Back")
    assert "Your answer so far: bbb" in text(anna)
    await anna.press("Continue")
    await anna.press("Submit")
    await world.settle(5)
    topic = world.topic()
    card = topic.messages[1].text or ""
    assert "Label 5" in card
    assert "b" * 10 in card
    below = texts(topic)[1:]
    assert "й" * 4096 in below
    for answer in answers[:-1]:
        assert any(answer in words for words in below), answer[:10]


FORGED = """
advice = "Read this"
[[marks]]
key = "owner"
label = "Owner"
how = "Write to us"
[[types]]
key = "help"
label = "Help"
[[types]]
key = "removal"
label = "Removal"
needs = "owner"
[[types]]
key = "sales"
label = "Sales"
end = "Not here"
[[gates]]
key = "stop"
question = "Are you a competitor?"
notice = "Then go away"
blocks = true
[[form]]
kind = "choice"
key = "product"
label = "Product"
question = "Which?"
[[form.options]]
key = "till"
label = "Till"
[[form.options]]
key = "scales"
label = "Scales"
[[form]]
kind = "text"
key = "story"
role = "description"
label = "Story"
question = "What happened?"
[[form]]
kind = "text"
key = "secret"
label = "Secret"
question = "Whose?"
only = ["removal"]
"""


async def test_forged_buttons_open_no_way_around_the_form(open_desk: OpenDesk) -> None:
    world = await open_desk(FORGED)
    eve = world.customer("Eve", language_code="en")
    await eve.choose_language("English")
    await write_new(eve)
    data = (latest(eve).markup or {})["inline_keyboard"][0][0]["callback_data"]
    draft = FormButton.unpack(data).draft

    async def forge(*presses: tuple[str, str, str]) -> None:
        for act, step, value in presses:
            press = FormButton(act=act, draft=draft, step=step, value=value).pack()
            eve.person.press_data(latest(eve), press)
        await world.settle(1)

    def everything(step: str) -> list[tuple[str, str, str]]:
        acts = ("pass", "keep", "submit", "edit", "use", "yes", "no", "join", "where", "type", "nonsense")
        here = [(act, step, "secret") for act in acts] + [
            ("use", step, token("till")[:-1]),
            ("pass", step, ""),
        ]
        return here + [(act, each, "") for act in ("submit", "pass") for each in (REVIEW, ADVICE, "story")]

    for step, words in {TYPE: "request about", END: "Not here", NEEDS: "Write to us"}.items():
        await forge(*everything(step))
        assert words in text(eve), world.report()
        if step == TYPE:
            await choose(eve, "Sales")
        else:
            await eve.press("Back")
            await choose(eve, "Removal" if step == END else "Help")
    await forge(*(each for each in everything("gate.stop") if each[0] not in ("yes", "no")))
    assert "competitor" in text(eve)
    await eve.press("Yes")
    assert text(eve) == "Then go away"
    assert labels(latest(eve)) == ["Back", "Cancel"]
    await forge(("no", "gate.stop", ""))
    await eve.press("Continue")
    await forge(*everything("product"))
    assert "Which?" in text(eve)
    assert not world.group.topics
    await choose(eve, "Till")
    await eve.say("It is silent")
    # What the type does not have cannot be edited into it.
    await forge(("edit", REVIEW, "secret"))
    assert "Please check your request" in text(eve)
    await eve.press("Submit")
    await world.settle(2)
    assert "Product: Till" in (world.topic().messages[1].text or "")
