import polars as pl

from rempart.exposure.ranking import ranked
from rempart.measurement.verdict import Status, Verdict
from tests.exposure.judgement.test_annexes import CONTROLS, DISCLOSED, OLD, failing
from tests.exposure.maker import ADDRESS, Maker

VPN = "vpn.valmont.example"


def order(*verdicts: Verdict):
    maker = Maker()
    maker.asset(VPN, ADDRESS, weight=1.0)
    return ranked(maker.surface(), CONTROLS, verdicts)


def test_weight_certainty_and_level_make_the_order_and_every_term_is_there():
    verdicts = [
        failing(DISCLOSED, f"{VPN}:443/tcp"),
        failing(OLD, "other.example:443/tcp"),
        failing(OLD, f"{VPN}:443/tcp"),
    ]
    first, second, third = order(verdicts[0], _joined(verdicts[1], verdicts[2]))
    assert (first.key, first.weight, first.certain, first.likely, first.costs) == (f"{VPN}:443/tcp", 1.0, 1.0, 0.5, 0.5)
    assert first.priority == 50.0
    assert (second.key, second.weight, second.priority) == ("other.example:443/tcp", 0.7, 35.0)
    assert (third.control, third.priority) == (DISCLOSED.id, 26.0)


def _joined(one: Verdict, other: Verdict) -> Verdict:
    return one.model_copy(update={"subjects": pl.concat([one.subjects, other.subjects])})


def test_what_is_deduced_weighs_less_and_a_weakness_brings_its_own_terms():
    (deduced,) = order(failing(OLD, f"{VPN}:443/tcp", certainty="deduced"))
    assert deduced.certain == 0.7
    row = {"key": f"{VPN}:443/tcp Gate CVE-1", "name": "x", "weight": 1.0, "certain": 0.4, "likely": 1.0, "costs": 0.98}
    verdict = Verdict(control=OLD.id, level=2, status=Status.FAILED, subjects=pl.DataFrame([row | {"delay": "3_days"}]))
    (known,) = order(verdict)
    assert (known.priority, known.delay) == (39.7, "3_days")


def test_a_subject_counts_once_a_control():
    assert len(order(failing(OLD, "a"), failing(OLD, "a"))) == 1
