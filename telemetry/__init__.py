"""How processes tell what they do: logs and traces. Knows nothing of documents."""
