"""Who may open which address, room by room."""
