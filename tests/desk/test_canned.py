"""Canned answers: which fields their texts have, and what is filled in."""

from hypothesis import given
from hypothesis import strategies as st

from desk.canned import FIELDS, Canned
from desk.loading import load_profile, shipped_profiles


def answer(**texts: str) -> Canned:
    """A canned answer of these texts."""
    return Canned.model_validate({"key": "more", "label": "More", "text": texts})


def test_fields_are_filled_in_and_braces_stay() -> None:
    canned = answer(en="{name}: {{#{number}}} {name}")
    assert canned.fields("en") == ("name", "number", "name")
    assert (
        canned.filled("en", {"name": "{number} {0} %s", "number": "7"})
        == "{number} {0} %s: {#7} {number} {0} %s"
    )


def test_each_language_has_its_own_fields() -> None:
    canned = answer(ru="{serial}", en="{due}")
    assert canned.fields("ru") == ("serial",)
    assert canned.fields("en") == ("due",)
    # What is missing falls back, and so do its fields.
    assert canned.text.language_for("lv") == "ru"
    assert canned.fields("lv") == ("serial",)


@given(st.lists(st.sampled_from([*(f"{{{name}}}" for name in FIELDS), "{{", "}}", "text", "№"]), min_size=1))
def test_whatever_is_taken_can_be_filled_in(pieces: list[str]) -> None:
    canned = answer(ru="x" + "".join(pieces))
    values = dict.fromkeys(FIELDS, "v")
    plain = {"{{": "{", "}}": "}"}
    expected = "".join(plain.get(piece, "v" if piece.startswith("{") else piece) for piece in pieces)
    assert canned.filled("ru", values) == "x" + expected


def test_every_shipped_desk_has_some_in_its_languages() -> None:
    for name in shipped_profiles():
        profile = load_profile(name)
        assert 3 <= len(profile.canned) <= 5, name
        for canned in profile.canned:
            fields = {language: set(canned.fields(language)) for language in profile.languages}
            assert len({frozenset(each) for each in fields.values()}) == 1, canned.key
