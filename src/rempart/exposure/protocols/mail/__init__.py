"""Mail: what the records and servers of a domain say of who may send and how. Pure."""
