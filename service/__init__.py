"""HTTP only: requests in, jobs to the store, JSON out. Never loads Kiwi and keeps no state."""
