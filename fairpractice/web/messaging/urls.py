"""The addresses of messages."""

from django.urls import path

from fairpractice.web.messaging import views


app_name = "messaging"
urlpatterns = [
    path("", views.unsent, name="unsent"),
    path("<uuid:message>/", views.settle, name="settle"),
]
