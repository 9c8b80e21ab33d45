"""The wire contract: what goes in and out as JSON. Imports neither service nor workers."""
