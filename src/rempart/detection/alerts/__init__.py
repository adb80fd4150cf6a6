"""From matches to alerts, from alerts to incidents a person on call can read."""
