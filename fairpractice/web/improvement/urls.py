"""The addresses of improvement projects."""

from django.urls import path

from fairpractice.web.improvement import views


app_name = "improvement"
urlpatterns = [
    path("", views.projects, name="projects"),
    path("start/", views.start, name="start"),
    path("<uuid:project>/", views.project, name="project"),
    path("<uuid:project>/note/", views.note, name="note"),
    path("<uuid:project>/involve/", views.involve, name="involve"),
    path("<uuid:project>/change/", views.change, name="change"),
    path("<uuid:project>/close/", views.close, name="close"),
]
