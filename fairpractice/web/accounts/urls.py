"""The addresses of signing in and out."""

from django.urls import path

from fairpractice.web.accounts import views


app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/as/", views.sign_in_as, name="sign-in-as"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
