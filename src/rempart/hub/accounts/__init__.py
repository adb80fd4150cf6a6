"""Who: people, how they sign in, their roles on a territory. It knows the territory and no other app."""
