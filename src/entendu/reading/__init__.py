"""Pure text understanding: language, sentiment, intent, urgency; the query language. Knows nothing of Django.

`read` is the one door. It is a function of its arguments alone: same texts, same model, same readings.
"""

from entendu.reading.read import read
from entendu.reading.result import INTENTS, SENTIMENTS, URGENCIES, Reading, Value

__all__ = ["INTENTS", "SENTIMENTS", "URGENCIES", "Reading", "Value", "read"]
