"""The numbered decisions: who decided what of a file, as an accessible PDF that nothing changes afterwards."""
