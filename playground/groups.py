"""Groups: members, rights, topics, and what happens to a group."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from playground.bots import Bot
from playground.channels import Channel
from playground.chats import Chat
from playground.members import DEFAULT_RIGHTS, Member
from playground.messages import SeenMessage
from playground.topics import DEFAULT_COLOR, Topic
from playground.users import TELEGRAM, User

if TYPE_CHECKING:
    from playground.people import Person
    from playground.world import World


class Group(Chat):
    """A group. The methods here are what its owner does in a client, unless `by` names somebody else."""

    def __init__(self, world: "World", id: int, title: str, kind: str, forum: bool, owner: "Person") -> None:
        super().__init__(world, id)
        self.title = title
        self.username: str | None = None
        """The name by which everybody finds a public group."""
        self.type = kind
        self.is_supergroup = kind == "supergroup"
        self.is_forum = forum
        self.owner = owner
        self.upgraded_to: Group | None = None
        """The supergroup that this basic group became."""
        self.members: dict[int, Member] = {owner.id: Member(owner, "creator")}
        self.available_reactions: list[str] | None = None
        """Emoji that the group allows; None for all."""
        self.topics_by_id: dict[int, Topic] = {}
        self._bots: list[Bot] = []
        self._linked: Channel | None = None

    @property
    def topics(self) -> list[Topic]:
        """The topics that exist now, oldest first, without General."""
        return list(self.topics_by_id.values())

    @property
    def general(self) -> list[SeenMessage]:
        """Messages outside of every topic: the General topic of a forum."""
        return [message for message in self.messages if message.topic is None]

    def topic(self, name: str) -> Topic:
        """The newest topic of this name.

        Raises:
            LookupError: there is none; the words name those there are.
        """
        for topic in reversed(self.topics):
            if topic.name == name:
                return topic
        raise LookupError(f"no topic {name!r}; there are {[topic.name for topic in self.topics]}")

    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.id, "title": self.title, "type": self.type}
        if self.username:
            told["username"] = self.username
        if self.is_forum:
            told["is_forum"] = True
        if self.type == "group":
            told["all_members_are_administrators"] = False
        return told

    def watchers(self) -> list[Bot]:
        return self._bots

    def member(self, user: User) -> Member:
        """The user's standing; "left" for one who never was here."""
        return self.members.get(user.id) or Member(user, "left")

    def is_admin(self, user: User) -> bool:
        return self.member(user).is_admin

    def join(self, person: "Person", admin: bool = False, by: User | None = None) -> None:
        """Let a person in, as an administrator if asked."""
        new = Member(person, "administrator", set(DEFAULT_RIGHTS)) if admin else Member(person, "member")
        self._change(new, by or person)
        self.world.post_service(self, by or person, "new_chat_members", [person.json()])

    def add_bot(
        self,
        bot: Bot,
        admin: bool = True,
        rights: Iterable[str] | Mapping[str, bool] | None = None,
        by: User | None = None,
    ) -> None:
        """Add a bot; an administrator gets the rights a client ticks by itself, unless they are named."""
        new = Member(bot, "administrator", _chosen(rights)) if admin else Member(bot, "member")
        self._change(new, by or self.owner)
        self.world.post_service(self, by or self.owner, "new_chat_members", [bot.json()])

    def leave(self, user: User) -> None:
        """Let somebody go who wants to."""
        self.world.post_service(self, user, "left_chat_member", user.json())
        self._change(Member(user, "left"), user)

    def kick(self, user: User, by: User | None = None) -> None:
        """Throw somebody out for good."""
        self._change(Member(user, "kicked"), by or self.owner)
        self.world.post_service(self, by or self.owner, "left_chat_member", user.json())

    def promote(
        self,
        user: User,
        rights: Iterable[str] | Mapping[str, bool] | None = None,
        anonymous: bool = False,
        by: User | None = None,
    ) -> None:
        """Make a member an administrator; `anonymous` ones write in the name of the group."""
        self._change(Member(user, "administrator", _chosen(rights), anonymous), by or self.owner)

    def demote(self, user: User, by: User | None = None) -> None:
        """Make an administrator an ordinary member."""
        self._change(Member(user, "member"), by or self.owner)

    def restrict(self, user: User, by: User | None = None) -> None:
        """Forbid a member to send anything."""
        self._change(Member(user, "restricted"), by or self.owner)

    def set_rights(self, user: User, **rights: bool) -> None:
        """Give or take single rights of an administrator: `set_rights(bot, can_manage_topics=False)`."""
        old = self.member(user)
        given = {name for name, value in rights.items() if value}
        kept = old.rights - {name for name, value in rights.items() if not value}
        self._change(Member(user, old.status, kept | given, old.anonymous, old.custom_title), self.owner)

    def _change(self, new: Member, by: User) -> None:
        user = new.user
        told = {
            "chat": self.json(),
            "from": by.json(),
            "date": self.world.now(),
            "old_chat_member": self.member(user).json(self.type),
            "new_chat_member": new.json(self.type),
        }
        self.members[user.id] = new
        if isinstance(user, Bot):
            if new.is_in and user not in self._bots:
                self._bots.append(user)
            elif not new.is_in and user in self._bots:
                self._bots.remove(user)
            user.updates.put("my_chat_member", told)
        admins = [bot for bot in self._bots if bot is not user and self.is_admin(bot)]
        self.world.tell_bots(admins, "chat_member", told)

    def open_topic(
        self, name: str, by: User | None = None, icon_color: int = DEFAULT_COLOR, icon: str | None = None
    ) -> Topic:
        """Make a topic; the service message that opens it gives the topic its id.

        Raises:
            ValueError: the group is no forum.
        """
        if not self.is_forum:
            raise ValueError(f"{self!r} is no forum")
        topic = Topic(self, self.last_id + 1, name, icon_color, icon)
        self.topics_by_id[topic.id] = topic
        content = {key: value for key, value in topic.json().items() if key != "message_thread_id"}
        opening = self.world.new_message(self, by or self.owner, "forum_topic_created", topic=topic)
        opening.extra, opening.flags["service"] = content, True
        topic.opening = opening
        self.world.post(opening)
        return topic

    def rename_topic(
        self, topic: Topic, name: str | None, icon: str | None = None, by: User | None = None
    ) -> None:
        content = {}
        if name is not None:
            topic.name = content["name"] = name
        if icon is not None:
            topic.icon = content["icon_custom_emoji_id"] = icon
        self.world.post_service(self, by or self.owner, "forum_topic_edited", content, topic)

    def close_topic(self, topic: Topic, by: User | None = None) -> None:
        topic.closed = True
        self.world.post_service(self, by or self.owner, "forum_topic_closed", {}, topic)

    def reopen_topic(self, topic: Topic, by: User | None = None) -> None:
        topic.closed = False
        self.world.post_service(self, by or self.owner, "forum_topic_reopened", {}, topic)

    def delete_topic(self, topic: Topic) -> None:
        """Delete a topic with all its messages; no bot hears of it."""
        topic.deleted = True
        self.topics_by_id.pop(topic.id, None)
        for message in topic.messages:
            self.delete_message(message)

    def set_forum(self, forum: bool) -> None:
        """Switch topics on or off; switched off, the topics' messages stay and their threads are not found.

        Raises:
            ValueError: a basic group, which has to become a supergroup first.
        """
        if not self.is_supergroup:
            raise ValueError(f"{self!r} is a basic group")
        self.is_forum = forum

    def rename(self, title: str) -> None:
        """Change the title."""
        self.title = title
        self.world.post_service(self, self.owner, "new_chat_title", title)

    def migrate(self) -> "Group":
        """Turn a basic group into a supergroup and return that; this object stays as the old chat.

        Raises:
            ValueError: it is none.
        """
        if self.is_supergroup or self.upgraded_to is not None:
            raise ValueError(f"{self!r} is no basic group")
        new = Group(self.world, self.world.upgraded_id(), self.title, "supergroup", False, self.owner)
        new.members = dict(self.members)
        new._bots = list(self._bots)
        self.world.groups[new.id] = self.upgraded_to = new
        self.world.post_service(self, self.owner, "migrate_to_chat_id", new.id)
        self.world.post_service(new, self.owner, "migrate_from_chat_id", self.id)
        return new

    def auto_forward(self, text: str) -> SeenMessage:
        """A post of the linked channel, forwarded here by Telegram."""
        if self._linked is None:
            self._linked = Channel(self.world, self.world.upgraded_id(), f"{self.title} channel")
        message = self.world.new_message(self, TELEGRAM, "text", text)
        message.sender_chat = self._linked
        message.flags["is_automatic_forward"] = True
        message.forward_origin = {
            "type": "channel",
            "date": message.date,
            "chat": self._linked.json(),
            "message_id": self._linked.next_id(),
        }
        return self.world.post(message)

    def __repr__(self) -> str:
        return f"<Group {self.id} {self.title!r}{' forum' if self.is_forum else ''}>"


def _chosen(rights: Iterable[str] | Mapping[str, bool] | None) -> set[str]:
    if rights is None:
        return set(DEFAULT_RIGHTS)
    if isinstance(rights, Mapping):
        return {name for name, value in rights.items() if value} | {"can_manage_chat"}
    return {*rights, "can_manage_chat"}
