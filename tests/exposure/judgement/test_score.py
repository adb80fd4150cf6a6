import pytest

from rempart.exposure.score import category_scores, overall
from rempart.measurement.control import Control, Kind, Remedy
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

ONE = Text(fr="x", en="x")
FIX = Remedy(fr="x", en="x")


def entry(name: str, level: int | None, category: str = "tls") -> Control:
    return Control(
        id=name,
        engine="exposure",
        kind=Kind.VULNERABILITY if level else Kind.INFORMATION,
        levels=(level,) if level else (),
        effort=1,
        category=category,
        title=ONE,
        risk=ONE,
        rule=ONE,
        fix=FIX,
        undo=FIX,
    )


def scored(*rows: tuple[int | None, Status, str]):
    controls, verdicts = {}, []
    for rank, (level, status, category) in enumerate(rows):
        control = entry(f"vuln_{rank}", level, category)
        controls[control.id] = control
        verdicts.append(Verdict(control=control.id, level=level, status=status, reason=ONE))
    return category_scores(controls, verdicts)


PASS, FAIL, BLIND, NOTHING = Status.SATISFIED, Status.FAILED, Status.NOT_EVALUATED, Status.NOT_APPLICABLE


def test_points_weigh_by_level():
    (tls,) = scored((2, PASS, "tls"), (3, FAIL, "tls"), (3, PASS, "tls"))
    assert (tls.score, tls.letter, tls.failed, tls.judged) == (75, "B", 1, 3)


@pytest.mark.parametrize(("level", "letter"), [(1, "E"), (2, "C"), (3, "A")])
def test_an_open_door_caps_the_letter_whatever_passes_beside(level, letter):
    (tls,) = scored((level, FAIL, "tls"), *[(2, PASS, "tls")] * 19)
    assert tls.score is not None
    assert tls.score >= 95
    assert tls.letter == letter


def test_what_was_not_looked_at_earns_nothing_and_is_said():
    (dns,) = scored((1, BLIND, "dns"), (2, BLIND, "dns"))
    assert (dns.score, dns.letter, dns.unseen) == (None, "–", 2)
    whole = overall([dns])
    assert (whole.score, whole.letter, whole.unseen) == (None, "–", 2)


def test_what_does_not_exist_and_informations_do_not_count():
    assert scored((2, NOTHING, "mail"), (None, FAIL, "mail")) == []


def test_the_whole_is_the_plain_mean_and_the_worst_door_caps_it():
    whole = overall(scored((1, FAIL, "health"), (2, PASS, "tls"), (3, PASS, "web")))
    assert (whole.score, whole.letter) == (67, "E")
    assert [each.category for each in scored((3, PASS, "web"), (3, FAIL, "dns"), (1, BLIND, "tls"))] == [
        "dns",
        "web",
        "tls",
    ]
