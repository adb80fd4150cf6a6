"""Facts about remote access, file sharing and directories, read from their first answers."""

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.talks import Row, frame, merged, read_talks
from rempart.exposure.protocols import ftp, infrastructure, ldap, rdp, smb, snmp, ssh, vnc
from rempart.exposure.snapshot import Snapshot

_SSH_KINDS = {
    "kex": "kex",
    "host_key": "host_key",
    "cipher_in": "cipher",
    "mac_in": "mac",
    "compression_in": "compression",
}
_TEXTS = pl.List(pl.String())
_FTP_OK, _FTP_ASKS, _FTP_IN = 200, 331, 230


@facts("ssh")
def ssh_servers(snapshot: Snapshot) -> pl.DataFrame:
    """SSH servers: `version` of the protocol ("2.0", "1.99", "1.5") and `software`."""
    rows = [
        {**endpoint, "version": greeting.version, "software": greeting.software}
        for endpoint, _, greeting in read_talks(snapshot, "service.ssh", ssh.greeting)
    ]
    return frame(rows, {"version": pl.String(), "software": pl.String()})


@facts("ssh_algorithms")
def ssh_algorithms(snapshot: Snapshot) -> pl.DataFrame:
    """Algorithms that SSH servers offer: `kind` (kex, host_key, cipher, mac, compression), `algorithm`, `rank`."""
    rows = [
        {**endpoint, "kind": _SSH_KINDS[kind], "algorithm": algorithm, "rank": rank}
        for endpoint, _, offered in read_talks(snapshot, "service.ssh", ssh.algorithms)
        for kind in _SSH_KINDS
        for rank, algorithm in enumerate(offered[kind])
    ]
    return frame(rows, {"kind": pl.String(), "algorithm": pl.String(), "rank": pl.UInt16()})


@facts("rdp")
def rdp_servers(snapshot: Snapshot) -> pl.DataFrame:
    """RDP servers: whether they take `standard` security, `tls` without NLA, and `nla`; null when it was not told."""
    rows: list[Row] = []
    for endpoint, row, confirm in read_talks(snapshot, "service.rdp", rdp.confirm):
        chosen = confirm.selected
        if row["question"] == "offers TLS and NLA":
            refused = confirm.failure in {"tls_not_allowed", "no_certificate"}
            nla = bool(chosen & (rdp.Security.NLA | rdp.Security.NLA_EX)) if chosen is not None else None
            rows.append({**endpoint, "nla": False if refused else nla})
        elif row["question"] == "offers standard security only":
            rows.append({**endpoint, "standard": chosen == 0})
        else:
            rows.append({**endpoint, "tls": chosen == rdp.Security.TLS})
    return merged(rows, {"standard": pl.Boolean(), "tls": pl.Boolean(), "nla": pl.Boolean()})


@facts("smb")
def smb_servers(snapshot: Snapshot) -> pl.DataFrame:
    """SMB servers: whether they speak `smb1`, the best `dialect` otherwise, and whether it `requires` signatures."""
    rows: list[Row] = []
    for endpoint, row, answer in read_talks(snapshot, "service.smb", smb.negotiated):
        if row["question"] == "offers SMB 1 only":
            rows.append({**endpoint, "smb1": answer.dialect == "1.0"})
            if answer.dialect:
                rows.append({**endpoint, "requires1": answer.signing_required})
        else:
            rows.append({**endpoint, "dialect": answer.dialect, "requires": answer.signing_required})
    columns = {"smb1": pl.Boolean(), "dialect": pl.String(), "requires": pl.Boolean(), "requires1": pl.Boolean()}
    return merged(rows, columns).with_columns(pl.coalesce("requires", "requires1")).drop("requires1")


@facts("ftp")
def ftp_servers(snapshot: Snapshot) -> pl.DataFrame:
    """FTP servers: `banner`, `auth_tls` offered, `clear` (a password is asked without TLS) and `anonymous` let in."""
    rows: list[Row] = []
    for endpoint, row, replies in read_talks(snapshot, "service.ftp", ftp.replies):
        direct = "tls" in row["detail"]
        features = [reply for reply in replies[1:] if reply.code == 211]  # noqa: PLR2004 — FEAT's answer
        offered = any("AUTH" in line for reply in features for line in reply.lines)
        offered |= len(replies) > 2 and replies[-1].code == 234  # noqa: PLR2004 — AUTH is accepted
        banner = replies[0].text if replies else ""
        known = offered or direct or len(replies) > 2  # noqa: PLR2004 — both questions were answered
        rows.append({**endpoint, "banner": banner, "auth_tls": offered or direct if known else None})
    for endpoint, row, replies in read_talks(snapshot, "service.ftp_anonymous", ftp.replies):
        codes = [reply.code for reply in replies[1:]]
        if codes:
            inside = codes[0] == _FTP_IN or (codes[0] == _FTP_ASKS and len(codes) > 1 and codes[1] == _FTP_IN)
            clear = codes[0] in {_FTP_ASKS, _FTP_IN} and '"tls"' not in row["detail"]
            told = codes[0] != _FTP_ASKS or len(codes) > 1
            rows.append({**endpoint, "clear": clear, "anonymous": inside if told else None})
    columns = {"banner": pl.String(), "auth_tls": pl.Boolean(), "clear": pl.Boolean(), "anonymous": pl.Boolean()}
    return merged(rows, columns)


@facts("telnet")
def telnet_servers(snapshot: Snapshot) -> pl.DataFrame:
    """Telnet servers: the options they negotiate and the text they `shows`."""
    rows = [
        {**endpoint, "options": list(read[0]), "shows": read[1]}
        for endpoint, _, read in read_talks(snapshot, "service.telnet", infrastructure.telnet)
    ]
    return merged(rows, {"options": _TEXTS, "shows": pl.String()})


@facts("vnc")
def vnc_servers(snapshot: Snapshot) -> pl.DataFrame:
    """VNC servers: `version`, security `types` offered (null when it refused us), whether one is None (`open`)."""
    rows = [
        {
            **endpoint,
            "version": offer.version,
            "types": None if offer.types is None else [vnc.TYPES.get(kind, str(kind)) for kind in offer.types],
            "open": None if offer.types is None else 1 in offer.types,
        }
        for endpoint, _, offer in read_talks(snapshot, "service.vnc", vnc.offer)
    ]
    return merged(rows, {"version": pl.String(), "types": _TEXTS, "open": pl.Boolean()})


@facts("ldap")
def ldap_servers(snapshot: Snapshot) -> pl.DataFrame:
    """LDAP servers: `result` of the anonymous reading, `contexts` shown, `vendor`, `starttls` as an extension."""
    rows = []
    for endpoint, _, dse in read_talks(snapshot, "service.ldap", ldap.root_dse):
        shown = dse.attributes
        vendor = " ".join((*shown.get("vendorname", ()), *shown.get("vendorversion", ())))
        extensions = shown.get("supportedextension")
        rows.append(
            {
                **endpoint,
                "result": dse.result,
                "contexts": list(shown.get("namingcontexts", ())),
                "vendor": vendor,
                "starttls": None if extensions is None else ldap.STARTTLS in extensions,
            }
        )
    return merged(rows, {"result": pl.Int64(), "contexts": _TEXTS, "vendor": pl.String(), "starttls": pl.Boolean()})


@facts("snmp")
def snmp_agents(snapshot: Snapshot) -> pl.DataFrame:
    """SNMP agents that answered the discovery: `engine` (hexadecimal) and its maker's `enterprise` number."""
    rows = [
        {**endpoint, "engine": engine.identity, "enterprise": engine.enterprise}
        for endpoint, _, engine in read_talks(snapshot, "service.snmp", snmp.engine)
    ]
    return merged(rows, {"engine": pl.String(), "enterprise": pl.Int64()})
