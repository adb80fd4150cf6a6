"""What firewalls say: FortiGate's key=value, pfSense's filterlog, the packets netfilter logs; Sigma's field names."""

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.bodies import MESSAGE
from rempart.detection.collect.formats.context import Context
from rempart.detection.collect.formats.spans import unescaped, without, words
from rempart.detection.events import TIME

FIREWALL = "network/firewall"
_FORTIGATE_NAMES = {"srcip": "src_ip", "srcport": "src_port", "dstip": "dst_ip", "dstport": "dst_port"}
_FORTIGATE_NAMES |= {"user": "username", "devname": "host", "srcintf": "in_interface", "dstintf": "out_interface"}
_FORTIGATE_VPN = {"remip": "src_ip", "xauthuser": "xauthuser", "srccountry": "country"}
_ESCAPES = {"\\\\": "\\", '\\"': '"'}
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "58": "icmpv6"}


def is_fortigate(texts: pl.Series) -> pl.Series:
    """Tell which texts FortiGate wrote."""
    return texts.str.contains(r"(?:^|\s)(?:devid|logid|log_id)=\"?\w+\"? ") & texts.str.contains(r"\btype=\"?\w+")


def fortigate(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return FortiGate's traffic as `network/firewall`, its VPN as `hospital/vpn`, its DNS, its own acts apart."""
    columns = without(unescaped(words(frame.get_column(MESSAGE)), _ESCAPES), ())
    own = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    for name in ("type", "subtype", "action", "tunneltype"):
        if name not in own.columns:
            own = own.with_columns(pl.lit(None, pl.String).alias(name))
    subtype = pl.col("subtype")
    source = (
        pl.when((pl.col("type") == "event") & (subtype == "vpn"))
        .then(pl.lit("hospital/vpn"))
        .when(pl.col("type") == "event")
        .then(pl.lit("fortigate/event"))
        .when(subtype == "dns")
        .then(pl.lit("network/dns"))
        .otherwise(pl.lit(FIREWALL))
    )
    at = _fortigate_moment(own, context)
    own = own.with_columns(source.alias(SOURCE), pl.coalesce(subtype, pl.lit("")).alias(CODE))
    names = dict(_FORTIGATE_NAMES) | {"qname": "query", "qtype": "record_type"}
    own = _named(own, names)
    vpn = pl.col(SOURCE) == "hospital/vpn"
    own = own.with_columns(
        _when(own, vpn, "username").alias("user"),
        pl.when(vpn).then(_outcome()).alias("outcome"),
        pl.when(vpn).then(_first(own, "remip", "src_ip")).otherwise(_first(own, "src_ip")).alias("src_ip"),
        _first(own, "country", "srccountry").alias("country"),
    )
    before = frame.get_column(TIME) if TIME in frame.columns else moments.none(len(frame))
    kept = [column for column in frame if column.name not in own.columns]
    own = own.with_columns(context.known(own.get_column(CODE)).alias(CODE))
    return pl.DataFrame(kept).with_columns(*own.get_columns(), at.zip_with(at.is_not_null(), before).alias(TIME))


def _named(frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """Rename what can be without two fields of one name."""
    return frame.rename({old: new for old, new in names.items() if old in frame.columns and new not in frame.columns})


def _first(frame: pl.DataFrame, *names: str) -> pl.Expr:
    there = [name for name in names if name in frame.columns]
    return pl.coalesce(there) if there else pl.lit(None, pl.String)


def _when(frame: pl.DataFrame, condition: pl.Expr, name: str) -> pl.Expr:
    return pl.when(condition).then(_first(frame, name)).otherwise(_first(frame, "user"))


def _outcome() -> pl.Expr:
    """Say of an act of the VPN whether it let somebody in; null for what is neither."""
    action = pl.col("action").str.to_lowercase()
    return (
        pl.when(action.str.contains("fail|alert|denied|negotiate_error"))
        .then(pl.lit("failure"))
        .when(action.is_in(["tunnel-up", "ssl-new-con", "login", "ssl-login"]))
        .then(pl.lit("success"))
    )


def _fortigate_moment(own: pl.DataFrame, context: Context) -> pl.Series:
    """Return `eventtime` when it is there, else `date` and `time` with `tz`, else of the declared zone."""
    at = moments.none(len(own))
    if "eventtime" in own.columns:
        at = moments.epoch(own.get_column("eventtime"))
    if {"date", "time"} <= set(own.columns) and at.null_count():
        zone = own.get_column("tz") if "tz" in own.columns else pl.repeat("", len(own), eager=True)
        text = own.get_column("date") + "T" + own.get_column("time") + zone.fill_null("")
        at = at.zip_with(at.is_not_null(), moments.iso(text.set(at.is_not_null(), None), context))
    return at


def is_packet(texts: pl.Series) -> pl.Series:
    """Tell which texts are packets that netfilter logged."""
    return texts.str.contains(r"\bIN=\S* OUT=\S* ") & texts.str.contains(r" SRC=\S+ DST=\S+ ")


def netfilter(frame: pl.DataFrame) -> pl.DataFrame:
    """Return packets that iptables or nftables logged; what was done with them is read in the prefix of the rule."""
    pairs, nothing = words(frame.get_column(MESSAGE)).columns, pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    names = {"IN": "in_interface", "OUT": "out_interface", "SRC": "src_ip", "DST": "dst_ip", "SPT": "src_port"}
    names |= {"DPT": "dst_port", "PROTO": "protocol", "MAC": "mac"}
    fields = [pairs.get(old, nothing).alias(new) for old, new in names.items()]
    prefix = frame.get_column(MESSAGE).str.extract(r"^(?:\[\s*[\d.]+\]\s*)?(.*?)\s*IN=")
    made = frame.with_columns(
        *fields, prefix.alias("rule"), pl.lit("netfilter").alias(CODE), pl.lit(FIREWALL).alias(SOURCE)
    )
    rule = pl.col("rule").str.to_lowercase()
    action = (
        pl.when(rule.str.contains("drop|deny|denied|block|dpt"))
        .then(pl.lit("drop"))
        .when(rule.str.contains("reject"))
        .then(pl.lit("reject"))
        .when(rule.str.contains("accept|allow|permit|pass"))
        .then(pl.lit("accept"))
    )
    return made.with_columns(action.alias("action"), pl.col("protocol").str.to_lowercase())


def filterlog(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what the packet filter of pfSense and OPNsense logged: a CSV whose columns depend on the protocol."""
    parts = frame.get_column(MESSAGE).str.split(",")
    number = parts.list.eval(pl.element())

    def column(at: int) -> pl.Series:
        return number.list.get(at, null_on_oob=True)

    four = column(8) == "4"

    def either(v4: int, v6: int) -> pl.Series:
        return column(v4).zip_with(four.fill_null(value=False), column(v6))

    protocol = either(16, 12).str.to_lowercase()
    ported = protocol.is_in(["tcp", "udp"]).fill_null(value=False)
    return frame.with_columns(
        column(0).alias("rule"),
        column(4).alias("in_interface"),
        column(5).alias("reason"),
        column(6).alias("action"),
        column(7).alias("direction"),
        protocol.alias("protocol"),
        either(18, 15).alias("src_ip"),
        either(19, 16).alias("dst_ip"),
        either(20, 17).set(~ported, None).alias("src_port"),
        either(21, 18).set(~ported, None).alias("dst_port"),
        pl.lit("pfsense").alias(CODE),
        pl.lit(FIREWALL).alias(SOURCE),
    )
