"""The addresses of a network's figures. None says what a figure is about."""

from django.urls import path

from fairpractice.web.population import views


app_name = "population"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<uuid:part>/", views.part, name="part"),
    path("<uuid:part>/figures.csv", views.download, name="download"),
]
