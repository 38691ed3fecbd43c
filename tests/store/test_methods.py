"""Calls that wait in the outbox come out as they went in."""

import inspect
import json
from typing import Any

import pytest
from aiogram import methods as m
from aiogram.client.default import DefaultBotProperties
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaLivePhoto,
    InputMediaPhoto,
    InputMediaVideo,
    InputPollOption,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.relay.again import poll_again, rich_again
from storage.methods import dump, load
from tests.store.wire import QUIZ, RICH, as_sent

BOLD = MessageEntity(type="bold", offset=0, length=2)
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="s:1:7")]])
MENU = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="FAQ")]], resize_keyboard=True)
REPLY = ReplyParameters(message_id=5, allow_sending_without_reply=True, quote="ц", quote_position=1)

CALLS: list[TelegramMethod[Any]] = [
    m.SendMessage(chat_id=1, text="<b>х</b>", parse_mode="HTML", reply_markup=KEYBOARD),
    m.SendMessage(chat_id=1, text="х", parse_mode=None, entities=[BOLD], reply_parameters=REPLY),
    m.SendMessage(chat_id=1, text="х", link_preview_options=LinkPreviewOptions(is_disabled=True)),
    m.SendMessage(chat_id=0, text="{0} %s <500>", reply_markup=MENU),
    m.SendPhoto(chat_id=1, photo="AgAC", caption="х", caption_entities=[BOLD], has_spoiler=True),
    m.SendLivePhoto(chat_id=1, live_photo="BgAC", photo="AgAC", show_caption_above_media=True),
    m.SendVideo(chat_id=1, video="BAAC", caption=None, parse_mode=None),
    m.SendAnimation(chat_id=1, animation="CgAC"),
    m.SendAudio(chat_id=1, audio="CQAC"),
    m.SendDocument(chat_id=1, document="BQAC"),
    m.SendVoice(chat_id=1, voice="AwAC"),
    m.SendVideoNote(chat_id=1, video_note="DQAC"),
    m.SendSticker(chat_id=1, sticker="CAAC"),
    m.SendContact(chat_id=1, phone_number="+371", first_name="М", last_name=None),
    m.SendLocation(chat_id=1, latitude=56.9, longitude=24.1),
    m.SendVenue(chat_id=1, latitude=56.9, longitude=24.1, title="П", address="Рига"),
    m.SendPoll(chat_id=1, question="?", options=[InputPollOption(text="да", text_parse_mode=None)]),
    m.SendPoll.model_validate({"chat_id": 1, "question": "?", **poll_again(QUIZ)}),
    m.SendRichMessage.model_validate({"chat_id": 1, "rich_message": rich_again(RICH)}),
    m.SendMediaGroup(chat_id=1, media=[InputMediaPhoto(media="a", caption="х"), InputMediaVideo(media="b")]),
    m.SendMediaGroup(chat_id=1, media=[InputMediaLivePhoto(media="a", photo="b")]),
    m.SendMediaGroup(chat_id=1, media=[InputMediaAudio(media="a"), InputMediaAudio(media="b")]),
    m.SendMediaGroup(chat_id=1, media=[InputMediaDocument(media="a", parse_mode=None)]),
    m.CopyMessage(chat_id=1, from_chat_id=2, message_id=3, reply_parameters=REPLY),
    m.ForwardMessage(chat_id=1, from_chat_id=2, message_id=3),
    m.EditMessageText(chat_id=1, message_id=2, text="х", entities=[BOLD], parse_mode=None),
    m.EditMessageCaption(chat_id=1, message_id=2, caption=None, parse_mode=None),
    m.EditMessageMedia(chat_id=1, message_id=2, media=InputMediaAudio(media="a", caption="х")),
    m.DeleteMessage(chat_id=1, message_id=2),
    m.DeleteMessages(chat_id=1, message_ids=[2, 3]),
    m.SetMessageReaction(chat_id=1, message_id=2, reaction=[ReactionTypeEmoji(emoji="👌")]),
    m.SetMessageReaction(chat_id=1, message_id=2, reaction=[]),
    m.CreateForumTopic(chat_id=-1, name="#1 · Анна"),
    m.CloseForumTopic(chat_id=-1, message_thread_id=3),
    m.ReopenForumTopic(chat_id=-1, message_thread_id=3),
    m.LeaveChat(chat_id=-1),
    m.SetMyCommands(
        commands=[BotCommand(command="new", description="Новая")], scope=BotCommandScopeChat(chat_id=1)
    ),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: type(call).__name__)
@pytest.mark.parametrize("default", [None, "HTML"])
def test_a_call_comes_out_as_it_went_in(call: TelegramMethod[Any], default: str | None) -> None:
    stored = json.loads(json.dumps(dump(call), ensure_ascii=False))
    back = load(stored)
    assert type(back) is type(call)
    properties = DefaultBotProperties(parse_mode=default)
    assert as_sent(back, properties) == as_sent(call, properties)
    assert dump(back) == dump(call)


def test_every_method_that_the_bot_makes_is_tried_here() -> None:
    """Whatever methods of aiogram's the modules import that fill the outbox, or send from it, is above."""
    import bot.pipeline.cards
    import bot.pipeline.marks
    import bot.pipeline.screens
    import bot.pipeline.taking_back
    import bot.pipeline.threads
    import bot.relay.files
    import bot.relay.others
    import bot.relay.parts
    import bot.relay.render
    import bot.staff.groups
    import dialogs.menu
    import dialogs.reply

    used = {
        each
        for module in (
            bot.pipeline.cards,
            bot.pipeline.marks,
            bot.pipeline.screens,
            bot.pipeline.taking_back,
            bot.pipeline.threads,
            bot.relay.files,
            bot.relay.others,
            bot.relay.parts,
            bot.relay.render,
            bot.staff.groups,
            dialogs.menu,
            dialogs.reply,
        )
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, TelegramMethod) and each is not TelegramMethod
    }
    assert used <= {type(call) for call in CALLS}


@given(
    text=st.text(min_size=1),
    parse_mode=st.sampled_from(["HTML", None]),
    label=st.text(min_size=1),
    quote=st.none() | st.text(min_size=1),
)
def test_any_text_survives(text: str, parse_mode: str | None, label: str, quote: str | None) -> None:
    text = text.encode("utf-8", "ignore").decode()
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="к", callback_data="m:new")]])
    call = m.SendMessage(
        chat_id=7,
        text=text or "х",
        parse_mode=parse_mode,
        reply_markup=keyboard,
        reply_parameters=ReplyParameters(message_id=1, quote=quote),
    )
    back = load(json.loads(json.dumps(dump(call))))
    assert back == call


def test_a_default_is_resolved_when_the_call_is_made_and_null_stays_null() -> None:
    html = DefaultBotProperties(parse_mode="HTML")
    assert as_sent(load(dump(m.SendMessage(chat_id=1, text="х"))), html)["parse_mode"] == "HTML"
    plain = load(dump(m.SendMessage(chat_id=1, text="х", parse_mode=None)))
    assert "parse_mode" not in as_sent(plain, html)


def test_a_text_that_looks_like_the_mark_of_a_default() -> None:
    for text in ("default", "\0default"):
        call = m.SendMessage(chat_id=1, text=text)
        assert load(dump(call)).text == text  # type: ignore[attr-defined]


def test_an_upload_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot carry"):
        dump(m.SendPhoto(chat_id=1, photo=BufferedInputFile(b"x", "x.png")))
