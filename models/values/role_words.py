"""Words for a role, a place or a machine and not for a person, in Finnish, Swedish and English."""

from functools import lru_cache

from models.values.diacritics import without_diacritics

_WORDS = """
asiakaspalvelu asiakastuki hallinto hallitus hankinta henkilosto henkilostohallinto huolto huolinta info johto
julkaisut kassa kauppa keskus kirjaamo kirjanpito kuljetus kuljetukset kuriiri laskut laskutus lahettamo
lahetykset lahetys logistiikka maksut markkinointi myymala myynti neuvonta noutopiste osto ostolaskut ostot
palaute palkat palvelu pakkaamo paakayttaja pakettipiste posti postitus reklamaatiot rekry rekrytointi sihteeri
taloushallinto talous tarjoukset tekniikka terminaali tiedotus tilaukset tilaus tilitoimisto toimisto toimitus
toimitukset tuki tuotanto tyonjohto vaihde varasto vastaanotto verkkokauppa viestinta yhteys yllapito
bestallning bestallningar ekonomi faktura fakturor forsaljning inkop kansli kontor kundservice kundtjanst
kundtjaenst lager leverans leveranser marknad marknadsforing ordermottagning reception registrator
spedition support terminal utskick vaxel
accounting accounts admin administrator administration billing booking careers contact courier customerservice
dispatch enquiries finance help helpdesk hello hr inquiries invoice invoices it jobs logistics mail mailroom
marketing noreply office operations order orders payroll postmaster press privacy purchasing returns sales
security service shipping staff store team user users warehouse webmaster webshop
abuse api bot edi hostmaster integraatio integration jarjestelma koneliittyma ohjelmisto rajapinta robot
robotti root script system systemi tekninen testi test rest tunnus yhteiskaytto yhteinen
"""
ROLE_WORDS = frozenset(_WORDS.split())

# Endings of compounds (keskusvarasto, postivarasto); no Finnish or Swedish surname ends so.
_ROLE_ENDINGS = ("varasto", "toimisto", "palvelu", "lahettamo", "myymala", "keskus", "hallinto", "osasto", "avdelning")


@lru_cache(maxsize=10_000)
def is_role_word(word: str) -> bool:
    """Return whether a word is a role word; case and diacritics do not count (Lähettämö, lahettamo)."""
    bare = without_diacritics(word)
    return bare in ROLE_WORDS or bare.endswith(_ROLE_ENDINGS)
