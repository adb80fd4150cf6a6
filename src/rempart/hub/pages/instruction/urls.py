"""The addresses of the pages of those who instruct, and of everybody's exports."""

from django.urls import path

from rempart.hub.pages.instruction.views import exports, queue

urlpatterns = [
    path("instruction/", queue.home, name="instruction"),
    path("instruction/dossiers/", queue.listing, name="instruction-queue"),
    path("instruction/vues/", queue.keep_view, name="instruction-view-keep"),
    path("instruction/vues/<int:pk>/oubli/", queue.forget_view, name="instruction-view-forget"),
    path("instruction/dossiers/<str:number>/", queue.listing, name="instruction-file"),
    path("exports/", exports.listing, name="exports"),
    path("exports/nouveau/<slug:kind>/", exports.ask, name="export-ask"),
    path("exports/<int:pk>/ligne/", exports.line, name="export-line"),
    path("exports/<int:pk>/fichier/", exports.download, name="export-file"),
    path("exports/<int:pk>/suppression/", exports.discard, name="export-discard"),
    path("exports/colonnes/<int:pk>/oubli/", exports.forget_columns, name="export-columns-forget"),
]
