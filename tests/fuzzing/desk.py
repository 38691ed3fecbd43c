"""A desk under odd updates, and what has to hold after each: it lives, and nobody waits in vain."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from storage import inbox
from storage.raw import part
from tests.agents.seeds import seed
from tests.fuzzing.updates import People
from tests.world import Customer, World, texts


class FuzzedDesk:
    """A desk with an ordinary customer, whom nothing that others send may keep from being heard."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.anna: Customer
        self.odd: Customer
        self._tasks = 0
        self._told: set[int] = set()

    async def prepare(self) -> None:
        """Both customers have a ticket; the odd one has files and reactions in it too."""
        anna, odd = await seed(self.world, "Анна"), await seed(self.world, "Ева", serial="999999999999")
        self.anna, self._thread = anna.customer, anna.topic
        self.odd, self.odd_thread = odd.customer, odd.topic
        self.odd.person.send_photo(self.odd.chat)
        self.odd.write("Первое")
        self.world.agent.write(self.odd_thread, "Ответ")
        await self.world.settle()
        await self.ordinary()
        self._tasks = len(asyncio.all_tasks())

    def people(self) -> People:
        """Chats and users for odd updates: known ones, unknown ones, a foreign group, a channel."""
        group = {"id": self.world.group.id, "type": "supergroup", "title": "Поддержка", "is_forum": True}
        agent, odd = self.world.agent, self.odd.person
        stranger = {"id": 880_000_001, "is_bot": False, "first_name": "Мартин"}
        return People(
            chats=[
                {"id": odd.id, "type": "private", "first_name": odd.first_name},
                {"id": odd.id, "type": "private"},
                {"id": stranger["id"], "type": "private", "first_name": "Мартин"},
                group,
                group,
                {"id": -1_002_999_999_999, "type": "supergroup", "title": "Чужие"},
                {"id": -1_002_888_888_888, "type": "channel", "title": "Канал"},
            ],
            users=[
                {"id": odd.id, "is_bot": False, "first_name": odd.first_name, "language_code": "lv"},
                {"id": agent.id, "is_bot": False, "first_name": agent.first_name},
                stranger,
                {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"},
            ],
            message_ids=12,
        )

    async def take(self, contents: list[dict[str, Any]]) -> None:
        """Let these updates come together, then look whether everything is as it should be."""
        for content in contents:
            if part(content, "chat_member", "chat").get("id") == self.world.group.id:
                # Whoever left the group is heard no more, rightly.
                continue
            self.world.bot.updates.inject(content)
        await self.ordinary()
        await self.world.settle(8)
        await self._look_aside()
        self._look_alive()

    async def act(self, by_agent: bool, what: str, content: Any) -> None:
        """The odd customer, or an agent in their thread, types or presses something."""
        person = self.world.agent if by_agent else self.odd.person
        place = self.odd_thread if by_agent else self.odd.chat
        shown = [m for m in place.messages if m.sender is self.world.bot]
        if what == "inject":
            self.world.bot.updates.inject(content)
        elif what == "press":
            buttons = [(m, label) for m in shown[-4:] for row in m.buttons for label in row]
            if buttons:
                person.press(*buttons[content % len(buttons)])
        elif not (by_agent and self.odd_thread.closed):
            person.write(place, content, reply_to=shown[-1] if what == "reply" else None)
        await self.world.settle(1)

    async def ordinary(self) -> None:
        """A customer writes, and the agents read it; agents write, and the customer reads it."""
        word = f"Слово {uuid.uuid4().hex[:8]}"
        self.anna.write(word)
        await self.world.until(lambda: word in "\n".join(texts(self._thread)), 60)
        self.world.agent.write(self._thread, f"{word}: принято")
        await self.world.until(lambda: f"{word}: принято" in "\n".join(texts(self.anna.chat)), 60)

    def _look_alive(self) -> None:
        app = self.world.app
        assert app is not None
        assert app.parts is not None
        assert not app._not_alive()
        assert app.parts.processor.idle
        # What is left runs for a reason: the sender's lanes wait for a time that is in the future.
        lanes = len(app.parts.sender._tasks)
        assert len(asyncio.all_tasks()) - lanes <= self._tasks + 2, asyncio.all_tasks()

    async def _look_aside(self) -> None:
        """What was set aside is told in the group, each once."""
        assert self.world.app is not None
        async with self.world.app.store.reading() as tx:
            rows = await inbox.aside(tx)
        aside = {row.update_id for row in rows}
        # What aiogram can read, our handlers can: only what it cannot read may be set aside.
        failed = [row for row in rows if row.update_id not in self._told and not _is_unreadable(row.error)]
        assert not failed, "\n".join(f"{row.payload}\n{row.error}" for row in failed)
        for update_id in aside - self._told:
            # The group may have to wait meanwhile.
            await self.world.until(lambda update_id=update_id: self._times_told(update_id) == 1, 300)  # type: ignore[misc]
        self._told |= aside

    def _times_told(self, update_id: int) -> int:
        said = "\n".join(m.text or "" for m in self.world.group.general if m.sender is self.world.bot)
        return said.count(str(update_id))

    @property
    def set_aside(self) -> int:
        """How many updates our own code could not process."""
        return len(self._told)


def _is_unreadable(error: str) -> bool:
    """Whether it is no update that aiogram knows, or has ids that no database holds.

    aiogram warns of kinds that are new to it.
    """
    too_large = error.rstrip().endswith("Python int too large to convert to SQLite INTEGER")
    return too_large or error.count("for Update\n") > 0 or "Detected unknown update type" in error
