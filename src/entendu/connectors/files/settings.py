"""The settings of a channel that is a file."""
# ruff: noqa: E501 - a table of texts

from entendu.wire import SettingField

FIELDS = (
    SettingField("path", "File", "Fichier", kind="path", help_en="CSV, TSV, JSON lines or mbox; may be gzipped.",
                 help_fr="CSV, TSV, JSON lines ou mbox ; peut être compressé par gzip."),
    SettingField("map", "Columns", "Colonnes", required=False,
                 help_en="What each column says: id=tweet_id,author=author_id,text=text,at=created_at. "
                 "Empty: by the usual names.",
                 help_fr="Ce que dit chaque colonne : id=tweet_id,author=author_id,text=text,at=created_at. "
                 "Vide : d’après les noms usuels."),
    SettingField("network", "Network", "Réseau", required=False,
                 help_en="Where it was said; ids are unique in a network. Empty: the file's name.",
                 help_fr="Où cela a été dit ; les identifiants sont uniques dans un réseau. Vide : le nom du fichier."),
    SettingField("format", "Format", "Format", required=False, help_en="csv, tsv, jsonl or mbox. Empty: guessed.",
                 help_fr="csv, tsv, jsonl ou mbox. Vide : deviné."),
    SettingField("delimiter", "Separator", "Séparateur", required=False,
                 help_en="One character, or “tab”. Empty: guessed.", help_fr="Un caractère, ou « tab ». Vide : deviné."),
    SettingField("encoding", "Encoding", "Encodage", required=False,
                 help_en="utf-8, cp1252 … Empty: guessed.", help_fr="utf-8, cp1252… Vide : deviné."),
    SettingField("own", "Our accounts", "Nos comptes", required=False,
                 help_en="Keys or handles of our own accounts, with commas between.",
                 help_fr="Clés ou noms de nos propres comptes, séparés par des virgules."),
    SettingField("timezone", "Time zone", "Fuseau horaire", required=False, default="UTC",
                 help_en="Of dates that do not say theirs: Europe/Paris, America/Montreal …",
                 help_fr="Celui des dates qui ne le disent pas : Europe/Paris, America/Montreal…"),
    SettingField("addressed", "Said to us", "Nous est adressé", required=False, default="auto",
                 help_en="yes: every row; no: none; auto: inbound rows, and those that name one of our accounts.",
                 help_fr="yes : toutes les lignes ; no : aucune ; auto : les lignes entrantes et celles qui nomment "
                 "l’un de nos comptes."),
    SettingField("outbox", "File for replies", "Fichier des réponses", kind="path", required=False,
                 help_en="Replies are appended here as JSON lines. Empty: this channel cannot reply.",
                 help_fr="Les réponses y sont ajoutées en JSON lines. Vide : ce canal ne peut pas répondre."),
    SettingField("replies", "Kind of replies", "Genre de réponses", required=False,
                 help_en="public, private. Empty: both.", help_fr="public, private. Vide : les deux."),
)  # fmt: skip
