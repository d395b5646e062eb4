"""Finds the near-duplicates of what was heard, and keeps them together in clusters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from entendu.accounts.models import Organisation
from entendu.analysis.models import Analysis, Bucket, Cluster, Copy
from entendu.kit import clock
from entendu.mentions.models import Mention
from entendu.reading.near_duplicates import NEAR, SAME, Print, prints_of, similarity

WINDOW = timedelta(days=30)  # a text that nobody has repeated for so long is not looked for any more
COURTESY = (
    8  # words: an answer of fewer ("that is clear, thank you") says what everybody says, and repeats nobody
)
CHUNK = 5_000  # keys asked for at once


def cluster_waiting(limit: int) -> int:
    """Looks for the near-duplicates of up to `limit` mentions that stay (gathered) and were not looked at; returns
    how many. Its cost follows the batch, not what is stored: each text asks for at most 17 keys."""
    waiting = Analysis.objects.filter(clustered_at__isnull=True, mention__gathered_at__isnull=False)
    ids = list(waiting.order_by("id").values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    with transaction.atomic():
        held = waiting.filter(pk__in=ids).select_for_update(of=("self",)).values_list("mention_id", flat=True)
        mentions = list(Mention.objects.filter(pk__in=list(held)).order_by("said_at", "pk"))
        leave([one.pk for one in mentions])
        kept = [one for one in mentions if not (one.ours or one.automatic or one.deleted_at)]
        by_organisation: dict[int, list[Mention]] = defaultdict(list)
        for one in kept:
            by_organisation[one.organisation_id].append(one)
        for organisation, mine in sorted(by_organisation.items()):
            assign(organisation, mine)
        Analysis.objects.filter(pk__in=ids).update(clustered_at=clock.now())
    return len(ids)


def assign(organisation: int, mentions: Sequence[Mention]) -> None:
    """Places the mentions of one organisation, in their order: each joins the most similar cluster, or begins one.
    In the caller's transaction; one at a time an organisation, so that two workers do not begin the same cluster."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation)
    prints = prints_of([words_of(one) for one in mentions], str(organisation))
    known = clusters_at({key for one in prints if one for key in one.keys})
    new: list[Cluster] = []
    fresh: list[tuple[int, Cluster]] = []
    joined: list[tuple[Cluster, Mention, float]] = []
    now = clock.now()
    for mention, found in zip(mentions, prints, strict=True):
        if found is None or (mention.parent_key and found.words < COURTESY):
            continue
        cluster, alike = nearest(found, known)
        if cluster is None:
            cluster = Cluster(
                organisation_id=organisation, lead=mention, signature=found.signature, touched_at=now
            )
            new.append(cluster)
            for key in found.keys:
                if key not in known:
                    known[key] = cluster
                    fresh.append((key, cluster))
        else:
            joined.append((cluster, mention, alike))
    write(new, fresh, joined)


def nearest(found: Print, known: Mapping[int, Cluster]) -> tuple[Cluster | None, float]:
    """The cluster of the most similar text among those that share a key, and how similar it is; None below NEAR."""
    if found.whole in known:
        return known[found.whole], SAME
    candidates = {id(one): one for one in (known.get(key) for key in found.bands) if one is not None}
    best = max(
        ((similarity(found.signature, bytes(one.signature)), one) for one in candidates.values()),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    return (best[1], best[0]) if best[0] >= NEAR else (None, 0.0)


def clusters_at(keys: Iterable[int]) -> dict[int, Cluster]:
    """The clusters under `keys`."""
    wanted = list(keys)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(wanted), CHUNK):
        pairs += Bucket.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list("key", "cluster_id")
    clusters = Cluster.objects.in_bulk({cluster for _key, cluster in pairs})
    return {key: clusters[cluster] for key, cluster in pairs}


def write(
    new: Sequence[Cluster],
    fresh: Sequence[tuple[int, Cluster]],
    joined: Sequence[tuple[Cluster, Mention, float]],
) -> None:
    """Writes what was decided, in the caller's transaction."""
    Cluster.objects.number_many(new)
    Cluster.objects.insert_many(new)
    Bucket.objects.insert_many((Bucket(key=key, cluster_id=one.pk) for key, one in fresh), skip_known=True)
    for one, mention, _alike in joined:
        if one.lead_id is None:  # the mention that led it went: the next one leads
            one.lead = mention
            Cluster.objects.filter(pk=one.pk).update(lead=mention)
    leads = Mention.objects.in_bulk({one.lead_id for one, _mention, _alike in joined if one.lead_id})
    copies = {
        lead: Copy(cluster_id=one.pk, mention_id=lead, said_at=leads[lead].said_at, similarity=SAME)
        for one, _mention, _alike in joined
        if (lead := one.lead_id)
    }
    for one, mention, alike in joined:
        copies[mention.pk] = Copy(
            cluster_id=one.pk, mention_id=mention.pk, said_at=mention.said_at, similarity=round(alike, 3)
        )
    Copy.objects.insert_many(copies.values(), skip_known=True)
    Cluster.objects.filter(pk__in={one.pk for one, _mention, _alike in joined}).update(touched_at=clock.now())


def leave(mentions: Sequence[int]) -> None:
    """These mentions (ids) are copies no more: their text changed, was taken back, or goes. What they led is led by
    the earliest that stays, and compared with its words; a cluster without any other goes."""
    if not mentions:
        return
    Copy.objects.filter(mention__in=mentions).delete()
    for cluster in Cluster.objects.filter(lead__in=mentions):
        heir = (
            Copy.objects.filter(cluster=cluster).select_related("mention").order_by("said_at", "pk").first()
        )
        if heir is None:
            cluster.delete()
            continue
        found = prints_of([words_of(heir.mention)], str(cluster.organisation_id))[0]
        cluster.lead, cluster.signature = heir.mention, found.signature if found else b""
        cluster.save(update_fields=["lead", "signature"])


def close_clusters(limit: int) -> int:
    """Forgets the keys of up to `limit` texts that nobody has repeated for WINDOW, and what never was repeated at all;
    returns how many. The clusters stay as they are."""
    with transaction.atomic():
        old = Cluster.objects.filter(open=True, touched_at__lt=clock.now() - WINDOW)
        ids = list(old.order_by("touched_at").values_list("pk", flat=True)[:limit])
        if not ids:
            return 0
        Bucket.objects.filter(cluster__in=ids).delete()
        Cluster.objects.filter(pk__in=ids, copies__isnull=True).delete()
        Cluster.objects.filter(pk__in=ids).update(open=False)
    return len(ids)


def words_of(mention: Mention) -> str:
    """Title and text together, as they are read."""
    return f"{mention.title}\n{mention.text}" if mention.title else mention.text
