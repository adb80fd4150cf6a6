"""Compiled rules kept from one run to the next."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.rules import cache
from rempart.detection.rules.cache import cached
from rempart.detection.rules.load import load
from rempart.detection.rules.packed import Unreadable, pack, unpack
from rempart.measurement.errors import InputError
from tests.detection.rules.making import rule_text
from tests.detection.rules.test_gathering import BASE, COUNT, OTHER, correlation
from tests.detection.rules.test_modifiers import _SINGLE

EVERY = [
    rule_text(f"sel:\n  {item}\n  G: x\nkw: [a]\nt:\n  time|hour|gte: 3\ncondition: sel and not kw or t")
    for item, _ in _SINGLE
]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    told = "type: temporal\ntimespan: 1h\ncondition: failed and not success\n"
    texts = [
        *EVERY,
        BASE,
        OTHER,
        correlation(COUNT),
        correlation(told, "extended"),
        "title: broken",
        rule_text("s:\n  F: x\ncondition: s", date="x"),
    ]
    for number, text in enumerate(texts):
        (folder / f"{number:03}.yml").write_text(text, encoding="utf-8")
    return folder


def test_every_kind_of_test_comes_back_the_same(rules: Path) -> None:
    compiled = load([rules])

    assert compiled.refusals
    assert compiled.notes
    assert compiled.correlations
    assert unpack(pack(compiled)) == compiled


def test_the_second_time_no_rule_is_parsed(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached([rules], tmp_path / "cache")

    monkeypatch.setattr("rempart.detection.rules.load.load", None)

    assert cached([rules], tmp_path / "cache") == first


def test_another_content_filter_or_value_makes_another_form(rules: Path, tmp_path: Path) -> None:
    folder, filters = tmp_path / "cache", tmp_path / "filters"
    filters.mkdir()
    first = cached([rules], folder)
    cached([rules], folder, filters=[filters])
    cached([rules], folder, placeholders={"a": ["b"]})
    assert len(list(folder.glob("*.rules"))) == 3

    (rules / "001.yml").unlink()

    assert len(cached([rules], folder).rules) == len(first.rules) - 1


def test_a_renamed_file_is_told_under_its_new_name(rules: Path, tmp_path: Path) -> None:
    cached([rules], tmp_path / "cache")
    (rules / "000.yml").rename(rules / "zzz.yml")

    assert "zzz.yml" in {one.about.path for one in cached([rules], tmp_path / "cache").rules}


@pytest.mark.parametrize("fault", ["cut", "altered", "empty", "other"])
def test_a_damaged_cache_is_made_again(rules: Path, tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "cache"
    wanted = cached([rules], folder)
    (kept,) = folder.glob("*.rules")
    content = kept.read_bytes()
    altered = content[:200] + bytes([content[200] ^ 1]) + content[201:]
    kept.write_bytes({"cut": content[:-9], "altered": altered, "empty": b"", "other": b"x" * 500}[fault])

    assert cached([rules], folder) == wanted
    assert kept.read_bytes() == content


def test_a_cache_that_somebody_else_could_write_is_not_read(rules: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    wanted = cached([rules], folder)
    (kept,) = folder.glob("*.rules")
    kept.write_bytes(pack(replace(wanted, rules=())))
    kept.chmod(0o666)

    assert cached([rules], folder) == wanted


def test_a_folder_that_cannot_be_written_costs_no_rule(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")

    assert cached([rules], tmp_path / "file").rules


def test_the_oldest_forms_go(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 2)
    for number in range(4):
        cached([rules], tmp_path / "cache", placeholders={"a": [str(number)]})

    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert not os.access(tmp_path / "cache", os.W_OK) or (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_rules_that_are_not_there_stop(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        cached([tmp_path / "nosuch"], tmp_path / "cache")


@given(st.binary(max_size=300))
def test_any_bytes_are_unreadable_not_a_crash(content: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(content)


@given(
    st.recursive(
        st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_rows_with_a_good_sum_are_a_form_or_unreadable(row: object) -> None:
    packed = msgpack.packb({"predicates": [row], "nodes": [row], "rules": [row]}, unicode_errors="surrogatepass")
    with pytest.raises(Unreadable):
        unpack(b"rempart-rules-1\n" + sha256(packed).digest() + packed)
