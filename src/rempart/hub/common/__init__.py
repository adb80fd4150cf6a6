"""What every room of the hub shares: money, time, refusals, the audit trail. It knows no domain."""
