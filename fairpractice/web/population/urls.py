"""The addresses of a network's figures. None says what a figure is about."""

from django.urls import path

from fairpractice.web.population import views


app_name = "population"
urlpatterns = [
    path("figures/", views.overview, name="overview"),
    path("figures/<uuid:part>/", views.part, name="part"),
    path("figures/<uuid:part>/figures.csv", views.download, name="download"),
    path("reach/", views.reached, name="reached"),
    path("reach/figures.csv", views.reached_download, name="reached-download"),
]
