"""What people read: terminal, HTML, PDF, CSV, JSONL, Timesketch, the daily digest."""
