"""What we listen for: queries and topics, tried on what is stored before they are kept."""
