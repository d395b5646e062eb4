"""The stored search: FTS5 kept by triggers on SQLite, a tsvector on PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models

# Written out: a migration does not change when the analyser does.
SQLITE = [
    """CREATE VIRTUAL TABLE mentions_searchentry_fts USING fts5(
        folded, content='mentions_searchentry', content_rowid='mention_id', tokenize="ascii tokenchars '_#@$'")""",
    """CREATE TRIGGER mentions_searchentry_added AFTER INSERT ON mentions_searchentry BEGIN
        INSERT INTO mentions_searchentry_fts(rowid, folded) VALUES (new.mention_id, new.folded); END""",
    """CREATE TRIGGER mentions_searchentry_gone AFTER DELETE ON mentions_searchentry BEGIN
        INSERT INTO mentions_searchentry_fts(mentions_searchentry_fts, rowid, folded)
        VALUES ('delete', old.mention_id, old.folded); END""",
    """CREATE TRIGGER mentions_searchentry_changed AFTER UPDATE OF folded ON mentions_searchentry BEGIN
        INSERT INTO mentions_searchentry_fts(mentions_searchentry_fts, rowid, folded)
        VALUES ('delete', old.mention_id, old.folded);
        INSERT INTO mentions_searchentry_fts(rowid, folded) VALUES (new.mention_id, new.folded); END""",
]
SQLITE_BACK = ["DROP TABLE mentions_searchentry_fts"]
POSTGRES = [
    "ALTER TABLE mentions_searchentry ADD COLUMN search tsvector NOT NULL DEFAULT ''::tsvector",
    "CREATE INDEX mentions_searchentry_search ON mentions_searchentry USING gin (search)",
]


def build(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def unbuild(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else ():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("mentions", "0002_revision_receipt_author_author_handle_and_more")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "mention",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="mentions.mention",
                    ),
                ),
                ("folded", models.TextField()),
                ("lang", models.CharField(blank=True, max_length=8)),
                ("author", models.CharField(blank=True, max_length=255)),
                ("site", models.CharField(blank=True, max_length=1000)),
                ("image", models.BooleanField(default=False)),
                ("link", models.BooleanField(default=False)),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(build, unbuild),
    ]
