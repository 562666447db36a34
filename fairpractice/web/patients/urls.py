"""The addresses of people. None has a word of what is recorded."""

from django.urls import path

from fairpractice.web.patients import views


app_name = "patients"
urlpatterns = [
    path("", views.find, name="find"),
    path("<uuid:patient>/", views.portrait, name="portrait"),
    path("<uuid:patient>/add/", views.record_fact, name="record-fact"),
    path("<uuid:patient>/entries/<uuid:fact>/", views.history, name="history"),
    path("<uuid:patient>/entries/<uuid:fact>/correct/", views.correct_fact, name="correct-fact"),
]
