import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.directory.names import (
    DOMAIN,
    PARENT_KEY,
    PARTITION,
    dn_key,
    dn_keys,
    dn_of,
    domain_of,
    parent_key,
    partition_of,
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("CN=Jane,DC=X", "cn=jane,dc=x"),
        (r"CN=Doe\, Jane, OU=X", r"cn=doe\2c jane,ou=x"),
        (r"cn=doe\2C jane,ou=x", r"cn=doe\2c jane,ou=x"),
        (r"CN=Andr\C3\A9,DC=x", "cn=andré,dc=x"),
        (r"CN=\e2\82\AC\2c uro", r"cn=€\2c uro"),
        (r"CN=half \C3 of a letter", r"cn=half \c3 of a letter"),
        (r"CN=trailing\20,DC=x", "cn=trailing,dc=x"),
        ("CN = loose , DC= x", "cn=loose,dc=x"),
        (r"CN=a\0ADEL:b,CN=Deleted Objects,DC=x", r"cn=a\0adel:b,cn=deleted objects,dc=x"),
        ("CN=a\\\nDEL:b", r"cn=a\0adel:b"),
        ("CN=equal = sign", "cn=equal = sign"),
        ("", ""),
        ("\\", "\\"),
    ],
)
def test_equal_names_have_one_key(written, key):
    assert dn_key(written) == key


NAMES = st.text(st.sampled_from(list('aÉΣ\\,+=;# \n\x00"<>0cC3')) | st.characters(codec="utf-8"), max_size=40)


@given(NAMES)
def test_a_key_is_its_own_key(name):
    assert dn_key(dn_key(name)) == dn_key(name)


@given(st.lists(st.tuples(st.sampled_from(["CN", "OU", "dc"]), NAMES), min_size=1, max_size=5), st.data())
def test_spellings_of_one_name_have_one_key(parts, data):
    def spelled(value: str) -> str:
        how = data.draw(st.sampled_from(["hex", "escaped"]))
        if how == "hex":
            return "".join(f"\\{byte:02X}" for byte in value.encode())
        return "".join(f"\\{char}" if char in ',+"\\<>;=#\n\r\0' else char for char in value)

    first, second = (",".join(f"{kind}={spelled(value)}" for kind, value in parts) for _ in range(2))
    assert dn_key(first) == dn_key(second)


@given(st.lists(NAMES | st.none() | st.just("CN=a,DC=DomainDnsZones,DC=x,DC=y"), max_size=8))
def test_columns_and_single_names_agree(names):
    series = pl.Series(names, dtype=pl.String)
    assert dn_keys(series).to_list() == [None if name is None else dn_key(name) for name in names]
    keys = [dn_key(name) for name in names if name is not None]
    frame = pl.DataFrame({"dn_key": keys}, schema={"dn_key": pl.String})
    assert frame.select(PARENT_KEY).to_series().to_list() == [parent_key(key) for key in keys]
    assert frame.select(DOMAIN).to_series().to_list() == [domain_of(key) for key in keys]
    assert frame.select(PARTITION).to_series().to_list() == [partition_of(key) for key in keys]


@pytest.mark.parametrize(
    ("key", "domain", "partition"),
    [
        ("dc=x,dc=y", "x.y", "domain"),
        ("cn=a,cn=system,dc=x,dc=y", "x.y", "domain"),
        ("cn=configuration,dc=x,dc=y", "x.y", "configuration"),
        ("cn=a,cn=schema,cn=configuration,dc=x,dc=y", "x.y", "schema"),
        ("dc=domaindnszones,dc=x,dc=y", "x.y", "domaindns"),
        ("dc=_msdcs.x.y,cn=microsoftdns,dc=forestdnszones,dc=x,dc=y", "x.y", "forestdns"),
        ("o=elsewhere", "", "domain"),
        ("", "", "domain"),
    ],
)
def test_a_key_tells_its_place(key, domain, partition):
    frame = pl.DataFrame({"dn_key": [key]})
    assert (domain_of(key), partition_of(key)) == (domain, partition)
    assert frame.select(DOMAIN, PARTITION.alias("partition")).row(0) == (domain, partition)
    assert domain_of(dn_key(dn_of("x.y"))) == "x.y"


@pytest.mark.parametrize(
    "name",
    [
        "CN=" + "a" * 65_536,
        "CN=a" + " " * 65_536 + "b",
        " ," * 32_768,
        "\\" * 65_537,
        "\\C3\\A9" * 16_384,
        "CN=x," * 10_000 + "DC=y",
        "DC=x," * 10_000 + "DC=y",
    ],
)
def test_monstrous_names_have_a_key_like_any_other(name):
    key = dn_keys(pl.Series([name]))[0]  # anything but linear work would hang here
    frame = pl.DataFrame({"dn_key": [key]}).select(DOMAIN, PARENT_KEY.alias("parent"), PARTITION.alias("partition"))
    assert frame.row(0) == (domain_of(key), parent_key(key), partition_of(key))
    assert dn_key(key) == key
