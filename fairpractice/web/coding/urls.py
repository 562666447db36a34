"""The addresses of coding. None has a word of what is recorded."""

from django.urls import path

from fairpractice.web.coding import views


app_name = "coding"
urlpatterns = [
    path("coding/", views.queues_page, name="queues"),
    path("coding/words/", views.words, name="words"),
    path("coding/twice/", views.twice, name="twice"),
    path("coding/against/", views.against, name="against"),
    path("coding/nothing/", views.nothing, name="nothing"),
    path("people/<uuid:patient>/coding/settle/", views.settle, name="settle"),
    path("people/<uuid:patient>/coding/<uuid:decision>/undo/", views.undo, name="undo"),
    path("people/<uuid:patient>/letters/<uuid:letter>/coding/", views.clear, name="clear"),
]
