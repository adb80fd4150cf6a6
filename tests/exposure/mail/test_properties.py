"""Any bytes: a result, or the room's own error."""

from datetime import UTC, datetime

import dns.message
from hypothesis import example, given
from hypothesis import strategies as st

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import read_answer
from rempart.exposure.protocols.mail import dkim, dmarc, smtp, spf_record, transport
from rempart.exposure.protocols.mail.tags import parse_tags

AT = datetime(2026, 11, 23, tzinfo=UTC)
RECORDS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(["v=", "DMARC1", ";", "p=", "none", " ", "k=rsa", "t=y", "=", ",", "mailto:a@b"])).map(
        "".join
    ),
    st.binary(max_size=300).map(lambda data: data.decode("latin-1")),
)
TERMS = st.lists(
    st.sampled_from(
        ["include:", "a", "mx", "/", "//", "32", "ip4:", "ip6:", "::", "1.2.3.4", "%{", "i}", "%", "all", "-", " ", "."]
    )
).map("".join)
QUERY = dns.message.make_query("a.test", "TXT")


@given(st.one_of(RECORDS, TERMS))
@example("v=spf1 " + "%{i}" * 60 + "/")
@example("v=spf1 a:" + "a-" * 120 + ".x")
def test_spf(text):
    spf_record.is_spf(text)
    record = spf_record.parse("v=spf1 " + text)
    assert len(record.terms) + len(record.problems) <= len(text) + 2


@given(RECORDS)
def test_tags(text):
    for parse in (parse_tags, dkim.parse, dmarc.parse, transport.sts_id, transport.report_addresses):
        try:
            parse(text)
        except Malformed:
            continue
    dmarc.is_dmarc(text)


@given(RECORDS)
def test_dmarc(text):
    record = dmarc.parse("v=DMARC1;" + text[:200].replace(";", "; ")) if text.count(";") < 150 else None
    assert record is None or record.policy in dmarc.POLICIES


@given(st.binary(max_size=500))
def test_policies_and_greetings(data):
    for parse in (transport.parse_policy, smtp.replies):
        try:
            parse(data)
        except Malformed:
            continue
    smtp.complete(data)


@given(st.binary(max_size=300), st.booleans())
def test_dns_messages(data, with_head):
    head = QUERY.to_wire()
    received = head[:2] + b"\x81\x80" + data if with_head else data
    try:
        read_answer(head, received, AT)
    except Malformed:
        return
