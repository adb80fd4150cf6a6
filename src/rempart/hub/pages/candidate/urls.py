"""The addresses of the candidate's space."""

from django.urls import path

from rempart.hub.pages.candidate.views import (
    downloads,
    file,
    keys,
    moves,
    payment,
    requirement,
    rules,
    simulators,
    space,
    talk,
)

urlpatterns = [
    path("", space.space, name="candidate"),
    path("ouvrir/<slug:code>/", space.open_file, name="candidate_open"),
    path("cles/", keys.keys, name="candidate_keys"),
    path("cles/<int:pk>/revoquer/", keys.revoke, name="candidate_revoke_key"),
    path("<str:number>/", file.show, name="candidate_file"),
    path("<str:number>/historique/", file.events, name="candidate_history"),
    path("<str:number>/imprimer/", file.printed, name="candidate_print"),
    path("<str:number>/simulateurs/", simulators.simulators, name="candidate_simulators"),
    path("<str:number>/regles/", rules.rules, name="candidate_rules"),
    path("<str:number>/paiement/", payment.payment, name="candidate_payment"),
    path("<str:number>/paiement/<int:pk>/retirer/", payment.remove_line, name="candidate_remove_cost"),
    path("<str:number>/messages/", talk.conversation_page, name="candidate_messages"),
    path("<str:number>/messages/lus/", talk.mark_read, name="candidate_mark_read"),
    path("<str:number>/archive/", talk.archive, name="candidate_archive"),
    path("<str:number>/archive/<int:pk>/", talk.download_archive, name="candidate_download_archive"),
    path("<str:number>/action/<slug:action>/", moves.act, name="candidate_act"),
    path("<str:number>/documents/<int:pk>/", downloads.document, name="candidate_document"),
    path("<str:number>/recus/<int:pk>/", downloads.receipt, name="candidate_receipt"),
    path("<str:number>/preuves/<str:code>/", requirement.show, name="candidate_requirement"),
    path("<str:number>/preuves/<str:code>/document/", requirement.add_document, name="candidate_add_document"),
    path(
        "<str:number>/preuves/<str:code>/document/<int:pk>/",
        requirement.renew_document,
        name="candidate_renew_document",
    ),
    path(
        "<str:number>/preuves/<str:code>/document/<int:pk>/retirer/",
        requirement.withdraw_document,
        name="candidate_withdraw_document",
    ),
    path("<str:number>/preuves/<str:code>/defi/", requirement.ask_challenge, name="candidate_challenge"),
    path("<str:number>/preuves/<str:code>/attestation/", requirement.deposit_attestation, name="candidate_attestation"),
    path("<str:number>/preuves/<str:code>/resultat/", requirement.add_outside, name="candidate_add_outside"),
    path(
        "<str:number>/preuves/<str:code>/resultat/<int:pk>/retirer/",
        requirement.withdraw_outside,
        name="candidate_withdraw_outside",
    ),
]
