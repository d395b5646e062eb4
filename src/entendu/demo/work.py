"""What the sample's colleagues say and promise while they work. Invented, like the rest."""

PROMISES = {
    "fr": (
        ("Vérifier le lot avec le fournil et vous dire ce qu’il en est", "avec la photo de l’étiquette"),
        ("Vous proposer une nouvelle date de livraison", ""),
        ("Vous rappeler la composition exacte, écrite par la cheffe", ""),
        ("Vous rembourser sur votre carte", "avec le ticket ou la date d’achat"),
        ("Vous répondre après avoir parlé à la boutique", ""),
    ),
    "en": (
        ("Check the batch with the bakehouse and tell you what happened", "with a picture of the label"),
        ("Offer you another delivery date", ""),
        ("Send you the exact ingredients, written by the chef", ""),
        ("Refund your card", "with the receipt or the date of purchase"),
        ("Answer once I have spoken to the shop", ""),
    ),
}

REPLIES = {
    "fr": (
        "Bonjour, merci de nous l’avoir dit. Je m’en occupe moi-même et je reviens vers vous ici demain avant midi.",
        "Bonjour, vous avez raison d’être déçu. Je vérifie avec la boutique et je vous réponds ici avant demain midi.",
        "Bonjour ! Oui, tous les jours de 7 h à 19 h, dimanche jusqu’à 13 h. Bonne visite !",
        "Merci, votre message a fait le tour du fournil ce matin !",
    ),
    "en": (
        "Hello, thank you for telling us. I am taking care of it myself and will answer you here before noon tomorrow.",
        "Hello, you are right to be disappointed. I am asking the shop and will answer you here by noon tomorrow.",
        "Hello! Yes, every day from 7 to 7, Sundays until 1 pm. See you soon!",
        "Thank you, your message went round the bakehouse this morning!",
    ),
}

NOTES = (
    "@solange la crème du lot de mardi, tu as une idée ?",
    "@nadia peux-tu regarder la traçabilité de ce lot ?",
    "@bastien question de cuisson pour toi.",
    "La boutique confirme : la vitrine est tombée en panne hier soir.",
)
