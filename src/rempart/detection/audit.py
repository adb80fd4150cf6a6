"""The posture of detection, judged: from a snapshot of figures to a report that can be attested."""
