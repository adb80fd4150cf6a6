"""The sign-in page: allauth's own, with the providers this site has keys for."""

from allauth.account.views import LoginView

from rempart.hub.pages.account import visit


class SignInView(LoginView):  # type: ignore[misc]
    """Choose a provider, or give a password, or use a passkey."""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Add the providers offered."""
        return {**super().get_context_data(**kwargs), "providers": visit.offered()}


sign_in = SignInView.as_view()
