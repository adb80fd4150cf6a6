"""Domain controllers: consistent, supported, with sound encryption, on a SYSVOL replicated by DFSR."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.controls.collection import judge_what_was_read, system_unread
from rempart.directory.doubts import machines_unread, settle
from rempart.directory.forest import Forest
from rempart.directory.names import dn_key, parent_key
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_WRITABLE = wk.UAC_SERVER_TRUST | wk.UAC_UNCONSTRAINED
_READ_ONLY = wk.UAC_PARTIAL_SECRETS | wk.UAC_PROTOCOL_TRANSITION | wk.UAC_WORKSTATION
# msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)
_DES = 0x1 | 0x2
_RC4 = 0x4
_AES = 0x8 | 0x10
_DFSR_ELIMINATED = 48
"""Final state of the move of SYSVOL from FRS to DFSR (msDFSR-Flags: 0 start, 16 prepared, 32 redirected, 48 done)."""
_CLOUD_NAME = "azureadkerberos$"
_CLOUD_MARK = "cn=900274c4-b7d2-43c8-90ee-00a9f650e335,cn=azuread,cn=system,"


@cache
def support_table() -> pl.DataFrame:
    """Return the Windows Server releases: name, version, pattern, end (date), functional_level; one row per version."""
    text = files("rempart.directory").joinpath("data/windows_support.toml").read_text(encoding="utf-8")
    releases = pl.DataFrame(tomllib.loads(text)["release"])
    return releases.rename({"versions": "version"}).explode("version")


def with_release(computers: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with columns `release`, `end` (last day of support) and `functional_level`, null when unknown.

    The build of operatingSystemVersion decides; the product name is read only when that build is absent.
    """
    table = support_table()
    by_name = pl.coalesce(
        pl.when(pl.col("operatingSystem").str.replace_all(r"[®™]", "").str.to_lowercase().str.contains(pattern)).then(
            pl.lit(name)
        )
        for name, pattern in table.select("name", "pattern").unique(maintain_order=True).iter_rows()
    )
    facts = table.select("end", "functional_level", release="name").unique("release", keep="first", maintain_order=True)
    return (
        computers.join(
            table.select(operatingSystemVersion="version", by_version="name"), on="operatingSystemVersion", how="left"
        )
        .with_columns(
            release=pl.coalesce(
                "by_version", pl.when(pl.col("operatingSystemVersion").is_null()).then(by_name).otherwise(None)
            )
        )
        .drop("by_version")
        .join(facts, on="release", how="left", maintain_order="left")
    )


def of_machines(forest: Forest, controllers: pl.DataFrame) -> pl.DataFrame:
    """Return the controllers that are machines: those of Entra Kerberos are objects only, with no system behind them.

    Microsoft Entra Kerberos stands in a domain as a read-only controller named AzureADKerberos, declared by a service
    connection point of fixed name (Microsoft's « Passwordless security key sign-in to on-premises resources », FAQ).
    A controller of that name without this mark is judged as any other.
    """
    marked = forest.objects.filter(pl.col("dn_key").str.starts_with(_CLOUD_MARK))["domain"]
    cloud = pl.col("sAMAccountName").str.to_lowercase() == _CLOUD_NAME
    read_only = pl.col("id").is_in(forest.read_only_dcs["id"].to_list())
    return controllers.filter(~(cloud.fill_null(value=False) & read_only & pl.col("domain").is_in(marked.to_list())))


@control("vuln_dc_obsolete")
def dc_obsolete(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether Microsoft still supports the system of every domain controller on the day of judgement."""
    controllers = with_release(of_machines(forest, forest.domain_controllers))
    obsolete = controllers.filter(pl.col("end") < forest.at.date())
    unread = controllers.filter(pl.col("end").is_null())
    subjects = forest.subjects(obsolete, "operatingSystem", pl.concat_str("release", "end", separator=", "))
    yield judge_what_was_read(entry, subjects, unread, machines_unread(forest))


@control("vuln_dc_inconsistent_uac")
def dc_inconsistent(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge, for each domain controller, its userAccountControl, its server object and its NTDS Settings.

    A writable controller has SERVER_TRUST_ACCOUNT and TRUSTED_FOR_DELEGATION, a read-only one PARTIAL_SECRETS_ACCOUNT,
    TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION and WORKSTATION_TRUST_ACCOUNT (MS-ADTS 6.1.1.3.1 and 6.1.1.3.2).
    """
    controllers = _with_settings(forest)
    expected = pl.when("read_only").then(_READ_ONLY).otherwise(_WRITABLE)
    bad_control = pl.col("userAccountControl").is_not_null() & (
        (pl.col("userAccountControl").fill_null(0) & expected) != expected
    )
    settings_class = pl.when("read_only").then(pl.lit("ntdsdsaro")).otherwise(pl.lit("ntdsdsa"))
    bad_level = pl.col("settings_level").fill_null(-1) != pl.col("functional_level")
    has_server, has_settings = pl.col("server").is_not_null(), pl.col("settings_class").is_not_null()
    found = [
        forest.subjects(controllers.filter(bad_control), "userAccountControl"),
        _about(forest, controllers.filter(~has_server), "serverReference", pl.lit("")),
        _about(
            forest,
            controllers.filter(has_server, pl.col("settings_class").ne_missing(settings_class)),
            "objectClass",
            pl.col("settings_class"),
        ),
        _about(
            forest,
            controllers.filter(has_settings, bad_level.fill_null(value=False)),
            "msDS-Behavior-Version",
            pl.col("settings_level"),
        ),
    ]
    unread = controllers.filter(pl.col("userAccountControl").is_null() | pl.col("functional_level").is_null())
    yield judge_what_was_read(entry, pl.concat(found), unread, machines_unread(forest))


def _with_settings(forest: Forest) -> pl.DataFrame:
    """Return the controllers with their server object and the class and level of its NTDS Settings child."""
    servers = forest.of_class("server").filter(pl.col("serverReference").is_not_null())
    referenced = servers.select(
        dn_key=pl.col("serverReference").map_elements(dn_key, return_dtype=pl.String), server="id"
    ).unique("dn_key", keep="first", maintain_order=True)
    settings = forest.of_class("ntdsdsa", "ntdsdsaro").select(
        server="parent", settings_class="class", settings_level="msDS-Behavior-Version"
    )
    read_only = forest.read_only_dcs["id"]
    return (
        with_release(of_machines(forest, forest.domain_controllers))
        .with_columns(read_only=pl.col("id").is_in(read_only.to_list()))
        .join(referenced, on="dn_key", how="left")
        .join(settings.unique("server", keep="first"), on="server", how="left")
    )


def _about(forest: Forest, rows: pl.DataFrame, attribute: str, value: pl.Expr) -> pl.DataFrame:
    return forest.subjects(rows, value=value).with_columns(attribute=pl.lit(attribute))


@control("vuln_dc_crypto")
def dc_crypto(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the Kerberos algorithms the controllers declare (MS-KILE 2.2.7): no DES (2), AES (3), no RC4 (4).

    An absent or null value declares nothing: AES is not declared, and RC4 stays the fallback (MS-KILE 3.3.5.7).
    """
    kinds = pl.col("msDS-SupportedEncryptionTypes").fill_null(0)
    faults = {2: (kinds & _DES) != 0, 3: (kinds & _AES) == 0, 4: (kinds == 0) | ((kinds & _RC4) != 0)}
    for level, fault in faults.items():
        rows = of_machines(forest, forest.domain_controllers).filter(fault)
        subjects = forest.subjects(rows, "msDS-SupportedEncryptionTypes")
        yield settle(entry, subjects, machines_unread(forest), level=level)


@control("vuln_sysvol_ntfrs")
def sysvol_ntfrs(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge whether the SYSVOL replica set still has members while the move to DFSR is not in its final state."""
    migrated = forest.of_class("msdfsr-globalsettings").filter(pl.col("msDFSR-Flags") == _DFSR_ELIMINATED)["domain"]
    members = forest.of_class("ntfrsmember").with_columns(
        set_key=pl.col("dn_key").map_elements(parent_key, return_dtype=pl.String)
    )
    still = members.filter(
        pl.col("set_key").str.starts_with("cn=domain system volume (sysvol share),cn=file replication service,"),
        ~pl.col("domain").is_in(migrated.to_list()),
    )
    yield settle(entry, forest.subjects(still, "fRSComputerReference"), system_unread(forest))
