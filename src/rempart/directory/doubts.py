"""What a control could not see for some subjects: a doubt forbids a pass, it never hides a failure."""

from collections.abc import Mapping

import polars as pl

from rempart.directory.forest import NAME, Forest, rid_is
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Measure, Verdict

_UNREAD = Text(
    fr="{attribute} n'est pas lisible pour {count} objet(s), dont {name}",
    en="{attribute} is not readable for {count} object(s), among them {name}",
)
_ABSENT = Text(fr="{what.fr} : rien n'a été collecté dans {domain}", en="{what.en}: nothing was collected in {domain}")
_USERS = Text(fr="comptes d'utilisateur", en="user accounts")
_CONTROLLERS = Text(fr="contrôleurs de domaine", en="domain controllers")
_PRIVILEGED_GROUPS = Text(fr="groupes privilégiés", en="privileged groups")


def settle(
    entry: Control,
    subjects: pl.DataFrame,
    *doubts: Text | None,
    level: int | None = None,
    measured: Mapping[str, Measure] | None = None,
) -> Verdict:
    """Return failed when there are subjects; else not evaluated when a doubt remains; else satisfied."""
    doubt = next((doubt for doubt in doubts if doubt is not None), None)
    if subjects.is_empty() and doubt is not None:
        return entry.not_evaluated(doubt, level=level)
    return entry.judge(subjects, level=level, measured=measured)


def unread(rows: pl.DataFrame, attribute: str) -> Text | None:
    """Return the doubt left by `rows` (of `objects`) whose `attribute`, which every such object has, is null."""
    silent = rows.filter(pl.col(attribute).is_null())
    if silent.is_empty():
        return None
    first = silent.sort("id").select(NAME).item(0, 0)
    return _UNREAD.filled(attribute=attribute, count=silent.height, name=first)


OPAQUE = pl.all_horizontal(pl.col("userAccountControl", "pwdLastSet", "whenCreated").is_null())
"""An account that showed none of what every account has: its optional attributes were hidden too."""


def opaque(accounts: pl.DataFrame) -> Text | None:
    """Return the doubt left by accounts that the reader was not allowed to see.

    When no account at all shows these attributes, the source did not ask for them: `needs` tells what lacks.
    """
    hidden = accounts.filter(OPAQUE)
    return unread(hidden, "whenCreated") if hidden.height < accounts.height else None


def absent(forest: Forest, rows: pl.DataFrame, what: Text) -> Text | None:
    """Return the doubt left by a domain with no row in `rows`, whereas every domain has `what`."""
    domains = {*forest.domains["domain"], *forest.accounts["domain"].unique()}
    missing = sorted(domains - set(rows["domain"].unique()))
    if domains and not missing:
        return None
    return _ABSENT.filled(what=what, domain=missing[0] if missing else forest.snapshot.manifest.source)


def privilege_unread(forest: Forest) -> Text | None:
    """Return the doubt left by a domain whose Administrators or Domain Admins group was not collected.

    Without those groups nobody looks privileged, and every control about privileged accounts would pass.
    """
    for kind in (pl.col("objectSid") == "S-1-5-32-544", rid_is(512)):
        doubt = absent(forest, forest.groups.filter(kind), _PRIVILEGED_GROUPS)
        if doubt is not None:
            return doubt
    return None


def users_unread(forest: Forest) -> Text | None:
    """Return the doubt left by a domain without a single user: an export limited to something else."""
    return absent(forest, forest.users, _USERS)


def machines_unread(forest: Forest) -> Text | None:
    """Return the doubt left by a domain without a controller: its computers were not collected."""
    return absent(forest, forest.domain_controllers, _CONTROLLERS)
