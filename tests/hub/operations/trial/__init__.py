"""A site that is the hub and two things more, made to be killed in the middle: a slow job and a slow page."""
