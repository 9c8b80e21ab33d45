"""Telling callback URLs that jobs and batches have ended, per Standard Webhooks: its own queue (`jobstore.outbox`), its own process."""
