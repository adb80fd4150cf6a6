"""Makes realistic forests of any size, in columns, with planted faults whose answer is known.

Seven objects in ten are users, two are computers, one in twelve a group; they live in organisational units of 300, each
with its own helpdesk group that may reset the passwords of its users. Descriptors are inherited from the unit, so a
forest of a million objects holds about ten thousand distinct ones, like real directories do.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rempart.directory.builder import placed
from rempart.directory.snapshot import TABLE_SCHEMAS, Snapshot, seal
from tests.directory.maker import (
    ADMINS,
    AT,
    CONTROL_ACCESS,
    DEFAULT_ACES,
    DN,
    DNS,
    DOMAIN_SID,
    FULL_CONTROL,
    WRITE_DACL,
    Maker,
    make_descriptor,
)

UNIT = 300
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"  # noqa: S105 — the GUID of an extended right
FIRST_RID = 10_000
CHAINS = 5
NESTED_SHARE = 0.25
USER, COMPUTER, GROUP, ORGANISATIONAL_UNIT = range(4)


@dataclass(frozen=True)
class Planted:
    """What the audit must find, exactly."""

    no_preauth: int
    unconstrained: int
    chains: int


@dataclass(frozen=True)
class Generated:
    """A forest and the answer to its faults."""

    snapshot: Snapshot
    planted: Planted


def generate(size: int, seed: int = 1) -> Generated:
    """Return a forest of about `size` objects."""
    random = np.random.default_rng(seed)
    base = _base()
    units = size // UNIT + 1
    numbers = np.arange(size - base.objects.height)
    kind = random.choice(3, len(numbers), p=[0.71, 0.205, 0.085])
    kind[numbers % UNIT == 0] = ORGANISATIONAL_UNIT
    kind[numbers % UNIT == 1] = GROUP
    frame = _people(pl.DataFrame({"n": numbers, "kind": kind.astype(np.int8), "unit": numbers // UNIT}), base)
    frame, planted = _spoil(frame, random)
    frame = frame.join(_members(frame, random), on="n", how="left", maintain_order="left").drop("n", "kind", "unit")
    objects = placed(pl.concat([base.objects.drop("id", "parent"), frame], how="diagonal"))
    descriptors = pl.concat([base.descriptors, _descriptors(units, base.descriptors.height)])
    manifest = base.manifest.model_copy(
        update={"counts": {"objects": objects.height, "descriptors": descriptors.height, "flaws": 0}}
    )
    snapshot = Snapshot(manifest, objects, descriptors, base.grants, base.gaps, base.flaws)
    return Generated(seal(snapshot)[0], planted)


def _base() -> Snapshot:
    """Return the healthy forest of the tests, to which people are added."""
    maker = Maker()
    maker.add(f"OU=Valmont,{DN}", ["organizationalUnit"])
    rescue = maker.user("adm-secours", adminCount=1)
    maker.join(rescue, maker.domain[512])
    maker.protect(rescue, [_reset(_helpdesk(unit)) for unit in range(CHAINS)], protected=True)
    return maker.snapshot()


def _helpdesk(unit: int) -> str:
    """Return the SID of the helpdesk group of a unit: its second object."""
    return f"{DOMAIN_SID}-{unit * UNIT + 1 + FIRST_RID}"


def _reset(trustee: str, flags: int = 0) -> tuple[str, int, str, dict[str, object]]:
    return ("A", CONTROL_ACCESS, trustee, {"object": RESET_PASSWORD, "flags": flags})


def _people(frame: pl.DataFrame, base: Snapshot) -> pl.DataFrame:
    """Return the rows of `objects` for numbers `n` of a `kind` (0 user, 1 computer, 2 group, 3 unit) in a `unit`."""
    n, kind = pl.col("n"), pl.col("kind")
    name = pl.concat_str(
        kind.replace_strict(
            {USER: "user", COMPUTER: "poste", GROUP: "groupe", ORGANISATIONAL_UNIT: "unite"}, return_dtype=pl.String
        ),
        n.cast(pl.String),
    )
    unit = pl.concat_str(pl.lit("OU=unite"), (pl.col("unit") * UNIT).cast(pl.String), pl.lit(f",OU=Valmont,{DN}"))
    dn = (
        pl.when(kind == ORGANISATIONAL_UNIT).then(unit).otherwise(pl.concat_str(pl.lit("CN="), name, pl.lit(","), unit))
    )
    classes = {USER: "user", COMPUTER: "computer", GROUP: "group", ORGANISATIONAL_UNIT: "organizationalunit"}
    recent = pl.lit(AT) - pl.duration(days=n % 80 + 1)
    return frame.with_columns(
        dn=dn,
        dn_key=dn.str.to_lowercase(),
        domain=pl.lit(DNS),
        partition=pl.lit("domain"),
        sd=(pl.col("unit") * 4 + kind.cast(pl.Int64) + base.descriptors.height).cast(pl.UInt32),
        sAMAccountName=pl.when(kind == COMPUTER).then(name + "$").otherwise(name),
        name=name,
        objectSid=pl.when(kind != ORGANISATIONAL_UNIT).then(
            pl.concat_str(pl.lit(f"{DOMAIN_SID}-"), (n + FIRST_RID).cast(pl.String))
        ),
        instanceType=pl.lit(4, dtype=pl.Int64),
        whenCreated=pl.lit(AT) - pl.duration(days=n % 3000 + 30),
        userAccountControl=pl.when(kind == USER).then(0x200).when(kind == COMPUTER).then(0x1000).cast(pl.Int64),
        primaryGroupID=pl.when(kind == USER).then(513).when(kind == COMPUTER).then(515).cast(pl.Int64),
        pwdLastSet=pl.when(kind < GROUP).then(recent).cast(pl.Datetime("us", "UTC")),
        lastLogonTimestamp=pl.when(kind < GROUP).then(recent).cast(pl.Datetime("us", "UTC")),
        operatingSystem=pl.when(kind == COMPUTER).then(pl.lit("Windows 11 Entreprise")),
        **{"class": kind.replace_strict(classes, return_dtype=pl.String)},
    )


def _spoil(frame: pl.DataFrame, random: np.random.Generator) -> tuple[pl.DataFrame, Planted]:
    """Plant faults in one account out of a thousand, and say which."""
    users = frame.filter(pl.col("kind") == USER)["n"].to_numpy()
    computers = frame.filter(pl.col("kind") == COMPUTER)["n"].to_numpy()
    no_preauth = random.choice(users, max(len(users) // 1000, 1), replace=False)
    unconstrained = random.choice(computers, max(len(computers) // 1000, 1), replace=False)
    control = pl.col("userAccountControl")
    spoilt = frame.with_columns(
        userAccountControl=pl.when(pl.col("n").is_in(no_preauth))
        .then(control | 0x400000)
        .when(pl.col("n").is_in(unconstrained))
        .then(control | 0x80000)
        .otherwise(control)
    )
    return spoilt, Planted(len(no_preauth), len(unconstrained), CHAINS)


def _members(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Return `n`, `member`: each group holds thirty accounts of anywhere and, one time in four, a smaller group."""
    groups = frame.filter(pl.col("kind") == GROUP)["n"].to_numpy()
    accounts = frame.filter(pl.col("kind") < GROUP)["n"].to_numpy()
    people = pl.DataFrame({"n": np.repeat(groups, 30), "member": random.choice(accounts, 30 * len(groups))})
    nested = np.flatnonzero(random.random(len(groups)) < NESTED_SHARE)
    nested = nested[nested > 0]
    inner = groups[(random.random(len(nested)) * nested).astype(np.int64)]
    nesting = pl.DataFrame({"n": groups[nested], "member": inner})
    pairs = pl.concat([people, nesting]).unique(maintain_order=True)
    named = pairs.join(frame.select(member="n", dn="dn"), on="member", maintain_order="left")
    return named.group_by("n", maintain_order=True).agg(member=pl.col("dn"))


def _descriptors(units: int, first: int) -> pl.DataFrame:
    """Return four descriptors a unit (users, computers, groups, the unit itself).

    The helpdesk of the unit may reset the passwords of its users. In the first CHAINS units it may also rewrite the
    rights of the unit itself.
    """
    rows = []
    for unit in range(units):
        helpdesk = _helpdesk(unit)
        reset = _reset(helpdesk, flags=0x10)
        full = ("A", FULL_CONTROL, f"{DOMAIN_SID}-519", {"flags": 0x10})
        rewrite = [("A", WRITE_DACL, helpdesk)] if unit < CHAINS else []
        rows += [
            make_descriptor(ADMINS, [reset, full, *DEFAULT_ACES]),
            make_descriptor(ADMINS, [full, *DEFAULT_ACES]),
            make_descriptor(ADMINS, [full, full, *DEFAULT_ACES]),
            make_descriptor(ADMINS, [*rewrite, full, *DEFAULT_ACES]),
        ]
    return pl.DataFrame({"sd": range(first, first + len(rows)), "bytes": rows}, schema=TABLE_SCHEMAS["descriptors"])
