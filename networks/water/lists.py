"""Lists of values, {code: (French, English)}: StaR-Eau v2024 (CNIG, ASTEE) where it has one, RAEPA 1.2 otherwise.

Materials, states of service, and kinds of nodes are StaR-Eau's; what RAEPA alone has (certainty of years, content,
function, how it flows, defects) keeps RAEPA's codes. `importers/raepa` says how RAEPA's other codes map to these.
"""

from typing import Final

from layers.features.display import is_english

type Words = dict[str, tuple[str, str]]

SERVICE_STATES: Final[Words] = {
    "en_service": ("En service", "In service"),
    "en_arret": ("À l’arrêt", "Stopped"),
    "abandon": ("Abandonné", "Abandoned"),
    "en_projet": ("En projet", "Planned"),
    "en_construction": ("En construction", "Under construction"),
    "comble": ("Comblé", "Filled in"),
    "depose": ("Déposé", "Removed"),
}
IN_SERVICE: Final = "en_service"
YEAR_QUALITIES: Final[Words] = {
    "01": ("Certaine", "Certain"),
    "02": ("Récolement", "As-built survey"),
    "03": ("Projet", "Design"),
    "04": ("Mémoire", "From memory"),
    "05": ("Déduite", "Deduced"),
    "00": ("Indéterminée", "Not known"),
}
MATERIALS: Final[Words] = {
    "acier": ("Acier", "Steel"),
    "amci": ("Amiante-ciment", "Asbestos cement"),
    "ba": ("Béton armé", "Reinforced concrete"),
    "beton": ("Béton, type inconnu", "Concrete, kind unknown"),
    "bitum": ("Bitume", "Bitumen"),
    "bois": ("Bois", "Wood"),
    "briq": ("Brique", "Brick"),
    "btat": ("Béton âme tôle", "Concrete with steel core"),
    "btcp": ("Béton composite", "Composite concrete"),
    "btfb": ("Béton fibré", "Fibre concrete"),
    "btna": ("Béton non armé", "Plain concrete"),
    "btpc": ("Béton précontraint", "Prestressed concrete"),
    "btpj": ("Béton projeté", "Sprayed concrete"),
    "cu": ("Cuivre", "Copper"),
    "epx": ("Époxy", "Epoxy"),
    "fbpj": ("Fibres projetées", "Sprayed fibres"),
    "fbro": ("Fibres-ciment", "Fibre cement"),
    "fbvr": ("Fibre de verre", "Glass fibre"),
    "fd": ("Fonte ductile", "Ductile iron"),
    "fg": ("Fonte grise", "Grey iron"),
    "fonte": ("Fonte, type inconnu", "Iron, kind unknown"),
    "gres": ("Grès", "Stoneware"),
    "mac": ("Maçonnerie", "Masonry"),
    "maca": ("Maçonnerie appareillée", "Coursed masonry"),
    "macna": ("Maçonnerie non appareillée", "Rubble masonry"),
    "metal": ("Métal, type inconnu", "Metal, kind unknown"),
    "meul": ("Meulière", "Millstone"),
    "mrtc": ("Mortier de ciment", "Cement mortar"),
    "pb": ("Plomb", "Lead"),
    "pbu": ("Polybutylène (PB)", "Polybutylene (PB)"),
    "pe": ("Polyéthylène", "Polyethylene"),
    "pebd": ("PEBD", "LDPE"),
    "pehd": ("PEHD lisse", "HDPE, smooth"),
    "pehda": ("PEHD annelé", "HDPE, corrugated"),
    "pex": ("Polyéthylène réticulé (PEX)", "Cross-linked polyethylene (PEX)"),
    "plast": ("Plastique, type inconnu", "Plastic, kind unknown"),
    "pp": ("Polypropylène lisse", "Polypropylene, smooth"),
    "ppa": ("Polypropylène annelé", "Polypropylene, corrugated"),
    "prv": ("PRV, plastique renforcé de fibres", "Fibre-reinforced plastic"),
    "pu": ("Polyester", "Polyester"),
    "pvc": ("PVC lisse", "PVC, smooth"),
    "pvca": ("PVC annelé", "PVC, corrugated"),
    "pvcbo": ("PVC bi-orienté", "PVC, bi-oriented"),
    "pvcc": ("PVC surchloré", "PVC-C"),
    "rpmp": ("Mortier renforcé de polymères", "Polymer mortar"),
    "sgbt": ("Voussoirs de béton", "Concrete segments"),
    "tole": ("Tôle galvanisée", "Galvanised steel"),
    "trct": ("Terre cuite", "Terracotta"),
    "autre": ("Autre", "Other"),
    "inc": ("Inconnu", "Unknown"),
}
FLOW_MODES: Final[Words] = {
    "01": ("Gravitaire", "By gravity"),
    "02": ("Forcé (refoulement, surpression)", "Under pressure"),
    "03": ("Sous vide", "Vacuum"),
    "99": ("Autre", "Other"),
    "00": ("Indéterminé", "Not known"),
}
WATER_FUNCTIONS: Final[Words] = {
    "01": ("Transport", "Transport"),
    "02": ("Distribution", "Distribution"),
    "99": ("Autre", "Other"),
    "00": ("Indéterminée", "Not known"),
}
SEWER_FUNCTIONS: Final[Words] = WATER_FUNCTIONS | {"02": ("Collecte", "Collection")}
WATER_CONTENTS: Final[Words] = {
    "01": ("Eau brute", "Raw water"),
    "02": ("Eau potable", "Drinking water"),
    "99": ("Autre", "Other"),
    "00": ("Indéterminé", "Not known"),
}
SEWER_CONTENTS: Final[Words] = {
    "01": ("Eaux pluviales", "Stormwater"),
    "02": ("Eaux usées", "Wastewater"),
    "03": ("Unitaire", "Combined"),
    "99": ("Autre", "Other"),
    "00": ("Indéterminé", "Not known"),
}
SYSTEMS: Final[Words] = {
    "01": ("Pluvial", "Stormwater"),
    "02": ("Eaux usées", "Wastewater"),
    "03": ("Unitaire", "Combined"),
}
"""TYPRESEAU: which of the sewer networks."""
WATER_NODES: Final[Words] = {
    "valve": ("Vanne", "Valve"),
    "hydrant": ("Poteau ou bouche d’incendie", "Hydrant"),
    "meter": ("Compteur", "Meter"),
    "sensor": ("Point de mesure", "Sensor"),
    "regulator": ("Régulateur", "Regulator"),
    "air_valve": ("Ventouse", "Air valve"),
    "drain": ("Vidange", "Drain"),
    "fitting": ("Pièce (té, coude, réduction, bouchon)", "Fitting (tee, bend, reducer, cap)"),
    "chamber": ("Chambre", "Chamber"),
    "tank": ("Réservoir", "Tank"),
    "pump": ("Pompage", "Pumping station"),
    "treatment": ("Traitement", "Treatment plant"),
    "catchment": ("Captage", "Catchment"),
    "import": ("Achat d’eau (interconnexion)", "Bulk purchase (interconnection)"),
    "junction": ("Jonction", "Junction"),
    "other": ("Autre", "Other"),
}
SOURCES: Final = ("tank", "treatment", "catchment", "import")
"""Kinds of nodes that supply a drinking water network."""
SEWER_NODES: Final[Words] = {
    "manhole": ("Regard", "Manhole"),
    "inlet": ("Avaloir", "Inlet"),
    "outlet": ("Exutoire, rejet", "Outlet"),
    "overflow": ("Déversoir d’orage", "Storm overflow"),
    "pump": ("Poste de pompage", "Pumping station"),
    "treatment": ("Station d’épuration", "Treatment plant"),
    "basin": ("Bassin", "Basin"),
    "grit": ("Chambre à sable", "Grit chamber"),
    "flush": ("Chasse", "Flushing tank"),
    "valve": ("Vanne ou batardeau", "Valve or stoplog"),
    "air_valve": ("Ventouse", "Air valve"),
    "sensor": ("Point de mesure", "Sensor"),
    "fitting": ("Pièce (té, coude, culotte)", "Fitting (tee, bend, branch)"),
    "junction": ("Jonction", "Junction"),
    "other": ("Autre", "Other"),
}
SINKS: Final = ("treatment", "outlet")
"""Kinds of nodes where a sewer network ends."""
POSITIONS: Final[Words] = {"open": ("Ouverte", "Open"), "closed": ("Fermée", "Closed")}
CONDITIONS: Final[Words] = {
    "working": ("Manœuvrable", "Works"),
    "broken": ("Bloquée ou cassée", "Stuck or broken"),
    "buried": ("Enterrée, introuvable", "Buried, not found"),
}
ACCURACIES: Final[Words] = {
    "A": ("A (40 cm ; 50 cm si flexible)", "A (40 cm; 50 cm if flexible)"),
    "B": ("B (jusqu’à 1,5 m)", "B (up to 1.5 m)"),
    "C": ("C (au-delà)", "C (beyond)"),
}
SENSITIVE: Final[Words] = {
    "hospital": ("Hôpital, clinique", "Hospital or clinic"),
    "dialysis": ("Dialyse à domicile", "Dialysis at home"),
    "care_home": ("Établissement de soins ou pour personnes âgées", "Care home"),
    "school": ("École, crèche", "School or nursery"),
    "fire": ("Centre de secours", "Fire station"),
    "industry": ("Industrie ou élevage qui en dépend", "Industry or farm that depends on it"),
    "other": ("Autre usager sensible", "Other sensitive user"),
}
PATIENT: Final = "dialysis"
"""A person at home, whose health it tells: nobody is named with it."""
DEFECTS: Final[Words] = {
    "01": ("Casse longitudinale", "Longitudinal break"),
    "02": ("Casse nette", "Clean break"),
    "03": ("Déboîtement", "Dislocation"),
    "04": ("Fissure", "Crack"),
    "05": ("Joint", "Joint"),
    "06": ("Percement", "Piercing"),
    "99": ("Autre", "Other"),
    "00": ("Indéterminé", "Not known"),
}
"""DEFREPAREE of RAEPA 1.2."""
REPAIRED: Final[Words] = {
    "01": ("Canalisation", "Pipe"),
    "02": ("Appareillage", "Fitting or valve"),
    "03": ("Ouvrage", "Structure"),
}
"""SUPPREPARE of RAEPA 1.2."""
CAUSES: Final[Words] = {
    "corrosion": ("Corrosion, vieillissement", "Corrosion, age"),
    "ground": ("Mouvement de terrain, sécheresse", "Ground movement, drought"),
    "frost": ("Gel", "Frost"),
    "pressure": ("Pression, coup de bélier", "Pressure, water hammer"),
    "third_party": ("Travaux de tiers", "Third-party works"),
    "roots": ("Racines", "Roots"),
    "traffic": ("Charge roulante", "Traffic load"),
    "laying": ("Défaut de pose", "Faulty laying"),
    "other": ("Autre", "Other"),
    "unknown": ("Inconnue", "Unknown"),
}
"""Causes of repairs: our own list, no standard has one."""
ANOMALIES: Final[Words] = {
    "dry": ("Pas d’eau", "No water"),
    "flow": ("Débit insuffisant", "Flow too low"),
    "pressure": ("Pression insuffisante", "Pressure too low"),
    "stuck": ("Manœuvre dure ou impossible", "Hard or impossible to open"),
    "leak": ("Fuite", "Leak"),
    "drain": ("Vidange défectueuse", "Faulty drain"),
    "cap": ("Bouchon manquant ou bloqué", "Cap missing or stuck"),
    "outlet": ("Raccord ou joint abîmé", "Outlet or seal damaged"),
    "hit": ("Appareil heurté ou penché", "Hit or leaning"),
    "access": ("Accès gêné (végétation, stationnement)", "Hard to reach (plants, parked cars)"),
    "sign": ("Numéro ou signalisation absents", "Number or sign missing"),
    "paint": ("Peinture à refaire", "To be painted"),
    "other": ("Autre", "Other"),
}
"""What inspections of hydrants find: our own list, no standard has one."""


def word(words: Words, code: str | None) -> str:
    """A code as people read it, in their language; a code of no list as it is."""
    french, english = words.get(code or "", (code or "", code or ""))
    return english if is_english() else french


def pairs(words: Words) -> list[tuple[str, str]]:
    """As Django's choices, in French."""
    return [(code, french) for code, (french, _english) in words.items()]
