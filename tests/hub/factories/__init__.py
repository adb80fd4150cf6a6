"""Valid objects by default, one module a room."""
