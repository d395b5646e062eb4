"""What may be wrong with a query: a code, a place, parameters. The messages in French and English stand here,
because `reading` knows no gettext; the interface shows them beside the field."""

from collections.abc import Mapping

_EN = {
    "empty": "The query is empty. Write at least one word.",
    "too_long": "The query has {characters} characters; {limit} at most.",
    "too_many_operands": "The query has more than {limit} words and conditions.",
    "too_deep": "More than {limit} parentheses inside each other.",
    "paren_open": "This parenthesis is never closed.",
    "paren_close": "This parenthesis was never opened.",
    "paren_empty": "There is nothing between these parentheses.",
    "quote_open": "This quotation mark is never closed.",
    "phrase_empty": "There is no word between these quotation marks.",
    "phrase_too_long": "This phrase has {words} words; {limit} at most.",
    "operand_missing": "“{operator}” needs a word, a phrase or a parenthesis after it.",
    "operand_missing_before": "“{operator}” needs a word, a phrase or a parenthesis before it.",
    "no_word": "“{text}” holds no word, tag or emoji that could be searched.",
    "wildcard_alone": "A star needs letters: write begin* or *end.",
    "wildcard_inside": "A star may stand at the end or at the beginning of a word, not inside.",
    "wildcard_both": "A star on both sides is not possible: write begin* or *end.",
    "wildcard_short": "Write at least {limit} letters beside the star.",
    "wildcard_phrase": "Inside quotation marks only the last word may have a star, at its end.",
    "wildcard_place": "The star must touch a letter or a digit of one word.",
    "wildcard_near": "A star at the beginning of a word is not possible beside NEAR.",
    "question_mark": "“?” does not stand for a letter. Use a star at the end: begin*.",
    "regex": "Regular expressions are not possible. Put the text in quotation marks to search for it.",
    "operator_unknown": "“{operator}” is not an operator here. Put the text in quotation marks to search for "
    "it.",
    "near_number": "Write the distance in words after a slash: NEAR/5.",
    "near_range": "The distance of NEAR must be between 1 and {limit} words.",
    "near_operand": "Beside NEAR stand words, phrases, or words joined by OR in parentheses.",
    "near_chain": "One NEAR at a time: put a second one in its own AND.",
    "near_wide": "This NEAR has {pairs} combinations; {limit} at most.",
    "field_unknown": "There is no field “{name}”. The fields are: {names}. "
    "Put the text in quotation marks to search for it.",
    "field_empty": "Write the value right after “{name}:”, without a space.",
    "field_group": "Repeat the field: ({name}:a OR {name}:b).",
    "field_value": "“{value}” is not possible for {name}. Possible: {values}.",
    "language_unknown": "“{value}” is not a language code. Write two letters, as in lang:fr.",
    "site_bad": "“{value}” is not a site. Write a domain, as in site:example.org.",
    "number_bad": "“{value}” is not a whole number. Write for example followers>1000.",
    "comparison_bad": "{name} cannot be compared. Write {name}:value.",
    "ignored": "“{text}” is punctuation and was left out.",
    "characters_ignored": "Only “{kept}” is searched: the other characters of “{text}” are not part of "
    "words.",
    "id_twice": "the id {id} was used before.",
    "line_bad": "Line {line} cannot be used: {reason}",
}
_FR = {
    "empty": "La requête est vide. Écrivez au moins un mot.",
    "too_long": "La requête compte {characters} caractères ; {limit} au plus.",
    "too_many_operands": "La requête compte plus de {limit} mots et conditions.",
    "too_deep": "Plus de {limit} parenthèses les unes dans les autres.",
    "paren_open": "Cette parenthèse n’est jamais fermée.",
    "paren_close": "Cette parenthèse n’a jamais été ouverte.",
    "paren_empty": "Il n’y a rien entre ces parenthèses.",
    "quote_open": "Ce guillemet n’est jamais fermé.",
    "phrase_empty": "Il n’y a aucun mot entre ces guillemets.",
    "phrase_too_long": "Cette expression compte {words} mots ; {limit} au plus.",
    "operand_missing": "« {operator} » attend un mot, une expression ou une parenthèse après lui.",
    "operand_missing_before": "« {operator} » attend un mot, une expression ou une parenthèse avant lui.",
    "no_word": "« {text} » ne contient aucun mot, mot-dièse ou émoji à chercher.",
    "wildcard_alone": "Une étoile va avec des lettres : écrivez début* ou *fin.",
    "wildcard_inside": "L’étoile se met à la fin ou au début d’un mot, pas au milieu.",
    "wildcard_both": "Une étoile des deux côtés n’est pas possible : écrivez début* ou *fin.",
    "wildcard_short": "Écrivez au moins {limit} lettres à côté de l’étoile.",
    "wildcard_phrase": "Entre guillemets, seul le dernier mot peut porter une étoile, à sa fin.",
    "wildcard_place": "L’étoile doit toucher une lettre ou un chiffre d’un seul mot.",
    "wildcard_near": "Une étoile au début d’un mot n’est pas possible à côté de PRÈS.",
    "question_mark": "« ? » ne remplace pas une lettre. Mettez une étoile à la fin : début*.",
    "regex": "Les expressions régulières ne sont pas possibles. Mettez le texte entre guillemets pour "
    "le chercher.",
    "operator_unknown": "« {operator} » n’est pas un opérateur ici. Mettez le texte entre guillemets pour le "
    "chercher.",
    "near_number": "Écrivez la distance en mots après une barre : PRÈS/5.",
    "near_range": "La distance de PRÈS va de 1 à {limit} mots.",
    "near_operand": "À côté de PRÈS vont des mots, des expressions, ou des mots joints par OU entre "
    "parenthèses.",
    "near_chain": "Un seul PRÈS à la fois : mettez le second dans son propre ET.",
    "near_wide": "Ce PRÈS donne {pairs} combinaisons ; {limit} au plus.",
    "field_unknown": "Il n’y a pas de champ « {name} ». Les champs : {names}. "
    "Mettez le texte entre guillemets pour le chercher.",
    "field_empty": "Écrivez la valeur juste après « {name}: », sans espace.",
    "field_group": "Répétez le champ : ({name}:a OU {name}:b).",
    "field_value": "« {value} » n’est pas possible pour {name}. Possibles : {values}.",
    "language_unknown": "« {value} » n’est pas un code de langue. Écrivez deux lettres, comme lang:fr.",
    "site_bad": "« {value} » n’est pas un site. Écrivez un domaine, comme site:example.org.",
    "number_bad": "« {value} » n’est pas un nombre entier. Écrivez par exemple followers>1000.",
    "comparison_bad": "{name} ne se compare pas. Écrivez {name}:valeur.",
    "ignored": "« {text} » est de la ponctuation et a été laissé de côté.",
    "characters_ignored": "Seul « {kept} » est cherché : les autres caractères de « {text} » ne sont pas des "
    "mots.",
    "id_twice": "l’identifiant {id} a déjà servi.",
    "line_bad": "La ligne {line} ne peut pas servir : {reason}",
}
MESSAGES: Mapping[str, Mapping[str, str]] = {"en": _EN, "fr": _FR}
_SHOWN = 60  # characters of a bad piece that a message repeats


class QueryError(ValueError):
    """A query that cannot be understood: `code`, the offset and length of what is wrong, and parameters."""

    def __init__(self, code: str, position: int = 0, length: int = 0, **params: str | int) -> None:
        self.code = code
        self.position = position
        self.length = length
        self.params = params
        super().__init__(f"{code} at {position}")


def say(code: str, params: Mapping[str, str | int], language: str) -> str:
    """The message of a code; unknown languages get English. Long pieces of the query are cut."""
    table = MESSAGES.get(language[:2].lower(), _EN)
    return table[code].format(**{name: _cut(value) for name, value in params.items()})


def _cut(value: str | int) -> str:
    """A piece fit to be shown: characters that could garble a page or a terminal are replaced."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in str(value))
    return shown if len(shown) <= 4 * _SHOWN else shown[: 4 * _SHOWN] + "…"


def message(error: QueryError, language: str) -> str:
    """What is wrong, for the person who typed the query; `language` is "fr" or "en" (or starts with it)."""
    return say(error.code, error.params, language)
