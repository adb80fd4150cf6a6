"""What years of work in a hurry left in the fictional directory: faults of every level, and ways to the top."""

from tests.directory.samba.ldif import Fault, change, member, new
from tools.demo_hospital.certificates import authority_certificate
from tools.demo_hospital.places import (
    ADMINISTRATION,
    BUILTIN_USERS,
    CONFIGURATION,
    NO_EXPIRY,
    SERVERS,
    SERVICE_ACCOUNTS,
    SYSTEM,
    Clock,
    account,
    dn_of_group,
    group,
    machine,
)

BUILTIN = "CN=Builtin,{dn}"
PUBLIC_KEYS = f"CN=Public Key Services,CN=Services,{CONFIGURATION}"
POLICY = f"CN={{A7B3C1D2-0001-4F00-9000-00000000F1C7}},CN=Policies,{SYSTEM}"
FULL_CONTROL, WRITE_DACL, WRITE_OWNER, WRITE_PROPERTY, RIGHT = 0xF01FF, 0x40000, 0x80000, 0x20, 0x100
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"  # noqa: S105 — a right's GUID
MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
EMPTY_LISTS = {"authorityRevocationList": b"\0", "certificateRevocationList": b"\0"}
OLD_DOMAIN = "S-1-5-21-1515151515-1643164316-1715171517"


def weaknesses(clock: Clock) -> list[Fault]:
    """Every fault, in an order the directory accepts."""
    return [
        *_way_by_the_help_desk(clock),
        *_way_by_the_record_system(),
        *_way_by_the_scanners(clock),
        *_certificates(clock),
        *_accounts(clock),
        *_machines(clock),
    ]


def _way_by_the_help_desk(clock: Clock) -> list[Fault]:
    """A trainee resets the password of a technician, who writes a policy applied to the domain controllers."""
    technician = f"CN=tech.lefort,{ADMINISTRATION}"
    policy = new(
        POLICY,
        "groupPolicyContainer",
        displayName="Postes - sécurité",
        gPCFileSysPath=rf"\\valmont.test\sysvol\valmont.test\Policies\{POLICY.partition(',')[0][3:]}",
        versionNumber=4,
        flags=0,
    )
    default = f"CN={{31B2F340-016D-11D2-945F-00C04FB984F9}},CN=Policies,{SYSTEM}"
    return [
        account(technician, "tech.lefort", clock, displayName="Compte technique Lefort"),
        account(f"CN=stage.dsi,{ADMINISTRATION}", "stage.dsi", clock, displayName="Stagiaire DSI"),
        member(dn_of_group("GG_Stagiaires-DSI"), f"CN=stage.dsi,{ADMINISTRATION}"),
        member(dn_of_group("GG_Support-N2"), technician),
        policy,
        change("{dn}", "gPLink", f"[LDAP://{POLICY};0][LDAP://{default};0]"),
        Fault(
            grants=[
                (technician, "GG_Support-N1", RIGHT, RESET_PASSWORD),
                (POLICY, "GG_Support-N2", WRITE_DACL, None),
            ]
        ),
    ]


def _way_by_the_record_system() -> list[Fault]:
    """From the statisticians to the backup account, a Backup Operator.

    They fill the group of the record system's masters, who join the operators, who command that account.
    """
    backup = f"CN=svc_sauvegarde,{SERVICE_ACCOUNTS}"
    return [
        member(f"CN=Backup Operators,{BUILTIN}", backup),
        Fault(
            grants=[
                (dn_of_group("GG_DPI-Admins"), "GG_DIM", WRITE_PROPERTY, MEMBER),
                (dn_of_group("GG_Exploitation"), "GG_DPI-Admins", WRITE_PROPERTY, MEMBER),
                (backup, "GG_Exploitation", FULL_CONTROL, None),
            ]
        ),
    ]


def _way_by_the_scanners(clock: Clock) -> list[Fault]:
    """From the biomedical team to an old administrator.

    It commands the scanners' account, which resets the image archive's, which takes that administrator over.
    """
    old = f"CN=adm.delorme,{ADMINISTRATION}"
    return [
        account(old, "adm.delorme", clock, password_days=1500, control=NO_EXPIRY),
        member(f"CN=Domain Admins,{BUILTIN_USERS}", old),
        Fault(
            grants=[
                (f"CN=svc_scan,{SERVICE_ACCOUNTS}", "GG_Biomédical", FULL_CONTROL, None),
                (f"CN=svc_pacs,{SERVICE_ACCOUNTS}", "svc_scan", RIGHT, RESET_PASSWORD),
                (old, "svc_pacs", WRITE_OWNER, None),
            ]
        ),
        member(f"CN=DnsAdmins,{BUILTIN_USERS}", dn_of_group("GG_Réseau")),
        member(dn_of_group("GG_Réseau"), f"CN=svc_wsus,{SERVICE_ACCOUNTS}"),
    ]


def _certificates(clock: Clock) -> list[Fault]:
    """An authority that gives the laboratory's automata certificates in any name."""
    badge = f"CN=Valmont-Automate,CN=Certificate Templates,{PUBLIC_KEYS}"
    plain = f"CN=Valmont-Poste,CN=Certificate Templates,{PUBLIC_KEYS}"
    service = f"CN=CH Valmont CA (fictif),CN=Enrollment Services,{PUBLIC_KEYS}"
    common = {"msPKI_RA_Signature": 0, "msPKI_Enrollment_Flag": 0, "pKIExtendedKeyUsage": "1.3.6.1.5.5.7.3.2"}
    sound, short = authority_certificate(4096, clock.at), authority_certificate(1024, clock.at)
    roots = f"CN=Certification Authorities,{PUBLIC_KEYS}"
    return [
        new(f"CN=NTAuthCertificates,{PUBLIC_KEYS}", "certificationAuthority", cACertificate=sound, **EMPTY_LISTS),
        new(f"CN=CH Valmont CA (fictif),{roots}", "certificationAuthority", cACertificate=sound, **EMPTY_LISTS),
        new(
            f"CN=CH Valmont Racine 2009 (fictif),{roots}", "certificationAuthority", cACertificate=short, **EMPTY_LISTS
        ),
        new(badge, "pKICertificateTemplate", displayName="Valmont-Automate", msPKI_Certificate_Name_Flag=1, **common),
        new(
            plain,
            "pKICertificateTemplate",
            displayName="Valmont-Poste",
            msPKI_Certificate_Name_Flag=0x8000000,
            **common,
        ),
        new(
            service,
            "pKIEnrollmentService",
            dNSHostName="srv-pki01.valmont.test",
            cACertificate=sound,
            certificateTemplates=["Valmont-Automate", "Valmont-Poste"],
        ),
        Fault(
            grants=[
                (badge, "GG_Laboratoire", RIGHT, ENROLL),
                (service, "GG_Laboratoire", RIGHT, ENROLL),
                (plain, "Domain Computers", RIGHT, ENROLL),
                (service, "Domain Computers", RIGHT, ENROLL),
            ]
        ),
    ]


def _accounts(clock: Clock) -> list[Fault]:
    """Old passwords, forgotten settings, traces of a merger."""
    merged = [
        account(
            f"CN=migre{number:02},{SERVICE_ACCOUNTS}",
            f"migre{number:02}",
            clock,
            displayName=f"Compte repris de la clinique des Ormes {number:02}",
            sIDHistory=f"{OLD_DOMAIN}-{1200 + number}",
        )
        for number in range(1, 9)
    ]
    shared = [
        account(
            f"CN=poste.{service},{SERVICE_ACCOUNTS}",
            f"poste.{service}",
            clock,
            password_days=1300,
            control=NO_EXPIRY,
            displayName=f"Compte partagé {service}",
        )
        for service in [
            f"{name}{number}" for name in ("urg", "bloc", "rea", "ima", "labo", "pharma") for number in range(9)
        ]
    ]
    loop = [
        group("GG_Astreinte-DSI", dn_of_group("GG_Exploitation")),
        member(dn_of_group("GG_Exploitation"), dn_of_group("GG_Astreinte-DSI")),
    ]
    return [
        change(f"CN=krbtgt,{BUILTIN_USERS}", "pwdLastSet", clock.ago(1480)),
        change(f"CN=svc_sql,{SERVICE_ACCOUNTS}", "servicePrincipalName", "MSSQLSvc/srv-sql01.valmont.test:1433"),
        change(f"CN=svc_pacs,{SERVICE_ACCOUNTS}", "servicePrincipalName", "HTTP/pacs.valmont.test"),
        change(f"CN=svc_hl7,{SERVICE_ACCOUNTS}", "userAccountControl", 0x410220),
        *merged,
        *shared,
        *loop,
        member(f"CN=Allowed RODC Password Replication Group,{BUILTIN_USERS}", dn_of_group("GG_Direction")),
    ]


def _machines(clock: Clock) -> list[Fault]:
    """A machine trusted to act for anybody, and servers nobody looks after."""
    return [
        change(f"CN=SRV-IMP01,{SERVERS}", "userAccountControl", 0x81020),
        change(f"CN=SRV-BIOMED01,{SERVERS}", "pwdLastSet", clock.ago(640)),
        change(f"CN=SRV-PAIE01,{SERVERS}", "pwdLastSet", clock.ago(70)),
        machine(f"CN=SRV-ANCIEN-PACS,{SERVERS}", "Windows Server 2008 R2 Standard", clock, password_days=900,
                lastLogonTimestamp=clock.ago(880)),
    ]  # fmt: skip
