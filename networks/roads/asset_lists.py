"""Codes of assets with their words, (French, English)."""

from typing import Final

from networks.roads.lists import Words

POINTS: Final[Words] = {
    "sign": ("Panneau", "Sign"),
    "signal": ("Feu, carrefour à feux", "Traffic signal"),
    "lighting": ("Éclairage", "Lighting"),
    "culvert": ("Buse, aqueduc", "Culvert"),
    "structure": ("Ouvrage d’art", "Structure"),
    "barrier": ("Barrière, potelet", "Barrier, bollard"),
    "marking": ("Marquage ponctuel", "Marking"),
    "marker": ("Balise, borne", "Delineator, post"),
    "drain": ("Grille, avaloir", "Gully"),
    "furniture": ("Mobilier", "Street furniture"),
    "other": ("Autre", "Other"),
}
STRETCHES: Final[Words] = {
    "barrier": ("Glissière, barrière", "Safety barrier"),
    "marking": ("Marquage", "Marking"),
    "kerb": ("Bordure", "Kerb"),
    "ditch": ("Fossé", "Ditch"),
    "bridge": ("Pont", "Bridge"),
    "wall": ("Mur de soutènement", "Retaining wall"),
    "tunnel": ("Tunnel", "Tunnel"),
    "pavement": ("Trottoir, accotement", "Footway, verge"),
    "fence": ("Clôture, garde-corps", "Fence, railing"),
    "hedge": ("Alignement d’arbres, haie", "Trees, hedge"),
    "other": ("Autre", "Other"),
}
SIDES: Final[Words] = {
    "left": ("À gauche", "On the left"),
    "right": ("À droite", "On the right"),
    "on": ("Sur l’axe", "On the axis"),
}
SIZES: Final[Words] = {
    "miniature": ("Miniature", "Miniature"),
    "petite": ("Petite", "Small"),
    "normale": ("Normale", "Normal"),
    "grande": ("Grande", "Large"),
    "tres_grande": ("Très grande", "Very large"),
}
