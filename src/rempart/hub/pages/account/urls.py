"""The addresses of the account pages; allauth's own stand beside them."""

from django.urls import include, path

from rempart.hub.pages.account.views import entrance, invitations, mails, people, personal, providers

urlpatterns = [
    path("", personal.my_account, name="my_account"),
    path("login/", entrance.sign_in, name="account_login"),
    path("fournisseur/<slug:provider>/", providers.leave, name="provider_leave"),
    path("fournisseur/<slug:provider>/retour/", providers.come_back, name="provider_back"),
    path("inconnu/", providers.unknown, name="identity_unknown"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("second-facteur/", personal.second_factor, name="second_factor"),
    path("sessions/<int:number>/fermer/", personal.end_session, name="session_end"),
    path("identites/<int:number>/detacher/", personal.detach, name="identity_detach"),
    path("mes-donnees/", personal.export, name="my_data"),
    path("effacer/", personal.erase, name="erase"),
    path("courriels/", mails.mine, name="my_mails"),
    path("courriels/arret/<str:token>/", mails.stop, name="mail_stop"),
    path("personnes/", people.people, name="people"),
    path("personnes/inviter/", people.invite, name="invite"),
    path("roles/<int:number>/retirer/", people.end_role, name="role_end"),
    path("invitations/<int:number>/renvoyer/", people.resend_invitation, name="invitation_resend"),
    path("invitations/<int:number>/annuler/", people.cancel_invitation, name="invitation_cancel"),
    path("delegations/", people.delegations, name="delegations"),
    path("", include("allauth.urls")),
]
