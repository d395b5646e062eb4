"""What was announced, and what people live."""
