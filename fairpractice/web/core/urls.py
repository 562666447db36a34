"""The addresses of the first page."""

from django.urls import path

from fairpractice.web.core import views


app_name = "core"
urlpatterns = [path("", views.home, name="home")]
