"""What anybody may read: the home page, the calls, open data, the accessibility statement."""
