"""The addresses of signing in and out."""

from django.urls import path

from fairpractice.web.accounts import (
    changing_views,
    colleague_views,
    local_views,
    provider_views,
    views,
)


app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/as/", views.sign_in_as, name="sign-in-as"),
    path("sign-in/with/<str:name>/", provider_views.leave, name="leave"),
    path("sign-in/back/<str:name>/", provider_views.back, name="back"),
    path("sign-in/keys/<str:name>/", provider_views.keys, name="keys"),
    path("sign-in/password/", local_views.password, name="password"),
    path("sign-in/code/", local_views.code, name="code"),
    path("sign-in/where/", views.where, name="where"),
    path("invitation/<str:code>/", local_views.set_up, name="set-up"),
    path("invitation/<str:code>/codes/", local_views.recovery_codes, name="recovery-codes"),
    path("colleagues/", colleague_views.colleagues, name="colleagues"),
    path("colleagues/invite/", colleague_views.invite, name="invite"),
    path("colleagues/<uuid:membership>/", colleague_views.role, name="colleague"),
    path("colleagues/<uuid:membership>/end/", colleague_views.end, name="end"),
    path("colleagues/<uuid:membership>/link/", colleague_views.link, name="link"),
    path("colleagues/<uuid:membership>/withdraw/", colleague_views.withdraw, name="withdraw"),
    path("account/", changing_views.own, name="own"),
    path("account/password/", changing_views.password, name="change-password"),
    path("account/app/", changing_views.app, name="change-app"),
    path("account/app/codes/", changing_views.codes, name="own-codes"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sign-out/<str:name>/", views.sign_out_there, name="sign-out-there"),
]
