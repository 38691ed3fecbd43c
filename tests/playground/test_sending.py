from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot as Client
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    InputPaidMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from playground import Bot, Group, Person, Playground

FILE = BufferedInputFile(b"bytes", "name.bin")


async def test_a_text_arrives_with_its_entities(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_message(anna.id, " <b>Eve</b> &amp; {0} %s ", parse_mode="HTML")
    seen = anna.chat(talon).last
    assert seen.text == sent.text == "Eve & {0} %s"
    assert seen.html == sent.html_text == "<b>Eve</b> &amp; {0} %s"
    assert sent.from_user is not None
    assert sent.from_user.is_bot


async def test_explicit_entities_and_preview(bot: Client, anna: Person, talon: Bot) -> None:
    entity = MessageEntity(type="bold", offset=2, length=2)
    sent = await bot.send_message(
        anna.id, "😀ab", entities=[entity], link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    assert anna.chat(talon).last.html == "😀<b>ab</b>"
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.is_disabled


REFUSED_TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "<500>", "parse_mode": "HTML"}, 'Unsupported start tag "500" at byte offset 0'),
    ({"text": "ы<b>x", "parse_mode": "HTML"}, 'Can\'t find end tag corresponding to start tag "b"'),
    ({"text": "<b>x</i>", "parse_mode": "HTML"}, 'expected "</b>", found "</i>"'),
    ({"text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 1"),
    ({"text": "x", "parse_mode": "HTMLX"}, "unsupported parse_mode"),
    ({"text": "x", "parse_mode": "MarkdownV2"}, "reads no Markdown"),
    ({"text": "x", "entities": [MessageEntity(type="bold", offset=0, length=2)]}, "ENTITY_BOUNDS_INVALID"),
]


@pytest.mark.parametrize(("what", "words"), REFUSED_TEXTS)
async def test_refused_texts(bot: Client, anna: Person, what: dict[str, Any], words: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(anna.id, **what)
    assert words in str(refused.value)


async def test_4096_characters_after_parsing_are_allowed(bot: Client, anna: Person) -> None:
    sent = await bot.send_message(anna.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


def _inline(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**button)]])


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (_inline(text="x", callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (_inline(text="x", callback_data=""), "BUTTON_DATA_INVALID"),
        (_inline(text="x"), "text buttons are unallowed in the inline keyboard"),
        (_inline(text=" ", callback_data="x"), "button text is empty"),
        (_inline(text="x", url="nowhere"), "BUTTON_URL_INVALID"),
    ],
)
async def test_refused_buttons(bot: Client, anna: Person, markup: InlineKeyboardMarkup, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(anna.id, "x", reply_markup=markup)


async def test_a_reply_keyboard_comes_and_goes(bot: Client, anna: Person, talon: Bot) -> None:
    rows = [[KeyboardButton(text="A"), KeyboardButton(text="B")]]
    await bot.send_message(anna.id, "x", reply_markup=ReplyKeyboardMarkup(keyboard=rows))
    assert anna.chat(talon).keyboard == [["A", "B"]]
    assert anna.tap(talon, "B").text == "B"
    await bot.send_message(anna.id, "y")
    assert anna.chat(talon).keyboard is not None
    await bot.send_message(anna.id, "x", reply_markup=ReplyKeyboardRemove())
    assert anna.chat(talon).keyboard is None
    with pytest.raises(LookupError):
        anna.tap(talon, "B")


async def test_replies_and_quotes(bot: Client, anna: Person, talon: Bot) -> None:
    said = anna.write(talon, "one two three")
    sent = await bot.send_message(
        anna.id, "x", reply_parameters=ReplyParameters(message_id=said.id, quote="two")
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == said.id
    assert sent.quote is not None
    assert (sent.quote.text, sent.quote.position) == ("two", 4)
    anna.delete(said)
    gone = ReplyParameters(message_id=said.id)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(anna.id, "x", reply_parameters=gone)
    gone = ReplyParameters(message_id=said.id, allow_sending_without_reply=True)
    assert (await bot.send_message(anna.id, "x", reply_parameters=gone)).reply_to_message is None


async def test_who_cannot_be_written_to(
    bot: Client, anna: Person, talon: Bot, stranger: Person, agent: Person, group: Group, pg: Playground
) -> None:
    async def refusal(chat_id: int | str) -> str:
        with pytest.raises((TelegramBadRequest, TelegramForbiddenError)) as refused:
            await bot.send_message(chat_id, "x")
        return refused.value.message

    assert await refusal(12345) == "Bad Request: chat not found"
    assert await refusal("@nobody") == "Bad Request: chat not found"
    assert await refusal(-100123) == "Bad Request: chat not found"
    assert await refusal("") == "Bad Request: chat_id is empty"
    assert await refusal(stranger.id) == "Bad Request: chat not found"
    assert await refusal(agent.id) == "Forbidden: bot can't initiate conversation with a user"
    other = pg.add_bot("Other", "other_bot")
    assert await refusal(other.id) == "Forbidden: bots can't send messages to bots"
    anna.block(talon)
    assert await refusal(anna.id) == "Forbidden: bot was blocked by the user"
    anna.start(talon)
    await bot.send_message(anna.id, "welcome back")
    anna.deactivate()
    assert await refusal(anna.id) == "Forbidden: user is deactivated"
    group.restrict(talon)
    assert await refusal(group.id) == "Bad Request: not enough rights to send text messages to the chat"
    group.kick(talon)
    assert await refusal(group.id) == "Forbidden: bot was kicked from the supergroup chat"
    group.add_bot(talon)
    group.leave(talon)
    assert await refusal(group.id) == "Forbidden: bot is not a member of the supergroup chat"


async def test_every_file_can_be_sent_and_sent_again(bot: Client, anna: Person, talon: Bot) -> None:
    sent = [
        await bot.send_photo(anna.id, FILE, caption="<i>c</i>", parse_mode="HTML", has_spoiler=True),
        await bot.send_video(anna.id, FILE, duration=3, width=10, height=20, caption="c"),
        await bot.send_animation(anna.id, FILE),
        await bot.send_audio(anna.id, FILE, title="t", performer="p"),
        await bot.send_document(anna.id, FILE),
        await bot.send_voice(anna.id, FILE),
        await bot.send_video_note(anna.id, FILE),
        await bot.send_sticker(anna.id, FILE),
    ]
    kinds = ["photo", "video", "animation", "audio", "document", "voice", "video_note", "sticker"]
    assert [message.content_type for message in sent] == kinds
    assert [message.kind for message in anna.chat(talon).messages[1:]] == kinds
    assert sent[0].has_media_spoiler
    assert sent[0].html_text == "<i>c</i>"
    assert sent[0].photo is not None
    assert sent[4].document is not None
    again = await bot.send_photo(anna.id, sent[0].photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == sent[0].photo[-1].file_unique_id
    file = await bot.get_file(sent[4].document.file_id)
    data = await bot.download_file(file.file_path or "")
    assert data is not None
    assert data.read() == b"bytes"


async def test_refused_files(
    bot: Client, anna: Person, talon: Bot, pg: Playground, client_of: Callable[[Bot], Client]
) -> None:
    other = pg.add_bot("Other", "other_bot")
    anna.start(other)
    photo = await client_of(other).send_photo(anna.id, FILE)
    assert photo.photo is not None
    for wrong in ("nonsense", photo.photo[-1].file_id):
        with pytest.raises(TelegramBadRequest, match="wrong file identifier/HTTP URL specified"):
            await bot.send_photo(anna.id, wrong)
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await bot.send_photo(anna.id, "https://example.org/x.jpg")
    with pytest.raises(TelegramBadRequest, match="there is no photo in the request"):
        await bot.send_photo(anna.id, "")
    mine = await bot.send_document(anna.id, FILE)
    assert mine.document is not None
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(anna.id, mine.document.file_id)
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(anna.id, FILE, caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nonsense")
    big = anna.send_document(talon, size=21 * 1024 * 1024)
    assert big.file is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(big.file.id_for(talon))
    assert (await bot.send_document(anna.id, big.file.id_for(talon))).document is not None


async def test_content_without_files(bot: Client, anna: Person, talon: Bot) -> None:
    location = await bot.send_location(anna.id, 56.9, 24.1, live_period=600)
    assert location.location is not None
    assert location.location.live_period == 600
    venue = await bot.send_venue(anna.id, 56.9, 24.1, "t", "a")
    assert venue.venue is not None
    assert venue.location is not None
    assert (await bot.send_contact(anna.id, "+371", "N")).contact is not None
    poll = await bot.send_poll(anna.id, "q?", ["a", "b"])
    assert poll.poll is not None
    assert (await bot.stop_poll(anna.id, poll.message_id)).is_closed
    dice = await bot.send_dice(anna.id)
    assert dice.dice is not None
    assert 1 <= dice.dice.value <= 6
    paid = await bot.send_paid_media(anna.id, 5, [InputPaidMediaPhoto(media=FILE)], caption="c")
    assert paid.paid_media is not None
    assert paid.paid_media.star_count == 5
    assert await bot.send_chat_action(anna.id, "typing")
    assert anna.chat(talon).actions == ["typing"]
    with pytest.raises(TelegramBadRequest, match="wrong parameter action in request"):
        await bot.send_chat_action(anna.id, "dancing")
    with pytest.raises(TelegramBadRequest, match="wrong location specified"):
        await bot.send_location(anna.id, 91.0, 0.5)


async def test_an_album_is_several_messages_of_one_group(bot: Client, anna: Person, talon: Bot) -> None:
    sent = await bot.send_media_group(
        anna.id, [InputMediaPhoto(media=FILE, caption="c"), InputMediaVideo(media=FILE)]
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["c", None]
    seen = anna.chat(talon).messages[-2:]
    assert seen[0].album == seen[1].album == sent[0].media_group_id


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([InputMediaPhoto(media=FILE), InputMediaDocument(media=FILE)], "document"),
        ([InputMediaAudio(media=FILE), InputMediaDocument(media=FILE)], "document"),
        ([InputMediaAudio(media=FILE), InputMediaVideo(media=FILE)], "audio"),
    ],
)
async def test_albums_of_mixed_families_are_refused(
    bot: Client, anna: Person, items: list[Any], kind: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=f"{kind} can't be mixed with other media types"):
        await bot.send_media_group(anna.id, items)


async def test_an_album_of_none_one_or_eleven(bot: Client, anna: Person) -> None:
    (single,) = await bot.send_media_group(anna.id, [InputMediaPhoto(media=FILE)])
    assert single.media_group_id is None
    with pytest.raises(TelegramBadRequest, match="there are no messages to send"):
        await bot.send_media_group(anna.id, [])
    with pytest.raises(TelegramBadRequest, match="too many messages to send as an album"):
        await bot.send_media_group(anna.id, [InputMediaPhoto(media=FILE)] * 11)
