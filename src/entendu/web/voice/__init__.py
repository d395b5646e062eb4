"""Share of voice: how much is said of us, beside the names that people compare us with."""
