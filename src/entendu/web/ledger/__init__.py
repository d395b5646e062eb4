"""The ledger: where everything that was heard ended, by channel and day."""
