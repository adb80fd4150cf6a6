"""Settings of the whole forest: functional levels, heuristics, consoles' menus, version of the preparation."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read
from rempart.directory.doubts import settle
from rempart.directory.forest import Forest
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_LEVELS = {1: 4, 3: 6, 4: 7}
"""Lowest functional level asked at each threshold: 2008 R2, 2012 R2, 2016 (MS-ADTS 6.1.4.3 and 6.1.4.4)."""
_BAD_REVISION = 15
_MENUS = (
    "adminContextMenu",
    "adminPropertyPages",
    "shellContextMenu",
    "shellPropertyPages",
    "contextMenu",
    "createWizardExt",
)
_NETWORK_PATH = r"[\\/]{2}([^\\/,;]+)[\\/]+([^\\/,;]+)"
_NO_PARTITIONS = Text(
    fr="l'objet « Partitions » de la configuration n'a pas été collecté",
    en="the Partitions object of the configuration was not collected",
)
_NO_SPECIFIER = Text(
    fr="les objets de la configuration qui décrivent les menus (displaySpecifier) n'ont pas été collectés",
    en="the objects of the configuration that describe menus (displaySpecifier) were not collected",
)
_NO_SERVICE = Text(
    fr="l'objet « Directory Service » de la configuration n'a pas été collecté",
    en="the Directory Service object of the configuration was not collected",
)


# An absent string shows as "0", which sets everything to the same default: the way back can then write it
_SHOWN = pl.when(pl.col("dSHeuristics").fill_null("") == "").then(pl.lit("0")).otherwise("dSHeuristics")


class _Setting(NamedTuple):
    """One character of dSHeuristics: its place (from 1), and the values refused (or, if `only`, the one accepted)."""

    name: str
    place: int
    refused: str = ""
    only: str = ""

    def fault(self) -> pl.Expr:
        # A string too short for the place leaves the default, 0 (MS-ADTS 6.1.1.2.4.1.2)
        found = pl.col("dSHeuristics").fill_null("").str.slice(self.place - 1, 1)
        value = pl.when(found == "").then(pl.lit("0")).otherwise(found)
        return value != self.only if self.only else value == self.refused


_SETTINGS: dict[int, tuple[_Setting, ...]] = {
    1: (_Setting("fAllowAnonNSPI", 8, only="0"), _Setting("dwAdminSDExMask", 16, only="0")),
    2: (
        _Setting("fLDAPBlockAnonOps", 7, refused="2"),
        _Setting("DoNotVerifyUPNAndOrSPNUniqueness", 21, only="0"),
        _Setting("AttributeAuthorizationOnLDAPAdd", 28, refused="2"),
        _Setting("BlockOwnerImplicitRights", 29, refused="2"),
        _Setting("DisableConfidentialAttributeEncryptionRequirements", 31, only="0"),
    ),
    4: (
        _Setting("AttributeAuthorizationOnLDAPAdd", 28, only="1"),
        _Setting("BlockOwnerImplicitRights", 29, only="1"),
    ),
}
"""Settings by threshold. Places 7 to 29: MS-ADTS 6.1.1.2.4.1.2; place 31: Microsoft's page on encrypted sessions for
confidential attributes (« the 31st character »), whose example value has the same length as the one ANSSI prints."""


@control("vuln_functional_level")
def functional_level(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge msDS-Behavior-Version of the forest (CN=Partitions) and of each domain; absent means 0 (Windows 2000)."""
    heads = pl.concat([forest.of_class("crossrefcontainer"), forest.domains])
    unread = None if forest.of_class("crossrefcontainer").height else _NO_PARTITIONS
    for level, lowest in _LEVELS.items():
        low = heads.filter(pl.col("msDS-Behavior-Version").fill_null(0) < lowest)
        subjects = forest.subjects(low, "msDS-Behavior-Version", pl.col("msDS-Behavior-Version").fill_null(0))
        yield settle(entry, subjects, unread, level=level)


@control("vuln_dsheuristics_bad")
def heuristics(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge each watched character of dSHeuristics at its own threshold; one subject per setting."""
    service = forest.of_class("ntdsservice")
    for level, settings in _SETTINGS.items():
        if not service.height:
            yield entry.not_evaluated(_NO_SERVICE, level=level)
            continue
        found = [
            forest.subjects(service.filter(setting.fault()), "dSHeuristics", _SHOWN).with_columns(
                key=pl.col("key") + f"#{setting.name}", name=pl.lit(setting.name)
            )
            for setting in settings
        ]
        yield entry.judge(pl.concat(found), level=level)


@control("vuln_display_specifier")
def display_specifiers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether a menu of the administration consoles runs something from a share other than SYSVOL."""
    specifiers = forest.of_class("displayspecifier")
    hosts = _own_hosts(forest)
    found = []
    for menu in _MENUS:
        rows = specifiers.filter(pl.col(menu).is_not_null()).with_columns(text=pl.col(menu)).explode("text")
        paths = rows.with_columns(path=pl.col("text").str.extract_all(_NETWORK_PATH)).explode("path")
        trusted = _captured(1).is_in(hosts) & _captured(2).is_in(["sysvol", "netlogon"])
        outside = paths.filter(pl.col("path").is_not_null() & ~trusted).unique(["id", "text"], maintain_order=True)
        found.append(forest.subjects(outside, value=pl.col("text")).with_columns(attribute=pl.lit(menu)))
    yield settle(entry, pl.concat(found), None if specifiers.height else _NO_SPECIFIER)


def _captured(group: int) -> pl.Expr:
    return pl.col("path").str.extract(_NETWORK_PATH, group).str.to_lowercase()


def _own_hosts(forest: Forest) -> list[str]:
    """Return the names under which SYSVOL is served: those of the domains and of their controllers."""
    names = pl.concat(
        [
            forest.domains.select(name="domain"),
            forest.of_class("crossref").select(name="nETBIOSName"),
            forest.domain_controllers.select(name="dNSHostName"),
            forest.domain_controllers.select(name=pl.col("sAMAccountName").str.strip_suffix("$")),
        ]
    )["name"]
    return [*names.drop_nulls().str.to_lowercase(), "%logonserver%", "%userdnsdomain%", "%userdomain%"]


@control("vuln_adupdate_bad")
def domain_preparation(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the revision of the domain preparation: 15 exactly gives key administrators too much, 16 mends it."""
    updates = forest.objects.filter(
        pl.col("dn_key").str.starts_with("cn=activedirectoryupdate,cn=domainupdates,cn=system,dc=")
    )
    bad = updates.filter(pl.col("revision") == _BAD_REVISION)
    read = updates.filter(pl.col("revision").is_not_null())["domain"]
    unread = forest.domains.filter(~pl.col("domain").is_in(read.to_list()))
    yield judge_what_was_read(entry, forest.subjects(bad, "revision"), unread)
