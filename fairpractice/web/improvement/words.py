"""What projects can say in few words: levels of taking part, steps, and what became of them."""

LEVELS = {
    "inform": "Inform: they are told what is planned",
    "consult": "Consult: they are asked what they think of it",
    "engage": "Engage: they are listened to, and ideas are discussed",
    "co_design": "Co-design: it is designed with them, and their ideas are in it",
    "co_production": "Co-production: they are equal partners from start to finish",
}
"""The five levels of NHS England's guidance, "Working in partnership with people and communities"
(2022)."""
STEPS = {
    "plan": "Plan: what we mean to do, and what we expect",
    "do": "Do: what we did",
    "study": "Study: what we saw, and what surprised us",
    "act": "Act: what we keep, change or stop",
}
RESULTS = {
    "worked": "It worked",
    "partly": "It worked in part",
    "did_not": "It did not work",
    "could_not_tell": "We could not tell",
}
NOBODY_NAMED = (
    "Everybody at the network and at its community partners can read this: nothing from which "
    "somebody could be recognised."
)
