import polars as pl

from rempart.exposure.annexes import annexes
from rempart.exposure.letters import letters
from rempart.measurement.verdict import Status, Verdict
from tests.exposure.judgement.test_score import ONE, entry
from tests.exposure.maker import ADDRESS, Maker

NAME = "www.valmont.example"
OLD, DISCLOSED = entry("vuln_tls_old", 2, "tls"), entry("vuln_web_disclosed", 4, "web")
CONTROLS = {each.id: each for each in (OLD, DISCLOSED)}


def failing(control, *keys: str, certainty: str = "observed") -> Verdict:
    rows = [{"key": key, "name": f"{key} vu", "certainty": certainty} for key in keys]
    return Verdict(control=control.id, level=control.levels[0], status=Status.FAILED, subjects=pl.DataFrame(rows))


def made(*verdicts: Verdict, maker: Maker | None = None):
    maker = maker or Maker()
    return {each.id: each for each in annexes(maker.surface(), CONTROLS, verdicts)}


def a_named_web_server() -> Maker:
    maker = Maker()
    maker.asset(NAME, ADDRESS)
    maker.service(443, "http", tls="direct")
    maker.service(22, "ssh")
    maker.service(5900, "")
    maker.service(25, "smtp", state="closed")
    maker.observed("tls.hello", b"x", port=443)
    maker.observed("ssh.kexinit", b"x", port=22)
    return maker


def test_the_map_shows_each_open_service_with_the_worst_said_of_it():
    verdicts = [failing(DISCLOSED, f"{NAME}:443/tcp"), failing(OLD, f"{ADDRESS}:443/tcp")]
    rows = made(*verdicts, maker=a_named_web_server())["map"].rows
    host = f"{NAME} ({ADDRESS})"
    assert rows == (
        (host, "22 ssh", "satisfied", None, 0),
        (host, "443 http (TLS)", "failed", 2, 2),
        (host, "5900 ?", "not_evaluated", None, 0),
    )


def test_scores_begin_with_the_whole():
    rows = made(failing(OLD, "a"), Verdict(control=DISCLOSED.id, level=4, status=Status.SATISFIED))["scores"].rows
    assert rows == (
        ("overall", "E", 50, 1, 2, 0),
        ("tls", "E", 0, 1, 1, 0),
        ("web", "A", 100, 0, 1, 0),
    )


def test_the_load_is_said_by_address_and_in_all():
    maker = Maker()
    for port, connections in ((443, 57), (22, 2)):
        row = {"address": ADDRESS, "port": port, "transport": "tcp", "bytes_sent": 100, "bytes_received": 900}
        maker.rows["load"].append(row | {"connections": connections})
    assert made(maker=maker)["load"].rows == (("load_total", 2, 59, 57, 200, 1800), (ADDRESS, 2, 59, 57, 200, 1800))


def test_discovered_names_are_to_declare_and_other_findings_keep_their_date():
    maker = Maker()
    maker.asset("vpn.valmont.example", distance=1, origin="certificate", source=NAME)
    maker.asset(NAME, ADDRESS)
    maker.outside("Port ouvert", severity="moyenne", reference="https://nmap.org")
    found = made(maker=maker)
    assert found["to_declare"].rows == (("vpn.valmont.example", "certificate", NAME),)
    assert found["outside"].rows == (
        ("nmap", "2026-11-23", f"{ADDRESS}:443", "Port ouvert", "moyenne", "https://nmap.org"),
    )
    assert "outside" not in made()


def test_a_letter_names_the_systems_and_says_when_a_version_was_only_read():
    verdicts = [failing(DISCLOSED, "a", "b", certainty="deduced"), failing(OLD, "c")]
    first, second = letters(Maker().surface(), CONTROLS, verdicts)
    assert first.control == OLD.id
    assert "- a vu\n- b vu" in second.body.fr
    assert "2 système(s)" in second.body.fr
    assert "rétroporté" in second.body.fr
    assert "rétroporté" not in first.body.fr
    assert "23/11/2026" in first.body.fr
    assert "2026-11-23" in first.body.en


def test_nothing_judged_gives_no_letter_and_no_score():
    verdict = Verdict(control=OLD.id, level=2, status=Status.NOT_EVALUATED, reason=ONE)
    assert made(verdict)["letters"].rows == ()
    assert made()["scores"].rows == ()
