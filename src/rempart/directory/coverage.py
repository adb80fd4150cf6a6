"""What a source could not show: the topics a control may need, and how their absence is noticed.

Topics:
    partition:<name>        one of the five partitions; a gap may name one domain
    descriptors             security descriptors (owner and DACL)
    pso                     password settings objects
    attribute:<ldapName>    an attribute the source did not collect
    sysvol                  the files of SYSVOL
    domain                  a whole domain of the forest that was not collected (the gap names it)
"""

from collections.abc import Iterable, Mapping

import polars as pl

from rempart.directory.attributes import ATTRIBUTES
from rempart.directory.names import dn_of
from rempart.directory.snapshot import TABLE_SCHEMAS
from rempart.measurement.text import Text

_WITNESS = "instanceType"
"""An attribute every object has (MS-ADTS 3.1.1.2.4.2): an export without it was not asked for all attributes."""
_MOSTLY = 0.9

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
_NO_DESCRIPTOR = Text(
    fr="les descripteurs de sécurité n'ont pas pu être lus (droit ou contrôle LDAP manquant)",
    en="security descriptors could not be read (missing right or LDAP control)",
)
_NO_PSO = Text(
    fr="le conteneur des stratégies de mot de passe (PSO) n'est pas lisible avec ce compte",
    en="the password settings container (PSO) is not readable with this account",
)
_NO_ATTRIBUTE = Text(fr="l'attribut {name} n'a pas été collecté", en="attribute {name} was not collected")
_NO_DOMAIN = Text(fr="le domaine {name} n'a pas été collecté", en="domain {name} was not collected")
_NO_SYSVOL = Text(
    fr="les fichiers de SYSVOL ne font pas partie de l'instantané",
    en="the files of SYSVOL are not part of the snapshot",
)


def gaps_seen(objects: pl.DataFrame, *, raw_descriptors: bool, known: set[str]) -> pl.DataFrame:
    """Return the gaps that the objects themselves betray, leaving out the topics in `known`.

    `raw_descriptors` tells whether the source gives security descriptors as bytes (SharpHound resolves them itself).
    """
    rows = [
        *_partition_gaps(objects),
        *_domain_gaps(objects),
        *(_descriptor_gaps(objects) if raw_descriptors else ()),
        *_pso_gaps(objects),
        *_attribute_gaps(objects),
        ("sysvol", None, _NO_SYSVOL),
    ]
    return pl.DataFrame(
        [(topic, domain, reason.fr, reason.en) for topic, domain, reason in rows if topic not in known],
        schema=TABLE_SCHEMAS["gaps"],
        orient="row",
    )


_Row = tuple[str, str | None, Text]


def _partition_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    present = set(objects["partition"].unique())
    return [(f"partition:{name}", None, reason) for name, reason in _PARTITIONS.items() if name not in present]


def _domain_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    """Compare the domains the forest declares (crossRef, MS-ADTS 6.1.1.2.1) with the domain heads collected."""
    heads = set(objects.filter(pl.col("class") == "domaindns")["dn_key"])
    declared = objects.filter(
        pl.col("class") == "crossref", pl.col("systemFlags").fill_null(0) & 2 != 0, pl.col("nCName").is_not_null()
    )["nCName"]
    missing = sorted({name for name in declared if name.lower() not in heads})
    names = [".".join(part.partition("=")[2] for part in dn.split(",")).lower() for dn in missing]
    return [("domain", name, _NO_DOMAIN.filled(name=name)) for name in names if dn_of(name)]


def _descriptor_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    """A partition most of whose objects show no descriptor was read without the right or without the control."""
    readable = pl.col("sd").is_not_null().mean()
    by_domain = objects.filter(pl.col("partition") == "domain").group_by("domain").agg(readable)
    silent = by_domain.filter(pl.col("sd") < _MOSTLY).sort("domain")["domain"]
    if objects["sd"].null_count() == objects.height:
        return [("descriptors", None, _NO_DESCRIPTOR)]
    return [("descriptors", domain, _NO_DESCRIPTOR) for domain in silent]


def _pso_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    heads = objects.filter(pl.col("class") == "domaindns", pl.col("partition") == "domain")["domain"]
    seen = objects.filter(pl.col("class") == "msds-passwordsettingscontainer")["domain"]
    return [("pso", domain, _NO_PSO) for domain in sorted(set(heads) - set(seen))]


def _attribute_gaps(objects: pl.DataFrame) -> Iterable[_Row]:
    """An export that lacks the witness was asked for chosen attributes only: those never seen were not collected."""
    if objects[_WITNESS].is_not_null().mean() >= _MOSTLY:  # type: ignore[operator] # a mean of booleans is a float
        return []
    return [
        (f"attribute:{attribute.name}", None, _NO_ATTRIBUTE.filled(name=attribute.name))
        for attribute in ATTRIBUTES.values()
        if objects[attribute.name].null_count() == objects.height
    ]
