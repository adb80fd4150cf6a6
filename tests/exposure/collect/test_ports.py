import pytest

from rempart.exposure.collect.ports import KEPT_OF_DECOY, kept_of, ports_named, usual_ports
from rempart.exposure.collect.question import NEVER
from rempart.measurement.errors import InputError


def test_the_house_tries_a_thousand_ports_and_none_that_is_forbidden():
    assert len(usual_ports()) == 1000
    assert not NEVER & set(usual_ports())


def test_what_hospitals_expose_is_among_them():
    medical = {104, 11112, 4242, 8042, 2575, 6661, 2762}
    doors = {22, 23, 443, 445, 1433, 3306, 3389, 5432, 5900, 6379, 8443, 9443, 10443, 1883, 27017, 9200, 11211}
    assert medical | doors <= set(usual_ports())


def test_people_name_ports():
    assert ports_named("443, 22,8000-8002") == (22, 443, 8000, 8001, 8002)
    assert ports_named("usual") == usual_ports()
    assert len(ports_named("all")) == 65535


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "9-1", "1-2-3", "-5"])
def test_ports_that_cannot_be_meant_are_refused(text):
    with pytest.raises(InputError):
        ports_named(text)


def test_of_a_decoy_the_usual_ports_are_kept():
    assert list(kept_of(range(1, 101))) == list(range(1, 101))
    assert set(kept_of(range(1, 1000))) == KEPT_OF_DECOY
