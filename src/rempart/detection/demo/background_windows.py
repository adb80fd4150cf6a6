"""What Windows machines of a hospital say on an ordinary night."""

from datetime import datetime, timedelta
from random import Random

from rempart.detection.demo.cast import cast
from rempart.detection.demo.logbook import Logbook

_SYSTEM = "C:\\Windows\\System32\\"
_LAUNCHED = (
    ("C:\\Program Files\\Valmont DPI\\dpi.exe", "dpi.exe /poste", "C:\\Windows\\explorer.exe"),
    ("C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe", "msedge.exe", "C:\\Windows\\explorer.exe"),
    (_SYSTEM + "svchost.exe", "svchost.exe -k netsvcs -p -s BITS", _SYSTEM + "services.exe"),
    (_SYSTEM + "taskhostw.exe", "taskhostw.exe", _SYSTEM + "svchost.exe"),
    (_SYSTEM + "conhost.exe", "conhost.exe 0xffffffff -ForceV1", _SYSTEM + "cmd.exe"),
    (_SYSTEM + "spoolsv.exe", "spoolsv.exe", _SYSTEM + "services.exe"),
    (_SYSTEM + "gpupdate.exe", "gpupdate.exe /target:computer", _SYSTEM + "svchost.exe"),
    ("C:\\Program Files\\Windows Defender\\MpCmdRun.exe", "MpCmdRun.exe SignatureUpdate", _SYSTEM + "svchost.exe"),
    ("C:\\Program Files\\Agent Parc\\agent.exe", "agent.exe --inventaire", _SYSTEM + "services.exe"),
    (_SYSTEM + "dllhost.exe", "dllhost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}", _SYSTEM + "svchost.exe"),
    (_SYSTEM + "wbem\\WmiPrvSE.exe", "wmiprvse.exe -secured -Embedding", _SYSTEM + "svchost.exe"),
)
_READS_LSASS = (
    (_SYSTEM + "svchost.exe", "0x1000"),
    ("C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090\\MsMpEng.exe", "0x1010"),
    (_SYSTEM + "csrss.exe", "0x1fffff"),
)
_ASKED = (
    "mail.valmont.example",
    "dc01.valmont.example",
    "maj.editeur.example",
    "www.sante.example",
    "dpi.valmont.example",
)


class Windows:
    """Writes ordinary Windows events between two moments."""

    def __init__(self, book: Logbook, random: Random) -> None:
        self.book, self.random = book, random
        self.machines = (*cast().workstations, *cast().servers)

    def write(self, start: datetime, hours: int, each: int) -> None:
        """Add about `each` events of every kind and machine over so many hours."""
        kinds = (
            self.started,
            self.started,
            self.network,
            self.stored,
            self.opened,
            self.logon,
            self.logon,
            self.ticket,
        )
        rare = (self.lsass, self.refused, self.name_asked, self.defender)
        for machine in self.machines:
            for _ in range(each):
                at = start + timedelta(seconds=self.random.uniform(0, hours * 3600))
                for kind in kinds:
                    kind(at + timedelta(seconds=self.random.random() * 600), machine)
                if self.random.random() < 0.4:  # noqa: PLR2004 — these are rarer
                    self.random.choice(rare)(at, machine)

    def person(self, machine: str) -> str:
        """Return who works on that machine."""
        people = cast().services if machine in cast().servers else cast().carers
        return people[hash_of(machine) % len(people)]

    def started(self, at: datetime, machine: str) -> None:
        """Add a program that starts."""
        image, command, parent = self.random.choice(_LAUNCHED)
        fields = {"Image": image, "CommandLine": command, "ParentImage": parent, "User": self.named(machine)}
        self.book.windows(at, "sysmon", 1, machine, {"UtcTime": f"{at:%Y-%m-%d %H:%M:%S.000}", **fields})

    def named(self, machine: str) -> str:
        """Return the account, with its domain."""
        return f"{cast().domain}\\{self.person(machine)}"

    def network(self, at: datetime, machine: str) -> None:
        """Add a connection to a server."""
        address = self.random.choice(tuple(cast().servers.values()))
        port = self.random.choice(("443", "445", "88", "389", "1433", "135"))
        self.book.windows(
            at,
            "sysmon",
            3,
            machine,
            {
                "Image": _SYSTEM + "svchost.exe",
                "User": self.named(machine),
                "Protocol": "tcp",
                "Initiated": "true",
                "SourceIp": address_of(machine),
                "DestinationIp": address,
                "DestinationPort": port,
            },
        )

    def stored(self, at: datetime, machine: str) -> None:
        """Add a file that is written."""
        name = f"C:\\Users\\{self.person(machine)}\\AppData\\Local\\Temp\\{self.random.getrandbits(32):08x}.tmp"
        image = self.random.choice(_LAUNCHED)[0]
        self.book.windows(
            at, "sysmon", 11, machine, {"Image": image, "TargetFilename": name, "User": self.named(machine)}
        )

    def opened(self, at: datetime, machine: str) -> None:
        """Add a value written in the registry."""
        hive = f"HKU\\S-1-5-21-1-2-3-{1100 + hash_of(machine) % 90}"
        key = f"{hive}\\Software\\Valmont\\DPI\\Fenetre{self.random.randrange(9)}"
        self.book.windows(
            at, "sysmon", 13, machine, {"EventType": "SetValue", "TargetObject": key, "Details": "DWORD (0x00000001)"}
        )

    def logon(self, at: datetime, machine: str) -> None:
        """Add a session that opens, and closes."""
        kind = self.random.choice(("3", "3", "3", "5", "2" if machine in cast().workstations else "5"))
        address = self.origin(machine) if kind == "3" else "-"
        logon = f"0x{self.random.getrandbits(24):x}"
        fields = {"TargetUserName": self.person(machine), "TargetDomainName": cast().domain, "LogonType": kind}
        self.book.windows(at, "security", 4624, machine, {**fields, "IpAddress": address, "TargetLogonId": logon})
        later = at + timedelta(seconds=self.random.uniform(5, 900))
        self.book.windows(later, "security", 4634, machine, {**fields, "TargetLogonId": logon})

    def origin(self, machine: str) -> str:
        """Return where a session by the network comes from: a service is always called by the same server."""
        if machine in cast().servers:
            return tuple(cast().servers.values())[hash_of(self.person(machine)) % len(cast().servers)]
        return self.random.choice(tuple(cast().workstations.values()))

    def ticket(self, at: datetime, machine: str) -> None:
        """Add a Kerberos ticket given by a domain controller, in a modern cipher."""
        server = self.random.choice(tuple(cast().servers))
        account = f"{self.person(machine)}@{cast().suffix.upper()}"
        self.book.windows(
            at,
            "security",
            4769,
            self.random.choice(("DC01", "DC02")),
            {
                "TargetUserName": account,
                "ServiceName": self.random.choice((f"{server}$", "krbtgt", *cast().services)),
                "TicketEncryptionType": "0x12",
                "Status": "0x0",
                "IpAddress": f"::ffff:{address_of(machine)}",
            },
        )

    def lsass(self, at: datetime, machine: str) -> None:
        """Add a legitimate look at lsass."""
        image, access = self.random.choice(_READS_LSASS)
        trace = f"{_SYSTEM}ntdll.dll+9d204|{_SYSTEM}KERNELBASE.dll+2cdb3"
        fields = {
            "SourceImage": image,
            "TargetImage": _SYSTEM + "lsass.exe",
            "GrantedAccess": access,
            "CallTrace": trace,
        }
        self.book.windows(at, "sysmon", 10, machine, fields)

    def refused(self, at: datetime, machine: str) -> None:
        """Add a mistyped password."""
        fields = {"TargetUserName": self.person(machine), "LogonType": "2", "SubStatus": "0xc000006a", "IpAddress": "-"}
        self.book.windows(at, "security", 4625, machine, fields)

    def name_asked(self, at: datetime, machine: str) -> None:
        """Add a name asked to the DNS."""
        fields = {"QueryName": self.random.choice(_ASKED), "Image": _SYSTEM + "svchost.exe", "QueryStatus": "0"}
        self.book.windows(at, "sysmon", 22, machine, fields)

    def defender(self, at: datetime, machine: str) -> None:
        """Add an update of the antivirus."""
        self.book.windows(at, "windefend", 2000, machine, {"Product Name": "Microsoft Defender Antivirus"})


def hash_of(name: str) -> int:
    """Return a number that depends on the name only, the same in every run."""
    return sum(name.encode())


def address_of(machine: str) -> str:
    """Return the address of a machine of the hospital."""
    return {**cast().workstations, **cast().servers}[machine]
