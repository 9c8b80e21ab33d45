"""The job store: what service and workers agree on in Redis."""
