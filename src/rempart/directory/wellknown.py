"""Identities that are the same in every forest: by SID or RID, never by name (a French directory has French names)."""

from collections.abc import Mapping

PRIVILEGED_BUILTIN: Mapping[str, str] = {
    "S-1-5-32-544": "Administrators",
    "S-1-5-32-548": "Account Operators",
    "S-1-5-32-549": "Server Operators",
    "S-1-5-32-550": "Print Operators",
    "S-1-5-32-551": "Backup Operators",
    "S-1-5-32-552": "Replicator",
}
"""Built-in groups that ANSSI holds privileged (reference: vocabulary of the control points)."""

PRIVILEGED_RIDS: Mapping[int, str] = {
    512: "Domain Admins",
    516: "Domain Controllers",
    518: "Schema Admins",
    519: "Enterprise Admins",
    526: "Key Admins",
    527: "Enterprise Key Admins",
}
"""Domain groups that ANSSI holds privileged, by RID."""

ADMINISTRATOR_RID = 500
GUEST_RID = 501
KRBTGT_RID = 502
DOMAIN_USERS_RID = 513
DOMAIN_GUESTS_RID = 514
DOMAIN_COMPUTERS_RID = 515
DOMAIN_CONTROLLERS_RID = 516
READ_ONLY_DCS_RID = 521
PROTECTED_USERS_RID = 525

TRUSTED_SIDS: Mapping[str, str] = {
    "S-1-3-0": "Creator Owner",
    "S-1-3-1": "Creator Group",
    "S-1-3-4": "Owner Rights",
    "S-1-5-9": "Enterprise Domain Controllers",
    "S-1-5-10": "Self",
    "S-1-5-18": "System",
    "S-1-5-19": "Local Service",
    "S-1-5-20": "Network Service",
}
"""Trustees that no attacker holds without already holding the directory or the object itself."""

EVERYONE = "S-1-1-0"
ANONYMOUS = "S-1-5-7"
AUTHENTICATED_USERS = "S-1-5-11"
SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
GUESTS = "S-1-5-32-546"
PRE_WINDOWS_2000 = "S-1-5-32-554"

# userAccountControl (MS-ADTS 2.2.16)
UAC_DISABLED = 0x2
UAC_REVERSIBLE = 0x80
UAC_TRUST = 0x800
UAC_WORKSTATION = 0x1000
UAC_SERVER_TRUST = 0x2000
UAC_NO_EXPIRY = 0x10000
UAC_SMARTCARD = 0x40000
UAC_UNCONSTRAINED = 0x80000
UAC_DES_ONLY = 0x200000
UAC_NO_PREAUTH = 0x400000
UAC_PROTOCOL_TRANSITION = 0x1000000
UAC_PARTIAL_SECRETS = 0x4000000
