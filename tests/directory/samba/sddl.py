"""Descriptors as Samba prints them (SDDL, MS-DTYP 2.5.1), read without any of the engine's code."""

import re

RIGHTS = {
    "RP": 0x10, "WP": 0x20, "CR": 0x100, "CC": 0x1, "DC": 0x2, "LC": 0x4, "SW": 0x8, "DT": 0x40, "LO": 0x80,
    "SD": 0x10000, "RC": 0x20000, "WD": 0x40000, "WO": 0x80000, "GA": 0x10000000, "GX": 0x20000000, "GW": 0x40000000,
    "GR": 0x80000000,
}  # fmt: skip
FLAGS = {"OI": 0x1, "CI": 0x2, "NP": 0x4, "IO": 0x8, "ID": 0x10, "SA": 0x40, "FA": 0x80}
ALIASES = {
    "WD": "S-1-1-0", "CO": "S-1-3-0", "CG": "S-1-3-1", "OW": "S-1-3-4", "NU": "S-1-5-2", "IU": "S-1-5-4",
    "SU": "S-1-5-6", "AN": "S-1-5-7", "ED": "S-1-5-9", "PS": "S-1-5-10", "AU": "S-1-5-11", "SY": "S-1-5-18",
    "LS": "S-1-5-19", "NS": "S-1-5-20", "BA": "S-1-5-32-544", "BU": "S-1-5-32-545", "BG": "S-1-5-32-546",
    "AO": "S-1-5-32-548", "SO": "S-1-5-32-549", "PO": "S-1-5-32-550", "BO": "S-1-5-32-551", "RE": "S-1-5-32-552",
    "RU": "S-1-5-32-554",
}  # fmt: skip
RIDS = {
    "RO": 498, "LA": 500, "LG": 501, "DA": 512, "DU": 513, "DG": 514, "DC": 515, "DD": 516, "CA": 517, "SA": 518,
    "EA": 519, "PA": 520, "RS": 553,
}  # fmt: skip
DESCRIPTOR = re.compile(r"^O:(?P<owner>S-[\d-]+|..)(?:G:(?:S-[\d-]+|..))?(?:D:(?P<dacl>[^(]*(?:\([^)]*\))*))?")
Ace = tuple[bool, int, int, str | None, str | None, str]


def read(sddl: str, domain_sid: str) -> tuple[str, list[Ace]]:
    """Return the owner and the ACEs of the DACL: allow, flags, mask, object type, inherited type, trustee."""
    match = DESCRIPTOR.match(sddl)
    assert match, sddl

    def sid(text: str) -> str:
        return text if text.startswith("S-") else ALIASES.get(text) or f"{domain_sid}-{RIDS[text]}"

    aces = []
    for body in re.findall(r"\(([^)]*)\)", match["dacl"] or ""):
        kind, flags, rights, object_type, inherited, trustee = body.split(";")
        mask = int(rights, 16) if rights.startswith("0x") else sum(RIGHTS[code] for code in pairs(rights))
        shown = sum(FLAGS[code] for code in pairs(flags))
        aces.append(
            ({"A": True, "D": False}[kind[-1]], shown, mask, object_type or None, inherited or None, sid(trustee))
        )
    return sid(match["owner"]), aces


def pairs(codes: str) -> list[str]:
    return [codes[start : start + 2] for start in range(0, len(codes), 2)]
