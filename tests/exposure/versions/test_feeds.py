import gzip
import json
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.feeds.feed import pair_of_cpe
from rempart.exposure.feeds.reading import read_feed
from rempart.exposure.feeds.store import Store
from rempart.exposure.feeds.support import own_table
from rempart.exposure.feeds.versions import version_key
from rempart.measurement.errors import AlteredError, InputError
from tests.shared_data import needs_data, shared_data

AT = datetime(2026, 11, 24, tzinfo=UTC)
KEV = {
    "catalogVersion": "2026.08.07",
    "dateReleased": "2026-08-07T16:45:47Z",
    "vulnerabilities": [
        {
            "cveID": "CVE-2024-1",
            "vendorProject": "Acme",
            "product": "Gate",
            "dateAdded": "2026-01-02",
            "knownRansomwareCampaignUse": "Known",
        },
        {"cveID": "CVE-2024-2"},
    ],
}
EPSS = "#model_version:v1,score_date:2026-01-30T12:55:00Z\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\nCVE-2024-2,x,0.1\n"
COMPACT = {
    "id": "CVE-2024-1",
    "pub": "2024-05-01",
    "cvss": ["CVSS:3.1/AV:N", 9.8],
    "ssvc": ["active", "yes", "total"],
    "t": "x",
    "a": [{"v": "Acme", "p": "Gate", "cpe": [], "r": [["7.0", "<7.0.12"], ["7.2", "<=7.2.4"], ["7.0.5", "!"]]}],
}
OFFICIAL = {
    "dataType": "CVE_RECORD",
    "cveMetadata": {"cveId": "CVE-2025-9", "datePublished": "2025-03-01T00:00:00Z"},
    "containers": {
        "cna": {
            "title": "t",
            "metrics": [{"cvssV3_1": {"baseScore": 7.5}}],
            "affected": [
                {
                    "vendor": "Acme",
                    "product": "Gate",
                    "versions": [{"version": "0", "lessThan": "8.1", "status": "affected"}],
                }
            ],
        }
    },
}


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("9.2", "9.10"),
        ("9.2", "9.2p1"),
        ("9.2p1", "9.2.1"),
        ("1.0rc1", "1.0"),
        ("1.0-beta2", "1.0rc1"),
        ("7.0.11", "7.0.12"),
        ("1.0.1e", "1.0.1f"),
        ("2.4.9", "2.4.49"),
        ("12.1-50.28", "12.1-55.300"),
    ],
)
def test_keys_are_in_the_order_of_versions(lower, higher):
    assert version_key(lower) < version_key(higher)


def test_final_zeros_and_a_leading_v_do_not_count():
    assert version_key("v9.2.0") == version_key("9.2")
    assert version_key("n/a?") != version_key("9")
    assert version_key("–") == ""


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_dotted_numbers_compare_as_tuples(one, other):
    def stripped(parts):
        while len(parts) > 1 and not parts[-1]:
            parts = parts[:-1]
        return parts

    keys = [version_key(".".join(map(str, parts))) for parts in (one, other)]
    assert (keys[0] < keys[1]) == (stripped(one) < stripped(other))


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_feed(path)


def test_kev_is_read_with_its_date_and_its_flaws(tmp_path):
    feed = read(tmp_path, "kev.json", json.dumps(KEV))
    assert (feed.dataset, feed.dated, feed.records) == ("kev", date(2026, 8, 7), 1)
    assert feed.flaws[0][0].endswith("vulnerabilities[1]")
    assert feed.frame.row(0) == ("CVE-2024-1", "Acme", "Gate", date(2026, 1, 2), True)


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
def test_epss_is_read_packed_or_not(tmp_path, pack):
    feed = read(tmp_path, "epss.csv", pack(EPSS))
    assert (feed.dated, feed.records, len(feed.flaws)) == (date(2026, 1, 30), 1, 1)


def test_compact_records_give_their_ranges(tmp_path):
    feed = read(tmp_path, "cve.jsonl", json.dumps(COMPACT) + "\nnot json\n")
    assert (feed.records, len(feed.flaws), feed.dated) == (1, 1, date(2024, 5, 1))
    assert feed.frame["pair"].to_list() == ["acme:gate"] * 3
    assert feed.frame["closed"].to_list() == [False, True, True]
    assert feed.frame["affected"].to_list() == [True, True, False]


def test_official_records_are_read_alone_or_in_an_archive(tmp_path):
    alone = read(tmp_path, "CVE-2025-9.json", json.dumps(OFFICIAL))
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("cves/2025/CVE-2025-9.json", json.dumps(OFFICIAL))
        archive.writestr("cves/delta.json", "{}")
    packed = read_feed(tmp_path / "list.zip")
    assert alone.frame.equals(packed.frame)
    row = alone.frame.row(0, named=True)
    assert (row["cvss"], row["low"], row["high"]) == (7.5, None, version_key("8.1"))


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "<a/>", "null", '{"a": {"releases": []}}', "\x00\xff", "[" * 99999]
)
def test_what_is_no_feed_is_refused_with_its_place(tmp_path, content):
    with pytest.raises(InputError) as caught:
        read(tmp_path, "fichier", content)
    assert "fichier" in (caught.value.where or "")


def test_the_store_keeps_replaces_and_notices_an_alteration(tmp_path):
    store = Store(tmp_path / "jeux")
    assert list(store.loaded()) == []
    assert store.table("kev") is None
    store.keep(read(tmp_path, "kev.json", json.dumps(KEV)), source="kev.json", at=AT)
    (told,) = store.loaded()
    assert (told.dataset, told.records, told.flaws) == ("kev", 1, 1)
    table = store.table("kev")
    assert table is not None
    assert table.height == 1
    (tmp_path / "jeux/kev.parquet").write_bytes(b"x")
    with pytest.raises(AlteredError, match="altered"):
        store.table("kev")


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("cpe:2.3:a:f5:nginx:1.2:*", "f5:nginx"),
        ("cpe:/o:debian:debian_linux", "debian:debian_linux"),
        ("nginx", None),
        ("cpe:2.3:a", None),
    ],
)
def test_the_pair_of_a_cpe(name, pair):
    assert pair_of_cpe(name) == pair


@needs_data("exposure")
def test_the_official_files_are_read_whole():
    folder = shared_data("exposure")
    assert folder
    kev = read_feed(folder / "kev-2026-08-07.json")
    assert (kev.records, kev.dated, kev.flaws) == (1662, date(2026, 8, 7), [])
    epss = read_feed(folder / "epss-2026-01-30.csv.gz")
    assert (epss.records, epss.dated) == (313089, date(2026, 1, 30))
    records = read_feed(folder / "vulnrichment-compact-2024-10-24.jsonl.gz")
    assert (records.records, records.flaws) == (44026, [])
    cycles = read_feed(folder / "endoflife-2026-08-22.json")
    assert (cycles.records, cycles.dated) == (8321, date(2026, 8, 22))


@needs_data("exposure")
def test_our_dates_of_end_of_support_are_those_of_the_feed():
    folder = shared_data("exposure")
    assert folder
    feed = read_feed(folder / "endoflife-2026-08-22.json").frame
    both = own_table().frame.join(feed, on=["pair", "cycle"], suffix="_there")
    assert both.height > 100
    differing = both.filter(pl.col("ends") != pl.col("ends_there")).select("pair", "cycle")
    # the feed writes the second of the month where Canonical ended support at its end
    assert set(differing.rows()) == {("canonical:ubuntu_linux", "14.04"), ("canonical:ubuntu_linux", "16.04")}
