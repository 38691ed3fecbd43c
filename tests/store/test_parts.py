"""The pipeline's small parts, where the wire does not reach: gate, lanes, committer's pauses, rendering."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from aiogram.methods import (
    CopyMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    ForwardMessage,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendPoll,
    SendRichMessage,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.pipeline.gate import Gate
from bot.pipeline.lanes import Lane
from bot.pipeline.pause import Pause
from bot.relay.render import CAPTION_LIMIT, TEXT_LIMIT, Header, Place, edits, render, utf16_length
from locales import translator
from storage.albums import album_groups
from storage.methods import dump
from storage.outbox.ranks import RANK_CARD, RANK_MARK, RANK_TALK
from storage.rows import Attachment, OutboxRow, StoredMessage
from tests.store.wire import QUIZ, RICH
from tests.virtual_time import START, VirtualClock

TR = translator("ru")


async def _turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Crowd:
    """Callers at a gate who stay inside until told."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._inside: list[str] = []
        self._go: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def come(self, name: str, urgency: int = 0) -> None:
        self._go[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._call(name, urgency))

    async def _call(self, name: str, urgency: int) -> None:
        async with self.gate.pass_through(urgency):
            self._inside.append(name)
            try:
                await self._go[name].wait()
            finally:
                self._inside.remove(name)

    async def go(self, name: str) -> None:
        self._go[name].set()
        await _turns()

    @property
    def inside(self) -> list[str]:
        """Who is inside, in order of entrance."""
        return list(self._inside)

    async def end(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)


async def test_the_gate_admits_few_and_by_urgency() -> None:
    gate = Gate(VirtualClock(), 2)
    crowd = Crowd(gate)
    for name, urgency in (("a", 0), ("b", 0), ("mark", 2), ("card", 1), ("talk", 0), ("talk too", 0)):
        crowd.come(name, urgency)
    await _turns()
    assert crowd.inside == ["a", "b"]
    for leaver, enters in (("a", "talk"), ("b", "talk too"), ("talk", "card"), ("talk too", "mark")):
        await crowd.go(leaver)
        assert enters in crowd.inside
    await crowd.end()


async def test_a_closed_gate_opens_for_one_probe() -> None:
    clock = VirtualClock()
    gate = Gate(clock, 4)
    gate.close_for(30)
    gate.close_for(10)
    crowd = Crowd(gate)
    for name in "abcdef":
        crowd.come(name)
    await _turns()
    assert crowd.inside == []
    clock.move_to(clock.now() + timedelta(seconds=29))
    await _turns()
    assert crowd.inside == []
    clock.move_to(clock.now() + timedelta(seconds=2))
    await _turns()
    assert crowd.inside == ["a"]
    waiting = gate.is_waiting
    assert waiting is True

    gate.close_for(5)
    await crowd.go("a")
    assert crowd.inside == []
    clock.move_to(clock.now() + timedelta(seconds=6))
    await _turns()
    assert crowd.inside == ["b"]
    gate.passed()
    await _turns()
    assert crowd.inside == ["b", "c", "d", "e"]
    waiting = gate.is_waiting
    assert waiting is False
    await crowd.end()


async def test_who_gives_up_waiting_takes_no_place() -> None:
    gate = Gate(VirtualClock(), 1)
    crowd = Crowd(gate)
    for name in "abc":
        crowd.come(name)
    await _turns()
    crowd.tasks["b"].cancel()
    await _turns()
    await crowd.go("a")
    assert crowd.inside == ["c"]
    crowd.tasks["c"].cancel()
    await _turns()
    crowd.come("d")
    await _turns()
    assert crowd.inside == ["d"]
    await crowd.end()


async def test_word_that_calls_may_pass_opens_for_a_probe_at_once() -> None:
    gate = Gate(VirtualClock(), 3)
    gate.close_for(1000)
    crowd = Crowd(gate)
    for name in "abc":
        crowd.come(name)
    await _turns()
    gate.open_now()
    await _turns()
    assert crowd.inside == ["a"]
    gate.passed()
    await _turns()
    assert crowd.inside == ["a", "b", "c"]
    await crowd.end()


# Lanes.


def _row(row_id: int, rank: int = RANK_TALK, *, owed: bool = True, after: float = 0) -> OutboxRow:
    return OutboxRow(
        id=row_id,
        destination="t:1",
        kind="message",
        owed=owed,
        rank=rank,
        message_id=None,
        ticket_number=1,
        payload=None,
        created_at=START,
        due_at=START + timedelta(seconds=after),
    )


async def test_a_lane_says_what_is_said_first() -> None:
    lane = Lane("t:1")
    for row in (_row(1, RANK_MARK), _row(2, RANK_CARD), _row(4), _row(3)):
        lane.put(row)
    order = []
    while lane:
        first, _ = lane.next(START)
        assert first is not None
        order.append(first.id)
        lane.remove(first.id)
    assert order == [3, 4, 2, 1]


async def test_an_album_that_may_grow_holds_back_what_was_said_after_it() -> None:
    lane = Lane("t:1")
    lane.put(_row(1, after=1))
    lane.put(_row(2))
    assert lane.next(START) == (None, START + timedelta(seconds=1))
    lane.put(_row(3, RANK_CARD))
    row, _ = lane.next(START)
    assert row is not None
    assert row.id == 3
    row, _ = lane.next(START + timedelta(seconds=1))
    assert row is not None
    assert row.id == 1


async def test_a_screen_that_is_not_due_holds_nothing_back() -> None:
    lane = Lane("c:1")
    lane.put(_row(1, owed=False, after=5))
    lane.put(_row(2))
    row, _ = lane.next(START)
    assert row is not None
    assert row.id == 2
    assert lane.drop_screens() == [1]
    assert lane.drop_screens() == []


async def test_a_newer_version_takes_the_place_of_a_row() -> None:
    lane = Lane("t:1")
    old, new = _row(1), _row(1, after=3)
    lane.put(old)
    lane.put(new)
    assert old not in lane
    assert new in lane
    assert lane.next(START) == (None, new.due_at)


@given(
    st.lists(
        st.tuples(st.sampled_from([RANK_TALK, RANK_CARD, RANK_MARK]), st.booleans(), st.integers(0, 5)),
        max_size=12,
    )
)
def test_owed_talk_never_changes_its_order(rows: list[tuple[int, bool, int]]) -> None:
    async def play() -> list[int]:
        lane = Lane("t:1")
        for row_id, (rank, owed, after) in enumerate(rows):
            lane.put(_row(row_id, rank, owed=owed, after=after))
        now, sent = START, []
        while lane:
            row, due = lane.next(now)
            if row is None:
                assert due is not None
                assert due > now
                now = due
                continue
            assert row.due_at <= now
            sent.append(row.id)
            lane.remove(row.id)
        return sent

    sent = asyncio.run(play())
    assert sorted(sent) == list(range(len(rows)))
    talk = [row_id for row_id in sent if rows[row_id][0] == RANK_TALK and rows[row_id][1]]
    assert talk == sorted(talk)


def test_pauses_grow_and_start_small_again() -> None:
    pause = Pause(first=1, most=8)
    grown = [pause.next() for _ in range(6)]
    for made, meant in zip(grown, (1, 2, 4, 8, 8, 8), strict=True):
        assert meant * 0.8 <= made <= meant * 1.2
    pause.reset()
    assert pause.next() <= 1.2


# Rendering.


def _stored(**values: Any) -> StoredMessage:
    base: dict[str, Any] = {
        "id": 1,
        "ticket_number": 1,
        "customer_id": 5,
        "draft_id": None,
        "author": "agent",
        "author_id": None,
        "author_name": None,
        "kind": "text",
        "text": "",
        "entities": None,
        "raw": None,
        "media_group_id": None,
        "reply_to_id": None,
        "quote": None,
        "opening": False,
        "on_card": False,
        "created_at": START,
        "edited_at": None,
    }
    return StoredMessage(**(base | values))


def _file(position: int, family: str = "photo", caption: str = "", **values: Any) -> Attachment:
    return Attachment(position, family, f"id{position}", f"u{position}", caption=caption, **values)


PLACE = Place(5)
ORIGIN = {"kind": "channel", "name": "Новости", "address": "news", "id": None, "told": True}


@given(st.text(min_size=1, max_size=40), st.text(max_size=4200), st.integers(0, 20))
def test_a_header_moves_entities_by_its_length_in_utf16(header: str, text: str, offset: int) -> None:
    text = text[: TEXT_LIMIT // 2]
    entity = {"type": "italic", "offset": offset, "length": 1}
    parts = render([_stored(text=text, entities=[entity])], PLACE, TR, Header(header))
    shown = parts[-1].calls[0]
    assert isinstance(shown, SendMessage)
    assert utf16_length(shown.text) <= TEXT_LIMIT
    assert shown.entities is not None
    bold, moved = shown.entities
    before = shown.text.encode("utf-16-le")[: 2 * bold.length].decode("utf-16-le")
    assert before == header
    assert moved.offset == offset + utf16_length(header) + 1
    assert shown.parse_mode is None


def test_a_header_stands_apart_where_there_is_no_room() -> None:
    header = Header("#1")
    long = render([_stored(text="x" * TEXT_LIMIT)], PLACE, TR, header)
    assert [utf16_length(_text(part.calls[0])) for part in long] == [2, TEXT_LIMIT]
    emoji = render([_stored(text="🚀" * (TEXT_LIMIT // 2))], PLACE, TR, header)
    assert len(emoji) == 2
    photo = _stored(kind="photo", attachments=(_file(1, caption="x" * CAPTION_LIMIT),))
    assert [type(part.calls[0]) for part in render([photo], PLACE, TR, header)] == [SendMessage, SendPhoto]
    sticker = _stored(kind="sticker", attachments=(_file(1, "sticker"),))
    assert len(render([sticker], PLACE, TR, header)) == 2


def _text(call: Any) -> str:
    assert isinstance(call, SendMessage)
    return call.text


def test_more_than_ten_files_become_several_albums() -> None:
    files = tuple(_file(position) for position in range(23))
    parts = render([_stored(kind="photo", attachments=files)], PLACE, TR)
    assert [len(part.shows) for part in parts] == [10, 10, 3]
    eleven = render([_stored(kind="photo", attachments=files[:11])], PLACE, TR)
    assert [type(part.calls[0]) for part in eleven] == [SendMediaGroup, SendPhoto]


def test_a_kind_without_a_send_method_is_copied_else_forwarded_where_agents_are() -> None:
    strange = _stored(kind="unknown", raw={})
    (part,) = render([strange], Place(-5), TR, None, (5, 3))
    assert [type(call) for call in part.calls] == [CopyMessage, ForwardMessage]
    (part,) = render([strange], PLACE, TR, None, (-5, 3))
    assert [type(call) for call in part.calls] == [CopyMessage]
    (nothing,) = render([strange], PLACE, TR)
    assert nothing.calls == ()


def test_a_forward_comes_below_the_ticket_it_belongs_to() -> None:
    paid = _stored(kind="paid_media", raw={}, forwarded_from=ORIGIN)
    (forward,) = render([paid], Place(-5), TR, None, (5, 3))
    header, forward = render([paid], PLACE, TR, Header("#1"), (-5, 3))
    assert _text(header.calls[0]) == "#1"
    line, forward = render([paid], Place(-5, None, 7), TR, None, (5, 3))
    assert "относится сюда" in _text(line.calls[0])
    assert [type(call) for call in forward.calls] == [ForwardMessage]


def test_where_words_come_from_stands_below_whose_they_are() -> None:
    (part,) = render([_stored(text="x", forwarded_from=ORIGIN)], PLACE, TR, Header("#1"))
    assert _text(part.calls[0]) == "#1\nПереслано из канала «Новости» (@news)\nx"
    secret = _stored(text="x", forwarded_from=ORIGIN | {"told": False})
    (part,) = render([secret], PLACE, TR, Header("#1"))
    assert _text(part.calls[0]) == "#1\nx"


def test_a_quiz_without_its_answer_becomes_a_poll() -> None:
    riddle = {name: value for name, value in QUIZ.items() if name != "correct_option_ids"}
    (part,) = render([_stored(kind="poll", raw={"poll": riddle})], PLACE, TR)
    call = part.calls[0]
    assert isinstance(call, SendPoll)
    assert (call.type, call.explanation) == (None, None)
    (part,) = render([_stored(kind="poll", raw={"poll": QUIZ})], PLACE, TR)
    call = part.calls[0]
    assert isinstance(call, SendPoll)
    assert (call.type, call.correct_option_ids, call.explanation) == ("quiz", [1], "!")
    assert [type(option.media).__name__ for option in call.options] == [  # type: ignore[union-attr]
        "InputMediaPhoto", "InputMediaVenue", "InputMediaLink", "InputMediaLocation", "InputMediaSticker",
    ]  # fmt: skip


def test_a_rich_message_keeps_its_words_and_files_but_no_buttons() -> None:
    (part,) = render([_stored(kind="rich_message", raw={"rich_message": RICH})], PLACE, TR)
    call = part.calls[0]
    assert isinstance(call, SendRichMessage)
    told = json.dumps(dump(call), ensure_ascii=False)
    assert "Купить" not in told
    assert "callback_data" not in told
    assert "1." not in told
    blocks = call.rich_message.blocks or []
    assert [block.type for block in blocks] == ["heading", "photo", "list", "paragraph", "voice_note"]
    assert blocks[1].photo.media == "large"  # type: ignore[union-attr]
    assert blocks[3].text == ["Ошибка ", "500"]  # type: ignore[union-attr]
    (edit,) = edits([part], 5, [9])
    assert isinstance(edit, EditMessageText)
    assert (edit.rich_message, edit.text) == (call.rich_message, None)


def test_a_quote_has_a_way_without_it() -> None:
    place = Place(5, None, 7, {"text": "слово", "position": 0, "entities": None})
    (part,) = render([_stored(text="ответ")], place, TR)
    quoted, plain = (call.reply_parameters for call in part.calls)  # type: ignore[attr-defined]
    assert quoted.quote == "слово"
    assert plain.quote is None
    assert plain.message_id == quoted.message_id == 7


def test_edits_of_texts_captions_and_files() -> None:
    header = Header("#1")
    text = render([_stored(text="x")], PLACE, TR, header)
    (edit,) = edits(text, 5, [9])
    assert isinstance(edit, EditMessageText)
    assert (edit.text, edit.message_id) == ("#1\nx", 9)
    album = _stored(kind="photo", attachments=(_file(1, caption="c"), _file(2, "video")))
    both = edits(render([album], PLACE, TR, header), 5, [9, 10])
    assert [(type(e), e.message_id) for e in both] == [  # type: ignore[attr-defined]
        (EditMessageMedia, 9),
        (EditMessageMedia, 10),
    ]
    assert both[0].media.caption == "#1\nc"  # type: ignore[attr-defined]
    voice = _stored(kind="voice", attachments=(_file(1, "voice", "c"),))
    (edit,) = edits(render([voice], PLACE, TR), 5, [9])
    assert isinstance(edit, EditMessageCaption)
    assert (
        edits(render([_stored(kind="sticker", attachments=(_file(1, "sticker"),))], PLACE, TR), 5, [9]) == []
    )


@pytest.mark.parametrize(("targets", "edited"), [([9], [9]), ([8, 9], [8, 9])])
def test_an_edit_reaches_the_text_wherever_its_header_stands(targets: list[int], edited: list[int]) -> None:
    parts = render([_stored(text="x" * TEXT_LIMIT)], PLACE, TR, Header("#1"))
    made = edits(parts, 5, targets)
    assert [call.message_id for call in made] == edited  # type: ignore[attr-defined]
    last = made[-1]
    assert isinstance(last, EditMessageText)
    assert len(last.text or "") == TEXT_LIMIT


@given(
    st.lists(
        st.tuples(st.sampled_from(["photo", "video", "audio", "document", "voice", ""]), st.integers(1, 10))
    )
)
def test_albums_hold_one_family_and_ten_at_most(kinds: list[tuple[str, int]]) -> None:
    stored = [
        _stored(id=index, attachments=tuple(_file(n, kind) for n in range(count)) if kind else ())
        for index, (kind, count) in enumerate(kinds)
    ]
    groups = album_groups(stored)
    assert sorted(message.id for group in groups for message in group) == list(range(len(stored)))
    for group in groups:
        families = {file.family for message in group for file in message.attachments}
        assert len(group) == 1 or families <= {"photo", "video"} or len(families) == 1
        if len(group) > 1:
            assert sum(len(message.attachments) for message in group) <= 10
        assert [message.id for message in group] == sorted(message.id for message in group)


def test_what_was_forwarded_is_in_no_album_with_others() -> None:
    own, friend, more = (
        _stored(id=n, attachments=(_file(n),), forwarded_from=origin)
        for n, origin in enumerate([None, ORIGIN, None])
    )
    assert album_groups([own, friend, more]) == [[own, more], [friend]]
