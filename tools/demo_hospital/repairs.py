"""What the hospital mended by following its plan: so repaired, and without its weaknesses, it reaches level 3."""

from tests.directory.samba.ldif import Fault, change
from tools.demo_hospital.hospital import FIRST_SITE
from tools.demo_hospital.places import BUILTIN_USERS, CONTROLLERS, Clock


def repairs(clock: Clock) -> list[Fault]:
    """Every repair of what the hospital itself had let grow old."""
    return [
        change(f"CN=VAL-DC2,{CONTROLLERS}", "operatingSystem", "Windows Server 2022 Standard"),
        change(f"CN=VAL-DC2,{CONTROLLERS}", "operatingSystemVersion", "10.0 (20348)"),
        change(f"CN=NTDS Settings,CN=VAL-DC2,{FIRST_SITE}", "msDS-Behavior-Version", 7),
        change(f"CN=GHTNORD$,{BUILTIN_USERS}", "pwdLastSet", clock.ago(12)),
        change(f"CN=krbtgt_12034,{BUILTIN_USERS}", "pwdLastSet", clock.ago(12)),
    ]
