"""The staff groups: the desk's common one, and those of departments that have one of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desk.departments import Department
from desk.profile import Profile
from storage import destinations
from storage.rows import Ticket
from storage.scope import Scope


@dataclass(slots=True, eq=False)
class Group:
    """A staff group as Telegram has it now; `department` is whose own it is, empty for the common one."""

    department: str
    chat_id: int
    is_forum: bool = True

    @property
    def general(self) -> str:
        """The destination of what is said there outside any thread."""
        return destinations.staff(self.department)


class Groups:
    """All of them. A department without a group of its own shares the common one."""

    def __init__(self, profile: Profile, common: Group, own: Iterable[Group] = ()) -> None:
        self._profile = profile
        self.common = common
        self._own = {group.department: group for group in own}

    def __iter__(self) -> Iterator[Group]:
        return iter((self.common, *self._own.values()))

    @property
    def are_several(self) -> bool:
        """Whether a ticket may move from one group to another."""
        return bool(self._own)

    def of(self, ticket: Ticket) -> Group:
        """The group of the department that a ticket is in."""
        return self.of_department(ticket.department)

    def of_department(self, key: str | None) -> Group:
        """The group of a department; of one that the profile has no more, that of the first."""
        department = self._profile.department(key)
        return self.common if department is None else self._own.get(department.key, self.common)

    def of_general(self, destination: str) -> Group:
        """The group whose General topic a destination is."""
        return self._own.get(destinations.department_of(destination), self.common)

    def of_chat(self, chat_id: int) -> Group | None:
        """The group that a chat is; None if it is none of ours."""
        return next((group for group in self if group.chat_id == chat_id), None)

    def same_side(self, one: int, other: int) -> bool:
        """Whether who reads two chats is the same: they are one chat, or both staff groups."""
        return one == other or (self.of_chat(one) is not None and self.of_chat(other) is not None)

    def departments(self, group: Group) -> list[Department]:
        """The departments whose tickets are in that group."""
        return [each for each in self._profile.departments if self.of_department(each.key) is group]

    def duties(self, group: Group) -> list[str] | None:
        """The departments in which one is on duty there; None for all there are."""
        return [each.key for each in self.departments(group)] if self._own else None

    def scope(self, group: Group) -> Scope | None:
        """The tickets that are in that group; None for all there are."""
        if not self._own:
            return None
        theirs = [each.key for each in self.departments(group)]
        first = self._profile.departments[0].key
        if first not in theirs:
            return Scope(frozenset(theirs))
        # What is in no department, or in one that the profile has no more, counts as the first's.
        others = {each.key for each in self._profile.departments}.difference(theirs)
        return Scope(frozenset(others), all_but=True)
