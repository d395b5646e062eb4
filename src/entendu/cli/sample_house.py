"""Builds the sample organisation with the same verbs as a real one: people, teams, topics, queries, channels."""

from django.conf import settings

from entendu.accounts.members import add_member, make_organisation, set_team
from entendu.accounts.models import Membership, Organisation
from entendu.analysis.topics import add_topic
from entendu.channels.add import add_channel
from entendu.channels.models import Channel
from entendu.demo import organisation as sample
from entendu.demo.build import write_demo_files
from entendu.kit import clock
from entendu.mentions.queries import add_query


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
    for watch in sample.WATCHES:
        add_query(
            organisation,
            name=watch.name_fr,
            text=watch.text,
            purpose=watch.purpose_fr,
            opens_conversations=watch.opens_conversations,
        )
    return organisation, open_doors(organisation)


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
