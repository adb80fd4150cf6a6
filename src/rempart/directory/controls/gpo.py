"""Dangerous rights on the policies of privileged accounts, and on the places where policies get linked to them."""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.permission_paths import PathRule, Resolved, above, judge_paths
from rempart.directory.forest import Forest
from rempart.directory.names import dn_key
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_LINKING = frozenset({"WriteGPLink", "GenericWrite", "GenericAll", "WriteDacl", "WriteOwner", "Owns"})
"""Writing gPLink, and the rights that include it."""
_POLICIES_UNREADABLE = Text(
    fr="stratégies de groupe dont le descripteur de sécurité n'a pas pu être lu : {count}",
    en="group policies whose security descriptor could not be read: {count}",
)
_NO_SITE_SEEN = Text(
    fr="les sites de l'annuaire n'ont pas été collectés", en="the sites of the directory were not collected"
)


@control("vuln_permissions_gpo_priv")
def policies_of_privileged(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on the policies that apply to privileged accounts and domain controllers.

    The graph knows which policies apply: a path to an account that is held on a policy goes through one of them.
    """
    policies = forest.of_class("grouppolicycontainer")
    places = {*policies["id"], *above(forest, policies["id"])} - set(forest.domains["id"])
    unread = 0 if forest.snapshot.descriptors.is_empty() else policies["sd"].null_count()
    rule = PathRule(
        keep=lambda rows: rows.filter(pl.col("target").is_in(list(places))),
        unseen=_POLICIES_UNREADABLE.filled(count=unread) if unread else None,
    )
    return judge_paths(entry, forest, _privileged_people(forest), rule)


@control("vuln_permissions_gpo_container_priv")
def containers_of_privileged(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge who may link a policy to the units, domains and sites where privileged accounts live."""
    sites = _sites_of_controllers(forest)
    rule = PathRule(
        kinds=_LINKING,
        resolved=Resolved.FAILURES_ONLY,
        unseen=None if sites else _NO_SITE_SEEN,
    )
    return judge_paths(entry, forest, {*_unitsabove(forest, _privileged_people(forest)), *sites}, rule)


def _privileged_people(forest: Forest) -> list[int]:
    """Return the ids of privileged accounts and domain controllers."""
    return sorted({*forest.privileged_accounts["id"], *forest.domain_controllers["id"]})


def _unitsabove(forest: Forest, starts: list[int]) -> list[int]:
    """Return the organizational units and domain heads that contain these objects, at any depth."""
    linkable = forest.of_class("organizationalunit", "domaindns")["id"]
    return sorted(above(forest, starts) & set(linkable))


def _sites_of_controllers(forest: Forest) -> list[int]:
    """Return the sites that contain the `server` object of a domain controller."""
    controllers = list(forest.domain_controllers["dn_key"])
    servers = forest.of_class("server").filter(pl.col("serverReference").is_not_null())
    theirs = [
        number
        for number, reference in servers.select("id", "serverReference").iter_rows()
        if dn_key(reference) in controllers
    ]
    return sorted(above(forest, theirs) & set(forest.of_class("site")["id"]))
