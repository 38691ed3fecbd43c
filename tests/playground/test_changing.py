from typing import Any

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Message,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
)

from playground import Bot, Group, Person, Photo, Playground
from tests.playground.clock import FastClock

FILE = BufferedInputFile(b"bytes", "name.bin")
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ok", callback_data="ok")]])


async def test_a_text_is_edited_in_place(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_message(anna.id, "old", reply_markup=KEYBOARD)
    seen = anna.chat(talon).last
    assert not seen.edited
    edited = await bot.edit_message_text(
        "<b>new</b>", chat_id=anna.id, message_id=sent.message_id, parse_mode="HTML"
    )
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert (seen.html, seen.buttons, seen.edited) == ("<b>new</b>", [], True)


async def test_keyboard_caption_and_media_are_edited(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_photo(anna.id, FILE, caption="old")
    seen = anna.chat(talon).last
    where = {"chat_id": anna.id, "message_id": sent.message_id}
    await bot.edit_message_reply_markup(**where, reply_markup=KEYBOARD)  # type: ignore[arg-type]
    assert seen.buttons == [["Ok"]]
    await bot.edit_message_caption(**where, caption="new")  # type: ignore[arg-type]
    assert (seen.text, seen.buttons) == ("new", [])
    await bot.edit_message_media(InputMediaDocument(media=FILE, caption="doc"), **where)  # type: ignore[arg-type]
    assert (seen.kind, seen.text) == ("document", "doc")
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("x", **where)  # type: ignore[arg-type]


async def test_refused_edits(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_message(anna.id, "same", reply_markup=KEYBOARD)

    async def refusal(message_id: int, text: str, **how: Any) -> str:
        with pytest.raises(TelegramBadRequest) as refused:
            await bot.edit_message_text(text, chat_id=anna.id, message_id=message_id, **how)
        return refused.value.message

    assert "specified new message content and reply markup are exactly the same" in await refusal(
        sent.message_id, "same", reply_markup=KEYBOARD
    )
    assert await refusal(999, "x") == "Bad Request: message to edit not found"
    assert await refusal(anna.write(talon, "hers").id, "x") == "Bad Request: message can't be edited"
    assert await refusal(sent.message_id, "x" * 4097) == "Bad Request: message is too long"
    seen = anna.chat(talon).by_id[sent.message_id]
    assert (seen.text, seen.buttons, seen.edited) == ("same", [["Ok"]], False)


async def test_a_live_location_moves_and_stops(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_location(anna.id, 1.5, 1.5, live_period=600)
    seen = anna.chat(talon).last
    await bot.edit_message_live_location(2.5, 2.5, chat_id=anna.id, message_id=sent.message_id)
    assert seen.extra["latitude"] == 2.5
    await bot.stop_message_live_location(chat_id=anna.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_live_location(3.5, 2.5, chat_id=anna.id, message_id=sent.message_id)


async def test_a_bot_deletes_its_own_for_48_hours(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    clock = pg.clock
    assert isinstance(clock, FastClock)
    first = await bot.send_message(anna.id, "x")
    second = await bot.send_message(anna.id, "x")
    assert await bot.delete_message(anna.id, first.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(anna.id, first.message_id)
    clock.now += 48 * 3600 + 1
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(anna.id, second.message_id)
    third = await bot.send_message(anna.id, "x")
    assert await bot.delete_messages(anna.id, [first.message_id, third.message_id])
    assert [message.id for message in anna.chat(talon).messages] == [1, second.message_id]


async def test_a_bot_without_the_right_deletes_nobody_elses(
    bot: Client, group: Group, agent: Person, talon: Bot
) -> None:
    said = agent.write(group, "x")
    group.set_rights(talon, can_delete_messages=False)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(group.id, said.id)
    group.set_rights(talon, can_delete_messages=True)
    assert await bot.delete_message(group.id, said.id)


async def test_copies_carry_no_origin_and_forwards_do(
    bot: Client, group: Group, anna: Person, talon: Bot
) -> None:
    said = anna.send_photo(talon, "look")
    copy = await bot.copy_message(group.id, anna.id, said.id)
    seen = group.by_id[copy.message_id]
    assert (seen.kind, seen.text, seen.forwarded_from) == ("photo", "look", None)
    copy = await bot.copy_message(group.id, anna.id, said.id, caption="other")
    assert group.by_id[copy.message_id].text == "other"
    forward = await bot.forward_message(group.id, anna.id, said.id)
    assert forward.forward_origin is not None
    assert group.last.forwarded_from == "Анна"
    assert group.last.file is said.file


async def test_several_are_copied_at_once(bot: Client, group: Group, anna: Person, talon: Bot) -> None:
    album = anna.send_album(talon, [Photo(), Photo()], "c")
    ids = [message.id for message in album]
    copies = await bot.copy_messages(group.id, anna.id, [*ids, 900])
    seen = [group.by_id[copy.message_id] for copy in copies]
    assert len(seen) == 2
    assert seen[0].album == seen[1].album != album[0].album
    bare = await bot.copy_messages(group.id, anna.id, ids, remove_caption=True)
    assert group.by_id[bare[0].message_id].text is None
    forwards = await bot.forward_messages(group.id, anna.id, ids)
    assert group.by_id[forwards[0].message_id].forwarded_from == "Анна"
    with pytest.raises(TelegramBadRequest, match="there are no messages to forward"):
        await bot.copy_messages(group.id, anna.id, [900, 901])
    with pytest.raises(TelegramBadRequest, match="message identifiers are not specified"):
        await bot.copy_messages(group.id, anna.id, [])


async def test_what_cannot_be_copied(
    bot: Client, group: Group, anna: Person, talon: Bot, agent: Person, pg: Playground
) -> None:
    post = pg.add_channel("News").post_content("paid_media", {"star_count": 5, "paid_media": []})
    paid = anna.forward(post, talon)
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await bot.copy_message(group.id, anna.id, paid.id)
    forward = await bot.forward_message(group.id, anna.id, paid.id)
    assert forward.paid_media is not None
    assert group.last.forwarded_from == "News"
    # A quiz can where its answers are known.
    copy = await bot.copy_message(group.id, anna.id, anna.send_quiz(talon).id)
    assert group.by_id[copy.message_id].extra["type"] == "quiz"
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await bot.copy_message(anna.id, group.id, agent.send_quiz(group).id)
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(group.id, anna.id, 900)
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await bot.forward_message(group.id, anna.id, 900)
    with pytest.raises(TelegramBadRequest, match="message can't be forwarded"):
        await bot.forward_message(group.id, group.id, group.messages[0].id)


async def test_a_bot_reacts_with_one_emoji_of_the_list(bot: Client, anna: Person, talon: Bot) -> None:
    said = anna.write(talon, "x")

    async def react(*emoji: str) -> bool:
        return await bot.set_message_reaction(
            anna.id, said.id, [ReactionTypeEmoji(emoji=one) for one in emoji]
        )

    assert await react("👌")
    assert said.reactions == {talon: "👌"}
    assert await react()
    assert said.reactions == {}
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await react("✅")
    with pytest.raises(TelegramBadRequest, match="REACTIONS_TOO_MANY"):
        await react("👌", "👍")
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(anna.id, said.id, [ReactionTypeCustomEmoji(custom_emoji_id="5")])
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await bot.set_message_reaction(anna.id, 900, [ReactionTypeEmoji(emoji="👌")])


async def test_a_group_may_allow_fewer_reactions(bot: Client, group: Group, agent: Person) -> None:
    said = agent.write(group, "x")
    group.available_reactions = ["👍"]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(group.id, said.id, [ReactionTypeEmoji(emoji="👌")])
    assert await bot.set_message_reaction(group.id, said.id, [ReactionTypeEmoji(emoji="👍")])


async def test_the_first_of_an_album_takes_the_reaction(bot: Client, anna: Person, talon: Bot) -> None:
    first, second = anna.send_album(talon, [Photo(), Photo()])
    await bot.set_message_reaction(anna.id, second.id, [ReactionTypeEmoji(emoji="👌")])
    assert (first.reactions, second.reactions) == ({talon: "👌"}, {})
