"""Builds the sample organisation with the same verbs as a real one: people, teams, topics, queries, channels."""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings

from entendu.accounts.members import add_member, make_organisation, set_team
from entendu.accounts.models import Membership, Organisation
from entendu.analysis.claims import ClaimTerms, add_claim
from entendu.analysis.topics import add_topic
from entendu.channels.add import add_channel
from entendu.channels.models import Channel
from entendu.demo import organisation as sample
from entendu.demo.build import write_demo_files
from entendu.demo.claims import CLAIMS
from entendu.demo.watches import OPT_OUTS, WATCHES, Watch
from entendu.kit import clock
from entendu.mentions.models import Query
from entendu.mentions.opt_outs import add_opt_out
from entendu.mentions.queries import Terms, add_query, change_query, review_query, terms_of
from entendu.mentions.stages import back_fill
from entendu.mentions.track import track


def build_house() -> tuple[Organisation, list[Channel]]:
    """Makes the organisation; returns it with its channels, whose files nobody has read yet."""
    organisation = make_organisation(
        sample.SLUG, sample.NAME, language=sample.LANGUAGE, timezone=sample.TIMEZONE, sample=True
    )
    hire(organisation)
    for topic in sample.TOPICS:
        add_topic(
            organisation, name_en=topic.name_en, name_fr=topic.name_fr, words=topic.words, slug=topic.slug
        )
    with clock.at(clock.now() - timedelta(days=200)):
        for watch in WATCHES:
            listen(organisation, watch)
    announce(organisation)
    return organisation, open_doors(organisation)


def announce(organisation: Organisation) -> None:
    """What its pages and shops say, from before the sample's days."""
    by = Membership.objects.get(organisation=organisation, user__email="ines@maison.example")
    for one in CLAIMS:
        since = clock.now() - timedelta(days=one.since)
        terms = ClaimTerms(
            text=one.text, kind=one.kind, site=one.site, valid_from=since.date(), owner=by.user
        )
        with clock.at(since):
            add_claim(organisation, terms, by=by)


def listen(organisation: Organisation, watch: Watch) -> None:
    """A query as it was when the organisation began to listen; its first review was due after 180 days."""
    here = Membership.objects.filter(organisation=organisation)
    terms = Terms(
        name=watch.name_fr,
        text=watch.before or watch.text,
        purpose=watch.purpose_fr,
        basis=watch.basis,
        balance=watch.balance_fr,
        reviewer=here.get(user__email=watch.reviewer).user,
        review_on=(
            clock.now() + timedelta(days=180 if watch.review_in > 0 else 200 + watch.review_in)
        ).date(),
        takes=watch.takes,
        opens_conversations=watch.opens_conversations,
    )
    by = here.get(user__email="ines@maison.example")
    track(add_query(organisation, terms, by=by), by=by, tracked=watch.tracked)


def look_after(organisation: Organisation) -> None:
    """What the sixty days taught: queries that were reviewed, some with another text; people who asked not to be
    heard."""
    by = Membership.objects.get(organisation=organisation, user__email="ines@maison.example")
    now = clock.now()
    while back_fill(1000):  # what the queries looked for when they were new
        continue
    for watch in WATCHES:
        query = Query.objects.get(organisation=organisation, name=watch.name_fr)
        if watch.review_in > 0:
            reviewer = Membership.objects.get(organisation=organisation, user=query.reviewer)
            with clock.at(now - timedelta(days=21)):
                next_review = (now + timedelta(days=watch.review_in)).date()
                review_query(query, by=reviewer, review_on=next_review, note="Toujours utile, rien de trop")
        if watch.before:
            with clock.at(now - timedelta(days=2)):
                change_query(query, replace(terms_of(query), text=watch.text), by=by)
    for network, account, reason in OPT_OUTS:
        add_opt_out(by, network=network, account=account, reason=reason)


def hire(organisation: Organisation) -> None:
    """The people and their teams."""
    members: dict[str, Membership] = {}
    for one in sample.COLLEAGUES:
        members[one.email] = add_member(
            organisation,
            email=one.email,
            name=one.name,
            role=one.role,
            language=one.language,
            skills=one.skills,
        )
    for team in sample.TEAMS:
        inside = [members[one.email] for one in sample.COLLEAGUES if team.slug in one.teams]
        set_team(organisation, name=team.name_fr, members=inside, by=None)


def open_doors(organisation: Organisation) -> list[Channel]:
    """A channel of the kind `files` for each network of the sample."""
    folder = settings.HOME / "sample"
    return [
        add_channel(
            organisation,
            kind="files",
            name=file.name_fr,
            settings=file.settings,
            own_handles=[file.settings["own"]],
            pulls=False,
        )
        for file in write_demo_files(folder, clock.now())
    ]
