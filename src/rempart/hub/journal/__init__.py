"""The audit trail of every business table, chained day by day and verifiable."""
