"""Passwords and presence of machines: controllers, servers, clusters and managed service accounts."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory.ages import LAST_SEEN, PASSWORD_SET, THREE_YEARS, older_than
from rempart.directory.controls import control
from rempart.directory.controls.domain_controllers import of_machines
from rempart.directory.doubts import machines_unread, opaque, settle, unread
from rempart.directory.forest import ENABLED, MANAGED_CLASSES, Forest
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_CLUSTER = r"(?i)^(?:MSServerCluster|MSClusterVirtualServer)/"
"""Services of the names a failover cluster owns. MSServerClusterMgmtAPI is not one: the nodes carry it too."""
_SERVER = r"(?i)server"


def _is_cluster() -> pl.Expr:
    owned = pl.col("servicePrincipalName").list.eval(pl.element().str.contains(_CLUSTER))
    return owned.list.any().fill_null(value=False)


def _servers(forest: Forest) -> pl.DataFrame:
    """Computers that say they run a server system, controllers left out."""
    controllers = forest.domain_controllers["id"].to_list()
    return forest.computers.filter(
        pl.col("operatingSystem").str.contains(_SERVER).fill_null(value=False), ~pl.col("id").is_in(controllers)
    )


def _judge_passwords(entry: Control, forest: Forest, accounts: pl.DataFrame, age: timedelta) -> Verdict:
    stale = accounts.filter(ENABLED, older_than(PASSWORD_SET, age, forest))
    return settle(
        entry,
        forest.subjects(stale, "pwdLastSet"),
        machines_unread(forest),
        opaque(forest.accounts),
        unread(accounts, "userAccountControl"),
        unread(accounts.filter(PASSWORD_SET.is_null()), "pwdLastSet"),
    )


@control("vuln_password_change_server_no_change_90")
def server_no_change_90(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of enabled servers: 90 days at most."""
    yield _judge_passwords(entry, forest, _servers(forest).filter(~_is_cluster()), timedelta(days=90))


@control("vuln_password_change_server_no_change_45")
def server_no_change_45(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of enabled servers: 45 days at most."""
    yield _judge_passwords(entry, forest, _servers(forest).filter(~_is_cluster()), timedelta(days=45))


@control("vuln_password_change_cluster_no_change_3years")
def cluster_no_change_3years(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of the names owned by failover clusters: three years at most."""
    yield _judge_passwords(entry, forest, forest.computers.filter(_is_cluster()), THREE_YEARS)


@control("vuln_password_change_msa_no_change_90")
def msa_no_change_90(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of enabled managed service accounts: 90 days at most."""
    yield _judge_passwords(entry, forest, forest.of_class(*MANAGED_CLASSES), timedelta(days=90))


@control("vuln_password_change_dc_no_change")
def dc_no_change(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the passwords of all domain controllers: 45 days at most."""
    controllers = of_machines(forest, forest.domain_controllers)
    stale = controllers.filter(older_than(PASSWORD_SET, timedelta(days=45), forest))
    yield settle(
        entry,
        forest.subjects(stale, "pwdLastSet"),
        machines_unread(forest),
        unread(controllers.filter(PASSWORD_SET.is_null()), "pwdLastSet"),
    )


@control("vuln_password_change_inactive_dc")
def inactive_dc(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the last sign of life of all domain controllers: 45 days ago at most."""
    controllers = of_machines(forest, forest.domain_controllers)
    silent = controllers.filter(older_than(LAST_SEEN, timedelta(days=45), forest))
    yield settle(
        entry,
        forest.subjects(silent, "lastLogonTimestamp"),
        machines_unread(forest),
        unread(controllers.filter(LAST_SEEN.is_null()), "lastLogonTimestamp"),
    )


@control("vuln_password_change_inactive_servers")
def inactive_servers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the last sign of life of enabled servers: 90 days ago at most."""
    servers = _servers(forest)
    silent = servers.filter(ENABLED, older_than(LAST_SEEN, timedelta(days=90), forest))
    yield settle(
        entry,
        forest.subjects(silent, "lastLogonTimestamp"),
        machines_unread(forest),
        opaque(forest.computers),
        unread(servers, "userAccountControl"),
        unread(servers.filter(LAST_SEEN.is_null()), "lastLogonTimestamp"),
    )
