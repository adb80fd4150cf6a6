"""The addresses of the dashboards and of the open figures."""

from django.urls import path

from rempart.hub.pages.steering import exports, open_data, views

urlpatterns = [
    path("pilotage/", views.home, name="steering"),
    path("pilotage/<slug:code>/", views.dashboard, name="dashboard"),
    path("pilotage/<slug:code>/export/", exports.export, name="dashboard_export"),
    path("donnees-ouvertes/<slug:code>.json", open_data.as_json, name="open_data_json"),
    path("donnees-ouvertes/<slug:code>.csv", open_data.as_csv, name="open_data_csv"),
]
