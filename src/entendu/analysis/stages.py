"""The work that this app pulls."""

from entendu.analysis.analyse import analyse_waiting
from entendu.analysis.contradict import look_back as look_back_waiting
from entendu.analysis.judge import judge_waiting
from entendu.analysis.learn import learn_due
from entendu.analysis.near_duplicates import close_clusters, cluster_waiting
from entendu.analysis.newwords import look_for_words
from entendu.analysis.propose import propose_due
from entendu.analysis.quieten import quieten
from entendu.analysis.sites import count_sites, map_waiting
from entendu.analysis.tally import count_waiting


def analyse(limit: int) -> int:
    """Reads what nobody has read."""
    return analyse_waiting(limit)


def count(limit: int) -> int:
    """Counts who spoke, by hour; words of danger raise their signal at once."""
    return count_waiting(limit)


def judge(limit: int) -> int:
    """Holds the hours that changed against their past; ends the signals that are quiet."""
    return judge_waiting(limit) + quieten(limit)


def listen_for_words(limit: int) -> int:
    """Looks for words that are new."""
    return look_for_words(limit)


def cluster(limit: int) -> int:
    """Finds near-duplicates, and forgets the keys of texts that come no more."""
    return cluster_waiting(limit) + close_clusters(limit)


def look_back(limit: int) -> int:
    """Holds what was said before against announcements that are new or changed."""
    return look_back_waiting(limit)


def locate(limit: int) -> int:
    """Notes where things were said, and counts the sites that changed."""
    return map_waiting(limit) + count_sites(limit)


def learn(limit: int) -> int:
    """Learns what people said since the last lesson."""
    return learn_due(limit)


def propose(limit: int) -> int:
    """Looks for topics that nobody thought of."""
    return propose_due(limit)
