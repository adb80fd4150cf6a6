"""The addresses of the pages of those who instruct, and of everybody's exports."""

from django.urls import path

from rempart.hub.pages.instruction.views import action, bulk, exports, file, money, queue, work

FILE = "instruction/dossiers/<str:number>/"

urlpatterns = [
    path("instruction/", queue.home, name="instruction"),
    path("instruction/dossiers/", queue.listing, name="instruction-queue"),
    path("instruction/vues/", queue.keep_view, name="instruction-view-keep"),
    path("instruction/vues/<int:pk>/oubli/", queue.forget_view, name="instruction-view-forget"),
    path("instruction/lots/<slug:action>/", bulk.batch, name="instruction-bulk"),
    path("instruction/paiements/", money.payments, name="instruction-payments"),
    path("instruction/delais/", work.late_draft, name="instruction-late-draft"),
    path(FILE, file.requirements, name="instruction-file"),
    path(f"{FILE}echanges/", work.talk, name="instruction-talk"),
    path(f"{FILE}suivi/", work.work, name="instruction-work"),
    path(f"{FILE}historique/", file.past, name="instruction-history"),
    path(f"{FILE}actions/<slug:action>/", action.act, name="instruction-act"),
    path(f"{FILE}exigences/<str:code>/", action.judge, name="instruction-judge"),
    path(f"{FILE}pieces/<int:pk>/", file.document, name="instruction-document"),
    path(f"{FILE}attestations/<int:pk>/", file.attestation, name="instruction-attestation"),
    path(f"{FILE}archives/<int:pk>/", work.archive, name="instruction-archive"),
    path(f"{FILE}faire/<slug:what>/", work.do, name="instruction-do"),
    path("exports/", exports.listing, name="exports"),
    path("exports/nouveau/<slug:kind>/", exports.ask, name="export-ask"),
    path("exports/<int:pk>/ligne/", exports.line, name="export-line"),
    path("exports/<int:pk>/fichier/", exports.download, name="export-file"),
    path("exports/<int:pk>/suppression/", exports.discard, name="export-discard"),
    path("exports/colonnes/<int:pk>/oubli/", exports.forget_columns, name="export-columns-forget"),
]
