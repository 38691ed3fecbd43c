"""What is made of pip-audit's report: who finds nothing because the index tells nothing says so."""

from tests.audit import in_words, read

SOUND = {"name": "aiogram", "version": "3.31.0", "vulns": []}
FLAWED = {
    "name": "aiohttp",
    "version": "3.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.0.1"], "aliases": [], "description": ""}],
}
UNKNOWN = {"name": "mdurl", "skip_reason": "Dependency not found on PyPI and could not be audited: mdurl"}
OURS = {"name": "talon-desk", "skip_reason": "distribution marked as editable"}


def test_a_vulnerability_is_named_with_its_mend() -> None:
    found = read({"dependencies": [SOUND, FLAWED, OURS]})
    assert found.vulnerable == ["aiohttp 3.0: PYSEC-2026-1, mended in 3.0.1"]
    assert in_words(found)[0] == "2 packages looked at, 1 known vulnerabilities"


def test_what_could_not_be_looked_up_is_told() -> None:
    assert in_words(read({"dependencies": [SOUND, UNKNOWN, OURS]})) == [
        "1 packages looked at, 0 known vulnerabilities",
        "NOT AUDITED, for the index does not know them: mdurl",
    ]
    (line,) = in_words(read({"dependencies": [UNKNOWN, OURS]}))
    assert line.startswith("NOT AUDITED: ")
