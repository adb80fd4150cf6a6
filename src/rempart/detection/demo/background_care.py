"""What the network and the software of care say on an ordinary night."""

from datetime import datetime, timedelta
from random import Random

from rempart.detection.demo import shapes
from rempart.detection.demo.cast import cast
from rempart.detection.demo.logbook import Logbook

_BEDS = 320
_TRAFFIC = (443, 443, 443, 445, 389, 88, 53, 1433, 8443)


class Care:
    """Writes ordinary events of care and network between two moments."""

    def __init__(self, book: Logbook, random: Random, start: datetime, hours: int) -> None:
        self.book, self.random, self.start, self.seconds = book, random, start, hours * 3600

    def write(self) -> None:
        """Add a night of them; the figures are what a hospital of three hundred beds may see in twelve hours."""
        for kind, count in (
            (self.record, 5200),
            (self.message, 3600),
            (self.image, 2600),
            (self.web, 7000),
            (self.connection, 6500),
            (self.portal, 2200),
            (self.linux, 2400),
            (self.away, 60),
        ):
            for _ in range(count):
                kind(self.moment())

    def moment(self) -> datetime:
        """Return a moment of the night; evenings and mornings are busier than the small hours."""
        share = self.random.random()
        if self.random.random() < 0.5:  # noqa: PLR2004 — half of it follows the day, half never sleeps
            share = share**2 / 2 if share < 0.5 else 1 - (1 - share) ** 2 / 2  # noqa: PLR2004 — towards both ends
        return self.start + timedelta(seconds=share * self.seconds)

    def record(self, at: datetime) -> None:
        """Add a look at a patient record, by a carer of the unit."""
        rank = self.random.randrange(len(cast().carers))
        unit = cast().units[rank % len(cast().units)]
        stations = tuple(cast().workstations)
        patient = f"P{rank % len(cast().units)}{self.random.randrange(_BEDS // 10):03d}"
        action = self.random.choices(("Lecture", "Impression"), (0.98, 0.02))[0]
        shapes.records(self.book, at, (cast().carers[rank], unit), (patient, action, unit), stations[rank % 11])

    def message(self, at: datetime) -> None:
        """Add a message of the interface engine."""
        sender, address, kind = self.random.choice(
            (
                ("LABO", "10.10.0.51", "ORU^R01"),
                ("GAM", "10.10.0.52", "ADT^A08"),
                ("GAM", "10.10.0.52", "ADT^A01"),
                ("DPI", "10.10.0.20", "ORM^O01"),
                ("PHARMA", "10.10.0.53", "RDE^O11"),
                ("DPI", "10.10.0.20", "QRY^A19"),
            )
        )
        patient = f"P{self.random.randrange(6)}{self.random.randrange(_BEDS // 10):03d}"
        shapes.hl7(self.book, at, (sender, "EAI", address), kind, patient)

    def image(self, at: datetime) -> None:
        """Add an exchange of images."""
        name, address = self.random.choice(tuple(cast().modalities.items()))
        operation = "C-STORE" if not name.startswith("CONSOLE") else self.random.choice(("C-FIND", "C-FIND", "C-MOVE"))
        self.book.record(
            "pacs/pacs.jsonl",
            at,
            {
                "calling_ae": name,
                "called_ae": "PACS_VALMONT",
                "operation": operation,
                "study": f"1.2.250.1.99.{self.random.randrange(140)}",
                "bytes": 0 if operation == "C-FIND" else self.random.randrange(10**5, 5 * 10**7),
                "src_ip": address,
                "outcome": "success",
            },
        )

    def web(self, at: datetime) -> None:
        """Add a page asked by a person or a program."""
        client = self.random.choice(tuple(cast().workstations.values()))
        method = self.random.choices(("GET", "CONNECT", "POST"), (0.25, 0.7, 0.05))[0]
        site = self.random.choice(cast().sites)
        url = f"{site}:443" if method == "CONNECT" else f"http://{site}/{self.random.randrange(999)}"
        shapes.squid(
            self.book, at, client, (method, url), (self.random.randrange(5, 900), self.random.randrange(300, 90000))
        )

    def connection(self, at: datetime) -> None:
        """Add a connection through the firewall; the scanners also send to the archive."""
        if self.random.random() < 0.15:  # noqa: PLR2004 — the share of imaging
            path = (self.random.choice(tuple(cast().modalities.values())), "10.30.1.10", 11112)
        else:
            server = self.random.choice(tuple(cast().servers.values()))
            path = (self.random.choice(tuple(cast().workstations.values())), server, self.random.choice(_TRAFFIC))
        action = "accept" if self.random.random() < 0.97 else "deny"  # noqa: PLR2004 — what is refused
        shapes.firewall(self.book, at, path, action, self.random.randrange(200, 60000))

    def portal(self, at: datetime) -> None:
        """Add a visit to the portal of patients."""
        page = self.random.choice(("/", "/rendez-vous", "/acces", "/style.css", "/logo.svg", "/contact"))
        shapes.iis(self.book, at, f"192.0.2.{self.random.randrange(1, 250)}", page, self.random.randrange(400, 60000))

    def linux(self, at: datetime) -> None:
        """Add a line of a Linux server."""
        host = self.random.choice(("srv-eai-02", "srv-sup-01", "srv-mail-01"))
        number = self.random.randrange(1000, 60000)
        program, message = self.random.choice(
            (
                (f"CRON[{number}]", "(root) CMD (/usr/lib/sysstat/sa1 1 1)"),
                (f"CRON[{number}]", "(root) CMD (/usr/local/bin/sauvegarde-nuit --verifier)"),
                (
                    f"sshd[{number}]",
                    f"Accepted publickey for svc_sup from 10.10.0.60 port {number} ssh2: ED25519 SHA256:x",
                ),
                (f"sshd[{number}]", "Received disconnect from 10.10.0.60 port 50000:11: disconnected by user"),
                ("systemd[1]", "Started Session of User svc_sup."),
                ("postfix/smtpd[812]", "connect from mail.valmont.example[10.10.0.70]"),
                (
                    "sudo[77]",
                    "svc_sup : TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/usr/bin/systemctl is-active postfix",
                ),
            )
        )
        shapes.syslog(self.book, at, host, program, message)

    def away(self, at: datetime) -> None:
        """Add a person who works from home."""
        user = self.random.choice((*cast().doctors, *cast().clerks))
        address = f"192.0.2.{cast().doctors.index(user) + 10 if user in cast().doctors else 99}"
        shapes.session(self.book, at, "vpn/vpn.csv", (user, address, "FR", "", "", "login", "success"))
