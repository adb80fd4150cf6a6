"""Every fingerprint on its own examples, in the engine that matches and in Python's."""

import re
from collections import Counter

import polars as pl
import pytest

from rempart.exposure.fingerprints.catalogue_matcher import RankedRule, rules, said
from rempart.exposure.fingerprints.model import Family, Weight, products

RULES = [pytest.param(ranked, id=f"{ranked.product.id}-{ranked.rule.where}") for ranked in rules()]


def version_said(ranked: RankedRule, text: str) -> list[str | None]:
    frame = pl.DataFrame({"where": [str(ranked.rule.where)], "text": [text]})
    found = said(frame).filter(pl.col("rank") == rules().index(ranked))
    return found["version"].to_list()


@pytest.mark.parametrize("ranked", RULES)
def test_a_rule_reads_its_examples(ranked: RankedRule):
    for text, version in ranked.rule.examples.items():
        assert version_said(ranked, text) == [version or None], text
        assert re.search(ranked.rule.pattern, text), text


@pytest.mark.parametrize("ranked", RULES)
def test_a_rule_leaves_its_near_misses(ranked: RankedRule):
    for text in ranked.rule.misses:
        assert version_said(ranked, text) == [], text


def test_every_product_has_a_near_miss_or_several_rules():
    bare = [p.id for p in products().products.values() if not any(rule.misses for rule in p.match)]
    assert bare == []


def test_the_catalogue_covers_what_hospitals_expose():
    known = products().products.values()
    families = Counter(product.family for product in known)
    assert len(known) >= 150
    wanted = {Family.EDGE, Family.MAIL, Family.IMAGING, Family.INTEROPERABILITY, Family.RECORDS, Family.HYPERVISOR}
    assert all(families[family] >= 6 for family in wanted)
    assert all(product.weight is Weight.ENTRY for product in known if product.family is Family.EDGE)


def test_no_pattern_repeats_without_bound_what_it_repeats():
    for ranked in rules():
        assert not re.search(r"\)[*+]", re.sub(r"\\.", "", ranked.rule.pattern)), ranked.product.id
