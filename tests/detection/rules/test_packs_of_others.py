"""The packs people have, and the examples of the specification: all is loaded, or refused with its reason."""

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from rempart.detection import pack
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from rempart.detection.rules.packed import pack as packed
from rempart.detection.rules.packed import unpack
from rempart.detection.rules.reading import reading
from tests.detection.rules.making import rule_text
from tests.shared_data import needs_data, shared_data

SIGMAHQ, HAYABUSA = "detection/sigmahq-rules.tar.xz", "detection/hayabusa-rules.tar.xz"
EXAMPLES = 10
_WHOLE = "^(detection|correlation|filter):"
SPECIFICATION = "detection/sigma-specification.tar.xz"


def _archive(name: str) -> Path:
    found = shared_data(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def sigmahq() -> Compiled:
    return load([_archive(SIGMAHQ)])


@needs_data(SIGMAHQ)
def test_every_rule_of_sigmahq_is_loaded_but_those_that_lack_a_value(sigmahq: Compiled) -> None:
    reasons = Counter(re.sub("%.*?%", "%…%", one.reason.en) for one in sigmahq.refusals)

    assert len(sigmahq.rules) == 3755
    assert reasons == {
        "%…% has no value: give it in a file (--placeholders)": 25,
        "this is no Sigma rule: neither detection, correlation nor filter": 1,  # tests/thor.yml
    }
    assert {one.about.licence for one in sigmahq.rules} == {"DRL-1.1"}
    assert all(one.about.author for one in sigmahq.rules)


@needs_data(SIGMAHQ)
def test_with_their_values_all_of_sigmahq_is_loaded() -> None:
    with tarfile.open(_archive(SIGMAHQ)) as archive:
        texts = [opened.read().decode() for one in archive if one.isreg() and (opened := archive.extractfile(one))]
    names = {name for text in texts for name in re.findall(r"%([\w-]+)%", text)}

    compiled = load([_archive(SIGMAHQ)], placeholders=dict.fromkeys(names, ("valmont.example",)))

    assert len(compiled.rules) == 3780
    assert [one.path for one in compiled.refusals] == ["tests/thor.yml"]


@needs_data(SIGMAHQ)
def test_what_is_not_looked_at_is_told_with_its_reason(sigmahq: Compiled) -> None:
    kinds = Counter(re.sub(r"never have .*", "never have …", one.reason.en) for one in sigmahq.notes)

    assert kinds == {
        "windows/security 4688 is not looked at: its events never have …": 104,
        "windows/security 5156 is not looked at: its events never have …": 24,
    }
    assert all(one.reason.fr for one in sigmahq.notes)


@needs_data(SIGMAHQ)
def test_sigmahq_comes_back_from_the_cache_the_same(sigmahq: Compiled) -> None:
    kept = packed(sigmahq)

    assert packed(unpack(kept)) == kept
    assert unpack(kept).rules[:50] == sigmahq.rules[:50]


@needs_data(SIGMAHQ)
def test_every_source_that_sigmahq_reads_is_known(sigmahq: Compiled) -> None:
    wanted = reading(sigmahq)

    assert {"CommandLine", "NewProcessName", "ParentProcessName"} <= wanted.of("windows/security")
    assert wanted.wants_text("unknown")
    assert len(wanted.of("windows/sysmon")) > 50


@needs_data(HAYABUSA)
def test_every_rule_of_hayabusa_is_loaded_or_refused_with_its_reason() -> None:
    compiled = load([_archive(HAYABUSA)])

    reasons = Counter(re.sub(r"%.*?%|\(.*|never have .*", "…", one.reason.en) for one in compiled.refusals)
    assert len(compiled.rules) == 4892
    assert len(compiled.correlations) == 3
    assert reasons == {
        "condition not understood …": 29,  # `| count()`, which correlations replaced; one rule has no condition
        "windows/security 4688 is not looked at: its events …": 28,
        "this is no Sigma rule: neither detection, correlation nor filter": 13,
        "… has no value: give it in a file …": 12,
        "this modifier does not go with this value …": 5,
        "windows/security 5156 is not looked at: its events …": 1,
    }


def test_our_own_pack_is_loaded_whole() -> None:
    compiled = load([pack.folder()], placeholders=pack.placeholders())

    assert not compiled.refusals
    assert compiled.rules
    assert compiled.correlations


def _named(name: str) -> str:
    """Return a rule that an example names, by its name or its id."""
    key = "id" if len(name.split("-")) == 5 else "name"
    return rule_text("sel:\n  F: x\ncondition: sel", "{product: windows, category: process_creation}", **{key: name})


def _examples(text: str) -> Iterator[str]:
    yield from re.findall(r"```ya?ml\n(.*?)```", text, re.DOTALL)


@needs_data(SPECIFICATION)
def test_every_whole_example_of_the_specification_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    folder.mkdir()
    count = 0
    with tarfile.open(_archive(SPECIFICATION)) as archive:
        for member in archive:
            if member.name.endswith(".md"):
                opened = archive.extractfile(member)
                assert opened is not None
                for text in _examples(opened.read().decode()):
                    if re.search("^title:", text, re.MULTILINE) and re.search(_WHOLE, text, re.MULTILINE):
                        (folder / f"{count:03}.yml").write_text(text, encoding="utf-8")
                        count += 1

    lacking = {"6f3e2987-db24-4c78-a860-b4f4095a7095"}  # what the example of a filter names
    while lacking:
        for name in lacking:
            (folder / f"lacking-{name}.yml").write_text(_named(name), encoding="utf-8")
        compiled = load([folder])
        lacking = {name for it in compiled.refusals for name in re.findall("it names '(.*?)'", it.reason.en)}

    assert count == EXAMPLES
    assert [one.reason.en for one in compiled.refusals] == [
        "unknown type of correlation (Sigma correlation rule without type)",  # an example that shows its `rules` alone
        "no percentile between 0 and 100",  # the specification has not said yet where it stands
    ]


@needs_data(SPECIFICATION)
def test_our_own_pack_follows_the_schemas_of_the_specification() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    with tarfile.open(_archive(SPECIFICATION)) as archive:
        schemas = {
            member.name.rpartition("/")[2]: json.loads(opened.read())
            for member in archive
            if member.name.endswith(".json") and (opened := archive.extractfile(member)) is not None
        }
    rule = jsonschema.Draft202012Validator(schemas["sigma-detection-rule-schema.json"])
    correlation = jsonschema.Draft202012Validator(schemas["sigma-correlation-rules-schema.json"])
    for path in pack.rules():
        for one in yaml.load_all(path.read_bytes(), yaml.CSafeLoader):
            plain = json.loads(json.dumps(one, default=str))  # dates are texts in JSON
            faults = list((correlation if "correlation" in one else rule).iter_errors(plain))
            assert not faults, (path.name, faults[0].message)
