"""Running the same kernel on one machine or on many."""
