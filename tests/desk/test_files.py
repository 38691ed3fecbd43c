"""What a file claims to be, by its name and its MIME type."""

import pytest

from desk.files import formats_of, plain_format


@pytest.mark.parametrize(
    ("family", "name", "mime", "formats"),
    [
        ("document", "Screen.BMP", "image/bmp", {"bmp"}),
        ("document", "photo.jpeg", "image/jpeg", {"jpg"}),
        ("document", "photo.JPG ", None, {"jpg"}),
        ("document", None, "image/png; charset=binary", {"png"}),
        ("document", "scan.jpg", "image/x-ms-bmp", {"jpg", "bmp"}),
        ("document", "archive.rar", "application/x-rar-compressed", {"rar"}),
        ("document", "text.docx", "application/zip", {"docx"}),
        ("document", "packed", "application/zip", {"zip"}),
        ("document", "trace.pcapng", "application/octet-stream", {"pcapng"}),
        ("document", "nothing", "application/octet-stream", set()),
        ("document", "", "", set()),
        ("document", "log.2026-11-23 12:00", None, set()),
        ("document", "x." + "a" * 4000, None, set()),
        ("photo", None, None, {"jpg"}),
        ("animation", "cat.mp4", "video/mp4", {"gif"}),
        ("voice", None, "audio/ogg", {"ogg"}),
        ("video_note", None, None, {"mp4"}),
        ("video", "film.MOV", "video/quicktime", {"mov"}),
    ],
)
def test_formats_of(family: str, name: str | None, mime: str | None, formats: set[str]) -> None:
    assert formats_of(family, name, mime) == formats


@pytest.mark.parametrize(("written", "plain"), [("JPEG", "jpg"), (".png", "png"), (" tiff ", "tif")])
def test_one_way_to_write_a_format(written: str, plain: str) -> None:
    assert plain_format(written) == plain
