"""The addresses of the pages of those who instruct, and of everybody's exports."""

from django.urls import path

from rempart.hub.pages.instruction.views import action, bulk, exports, file, money, queue, rules, work

FILE = "instruction/dossiers/<str:number>/"

urlpatterns = [
    path("instruction/", queue.home, name="instruction"),
    path("instruction/dossiers/", queue.listing, name="instruction_queue"),
    path("instruction/vues/", queue.keep_view, name="instruction_view_keep"),
    path("instruction/vues/<int:pk>/oubli/", queue.forget_view, name="instruction_view_forget"),
    path("instruction/lots/<slug:action>/", bulk.batch, name="instruction_bulk"),
    path("instruction/paiements/", money.payments, name="instruction_payments"),
    path("instruction/delais/", work.late_draft, name="instruction_late_draft"),
    path(FILE, file.requirements, name="instruction_file"),
    path(f"{FILE}echanges/", work.talk, name="instruction_talk"),
    path(f"{FILE}suivi/", work.work, name="instruction_work"),
    path(f"{FILE}regles/", rules.rules, name="instruction_rules"),
    path(f"{FILE}historique/", file.past, name="instruction_history"),
    path(f"{FILE}actions/<slug:action>/", action.act, name="instruction_act"),
    path(f"{FILE}exigences/<str:code>/", action.judge, name="instruction_judge"),
    path(f"{FILE}pieces/<int:pk>/", file.document, name="instruction_document"),
    path(f"{FILE}attestations/<int:pk>/", file.attestation, name="instruction_attestation"),
    path(f"{FILE}archives/<int:pk>/", work.archive, name="instruction_archive"),
    path(f"{FILE}faire/<slug:what>/", work.do, name="instruction_do"),
    path("exports/", exports.listing, name="exports"),
    path("exports/nouveau/<slug:kind>/", exports.ask, name="export_ask"),
    path("exports/<int:pk>/ligne/", exports.line, name="export_line"),
    path("exports/<int:pk>/fichier/", exports.download, name="export_file"),
    path("exports/<int:pk>/suppression/", exports.discard, name="export_discard"),
    path("exports/colonnes/<int:pk>/oubli/", exports.forget_columns, name="export_columns_forget"),
]
