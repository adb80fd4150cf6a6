"""Packs of rules: what is loaded, what is refused, and that one faulty rule stops no other."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.detection.rules import packs
from rempart.detection.rules.form import And, Leaf, Not, Or
from rempart.detection.rules.load import load
from rempart.measurement.errors import InputError
from tests.detection.rules.making import loaded, only, rule_text

RULE = rule_text("sel:\n  F: x\ncondition: sel")


def test_what_a_rule_says_of_itself_is_kept(tmp_path: Path) -> None:
    text = rule_text(
        "sel:\n  F: x\ncondition: sel",
        id="0a1b2c3d-0000-4000-8000-000000000001",
        author="Camille Durand",
        level="high",
        license="MIT",
        description="Un essai",
        tags="[attack.t1059.001, attack.execution, own-word]",
        references="[https://exemple.test/]",
        falsepositives="[Rien]",
    )
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "LICENSE").write_text("Detection Rule License (DRL) 1.1\n", encoding="utf-8")

    (rule,) = loaded(tmp_path, text, RULE).rules[:1]

    about = rule.about
    assert (about.author, about.level, about.licence, about.status) == ("Camille Durand", "high", "MIT", "test")
    assert about.tags == ("attack.t1059.001", "attack.execution", "own-word")
    assert (about.pack, about.path, about.logsource) == ("pack", "r000.yml", "windows//security")
    assert (about.references, about.false_positives) == (("https://exemple.test/",), ("Rien",))


def test_a_rule_without_licence_has_that_of_its_pack_and_a_medium_level(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "LICENSE").write_text("Detection Rule License (DRL) 1.1\n", encoding="utf-8")

    (rule,) = loaded(tmp_path, RULE).rules

    assert (rule.about.licence, rule.about.level) == ("DRL-1.1", "medium")


def test_one_faulty_rule_stops_no_other(tmp_path: Path) -> None:
    texts = [
        RULE,
        "title: [",
        "just text",
        "- a\n- list",
        "title: nothing else",
        rule_text("sel:\n  F: x\ncondition: nosuch"),
        rule_text("sel:\n  F: x\ncondition: sel | count() > 5"),
        rule_text("sel:\n  F: x\n  F: y\ncondition: sel"),
        "title: x\ndate: 2024-13-45\ndetection: {sel: {F: x}, condition: sel}\nlogsource: {product: windows}",
        "title: x\ncorrelation: 5",
        "title: x\nfilter: 5",
        "title: x\nlogsource: 5\ndetection: {sel: {F: x}, condition: sel}",
        "title: x\nlogsource: {product: windows}\ndetection: {sel: {}, condition: sel}",
        "title: x\nlogsource: {product: windows}\ndetection: {condition: sel}",
        "title: x\nlogsource: {product: windows}\ndetection: {sel: {F: {a: b}}, condition: sel}",
        "title: x\nlogsource: {product: windows}\ndetection: {sel: {5: x}, condition: sel}",
    ]

    compiled = loaded(tmp_path, *texts)

    assert len(compiled.rules) == 1
    assert len(compiled.refusals) == len(texts) - 1
    assert all(one.reason.fr and one.reason.en and one.path for one in compiled.refusals)


def test_a_broken_file_says_its_line(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, "title: x\ndetection:\n  sel: [a\ncondition: sel\n")

    assert "ligne 4" in compiled.refusals[0].reason.fr


def test_the_documents_before_the_fault_of_a_file_are_kept(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, f"{RULE}---\n{RULE}---\ntitle: [\n")

    assert [one.about.path for one in compiled.rules] == ["r000.yml", "r000.yml#2"]
    assert len(compiled.refusals) == 1


def test_a_fault_in_the_header_is_noted_and_the_rule_is_used(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("sel:\n  F: x\ncondition: sel", date="yesterday", level="terrible"))

    assert len(compiled.rules) == 1
    assert len(compiled.notes) == 2


def test_several_conditions_are_one_or_the_other(tmp_path: Path) -> None:
    condition, _ = only(loaded(tmp_path, rule_text("a:\n  F: x\nb:\n  G: y\ncondition: [a, 'b and not a']")))

    assert condition == Or((Leaf(0), And((Leaf(1), Not(Leaf(0))))))


def test_one_and_all_of_them(tmp_path: Path) -> None:
    condition, _ = only(
        loaded(tmp_path, rule_text("sa:\n  F: x\nsb:\n  G: y\nc:\n  H: z\ncondition: all of s* and 1 of them"))
    )

    assert condition == And((Leaf(0), Leaf(1), Or((Leaf(0), Leaf(1), Leaf(2)))))


def test_the_older_form_with_a_common_part_is_read(tmp_path: Path) -> None:
    common = "title: Commun\naction: global\nlogsource: {product: windows, service: security}\n"
    parts = [f"detection: {{sel: {{F: {value}}}, condition: sel}}\n" for value in "ab"]

    compiled = loaded(tmp_path, "---\n".join([common, *parts]))

    assert len(compiled.rules) == 2


def test_the_same_identifier_twice_is_told(tmp_path: Path) -> None:
    text = rule_text("sel:\n  F: x\ncondition: sel", id="0a1b2c3d-0000-4000-8000-000000000001")

    compiled = loaded(tmp_path, text, text)

    assert len(compiled.rules) == 1
    assert "pack/r000.yml" in compiled.refusals[0].reason.fr


def test_rules_without_identifier_are_all_kept(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, RULE, RULE).rules) == 2


@pytest.mark.parametrize("name", ["p.zip", "p.tar", "p.tar.gz", "p.tar.xz"])
def test_an_archive_is_a_pack(tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr("rules/a.yml", RULE)
            made.writestr(".github/b.yml", "not: ours")
    else:
        mode = {"p.tar": "w", "p.tar.gz": "w:gz", "p.tar.xz": "w:xz"}[name]
        with tarfile.open(archive, mode) as made:  # type: ignore[call-overload]
            member = tarfile.TarInfo("./rules/a.yml")
            member.size = len(RULE.encode())
            made.addfile(member, io.BytesIO(RULE.encode()))

    compiled = load([archive])

    assert [(one.about.pack, one.about.path) for one in compiled.rules] == [(name, "rules/a.yml")]
    assert not compiled.refusals


def test_one_file_is_a_pack(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(RULE, encoding="utf-8")

    assert len(load([tmp_path / "a.yml"]).rules) == 1


def test_nothing_there_and_a_broken_archive_stop_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nothing")

    for path in (tmp_path / "nosuch", tmp_path / "bad.zip"):
        with pytest.raises(InputError):
            load([path])


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]

    compiled = loaded(tmp_path, "\n".join(lines), RULE)

    assert len(compiled.rules) == 1
    assert "aliases" in compiled.refusals[0].reason.en


def test_nesting_without_end_is_refused(tmp_path: Path) -> None:
    deep = "(sel or sel and not " * 200 + "sel" + ")" * 200
    nested = "title: x\nlogsource: {product: windows}\ndetection: {sel: " + "[" * 500 + "]" * 500 + ", condition: sel}"

    compiled = loaded(tmp_path, rule_text(f"sel:\n  F: x\ncondition: '{deep}'"), nested, "[" * 100_000, RULE)

    assert len(compiled.rules) == 1
    assert len(compiled.refusals) == 3


def test_a_condition_that_multiplies_is_refused(tmp_path: Path) -> None:
    many = rule_text("".join(f"s{n}:\n  F: x\n" for n in range(1500)) + "condition: 1 of them")
    long = rule_text(f"s:\n  F: x\ncondition: {' or '.join(['1 of them'] * 1000)}")

    compiled = loaded(tmp_path, many, long)

    assert ["more than" in one.reason.en for one in compiled.refusals] == [True, True]


def test_a_name_that_yaml_reads_as_a_boolean_is_refused_with_what_to_do(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, rule_text("on:\n  F: x\ncondition: on"))

    assert "guillemets" in compiled.refusals[0].reason.fr


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, "x: " + "y" * packs.LARGEST_FILE, RULE)

    assert len(compiled.rules) == 1
    assert "MB" in compiled.refusals[0].reason.en


def test_an_archive_that_grows_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "LARGEST_PACK", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(3):
            made.writestr(f"{number}.yml", "#" * 900)

    with pytest.raises(InputError):
        load([tmp_path / "bomb.zip"])


def test_links_that_lead_out_of_a_pack_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text(RULE, encoding="utf-8")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "link.yml").symlink_to(tmp_path / "secret.yml")

    assert not load([tmp_path / "pack"]).rules


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=200), st.text(alphabet="titledcon: sae[]{}*&!|>-'\"\n", max_size=120).map(str.encode))
)
def test_any_bytes_are_a_rule_or_a_refusal(tmp_path: Path, content: bytes) -> None:
    pack = tmp_path / "any"
    pack.mkdir(exist_ok=True)
    (pack / "a.yml").write_bytes(content)

    compiled = load([pack])

    assert all(one.reason.fr for one in compiled.refusals)


def test_the_same_content_gives_the_same_form_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
    assert loaded(tmp_path / "one", RULE).digest == loaded(tmp_path / "two", RULE).digest
    assert loaded(tmp_path / "one", RULE.replace("F: x", "F: y")).digest != loaded(tmp_path / "two", RULE).digest


@pytest.mark.parametrize(
    ("name", "content"),
    [("v.toml", 'servers = ["A", "B"]\none = "C"'), ("v.yml", "servers: [A, B]\none: C")],
)
def test_values_come_from_a_file(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    text = rule_text("sel:\n  F|expand: ['%servers%', '%one%']\ncondition: sel")

    compiled = loaded(tmp_path, text, placeholders=tmp_path / name)

    assert len(compiled.predicates) == 3


@pytest.mark.parametrize("content", ["[", "x = 5 =", "", "- a", "a: {b: c}", "\x00"])
def test_a_file_of_values_that_is_not_one_stops(tmp_path: Path, content: str) -> None:
    (tmp_path / "v.yml").write_text(content, encoding="utf-8")

    with pytest.raises(InputError):
        loaded(tmp_path, RULE, placeholders=tmp_path / "v.yml")
