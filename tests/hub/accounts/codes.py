"""The codes an authenticator app would show."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def code_for(secret: str, *, later: int = 0) -> str:
    """The code of now, or of `later` periods of thirty seconds from now: a code is taken once."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def secret_on(page: str) -> str:
    """The secret shown on the page that sets an app up."""
    return re.search(r'<code class="command">([A-Z2-7]+)</code>', page).group(1)
