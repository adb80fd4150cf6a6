"""The figures of a region or of the nation: funnel, delays, map, envelope."""
