"""What a source could not show: the topics a control may need, and how their absence is noticed.

Topics:
    partition:<name>        one of the five partitions; a gap may name one domain
    descriptors             security descriptors (owner and DACL)
    pso                     password settings objects
    attribute:<ldapName>    an attribute the source did not collect
    uac:<bit>               a bit of userAccountControl (uac:0x80) the source does not show, though it shows others
    sysvol                  the files of SYSVOL
    domain                  a whole domain of the forest that was not collected (the gap names it)
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

import polars as pl

from rempart.directory.attributes import ATTRIBUTES
from rempart.directory.names import dn_key, domain_of
from rempart.directory.snapshot import TABLE_SCHEMAS
from rempart.measurement.text import Text

_WITNESS = "instanceType"
"""An attribute every object has (MS-ADTS 3.1.1.2.4.2): an export without it was not asked for all attributes."""
_MOSTLY = 0.9
_DISCREET = r"(^|,)cn=(ip security|password settings container),cn=system,dc=|^cn=ntds quotas,"
"""Places that only administrators may read by default: their silence says nothing of the other objects."""
_HALF = 0.5
_DOMAIN_NC = 2
"""systemFlags of a crossRef that stands for a domain (MS-ADTS 2.2.10, FLAG_CR_NTDS_DOMAIN)."""
_WITHIN_FOREST = 0x20
"""trustAttributes of a trust between two domains of one forest (MS-ADTS 6.1.6.7.9)."""
_DACL_PRESENT = 4
"""Bit of a descriptor's control word (MS-DTYP 2.4.6): without it the access list was not asked for, or not readable."""
_HEADS = {"configuration": "configuration", "schema": "dmd", "domaindns": "domaindns", "forestdns": "domaindns"}
"""The class of the object at the head of each partition: without it, only some objects of the partition were read."""
_ACCOUNTS = ("user", "computer", "inetorgperson")
_ALWAYS = {"userAccountControl": _ACCOUNTS, "objectSid": (*_ACCOUNTS, "group"), "sAMAccountName": (*_ACCOUNTS, "group")}
"""Attributes that every object of these classes has (MS-ADTS 3.1.1.8.1): where half lack one, it was not readable."""

_PARTITIONS: Mapping[str, Text] = {
    "configuration": Text(
        fr="la partition de configuration n'a pas été collectée", en="the configuration partition was not collected"
    ),
    "schema": Text(fr="la partition de schéma n'a pas été collectée", en="the schema partition was not collected"),
    "domaindns": Text(
        fr="la partition DomainDnsZones n'a pas été collectée", en="the DomainDnsZones partition was not collected"
    ),
    "forestdns": Text(
        fr="la partition ForestDnsZones n'a pas été collectée", en="the ForestDnsZones partition was not collected"
    ),
    "domain": Text(fr="aucune partition de domaine n'a été collectée", en="no domain partition was collected"),
}
_NO_PARTITION_IN = Text(
    fr="la partition DomainDnsZones de {name} n'a pas été collectée",
    en="the DomainDnsZones partition of {name} was not collected",
)
_NO_DESCRIPTOR = Text(
    fr="les descripteurs de sécurité n'ont pas pu être lus (droit ou contrôle LDAP manquant)",
    en="security descriptors could not be read (missing right or LDAP control)",
)
_NO_DACL = Text(
    fr="les listes de droits (DACL) n'ont pas été lues avec les descripteurs de sécurité",
    en="access lists (DACL) were not read with the security descriptors",
)
_NO_PSO = Text(
    fr="le conteneur des stratégies de mot de passe (PSO) n'est pas lisible avec ce compte",
    en="the password settings container (PSO) is not readable with this account",
)
_NO_ATTRIBUTE = Text(fr="l'attribut {name} n'a pas été collecté", en="attribute {name} was not collected")
_HIDDEN = Text(
    fr="l'attribut {name} n'est pas lisible avec le compte de collecte",
    en="attribute {name} is not readable with the account that collected",
)
_NO_DOMAIN = Text(fr="le domaine {name} n'a pas été collecté", en="domain {name} was not collected")
_NO_SYSVOL = Text(
    fr="les fichiers de SYSVOL ne font pas partie de l'instantané",
    en="the files of SYSVOL are not part of the snapshot",
)


_Row = tuple[str, str | None, Text]


def gaps_seen(
    objects: pl.DataFrame,
    descriptors: pl.DataFrame,
    *,
    raw_descriptors: bool,
    asked: AbstractSet[str] | None,
    known: AbstractSet[tuple[str, str | None]],
) -> pl.DataFrame:
    """Return the gaps that the objects themselves betray, leaving out those in `known` (topic, domain or None).

    `raw_descriptors` tells whether the source gives security descriptors as bytes (SharpHound resolves them itself);
    `asked` holds the attributes the source was asked for (lower case), None when it does not say.
    """
    rows: list[_Row] = [
        *_partition_gaps(objects, whole=raw_descriptors),
        *_domain_gaps(objects),
        *(_descriptor_gaps(objects, descriptors) if raw_descriptors else ()),
        *_pso_gaps(objects),
        *_attribute_gaps(objects, asked),
        *_hidden_gaps(objects),
        ("sysvol", None, _NO_SYSVOL),
    ]
    told = [
        (topic, domain, reason.fr, reason.en)
        for topic, domain, reason in rows
        if (topic, None) not in known and (topic, domain) not in known
    ]
    return pl.DataFrame(told, schema=TABLE_SCHEMAS["gaps"], orient="row").unique(
        ("topic", "domain"), keep="first", maintain_order=True
    )


def _partition_gaps(objects: pl.DataFrame, *, whole: bool) -> Iterable[_Row]:
    """A partition counts when its head was read (`whole`), or else when any of its objects was."""
    present = objects.select("partition", "class", "domain").unique()
    if whole:
        heads = pl.DataFrame({"partition": list(_HEADS), "class": list(_HEADS.values())})
        others = present.filter(pl.col("partition") == "domain")
        present = pl.concat([present.join(heads, on=["partition", "class"], how="semi"), others])
    seen = set(present["partition"])
    rows: list[_Row] = [(f"partition:{name}", None, text) for name, text in _PARTITIONS.items() if name not in seen]
    if "domaindns" in seen:
        served = set(present.filter(pl.col("partition") == "domaindns")["domain"])
        unserved = sorted(set(_domains(objects)) - served)
        rows += [("partition:domaindns", name, _NO_PARTITION_IN.filled(name=name)) for name in unserved]
    return rows


def _domains(objects: pl.DataFrame) -> pl.Series:
    return objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")["domain"]


def _domain_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    """Compare the domains the forest tells of with the domain heads collected.

    It tells of them by crossRef (MS-ADTS 6.1.1.2.1) and, where the configuration was not read, by its inner trusts.
    """
    crossed = objects.filter(pl.col("class") == "crossref", pl.col("systemFlags").fill_null(0) & _DOMAIN_NC != 0)[
        "nCName"
    ].drop_nulls()
    trusted = objects.filter(
        pl.col("class") == "trusteddomain", pl.col("trustAttributes").fill_null(0) & _WITHIN_FOREST != 0
    )["trustPartner"].drop_nulls()
    told = {domain_of(dn_key(name)) for name in crossed} | {name.lower() for name in trusted}
    missing = sorted(told - set(_domains(objects)) - {""})
    return [("domain", name, _NO_DOMAIN.filled(name=name)) for name in missing]


def _descriptor_gaps(objects: pl.DataFrame, descriptors: pl.DataFrame) -> Iterable[_Row]:
    """A partition most of whose objects show no descriptor was read without the right or without the control.

    So was one whose descriptors hold no access list, or whose head shows none.
    """
    if objects["sd"].null_count() == objects.height:
        return [("descriptors", None, _NO_DESCRIPTOR)]
    control = pl.Series([raw[2:3] for raw in descriptors["bytes"]], dtype=pl.Binary)
    listed = pl.Series([bool(byte and byte[0] & _DACL_PRESENT) for byte in control], dtype=pl.Boolean)
    frame = objects.join(descriptors.select("sd", listed=listed), on="sd", how="left").group_by("domain", "partition")
    parts = frame.agg(
        readable=pl.col("sd").filter(~pl.col("dn_key").str.contains(_DISCREET)).is_not_null().mean(),
        listed=pl.col("listed").mean(),
        head=pl.col("sd").filter(pl.col("class") == "domaindns").is_not_null().all(),
    ).sort("domain", "partition")
    silent = parts.filter((pl.col("readable") < _MOSTLY) | ~pl.col("head"))["domain"]
    bare = parts.filter(pl.col("listed") < _MOSTLY)["domain"]
    return [
        ("descriptors", domain or None, reason)
        for domains, reason in ((silent, _NO_DESCRIPTOR), (bare, _NO_DACL))
        for domain in domains
    ]


def _pso_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    seen = objects.filter(pl.col("class") == "msds-passwordsettingscontainer")["domain"]
    return [("pso", domain, _NO_PSO) for domain in sorted(set(_domains(objects)) - set(seen))]


def _attribute_gaps(objects: pl.DataFrame, asked: AbstractSet[str] | None) -> Iterable[_Row]:
    """Name the attributes that were not asked for.

    When the source does not say: an export that lacks the witness was asked for chosen attributes only, and those never
    seen are held not collected.
    """
    if asked is not None:
        missing = [attribute.name for name, attribute in ATTRIBUTES.items() if name not in asked]
    elif objects[_WITNESS].is_not_null().mean() < _MOSTLY:  # type: ignore[operator] # a mean of booleans is a float
        missing = [
            name for name in (a.name for a in ATTRIBUTES.values()) if objects[name].null_count() == objects.height
        ]
    else:
        missing = []
    return [(f"attribute:{name}", None, _NO_ATTRIBUTE.filled(name=name)) for name in missing]


def _hidden_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    """An attribute that every account has and half of a domain's accounts lack was hidden from the reader."""
    for name, classes in _ALWAYS.items():
        accounts = objects.filter(pl.col("class").is_in(classes), pl.col("partition") == "domain")
        shown = accounts.group_by("domain").agg(pl.col(name).is_not_null().mean()).filter(pl.col(name) < _HALF)
        for domain in shown["domain"].sort():
            yield f"attribute:{name}", domain, _HIDDEN.filled(name=name)
