from tests.hub.exports.conftest import storage

__all__ = ["storage"]
