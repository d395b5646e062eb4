"""Who writes the summaries: extraction, or a model that an administrator names."""
