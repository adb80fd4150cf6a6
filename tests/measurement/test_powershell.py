import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.measurement.powershell import Unquotable, faults, fill, placeholders, quote

TEMPLATE = "Set-ADUser -Identity {dn} -Replace @{{adminCount=0}} | ForEach-Object {{ $_.Name }}"
APOSTROPHES = "'‘’‚‛"


def tokens(command: str) -> list[str]:
    """Read single-quoted literals the way PowerShell's tokenizer does: any apostrophe opens, a doubled one stays."""
    found, place = [], 0
    while place < len(command):
        if command[place] not in APOSTROPHES:
            place += 1
            continue
        literal, place = "", place + 1
        while place < len(command):
            if command[place] in APOSTROPHES:
                if place + 1 < len(command) and command[place + 1] in APOSTROPHES:
                    literal, place = literal + command[place], place + 2
                    continue
                break
            literal, place = literal + command[place], place + 1
        assert place < len(command), "literal never closed"
        found.append(literal)
        place += 1
    return found


@given(st.text())
def test_any_value_stays_one_literal(value):
    try:
        literal = quote(value)
    except Unquotable:
        return
    assert tokens(literal) == [value]
    assert "\n" not in literal


@given(st.text(alphabet="'‘’‚‛\";$(){}`&|\n\r\t\0\u202e\u2028a\\-/ ", max_size=20))
def test_a_hostile_value_never_changes_the_rest_of_the_command(value):
    command = fill(TEMPLATE, {"dn": value}).command
    if command is not None:
        assert tokens(command) == [value]
        assert command.startswith("Set-ADUser -Identity '")
        assert command.endswith("' -Replace @{adminCount=0} | ForEach-Object { $_.Name }")


@pytest.mark.parametrize(
    "value", ["a\nb", "a\rb", "a\0b", "a\u202eb", "a\u2028b", 'a" /G b', "", "-Force", "/G", "end\\", "\udc80", "@x"]
)
def test_what_cannot_be_checked_by_eye_is_refused_and_said(value):
    filled = fill("Remove-ADUser {dn}", {"dn": value})
    assert filled.command is None
    assert filled.refused is not None


def test_a_typographic_apostrophe_is_doubled_too():
    assert quote("L’hôpital d'Aval") == "'L’’hôpital d''Aval'"


def test_a_missing_value_gives_no_command():
    assert fill("Get-ADUser {dn}", {"dn": None}).command is None
    assert fill("Get-ADUser {dn}", {}).command is None


def test_braces_of_powershell_stay():
    assert placeholders("{dn} {{ $_.Enabled }} @{{a={value}}}") == {"dn", "value"}
    assert fill("Get-X {dn} | Where-Object {{ $_.Enabled }}", {"dn": "a"}).command == (
        "Get-X 'a' | Where-Object { $_.Enabled }"
    )


@pytest.mark.parametrize(
    "template",
    ['"LDAP://{dn}"', "'{dn}'", "LDAP://{dn}", "{dn}x", "<# {dn} #>", "“{dn}”", "x'a' 'b {dn}'", "{dn} { $_ }"],
)
def test_a_placeholder_in_quotes_or_glued_to_a_word_is_a_fault(template):
    assert faults(template, {"dn"})
    assert fill(template, {"dn": "x"}).command is None


def test_an_unknown_placeholder_is_a_fault():
    assert faults("Get-X {sid}", {"dn"}) == ["unknown placeholder {sid}"]
    assert faults("Get-X {dn}", {"dn"}) == []
    assert re.fullmatch(r"Get-X '[^']*'", fill("Get-X {dn}", {"dn": "CN=a"}).command)


@given(st.text())
def test_a_value_in_a_comment_stays_on_its_line(value):
    filled = fill("# Sur {name} :\nRestart-Computer", {"name": value})
    assert filled.command is None or len(filled.command.splitlines()) == 2
