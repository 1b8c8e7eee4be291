"""The engine: judges somebody's endpoint, and says why."""
