"""The addresses of referrals. None has a word of what is recorded."""

from django.urls import path

from fairpractice.web.referrals import partner, practice, views


app_name = "referrals"
ONE, SENT = "referrals/<uuid:referral>/", "received/<uuid:referral>/"
urlpatterns = [
    path("cases/<uuid:case>/refer/", views.refer, name="refer"),
    path("referrals/", views.followed, name="followed"),
    path(ONE, views.referral, name="referral"),
    path(f"{ONE}move/<slug:to>/", views.move, name="move"),
    path(f"{ONE}write/", views.write, name="write"),
    path(f"{ONE}renew/", views.renew, name="renew"),
    path(f"{ONE}elsewhere/", views.elsewhere, name="elsewhere"),
    path("services/<uuid:service>/tell/", views.tell, name="tell"),
    path("received/", partner.inbox, name="inbox"),
    path(SENT, partner.received_one, name="received"),
    path(f"{SENT}move/<slug:to>/", partner.answer, name="answer"),
    path(f"{SENT}write/", partner.reply, name="reply"),
    path("entries/", practice.entries, name="entries"),
    path("entries/<uuid:batch>/", practice.download, name="batch"),
]
