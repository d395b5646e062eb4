"""Words of danger, fraud, legal threat and leaked data: rules that need no model and no volume.

They raise urgency to "safety". They would rather disturb once too often; the words found are given back, so that a
person sees why.
"""

import re

_FRENCH = r"""
    odeurs? \s+ de \s+ (?:gaz|brûlé|brule|fumée) | fuite \s+ de \s+ gaz | (?:a|ont|ayant) \s+ pris \s+ feu | prend \s+ feu
  | (?:a|ont) \s+ explosé | électrocut\w+ | electrocut\w+ | intoxi(?:qu|cation)\w* | monoxyde
  | (?:choc|réaction|reaction|allergie) \s+ (?:allergique|grave|anaphylactique)
  | (?:morceaux?|bouts?|éclats?) \s+ de \s+ (?:verre|métal|metal|plastique) \s+ (?:dans|dedans)
  | (?:envie|idée) \s+ (?:d[e'] \s* (?:en \s+ finir|mourir)) | (?:me|m') \s* (?:suicider|tuer|foutre \s+ en \s+ l'air) | suicid\w+
  | agress(?:é|ée|és|ées|ion|ions) | harcel\w+ | harcèlement | menac(?:é|ée|e) \s+ de \s+ mort | en \s+ danger
  | fuite \s+ de \s+ donn[ée]e?s | données \s+ (?:personnelles|médicales|bancaires) \s+ (?:d'un\w*|de|volées?)
  | (?:documents?|dossier|avis|courrier|facture|factures|données) \s+ (?:\w+\s+)? d'une? \s+ autre \s+ (?:personne|client\w*|patient\w*|famille)
  | (?:usurp\w+ \s+ d'identité|identité \s+ (?:a \s+ été \s+)? (?:usurpée|volée)) | hameçonn\w+ | phishing | arnaqu\w+ \s+ (?:en \s+ votre \s+ nom|au \s+ faux)
  | (?:compte|carte) \s+ (?:\w+\s+)? (?:piraté\w*|hacké\w*|vidé\w*) | (?:vidé|piraté|hacké) \s+ (?:mon|nos|ses) \s+ comptes?
  | (?:utilisation|opérations?|prélèvements?|paiements?|débits?) \s+ fraudul\w+ | faux \s+ (?:sms|conseiller|site|mail)
  | (?:mon|notre|un) \s+ avocat | porter(?:ai|a|ons)? \s+ plainte | dépos\w+ \s+ plainte | mise \s+ en \s+ demeure | saisi[rs] \s+ (?:le \s+ médiateur|la \s+ justice|mon \s+ avocat|le \s+ tribunal)
  | poursuites? \s+ (?:judiciaires?|en \s+ justice) | dgccrf | (?:va|vais|allons) \s+ finir \s+ au \s+ tribunal
"""

_ENGLISH = r"""
    (?:smell|smelling|stench) \s+ (?:of|like) \s+ (?:gas|burning|smoke) | gas \s+ leak | (?:caught|on|catch|catches) \s+ fire
  | exploded | electrocut\w+ | carbon \s+ monoxide | food \s+ poison\w+ | poisoned
  | (?:allergic|severe|anaphylactic) \s+ (?:reaction|shock) | (?:pieces?|shards?|bits?) \s+ of \s+ (?:glass|metal|plastic) \s+ in
  | suicid\w+ | kill(?:ing)? \s+ myself | (?:want|going|wanna) \s+ (?:to \s+)? (?:end \s+ it \s+ all|die) | self[- ]harm\w*
  | assaulted | harass(?:ed|ing|ment) | threatened \s+ (?:me|us|to) | (?:in|real|serious) \s+ danger | death \s+ threats?
  | data \s+ (?:breach|leak)\w* | leaked \s+ (?:my|our|customer) | (?:another|other|someone \s+ else'?s) \s+ (?:patient|customer|person|client)'?s? \s+ (?:records?|data|details|file|bill|statement|order|account)
  | identity \s+ (?:theft|was \s+ stolen|stolen) | stole \s+ my \s+ identity | phishing | scammed | fraudulent\w* | sim[- ]?swap\w*
  | (?:hacked|drained|emptied) \s+ (?:my|our|into) | (?:account|card|phone) \s+ (?:was|got|has \s+ been|is|been) \s+ (?:hacked|drained|compromised|stolen) | gave \s+ my \s+ (?:phone \s+)? number \s+ away
  | (?:my|our|a) \s+ (?:lawyer|attorney|solicitor)s? | legal \s+ action | (?:will|gonna|going \s+ to|'ll) \s+ sue | suing \s+ (?:you|them) | small \s+ claims | trading \s+ standards
"""

PATTERN = re.compile(rf"(?<!\w)(?:{_FRENCH}|{_ENGLISH})(?!\w)", re.IGNORECASE | re.VERBOSE)

# A cheap sieve: a text without any of these pieces cannot match, and most texts have none.
_SIEVE = re.compile(
    r"odeur|gaz|feu|explos|lectroc|ntoxi|monox|allerg|anaphy|verre|métal|metal|plasti|finir|mourir|suicid|tuer|foutre|agress|harc|menac"
    r"|danger|donn|autre|usurp|dentit|hame|phish|arnaq|pirat|hack|vid[ée]|fraud|faux|avocat|plainte|demeure|saisi|poursuite|dgccrf"
    r"|tribunal|smell|stench|gas|fire|poison|react|shock|glass|kill|end it|die|harm|assault|harass|threat|breach|leak|other|else"
    r"|scam|sim|swap|drain|empti|compromis|stole|number|lawyer|attorney|solicitor|legal|sue|suing|claims|standards",
    re.IGNORECASE,
)


def danger(text: str) -> str | None:
    """The first words of danger in a text, as they stand there, or None."""
    if _SIEVE.search(text) is None:
        return None
    found = PATTERN.search(text.replace("’", "'"))
    return found.group(0) if found else None
