import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import Refusal, parse_html, split, to_html
from playground.detect import with_detected
from playground.formatting import Entity, check_entities, trim
from playground.text import units, utf16_slice

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
STYLES = st.sampled_from(["bold", "italic", "underline", "strikethrough", "spoiler", "code"])


@given(TEXT)
def test_plain_text_survives(text: str) -> None:
    assert parse_html(to_html(text, [])) == (text, [])


def _merged(entities: list[Entity]) -> dict[str, set[int]]:
    """Which offsets each style covers, however it is cut."""
    covered: dict[str, set[int]] = {}
    for one in entities:
        covered.setdefault(one["type"], set()).update(range(one["offset"], one["offset"] + one["length"]))
    return covered


@given(TEXT.filter(bool), st.data())
def test_entities_survive_html(text: str, data: st.DataObject) -> None:
    starts = [units(text[:at]) for at in range(len(text) + 1)]
    entities = []
    for _ in range(data.draw(st.integers(0, 4))):
        first = data.draw(st.integers(0, len(text) - 1))
        last = data.draw(st.integers(first + 1, len(text)))
        entities.append(
            {"type": data.draw(STYLES), "offset": starts[first], "length": starts[last] - starts[first]}
        )
    again, found = parse_html(to_html(text, entities))
    assert again == text
    assert _merged(found) == _merged(entities)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parsed, entities = parse_html(text)
    except Refusal as refusal:
        refused = refusal.description
    else:
        refused = ""
        assert check_entities(parsed, entities) == entities
    assert refused.startswith("Bad Request: can't parse entities: ") or not refused


@given(st.text(" \n\tab😀", max_size=30))
def test_trimming_moves_entities_along(text: str) -> None:
    whole = [{"type": "bold", "offset": 0, "length": units(text)}] if text else []
    kept, entities = trim(text, whole)
    assert kept == text.strip()
    assert [utf16_slice(kept, one["offset"], one["length"]) for one in entities] == ([kept] if kept else [])


@given(st.text("ab😀 \n", max_size=300), st.integers(5, 50))
def test_splitting_loses_no_word(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ('<a href="https://x.lv/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [("pre", 0, 1)]),
        (
            '<tg-spoiler>x</tg-spoiler> <span class="tg-spoiler">y</span>',
            "x y",
            [("spoiler", 0, 1), ("spoiler", 2, 1)],
        ),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<STRONG>x</STRONG>", "x", [("bold", 0, 1)]),
        ("&lt;b&gt; &#1078; &#x436; &copy; &", "<b> ж ж &copy; &", []),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
    ],
)
def test_html(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed, found = parse_html(html)
    assert parsed == text
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b", "Unclosed start tag at byte offset 0"),
        ("я<b>x</b", "Unclosed end tag at byte offset 6"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("a < b > c", 'Unsupported start tag "" at byte offset 2'),
    ],
)
def test_refused_html(html: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_telegram_marks_addresses_and_commands() -> None:
    text = "/start see https://x.lv/a, mail a.b@x.lv, @talon_bot #tag x.com"
    found = [
        (one["type"], utf16_slice(text, one["offset"], one["length"])) for one in with_detected(text, [])
    ]
    assert found == [
        ("bot_command", "/start"),
        ("url", "https://x.lv/a"),
        ("email", "a.b@x.lv"),
        ("mention", "@talon_bot"),
        ("hashtag", "#tag"),
        ("url", "x.com"),
    ]
