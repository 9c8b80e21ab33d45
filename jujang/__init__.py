"""The command line, the embedded Redis and the supervision of local processes."""
