import io
import re
from datetime import date

import pytest
from rich.console import Console

from rempart.measurement.compare import compare
from rempart.measurement.render.terminal import print_report, print_trend
from rempart.measurement.text import Language
from tests.measurement.factory import accept, make_history, make_report


def printed(report, language=Language.FR, **options):
    out = io.StringIO()
    print_report(report, language, Console(file=out, width=80, highlight=False, **options))
    return out.getvalue()


def test_a_report_answers_in_order():
    text = printed(make_report())
    wanted = ["valmont.test", "Niveau 1 sur 5", "QUOI CORRIGER", "PAS PU ÊTRE REGARDÉ", "EN ÉCHEC", "À REVOIR"]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)
    assert "1 480" in text.replace("\u202f", " ")


@pytest.mark.parametrize("language", list(Language))
def test_a_pipe_gets_plain_lines_of_eighty_columns(language):
    text = printed(make_report(), language)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_terminal_without_colour_gets_none():
    text = printed(make_report(), force_terminal=True, no_color=True)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", text)


def test_the_rampart_is_drawn_from_the_ground_up():
    text = printed(make_report())
    drawn = [line for line in text.splitlines() if re.match(r" [1-5] [█░·]", line)]
    assert [line[1] for line in drawn] == list("54321")
    assert "█" in drawn[-1]
    assert "·" in drawn[0]


def test_accepted_risks_are_said_beside_their_point_and_expired_ones_at_the_end():
    report = make_report(acceptances=(accept("vuln_dont_expire_priv"), accept("vuln_krbtgt", until=date(2025, 1, 1))))
    text = " ".join(printed(report).split())
    assert "accepté par Directrice du système d'information jusqu'au 30 juin 2027" in text
    assert "expiré le 1er janvier 2025" in text


def test_an_old_console_gets_plain_signs():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252", errors="strict")
    print_report(make_report(), Language.EN, Console(file=out, width=80, highlight=False))
    out.flush()
    assert b"####" in raw.getvalue()


def test_hostile_names_print_as_text(hostile):
    text = printed(hostile)
    assert "\x1b" not in text
    assert "[red]rich[/red]" in text


def test_a_comparison_says_what_came_back():
    out = io.StringIO()
    print_trend(compare(make_history()), Language.FR, Console(file=out, width=80, highlight=False))
    text = out.getvalue()
    assert "TOUJOURS EN ÉCHEC" in text
    assert "revenu" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_number_of_exposed_accounts_is_said_once():
    report = make_report().model_copy(update={"attackers": 55})
    assert printed(report).count("55 comptes sans droits d'administration") == 1
