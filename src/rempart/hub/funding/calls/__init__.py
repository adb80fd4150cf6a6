"""The calls: their rules as data, their versions, windows and ceilings."""
