"""HTTP as bytes: what is asked, what comes back, and what a page and its headers say (RFC 9110, 9112)."""
