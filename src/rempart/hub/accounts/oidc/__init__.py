"""Sign-in with an identity provider, by OpenID Connect.

The client is our own because both French providers ask for more than libraries give: discovery elsewhere, nonce and
`acr` checked, identity told as a signed JWT.
"""
