"""Certificates that open the domain: templates anyone can abuse (ESC1, ESC2, ESC3, ESC4, ESC13), authorities (ESC7).

Decided from LDAP alone; the settings of an authority that only its registry holds (ESC6, ESC8, ESC11) are not seen.
Source of the conditions: MS-WCCE 3.2.2.6.2.1 (template processing), MS-CRTD 2 (template attributes).
"""

import polars as pl

from rempart.directory.graph.members import Members
from rempart.directory.graph.nodes import Nodes
from rempart.directory.graph.replication import domain_heads
from rempart.directory.graph.structure import edges
from rempart.directory.names import dn_key

_AUTHENTICATION = [
    "1.3.6.1.5.5.7.3.2",  # client authentication
    "1.3.6.1.4.1.311.20.2.2",  # smart card logon
    "1.3.6.1.5.2.3.4",  # PKINIT client authentication
]
_ANY_PURPOSE = "2.5.29.37.0"
_REQUEST_AGENT = "1.3.6.1.4.1.311.20.2.1"
_NAME_BY_REQUESTER = 0x1 | 0x10000
_PENDING = 0x2


def certificate_edges(nodes: Nodes, members: Members, held: pl.DataFrame) -> pl.DataFrame:
    """Return every edge that certificates make: `source`, `target`, `kind`."""
    issued = _issued(nodes.ground.objects)
    enrolled = _enrolled(nodes, members, held, issued)
    return pl.concat(
        [
            _certificates(nodes, issued, enrolled),
            _linked_groups(nodes, issued, enrolled),
            _authorities(nodes, held),
            _from(nodes, issued.select("template", "domain").unique(), "template"),
        ]
    )


def _issued(objects: pl.DataFrame) -> pl.DataFrame:
    """Return each published template, once for each authority that issues it and that the forest believes."""
    services = objects.filter(pl.col("class") == "pkienrollmentservice", pl.col("certificateTemplates").is_not_null())
    services = services.filter(pl.Series(_believed(objects, services), dtype=pl.Boolean))
    published = services.select("domain", ca=pl.col("id").cast(pl.Int64), cn=pl.col("certificateTemplates")).explode(
        "cn"
    )
    uses = pl.coalesce(
        pl.when(pl.col("msPKI-Certificate-Application-Policy").list.len() > 0).then(
            "msPKI-Certificate-Application-Policy"
        ),
        "pKIExtendedKeyUsage",
    )
    templates = objects.filter(pl.col("class") == "pkicertificatetemplate").select(
        "domain",
        template=pl.col("id").cast(pl.Int64),
        cn=pl.coalesce("cn", "name"),
        uses=uses.fill_null(pl.lit([], dtype=pl.List(pl.String))),
        any_name=pl.col("msPKI-Certificate-Name-Flag").fill_null(0) & _NAME_BY_REQUESTER != 0,
        unattended=(pl.col("msPKI-Enrollment-Flag").fill_null(0) & _PENDING == 0),
        signatures=pl.col("msPKI-RA-Signature").fill_null(0),
        version=pl.col("msPKI-Template-Schema-Version").fill_null(1),
        agents=pl.col("msPKI-RA-Application-Policies").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        policies=pl.col("msPKI-Certificate-Policy"),
    )
    anything = (pl.col("uses").list.len() == 0) | pl.col("uses").list.contains(_ANY_PURPOSE)
    return published.join(templates, on=["domain", "cn"]).with_columns(
        anything=anything,
        opens=anything | (pl.col("uses").list.set_intersection(_AUTHENTICATION).list.len() > 0),
        agent=pl.col("uses").list.contains(_REQUEST_AGENT),
    )


def _believed(objects: pl.DataFrame, services: pl.DataFrame) -> list[bool]:
    """Tell which authorities are in NTAuthCertificates; all of them when that list was not collected."""
    trusted = objects.filter(pl.col("dn_key").str.starts_with("cn=ntauthcertificates,cn=public key services,"))
    lists = trusted["cACertificate"].drop_nulls()
    if lists.is_empty():
        return [True] * services.height
    known = {certificate for values in lists.to_list() for certificate in values}
    return [not own or bool(known & set(own)) for own in services["cACertificate"].to_list()]


def _enrolled(nodes: Nodes, members: Members, held: pl.DataFrame, issued: pl.DataFrame) -> pl.DataFrame:
    """Return `template`, `source`: who may enrol, both on the template and on an authority that issues it."""
    enroll = held.filter(pl.col("right") == "Enroll")
    told = set(nodes.ground.objects.filter(pl.col("sd").is_not_null())["id"]) | set(enroll["object"])
    everybody = members.everybody()
    ordinary = ~nodes.privileged()
    rows: list[tuple[int, int]] = []
    # a loop over published templates: tens in a forest
    for template, ca in issued.select("template", "ca").unique().sort("template", "ca").iter_rows():
        here = enroll.filter(pl.col("object") == template)["trustee"].to_list()
        there = enroll.filter(pl.col("object") == ca)["trustee"].to_list()
        if ca not in told or everybody & set(there):
            rows.extend((template, trustee) for trustee in here)
            continue
        known = [trustee for trustee in here if trustee < nodes.visible]
        both = members.holders_of_both(known, [trustee for trustee in there if trustee < nodes.visible])
        rows.extend((template, trustee) for trustee in both if ordinary[trustee])
    return (
        pl.DataFrame(rows, schema={"template": pl.Int64, "source": pl.Int64}, orient="row")
        .unique()
        .sort("template", "source")
    )


def _certificates(nodes: Nodes, issued: pl.DataFrame, enrolled: pl.DataFrame) -> pl.DataFrame:
    """Return who gets a certificate that opens the domain, through which template."""
    free = pl.col("unattended") & (pl.col("signatures") == 0)
    by_name = free & pl.col("any_name") & pl.col("opens")
    for_others = (
        pl.col("unattended")
        & pl.col("opens")
        & ((pl.col("version") == 1) | ((pl.col("signatures") == 1) & pl.col("agents").list.contains(_REQUEST_AGENT)))
    )
    agents_served = not issued.filter(for_others).is_empty()
    cases = {
        "ESC1": issued.filter(by_name),
        "ESC2": issued.filter(free, pl.col("anything"), ~pl.col("any_name")) if agents_served else issued.clear(),
        "ESC3": issued.filter(free, pl.col("agent"), ~by_name) if agents_served else issued.clear(),
    }
    vulnerable = pl.concat([case.select("template", "domain") for case in cases.values()]).unique().sort("template")
    certificate = dict(zip(vulnerable["template"], nodes.hide(vulnerable["template"].to_numpy()).tolist(), strict=True))
    frames = [
        _toward(enrolled.join(case.select("template").unique(), on="template", how="semi"), certificate, kind)
        for kind, case in cases.items()
    ]
    opened = vulnerable.with_columns(
        template=pl.col("template").replace_strict(certificate, default=None, return_dtype=pl.Int64)
    )
    return pl.concat([*frames, _from(nodes, opened, "template")])


def _toward(enrolled: pl.DataFrame, certificate: dict[int, int], kind: str) -> pl.DataFrame:
    target = enrolled["template"].replace_strict(certificate, default=None, return_dtype=pl.Int64)
    return edges(enrolled["source"], target, kind)


def _linked_groups(nodes: Nodes, issued: pl.DataFrame, enrolled: pl.DataFrame) -> pl.DataFrame:
    """Return who gets, by certificate, membership of the group linked to an issuance policy (ESC13)."""
    objects = nodes.ground.objects
    linked = objects.filter(
        pl.col("msDS-OIDToGroupLink").is_not_null(), pl.col("msPKI-Cert-Template-OID").is_not_null()
    )
    groups = {
        oid: dn_key(dn) for oid, dn in linked.select("msPKI-Cert-Template-OID", "msDS-OIDToGroupLink").iter_rows()
    }
    free = issued.filter("unattended", pl.col("signatures") == 0, "opens", pl.col("policies").is_not_null())
    pairs = (
        free.select("template", oid=pl.col("policies"))
        .explode("oid")
        .with_columns(dn_key=pl.col("oid").replace_strict(groups, default=None, return_dtype=pl.String))
    )
    pairs = pairs.join(objects.select("dn_key", group=pl.col("id").cast(pl.Int64)), on="dn_key").select(
        "template", "group"
    )
    pairs = pairs.unique().sort("template", "group")
    certificate = nodes.hide(pairs["template"].to_numpy())
    pairs = pairs.with_columns(certificate=pl.Series(certificate, dtype=pl.Int64))
    holders = enrolled.join(pairs, on="template")
    return pl.concat(
        [
            edges(holders["source"], holders["certificate"], "ESC13"),
            edges(pairs["certificate"], pairs["group"], "Certifies"),
        ]
    )


def _authorities(nodes: Nodes, held: pl.DataFrame) -> pl.DataFrame:
    """Return who holds an authority itself: the server that keeps its key, its administrators (ESC7)."""
    objects = nodes.ground.objects
    services = objects.filter(pl.col("class") == "pkienrollmentservice").select(
        "domain", ca=pl.col("id").cast(pl.Int64), host=pl.col("dNSHostName").str.to_lowercase()
    )
    services = services.with_columns(key=pl.Series(nodes.hide(services["ca"].to_numpy()), dtype=pl.Int64))
    computers = objects.filter(pl.col("class") == "computer").select(
        source="id", host=pl.col("dNSHostName").str.to_lowercase()
    )
    hosts = services.join(computers, on="host")
    managers = held.filter(pl.col("right") == "ManageCA").join(services, left_on="object", right_on="ca")
    return pl.concat(
        [
            edges(hosts["source"], hosts["key"], "HostsCA"),
            edges(managers["trustee"], managers["key"], "ManageCA"),
            _from(nodes, services, "key"),
        ]
    )


def _from(nodes: Nodes, sources: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the edges from certificates to every domain of the forest that believes them."""
    pairs = sources.join(_forest_heads(nodes), on="domain").select(column, "head").unique().sort(column, "head")
    return edges(pairs[column], pairs["head"], "Certifies")


def _forest_heads(nodes: Nodes) -> pl.DataFrame:
    """Return `domain` (the root, where the configuration lives) and `head` of each domain of its forest.

    The forest says which domains are its own (crossRef); without that list, all domains collected are.
    """
    objects = nodes.ground.objects
    heads = domain_heads(nodes)
    named = objects.select("dn_key", head=pl.col("id").cast(pl.Int64)).filter(
        pl.col("head").is_in(heads["head"].implode())
    )
    references = objects.filter(pl.col("class") == "crossref", pl.col("nCName").is_not_null())
    declared = references.select(
        "domain", dn_key=pl.Series([dn_key(name) for name in references["nCName"]], dtype=pl.String)
    ).join(named, on="dn_key")
    if not declared.is_empty():
        return declared.select("domain", "head")
    roots = objects.filter(pl.col("partition") == "configuration").select("domain").unique()
    return roots.join(heads.select("head"), how="cross")
