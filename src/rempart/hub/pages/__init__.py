"""The pages, by audience: they call services to write and selectors to read."""
