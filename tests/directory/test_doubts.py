from rempart.directory.catalogue import catalogue
from rempart.directory.doubts import absent, opaque, settle, unread, users_unread
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status
from tests.directory.maker import DN

GUEST = catalogue().controls["vuln_guest"]
DOUBT = Text(fr="doute", en="doubt")


def test_a_failure_stands_whatever_the_doubts(maker):
    forest = maker.forest()
    verdict = settle(GUEST, forest.subjects(forest.domains), DOUBT)
    assert verdict.status is Status.FAILED


def test_the_first_doubt_forbids_a_pass(maker):
    nobody = maker.forest().subjects(maker.forest().users.clear())
    verdict = settle(GUEST, nobody, None, DOUBT, Text(fr="autre", en="other"))
    assert verdict.status is Status.NOT_EVALUATED
    assert verdict.reason == DOUBT
    assert settle(GUEST, nobody, None, measured={"accounts": 0}).status is Status.SATISFIED


def test_unread_names_the_first_and_counts_all(maker):
    for name in ("b-opaque", "a-opaque"):
        maker.change(maker.user(name), primaryGroupID=None)
    doubt = unread(maker.forest().users, "primaryGroupID")
    assert doubt is not None
    assert doubt.fr == "primaryGroupID n'est pas lisible pour 2 objet(s), dont a-opaque"
    assert unread(maker.forest().users, "objectSid") is None


def test_a_source_without_any_account_leaves_a_doubt(maker):
    for dn in [dn for dn, record in maker.records.items() if b"user" in record["objectClass"] or dn == DN]:
        del maker.records[dn]
    doubt = users_unread(maker.forest())
    assert doubt is not None
    assert doubt.en == "user accounts: nothing was collected in ldif"


def test_a_domain_without_the_thing_is_named(maker):
    forest = maker.forest()
    doubt = absent(forest, forest.users.clear(), Text(fr="choses", en="things"))
    assert doubt is not None
    assert doubt.fr == "choses : rien n'a été collecté dans hopital.test"
    assert absent(forest, forest.users, DOUBT) is None


def test_attributes_nobody_shows_were_not_asked_for(maker):
    for record in maker.records.values():
        for attribute in ("userAccountControl", "pwdLastSet", "whenCreated"):
            record.pop(attribute, None)
    assert opaque(maker.forest().users) is None
