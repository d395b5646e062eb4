"""The sample organisation: a fictional bakery chain, the people who work there, and sixty days of what people say.

Pure data and pure functions: what loads it goes by the same doors as real input.
"""
