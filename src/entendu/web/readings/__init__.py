"""How well the machine reads: checks by lot, what was learned here, topics proposed, history read again."""
