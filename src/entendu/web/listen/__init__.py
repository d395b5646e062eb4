"""The listening stream: everything that was heard, filtered, triaged by keyboard."""
