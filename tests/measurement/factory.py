"""Makes reports for tests: an invented engine judging an invented hospital (the demonstration one, Valmont)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import polars as pl

from rempart.measurement.acceptance import Acceptance
from rempart.measurement.annex import Annex, Form
from rempart.measurement.control import Control, Kind, Remedy
from rempart.measurement.path import ChokePoint, Hop, Node, Path
from rempart.measurement.plan import build_plan
from rempart.measurement.report import Flaw, Gap, Level, Perimeter, Report, Source, Term, Tool
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOP = 5


def level_of(verdicts: Iterable[Verdict]) -> Level:
    scored = [v for v in verdicts if v.level is not None]
    failed = min((v.level or TOP for v in scored if v.status is Status.FAILED), default=TOP)
    unknown = min((v.level or TOP for v in scored if v.status is Status.NOT_EVALUATED), default=TOP)
    return Level(value=failed, at_most=unknown < failed)


def make_control(
    name: str, levels: tuple[int, ...] = (), effort: int = 1, title: str = "", command: str = ""
) -> Control:
    kind = {"vuln": Kind.VULNERABILITY, "warning": Kind.WARNING, "info": Kind.INFORMATION}[name.partition("_")[0]]
    label = title or f"Point {name}"
    return Control(
        id=name,
        engine="directory",
        kind=kind,
        levels=levels,
        effort=effort,
        references=(f"https://www.cert.ssi.gouv.fr/uploads/ad_checklist.html#{name}",),
        title=Text(fr=label, en=f"{label} (en)"),
        risk=Text(
            fr="Qui prend ce compte prend la forêt entière : il peut lire tous les dossiers et arrêter les serveurs.",
            en="Whoever takes this account takes the whole forest: they can read every record and stop the servers.",
        ),
        rule=Text(fr="Aucun compte privilégié n'est dans ce cas.", en="No privileged account is in this case."),
        fix=Remedy(
            fr="Vérifiez chaque compte avec son service, puis appliquez la commande hors des heures de soins.",
            en="Check each account with its department, then run the command outside care hours.",
            command=command or "Set-ADAccountControl -Identity {dn} -PasswordNeverExpires $false",
        ),
        undo=Remedy(
            fr="La commande inverse remet l'état précédent.",
            en="The reverse command restores the previous state.",
            command="Set-ADAccountControl -Identity {dn} -PasswordNeverExpires $true" if not command else None,
        ),
    )


def people(count: int, stem: str = "adm", value: str = "512") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "key": [f"S-1-5-21-1-2-3-{1100 + n}" for n in range(count)],
            "name": [f"{stem}.{n:03d}" for n in range(count)],
            "dn": [f"CN={stem}.{n:03d},OU=Informatique,DC=valmont,DC=test" for n in range(count)],
            "attribute": ["userAccountControl"] * count,
            "value": [value] * count,
        },
        schema=dict.fromkeys(("key", "name", "dn", "attribute", "value"), pl.String),
    )


FAILING = (
    ("vuln_permissions_adminsdholder", (1, 2), 1, "Droits dangereux sur l'objet AdminSDHolder", 4),
    ("vuln_dont_expire_priv", (1,), 1, "Comptes privilégiés dont le mot de passe n'expire jamais", 23),
    ("vuln_password_change_priv", (1,), 2, "Mot de passe de comptes privilégiés inchangé depuis plus de trois ans", 9),
    ("vuln_krbtgt", (2,), 2, "Mot de passe de krbtgt inchangé depuis plus d'un an", 1),
    ("vuln_kerberos_properties_deskey", (2,), 1, "Chiffrement Kerberos faible", 61),
    ("vuln_owner", (3,), 2, "Objets dont le propriétaire n'est pas un administrateur", 1480),
    ("vuln_protected_users", (3,), 2, "Comptes privilégiés hors du groupe Protected Users", 31),
    ("vuln_silo_priv", (4,), 3, "Comptes privilégiés hors d'un silo d'authentification", 31),
)
OTHERS = (
    ("vuln_spn_priv", (1,), Status.SATISFIED, "Comptes privilégiés avec un SPN"),
    ("vuln_critical_objects", (1,), Status.SATISFIED, "Objets critiques absents de la collecte"),
    ("vuln_trusts_domain_notfiltered", (1,), Status.NOT_APPLICABLE, "Approbation de domaine sortante non filtrée"),
    ("vuln_delegation_t4d", (1,), Status.SATISFIED, "Délégation Kerberos non contrainte"),
    ("vuln_guest", (2,), Status.SATISFIED, "Compte Invité actif"),
    ("vuln_privileged_members_password", (2,), Status.NOT_EVALUATED, "Politique de mot de passe des privilégiés"),
    ("vuln_rodc_reveal", (3,), Status.NOT_APPLICABLE, "Secrets révélés par un contrôleur en lecture seule"),
    ("vuln_sidhistory_present", (3,), Status.SATISFIED, "Historique de SID"),
    ("vuln_group_loop", (4,), Status.SATISFIED, "Groupes imbriqués en boucle"),
    ("vuln_dc_crypto", (2, 3, 4), Status.SATISFIED, "Algorithmes acceptés par les contrôleurs de domaine"),
)
NO_READ = Text(
    fr="les politiques de mot de passe affinées ne se lisent qu'avec un compte privilégié",
    en="fine-grained password policies can only be read with a privileged account",
)


def node(key: str, name: str, kind: str) -> Node:
    return Node(key=key, name=name, kind=kind)


def make_path() -> Path:
    everyone = node("S-1-5-21-1-2-3-513", "Utilisateurs du domaine", "group")
    help_desk = node("S-1-5-21-1-2-3-1105", "Support-N1", "group")
    admin = node("S-1-5-21-1-2-3-1100", "adm.000", "user")
    holder = node("guid-holder", "AdminSDHolder", "container")
    return Path(
        hops=(
            _hop(everyone, help_desk, "AddMember", "Peut s'ajouter au groupe"),
            _hop(help_desk, admin, "ForceChangePassword", "Peut changer le mot de passe"),
            _hop(admin, holder, "WriteDacl", "Peut réécrire les permissions"),
        )
    )


def _hop(source: Node, target: Node, edge: str, title: str) -> Hop:
    return Hop(
        source=source,
        target=target,
        edge=edge,
        title=Text(fr=title, en=f"{edge} right"),
        abuse=Text(fr="Une seule commande suffit, sans laisser d'alerte.", en="One command is enough, with no alert."),
        removal=Text(fr="Retirez ce droit de l'objet.", en="Remove this right from the object."),
        command=f"dsacls '{target.name}' /R '{source.name}'",
        undo=f"dsacls '{target.name}' /G '{source.name}:WD'",
    )


def failed(entry: Control, subjects: pl.DataFrame, level: int | None = None) -> Verdict:
    return entry.judge(subjects, level=level, measured={"count": subjects.height, "limit": 0})


def make_verdicts() -> tuple[dict[str, Control], list[Verdict]]:
    controls: dict[str, Control] = {}
    verdicts: list[Verdict] = []
    for name, levels, effort, title, count in FAILING:
        entry = controls[name] = make_control(name, levels, effort, title)
        for rank, level in enumerate(levels):
            verdicts.append(failed(entry, people(count + 3 * rank), level))
    for name, levels, status, title in OTHERS:
        entry = controls[name] = make_control(name, levels, 2, title)
        for level in levels:
            reason = {
                Status.NOT_EVALUATED: NO_READ,
                Status.NOT_APPLICABLE: Text(fr="il n'y en a pas", en="there is none"),
            }
            verdicts.append(Verdict(control=name, level=level, status=status, reason=reason.get(status)))
    for name, count in (("warning_admincount", 12), ("info_laps", 80)):
        entry = controls[name] = make_control(name, (), 1, f"Comptes à revoir : {name}")
        verdicts.append(failed(entry, people(count)))
    return controls, verdicts


TERMS = (
    Term(
        name=Text(fr="krbtgt", en="krbtgt"),
        meaning=Text(
            fr="Le compte dont la clé signe tous les tickets Kerberos du domaine.",
            en="The account whose key signs every Kerberos ticket of the domain.",
        ),
    ),
    Term(
        name=Text(fr="AdminSDHolder", en="AdminSDHolder"),
        meaning=Text(
            fr="Le modèle de permissions recopié chaque heure sur les comptes privilégiés.",
            en="The template of permissions copied every hour onto privileged accounts.",
        ),
    ),
)
LABELS = {
    "directory": Text(fr="Annuaire technique (Active Directory)", en="Technical directory (Active Directory)"),
    "dn": Text(fr="Emplacement", en="Location"),
    "attribute": Text(fr="Attribut", en="Attribute"),
    "value": Text(fr="Valeur lue", en="Value read"),
    "ldap": Text(fr="lecture LDAP en direct", en="live LDAP read"),
    "user": Text(fr="compte", en="user"),
    "group": Text(fr="groupe", en="group"),
    "container": Text(fr="conteneur", en="container"),
    "count": Text(fr="comptes en cause", en="accounts found"),
    "limit": Text(fr="limite", en="limit"),
    "objects": Text(fr="objets", en="objects"),
}


def make_report(
    verdicts: list[Verdict] | None = None,
    controls: dict[str, Control] | None = None,
    *,
    at: datetime = AT,
    acceptances: tuple[Acceptance, ...] = (),
) -> Report:
    known, found = make_verdicts()
    controls = controls or known
    found = verdicts if verdicts is not None else found
    hop = make_path().hops[1]
    points = (ChokePoint(hop=hop, cut_off=412),) if verdicts is None else ()
    reached = level_of(found)
    return Report(
        perimeter=Perimeter(finess="000000000", names=("valmont.test", "urgences.valmont.test")),
        source=Source(kind="ldap", taken_at=at, digest="sha256:" + "ab" * 32, counts={"objects": 48211}),
        judged_at=at,
        tool=Tool(
            engine="directory", version="0.1.0", catalogue_version="2026.11", catalogue_digest="sha256:" + "cd" * 32
        ),
        level=reached,
        level_with_acceptances=reached,
        gaps=(Gap(topic="pso", domain="valmont.test", reason=NO_READ),) if verdicts is None else (),
        controls=controls,
        verdicts=tuple(found),
        acceptances=acceptances,
        plan=build_plan(controls, found, points, level_of),
        paths=(make_path(),) if verdicts is None else (),
        choke_points=points,
        attackers=412 if verdicts is None else None,
        paths_total=9 if verdicts is None else 0,
        flaws=(Flaw(place="users.json:12", problem="not a date: <b>hier</b>"),) if verdicts is None else (),
        labels=LABELS,
        glossary=TERMS,
    )


def make_history() -> list[Report]:
    """Three reports a quarter apart: the last one is `make_report()`."""
    controls, last = make_verdicts()
    first, second = dict.fromkeys(controls, 40), dict.fromkeys(controls, 15)
    reports = []
    for days, counts in ((180, first), (90, second)):
        verdicts = [
            failed(controls[v.control], people(counts[v.control]), v.level)
            if v.status is Status.FAILED or (v.control == "vuln_guest" and days == 180)
            else v
            for v in last
        ]
        reports.append(make_report(verdicts, controls, at=AT - timedelta(days=days)))
    return [*reports, make_report()]


def accept(control: str, *subjects: str, until: date = date(2027, 6, 30)) -> Acceptance:
    return Acceptance(
        control=control,
        subjects=subjects,
        role="Directrice du système d'information",
        reason="Le logiciel de biologie ne supporte pas le changement avant sa mise à jour.",
        until=until,
    )


def make_annexes() -> tuple[Annex, ...]:
    """A brief table, a map and texts, as an engine would give them."""
    here = Text(fr="Ce que montre la mesure.", en="What the measurement shows.")
    return (
        Annex(
            id="categories",
            title=Text(fr="Notes par catégorie", en="Scores by category"),
            intro=here,
            brief=True,
            columns=("category", "points", "grade"),
            rows=((Text(fr="Messagerie", en="Mail"), 72, "B"), (Text(fr="Chiffrement", en="Encryption"), None, "–")),
            total=2,
        ),
        Annex(
            id="map",
            title=Text(fr="Carte", en="Map"),
            intro=here,
            form=Form.MAP,
            columns=("host", "service", "state", "software"),
            rows=(
                ("www.valmont.example", "443 https", "failed", "nginx 1.14 <b>"),
                ("www.valmont.example", "80 http", "satisfied", None),
                ("pacs.valmont.example", "104 dicom", "not_evaluated", "Orthanc"),
            ),
            total=4,
        ),
        Annex(
            id="mails",
            title=Text(fr="Messages", en="Messages"),
            intro=here,
            form=Form.TEXTS,
            columns=("title", "text"),
            rows=(("TLS 1.0 sur www", "Bonjour,\nwww accepte TLS 1.0."),),
            total=1,
        ),
    )
