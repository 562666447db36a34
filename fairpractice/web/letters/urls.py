"""The addresses of letters. None has a word of what they say."""

from django.urls import path

from fairpractice.web.letters import views


app_name = "letters"
urlpatterns = [
    path("<uuid:patient>/letters/add/", views.add, name="add"),
    path("<uuid:patient>/letters/<uuid:letter>/", views.letter, name="letter"),
    path("<uuid:patient>/letters/<uuid:letter>/change/", views.reword, name="reword"),
    path("<uuid:patient>/letters/<uuid:letter>/take/", views.take, name="take"),
]
