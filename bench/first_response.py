"""The median first response of a file of care tweets, computed without Entendu, to hold `entendu measures` against it.

    python bench/first_response.py FILE.csv.gz

Columns: tweet_id, in_response_to_tweet_id, inbound, created_at. A thread begins where the reply links end in the file,
or below a brand's tweet that answers nothing (a publication). Threads that a brand begins are left out.
"""

import csv
import gzip
import statistics
import sys
from datetime import datetime

with gzip.open(sys.argv[1], "rt", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["created_at"]]
at = {int(row["tweet_id"]): datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y") for row in rows}
brand = {int(row["tweet_id"]): row["inbound"] != "True" for row in rows}
parent = {int(row["tweet_id"]): int(float(row["in_response_to_tweet_id"] or 0)) for row in rows}


def root(tweet: int) -> int:
    """Where the thread of a tweet begins."""
    above = parent[tweet]
    return root(above) if above in at and not (brand[above] and not parent[above]) else tweet


threads: dict[int, list[int]] = {}
for tweet in at:
    threads.setdefault(root(tweet), []).append(tweet)
begun = [(min(one, key=lambda tweet: (at[tweet], brand[tweet])), one) for one in threads.values()]
answers = [(first, [at[tweet] for tweet in one if brand[tweet]]) for first, one in begun if not brand[first]]
waits = sorted((min(said) - at[first]).total_seconds() for first, said in answers if said)
p90 = statistics.quantiles(waits, n=10, method="inclusive")[8]
print(f"median {statistics.median(waits)} s, p90 {p90:.1f} s, n {len(waits)}")
