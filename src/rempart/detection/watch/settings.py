"""The daemon's configuration file, `detection.toml`: read whole, checked whole, every mistake told with its place."""

import re
import tomllib
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

Level = Literal["informational", "low", "medium", "high", "critical"]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: Any) -> Any:  # noqa: ANN401 — whatever TOML holds
    """Return the time of `15m`, `2h`, `30s`, `7d`."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d{1,6})([smhd])", value)
        if found is None:
            raise ValueError("write a duration as 30s, 15m, 2h or 7d")
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    if isinstance(value, timedelta):
        return value
    raise ValueError("write a duration as text: 30s, 15m, 2h or 7d")


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Transport(StrEnum):
    """How logs may be sent to us."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    RELP = "relp"


class Follow(_Part):
    """Files and folders to follow.

    Attributes:
        paths: files, folders (all they hold) or patterns (`/var/log/remote/*.log`).
        start: where the files that exist at the very first start are taken from; later files always from the beginning.
        every: seconds between two looks.

    """

    paths: tuple[str, ...] = ()
    start: Literal["end", "beginning"] = "end"
    every: float = Field(default=1.0, ge=0.05, le=60)


class Listen(_Part):
    """A port that logs are sent to. On loopback unless an address says otherwise.

    Attributes:
        transport: udp, tcp, tls or relp (relp over TLS when a certificate is given).
        address, port: where to listen.
        certificate, key: PEM files of the server.
        client_authorities: PEM file; when given, a client must show a certificate signed by one of them.
        longest: bytes of the longest message; a longer one is dropped and counted.
        connections: most connections at once.
        idle: a connection silent for that long is closed.

    """

    transport: Transport
    address: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    certificate: Path | None = None
    key: Path | None = None
    client_authorities: Path | None = None
    longest: int = Field(default=65536, ge=480, le=4 << 20)
    connections: int = Field(default=200, ge=1, le=10000)
    idle: Duration = timedelta(minutes=15)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ip_address(self.address)
        if self.transport is Transport.TLS and not (self.certificate and self.key):
            raise ValueError("tls needs certificate and key")
        if self.transport in {Transport.UDP, Transport.TCP} and (self.certificate or self.client_authorities):
            raise ValueError("a certificate is for tls or relp")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key go together")
        if self.client_authorities and not self.certificate:
            raise ValueError("client_authorities needs certificate and key")
        return self


class Metrics(_Part):
    """Where Prometheus reads the figures; port 0 takes a free one, no section none at all."""

    address: str = "127.0.0.1"
    port: int = Field(default=9187, ge=0, le=65535)


class Bounds(_Part):
    """What the daemon may hold.

    Attributes:
        kept_rows: matches kept for correlations; beyond it the oldest are evicted, and counted.
        late: how late an event may come and still meet, in a correlation, those that happened with it.
        journal: bytes of received messages kept on disk; beyond it connections wait and datagrams are dropped.
        block: bytes read of a file before the state is written.
        alerts_kept: how long raised alerts stay in the state.

    """

    kept_rows: int = Field(default=200_000, ge=1000, le=5_000_000)
    late: Duration = timedelta(hours=6)
    journal: int = Field(default=2 << 30, ge=1 << 20)
    block: int = Field(default=8 << 20, ge=1 << 12, le=64 << 20)
    alerts_kept: Duration = timedelta(days=30)


class Mail(_Part):
    """How mails leave. `security` none is for loopback only. The password stands in a file that root alone reads."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    user: str | None = None
    password_file: Path | None = None
    authorities: Path | None = None
    fallback: str | None = None

    @model_validator(mode="after")
    def _clear_text_stays_here(self) -> Self:
        if self.security == "none" and not loopback(self.host):
            raise ValueError("security = none is for a relay on this machine only")
        if bool(self.user) != bool(self.password_file):
            raise ValueError("user and password_file go together")
        return self


class Webhook(_Part):
    """How messages are posted: HTTPS (HTTP on loopback only), signed by HMAC-SHA-256 with the secret of a file.

    `knowledge`: "counts" sends ids, level and counts only; "full" adds the text of the message.
    """

    url: str
    secret_file: Path
    authorities: Path | None = None
    proxy: str | None = None
    knowledge: Literal["counts", "full"] = "counts"

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        found = re.fullmatch(r"(https?)://(\[[0-9a-f:]+\]|[^/:@\s]+)(:\d+)?(/\S*)?", self.url)
        if found is None:
            raise ValueError("url must be https://host[:port]/path, without user or password")
        if found[1] == "http" and not loopback(found[2]):
            raise ValueError("http is for this machine only: use https")
        return self


class Escalation(_Part):
    """Who is told, when.

    Attributes:
        level: incidents from this level on are told.
        delay: without acknowledgement in that time, the next person is told.
        rounds: how many times the whole list is gone through.
        quiet: alerts of the same machine or account join the same incident until it was silent for that long.
        recent: an event older than that raises an alert and calls nobody.

    """

    level: Level = "high"
    delay: Duration = timedelta(minutes=15)
    rounds: int = Field(default=2, ge=1, le=10)
    quiet: Duration = timedelta(hours=6)
    recent: Duration = timedelta(days=1)


class Settings(_Part):
    """The whole file.

    Attributes:
        state: folder of the state, of this watch alone.
        rules, filters: Sigma rules and filters; `pack` adds Rempart's own.
        placeholders: TOML file of the values that rules leave to the hospital (`%admins%`).
        sources: what the hospital declares of its files (`collect.sources`).
        alerts, acknowledgements: elsewhere than in the state.
        roster: who is on call.
        follow, listen, metrics, bounds, escalation, mail, webhook: see each.

    """

    state: Path
    rules: tuple[Path, ...] = ()
    filters: tuple[Path, ...] = ()
    pack: bool = True
    placeholders: Path | None = None
    sources: Path | None = None
    alerts: Path | None = None
    acknowledgements: Path | None = None
    roster: Path | None = None
    follow: Follow = Follow()
    listen: tuple[Listen, ...] = ()
    metrics: Metrics | None = None
    bounds: Bounds = Bounds()
    escalation: Escalation = Escalation()
    mail: Mail | None = None
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if not self.follow.paths and not self.listen:
            raise ValueError("nothing to watch: give follow.paths or a [[listen]] section")
        if self.mail and not self.roster and not self.mail.fallback:
            raise ValueError("mail needs a roster, or mail.fallback")
        if not self.rules and not self.pack:
            raise ValueError("no rules: give rules, or pack = true")
        return self

    @property
    def alert_file(self) -> Path:
        """Where alerts are written, one JSON object a line."""
        return self.alerts or self.state / "alerts.jsonl"

    @property
    def acknowledged(self) -> Path:
        """The folder where an empty file named as an incident acknowledges it."""
        return self.acknowledgements or self.state / "acknowledged"


def loopback(host: str) -> bool:
    """Tell whether a host is this machine, by its name or its address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def open_settings(path: Path) -> Settings:
    """Read the configuration; paths in it are taken from the folder it stands in.

    Raises:
        InputError: the file cannot be read, is no TOML, or says what cannot be: every mistake, with its place.

    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            Text(
                fr=f"configuration illisible ({error.strerror})", en=f"cannot read the configuration ({error.strerror})"
            ),
            where=str(path),
            advice=Text(fr="Un exemple : deploy/detection.toml", en="An example: deploy/detection.toml"),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Text(fr=f"TOML incorrect ({error})", en=f"not TOML ({error})"), where=str(path)) from error
    try:
        settings: Settings = _anchored(Settings(**fields), path.absolute().parent)
    except (ValidationError, TypeError) as error:
        raise InputError(
            Text(fr="configuration incorrecte", en="the configuration is wrong"),
            where=str(path),
            advice=mistakes(error),
        ) from error
    return settings


def mistakes(error: ValidationError | TypeError) -> Text:
    """Return every mistake of a validation, one a line, with its place."""
    if isinstance(error, TypeError):
        return Text(fr=str(error), en=str(error))
    lines = [
        f"  {'.'.join(map(str, found['loc'])) or '(fichier)'} : {found['msg'].removeprefix('Value error, ')}"
        for found in error.errors()
    ]
    return Text(fr="\n".join(lines), en="\n".join(line.replace("(fichier)", "(file)") for line in lines))


def _anchored(part: Any, folder: Path) -> Any:  # noqa: ANN401 — any part of the settings
    """Return the settings with their relative paths taken from a folder."""
    if isinstance(part, Path):
        return folder / part.expanduser()
    if isinstance(part, tuple):
        return tuple(_anchored(each, folder) for each in part)
    if isinstance(part, Follow):
        return part.model_copy(update={"paths": tuple(str(_anchored(Path(each), folder)) for each in part.paths)})
    if isinstance(part, BaseModel):
        return part.model_copy(
            update={name: _anchored(getattr(part, name), folder) for name in type(part).model_fields}
        )
    return part
