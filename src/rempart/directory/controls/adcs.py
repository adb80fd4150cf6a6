"""Certificate services (AD CS): who can change what the directory trusts, and who can sign in as somebody else."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory.controls import control
from rempart.directory.controls.access_rules import CONTROL_ACCESS, GENERIC_ALL, held_subjects, holders
from rempart.directory.controls.permission_paths import PathRule, Resolved, judge_level, judge_paths, subtree
from rempart.directory.forest import Forest, has_flag
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_ENROLL = ("0e10c968-78fb-11d2-90d4-00c04f79dc55",)
"""Certificate-Enrollment (MS-ADTS 5.1.3.2.1); Certificate-AutoEnrollment is another right and gives nothing alone."""
_ENROLL_RESOLVED = ("Enroll", "AllExtendedRights", "GenericAll")
_ENROLMENT_KINDS = ("Enroll", "AutoEnroll", "ManageCA", "ManageCertificates")
_AUTHENTICATES = (
    "1.3.6.1.5.5.7.3.2",  # client authentication
    "1.3.6.1.4.1.311.20.2.2",  # smart card logon
    "1.3.6.1.5.2.3.4",  # PKINIT client authentication
    "2.5.29.37.0",  # any purpose
)
_SUPPLIED_SUBJECT = 0x1 | 0x10000
"""CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT and ..._SUBJECT_ALT_NAME (MS-CRTD 2.28)."""
_APPROVAL = 0x2
"""CT_FLAG_PEND_ALL_REQUESTS (MS-CRTD 2.27)."""
_CERT_PUBLISHERS = r"^S-1-5-21-[\d-]+-517$"
_NO_AUTHORITY = Text(
    fr="aucune autorité de certification n'est publiée dans l'annuaire",
    en="no certification authority is published in the directory",
)
_NO_SERVICES = Text(
    fr="le conteneur CN=Public Key Services n'a pas été vu", en="the container CN=Public Key Services was not seen"
)
_UNREADABLE_TEMPLATES = Text(
    fr="modèles de certificats proposés dont les droits n'ont pas pu être lus : {count}",
    en="offered certificate templates whose rights could not be read: {count}",
)


# -- containers -------------------------------------------------------------------------------------------------------


@control("vuln_adcs_control")
def certificate_containers(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on everything under CN=Public Key Services, templates excepted."""
    services = forest.objects.filter(
        pl.col("dn_key").str.starts_with("cn=public key services,cn=services,cn=configuration,")
    )
    targets = subtree(forest, set(services["dn_key"])).filter(pl.col("class") != "pkicertificatetemplate")
    rule = PathRule(
        keep=lambda rows: _without_publication(forest, rows),
        resolved=Resolved.FAILURES_ONLY,
        unseen=_NO_SERVICES if services.is_empty() else None,
    )
    return judge_paths(entry, forest, targets["id"], rule)


def _without_publication(forest: Forest, rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out enrolment, which is no control, and the rights by which an authority publishes its own certificates."""
    rows = rows.filter(~pl.col("kind").is_in(_ENROLMENT_KINDS))
    authorities = _authorities(forest)
    places = _publication_places(forest, authorities)
    own = rows.join(
        places.select(source="host", target="place").cast({"source": pl.UInt32, "target": pl.UInt32}),
        on=["source", "target"],
        how="semi",
    )
    publishers = _publishers(forest, set(authorities["host"].drop_nulls()) | forest.privileged)
    shared = _shared_places(forest) | set(places["place"])
    common = rows.filter(pl.col("source").is_in(list(publishers)), pl.col("target").is_in(list(shared)))
    tolerated = pl.concat([own, common]).select("source", "kind", "target")
    return rows.join(tolerated, on=["source", "kind", "target"], how="anti")


def _authorities(forest: Forest) -> pl.DataFrame:
    """Return the enrolment services, with the computer that hosts each: `host` (id), null when it is not known."""
    hosts = forest.computers.select(dns=pl.col("dNSHostName").str.to_lowercase(), host="id").drop_nulls("dns")
    return (
        forest.of_class("pkienrollmentservice")
        .with_columns(dns=pl.col("dNSHostName").str.to_lowercase())
        .join(hosts.unique("dns", keep="first", maintain_order=True), on="dns", how="left", maintain_order="left")
    )


def _publication_places(forest: Forest, authorities: pl.DataFrame) -> pl.DataFrame:
    """Return where each authority publishes: `host`, `place` (ids). The objects bear its name or its host's.

    Beside AIA and CDP, its own root and its own enrolment service count: Windows lets the server write there too, and
    whoever holds the server holds the authority's key, so gains nothing more.
    """
    published = forest.objects.filter(
        pl.col("dn_key").str.contains(
            r",cn=(?:aia|cdp|certification authorities),cn=public key services,cn=services,cn=configuration,"
        )
    ).select("dn_key", "domain", place="id")
    named = authorities.select(
        "host",
        "domain",
        authority=pl.col("dn_key").str.extract(r"^cn=([^,]*)", 1),
        short=pl.col("dns").str.extract(r"^([^.]*)"),
    ).drop_nulls("host")
    bears = pl.col("dn_key").str.contains(
        pl.lit("(?:^|,)cn=(?:")
        + pl.col("authority").str.escape_regex()
        + "|"
        + pl.col("short").str.escape_regex()
        + "),"
    )
    theirs = named.join(published, on="domain").filter(bears).select("host", "place")
    return pl.concat([theirs, authorities.select("host", place="id").drop_nulls("host")]).unique()


def _publishers(forest: Forest, harmless: set[int]) -> set[int]:
    """Return the Cert Publishers groups that hold nobody but hosts of authorities and privileged principals."""
    groups = forest.groups.filter(pl.col("objectSid").str.contains(_CERT_PUBLISHERS))["id"]
    return {group for group in groups if forest.members_of([group]) <= harmless}


def _shared_places(forest: Forest) -> set[int]:
    """The containers AIA and CDP, where Windows lets Cert Publishers write from the start."""
    shared = r"^cn=(?:aia|cdp),cn=public key services,cn=services,cn=configuration,"
    return set(forest.objects.filter(pl.col("dn_key").str.contains(shared))["id"])


# -- templates --------------------------------------------------------------------------------------------------------


@control("vuln_adcs_template_control")
def template_control(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the rights on templates: those offered at level 1, all of them at level 2."""
    offered = set(_offers(forest)["template"])
    every = set(forest.of_class("pkicertificatetemplate")["id"])
    rule = PathRule(keep=lambda rows: rows.filter(~pl.col("kind").is_in(_ENROLMENT_KINDS)))
    for level in entry.levels:
        yield judge_level(entry, forest, offered if level == 1 else every, level, rule)


def _offers(forest: Forest) -> pl.DataFrame:
    """Return which authority offers which template: `service`, `template` (ids), in the same forest."""
    offered = (
        forest.of_class("pkienrollmentservice")
        .select("domain", service="id", offered=pl.col("certificateTemplates"))
        .explode("offered", empty_as_null=True)
        .drop_nulls()
        .with_columns(pl.col("offered").str.to_lowercase())
    )
    name = pl.coalesce("cn", "name", pl.col("dn").str.extract(r"^CN=([^,]*)", 1)).str.to_lowercase()
    templates = forest.of_class("pkicertificatetemplate").select("domain", template="id", offered=name)
    return offered.join(templates, on=["domain", "offered"]).select("service", "template").unique().sort("template")


@control("vuln_adcs_template_auth_enroll_with_name")
def impersonating_templates(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the templates by which an ordinary account gets a certificate in any name."""
    if forest.of_class("pkienrollmentservice").is_empty():
        yield entry.not_applicable(_NO_AUTHORITY)
        return
    trusted = set(_trusted_services(forest)["id"])
    offers = _offers(forest).filter(pl.col("service").is_in(list(trusted)))
    offered = forest.rows(offers["template"])
    dangerous = offered.filter(_lets_choose_any_name(), _authenticates())
    subjects = held_subjects(forest, _enrollers(forest, dangerous, offers), "Enroll")
    unread = offered["sd"].null_count() if not forest.snapshot.descriptors.is_empty() else 0
    if subjects.is_empty() and unread:
        yield entry.not_evaluated(_UNREADABLE_TEMPLATES.filled(count=unread))
        return
    yield entry.judge(subjects, measured={"templates": subjects["target"].n_unique(), "offered": offered.height})


def _lets_choose_any_name() -> pl.Expr:
    """The requester writes the subject, nobody approves, no agent signs."""
    return (
        has_flag("msPKI-Certificate-Name-Flag", _SUPPLIED_SUBJECT)
        & ~has_flag("msPKI-Enrollment-Flag", _APPROVAL)
        & (pl.col("msPKI-RA-Signature").fill_null(0) == 0)
    )


def _authenticates() -> pl.Expr:
    """The certificate opens a session: one of its uses does, or its uses are not limited."""
    lists = ("pKIExtendedKeyUsage", "msPKI-Certificate-Application-Policy")
    uses = pl.concat_list([pl.col(name).fill_null([]) for name in lists])
    return (uses.list.len() == 0) | uses.list.eval(pl.element().is_in(_AUTHENTICATES)).list.any()


def _trusted_services(forest: Forest) -> pl.DataFrame:
    """Return the enrolment services whose certificate is in NTAuthCertificates: the directory believes only those.

    Where the certificates were not collected, every authority counts as believed: not knowing is no comfort.
    """
    services = forest.of_class("pkienrollmentservice")
    stores = forest.objects.filter(pl.col("dn_key").str.starts_with("cn=ntauthcertificates,cn=public key services,"))
    if services["cACertificate"].null_count() == services.height or stores.is_empty():
        return services
    believed = stores.select("domain", "cACertificate").explode("cACertificate", empty_as_null=True).drop_nulls()
    known = services.select("id", "domain", "cACertificate").explode("cACertificate", empty_as_null=True)
    unknown = known.filter(pl.col("cACertificate").is_null())
    matched = known.join(believed, on=["domain", "cACertificate"], how="semi")
    blind = services.filter(~pl.col("domain").is_in(stores["domain"].implode()))
    return services.filter(pl.col("id").is_in(pl.concat([matched["id"], unknown["id"], blind["id"]]).implode()))


def _enrollers(forest: Forest, templates: pl.DataFrame, offers: pl.DataFrame) -> pl.DataFrame:
    """Return who may enrol on a template and on an authority that offers it: object, trustee, accounts.

    An authority whose rights were not seen excludes nobody.
    """
    services = forest.rows(offers["service"])
    on_template, on_service = _may_enrol(forest, templates), _may_enrol(forest, services)
    seen = set(on_service["object"]) | set(services.filter(pl.col("sd").is_not_null())["id"])
    open_to = {service: _mask(forest, on_service, service) for service in seen}
    services_of = dict(offers.group_by("template").agg("service").iter_rows())
    # a loop: what is left are the few templates that already meet every other condition
    kept = [
        any(service not in open_to or open_to[service][accounts].any() for service in services_of[template])
        for template, accounts in zip(
            on_template["object"], map(pl.Series.to_numpy, on_template["accounts"]), strict=True
        )
    ]
    return on_template.filter(pl.Series(kept, dtype=pl.Boolean))


def _mask(forest: Forest, held: pl.DataFrame, service: int) -> NDArray[np.bool_]:
    """Return, for every object, whether it is an account that may enrol on this authority."""
    inside = np.zeros(forest.objects.height, dtype=np.bool_)
    inside[held.filter(pl.col("object") == service)["accounts"].explode().drop_nulls().to_numpy()] = True
    return inside


def _may_enrol(forest: Forest, objects: pl.DataFrame) -> pl.DataFrame:
    return holders(forest, objects, mask=CONTROL_ACCESS | GENERIC_ALL, types=_ENROLL, resolved=_ENROLL_RESOLVED)
