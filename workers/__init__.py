"""The extraction: pure detectors over Kiwi's analysis, and the worker that runs them on queued jobs."""
