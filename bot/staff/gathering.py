"""Which groups the staff has now, and that their tickets are there."""

from __future__ import annotations

import json

from bot.pipeline.threads import group_now, has_topics
from bot.settings import Settings, SettingsError, group_setting
from desk.profile import Profile
from dialogs.groups import Group, Groups
from storage import meta, tickets
from storage.outbox import Outbox
from storage.store import Store

# No group has this id: with it nothing is ever taken for the staff group.
_NO_GROUP = 0


async def staff_groups(store: Store, settings: Settings, profile: Profile) -> Groups:
    """The staff groups as they are now: a migrated group's new id beats the setting.

    Raises SettingsError if two settings have become the same group. Until there is a common one, none is.
    """
    own = {} if settings.staff_chat_id is None else settings.staff_chats
    found: list[Group] = []
    async with store.transaction() as tx:
        for key, chat_id in {"": settings.staff_chat_id or _NO_GROUP, **own}.items():
            now = await group_now(tx, chat_id)
            same = next((group.department for group in found if group.chat_id == now), None)
            if same is not None:
                raise SettingsError(
                    f"{group_setting(key)} ({chat_id}): that group is {now} now, which is the group of "
                    f"{group_setting(same)}; give the department another one, or take the setting out"
                )
            found.append(Group(key, now, await has_topics(tx, now)))
    return Groups(profile, found[0], found[1:])


async def gather(store: Store, groups: Groups) -> None:
    """If departments have other groups than before, their tickets go on there."""
    if groups.common.chat_id == _NO_GROUP:
        return
    async with store.transaction() as tx:
        now = json.dumps(sorted((group.department, group.chat_id) for group in groups))
        if await meta.get(tx, "groups") == now:
            return
        await meta.put(tx, "groups", now)
        for group in groups:
            owed = Outbox(tx)
            for number in await tickets.standing_elsewhere(tx, group.chat_id, groups.scope(group)):
                await owed.card(number, at_once=True)
