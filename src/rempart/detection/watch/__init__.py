"""The daemon: follows logs, raises alerts, calls the person on call, and loses nothing when it is killed."""
