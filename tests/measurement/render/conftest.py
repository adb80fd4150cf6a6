"""One report full of hostile names, shared by the tests of every rendering."""

import polars as pl
import pytest

from rempart.measurement.path import ChokePoint
from rempart.measurement.report import Report
from tests.measurement.factory import failed, make_control, make_path, make_report

HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "</style></title><svg onload=window.pwned=1>",
    '#eval("panic()") *gras* $x$ @ref `code` \\u{41} [a](b)',
    "]]; [red]rich[/red] [link=https://exemple.test]ici[/link]",
    "\x1b[31mrouge\x1b[0m\x07",
    "=cmd|' /C calc'!A0",
    "日本語 😀 \u202egnirtS\u202c",
    "'; Remove-ADUser -Identity adm; '",
    "{{ 7*7 }} {% raw %} {dn}",
    "ligne\nsuivante",
)


@pytest.fixture
def hostile() -> Report:
    """A report whose every name comes from somebody who wants to break the page."""
    control = make_control("vuln_a", (1,))
    subjects = pl.DataFrame(
        {
            "key": [f"S-1-{n}" for n in range(len(HOSTILE))],
            "name": list(HOSTILE),
            "dn": [f"CN={name},DC=valmont,DC=test" for name in HOSTILE],
            "attribute": list(HOSTILE),
            "value": list(HOSTILE),
        }
    )
    report = make_report([failed(control, subjects)], {"vuln_a": control})
    path = make_path()
    hop = path.hops[0].model_copy(
        update={
            "source": path.hops[0].source.model_copy(update={"name": HOSTILE[0]}),
            "target": path.hops[0].target.model_copy(update={"name": HOSTILE[3] + HOSTILE[5] + HOSTILE[7]}),
        }
    )
    return report.model_copy(
        update={
            "perimeter": report.perimeter.model_copy(update={"names": HOSTILE}),
            "paths": (path.model_copy(update={"hops": (hop,)}),),
            "choke_points": (ChokePoint(hop=hop, cut_off=3),),
        }
    )
