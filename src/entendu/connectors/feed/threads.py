"""The comment feeds of recent posts, beside the feed itself: whose turn it is, which of them moved."""

from entendu.connectors.feed import entries
from entendu.connectors.feed.model import Cursor, Document, Entry, Source

THREADS = 20  # recent posts whose comment feeds are followed
QUIET = 7 * 86_400.0  # seconds between two looks at a thread in which nothing is said


def whose_turn(state: Cursor, now: float) -> Source:
    """The feed; else the comment feed that has waited longest; the feed, too, when somebody asks early."""
    if state.main.due <= now:
        return state.main
    return min((thread for thread in state.threads if thread.due <= now), key=_due, default=state.main)


def follow_threads(state: Cursor, document: Document, now: float) -> None:
    """Follows the comment feeds of the newest posts; looks at once where the number of comments changed."""
    known = {thread.url: thread for thread in state.threads}
    posts = [(key, entry) for key, entry in entries.keyed(document, state.main.name) if entry.comments_feed]
    for key, entry in posts[-THREADS:]:
        thread = known.get(entry.comments_feed) or _new_thread(key, entry, now)
        if entry.comments is not None and thread.count != entry.comments:
            thread.due = now
        thread.count = entry.comments
        known[thread.url] = thread
    recent = {entry.comments_feed for _, entry in posts[-THREADS:]}
    state.threads = [thread for url, thread in known.items() if url in recent]


def _due(source: Source) -> float:
    return source.due


def _new_thread(post: str, entry: Entry, now: float) -> Source:
    url = entry.comments_feed
    due = now + QUIET if entry.comments == 0 else now
    thread = entries.thread_of(entry)
    return Source(url=url, name=url, post=post, thread=thread, count=entry.comments, due=due)
