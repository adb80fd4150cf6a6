"""What makes a hub unsafe to open to people: each check says what is wrong, and what to do."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rempart.hub.secret import FILE as SECRET_FILE
from rempart.measurement.text import Text

SHORTEST_SECRET = 50
SHARED = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs", "afs"})
LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", ""})
SILENT_MAIL = ("console", "locmem", "dummy", "filebased")


@dataclass(frozen=True, slots=True)
class Problem:
    """One unsafe setting. `fatal` ones forbid to open the site; the others are to be known."""

    code: str
    what: Text
    advice: Text
    fatal: bool = True


def problems() -> list[Problem]:
    """Return all that is unsafe, the fatal first."""
    found = [problem for check in CHECKS for problem in check()]
    return sorted(found, key=lambda problem: not problem.fatal)


def _debug() -> Iterator[Problem]:
    if settings.DEBUG:
        yield Problem(
            "debug",
            Text(fr="le mode DEBUG montre le code et les réglages", en="DEBUG mode shows code and settings"),
            Text(fr="retirez DEBUG = True de vos réglages", en="remove DEBUG = True from your settings"),
        )


def _demo() -> Iterator[Problem]:
    if settings.DEMO:
        yield Problem(
            "demo",
            Text(
                fr="le site est une démonstration, aux comptes publics", en="the site is a demonstration, open to all"
            ),
            Text(fr="retirez REMPART_HUB_DEMO et repartez d'une base vide", en="unset REMPART_HUB_DEMO, start anew"),
        )


def _https() -> Iterator[Problem]:
    if not settings.HTTPS:
        yield Problem(
            "http",
            Text(fr=f"l'adresse du site n'est pas en https ({settings.SITE_URL})", en=f"no https: {settings.SITE_URL}"),
            Text(
                fr="mettez le site derrière un serveur TLS (deploy/nginx.conf) et REMPART_HUB_URL=https://…",
                en="put the site behind a TLS server (deploy/nginx.conf) and set REMPART_HUB_URL=https://…",
            ),
        )
    elif settings.SECURE_PROXY_SSL_HEADER is None:
        yield Problem(
            "proxy",
            Text(
                fr="le site est en https mais ne croit pas le serveur qui le précède",
                en="the site is https but does not trust the server before it",
            ),
            Text(
                fr="si ce serveur pose lui-même X-Forwarded-Proto, mettez REMPART_HUB_PROXY=1",
                en="if that server sets X-Forwarded-Proto itself, set REMPART_HUB_PROXY=1",
            ),
        )


def _secret() -> Iterator[Problem]:
    path = Path(settings.DATA_FOLDER) / SECRET_FILE
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield Problem(
            "secret_short",
            Text(fr="la clé secrète est trop courte", en="the secret key is too short"),
            Text(
                fr=f"donnez au moins {SHORTEST_SECRET} caractères au hasard à REMPART_HUB_SECRET_KEY",
                en=f"give REMPART_HUB_SECRET_KEY at least {SHORTEST_SECRET} random characters",
            ),
        )
    if not path.exists() or path.read_text(encoding="ascii").strip() != settings.SECRET_KEY:
        return
    if filesystem_of(path) in SHARED or path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Problem(
            "secret_shared",
            Text(
                fr=f"la clé secrète est dans un fichier que d'autres peuvent lire ({path})",
                en=f"the secret key is in a file that others may read ({path})",
            ),
            Text(
                fr="donnez-la par REMPART_HUB_SECRET_KEY, ou gardez ce dossier sur un disque local, en chmod 600",
                en="give it by REMPART_HUB_SECRET_KEY, or keep that folder on a local disk, chmod 600",
            ),
        )


def _hosts() -> Iterator[Problem]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        yield Problem(
            "hosts_any",
            Text(fr="le site répond à n'importe quel nom", en="the site answers to any name"),
            Text(fr=f"mettez REMPART_HUB_HOSTS={host}", en=f"set REMPART_HUB_HOSTS={host}"),
        )
    elif host in LOCAL or host not in settings.ALLOWED_HOSTS:
        yield Problem(
            "hosts_missing",
            Text(fr=f"le site ne répond pas à son propre nom ({host})", en=f"the site refuses its own name ({host})"),
            Text(
                fr="donnez ce nom à REMPART_HUB_URL et à REMPART_HUB_HOSTS",
                en="give that name to REMPART_HUB_URL and REMPART_HUB_HOSTS",
            ),
        )


def _mail() -> Iterator[Problem]:
    if any(word in settings.EMAIL_BACKEND for word in SILENT_MAIL):
        yield Problem(
            "mail_console",
            Text(fr="les courriels ne partent pas", en="mails are not sent"),
            Text(
                fr="mettez REMPART_HUB_EMAIL_URL=smtp+tls://nom:secret@serveur:587",
                en="set REMPART_HUB_EMAIL_URL=smtp+tls://name:secret@server:587",
            ),
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield Problem(
            "mail_from",
            Text(fr="les courriels viennent de « localhost »", en="mails come from localhost"),
            Text(fr="mettez REMPART_HUB_EMAIL_FROM", en="set REMPART_HUB_EMAIL_FROM"),
        )


def _antivirus() -> Iterator[Problem]:
    if not settings.CLAMD:
        yield Problem(
            "antivirus",
            Text(
                fr="aucun antivirus : les pièces déposées ne pourront pas être ouvertes sans risque",
                en="no antivirus: deposited documents cannot be opened safely",
            ),
            Text(
                fr="installez clamd et mettez REMPART_HUB_CLAMD=unix:///run/clamav/clamd.ctl",
                en="install clamd and set REMPART_HUB_CLAMD=unix:///run/clamav/clamd.ctl",
            ),
        )


def _publisher() -> Iterator[Problem]:
    if not settings.PUBLISHER.strip():
        yield Problem(
            "publisher",
            Text(fr="le site ne dit pas qui le tient", en="the site does not say who runs it"),
            Text(
                fr="mettez REMPART_HUB_PUBLISHER : les mentions légales le nomment, la loi le demande",
                en="set REMPART_HUB_PUBLISHER: the legal notice names it, the law asks for it",
            ),
        )
    if not settings.CONTACT.strip():
        yield Problem(
            "contact",
            Text(fr="le site ne dit pas où écrire", en="the site does not say where to write"),
            Text(
                fr="mettez REMPART_HUB_CONTACT : on y exerce ses droits et on y signale un défaut d'accès",
                en="set REMPART_HUB_CONTACT: people exercise their rights and report a lack of access there",
            ),
        )


def _database() -> Iterator[Problem]:
    parameters = _parameters()
    host, options = str(parameters.get("HOST") or ""), parameters.get("OPTIONS", {})
    if f"{settings.DATA_FOLDER}/postgresql" in str(options.get("host", host)):
        yield Problem(
            "database_embedded",
            Text(fr="la base est celle embarquée", en="the database is the embedded one"),
            Text(
                fr="préférez un PostgreSQL administré, nommé par DATABASE_URL ; sinon planifiez rempart hub backup",
                en="prefer an administered PostgreSQL, named by DATABASE_URL; else schedule rempart hub backup",
            ),
            fatal=False,
        )
        return
    far = bool(host) and not host.startswith("/") and host not in LOCAL
    if far and options.get("sslmode") not in {"require", "verify-ca", "verify-full"}:
        yield Problem(
            "database_clear",
            Text(fr="la base est jointe sans chiffrement", en="the database is reached without encryption"),
            Text(fr="ajoutez ?sslmode=verify-full à DATABASE_URL", en="add ?sslmode=verify-full to DATABASE_URL"),
        )
    if _superuser():
        yield Problem(
            "database_superuser",
            Text(fr="le hub se connecte en superutilisateur", en="the hub connects as a superuser"),
            Text(
                fr="donnez-lui un rôle ordinaire, propriétaire de sa base, qui ne puisse pas taire les gardes",
                en="give it an ordinary role that owns its database and cannot silence the guards",
            ),
        )


def _parameters() -> dict[str, Any]:
    return connection.settings_dict


def _superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _migrations() -> Iterator[Problem]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Problem(
            "migrations",
            Text(fr="la base n'est pas à jour", en="the database is not up to date"),
            Text(fr="lancez rempart hub migrate", en="run rempart hub migrate"),
        )


def _metrics() -> Iterator[Problem]:
    if any(ip_network(network).prefixlen == 0 for network in settings.METRICS_FROM):
        yield Problem(
            "metrics_open",
            Text(fr="les mesures sont lisibles par tous", en="anybody may read the metrics"),
            Text(
                fr="restreignez REMPART_HUB_METRICS_FROM, ou donnez REMPART_HUB_METRICS_TOKEN",
                en="narrow REMPART_HUB_METRICS_FROM, or give REMPART_HUB_METRICS_TOKEN",
            ),
        )


def _django() -> Iterator[Problem]:
    """Yield what Django itself finds unsafe, except what the checks above say better."""
    said = {"security.W004", "security.W008", "security.W009", "security.W012", "security.W016", "security.W018"}
    for message in checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True):
        if message.id not in {*said, "security.W020", "security.W021"}:
            advice = Text(fr="voir la documentation de Django", en="see Django's documentation")
            yield Problem(str(message.id), Text(fr=str(message.msg), en=str(message.msg)), advice, fatal=False)


def filesystem_of(path: Path) -> str:
    """Return the kind of file system that holds `path` on Linux, by the longest mount point; empty elsewhere."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, name, *_ = line.split(" ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, name
    return kind


CHECKS: tuple[Callable[[], Iterator[Problem]], ...] = (
    _debug, _demo, _https, _secret, _hosts, _mail, _publisher, _antivirus, _database, _migrations, _metrics, _django,
)  # fmt: skip
