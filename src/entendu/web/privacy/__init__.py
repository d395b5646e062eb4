"""What personal data is masked, and where."""
