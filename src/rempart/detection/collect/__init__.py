"""Reading logs: containers, formats, fields; from bytes to blocks of events. Input and output live here."""
