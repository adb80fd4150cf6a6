import polars as pl

from rempart.measurement.path import ChokePoint
from rempart.measurement.plan import build_plan
from rempart.measurement.verdict import Status
from tests.measurement.factory import failed, level_of, make_control, make_path, make_report, people


def plan_of(*verdicts, controls, points=()):
    return build_plan({c.id: c for c in controls}, verdicts, points, level_of)


def test_the_lowest_level_comes_first_and_warnings_last():
    one, three, warn = make_control("vuln_a", (1,)), make_control("vuln_b", (3,)), make_control("warning_c")
    plan = plan_of(
        failed(warn, people(900)), failed(three, people(500)), failed(one, people(1)), controls=(one, three, warn)
    )
    assert [step.control for step in plan.steps] == ["vuln_a", "vuln_b", "warning_c"]


def test_inside_a_level_gain_over_effort_decides():
    hard, easy = make_control("vuln_hard", (1,), effort=3), make_control("vuln_easy", (1,), effort=1)
    plan = plan_of(failed(hard, people(20)), failed(easy, people(10)), controls=(hard, easy))
    assert [step.control for step in plan.steps] == ["vuln_easy", "vuln_hard"]


def test_a_step_says_the_level_it_unlocks_with_those_before():
    a, b, c = make_control("vuln_a", (1,)), make_control("vuln_b", (1,)), make_control("vuln_c", (3,))
    plan = plan_of(failed(a, people(2)), failed(b, people(1)), failed(c, people(1)), controls=(a, b, c))
    assert [step.unlocks for step in plan.steps] == [None, 3, 5]


def test_what_could_not_be_seen_makes_the_unlocked_level_an_upper_bound():
    a, b = make_control("vuln_a", (1,)), make_control("vuln_b", (2,))
    unseen = b.not_evaluated(make_report().gaps[0].reason)
    plan = plan_of(failed(a, people(2)), unseen, controls=(a, b))
    assert (plan.steps[0].unlocks, plan.steps[0].at_most) == (5, True)


def test_a_higher_threshold_with_the_same_subjects_is_settled_by_the_same_step():
    both = make_control("vuln_a", (1, 2))
    plan = plan_of(failed(both, people(3), 1), failed(both, people(3), 2), controls=(both,))
    assert [(step.thresholds, step.unlocks) for step in plan.steps] == [((1, 2), 5)]


def test_a_higher_threshold_lists_only_what_the_lower_one_left():
    both = make_control("vuln_a", (1, 2))
    plan = plan_of(failed(both, people(3), 1), failed(both, people(5), 2), controls=(both,))
    assert [(step.level, step.subjects, len(step.commands)) for step in plan.steps] == [(1, 3, 3), (2, 2, 2)]


def test_a_choke_point_is_a_step_at_the_level_of_what_it_leads_to():
    hop = make_path().hops[1]
    one = make_control("vuln_a", (1,))
    plan = plan_of(failed(one, people(1)), controls=(one,), points=(ChokePoint(hop=hop, cut_off=412),))
    assert {(step.control, step.level, step.cut_off) for step in plan.steps} == {("", 1, 412), ("vuln_a", 1, 0)}
    assert plan.steps[0].commands[0].fix == hop.command


def test_a_hostile_name_is_flagged_and_gives_no_command():
    one = make_control("vuln_a", (1,))
    subjects = people(1).with_columns(dn=pl.lit("CN=x\nRemove-ADUser y"))
    command = plan_of(failed(one, subjects), controls=(one,)).steps[0].commands[0]
    assert command.fix is None
    assert command.refused is not None


def test_satisfied_points_and_informations_ask_for_nothing():
    one, info = make_control("vuln_a", (1,)), make_control("info_b")
    satisfied = one.judge(people(0))
    assert satisfied.status is Status.SATISFIED
    assert plan_of(satisfied, failed(info, people(4)), controls=(one, info)).steps == ()


def test_a_control_that_names_the_right_itself_gains_what_it_cuts_off():
    hop = make_path().hops[1]
    one = make_control("vuln_a", (1,))
    rights = people(1).with_columns(principal=pl.lit(hop.source.name), target=pl.lit(hop.target.name))
    plan = plan_of(failed(one, rights), controls=(one,), points=(ChokePoint(hop=hop, cut_off=412),))
    assert [step.cut_off for step in plan.steps if step.control] == [412]


def test_a_right_is_found_by_a_key_that_joins_its_ends():
    hop = make_path().hops[1]
    two = make_control("vuln_a", (2,))
    rights = people(1).with_columns(key=pl.lit(f"{hop.source.key}>{hop.edge}>{hop.target.key}"))
    plan = plan_of(failed(two, rights), controls=(two,), points=(ChokePoint(hop=hop, cut_off=9),))
    assert {(step.level, step.cut_off) for step in plan.steps} == {(2, 9)}
