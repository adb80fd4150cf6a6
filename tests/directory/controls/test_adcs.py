import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import (
    AUTHENTICATED_USERS,
    AUTO_ENROLL,
    CONTROL_ACCESS,
    DEFAULT_ACES,
    DN,
    DOMAIN_SID,
    ENROLL,
    FULL_CONTROL,
    READ,
    WRITE_DACL,
    WRITE_PROPERTY,
    make_descriptor,
)

SERVICES = f"CN=Public Key Services,CN=Services,CN=Configuration,{DN}"
NTAUTH = f"CN=NTAuthCertificates,{SERVICES}"
NAME_FLAG = "ea1dddc4-60ff-416e-8cc0-17cee534bce7"
DOMAIN_USERS, DOMAIN_COMPUTERS, CERT_PUBLISHERS = (f"{DOMAIN_SID}-{rid}" for rid in (513, 515, 517))
SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"
IMPERSONATION = "vuln_adcs_template_auth_enroll_with_name"


def held(verdict):
    """Who, by which right, on what."""
    return list(verdict.subjects.select("principal", "right", "target").iter_rows())


@pytest.fixture
def service(maker):
    """The enrolment service of an authority the directory trusts."""
    return maker.pki()


@pytest.fixture
def desk(maker):
    """The SID of an ordinary account."""
    return maker.sid_of(maker.user("assistance"))


def impersonating(maker, *services, trustee=DOMAIN_USERS, **attributes):
    """A template by which `trustee` gets a certificate in any name, unless attributes say otherwise."""
    values = {"msPKI_Certificate_Name_Flag": 1, **attributes}
    template = maker.template("Trop ouvert", *services, **values)
    maker.protect(template, [("A", CONTROL_ACCESS, trustee, {"object": ENROLL})])
    return template


# -- containers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [SERVICES, f"CN=Certification Authorities,{SERVICES}", f"CN=OID,{SERVICES}"])
def test_vuln_adcs_control_fails_on_a_container(maker, judge, desk, place):
    maker.protect(place, [("A", WRITE_DACL, desk)])
    verdict = judge(maker, "vuln_adcs_control")
    assert (verdict.status, verdict.level) == (Status.FAILED, 1)
    assert held(verdict) == [("assistance", "WriteDacl", place)]


@pytest.mark.usefixtures("service")
def test_vuln_adcs_control_passes_for_enrolment_and_publication(maker, judge):
    host = maker.sid_of(maker.authority_host)
    maker.join(maker.authority_host, maker.domain[517])
    for place in (
        f"CN=HOPITAL-CA,CN=AIA,{SERVICES}",
        f"CN=SRV-CA,CN=CDP,{SERVICES}",
        f"CN=HOPITAL-CA,CN=SRV-CA,CN=CDP,{SERVICES}",
        f"CN=HOPITAL-CA,CN=Certification Authorities,{SERVICES}",
    ):
        maker.protect(place, [("A", FULL_CONTROL, host), ("A", FULL_CONTROL, CERT_PUBLISHERS)])
    maker.protect(f"CN=AIA,{SERVICES}", [("A", FULL_CONTROL, CERT_PUBLISHERS)])
    assert judge(maker, "vuln_adcs_control").status is Status.SATISFIED


def test_writing_the_trusted_certificates_counts(maker, judge, service, desk):
    maker.protect(NTAUTH, [("A", WRITE_PROPERTY, desk)])
    maker.protect(service, [("A", WRITE_DACL, desk)])
    assert sorted(held(judge(maker, "vuln_adcs_control"))) == [
        ("assistance", "GenericWrite", NTAUTH),
        ("assistance", "WriteDacl", service),
    ]


@pytest.mark.usefixtures("service")
def test_an_authority_publishes_nowhere_but_at_its_own_places(maker, judge):
    host = maker.sid_of(maker.authority_host)
    other = maker.add(f"CN=AUTRE-CA,CN=AIA,{SERVICES}", ["certificationAuthority"])
    for place in (NTAUTH, other):
        maker.protect(place, [("A", FULL_CONTROL, host)])
    assert {target for _, _, target in held(judge(maker, "vuln_adcs_control"))} == {NTAUTH, other}


@pytest.mark.usefixtures("service")
def test_publishers_with_an_ordinary_member_are_not_tolerated(maker, judge):
    maker.join(maker.user("alice"), maker.domain[517])
    place = f"CN=AIA,{SERVICES}"
    maker.protect(place, [("A", FULL_CONTROL, CERT_PUBLISHERS)])
    assert held(judge(maker, "vuln_adcs_control")) == [("Éditeurs de certificats", "GenericAll", place)]


def test_a_template_is_not_a_container(maker, judge, service, desk):
    maker.protect(maker.template("Poste", service), [("A", FULL_CONTROL, desk)])
    assert judge(maker, "vuln_adcs_control").status is Status.SATISFIED


def test_containers_that_were_not_seen_are_never_a_pass(maker, judge):
    for dn in [dn for dn in maker.records if dn.endswith(SERVICES)]:
        del maker.records[dn]
    assert judge(maker, "vuln_adcs_control").status is Status.NOT_EVALUATED


# -- control of templates ----------------------------------------------------------------------------------------------


def test_vuln_adcs_template_control_fails_for_an_offered_template(maker, judge, service, desk):
    template = maker.template("Poste", service)
    maker.protect(template, [("A", WRITE_PROPERTY, desk, {"object": NAME_FLAG})])
    for level in (1, 2):
        verdict = judge(maker, "vuln_adcs_template_control", level=level)
        assert verdict.status is Status.FAILED
        assert held(verdict) == [("assistance", "WriteTemplate", template)]


def test_vuln_adcs_template_control_passes_for_enrolment(maker, judge, service, desk):
    template = maker.template("Poste", service)
    maker.protect(
        template,
        [
            ("A", CONTROL_ACCESS, desk, {"object": ENROLL}),
            ("A", CONTROL_ACCESS, desk, {"object": AUTO_ENROLL}),
            ("A", READ, desk),
        ],
    )
    for level in (1, 2):
        assert judge(maker, "vuln_adcs_template_control", level=level).status is Status.SATISFIED


@pytest.mark.usefixtures("service")
def test_a_template_nobody_offers_counts_at_level_2_only(maker, judge, desk):
    template = maker.template("Dormant")
    maker.protect(template, [("A", WRITE_DACL, desk)])
    assert judge(maker, "vuln_adcs_template_control", level=1).status is Status.SATISFIED
    assert held(judge(maker, "vuln_adcs_template_control", level=2)) == [("assistance", "WriteDacl", template)]


# -- templates by which one chooses one's name -------------------------------------------------------------------------


@pytest.mark.parametrize("trustee", [AUTHENTICATED_USERS, DOMAIN_USERS, DOMAIN_COMPUTERS])
def test_vuln_adcs_template_auth_enroll_with_name_fails(maker, judge, service, trustee):
    template = impersonating(maker, service, trustee=trustee)
    verdict = judge(maker, IMPERSONATION)
    assert (verdict.status, verdict.level) == (Status.FAILED, 1)
    assert verdict.subjects.select("sid", "right", "target").rows() == [(trustee, "Enroll", template)]
    assert verdict.measured == {"templates": 1, "offered": 1}


@pytest.mark.parametrize(
    "attributes",
    [
        {"msPKI_Certificate_Name_Flag": 0x2000000},
        {"msPKI_Enrollment_Flag": 2},
        {"msPKI_RA_Signature": 1},
        {"pKIExtendedKeyUsage": [SERVER_AUTHENTICATION]},
    ],
)
def test_vuln_adcs_template_auth_enroll_with_name_passes_when_one_condition_lacks(maker, judge, service, attributes):
    impersonating(maker, service, **attributes)
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


@pytest.mark.parametrize(
    "attributes",
    [
        {"msPKI_Certificate_Name_Flag": 0x10000},
        {"pKIExtendedKeyUsage": ["1.3.6.1.4.1.311.20.2.2"]},
        {"pKIExtendedKeyUsage": ["2.5.29.37.0"]},
        {"pKIExtendedKeyUsage": []},
        {"pKIExtendedKeyUsage": [SERVER_AUTHENTICATION], "msPKI_Certificate_Application_Policy": ["1.3.6.1.5.2.3.4"]},
    ],
)
def test_each_way_to_authenticate_counts(maker, judge, service, attributes):
    impersonating(maker, service, **attributes)
    assert judge(maker, IMPERSONATION).status is Status.FAILED


@pytest.mark.parametrize(
    "ace",
    [("A", CONTROL_ACCESS, DOMAIN_USERS), ("A", FULL_CONTROL, DOMAIN_USERS)],
    ids=["all extended rights", "full control"],
)
def test_a_wider_right_contains_enrolment(maker, judge, service, ace):
    maker.protect(impersonating(maker, service), [ace])
    assert judge(maker, IMPERSONATION).status is Status.FAILED


def test_automatic_enrolment_alone_gives_nothing(maker, judge, service):
    maker.protect(impersonating(maker, service), [("A", CONTROL_ACCESS, DOMAIN_USERS, {"object": AUTO_ENROLL})])
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_enrolment_kept_for_administrators_passes(maker, judge, service):
    impersonating(maker, service, trustee=f"{DOMAIN_SID}-512")
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_a_denial_to_all_takes_enrolment_away(maker, judge, service):
    template = impersonating(maker, service)
    enroll = {"object": ENROLL}
    maker.protect(
        template, [("D", CONTROL_ACCESS, AUTHENTICATED_USERS, enroll), ("A", CONTROL_ACCESS, DOMAIN_USERS, enroll)]
    )
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_a_denial_to_some_members_leaves_the_others(maker, judge, service):
    template = impersonating(maker, service)
    alice, bob = maker.user("alice"), maker.user("bob")
    team, few = maker.group("Equipe", members=[alice, bob]), maker.group("Quelques-uns", members=[alice])
    enroll = {"object": ENROLL}
    maker.protect(
        template,
        [("D", CONTROL_ACCESS, maker.sid_of(few), enroll), ("A", CONTROL_ACCESS, maker.sid_of(team), enroll)],
    )
    verdict = judge(maker, IMPERSONATION)
    assert verdict.subjects.select("principal", "reach").rows() == [("Equipe", 1)]
    maker.join(bob, few)
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_the_right_to_enrol_on_the_authority_is_asked_too(maker, judge, service):
    impersonating(maker, service)
    chosen = maker.group("Demandeurs", members=[f"CN=Administrateur,CN=Users,{DN}"])
    enroll = ("A", CONTROL_ACCESS, maker.sid_of(chosen), {"object": ENROLL})
    maker.change(service, nTSecurityDescriptor=make_descriptor(aces=[*DEFAULT_ACES, enroll]))
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED
    maker.join(maker.user("alice"), chosen)
    assert judge(maker, IMPERSONATION).status is Status.FAILED


def test_an_authority_whose_rights_are_hidden_excludes_nobody(maker, judge, service):
    impersonating(maker, service)
    maker.change(service, nTSecurityDescriptor=None)
    assert judge(maker, IMPERSONATION).status is Status.FAILED


def test_a_template_nobody_offers_gives_nothing(maker, judge, service):
    assert service
    impersonating(maker)
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_an_authority_the_directory_does_not_trust_gives_nothing(maker, judge):
    impersonating(maker, maker.pki(trusted=False))
    assert judge(maker, IMPERSONATION).status is Status.SATISFIED


def test_without_the_list_of_trusted_authorities_all_count_as_trusted(maker, judge):
    impersonating(maker, maker.pki(trusted=False))
    del maker.records[NTAUTH]
    assert judge(maker, IMPERSONATION).status is Status.FAILED


def test_an_unreadable_offered_template_is_never_a_pass(maker, judge, service):
    maker.change(maker.template("Caché", service), nTSecurityDescriptor=None)
    assert judge(maker, IMPERSONATION).status is Status.NOT_EVALUATED


def test_without_an_authority_there_is_nothing_to_judge(maker, judge):
    assert judge(maker, IMPERSONATION).status is Status.NOT_APPLICABLE
