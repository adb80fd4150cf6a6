import json

from rempart.exposure.render import sarif
from rempart.measurement.text import Language
from rempart.measurement.verdict import Status, Verdict
from tests.exposure.judgement.test_annexes import CONTROLS, DISCLOSED, OLD, failing
from tests.exposure.judgement.test_score import ONE
from tests.measurement.factory import make_report


def test_each_subject_is_a_result_that_names_its_rule_and_keeps_its_fingerprint():
    verdicts = [failing(OLD, "a:443/tcp", "b:443/tcp"), failing(DISCLOSED, "c", certainty="deduced")]
    log = json.loads(sarif.render(make_report(verdicts, CONTROLS), Language.FR))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == [OLD.id, DISCLOSED.id]
    first, second, third = run["results"]
    assert [rules[each["ruleIndex"]] for each in (first, second, third)] == [OLD.id, OLD.id, DISCLOSED.id]
    assert (first["kind"], first["level"]) == ("fail", "error")
    assert (third["kind"], third["level"]) == ("review", "none")
    prints = [each["partialFingerprints"]["control/subject/v1"] for each in (first, second)]
    assert prints == [f"{OLD.id}|a:443/tcp", f"{OLD.id}|b:443/tcp"]


def test_what_could_not_be_looked_at_is_told_and_is_no_result():
    verdict = Verdict(control=OLD.id, level=2, status=Status.NOT_EVALUATED, reason=ONE)
    (run,) = json.loads(sarif.render(make_report([verdict], CONTROLS), Language.EN))["runs"]
    assert run["results"] == []
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["associatedRule"] == {"id": OLD.id, "index": 0}
