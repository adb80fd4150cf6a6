"""Collection of a live directory over LDAP: every partition of every domain of the forest, read-only, resumable."""

from rempart.directory.collect.ldap_live.collection import collect
from rempart.directory.collect.ldap_live.credentials import Credentials, Encryption, Server
from rempart.directory.collect.ldap_live.retry import Patience

__all__ = ["Credentials", "Encryption", "Patience", "Server", "collect"]
