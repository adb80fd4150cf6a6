from rempart.exposure.facts import asked
from rempart.exposure.snapshot import open_snapshot, save
from tests.exposure.maker import AT, Maker


def test_a_made_snapshot_is_saved_and_read_back(tmp_path):
    maker = Maker()
    maker.asset("valmont.example")
    maker.service(443, "http", tls="direct")
    maker.observed("http.get", b"HTTP/1.1 200 OK\r\n\r\n", detail={"body": "whole"})
    maker.observed("http.get", outcome="timeout")
    maker.dns(b"\0" * 12, "valmont.example MX", subject="valmont.example")
    maker.gap("tls")
    maker.outside("Old banner")
    kept = save(maker.snapshot(), tmp_path / "a.rempart")
    read = open_snapshot(tmp_path / "a.rempart")
    assert read.digest == kept.digest
    assert asked(read, "http.get")["outcome"].to_list() == ["answered", "timeout"]
    assert maker.surface(AT).open_services["port"].to_list() == [443]
