"""The fictional hospital of the demonstration, made on a real domain controller."""
