"""Pure helpers without Django: the clock, folding, outbound HTTP, killable children."""
