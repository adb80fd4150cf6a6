"""The protocol, against a real provider; what a good provider cannot be made to do is forged with a key of ours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from rempart.hub.accounts.oidc import claims, client, network, providers, tokens
from rempart.hub.accounts.oidc.failures import SENTENCES, SignInFailure

BACK = "http://localhost/retour/"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def psc(provider):
    return providers.pro_sante_connect(*provider.psc)


@pytest.fixture
def proconnect(provider):
    return providers.proconnect(*provider.proconnect)


def walk(provider, entry, *, cancel=False, change=lambda answer: answer, after=timedelta()):
    """Sign in from one end to the other; `change` alters what comes back."""
    now = datetime.now(UTC)
    attempt = client.Attempt.new(entry, now)
    back = provider.consent(client.leave(entry, attempt, BACK), cancel=cancel)
    answer = change(dict(parse_qsl(urlsplit(back).query)))
    return client.come_back(entry, attempt, answer, redirect_uri=BACK, at=now + after)


def failed(code, function, *args, **kwargs):
    with pytest.raises(SignInFailure) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code


def test_pro_sante_connect_gives_four_fields_and_no_more(provider, psc):
    outcome = walk(provider, psc)
    assert outcome.person == claims.Person("psc", "899700000001", "Maëlle", "Aubrac", ("990000011", "990000001"))
    assert outcome.token == ""


def test_pro_sante_connect_may_sign_the_identity(provider, psc):
    assert walk(provider, replace(psc, client_id="rempart-signed")).person.subject == "899700000001"


def test_proconnect_gives_a_signed_identity_and_a_session_to_end(provider, proconnect):
    outcome = walk(provider, proconnect)
    assert outcome.person == claims.Person("proconnect", "a1b2c3d4-proconnect-agent", "Ignace", "Delorme")
    leaving = client.end_session(proconnect, outcome.token, "http://localhost/")
    assert leaving.startswith(f"{provider.url}/api/v2/session/end?")
    assert dict(parse_qsl(urlsplit(leaving).query))["id_token_hint"] == outcome.token


def test_what_is_asked_is_what_each_provider_wants(psc, proconnect):
    asked = {}
    for entry in (psc, proconnect):
        attempt = client.Attempt.new(entry, NOW)
        asked[entry.code] = dict(parse_qsl(urlsplit(client.leave(entry, attempt, BACK)).query))
        assert min(len(asked[entry.code][name]) for name in ("state", "nonce")) >= 32
        assert asked[entry.code]["code_challenge_method"] == "S256"
    assert asked["psc"]["acr_values"] == "eidas1"
    assert asked["psc"]["scope"] == "openid scope_all"
    assert asked["proconnect"]["acr_values"] == "eidas2 eidas3"


@pytest.mark.parametrize(("variant", "code"), [("acr", "acr_too_low"), ("nonce", "nonce_mismatch")])
def test_a_provider_that_misbehaves_is_refused(provider, psc, variant, code):
    provider.behave(variant)
    failed(code, walk, provider, psc)


def test_proconnect_without_a_second_factor_is_refused_unless_the_site_takes_any_level(provider, proconnect, settings):
    provider.behave("acr")
    failed("second_factor_lacking", walk, provider, proconnect)
    settings.PROCONNECT_ACR = []
    entry = providers.proconnect(*provider.proconnect)
    assert "acr_values" not in client.leave(entry, client.Attempt.new(entry, NOW), BACK)
    assert walk(provider, entry).person.family_name == "Delorme"


def test_an_identity_without_signature_is_refused_where_one_is_due(provider, proconnect):
    failed("identity_unsigned", walk, provider, replace(proconnect, client_id="rempart-unsigned"))


def test_who_changes_their_mind_is_told_so(provider, psc):
    failed("cancelled", walk, provider, psc, cancel=True)


def test_an_answer_to_another_demand_is_refused(provider, psc):
    failed("state_mismatch", walk, provider, psc, change=lambda answer: {**answer, "state": "x" * 43})
    failed("issuer_mismatch", walk, provider, psc, change=lambda answer: {**answer, "iss": "https://ailleurs.test"})
    failed("refused_by_provider", walk, provider, psc, change=lambda answer: {"state": answer["state"]})
    failed("refused_by_provider", walk, provider, psc, change=lambda answer: {**answer, "error": "server_error"})


def test_a_token_too_old_is_refused(provider, psc):
    failed("token_expired", walk, provider, psc, after=timedelta(minutes=7))


def test_a_code_forged_or_used_twice_is_refused(provider, psc):
    failed("code_refused", walk, provider, psc, change=lambda answer: {**answer, "code": "forged"})


def test_a_wrong_secret_is_refused(provider, psc):
    failed("code_refused", walk, provider, replace(psc, client_secret="another"))


def test_an_attempt_does_not_last(provider, psc):
    failed("attempt_expired", walk, provider, psc, after=timedelta(minutes=16))


def test_new_keys_are_read_when_the_provider_signs_with_them(provider, psc, monkeypatch):
    walk(provider, psc)
    provider.behave(rotate=True)
    failed("signature_invalid", walk, provider, psc)  # read seconds ago: an unknown key may not make us hammer it
    monkeypatch.setattr(network, "AT_MOST_EVERY", 0)
    assert walk(provider, psc).person.subject == "899700000001"


def test_a_provider_that_is_away_or_another_is_said_so(psc):
    failed("unreachable", client.leave, replace(psc, issuer="http://127.0.0.1:9"), client.Attempt.new(psc, NOW), BACK)
    wrong = replace(psc, discovery_path="/.well-known/openid-configuration")
    failed("discovery_invalid", client.leave, wrong, client.Attempt.new(psc, NOW), BACK)
    other = replace(psc, issuer=psc.issuer + "/")
    failed("discovery_invalid", client.leave, other, client.Attempt.new(psc, NOW), BACK)


KEY = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig"})
GOOD = {
    "iss": "https://fournisseur.test",
    "aud": "rempart",
    "sub": "f:1:2",
    "nonce": "n",
    "acr": "eidas1",
    "iat": NOW.timestamp(),
    "exp": NOW.timestamp() + 300,
}


@pytest.fixture
def forged(monkeypatch):
    """An entry whose keys are ours, and a function that signs as it would."""
    entry = providers.pro_sante_connect("https://fournisseur.test", "rempart", "secret")
    monkeypatch.setattr(network, "keys", lambda entry, unknown=False: KeySet([KEY]))  # noqa: ARG005

    def judge(change=None, *, key=KEY, header=None):
        content = {name: value for name, value in {**GOOD, **(change or {})}.items() if value is not None}
        token = jwt.encode(
            header or {"alg": "RS256", "kid": "ours"}, content, key, algorithms=["RS256", "HS256", "ES256"]
        )
        return tokens.identity_token(entry, token, nonce="n", at=NOW)

    return judge


def test_a_good_token_passes_and_clocks_may_differ_a_little(forged):
    assert forged()["sub"] == "f:1:2"
    assert forged({"aud": ["other", "rempart"]})
    assert forged({"exp": NOW.timestamp() - 50})
    assert forged({"iat": NOW.timestamp() + 50})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://ailleurs.test"}, "issuer_mismatch"),
        ({"aud": "other"}, "audience_mismatch"),
        ({"aud": None}, "audience_mismatch"),
        ({"aud": ["rempart", "other"], "azp": "other"}, "audience_mismatch"),
        ({"exp": NOW.timestamp() - 61}, "token_expired"),
        ({"exp": None}, "token_expired"),
        ({"exp": True}, "token_expired"),
        ({"iat": NOW.timestamp() + 120}, "token_from_future"),
        ({"iat": None}, "token_from_future"),
        ({"nonce": "m"}, "nonce_mismatch"),
        ({"nonce": None}, "nonce_mismatch"),
        ({"acr": "eidas0"}, "acr_too_low"),
        ({"acr": None}, "acr_too_low"),
    ],
)
def test_each_check_of_a_token_refuses_by_its_own_name(forged, change, code):
    failed(code, forged, change)


def test_a_signature_by_another_key_or_another_kind_is_refused(forged):
    stranger = RSAKey.generate_key(2048, {"kid": "ours"})
    failed("signature_invalid", forged, key=stranger)
    failed("signature_invalid", forged, header={"alg": "RS256", "kid": "unknown"})
    secret = OctKey.import_key("a-secret-shared-by-nobody-of-32-characters")
    failed("signature_kind", forged, key=secret, header={"alg": "HS256", "kid": "ours"})
    failed("signature_invalid", forged, key=ECKey.generate_key("P-256"), header={"alg": "ES256", "kid": "ours"})


@pytest.mark.parametrize("token", ["", "a.b.c", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
@pytest.mark.usefixtures("forged")
def test_what_is_no_signed_token_is_refused(token):
    entry = providers.pro_sante_connect("https://fournisseur.test", "rempart", "secret")
    with pytest.raises(SignInFailure):
        tokens.signed(entry, token)


def test_claims_empty_odd_or_missing_are_borne(psc):
    bare = {"SubjectNameID": " 8997 ", "given_name": "", "family_name": None, "SubjectRefPro": ""}
    assert claims.read_person(psc, bare) == claims.Person("psc", "8997", "", "")
    odd = {
        "SubjectNameID": "8997",
        "SubjectRefPro": {"exercices": [None, {"activities": "x"}, {"activities": [{"numeroFinessSite": "12"}]}]},
    }
    assert claims.read_person(psc, odd).finess == ()
    failed("identity_nameless", claims.read_person, psc, {"sub": "f:1:2", "SubjectNameID": ""})


def test_every_failure_has_its_own_sentence_and_no_secret_is_told(provider, psc, caplog):
    sentences = [str(message) for message, _ in SENTENCES.values()]
    assert len(set(sentences)) == len(sentences)
    provider.behave("acr")
    failed("acr_too_low", walk, provider, psc)
    assert provider.psc[2] not in caplog.text
    assert "eyJ" not in caplog.text
    assert provider.psc[2] not in repr(psc)
