import asyncio

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputRichBlockParagraph,
    InputRichMessage,
    KeyboardButton,
    MessageOriginChannel,
    ReplyKeyboardMarkup,
)

from playground import Answer, Bot, Document, Group, Person, Photo, Playground, Video
from tests.playground.clock import FastClock
from tests.playground.updates import drain

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Yes", callback_data="yes"),
            InlineKeyboardButton(text="Docs", url="https://x.lv"),
        ]
    ]
)


async def test_a_press_is_answered(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    await bot.send_message(anna.id, "?", reply_markup=KEYBOARD)
    click = anna.press(anna.chat(talon).last, "Yes")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.data == "yes"
    assert query.from_user.id == anna.id
    assert await bot.answer_callback_query(query.id, text="done", show_alert=True)
    assert await click.answer == Answer("done", True)
    assert click.result == Answer("done", True)


async def test_only_buttons_that_are_there_can_be_pressed(bot: Client, anna: Person, talon: Bot) -> None:
    await bot.send_message(anna.id, "?", reply_markup=KEYBOARD)
    seen = anna.chat(talon).last
    with pytest.raises(LookupError, match="Yes"):
        anna.press(seen, "No")
    with pytest.raises(ValueError, match="opens"):
        anna.press(seen, "Docs")
    await bot.edit_message_reply_markup(chat_id=anna.id, message_id=seen.id)
    with pytest.raises(LookupError):
        anna.press(seen, "Yes")


async def test_late_and_unknown_queries(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    clock = pg.clock
    assert isinstance(clock, FastClock)
    await bot.send_message(anna.id, "?", reply_markup=KEYBOARD)
    click = anna.press_data(anna.chat(talon).last, "forged")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(click.id, text="x" * 201)
    clock.now += pg.callback_lifetime + 1
    for query_id in (click.id, "17"):
        with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired"):
            await bot.answer_callback_query(query_id)


async def test_a_press_on_a_deleted_message(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    await bot.send_message(anna.id, "?", reply_markup=KEYBOARD)
    seen = anna.chat(talon).last
    anna.delete(seen)
    anna.press_data(seen, "yes")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert update.callback_query.message.date == 0


async def test_every_kind_arrives(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    anna.send_photo(talon, "c")
    anna.send_video(talon, "c")
    anna.send_animation(talon)
    anna.send_audio(talon)
    anna.send_document(talon, file_name="act.pdf", size=1000)
    anna.send_voice(talon)
    anna.send_video_note(talon)
    anna.send_sticker(talon)
    anna.send_contact(talon)
    anna.send_location(talon)
    anna.send_venue(talon)
    anna.send_poll(talon)
    anna.send_dice(talon)
    anna.send_story(talon)
    anna.send_content(talon, "game", {"title": "t", "description": "d", "photo": []})
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert [message.content_type for message in messages] == [
        "photo",
        "video",
        "animation",
        "audio",
        "document",
        "voice",
        "video_note",
        "sticker",
        "contact",
        "location",
        "venue",
        "poll",
        "dice",
        "story",
        "game",
    ]
    assert messages[4].document is not None
    assert messages[4].document.file_name == "act.pdf"


async def test_an_album_is_told_item_by_item(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    sent = anna.send_album(talon, [Photo(), Video(), Photo()], "three")
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert {message.media_group_id for message in messages} == {sent[0].album}
    assert [message.caption for message in messages] == ["three", None, None]
    documents = anna.send_album(talon, [Document(), Document()], "two")
    assert [message.text for message in documents] == [None, "two"]


async def test_edits_and_reactions(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    await drain(bot)
    said = anna.write(talon, "tpyo")
    anna.edit(said, "typo")
    anna.react(said, "👍")
    anna.react(said, None)
    place = anna.send_location(talon, live_period=600)
    anna.move(place, 1.0, 2.0)
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == [
        "message",
        "edited_message",
        "message_reaction",
        "message_reaction",
        "message",
        "edited_message",
    ]


async def test_a_live_location_from_its_start_to_its_end(
    bot: Client, anna: Person, talon: Bot, pg: Playground
) -> None:
    await drain(bot)
    place = anna.send_location(talon, live_period=600)
    anna.move(place, 1.0, 2.0, live_period=900)
    anna.stop_sharing(place)
    messages = [update.message or update.edited_message for update in await bot.get_updates()]
    told = [message.location for message in messages if message and message.location]
    assert [location.live_period for location in told] == [600, 900, None]
    assert (told[2].latitude, told[2].longitude) == (1.0, 2.0)
    with pytest.raises(PermissionError):
        anna.move(place, 3.0, 2.0)

    over = anna.send_location(talon, live_period=600)
    await pg.clock.sleep(601)
    with pytest.raises(PermissionError):
        anna.stop_sharing(over)
    anna.write(talon, "I was here", reply_to=over)
    (update,) = await bot.get_updates(offset=-1)
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.location is not None
    assert update.message.reply_to_message.location.live_period is None


async def test_blocking_and_coming_back(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    anna.block(talon)
    with pytest.raises(PermissionError):
        anna.write(talon, "x")
    anna.start(talon, "deep")
    blocked, back, start = await bot.get_updates()
    assert blocked.my_chat_member is not None
    assert back.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member.new_chat_member.status == "member"
    assert start.message is not None
    assert start.message.text == "/start deep"
    assert start.message.entities is not None
    assert start.message.entities[0].type == "bot_command"


async def test_contact_and_location_buttons(bot: Client, anna: Person, talon: Bot) -> None:
    row = [
        KeyboardButton(text="Phone", request_contact=True),
        KeyboardButton(text="Map", request_location=True),
    ]
    await bot.send_message(anna.id, "?", reply_markup=ReplyKeyboardMarkup(keyboard=[row]))
    assert anna.tap(talon, "Phone").kind == "contact"
    assert anna.tap(talon, "Map").kind == "location"


def test_a_long_text_is_split_as_clients_do(anna: Person, talon: Bot) -> None:
    text = " ".join(["слово"] * 2000)
    with pytest.raises(ValueError, match="4096"):
        anna.write(talon, text)
    with pytest.raises(ValueError, match="0"):
        anna.write(talon, "  ")
    parts = anna.write_long(talon, text)
    assert len(parts) > 2
    assert " ".join(part.text or "" for part in parts) == text


async def test_privacy_mode(bot: Client, group: Group, agent: Person, talon: Bot, pg: Playground) -> None:
    group.demote(talon)
    await drain(bot)
    mine = await bot.send_message(group.id, "mine")
    for text in ("plain", "/id", "/id@talon_bot", "/id@other_bot", "hey @talon_bot"):
        agent.write(group, text)
    agent.write(group, "a reply", reply_to=group.by_id[mine.message_id])
    texts = [update.message.text for update in await drain(bot) if update.message]
    assert texts == ["/id", "/id@talon_bot", "hey @talon_bot", "a reply"]
    talon.privacy = False
    agent.write(group, "plain")
    assert len(await bot.get_updates()) == 1


async def test_others_who_write_in_groups(bot: Client, group: Group, agent: Person, pg: Playground) -> None:
    other = pg.add_bot("Other", "other_bot")
    group.add_bot(other)
    await drain(bot)
    other.write(group, "beep")
    agent.write(group, "as the group", anonymous=True)
    group.auto_forward("news")
    beep, anonymous, news = [update.message for update in await bot.get_updates()]
    assert beep is not None
    assert beep.from_user is not None
    assert beep.from_user.is_bot
    assert anonymous is not None
    assert anonymous.sender_chat is not None
    assert anonymous.sender_chat.id == group.id
    assert anonymous.from_user is not None
    assert anonymous.from_user.username == "GroupAnonymousBot"
    assert news is not None
    assert news.is_automatic_forward
    assert news.forward_origin is not None


async def test_forwards_and_quotes_of_people(
    bot: Client, anna: Person, talon: Bot, group: Group, agent: Person
) -> None:
    said = agent.write(group, "one two")
    agent.start(talon)
    await drain(bot)
    agent.forward(said, to=talon)
    agent.hides_forwards = True
    agent.forward(said, to=talon)
    agent.write(group, "x", reply_to=said, quote="two")
    open_, hidden, quoting = [update.message for update in await bot.get_updates()]
    assert open_ is not None
    assert open_.forward_origin is not None
    assert open_.forward_origin.type == "user"
    assert hidden is not None
    assert hidden.forward_origin is not None
    assert hidden.forward_origin.type == "hidden_user"
    assert quoting is not None
    assert quoting.quote is not None
    assert quoting.quote.text == "two"


async def test_members_come_and_go(
    bot: Client, group: Group, stranger: Person, agent: Person, talon: Bot
) -> None:
    await drain(bot)
    group.join(stranger)
    assert (await bot.get_chat_member(group.id, stranger.id)).status == "member"
    group.promote(stranger)
    assert (await bot.get_chat_member(group.id, stranger.id)).status == "administrator"
    group.demote(stranger)
    group.kick(stranger)
    assert (await bot.get_chat_member(group.id, stranger.id)).status == "kicked"
    with pytest.raises(PermissionError):
        stranger.write(group, "x")
    changes = [update.chat_member for update in await bot.get_updates() if update.chat_member]
    assert [change.new_chat_member.status for change in changes] == [
        "member",
        "administrator",
        "member",
        "kicked",
    ]
    admins = await bot.get_chat_administrators(group.id)
    assert {admin.user.id for admin in admins} == {group.owner.id, agent.id, talon.id}
    assert await bot.get_chat_member_count(group.id) == 3
    with pytest.raises(TelegramBadRequest, match="PARTICIPANT_ID_INVALID"):
        await bot.get_chat_member(group.id, 99)


async def test_answers_can_be_awaited_together(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    await bot.send_message(anna.id, "?", reply_markup=KEYBOARD)
    clicks = [anna.press(anna.chat(talon).last, "Yes") for _ in range(10)]

    async def answer() -> None:
        for update in await bot.get_updates():
            assert update.callback_query is not None
            await bot.answer_callback_query(update.callback_query.id)

    async def wait() -> list[Answer]:
        return [await click.answer for click in clicks]

    answers, _ = await asyncio.gather(wait(), answer())
    assert answers == [Answer("", False)] * 10


async def test_a_file_is_replaced_and_a_group_renamed(
    bot: Client, anna: Person, talon: Bot, group: Group
) -> None:
    await drain(bot)
    said = anna.send_photo(talon)
    anna.edit_file(said, Document(file_name="scan.pdf"), "better")
    group.rename("New name")
    _, edited, renamed = await bot.get_updates()
    assert edited.edited_message is not None
    assert edited.edited_message.document is not None
    assert edited.edited_message.caption == "better"
    assert renamed.message is not None
    assert renamed.message.new_chat_title == "New name"


async def test_a_live_photo_comes_as_a_photo_too(bot: Client, anna: Person, talon: Bot) -> None:
    await drain(bot)
    sent = anna.send_live_photo(talon, "moving")
    (update,) = await bot.get_updates()
    message = update.message
    assert message is not None
    assert message.live_photo is not None
    assert message.live_photo.photo is not None
    assert message.photo == message.live_photo.photo
    film, still = message.live_photo.file_id, message.live_photo.photo[-1].file_id
    again = await bot.send_live_photo(anna.id, film, still, caption="again")
    assert anna.chat(talon).by_id[again.message_id].file is sent.file
    with pytest.raises(TelegramBadRequest, match="no photo"):
        await bot.send_live_photo(anna.id, film, "")
    with pytest.raises(TelegramBadRequest, match="can't use file of type"):
        await bot.send_photo(anna.id, film)


async def test_a_quiz_tells_its_answer_to_the_bot_alone(
    bot: Client, anna: Person, talon: Bot, group: Group, agent: Person
) -> None:
    await drain(bot)
    anna.send_quiz(talon, right=1)
    agent.send_quiz(group)
    alone, among_others = [update.message for update in await bot.get_updates()]
    assert alone is not None
    assert alone.poll is not None
    assert alone.poll.correct_option_ids == [1]
    assert among_others is not None
    assert among_others.poll is not None
    assert among_others.poll.correct_option_ids is None
    own = await bot.send_poll(group.id, "?", ["a", "b"], type="quiz", correct_option_ids=[0], explanation="!")
    assert own.poll is not None
    assert own.poll.correct_option_ids == [0]
    with pytest.raises(TelegramBadRequest, match="correct option"):
        await bot.send_poll(group.id, "?", ["a", "b"], type="quiz", correct_option_ids=[2])


async def test_rich_messages_are_sent_and_edited(bot: Client, anna: Person, talon: Bot) -> None:
    one = InputRichMessage(blocks=[InputRichBlockParagraph(text="one")])
    sent = await bot.send_rich_message(anna.id, one)
    seen = anna.chat(talon).by_id[sent.message_id]
    assert seen.extra["blocks"][0]["text"] == "one"
    two = InputRichMessage(blocks=[InputRichBlockParagraph(text="two")])
    await bot.edit_message_text(chat_id=anna.id, message_id=seen.id, rich_message=two)
    assert seen.extra["blocks"][0]["text"] == "two"
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text(chat_id=anna.id, message_id=seen.id, rich_message=two)
    text = await bot.send_message(anna.id, "plain")
    with pytest.raises(TelegramBadRequest, match="no text in the message"):
        await bot.edit_message_text(chat_id=anna.id, message_id=text.message_id, rich_message=two)


async def test_posts_of_channels_are_forwarded(bot: Client, anna: Person, talon: Bot, pg: Playground) -> None:
    await drain(bot)
    album = [anna.send_photo(talon, "a"), anna.send_photo(talon, "b")]
    for channel in (pg.add_channel("News", "news"), pg.add_channel("Closed")):
        anna.forward(channel.post("look", Photo()), to=talon)
    copies = anna.forward_album(album, to=talon)
    assert len({copy.album for copy in copies}) == 1
    messages = [update.message for update in await bot.get_updates() if update.message][2:4]
    origins = [message.forward_origin for message in messages]
    assert all(isinstance(origin, MessageOriginChannel) for origin in origins)
    assert [origin.chat.username for origin in origins] == ["news", None]  # type: ignore[union-attr]


async def test_a_protected_chat_lets_nothing_out(
    bot: Client, group: Group, agent: Person, anna: Person, talon: Bot
) -> None:
    await drain(bot)
    group.protects_content = True
    said = agent.write(group, "secret")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.has_protected_content
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await bot.copy_message(anna.id, group.id, said.id)
    with pytest.raises(PermissionError):
        agent.forward(said, to=group)


async def test_a_reaction_in_the_name_of_a_chat(
    bot: Client, group: Group, agent: Person, pg: Playground
) -> None:
    said = agent.write(group, "x")
    await drain(bot)
    for chat in (group, pg.add_channel("Mine")):
        agent.react(said, "👍", as_chat=chat)
        (update,) = await bot.get_updates(offset=-1)
        assert update.message_reaction is not None
        assert update.message_reaction.user is None
        assert update.message_reaction.actor_chat is not None
        assert update.message_reaction.actor_chat.id == chat.id
