"""One's own account: sign-in, second factor, sessions, roles, invitations."""
