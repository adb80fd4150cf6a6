"""The commands of the hub: `rempart hub ...`."""
