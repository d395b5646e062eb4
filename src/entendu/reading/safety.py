"""Words of danger, fraud, legal threat and leaked data: rules that need no model and no volume.

They raise urgency to "safety", and would rather disturb once too often. The words found are given back, so
that a person sees why.
"""

import re

# One phrase a line; " " stands for any white space.
_FRENCH = (
    r"odeurs? (?:\w+ )*?de (?:gaz|brûlé|brule|fumée)",
    r"fuite de gaz",
    r"pris feu|prend feu|a explosé|ont explosé",
    r"[ée]lectrocut\w+|intoxi(?:qu|cation)\w*|monoxyde",
    r"(?:choc|réaction|reaction|allergie) (?:allergique|grave|sévère|anaphylactique)",
    r"(?:morceaux?|bouts?|éclats?) de (?:verre|métal|metal|plastique) (?:dans|dedans)",
    r"(?:envie|idée) (?:de |d')(?:en finir|mourir)|me suicider|me tuer|suicid\w+",
    r"agress(?:é|ée|és|ées|ion|ions)|harcel\w+|harcèlement|menac\w+ de mort|en danger",
    r"fuites? de donn[ée]e?s|données (?:personnelles|médicales|bancaires) (?:d'un\w*|de|volées?)",
    r"(?:documents?|dossier|avis|courriers?|factures?|données|relevés?) (?:\w+ )?"
    r"d'une? autre (?:personne|client\w*|patient\w*|famille|assuré\w*)",
    r"usurp\w+ (?:d'identité|de mon identité)|identité (?:a été )?(?:usurpée|volée)",
    r"hameçonn\w+|phishing|faux (?:sms|conseiller|site|mail|livreur)",
    r"(?:compte|carte) (?:\w+ )?(?:piraté|hacké|vidé)\w*|(?:vidé|piraté|hacké) (?:mon|nos|ses) comptes?",
    r"(?:utilisation|opérations?|prélèvements?|paiements?|débits?) fraudul\w+",
    r"(?:mon|notre|un) avocat|port\w+ plainte|dépos\w+ plainte|mise en demeure",
    r"saisi[rs] (?:le médiateur|la justice|mon avocat|le tribunal|les prud'hommes)",
    r"poursuites? (?:judiciaires?|en justice)|dgccrf|finir au tribunal|(?:plainte|procès) pour",
    r"(?:sent|senti|sentait|odeur de) (?:le |la )?(?:gaz|brûlé|brule|fumée)|gaz (?:\w+ )?(?:siffle|fuit)",
    r"bless(?:é|ée|és|ées|ure|ures)|hospitalisée?s?|fait une chute",
    r"(?:est|sont|fini\w*|toute la (?:table|famille)) (?:à l'hôpital|aux urgences)",
    r"s'étouff\w+|(?:failli|risque de) (?:mourir|se noyer|s'étouffer|y passer)|brûlures?|convulsions?",
    r"fils (?:électriques? )?(?:à nu|dénudés?)|(?:aliments?|viandes?|poissons?|produits?) (?:avarié|moisi)\w*",
    r"(?:médicament|vaccin|lait|traitement)s? périmé\w*|vomi(?:s|t|ssent|ssements?)? (?:depuis|après)|malades? après",
    r"(?:avec|sorti) un (?:couteau|flingue|pistolet|cutter)|coups? de couteau|attouchement\w*|viol(?:ée?s?|eurs?)?",
    r"piratages?|(?:données|coordonnées|cartes?|numéros? de carte) d'autres (?:clients?|personnes|patients?)",
    r"(?:lèvres?|gorge|langue|visage|paupières?) (?:\w+ ){0,3}(?:gonfl\w+|enfl\w+)|œdème|adrénaline|epipen",
    r"(?:ouvert|souscrit|fait) un (?:crédit|compte|prêt|contrat) à mon nom|discriminations?",
)
_ENGLISH = (
    r"(?:smell|smells|smelling|stench) (?:of|like) (?:gas|burning|smoke)|gas leak",
    r"(?:caught|on|catch|catches) fire|exploded|electrocut\w+|carbon monoxide|food poison\w+|poisoned",
    r"(?:allergic|severe|anaphylactic) (?:reaction|shock)",
    r"(?:pieces?|shards?|bits?) of (?:glass|metal|plastic) in",
    r"suicid\w+|kill(?:ing)? myself|(?:want|going|wanna) (?:to )?(?:end it all|die)|self[- ]harm\w*",
    r"assaulted|harass(?:ed|ing|ment)|threatened (?:me|us|to)|(?:in|real|serious) danger|death threats?",
    r"data (?:breach|leak)\w*|leaked (?:my|our|customer)",
    r"(?:another|other|someone else'?s) (?:patient|customer|person|client)'?s? "
    r"(?:records?|data|details|file|bill|statement|order|account)",
    r"identity (?:theft|was stolen|stolen)|stole my identity|phishing|scammed|fraudulent\w*|sim[- ]?swap\w*",
    r"(?:hacked|drained|emptied) (?:my|our|into)",
    r"(?:account|card|phone) (?:was|got|has been|is|been) (?:hacked|drained|compromised|stolen)",
    r"gave my (?:phone )?number away",
    r"(?:my|our|a) (?:lawyer|attorney|solicitor)s?|legal action|(?:will|gonna|going to|'ll) sue",
    r"suing (?:you|them)|small claims|trading standards|discrimination (?:suit|case|claim)|discriminated",
    r"burning smell|gas (?:hiss|leak|smell)\w*|injur(?:ed|y|ies)|(?:is|are|got|been|kid|kids|people) hurt",
    r"(?:in|to) (?:the )?hospital (?:after|because|since|with)|(?:whole|our) (?:table|family) (?:is |are )?in hospital",
    r"(?:nearly|almost) (?:choked|died|drowned|killed)|(?:fell|falls) because",
    r"bare wires?|(?:rotten|mouldy|moldy|raw) (?:meat|fish|chicken|food)",
    r"(?:sick|ill|vomiting) (?:since|after|from) (?:the|your|eating)",
    r"(?:medicine|medication|vaccine|milk) (?:\w+ ){0,5}(?:out of date|expired)|expired (?:medicine|medication|milk)",
    r"(?:with|pulled) a (?:knife|gun)|stabbed|raped|groped|swung at me|punched|attacked me|drunk (?:driver|pilot)",
    r"(?:lips?|throat|tongue|face|eyes?) (?:\w+ ){0,3}(?:swelling|swollen|swelled)|swollen (?:lips?|throat|face)",
    r"(?:made|making) (?:me|us|him|her|my \w+|our \w+) (?:so |really |very )?(?:sick|ill)|epipen",
    r"(?:at|in|to) the (?:er|emergency room)|throwing up (?:since|after)",
    r"after your hack|your hack|(?:other|another) (?:customers?|patients?|people)'?s? (?:card|bank|personal|medical)",
    r"(?:opened|took out) an? (?:\w+ )?(?:loan|account|credit|card) in my name|(?:ported|transferred) my number",
)

# In lower case, over lowered texts: a pattern that ignores case itself takes four times as long.
PATTERN = re.compile(rf"(?<!\w)(?:{'|'.join((*_FRENCH, *_ENGLISH)).replace(' ', chr(92) + 's+')})(?!\w)")


def danger(text: str) -> str | None:
    """The first words of danger in a text, as they stand there, or None."""
    text = text[:5_000].replace("’", "'")
    lowered = text.lower()
    found = PATTERN.search(lowered)
    if found is None:
        return None
    # A few letters (İ) are longer in lower case: their places no longer tell.
    return text[slice(*found.span())] if len(lowered) == len(text) else found.group(0)
