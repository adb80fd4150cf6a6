import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.perimeter import EXAMPLE, load_perimeter, read_perimeter
from rempart.measurement.errors import InputError

MANDATE = """[mandate]
by = "Direction"
on = 2026-11-01
until = 2026-12-31
contact = "https://www.valmont.example/mesure"
"""
NAME = '[[names]]\nname = "valmont.example"\n'


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_perimeter(text, "perimeter.toml")
    return caught.value


def test_the_example_is_a_perimeter():
    read = read_perimeter(EXAMPLE, "example")
    assert read.declared == ("valmont.example", "vpn.valmont.example", "192.0.2.0/28", "2001:db8:77::/64")
    assert read.exclusions[0].until == date(2026, 12, 15)
    assert read.digest.startswith("sha256:")
    assert read.rates.of_address().connections_per_second == 10


def test_a_minimal_perimeter_has_the_rates_of_the_house():
    read = read_perimeter(MANDATE + NAME, "x")
    assert read.rates.of_run().connections_per_second == 200
    assert read.rates.of_address().at_once == 3


@pytest.mark.parametrize(
    ("extra", "line", "said"),
    [
        ('[[names]]\nname = "Valmont"\n', 7, "n'est pas un nom de domaine"),
        ('[[names]]\nname = "192.0.2.1"\n', 7, "n'est pas un nom de domaine"),
        (NAME + NAME + "colour = 1\n", 10, "champ inconnu"),
        ('[[ranges]]\nowner = "x"\n', 6, "ce champ manque"),
        ('[[ranges]]\nrange = "192.0.2.1/28"\n', 7, "n'est pas une plage d'adresses"),
        ('[[ranges]]\nrange = "0.0.0.0/0"\n', 7, "trop large"),
        (NAME + '[[exclusions]]\nauthor = "a"\nreason = "b"\nuntil = 2026-12-01\n', 8, "au moins range, name, port"),
        (NAME + '[[exclusions]]\nport = 104\nauthor = ""\nreason = "b"\nuntil = 2026-12-01\n', 10, "vide"),
        (NAME + "[rates]\nat_once = 0\n", 9, "trop petit"),
        (NAME + '[[quiet]]\nfrom = "25:00"\nuntil = "09:00"\n', 9, "heure attendue"),
        ("", None, "rien n'est déclaré"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(extra, line, said):
    error = refused(MANDATE + extra)
    assert said in error.what.fr
    assert error.where == ("perimeter.toml" if line is None else f"perimeter.toml, ligne {line}")


def test_a_mandate_is_needed_and_has_an_order():
    assert "mandate" in refused(NAME).what.fr
    assert "finit avant" in refused(MANDATE.replace("2026-12-31", "2026-10-31") + NAME).what.fr


def test_broken_toml_names_its_line():
    assert "line 6" in refused(MANDATE + "names = ]\n").what.fr


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="not found"):
        load_perimeter(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("written", "address", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("192.0.2.53:5353", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
        ("[2001:db8::53]", "2001:db8::53", 53),
    ],
)
def test_resolvers_have_an_address_and_a_port(written, address, port):
    assert read_perimeter(f'resolvers = ["{written}"]\n' + MANDATE + NAME, "x").resolvers == ((address, port),)


def test_names_with_accents_are_kept_as_dns_has_them():
    read = read_perimeter(MANDATE + '[[names]]\nname = "Hôpital.example."\n', "x")
    assert read.names[0].name == "xn--hpital-ixa.example"


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    for content in (text, MANDATE + text, MANDATE + NAME + text):
        with contextlib.suppress(InputError):
            read_perimeter(content, "x")
