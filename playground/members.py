"""Who is what in a group."""

from dataclasses import dataclass, field
from typing import Any

from playground.users import User

RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_manage_tags",
)
# What the dialogue "add administrator" of a client ticks by itself.
DEFAULT_RIGHTS = frozenset(RIGHTS) - {"can_promote_members", "can_manage_tags", "can_send_welcome_messages"}
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
_IN = frozenset(("creator", "administrator", "member", "restricted"))


@dataclass(slots=True)
class Member:
    """A user's standing in a group: `status` as the Bot API names it, an administrator's rights."""

    user: User
    status: str
    rights: set[str] = field(default_factory=set)
    anonymous: bool = False
    custom_title: str | None = None

    @property
    def is_in(self) -> bool:
        return self.status in _IN

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def can(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self, kind: str) -> dict[str, Any]:
        """The ChatMember object of the Bot API, for a group of this kind."""
        told: dict[str, Any] = {"status": self.status, "user": self.user.json()}
        if self.status == "creator":
            told["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            told["can_be_edited"] = False
            told["is_anonymous"] = self.anonymous
            for right in RIGHTS:
                told[right] = right in self.rights
            if kind == "group":
                # docs, ChatMemberAdministrator: "can_manage_topics … for supergroups only".
                del told["can_manage_topics"]
        elif self.status == "restricted":
            told.update(dict.fromkeys(PERMISSIONS, False), is_member=True, until_date=0)
        elif self.status == "kicked":
            told["until_date"] = 0
        if self.custom_title and self.is_admin:
            told["custom_title"] = self.custom_title
        return told
