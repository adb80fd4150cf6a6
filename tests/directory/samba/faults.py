"""One fault at least for each control point that a Samba server can show, in batches that do not disturb each other."""

import zlib

from tests.directory.maker import make_descriptor
from tests.directory.samba.certificates import certificate
from tests.directory.samba.ldif import (
    CONFIGURATION,
    SYSTEM,
    USERS,
    Fault,
    ago,
    change,
    computer,
    created,
    dn_of_user,
    group,
    keyed,
    member,
    new,
    user,
)

BUILTIN = "CN=Builtin,{dn}"
DC1 = "CN=DC1,OU=Domain Controllers,{dn}"
DOMAIN_ADMINS = f"CN=Domain Admins,{USERS}"
DIRECTORY_SERVICE = f"CN=Directory Service,CN=Windows NT,CN=Services,{CONFIGURATION}"
ZONE = "DC=hopital.test,CN=MicrosoftDNS,DC=DomainDnsZones,{dn}"
NO_EXPIRY, TRUST, TO_ANY_SERVICE, DES, NO_PREAUTH, TRANSITION = 0x10000, 0x800, 0x80000, 0x200000, 0x400000, 0x1000000
REVERSIBLE = 0x80


def trust(name: str, **attributes: int) -> Fault:
    return new(
        f"CN={name},{SYSTEM}",
        "trustedDomain",
        trustPartner=name,
        flatName=name.partition(".")[0].upper(),
        trustType=2,
        securityIdentifier=f"S-1-5-21-1111111111-222222222-{zlib.crc32(name.encode())}",
        **attributes,
    )


SILOS = f"CN=AuthN Silos,CN=AuthN Policy Configuration,CN=Services,{CONFIGURATION}"


def read_only_krbtgt(number: int) -> Fault:
    name = f"krbtgt_{number}"
    return new(
        f"CN={name},{USERS}", "user", sAMAccountName=name, userAccountControl=0x222, msDS_SecondaryKrbTgtNumber=number
    )


def many(faults: list[Fault]) -> Fault:
    return sum(faults, Fault())


def privileged(name: str, control: int = 0, **attributes: object) -> Fault:
    """A member of Domain Admins: of itself it lacks adminCount, a silo, Protected Users and a strong policy."""
    return (user(name, control, **attributes) + member(DOMAIN_ADMINS, dn_of_user(name))).failing(
        {
            "protected_users": {name},
            "silo_priv": {name},
            "privileged_members_no_admincount": {name},
            "privileged_members_password": {name},
        }
    )


ACCOUNTS = {
    "kerberos_properties_preauth": user("sans-preauth", NO_PREAUTH).failing(
        {"kerberos_properties_preauth": {"sans-preauth"}}
    ),
    "kerberos_properties_deskey": user("des", DES).failing({"kerberos_properties_deskey": {"des"}}),
    "kerberos_properties_encryption": user("svc-rc4", servicePrincipalName="HTTP/app1").failing(
        {"kerberos_properties_encryption": {"svc-rc4"}}
    ),
    "guest": change(f"CN=Guest,{USERS}", "userAccountControl", 0x10220, back=0x10222).failing(
        {"guest": {"Guest"}, "dont_expire": {"Guest"}}
    ),
    "dont_expire": many([user(f"eternel-{number}", NO_EXPIRY) for number in range(5)]).failing(
        {"dont_expire": {f"eternel-{number}" for number in range(5)}}
    ),
    "krbtgt": change(f"CN=krbtgt,{USERS}", "pwdLastSet", ago(days=400), back=ago(days=1)).failing(
        {"krbtgt": {"krbtgt"}}
    ),
    "dont_expire_priv": privileged("adm-eternel", NO_EXPIRY).failing(
        {"dont_expire_priv": {"adm-eternel"}, "dont_expire": {"adm-eternel"}}
    ),
    "password_change_priv": privileged("adm-ancien", pwdLastSet=ago(days=4 * 365)).failing(
        {"password_change_priv": {"adm-ancien"}}
    ),
    "spn_priv": privileged("adm-service", servicePrincipalName="HTTP/adm", msDS_SupportedEncryptionTypes=24).failing(
        {"spn_priv": {"adm-service"}}
    ),
    "kerberos_properties_preauth_priv": privileged("adm-preauth", NO_PREAUTH).failing(
        {"kerberos_properties_preauth_priv": {"adm-preauth"}, "kerberos_properties_preauth": {"adm-preauth"}}
    ),
    "reversible_password_priv_uac": privileged("adm-clair", REVERSIBLE).failing(
        {"reversible_password_priv_uac": {"adm-clair"}}
    ),
    "protected_users": (
        user("adm-protege", adminCount=1)
        + member(DOMAIN_ADMINS, dn_of_user("adm-protege"))
        + member(f"CN=Protected Users,{USERS}", dn_of_user("adm-protege"))
    ).failing({"silo_priv": {"adm-protege"}, "privileged_members_password": {"adm-protege"}}),
    "silo_priv": (
        user("adm-silo", adminCount=1)
        + member(DOMAIN_ADMINS, dn_of_user("adm-silo"))
        + new(SILOS.partition(",")[2], "container")
        + new(SILOS, "msDS-AuthNPolicySilos")
        + new(
            f"CN=Tier0,{SILOS}",
            "msDS-AuthNPolicySilo",
            msDS_AuthNPolicySiloEnforced="TRUE",
            msDS_AuthNPolicySiloMembers=dn_of_user("adm-silo"),
        )
        + change(dn_of_user("adm-silo"), "msDS-AssignedAuthNPolicySilo", f"CN=Tier0,{SILOS}")
    ).failing({"protected_users": {"adm-silo"}, "privileged_members_password": {"adm-silo"}}),
    "sidhistory": user("migre", sIDHistory="S-1-5-21-1111111111-222222222-333333333-500").failing(
        {"sidhistory_present": {"migre"}, "sidhistory_dangerous": {"migre"}}
    ),
    "primary_group_id_nochange": (
        user("chef")
        + member(f"CN=DnsUpdateProxy,{USERS}", dn_of_user("chef"))
        + change(dn_of_user("chef"), "primaryGroupID", 1102, back=513)
    ).failing({"primary_group_id_nochange": {"chef"}}),
    "primary_group_id_1000": (
        user("faux-poste")
        + member(f"CN=Domain Computers,{USERS}", dn_of_user("faux-poste"))
        + change(dn_of_user("faux-poste"), "primaryGroupID", 515, back=513)
    ).failing({"primary_group_id_1000": {"faux-poste"}, "primary_group_id_nochange": {"faux-poste"}}),
    "password_change_msa_no_change_90": new(
        f"CN=gmsa-pacs,{USERS}",
        "msDS-GroupManagedServiceAccount",
        sAMAccountName="gmsa-pacs$",
        userAccountControl=0x1000,
        msDS_ManagedPasswordInterval=30,
        pwdLastSet=ago(days=100),
        lastLogonTimestamp=ago(days=1),
    ).failing({"password_change_msa_no_change_90": {"gmsa-pacs$"}}),
    "password_change_server_no_change_45": computer("srv-60", pwdLastSet=ago(days=60)).failing(
        {"password_change_server_no_change_45": {"srv-60$"}}
    ),
    "password_change_server_no_change_90": computer("srv-100", pwdLastSet=ago(days=100)).failing(
        {"password_change_server_no_change_45": {"srv-100$"}, "password_change_server_no_change_90": {"srv-100$"}}
    ),
    "password_change_inactive_servers": computer("srv-eteint", lastLogonTimestamp=ago(days=120)).failing(
        {"password_change_inactive_servers": {"srv-eteint$"}}
    ),
    "password_change_cluster_no_change_3years": computer(
        "grappe", servicePrincipalName="MSServerCluster/grappe", pwdLastSet=ago(days=4 * 365)
    ).failing({"password_change_cluster_no_change_3years": {"grappe$"}}),
    "delegation_t4d": computer("srv-delegue", TO_ANY_SERVICE).failing({"delegation_t4d": {"srv-delegue$"}}),
    "delegation_a2d2": user("svc-vers-dc", msDS_AllowedToDelegateTo="ldap/dc1.hopital.test").failing(
        {"delegation_a2d2": {"svc-vers-dc"}}
    ),
    "delegation_t2a4d": user("svc-transition", TRANSITION, msDS_AllowedToDelegateTo="cifs/DC1").failing(
        {"delegation_a2d2": {"svc-transition"}, "delegation_t2a4d": {"svc-transition"}}
    ),
    "group_loop": (
        group("boucle-a")
        + group("boucle-b", f"CN=boucle-a,{USERS}")
        + member(f"CN=boucle-a,{USERS}", f"CN=boucle-b,{USERS}")
    ).failing({"group_loop": {"boucle-a", "boucle-b"}}),
    "certificates_vuln": (
        user("cert-dsa", userCertificate=certificate("dsa"))
        + user("cert-1024", userCertificate=certificate("rsa1024"))
        + user("cert-illisible", userCertificate=b"0\x03abc")
    ).failing(
        {
            ("certificates_vuln", 1): {"cert-dsa"},
            ("certificates_vuln", 2): {"cert-illisible"},
            ("certificates_vuln", 3): {"cert-1024"},
        }
    ),
    "owner": (
        user("orphelin")
        + change(dn_of_user("orphelin"), "whenCreated", created(days=30), back=created(days=30))
        + user("proprietaire")
        + Fault(owners=[(dn_of_user("orphelin"), "proprietaire")])
    ).failing({"owner": {"orphelin"}}),
}

INFRASTRUCTURE = {
    "delegation_sourcedeleg": change(
        DC1, "msDS-AllowedToActOnBehalfOfOtherIdentity", make_descriptor(aces=[("A", 0xF01FF, "S-1-5-32-545")])
    ).failing({"delegation_sourcedeleg": {"DC1$"}}),
    "trusts_domain_notfiltered": trust("partenaire.test", trustDirection=2, trustAttributes=0).failing(
        {"trusts_domain_notfiltered": {"partenaire.test"}}
    ),
    "trusts_forest_sidhistory": trust("foret.test", trustDirection=2, trustAttributes=0x48).failing(
        {"trusts_forest_sidhistory": {"foret.test"}}
    ),
    "trusts_tgt_deleg": trust("entrante.test", trustDirection=1, trustAttributes=0x808).failing(
        {"trusts_tgt_deleg": {"entrante.test"}}
    ),
    "trusts_accounts": user("PARTENAIRE$", pwdLastSet=ago(days=730), userAccountControl=TRUST | 0x20).failing(
        {"trusts_accounts": {"PARTENAIRE$"}}
    ),
    "reversible_password_priv_namingcontext": change("{dn}", "pwdProperties", 17, back=1).failing(
        {"reversible_password_priv_namingcontext": {"hopital"}}
    ),
    "user_accounts_machineaccountquota": change("{dn}", "ms-DS-MachineAccountQuota", 0, back=10)
    + Fault(cures=keyed({"user_accounts_machineaccountquota": {"hopital"}})),
    "dsheuristics_bad": change(DIRECTORY_SERVICE, "dSHeuristics", "0000002101000001").failing(
        {("dsheuristics_bad", 1): {"fAllowAnonNSPI", "dwAdminSDExMask"}, ("dsheuristics_bad", 2): {"fLDAPBlockAnonOps"}}
    ),
    "compatible_2000_anonymous": member(f"CN=Pre-Windows 2000 Compatible Access,{BUILTIN}", "<SID=S-1-5-7>").failing(
        {"compatible_2000_anonymous": {"Anonymous Logon"}, "compatible_2000_not_default": {"Anonymous Logon"}}
    ),
    "rodc_allowed_group": (
        user("nomade") + member(f"CN=Allowed RODC Password Replication Group,{USERS}", dn_of_user("nomade"))
    ).failing({"rodc_allowed_group": {"nomade"}}),
    "rodc_denied_group": Fault(
        plant=member(f"CN=Denied RODC Password Replication Group,{USERS}", DOMAIN_ADMINS).repair,
        repair=member(f"CN=Denied RODC Password Replication Group,{USERS}", DOMAIN_ADMINS).plant,
    ).failing({"rodc_denied_group": {"Domain Admins"}}),
    "dc_obsolete": (
        change(DC1, "operatingSystem", "Windows Server 2008 R2 Standard", back="Samba")
        + change(DC1, "operatingSystemVersion", "6.1 (7601)", back="4.17.12-Debian")
    ).failing({"dc_obsolete": {"DC1$"}}),
    "password_change_dc_no_change": change(DC1, "pwdLastSet", ago(days=60), back=ago(days=1)).failing(
        {"password_change_dc_no_change": {"DC1$"}}
    ),
    "password_change_inactive_dc": (
        change(DC1, "lastLogonTimestamp", ago(days=60))
        + change(DC1, "whenCreated", created(days=400), back=created(days=1))
    ).failing({"password_change_inactive_dc": {"DC1$"}}),
    "dc_crypto": change(DC1, "msDS-SupportedEncryptionTypes", 3, back=28).failing(
        {("dc_crypto", 2): {"DC1$"}, ("dc_crypto", 3): {"DC1$"}}
    )
    + Fault(cures=keyed({("dc_crypto", 4): {"DC1$"}})),
    "adupdate_bad": change(f"CN=ActiveDirectoryUpdate,CN=DomainUpdates,{SYSTEM}", "revision", 15, back=5).failing(
        {"adupdate_bad": {"ActiveDirectoryUpdate"}}
    ),
    "sysvol_ntfrs": new(
        f"CN=Domain System Volume (SYSVOL share),CN=File Replication Service,{SYSTEM}",
        "nTFRSReplicaSet",
        fRSReplicaSetType=2,
    ).failing({"sysvol_ntfrs": {"DC1"}})
    + change(f"CN=DFSR-GlobalSettings,{SYSTEM}", "msDFSR-Flags", 16, back=48)
    + new(
        f"CN=DC1,CN=Domain System Volume (SYSVOL share),CN=File Replication Service,{SYSTEM}",
        "nTFRSMember",
        fRSComputerReference=DC1,
    ),
    "display_specifier": change(
        f"CN=user-Display,CN=40C,CN=DisplaySpecifiers,{CONFIGURATION}",
        "adminContextMenu",
        r"9,&Outil,\\poste\partage\outil.exe",
    ).failing({"display_specifier": {"user-Display"}}),
    "dnszone_bad_prop": change(
        ZONE,
        "dNSProperty",
        b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00",
        back=b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x00",
    ).failing({("dnszone_bad_prop", 1): {"hopital.test"}, ("dnszone_bad_prop", 3): {"hopital.test"}}),
    "rodc": (
        read_only_krbtgt(4242)
        + read_only_krbtgt(4243)
        + computer(
            "rodc1",
            userAccountControl=0x5001020,
            msDS_SupportedEncryptionTypes=24,
            msDS_RevealOnDemandGroup=f"CN=Domain Users,{USERS}",
            msDS_KrbTgtLink=f"CN=krbtgt_4243,{USERS}",
            msDS_RevealedUsers=f"B:8:5A000900:CN=Administrator,{USERS}",
        )
    ).failing(
        {
            "rodc_reveal": {"rodc1$"},
            "rodc_never_reveal": {"rodc1$"},
            "rodc_orphan_krbtgt": {"krbtgt_4242"},
            "rodc_priv_revealed": {"Administrator"},
            "dc_inconsistent_uac": {"rodc1$"},  # nothing in the configuration says that it is a controller
        }
    ),
}

FORTY = [f"dormeur-{number:02}" for number in range(40)]
CROWD = [f"adm-{number:02}" for number in range(52)]

NUMBERS = {
    "user_accounts_dormant": many(
        [
            user(name, pwdLastSet=ago(days=4 * 365), lastLogonTimestamp=ago(days=800), whenCreated=created(days=2000))
            for name in FORTY
        ]
    ).failing({"user_accounts_dormant": set(FORTY)}),
    "privileged_members": many([privileged(name) for name in CROWD]).failing(
        {("privileged_members", 1): set(CROWD), ("privileged_members", 2): set(CROWD)}
    ),
}

WRITE_DACL, WRITE_PROPERTY, RIGHT, READ = 0x40000, 0x20, 0x100, 0x10
GPLINK = "f30e3bbe-9ff0-11d1-b603-0000f80367c1"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
PUBLIC_KEYS = f"CN=Public Key Services,CN=Services,{CONFIGURATION}"
DEFAULT_POLICY = f"CN={{31B2F340-016D-11D2-945F-00C04FB984F9}},CN=Policies,{SYSTEM}"
ROOT_KEYS = f"CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,{CONFIGURATION}"


def held(trustee: str, dn: str, mask: int = WRITE_DACL, right: str | None = None) -> Fault:
    """A user who holds a right on an object."""
    return user(trustee) + Fault(grants=[(dn, trustee, mask, right)])


def both(point: str, *names: str) -> dict[str | tuple[str, int], set[str]]:
    return {(point, 1): set(names), (point, 2): set(names)}


def template(name: str, **attributes: int) -> Fault:
    return new(
        f"CN={name},CN=Certificate Templates,{PUBLIC_KEYS}",
        "pKICertificateTemplate",
        displayName=name,
        msPKI_RA_Signature=0,
        pKIExtendedKeyUsage="1.3.6.1.5.5.7.3.2",
        **attributes,
    )


def authority(name: str, *templates: str) -> Fault:
    return new(
        f"CN={name},CN=Enrollment Services,{PUBLIC_KEYS}",
        "pKIEnrollmentService",
        dNSHostName=f"{name.lower()}.hopital.test",
        certificateTemplates=list(templates),
    )


PERMISSIONS = {
    "permissions_adminsdholder": held("p-modele", f"CN=AdminSDHolder,{SYSTEM}").failing(
        both("permissions_adminsdholder", "p-modele → AdminSDHolder")
    ),
    "permissions_dc": held("p-dc", DC1).failing(both("permissions_dc", "p-dc → DC1$")),
    "permissions_dfsr_sysvol": held("p-dfsr", f"CN=Domain System Volume,CN=DFSR-GlobalSettings,{SYSTEM}").failing(
        both("permissions_dfsr_sysvol", "p-dfsr → Domain System Volume")
    ),
    "permissions_dpapi": (
        new(f"CN=BCKUPKEY_P Secret,{SYSTEM}", "secret") + held("p-dpapi", f"CN=BCKUPKEY_P Secret,{SYSTEM}")
    ).failing(both("permissions_dpapi", "p-dpapi → BCKUPKEY_P Secret")),
    "permissions_gmsa_keys": (
        new(ROOT_KEYS.partition(",")[2], "container")
        + new(ROOT_KEYS, "container")
        + new(
            f"CN=cle,{ROOT_KEYS}",
            "msKds-ProvRootKey",
            msKds_Version=1,
            msKds_KDFAlgorithmID="SP800_108_CTR_HMAC",
            msKds_SecretAgreementAlgorithmID="DH",
            msKds_PublicKeyLength=2048,
            msKds_PrivateKeyLength=512,
            msKds_UseStartTime=ago(days=30),
            msKds_CreateTime=ago(days=30),
            msKds_DomainID=DC1,
            msKds_RootKeyData=b"\1" * 64,
        )
        + held("p-gmsa", f"CN=cle,{ROOT_KEYS}")
    ).failing(both("permissions_gmsa_keys", "p-gmsa → cle")),
    "permissions_naming_context": (
        held("p-racine", "DC=DomainDnsZones,{dn}") + held("p-secrets", "{dn}", RIGHT, GET_CHANGES_ALL)
    ).failing(
        {
            ("permissions_naming_context", 1): {"p-racine → DomainDnsZones"},
            ("permissions_naming_context", 2): {"p-racine → DomainDnsZones", "p-secrets → hopital"},
        }
    ),
    "permissions_schema": held("p-schema", f"CN=Person,CN=Schema,{CONFIGURATION}").failing(
        both("permissions_schema", "p-schema → Person")
    ),
    "permissions_msdns": held("p-dns", f"CN=MicrosoftDNS,{SYSTEM}").failing(
        {"permissions_msdns": {"p-dns → MicrosoftDNS"}}
    ),
    "permissions_gpo_priv": held("p-gpo", DEFAULT_POLICY).failing(
        # the policy applies to the domain controllers and to the administrators: it leads to them too
        {"permissions_gpo_priv": {"p-gpo → Default Domain Policy"}}
        | both("permissions_dc", "p-gpo → Default Domain Policy")
        | both("privileged_members_perm", "p-gpo → Default Domain Policy")
    ),
    "permissions_gpo_container_priv": held("p-lien", "OU=Domain Controllers,{dn}", WRITE_PROPERTY, GPLINK).failing(
        {
            "permissions_gpo_container_priv": {"p-lien → Domain Controllers"},
            ("permissions_dc", 2): {"p-lien → Domain Controllers"},
        }
    ),
    "dnsadmins": (user("p-dnsadmin") + member(f"CN=DnsAdmins,{USERS}", dn_of_user("p-dnsadmin"))).failing(
        # the group is no longer empty: its rights on the DNS service count
        {"dnsadmins": {"p-dnsadmin → DnsAdmins"}, "permissions_msdns": {"DnsAdmins → MicrosoftDNS"}}
    ),
    "privileged_members_perm": (
        privileged("p-cible") + held("p-depanneur", dn_of_user("p-cible"), RIGHT, RESET_PASSWORD)
    ).failing(both("privileged_members_perm", "p-depanneur → p-cible")),
    "adcs_control": held("p-pki", f"CN=Certification Authorities,{PUBLIC_KEYS}").failing(
        {"adcs_control": {"p-pki → Certification Authorities"}}
    ),
    "adcs_template_control": (
        template("Cache", msPKI_Certificate_Name_Flag=0x2000000, msPKI_Enrollment_Flag=0)
        + held("p-modele-cert", f"CN=Cache,CN=Certificate Templates,{PUBLIC_KEYS}")
    ).failing({("adcs_template_control", 2): {"p-modele-cert → Cache"}}),
    "adcs_template_auth_enroll_with_name": (
        template("Badge", msPKI_Certificate_Name_Flag=1, msPKI_Enrollment_Flag=0)
        + authority("VALMONT-CA", "Badge")
        + held("p-enrole", f"CN=Badge,CN=Certificate Templates,{PUBLIC_KEYS}", RIGHT, ENROLL)
        + Fault(grants=[(f"CN=VALMONT-CA,CN=Enrollment Services,{PUBLIC_KEYS}", "p-enrole", RIGHT, ENROLL)])
    ).failing({"adcs_template_auth_enroll_with_name": {"p-enrole → Badge"}}),
}
"""Rights: each principal holds one, on one object."""

SERVER = f"CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,{CONFIGURATION}"

MENDED = {
    "functional_level": (
        change("{dn}", "msDS-Behavior-Version", 7, back=4)
        + change(f"CN=Partitions,{CONFIGURATION}", "msDS-Behavior-Version", 7, back=4)
        + Fault(
            cures=keyed(
                {("functional_level", 3): {"hopital", "Partitions"}, ("functional_level", 4): {"hopital", "Partitions"}}
            )
        )
    ),
    "privileged_members_password": change("{dn}", "minPwdLength", 14, back=7)
    + Fault(cures=keyed({"privileged_members_password": {"Administrator"}})),
    "dc_inconsistent_uac": change(SERVER, "serverReference", None, back=DC1).failing({"dc_inconsistent_uac": {"DC1$"}}),
    "dsheuristics_bad": change(DIRECTORY_SERVICE, "dSHeuristics", "0000000001000000000200000001130")
    + Fault(cures=keyed({("dsheuristics_bad", 4): {"AttributeAuthorizationOnLDAPAdd", "BlockOwnerImplicitRights"}})),
}
"""Points that fail on a fresh Samba domain, mended."""
