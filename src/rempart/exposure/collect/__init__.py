"""The only room that touches the network: perimeter, scheduler, probes. Each run yields one Snapshot."""
