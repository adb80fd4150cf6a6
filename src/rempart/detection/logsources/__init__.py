"""Which events a Sigma logsource means, and how their fields are called there. Data, and its reading."""
