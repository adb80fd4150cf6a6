"""The domain controller these tests drive."""

from tests.samba import samba, samba_template

__all__ = ["samba", "samba_template"]
