"""How large a query may be. With these no query makes a matcher slow or a database refuse."""

MAX_CHARACTERS = 4_096
MAX_OPERANDS = 1_000
MAX_DEPTH = 30  # parentheses within parentheses
MAX_PHRASE = 50  # words
MAX_NEAR = 30  # words apart
MAX_NEAR_PAIRS = 100  # alternatives on the left times alternatives on the right
MIN_WILDCARD = 2  # characters beside the star
MAX_NUMBER = 2**53
