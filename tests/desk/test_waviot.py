"""The shipped waviot desk against its published rules."""

from datetime import UTC, datetime

import pytest

from desk.clocks import clocks
from desk.fields import AttachmentsField, CompanyField, EmailField, PersonField, PhoneField, UrlField
from desk.files import FileVerdict
from desk.journal import OPENED, Entry
from desk.loading import load_profile
from desk.profile import Profile
from desk.targets import ClockName
from tests.desk.habits import faults, words_of_both

# The sixteen kinds of the rules by their urgency; faults "of devices and of the system" are three types.
KINDS: dict[str, list[str | tuple[str, ...]]] = {
    "critical": ["services_down", "critical_error", "access", "station_install", "consultation"],
    "high": [
        ("device_fault", "station_fault", "system_fault"), "reports", "readings", "own_server", "warranty",
    ],
    "medium": ["special_access", "api", "modem"],
    "low": ["firmware", "report_form", "interface"],
}  # fmt: skip
OF_DEVICES = {"device_fault", "readings", "warranty", "modem"}
OF_STATIONS = {"station_install", "station_fault"}
OF_ACCESS = {"access", "special_access"}
# Friday 17:00 in Moscow.
OPENED_AT = datetime(2026, 11, 20, 14, tzinfo=UTC)


@pytest.fixture(scope="module")
def waviot() -> Profile:
    return load_profile("waviot")


def demanded(profile: Profile, type_key: str) -> list[str]:
    return [field.key for field in profile.questions(type_key).fields if field.is_required(type_key)]


def due(profile: Profile, type_key: str) -> datetime | None:
    """When agents have to react to a ticket of this type, opened on a Friday at 17:00."""
    chosen = profile.find_type(type_key)
    assert chosen is not None
    priority = chosen.priority or profile.default_priority
    opening = Entry(OPENED_AT, OPENED, "customer", {"priority": priority})
    found = clocks(profile, [opening], OPENED_AT)
    return next((clock.due_at for clock in found if clock.name is ClockName.REACTION), None)


def test_russian_is_first_and_every_text_is_right_in_its_language(waviot: Profile) -> None:
    assert waviot.languages == ("ru", "en", "lv")
    assert faults(waviot, names={"WAVIoT", "ID", "API", "JPG", "GIF", "PNG", "BMP"}) == []
    shared = {"waviot", "id", "api", "jpg", "gif", "png", "bmp", "no", "to", "e"}
    assert words_of_both(waviot) <= shared


def test_sixteen_kinds_decide_the_urgency(waviot: Profile) -> None:
    kinds = [(key, kind) for key, kinds in KINDS.items() for kind in kinds]
    assert len(kinds) == 16
    expected: dict[str, str | None] = {"other": None}
    for priority, kind in kinds:
        for type_key in [kind] if isinstance(kind, str) else kind:
            expected[type_key] = priority
    assert {each.key: each.priority for each in waviot.types} == expected


def test_urgencies_are_from_the_most_urgent(waviot: Profile) -> None:
    assert [priority.key for priority in waviot.priorities] == ["critical", "high", "medium", "low"]
    assert waviot.default_priority == "medium"
    assert waviot.promised == (ClockName.REACTION,)


@pytest.mark.parametrize(
    ("type_key", "expected"),
    [
        # An hour is left on Friday, the rest is counted from Monday 9:00.
        ("services_down", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("readings", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("api", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ("other", datetime(2026, 11, 24, 11, tzinfo=UTC)),
        ("firmware", None),
    ],
)
def test_reaction_is_due_in_working_hours(waviot: Profile, type_key: str, expected: datetime | None) -> None:
    assert due(waviot, type_key) == expected


def test_low_urgency_waits_for_what_is_agreed(waviot: Profile) -> None:
    low = waviot.priority("low")
    assert low is not None
    assert low.agreed
    assert all(waviot.target(clock, "low") is None for clock in ClockName)


def test_nothing_but_the_reaction_has_a_deadline(waviot: Profile) -> None:
    others = set(ClockName) - {ClockName.REACTION}
    assert all(waviot.target(clock, each.key) is None for clock in others for each in waviot.priorities)


def test_hours_are_moscow_working_days(waviot: Profile) -> None:
    calendar = waviot.calendar
    assert waviot.zone == "Europe/Moscow"
    assert calendar is not None
    assert calendar.is_open(datetime(2026, 11, 23, 6, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert not calendar.is_open(datetime(2026, 11, 22, 9, tzinfo=UTC))
    # The Day of National Unity.
    assert not calendar.is_open(datetime(2026, 11, 4, 9, tzinfo=UTC))


def test_every_type_asks_for_description_and_customer(waviot: Profile) -> None:
    for each in waviot.types:
        questions = waviot.questions(each.key)
        assert questions.description is not None, each.key
        assert {"description", "email", "client"} <= set(demanded(waviot, each.key)), each.key
        assert questions.field("login") is not None, each.key
        link = questions.field("tree_link" if each.key in OF_ACCESS else "object_link")
        assert isinstance(link, UrlField), each.key


def test_customer_is_asked_once(waviot: Profile) -> None:
    assert waviot.asked_once == {"email", "client", "login"}
    assert isinstance(waviot.field("email"), EmailField)
    assert isinstance(waviot.field("client"), CompanyField)


def test_login_may_be_missing_only_where_there_may_be_none(waviot: Profile) -> None:
    without = {each.key for each in waviot.types if "login" not in demanded(waviot, each.key)}
    assert without == {"access", "other"}


def test_question_about_a_device_needs_its_id_and_serial_number(waviot: Profile) -> None:
    for each in waviot.types:
        found = {"device_id", "device_serial"} & set(demanded(waviot, each.key))
        assert found == ({"device_id", "device_serial"} if each.key in OF_DEVICES else set()), each.key


def test_question_about_a_station_needs_its_number(waviot: Profile) -> None:
    assert {each.key for each in waviot.types if "station" in demanded(waviot, each.key)} == OF_STATIONS


def test_question_about_access_needs_link_and_person(waviot: Profile) -> None:
    fields = ["tree_link", "responsible_name", "responsible_email", "responsible_phone"]
    kinds = [type(waviot.field(key)) for key in fields]
    assert kinds == [UrlField, PersonField, EmailField, PhoneField]
    for each in waviot.types:
        found = [key for key in demanded(waviot, each.key) if key in fields]
        assert found == (fields if each.key in OF_ACCESS else []), each.key


def test_steps_and_link_are_wanted_if_possible(waviot: Profile) -> None:
    for key in ("steps", "object_link"):
        field = waviot.field(key)
        assert field.required is False
        assert field.applies_to("device_fault")
        assert field.applies_to("system_fault")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", FileVerdict.TAKEN),
        ("a.JPEG", FileVerdict.TAKEN),
        ("a.gif", FileVerdict.TAKEN),
        ("a.png", FileVerdict.TAKEN),
        ("a.bmp", FileVerdict.TAKEN),
        ("a.pdf", FileVerdict.HINTED),
        ("a.webp", FileVerdict.HINTED),
    ],
)
def test_other_formats_than_those_of_the_rules_are_taken_with_a_hint(
    waviot: Profile, name: str, expected: FileVerdict
) -> None:
    attachments = waviot.form[-1]
    assert isinstance(attachments, AttachmentsField)
    assert attachments.judge("document", name, None, 1000) is expected
    assert attachments.required is False


def test_identity_and_number_are_pointed_out_at_the_review(waviot: Profile) -> None:
    identity, registered = waviot.notices_at("review")
    assert "электронную почту, наименование клиента и логин" in identity.text.in_language("ru")
    assert "только тогда, когда Вы получите её номер" in registered.text.in_language("ru")


def test_official_channels_are_named_at_the_start(waviot: Profile) -> None:
    (notice,) = waviot.notices_at("start")
    assert "support@waviot.ru" in notice.text.in_language("ru")
    assert "общие консультации" in notice.text.in_language("ru")
    consultation = waviot.find_type("consultation")
    assert consultation is not None
    assert consultation.about is not None
    assert "8-800-550-51-89" in consultation.about.in_language("ru")


@pytest.mark.parametrize(
    ("typed", "expected"), [("7a-03 f5", "7A03F5"), ("7А03F5", "7A03F5"), ("№ 01234567", "01234567")]
)
def test_numbers_of_devices_are_read_as_people_type_them(waviot: Profile, typed: str, expected: str) -> None:
    field = waviot.serial_field
    assert field is not None
    assert field.key == "device_id"
    assert field.read(typed) == expected
