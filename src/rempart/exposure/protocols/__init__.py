"""The bytes of each protocol: builders and parsers, pure, bounded, without any network."""
