from datetime import date, timedelta

import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.exposure.facts.declared import DECLARED
from rempart.exposure.perimeter import read_perimeter
from rempart.measurement.errors import InputError
from tests.exposure.maker import ADDRESS, AT, Maker

MANDATE = """
[mandate]
by = "Direction"
on = 2026-11-01
until = 2026-12-01
contact = "https://www.valmont.example/"

[[names]]
name = "valmont.example"

[[declarations]]
host = "valmont.example"
by = "RSSI"
on = 2026-11-20
"""


def web(server: str) -> Maker:
    maker = Maker()
    maker.service(443, "http")
    answer = f"HTTP/1.1 200 OK\r\nServer: {server}\r\nContent-Length: 0\r\n\r\n".encode()
    maker.observed("identify.http", answer, name="www.valmont.example")
    return maker


def version_of(maker: Maker, product: str = "nginx") -> tuple[str | None, str]:
    products = maker.surface().facts("products")
    row = products.filter(products["id"] == product).to_dicts()
    assert len(row) == 1, products
    return row[0]["version"], row[0]["where"]


def test_a_hidden_version_is_taken_from_who_read_it_on_the_spot():
    maker = web("nginx")
    assert version_of(maker)[0] is None
    maker.declared("www.valmont.example", port=443, product="nginx", version="1.26.3")
    assert version_of(maker) == ("1.26.3", DECLARED)


def test_a_declaration_by_address_holds_for_every_port():
    maker = web("nginx")
    maker.declared(ADDRESS, product="nginx", version="1.26.3")
    assert version_of(maker)[0] == "1.26.3"


def test_a_version_that_is_shown_is_never_replaced():
    maker = web("nginx/1.18.0")
    maker.declared("www.valmont.example", product="nginx", version="1.26.3")
    assert version_of(maker)[0] == "1.18.0"


@pytest.mark.parametrize("age", [timedelta(days=91), timedelta(days=-1)])
def test_an_old_declaration_or_one_of_tomorrow_says_nothing(age):
    maker = web("nginx")
    maker.declared("www.valmont.example", product="nginx", version="1.26.3", dated=AT.date() - age)
    assert version_of(maker)[0] is None


def test_a_declared_version_is_not_told_to_be_shown_to_anybody():
    maker = web("nginx")
    maker.declared("www.valmont.example", product="nginx", version="1.26.3")
    entry = catalogue().controls["info_version_disclosed"]
    (verdict,) = evaluations()[entry.id](entry, maker.surface())
    assert verdict.subjects.is_empty()


def test_the_perimeter_keeps_who_declared_what_and_when():
    perimeter = read_perimeter(MANDATE + 'product = "nginx"\nversion = "1.26.3"\n', "p.toml")
    (declared,) = perimeter.declarations
    assert (declared.by, declared.on, declared.version) == ("RSSI", date(2026, 11, 20), "1.26.3")


@pytest.mark.parametrize("end", ["", 'product = "nginx"\n', "filtered = true\n", 'filtered = true\nproduct = "x"\n'])
def test_a_declaration_that_says_nothing_whole_is_refused_with_its_place(end):
    with pytest.raises(InputError) as refused:
        read_perimeter(MANDATE + end, "p.toml")
    assert "declarations" in str(refused.value)
    assert refused.value.where
