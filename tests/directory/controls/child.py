"""A second domain for the maker's forest, with what every domain has."""

from datetime import timedelta

from tests.directory.maker import AT, DN, Maker, sid_bytes

CHILD_SID = "S-1-5-21-3444444444-1555555555-2666666666"
CHILD_DN = f"DC=site,{DN}"


def add_child_domain(maker: Maker) -> None:
    """Add the healthy domain site.hopital.test: head, groups, built-in accounts, one controller."""
    maker.add(
        CHILD_DN,
        ["domain", "domainDNS"],
        objectSid=sid_bytes(CHILD_SID),
        maxPwdAge=timedelta(days=365),
        minPwdLength=14,
        pwdProperties=1,
        ms_DS_MachineAccountQuota=0,
        msDS_ExpirePasswordsOnSmartCardOnlyAccounts=True,
    )
    for rid in (544, 554):
        add_child_object(maker, f"Groupe {rid}", ["group"], f"S-1-5-32-{rid}")
    for rid in (512, 513, 515, 516, 525):
        add_child_object(maker, f"Groupe {rid}", ["group"], f"{CHILD_SID}-{rid}")
    maker.add(f"CN=System,{CHILD_DN}", ["container"])
    maker.add(f"CN=Password Settings Container,CN=System,{CHILD_DN}", ["msDS-PasswordSettingsContainer"])
    add_child_user(maker, "krbtgt-site", rid=502, userAccountControl=0x202)
    add_child_user(maker, "Invité-site", rid=501, userAccountControl=0x202, primaryGroupID=514)
    add_child_object(
        maker,
        "DC2",
        ["user", "computer"],
        f"{CHILD_SID}-1000",
        userAccountControl=0x82000,
        primaryGroupID=516,
        pwdLastSet=AT - timedelta(days=10),
        lastLogonTimestamp=AT - timedelta(days=1),
    )


def add_child_user(maker: Maker, name: str, *, rid: int, **attributes: object) -> str:
    """Add an active user of the child domain; returns its DN."""
    values = {
        "userAccountControl": 0x200,
        "primaryGroupID": 513,
        "pwdLastSet": AT - timedelta(days=10),
        "lastLogonTimestamp": AT - timedelta(days=1),
        **attributes,
    }
    return add_child_object(maker, name, ["user"], f"{CHILD_SID}-{rid}", **values)


def add_child_object(maker: Maker, name: str, classes: list[str], sid: str, **attributes: object) -> str:
    """Add an object of the child domain; returns its DN."""
    dn = f"CN={name},CN=Users,{CHILD_DN}"
    values = {"sAMAccountName": name, "objectSid": sid_bytes(sid), **attributes}
    return maker.add(dn, classes, **values)


def child_group(rid: int) -> str:
    """DN of a built-in or domain group of the child domain."""
    return f"CN=Groupe {rid},CN=Users,{CHILD_DN}"
