"""A handler that raises after half its work: nothing of it stays, and nothing behind it waits."""

from typing import Any

import pytest

from bot.inbox import run_inbox
from dialogs import incoming, screens
from tests.customers.looking import at_attachments, at_review, latest, said, text
from tests.world import Customer, World, texts


class Broken(Exception):
    """A fault of our own code."""


def fail_after(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, times: int | None, only: str | None = None
) -> list[str]:
    """Let a function raise after it has done its work; `times` None for always. Gives back its calls."""
    whole = getattr(module, name)
    failed: list[str] = []

    async def broken(talk: Any, *given: Any, **named: Any) -> Any:
        result = await whole(talk, *given, **named)
        if (times is None or len(failed) < times) and only in (None, talk.customer.first_name):
            failed.append(talk.customer.first_name)
            raise Broken(name)
        return result

    monkeypatch.setattr(module, name, broken)
    return failed


async def to_review(world: World, name: str) -> Customer:
    """A customer who only has to press Submit."""
    customer = world.customer(name, language_code="en")
    await at_attachments(customer)
    customer.person.send_photo(customer.chat)
    await world.settle(2)
    await customer.press("Done")
    assert at_review(customer)
    return customer


async def test_a_fault_that_passes_leaves_one_ticket(
    any_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = any_world
    anna = await to_review(world, "Anna")
    failed = fail_after(monkeypatch, screens, "opened", times=2)
    click = anna.person.press(latest(anna), "✅ Submit")
    anna.write("Are you there?")
    await world.settle(5)
    assert failed == ["Anna", "Anna"]
    assert click.result is not None
    assert [topic.name.split()[0] for topic in world.group.topics] == ["#1001"]
    # What came behind it waited its turn.
    assert [message.kind for message in world.topic().messages[1:]] == ["text", "photo", "text"]
    assert texts(world.topic())[-1] == "Are you there?"
    assert sum("#1001" in words for words in texts(anna.chat, of=world.bot)) == 1


async def test_a_lasting_fault_is_set_aside_told_and_replayed(
    any_world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = any_world
    anna = await to_review(world, "Anna")
    boris = await to_review(world, "Boris")
    with monkeypatch.context() as broken:
        failed = fail_after(broken, screens, "opened", times=None, only="Anna")
        with world.pg.hold_updates():
            # Both presses arrive at once, and on SQLite share a transaction.
            click = anna.person.press(latest(anna), "✅ Submit")
            boris.person.press(latest(boris), "✅ Submit")
            anna.write("/help")
        await world.settle(5)
        assert failed == ["Anna"] * 3
    # No half of a ticket: only Boris has one, and what Anna wrote behind it was answered.
    assert [topic.name.split()[-1] for topic in world.group.topics] == ["Boris"]
    assert click.result is not None
    apology = said(
        anna,
        "Sorry, this could not be processed because of a fault of ours. "
        "Your message is kept, and the desk has been told.",
    )
    assert texts(anna.chat).count(apology) == 1
    assert not any(apology in words for words in texts(boris.chat))
    assert said(anna, "<b>How this works</b>") in "".join(texts(anna.chat))
    told = [message.text or "" for message in world.group.general if message.sender is world.bot]
    assert len(told) == 1
    assert "talon inbox" in told[0]

    await world.stop()
    url: str = world._settings["database_url"]
    capsys.readouterr()
    await run_inbox(url, replay=False, update_id=None, traceback=True)
    listed = capsys.readouterr().out
    update_id = int(listed.split()[0])
    assert str(update_id) in told[0]
    assert "Broken: opened" in listed
    assert "Traceback" in listed
    assert '"callback_query"' in listed
    await run_inbox(url, replay=True, update_id=update_id, traceback=False)
    await world.start()
    await world.settle(5)
    assert sorted(topic.name.split()[-1] for topic in world.group.topics) == ["Anna", "Boris"]
    topic = next(topic for topic in world.group.topics if topic.name.endswith("Anna"))
    assert [message.kind for message in topic.messages[1:]] == ["text", "photo"]
    await world.stop()
    await run_inbox(url, replay=False, update_id=None, traceback=False)
    assert "Nothing was set aside." in capsys.readouterr().out


async def test_a_message_that_fails_comes_later_and_the_next_one_does_not_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = world.customer("Anna", language_code="ru")
    topic = await anna.open_ticket("English")
    with monkeypatch.context() as broken:
        failed = fail_after(broken, incoming, "store", times=3)
        await anna.say("The first")
        anna.write("The second")
        await world.settle(5)
        assert len(failed) == 3
    assert texts(topic)[-1] == "The second"
    assert "The first" not in texts(topic)
    # The apology is in the language that was chosen, whatever the telephone speaks.
    assert any(words.startswith("Sorry") for words in texts(anna.chat, of=world.bot)), text(anna)
    await world.stop()
    await run_inbox(world._settings["database_url"], replay=True, update_id=None, traceback=False)
    await world.start()
    await world.settle(3)
    assert texts(topic)[-2:] == ["The second", "The first"]
