"""Programs that keep the house: lock files, environment, pages, demonstration hospital."""
