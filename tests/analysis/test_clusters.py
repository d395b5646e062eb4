"""Near-duplicates through the loop: one cluster, read once, never across organisations, and gone when people go."""

from datetime import timedelta
from pathlib import Path

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis import analyse
from entendu.analysis.models import Analysis, Bucket, Cluster, Copy
from entendu.analysis.near_duplicates import WINDOW, cluster_waiting
from entendu.analysis.stages import cluster
from entendu.conversations.erase import erase_person
from entendu.conversations.listen import drop_by_hand
from entendu.kit import clock
from entendu.mentions.models import Mention
from hear import hear, hear_more, said

SAID = "La crème de vos éclairs de ce matin était tournée, toute la famille est malade depuis midi"


def storm(count: int, first: int = 0) -> list[dict[str, object]]:
    return [
        said(
            f"k{n}", f"RT @p{n - 1}: {SAID} https://x.example/{n}" if n else SAID, f"p{n}", n, addressed=False
        )
        for n in range(first, first + count)
    ]


def members() -> list[str]:
    return sorted(Copy.objects.values_list("mention__key", flat=True))


def test_a_storm_is_one_cluster_led_by_its_first_word(organisation: Organisation, tmp_path: Path) -> None:
    hear(
        organisation,
        tmp_path,
        [*storm(4), said("x", "Vos croissants sont les meilleurs de la ville, merci", "ana")],
    )
    assert members() == ["k0", "k1", "k2", "k3"]
    assert Copy.objects.values("cluster").distinct().count() == 1
    assert Cluster.objects.get(copies__mention__key="k3").lead == Mention.objects.get(key="k0")
    assert not Analysis.objects.filter(clustered_at__isnull=True).exists()


def test_what_comes_later_joins_it(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, storm(1))
    assert members() == []
    hear_more(channel, storm(2, first=1))
    assert members() == ["k0", "k1", "k2"]


def test_other_organisations_have_their_own(
    organisation: Organisation, elsewhere: Organisation, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, storm(1))
    hear(elsewhere, tmp_path, storm(1), name="there")
    assert members() == []
    assert Cluster.objects.count() == 2


def test_thanks_and_our_own_words_repeat_nobody(organisation: Organisation, tmp_path: Path) -> None:
    thanks = [said(f"m{n}", "Merci beaucoup", f"p{n}", n) for n in range(3)]
    ours = [said(f"o{n}", SAID, "levain", n, ours=True) for n in range(2)]
    hear(organisation, tmp_path, [*thanks, *ours], own="levain")
    courtesy = [
        said(f"c{n}", "Voilà qui est net, merci à vous", f"p{n}", 9 + n, parent_key="o0") for n in range(3)
    ]
    hear(organisation, tmp_path, courtesy, name="answers")
    assert Copy.objects.count() == Cluster.objects.count() == 0


def test_a_chain_of_small_changes_does_not_grow(organisation: Organisation, tmp_path: Path) -> None:
    words = [f"mot{n}" for n in range(40)]
    rows = [
        said(f"k{n}", " ".join(words[: 40 - 4 * n] + [f"neuf{i}" for i in range(4 * n)]), f"p{n}", n)
        for n in range(10)
    ]
    hear(organisation, tmp_path, rows)
    least = min(Copy.objects.values_list("similarity", flat=True))
    assert least >= 0.5
    assert "k9" not in members() or Copy.objects.values("cluster").distinct().count() > 1


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model was given. The model is the real one: only a list is kept beside."""
    given: list[str] = []
    real = analyse.read

    def noted(mentions):
        given.extend(one.text for one in mentions)
        return real(mentions)

    monkeypatch.setattr(analyse, "read", noted)
    return given


def test_the_same_words_are_read_once(organisation: Organisation, tmp_path: Path, reads: list[str]) -> None:
    rows = [said(f"k{n}", f"@p{n} {SAID} https://x.example/{n}", f"p{n}", n) for n in range(5)]
    channel = hear(organisation, tmp_path, rows)
    assert len(reads) == 1
    lead = Mention.objects.get(key="k0")
    assert set(Analysis.objects.exclude(mention=lead).values_list("read_from", flat=True)) == {lead.pk}
    values = Analysis.objects.values_list("sentiment", "intent", "urgency", "language", "model").distinct()
    assert values.count() == 1
    reads.clear()
    hear_more(channel, [said("k9", f"@zoe {SAID} https://y.example/", "zoe", 20)])
    assert Analysis.objects.get(mention__key="k9").read_from == lead
    assert len(reads) <= 1  # the model is asked its name, when nothing else was new


def test_a_sign_more_is_read_again(organisation: Organisation, tmp_path: Path, reads: list[str]) -> None:
    hear(
        organisation,
        tmp_path,
        [said("a", SAID, "a"), said("b", f"{SAID} ?", "b", 1), said("c", f"RT {SAID}", "c", 2)],
    )
    assert len(reads) == 3
    assert members() == ["a", "b", "c"]


def test_the_machines_word_is_taken_not_a_persons(
    organisation: Organisation, alice: Membership, tmp_path: Path
) -> None:
    from entendu.analysis.correct import correct

    channel = hear(organisation, tmp_path, storm(1))
    lead = Mention.objects.get(key="k0")
    machine = lead.analysis.sentiment
    other = "positive" if machine != "positive" else "neutral"
    correct(lead, by=alice.user, facet="sentiment", value=other)
    hear_more(channel, [said("k1", SAID, "bea", 3)])
    copy = Analysis.objects.get(mention__key="k1")
    assert (copy.read_from, copy.sentiment, copy.machine) == (lead, machine, {})


def test_another_models_reading_is_not_taken(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, storm(1))
    Analysis.objects.update(model="older")
    hear_more(channel, [said("k1", SAID, "bea", 3)])
    again = Analysis.objects.get(mention__key="k1")
    assert again.read_from is None
    assert again.model != "older"


def test_who_changes_the_words_leaves(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, storm(3))
    fresh = "Tout est réglé avec la boutique, ils ont été parfaits et je les remercie"
    hear_more(channel, [said("k0", fresh, "p0", 0, kind="edited")])
    assert members() == ["k1", "k2"]
    assert Cluster.objects.get(copies__mention__key="k2").lead.key == "k1"
    hear_more(channel, storm(1, first=3))
    assert members() == ["k1", "k2", "k3"]


def test_who_takes_it_back_leaves(organisation: Organisation, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, storm(3))
    hear_more(channel, [said("k1", "", "p1", 9, kind="deleted")])
    assert members() == ["k0", "k2"]


def test_what_is_dropped_leaves_and_the_cluster_finds_a_lead(
    organisation: Organisation, alice: Membership, tmp_path: Path
) -> None:
    channel = hear(organisation, tmp_path, storm(3))
    drop_by_hand(Mention.objects.get(key="k0"), by=alice, reason="spam")
    assert members() == ["k1", "k2"]
    assert Cluster.objects.get().lead.key == "k1"
    hear_more(channel, storm(1, first=3))
    assert members() == ["k1", "k2", "k3"]


def test_who_is_erased_leaves_no_trace_of_words(
    organisation: Organisation, admin: Membership, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, storm(1))
    person = Mention.objects.get(key="k0").author.identities.get().person
    erase_person(person, by=admin)
    assert Cluster.objects.count() == Bucket.objects.count() == 0


def test_old_texts_are_forgotten_and_clusters_stay(organisation: Organisation, tmp_path: Path) -> None:
    hear(
        organisation,
        tmp_path,
        [*storm(2), said("x", "Vos croissants sont les meilleurs de la ville, merci", "ana")],
    )
    assert Cluster.objects.count() == 2
    with clock.at(clock.now() + WINDOW + timedelta(minutes=1)):
        assert cluster(100) == 2
        assert cluster(100) == 0
    assert Bucket.objects.count() == 0
    assert (Cluster.objects.count(), members()) == (1, ["k0", "k1"])


def test_two_looks_change_nothing(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, storm(3))
    Analysis.objects.update(clustered_at=None)
    assert cluster_waiting(100) == 3
    assert cluster_waiting(100) == 0
    assert members() == ["k0", "k1", "k2"]
