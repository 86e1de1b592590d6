"""Who gets what: every route x method x role x whose object it is, with the status answered. Written by hand.

Scope: `own` is the asker's member's object (or the asker's), `other` another member's (or another person's), `none`
does not exist, `mixed` another member's object under one's own member's address, `public` is open, `remote` asks from
another machine, `unused` is a row of the platform that nothing refers to, `-` has no object. `REST` stands for every
method of GET HEAD POST PUT PATCH DELETE OPTIONS that the route's other lines do not name. A route may be a pattern.

Two kinds of lines are written where they are an exception only (`completed`): `none` follows from `other` where the
address holds the object, and `REST` is refused (405) outside the administration. Nothing is written of the lists whose
pages and APIs the kit makes (`lines_of_lists`), nor of the pages of imports (`tests.policy.imports`), but where a desk
answers otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from gis_core.points import LISTINGS, DeskList
from tests.policy import imports

ROLES = (
    "anonymous",
    "reader",
    "town_hall",
    "permit_instructor",
    "network_technician",
    "gis_administrator",
    "agency_administrator",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

POLICY = """
# route                                                     method      scope   anon read town perm netw gisa agen
                                                            GET,HEAD    -       200  200  200  200  200  200  200
favicon.ico                                                 GET,HEAD    -       302  302  302  302  302  302  302
langue/                                                     POST        -       302  302  302  302  302  302  302
taches/<int:job_id>/arreter/                                POST        own     302  403  404  403  403  302  302
taches/<int:job_id>/arreter/                                POST        other   302  404  404  404  404  404  302
aide/                                                       GET,HEAD    -       200  200  200  200  200  200  200
aide/images/<str:name>                                      GET,HEAD    public  200  200  200  200  200  200  200
aide/images/<str:name>                                      GET,HEAD    none    404  404  404  404  404  404  404
aide/<slug:folder>/<slug:name>/                             GET,HEAD    public  200  200  200  200  200  200  200
aide/<slug:folder>/<slug:name>/                             GET,HEAD    none    404  404  404  404  404  404  404
aide/composants/                                            GET,HEAD    -       404  404  404  404  404  404  404
aide/composants/<slug:part>/<slug:state>/                   GET,HEAD    -       404  404  404  404  404  404  404
aide/composants/<slug:part>/<slug:state>/                   POST        -       404  404  404  404  404  404  404
health/live                                                 GET,HEAD    -       200  200  200  200  200  200  200
health/ready                                                GET,HEAD    -       200  200  200  200  200  200  200
metrics                                                     GET,HEAD    -       401  403  403  403  403  403  200
metrics                                                     GET,HEAD    remote  401  403  403  403  403  403  200
metrics                                                     REST        -       405  405  405  405  405  405  405

compte/                                                     GET,HEAD    -       302  200  200  200  200  200  200
compte/carte/                                               POST        -       302  204  204  204  204  204  204
compte/alertes/                                             POST        -       302  403  403  403  403  403  302
compte/filtres/                                             POST        -       302  302  302  302  302  302  302
compte/invitations/<int:membership_id>/accepter/            POST        own     302  302  302  302  302  302  302
compte/invitations/<int:membership_id>/accepter/            POST        other   302  404  404  404  404  404  404
compte/jetons/                                              POST        -       302  200  200  200  200  200  200
compte/jetons/<int:token_id>/revoquer/                      POST        own     302  302  302  302  302  302  302
compte/jetons/<int:token_id>/revoquer/                      POST        other   302  404  404  404  404  404  404
compte/mes-donnees/                                         GET,HEAD    -       302  200  200  200  200  200  200
compte/mes-donnees/                                         POST        -       302  302  302  302  302  302  302
compte/mes-donnees/fichier/                                 GET,HEAD    -       302  404  404  404  404  404  404
compte/session/                                             GET,HEAD    -       200  200  200  200  200  200  200
compte/connexion/                                           GET,HEAD    -       200  302  302  302  302  302  302
compte/connexion/                                           POST        -       302  302  302  302  302  302  302
compte/connexion/                                           PUT,OPTIONS -       200  302  302  302  302  302  302
compte/connexion/                                           REST        -       405  302  302  302  302  302  302
compte/deconnexion/                                         GET,HEAD    -       302  200  200  200  200  200  200
compte/deconnexion/                                         POST        -       302  302  302  302  302  302  302
compte/deconnexion/                                         OPTIONS     -       200  200  200  200  200  200  200
compte/ferme/                                               GET,HEAD    -       200  200  200  200  200  200  200
compte/ferme/                                               OPTIONS     -       200  200  200  200  200  200  200
compte/inscription/                                         GET,HEAD    -       200  302  302  302  302  302  302
compte/inscription/                                         REST        -       200  302  302  302  302  302  302
compte/mot-de-passe/                                        GET,HEAD    -       302  200  200  200  200  200  200
compte/mot-de-passe/                                        POST        -       302  302  302  302  302  302  302
compte/mot-de-passe/                                        PUT,OPTIONS -       302  200  200  200  200  200  200
compte/mot-de-passe/                                        REST        -       302  405  405  405  405  405  405
compte/mot-de-passe/definir/                                GET,HEAD    -       302  302  302  302  302  302  302
compte/mot-de-passe/definir/                                REST        -       302  302  302  302  302  302  302
compte/mot-de-passe/oublie/                                 GET,HEAD    -       200  200  200  200  200  200  200
compte/mot-de-passe/oublie/                                 POST        -       302  302  302  302  302  302  302
compte/mot-de-passe/oublie/                                 PUT,OPTIONS -       200  200  200  200  200  200  200
compte/mot-de-passe/oublie/envoye/                          GET,HEAD    -       200  200  200  200  200  200  200
compte/mot-de-passe/oublie/envoye/                          OPTIONS     -       200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/fait/                           GET,HEAD    -       200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/fait/                           OPTIONS     -       200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/<uidb36>-<key>/                 GET,HEAD    none    200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/<uidb36>-<key>/                 REST        none    200  200  200  200  200  200  200

exploitation/                                               GET,HEAD    -       302  403  403  403  403  403  200
depart/<slug:slug>/                                         GET,HEAD    own     302  403  403  403  403  403  200
depart/<slug:slug>/                                         GET,HEAD    other   302  403  403  403  403  403  200
depart/<slug:slug>/                                         GET,HEAD    none    302  403  403  403  403  403  404
depart/<slug:slug>/                                         POST        own     302  403  403  403  403  403  302
depart/<slug:slug>/                                         POST        other   302  403  403  403  403  403  302
depart/<slug:slug>/                                         POST        none    302  403  403  403  403  403  404
depart/<slug:slug>/fichier/                                 GET,HEAD    own     302  403  403  403  403  403  404
depart/<slug:slug>/fichier/                                 GET,HEAD    other   302  403  403  403  403  403  404
depart/<slug:slug>/fichier/                                 GET,HEAD    none    302  403  403  403  403  403  404
donnees-personnelles/                                       GET,HEAD    -       302  403  403  403  403  200  200
donnees-personnelles/demandes/                              GET,HEAD    -       302  403  403  403  403  403  200
donnees-personnelles/demandes/                              POST        -       302  403  403  403  403  403  302
donnees-personnelles/demandes/<int:job_id>/                 GET,HEAD    own     302  403  403  403  403  403  404
donnees-personnelles/demandes/<int:job_id>/                 GET,HEAD    other   302  403  403  403  403  403  404
donnees-personnelles/demandes/<int:job_id>/                 POST        own     302  403  403  403  403  403  404
donnees-personnelles/demandes/<int:job_id>/                 POST        other   302  403  403  403  403  403  404
donnees-personnelles/demandes/<int:job_id>/fichier/         GET,HEAD    own     302  403  403  403  403  403  404
donnees-personnelles/demandes/<int:job_id>/fichier/         GET,HEAD    other   302  403  403  403  403  403  404
donnees-personnelles/conservation/                          GET,HEAD    -       302  403  403  403  403  403  200
donnees-personnelles/conservation/                          POST        -       302  403  403  403  403  403  302
donnees-personnelles/conservation/fichier.<str:suffix>      GET,HEAD    -       302  403  403  403  403  403  200
donnees-personnelles/conservation/<slug:retention>/         GET,HEAD    public  302  403  403  403  403  403  200
donnees-personnelles/conservation/<slug:retention>/         GET,HEAD    none    302  403  403  403  403  403  404
donnees-personnelles/conservation/<slug:retention>/         POST        public  302  403  403  403  403  403  302
donnees-personnelles/conservation/<slug:retention>/         POST        none    302  403  403  403  403  403  404
donnees-personnelles/registre/                              GET,HEAD    -       302  403  403  403  403  403  200
donnees-personnelles/registre/fichier.<str:suffix>          GET,HEAD    -       302  403  403  403  403  403  200
donnees-personnelles/registre/<slug:slug>/                  GET,HEAD    own     302  403  403  403  403  200  200
donnees-personnelles/registre/<slug:slug>/                  GET,HEAD    other   302  403  403  403  403  404  200
donnees-personnelles/registre/<slug:slug>/fichier.<str:suffix> GET,HEAD    own     302  403  403  403  403  200  200
donnees-personnelles/registre/<slug:slug>/fichier.<str:suffix> GET,HEAD    other   302  403  403  403  403  404  200
mise-en-route/                                              GET,HEAD    -       302  403  403  403  403  403  200
mise-en-route/essai/                                        POST        -       302  403  403  403  403  403  302
mise-en-route/montrer/                                      POST        -       302  403  403  403  403  403  302
membres/                                                    GET,HEAD    -       302  403  403  403  403  200  200
membres/<slug:slug>/                                        GET,HEAD    own     302  403  403  403  403  200  200
membres/<slug:slug>/                                        GET,HEAD    other   302  404  404  404  404  404  200
membres/<slug:slug>/                                        POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/                                        POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/liste/                                  GET,HEAD    own     302  403  403  403  403  200  200
membres/<slug:slug>/liste/                                  GET,HEAD    other   302  404  404  404  404  404  200
membres/<slug:slug>/liste/                                  POST        own     302  403  403  403  403  200  200
membres/<slug:slug>/liste/                                  POST        other   302  404  404  404  404  404  200
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    own     302  403  403  403  403  200  200
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    other   302  404  404  404  404  404  200
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    mixed   302  403  403  403  403  404  404
membres/<slug:slug>/<int:membership_id>/                    POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/<int:membership_id>/                    POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/<int:membership_id>/                    POST        mixed   302  403  403  403  403  404  404
membres/<slug:slug>/<int:membership_id>/retirer/            POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/<int:membership_id>/retirer/            POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/<int:membership_id>/retirer/            POST        mixed   302  403  403  403  403  404  404
regles/                                                     GET,HEAD    -       302  403  403  200  403  200  200
regles/<slug:slug>/<str:idurba>/                            GET,HEAD    own     302  403  403  200  403  200  200
regles/<slug:slug>/<str:idurba>/                            GET,HEAD    other   302  404  404  404  404  404  200
regles/<slug:slug>/<str:idurba>/                            POST        own     302  403  403  302  403  302  302
regles/<slug:slug>/<str:idurba>/                            POST        other   302  404  404  404  404  404  302
regles/<slug:slug>/<str:idurba>/regles.json                 GET,HEAD    own     302  403  403  200  403  200  200
regles/<slug:slug>/<str:idurba>/regles.json                 GET,HEAD    other   302  404  404  404  404  404  200
regles/<slug:slug>/<str:idurba>/zones/<path:zone>/          GET,HEAD    own     302  403  403  200  403  200  200
regles/<slug:slug>/<str:idurba>/zones/<path:zone>/          GET,HEAD    other   302  404  404  404  404  404  200
regles/<slug:slug>/<str:idurba>/zones/<path:zone>/          POST        own     302  403  403  302  403  302  302
regles/<slug:slug>/<str:idurba>/zones/<path:zone>/          POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/                               GET,HEAD    own     302  200  200  200  200  200  200
simulations/<int:project_id>/                               GET,HEAD    other   302  404  404  404  404  404  200
simulations/<int:project_id>/versions/<int:number>/         GET,HEAD    own     302  200  200  200  200  200  200
simulations/<int:project_id>/versions/<int:number>/         GET,HEAD    other   302  404  404  404  404  404  200
simulations/<int:project_id>/versions/<int:number>/reprendre/ POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/versions/<int:number>/reprendre/ POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/insertion/                     POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/insertion/                     POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/archiver/                      POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/archiver/                      POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/partage/                       POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/partage/                       POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/liens/<int:link_id>/fermer/    POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/liens/<int:link_id>/fermer/    POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/liens/                         POST        own     302  403  403  200  200  200  200
simulations/<int:project_id>/liens/                         POST        other   302  404  404  404  404  404  200
simulations/<int:project_id>/documents/                     POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/documents/                     POST        other   302  404  404  404  404  404  302
simulations/<int:project_id>/documents/<int:document_id>/   GET,HEAD    own     302  200  200  200  200  200  200
simulations/<int:project_id>/documents/<int:document_id>/   GET,HEAD    other   302  404  404  404  404  404  200
simulations/<int:project_id>/documents/<int:document_id>/retirer/ POST        own     302  403  403  302  302  302  302
simulations/<int:project_id>/documents/<int:document_id>/retirer/ POST        other   302  404  404  404  404  404  302
simulations/lien/<str:secret>/                              GET,HEAD    own     200  200  200  200  200  200  200
simulations/lien/<str:secret>/                              GET,HEAD    none    404  404  404  404  404  404  404
courriers/                                                  GET,HEAD    -       302  403  403  200  200  200  200
courriers/<slug:slug>/en-tete/                              GET,HEAD    own     302  403  403  403  403  200  200
courriers/<slug:slug>/en-tete/                              GET,HEAD    other   302  404  404  404  404  404  200
courriers/<slug:slug>/en-tete/                              POST        own     302  403  403  403  403  302  302
courriers/<slug:slug>/en-tete/                              POST        other   302  404  404  404  404  404  302
courriers/<slug:slug>/<slug:kind>/                          GET,HEAD    own     302  403  403  200  403  200  200
courriers/<slug:slug>/<slug:kind>/                          GET,HEAD    other   302  404  404  404  404  404  200
courriers/<slug:slug>/<slug:kind>/                          POST        own     302  403  403  302  403  302  302
courriers/<slug:slug>/<slug:kind>/                          POST        other   302  404  404  404  404  404  302
couches/                                                    GET,HEAD    -       302  403  403  403  403  200  200
couches/                                                    POST        -       302  403  403  403  403  302  302
couches/numerotation/                                       GET,HEAD    -       302  403  403  403  403  200  200
couches/numerotation/                                       POST        -       302  403  403  403  403  302  302
couches/numerotation/<slug:slug>/                           GET,HEAD    own     302  403  403  403  403  404  404
couches/numerotation/<slug:slug>/                           GET,HEAD    other   302  403  403  403  403  404  404
couches/numerotation/<slug:slug>/                           POST        own     302  403  403  403  403  404  404
couches/numerotation/<slug:slug>/                           POST        other   302  403  403  403  403  404  404
couches/<slug:slug>/                                        GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/                                        GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/                                        POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/                                        POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/actualisation/                          GET,HEAD,POST own  302  403  403  403  403  404  404
couches/<slug:slug>/actualisation/                          GET,HEAD,POST other  302  403  403  403  403  404  404
couches/<slug:slug>/archiver/                               POST        own     302  403  403  403  403  409  409
couches/<slug:slug>/archiver/                               POST        other   302  403  403  403  403  404  409
couches/<slug:slug>/supprimer/                              GET,HEAD,POST own  302  403  403  403  403  409  409
couches/<slug:slug>/supprimer/                              GET,HEAD,POST other  302  403  403  403  403  404  409
couches/<slug:slug>/style/                                  GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/style/                                  GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/style/                                  POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/style/                                  POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/champs/                                 GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/champs/                                 GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/champs/                                 POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/champs/                                 POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/regles/                                 GET,HEAD,POST own  302  403  403  403  403  302  302
couches/<slug:slug>/regles/                                 GET,HEAD,POST other  302  403  403  403  403  404  302
couches-externes/                                           GET,HEAD    -       302  403  403  403  403  200  200
couches-externes/nouvelle/                                  GET,HEAD    -       302  403  403  403  403  200  200
couches-externes/ajouter/                                   POST        -       302  403  403  403  403  400  400
couches-externes/serveurs/                                  POST        -       302  403  403  403  403  403  302
couches-externes/serveurs/<int:host_id>/retirer/            POST        own     302  403  403  403  403  403  302
couches-externes/serveurs/<int:host_id>/retirer/            POST        none    302  403  403  403  403  403  404
couches-externes/<slug:slug>/                               GET,HEAD    own     302  403  403  403  403  200  200
couches-externes/<slug:slug>/                               GET,HEAD    other   302  403  403  403  403  404  200
couches-externes/<slug:slug>/                               POST        own     302  403  403  403  403  302  302
couches-externes/<slug:slug>/                               POST        other   302  403  403  403  403  404  302
couches-externes/<slug:slug>/retirer/                       POST        own     302  403  403  403  403  302  302
couches-externes/<slug:slug>/retirer/                       POST        other   302  403  403  403  403  404  302
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    public  400  400  400  400  400  400  400
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    own     404  400  400  400  400  400  400
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    other   404  404  404  404  404  404  400
externe/<slug:slug>/legende                                 GET,HEAD    public  400  400  400  400  400  400  400
externe/<slug:slug>/legende                                 GET,HEAD    own     404  400  400  400  400  400  400
externe/<slug:slug>/legende                                 GET,HEAD    other   404  404  404  404  404  404  400
imports/                                                    GET,HEAD    -       302  403  403  403  403  200  200
imports/                                                    POST        own     302  403  403  403  403  302  302
imports/                                                    POST        other   302  403  403  403  403  404  302
imports/                                                    POST        none    302  403  403  403  403  404  404
imports/                                                    REST        -       302  405  405  405  405  405  405
imports/<int:job_id>/                                       GET,HEAD    own     302  403  403  403  403  200  200
imports/<int:job_id>/                                       GET,HEAD    other   302  403  403  403  403  404  200
imports/<int:job_id>/                                       POST        own     302  403  403  403  403  409  409
imports/<int:job_id>/                                       POST        other   302  403  403  403  403  404  409
imports/fichiers/                                           POST        own     302  403  403  403  403  302  302
imports/fichiers/                                           POST        other   302  403  403  403  403  404  302
imports/fichiers/                                           REST        -       405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/                         GET,HEAD    own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/                         GET,HEAD    other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/<int:number>/            GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/            GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/            POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/<int:number>/            POST        other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   POST        other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/<int:number>/existante/  GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  POST        own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  POST        other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/oublier/                 POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/oublier/                 POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/appliquer/                  POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/appliquer/                  POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/verifier/                   POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/verifier/                   POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/                            GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/                            GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/reprendre/                  GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/reprendre/                  GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/reprendre/                  POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/reprendre/                  POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/rapport.json                GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/rapport.json                GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/rapport.csv                 GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/rapport.csv                 GET,HEAD    other   302  403  403  403  403  404  200
campagnes/                                                  GET,HEAD    -       302  403  403  403  403  200  200
campagnes/nouvelle/                                         GET,HEAD    -       302  403  403  403  403  200  200
campagnes/nouvelle/                                         POST        own     302  403  403  403  403  302  302
campagnes/nouvelle/                                         POST        other   302  403  403  403  403  400  302
campagnes/nouvelle/                                         POST        none    302  403  403  403  403  400  400
campagnes/nouvelle/                                         REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/                                      GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/                                      GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/recommencer/                          GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/recommencer/                          GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/recommencer/                          POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/recommencer/                          POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/modifier/                             GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/modifier/                             GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/modifier/                             POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/modifier/                             POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/supprimer/                            GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/supprimer/                            GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/supprimer/                            POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/supprimer/                            POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/construire/                           POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/construire/                           POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/arreter/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/arreter/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/publier/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/publier/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/retirer/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/retirer/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/batiments/                            POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/batiments/                            POST        other   302  403  403  403  403  404  302
proprietaires/                                              GET,HEAD    -       302  403  403  403  403  200  200
proprietaires/acces/<slug:slug>/                            GET,HEAD    own     302  403  403  403  403  200  200
proprietaires/acces/<slug:slug>/                            GET,HEAD    other   302  404  404  404  404  404  200
proprietaires/acces/<slug:slug>/                            POST        own     302  403  403  403  403  302  302
proprietaires/acces/<slug:slug>/                            POST        other   302  404  404  404  404  404  302
proprietaires/journal/                                      GET,HEAD    -       302  403  403  403  403  200  200
proprietaires/consulter/                                    GET,HEAD    -       302  200  200  200  200  200  200
proprietaires/consulter/                                    POST        own     302  403  403  200  403  200  403
proprietaires/consulter/                                    POST        other   302  403  403  403  403  403  403
proprietaires/consulter/                                    POST        none    302  403  403  403  403  403  403
proprietaires/consulter/                                    REST        own     405  405  405  405  405  405  405
proprietaires/rechercher/                                   GET,HEAD    -       302  200  200  200  200  200  200
proprietaires/rechercher/                                   POST        -       302  403  403  200  403  200  403
proprietaires/rechercher/                                   REST        -       405  405  405  405  405  405  405
proprietaires/tiers/                                        GET,HEAD    -       302  200  200  200  200  200  200
proprietaires/tiers/                                        POST        own     302  403  403  200  403  200  403
proprietaires/tiers/                                        POST        other   302  403  403  403  403  403  403
proprietaires/tiers/                                        POST        none    302  403  403  403  403  403  403
proprietaires/tiers/                                        REST        own     405  405  405  405  405  405  405
fiches/                                                     GET,HEAD    -       302  200  200  200  200  200  200
reseaux/                                                    GET,HEAD    -       302  200  200  200  200  200  200
reseaux/coupures/                                           GET,HEAD    -       302  200  200  200  200  200  200
reseaux/coupures/                                           POST        own     302  403  404  403  302  302  302
reseaux/coupures/                                           POST        other   302  404  404  404  404  404  302
reseaux/coupures/                                           POST        none    302  404  404  404  404  404  404
reseaux/coupures/<int:outage_id>/                           GET,HEAD    own     302  200  404  200  200  200  200
reseaux/coupures/<int:outage_id>/                           GET,HEAD    other   302  404  404  404  404  404  200
reseaux/coupures/<int:outage_id>/                           POST        own     302  403  404  403  302  302  302
reseaux/coupures/<int:outage_id>/                           POST        other   302  404  404  404  404  404  302
reseaux/coupures/<int:outage_id>/fiche.pdf                  GET,HEAD    own     302  200  404  200  200  200  200
reseaux/coupures/<int:outage_id>/fiche.pdf                  GET,HEAD    other   302  404  404  404  404  404  200
reseaux/coupures/<int:outage_id>/plans/                     GET,HEAD    own     302  200  404  200  200  200  200
reseaux/coupures/<int:outage_id>/plans/                     GET,HEAD    other   302  404  404  404  404  404  200
reseaux/coupures/<int:outage_id>/plans/                     POST        own     302  302  404  302  302  302  302
reseaux/coupures/<int:outage_id>/plans/                     POST        other   302  404  404  404  404  404  302
reseaux/coupures/<int:outage_id>/rapport.pdf                GET,HEAD    own     302  200  404  200  200  200  200
reseaux/coupures/<int:outage_id>/rapport.pdf                GET,HEAD    other   302  404  404  404  404  404  200
reseaux/coupures/<int:outage_id>/photos/<int:photo_id>/     GET,HEAD    own     302  200  404  200  200  200  200
reseaux/coupures/<int:outage_id>/photos/<int:photo_id>/     GET,HEAD    other   302  404  404  404  404  404  200
voirie/                                                     GET,HEAD    -       302  200  200  200  200  200  200
voirie/couverture/                                          GET,HEAD    -       302  200  200  200  200  200  200
voirie/couverture/                                          POST        -       302  403  403  403  302  302  302
voirie/couverture/<int:study>/                              GET,HEAD    own     302  200  404  200  200  200  200
voirie/couverture/<int:study>/                              GET,HEAD    other   302  404  404  404  404  404  200
voirie/couverture/<int:study>/                              POST        own     302  403  404  403  302  302  302
voirie/couverture/<int:study>/                              POST        other   302  404  404  404  404  404  302
voirie/routes/                                              GET,HEAD    -       302  200  200  200  200  200  200
voirie/routes/<str:road>/                                   GET,HEAD    -       302  200  200  200  200  200  200
voirie/routes/<str:road>/                                   GET,HEAD    none    302  404  404  404  404  404  404
voirie/panneaux/<path:code>.svg                             GET,HEAD    -       200  200  200  200  200  200  200
voirie/patrimoine/                                          GET,HEAD    -       302  200  200  200  200  200  200
voirie/patrimoine/<str:what>/<int:asset_id>/                GET,HEAD    own     302  200  404  200  200  200  200
voirie/patrimoine/<str:what>/<int:asset_id>/                GET,HEAD    other   302  404  404  404  404  404  200
voirie/patrimoine/<str:what>/<int:asset_id>/                POST        own     302  403  404  403  302  302  302
voirie/patrimoine/<str:what>/<int:asset_id>/                POST        other   302  404  404  404  404  404  302
voirie/patrimoine/<str:what>/nouveau/                       GET,HEAD    -       302  403  403  403  200  200  200
voirie/patrimoine/<str:what>/nouveau/                       POST        -       302  403  403  403  302  302  302
voirie/patrimoine/<str:what>/<int:asset_id>/deplacer/       GET,HEAD    own     302  403  404  403  200  200  200
voirie/patrimoine/<str:what>/<int:asset_id>/deplacer/       GET,HEAD    other   302  404  404  404  404  404  200
voirie/patrimoine/<str:what>/<int:asset_id>/deplacer/       POST        own     302  403  404  403  302  302  302
voirie/patrimoine/<str:what>/<int:asset_id>/deplacer/       POST        other   302  404  404  404  404  404  302
api/v1/networks/roads/locate                                GET,HEAD    -       400  400  400  400  400  400  400
api/v1/networks/roads/routes/<str:road>/                    GET,HEAD    -       200  200  200  200  200  200  200
api/v1/networks/roads/routes/<str:road>/                    GET,HEAD    none    404  404  404  404  404  404  404
voirie/travaux/                                             GET,HEAD    -       302  200  200  200  200  200  200
voirie/travaux/nouveau/                                     GET,HEAD    -       302  403  403  403  200  200  200
voirie/travaux/nouveau/                                     POST        -       302  403  403  403  302  302  302
voirie/travaux/<int:work_id>/                               GET,HEAD    own     302  200  404  200  200  200  200
voirie/travaux/<int:work_id>/                               GET,HEAD    other   302  404  404  404  404  404  200
voirie/travaux/<int:work_id>/                               POST        own     302  403  404  403  302  302  302
voirie/travaux/<int:work_id>/                               POST        other   302  404  404  404  404  404  302
voirie/travaux/<int:work_id>/modifier/                      GET,HEAD    own     302  403  404  403  200  200  200
voirie/travaux/<int:work_id>/modifier/                      GET,HEAD    other   302  404  404  404  404  404  200
voirie/travaux/<int:work_id>/modifier/                      POST        own     302  403  404  403  302  302  302
voirie/travaux/<int:work_id>/modifier/                      POST        other   302  404  404  404  404  404  302
api/v1/networks/works/check                                 POST        -       401  403  403  403  200  200  200
travaux/                                                    GET,HEAD    -       200  200  200  200  200  200  200
travaux/<int:work_id>/                                      GET,HEAD    own     200  200  200  200  200  200  200
travaux/<int:work_id>/                                      GET,HEAD    none    404  404  404  404  404  404  404
travaux/<str:name>                                          GET,HEAD    own     200  200  200  200  200  200  200
travaux/<str:name>                                          GET,HEAD    none    404  404  404  404  404  404  404
voirie/travaux/<int:work_id>/deviation/                     GET,HEAD    own     302  200  404  200  200  200  200
voirie/travaux/<int:work_id>/deviation/                     GET,HEAD    other   302  404  404  404  404  404  200
voirie/travaux/<int:work_id>/deviation/                     POST        own     302  403  404  403  302  302  302
voirie/travaux/<int:work_id>/deviation/                     POST        other   302  404  404  404  404  404  302
voirie/demandes/                                            GET,HEAD    -       302  200  200  200  200  200  200
voirie/demandes/nouvelle/                                   GET,HEAD    -       302  403  200  403  200  200  200
voirie/demandes/nouvelle/                                   POST        -       302  403  302  403  302  302  302
voirie/demandes/<int:request_id>/                           GET,HEAD    own     302  404  200  404  200  200  200
voirie/demandes/<int:request_id>/                           GET,HEAD    other   302  404  404  404  404  404  200
voirie/demandes/<int:request_id>/                           POST        own     302  404  403  404  302  302  302
voirie/demandes/<int:request_id>/                           POST        other   302  404  404  404  404  404  302
voirie/demandes/<int:request_id>/pieces/                    POST        own     302  404  400  404  400  400  400
voirie/demandes/<int:request_id>/pieces/                    POST        other   302  404  404  404  404  404  400
voirie/demandes/<int:request_id>/pieces/<int:piece_id>/     GET,HEAD    own     302  404  200  404  200  200  200
voirie/demandes/<int:request_id>/pieces/<int:piece_id>/     GET,HEAD    other   302  404  404  404  404  404  200
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/ GET,HEAD    own     302  404  404  404  200  200  200
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/ GET,HEAD    other   302  404  404  404  404  404  200
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/ POST        own     302  404  404  404  302  302  302
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/ POST        other   302  404  404  404  404  404  302
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/<str:form>/ GET,HEAD own 302  404  404  404  200  200  200
voirie/demandes/<int:request_id>/courriers/<int:letter_id>/<str:form>/ GET,HEAD other 302  404  404  404  404  404  200
travaux/arretes/                                            GET,HEAD    -       200  200  200  200  200  200  200
travaux/arretes/<int:order_id>.pdf                          GET,HEAD    own     200  200  200  200  200  200  200
travaux/arretes/<int:order_id>.pdf                          GET,HEAD    none    404  404  404  404  404  404  404
api/v1/networks/works/detour                                POST        own     401  200  404  200  200  200  200
api/v1/networks/works/detour                                POST        other   401  404  404  404  404  404  200
api/v1/networks/works/detour                                POST        none    401  404  404  404  404  404  404
api/v1/networks/water/isolation                             POST        own     401  200  404  200  200  200  200
api/v1/networks/water/isolation                             POST        other   401  404  404  404  404  404  200
api/v1/networks/water/isolation                             POST        none    401  404  404  404  404  404  404
api/v1/networks/water/isolation                             REST        -       401  405  405  405  405  405  405
api/v1/networks/water/trace                                 POST        own     401  200  404  200  200  200  200
api/v1/networks/water/trace                                 POST        other   401  404  404  404  404  404  200
api/v1/networks/water/trace                                 POST        none    401  404  404  404  404  404  404
api/v1/networks/water/trace                                 REST        -       401  405  405  405  405  405  405
api/v1/networks/sewer/trace                                 POST        own     401  200  404  200  200  200  200
api/v1/networks/sewer/trace                                 POST        other   401  404  404  404  404  404  200
api/v1/networks/sewer/trace                                 POST        none    401  404  404  404  404  404  404
api/v1/networks/sewer/trace                                 REST        -       401  405  405  405  405  405  405
reseaux/anomalies/                                          GET,HEAD    -       302  200  200  200  200  200  200
reseaux/anomalies/                                          POST        -       302  403  403  403  302  302  302
reseaux/hydrants/                                           GET,HEAD    -       302  200  200  200  200  200  200
reseaux/hydrants/<int:hydrant>/                             GET,HEAD    own     302  200  404  200  200  200  200
reseaux/hydrants/<int:hydrant>/                             GET,HEAD    other   302  404  404  404  404  404  200
reseaux/hydrants/<int:hydrant>/                             POST        own     302  403  404  403  302  302  302
reseaux/hydrants/<int:hydrant>/                             POST        other   302  404  404  404  404  404  302
reseaux/hydrants/couverture/                                GET,HEAD    -       302  200  200  200  200  200  200
reseaux/hydrants/couverture/                                POST        own     302  403  403  403  302  302  302
reseaux/hydrants/couverture/                                POST        other   302  403  403  403  400  400  302
reseaux/hydrants/couverture/<int:cover>/                    GET,HEAD    own     302  200  404  200  200  200  200
reseaux/hydrants/couverture/<int:cover>/                    GET,HEAD    other   302  404  404  404  404  404  200
reseaux/hydrants/reglages/<slug:slug>/                      GET,HEAD    own     302  200  200  200  200  200  200
reseaux/hydrants/reglages/<slug:slug>/                      GET,HEAD    other   302  404  404  404  404  404  200
reseaux/hydrants/reglages/<slug:slug>/                      POST        own     302  403  403  403  302  302  302
reseaux/hydrants/reglages/<slug:slug>/                      POST        other   302  404  404  404  404  404  302
reseaux/regards/                                            GET,HEAD    -       302  200  200  200  200  200  200
reseaux/regards/<int:manhole>/                              GET,HEAD    own     302  200  404  200  200  200  200
reseaux/regards/<int:manhole>/                              GET,HEAD    other   302  404  404  404  404  404  200
reseaux/regards/<int:manhole>/                              POST        own     302  403  404  403  302  302  302
reseaux/regards/<int:manhole>/                              POST        other   302  404  404  404  404  404  302
reseaux/regards/reglages/<slug:slug>/                       GET,HEAD    own     302  200  200  200  200  200  200
reseaux/regards/reglages/<slug:slug>/                       GET,HEAD    other   302  404  404  404  404  404  200
reseaux/regards/reglages/<slug:slug>/                       POST        own     302  403  403  403  302  302  302
reseaux/regards/reglages/<slug:slug>/                       POST        other   302  404  404  404  404  404  302
reseaux/avis/                                               GET,HEAD    -       302  200  200  200  200  200  200
reseaux/avis/                                               POST        -       302  403  403  403  302  302  302
reseaux/avis/nouveau/                                       GET,HEAD    -       302  403  403  403  200  200  200
reseaux/avis/<int:notice_id>/                               GET,HEAD    own     302  200  404  200  200  200  200
reseaux/avis/<int:notice_id>/                               GET,HEAD    other   302  404  404  404  404  404  200
reseaux/avis/<int:notice_id>/                               POST        own     302  403  404  403  302  302  302
reseaux/avis/<int:notice_id>/                               POST        other   302  404  404  404  404  404  302
reseaux/avis/<int:notice_id>/fichiers/<str:name>/           GET,HEAD    own     302  403  404  403  200  200  403
reseaux/avis/<int:notice_id>/fichiers/<str:name>/           GET,HEAD    other   302  404  404  404  404  404  403
reseaux/avis/contacts/                                      GET,HEAD    -       302  200  200  200  200  200  200
reseaux/avis/contacts/                                      POST        -       302  403  403  403  200  200  403
reseaux/avis/contacts/ajouter/                              GET,HEAD    -       302  403  403  403  200  200  403
reseaux/avis/contacts/ajouter/                              POST        -       302  403  403  403  302  302  403
reseaux/avis/contacts/importer/                             GET,HEAD    -       302  403  403  403  200  200  403
reseaux/avis/contacts/importer/                             POST        -       302  403  403  403  302  302  403
reseaux/avis/contacts/importer/<int:import_id>/             GET,HEAD    own     302  403  403  403  200  200  403
reseaux/avis/contacts/importer/<int:import_id>/             GET,HEAD    other   302  403  403  403  404  404  403
reseaux/avis/contacts/importer/<int:import_id>/             GET,HEAD    none    302  403  403  403  404  404  403
reseaux/avis/contacts/importer/<int:import_id>/             POST        own     302  403  403  403  302  302  403
reseaux/avis/contacts/importer/<int:import_id>/             POST        other   302  403  403  403  404  404  403
reseaux/avis/contacts/importer/<int:import_id>/             POST        none    302  403  403  403  404  404  403
reseaux/avis/contacts/importer/<int:import_id>/lignes.csv   GET,HEAD    own     302  403  403  403  200  200  403
reseaux/avis/contacts/importer/<int:import_id>/lignes.csv   GET,HEAD    other   302  403  403  403  404  404  403
reseaux/avis/contacts/importer/<int:import_id>/lignes.csv   GET,HEAD    none    302  403  403  403  404  404  403
reseaux/avis/contacts/journal/                              GET,HEAD    -       302  403  403  403  403  200  200
reseaux/avis/contacts/<int:contact_id>/                     GET,HEAD    own     302  404  404  404  200  200  404
reseaux/avis/contacts/<int:contact_id>/                     GET,HEAD    other   302  404  404  404  404  404  404
reseaux/avis/contacts/<int:contact_id>/                     POST        own     302  404  404  404  302  302  404
reseaux/avis/contacts/<int:contact_id>/                     POST        other   302  404  404  404  404  404  404
reseaux/avis/reglages/<slug:slug>/                          GET,HEAD    own     302  403  403  403  403  200  200
reseaux/avis/reglages/<slug:slug>/                          GET,HEAD    other   302  404  404  404  404  404  200
reseaux/avis/reglages/<slug:slug>/                          POST        own     302  403  403  403  403  302  302
reseaux/avis/reglages/<slug:slug>/                          POST        other   302  404  404  404  404  404  302
avis/<str:token>/                                           GET,HEAD    own     200  200  200  200  200  200  200
avis/<str:token>/                                           GET,HEAD    none    404  404  404  404  404  404  404
avis/<str:token>/                                           POST        own     200  200  200  200  200  200  200
avis/<str:token>/                                           POST        none    404  404  404  404  404  404  404
api/v1/warning/reports/<str:secret>                         POST        own     200  200  200  200  200  200  200
api/v1/warning/reports/<str:secret>                         POST        none    404  404  404  404  404  404  404
reseaux/profil/                                             GET,HEAD    own     302  200  404  200  200  200  200
reseaux/profil/                                             GET,HEAD    other   302  404  404  404  404  404  200
reseaux/profil/                                             GET,HEAD    none    302  404  404  404  404  404  404
reseaux/profil/pdf                                          GET,HEAD    own     302  200  404  200  200  200  200
reseaux/profil/pdf                                          GET,HEAD    other   302  404  404  404  404  404  200
reseaux/profil/pdf                                          GET,HEAD    none    302  404  404  404  404  404  404
reseaux/reparations/                                        GET,HEAD    -       302  200  200  200  200  200  200
reseaux/reparations/statistiques/                           GET,HEAD    -       302  200  200  200  200  200  200
reseaux/patrimoine/                                        GET,HEAD    -       302  200  200  200  200  200  200
reseaux/reparations/nouvelle/                               GET,HEAD    own     302  403  403  403  200  200  200
reseaux/reparations/nouvelle/                               GET,HEAD    other   302  403  403  403  404  404  200
reseaux/reparations/nouvelle/                               GET,HEAD    none    302  403  403  403  404  404  404
reseaux/reparations/nouvelle/                               POST        own     302  403  403  403  302  302  302
reseaux/reparations/nouvelle/                               POST        other   302  403  403  403  404  404  302
reseaux/reparations/nouvelle/                               POST        none    302  403  403  403  404  404  404
reseaux/echanges/                                           GET,HEAD    -       302  200  200  200  200  200  200
reseaux/echanges/                                           POST        own     302  302  400  302  302  302  302
reseaux/echanges/                                           POST        other   302  400  400  400  400  400  302
reseaux/echanges/                                           POST        none    302  400  400  400  400  400  400
permis/                                                     GET,HEAD    -       302  200  200  200  200  200  200
permis/carte.geojson                                        GET,HEAD    -       302  200  200  200  200  200  200
permis/ensemble/                                            POST        -       302  403  403  400  403  400  400
permis/ensemble/<int:job_id>/                               GET,HEAD    -       302  404  404  404  404  404  404
permis/export/                                              GET,HEAD    -       302  200  200  200  200  200  200
permis/statistiques/                                        GET,HEAD    -       302  200  200  200  200  200  200
permis/signatures/                                          GET,HEAD    -       302  200  200  200  200  200  200
permis/registre/                                            GET,HEAD    -       200  200  200  200  200  200  200
permis/registre/carte.geojson                               GET,HEAD    -       200  200  200  200  200  200  200
permis/registre/depots/                                     GET,HEAD    -       200  200  200  200  200  200  200
permis/avis/<str:token>/                                    GET,HEAD    own     302  302  302  302  302  302  302
permis/avis/<str:token>/                                    GET,HEAD    none    404  404  404  404  404  404  404
permis/repondre/<int:link>/                                 GET,HEAD    own     404  404  404  404  404  404  404
permis/repondre/<int:link>/                                 POST        own     404  404  404  404  404  404  404
permis/repondre/<int:link>/code/                            POST        own     404  404  404  404  404  404  404
permis/repondre/<int:link>/pieces/<int:piece>/              GET,HEAD    own     404  404  404  404  404  404  404
permis/reglages/                                            GET,HEAD    -       302  403  403  403  403  302  200
permis/reglages/<slug:slug>/                                GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/                                GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/                                POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/                                POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/autorites/                      GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/autorites/                      GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/autorites/nouvelle/             GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/autorites/nouvelle/             GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/autorites/nouvelle/             POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/autorites/nouvelle/             POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   GET,HEAD    mixed   302  403  403  403  403  404  404
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/autorites/<int:authority_id>/   POST        mixed   302  403  403  403  403  404  404
permis/reglages/*/signataires/                              GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/*/signataires/                              GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/*/signataires/                              GET,HEAD    mixed   302  403  403  403  403  404  404
permis/reglages/*/signataires/                              POST        own     302  403  403  403  403  302  302
permis/reglages/*/signataires/                              POST        other   302  404  404  404  404  404  302
permis/reglages/*/signataires/                              POST        mixed   302  403  403  403  403  404  404
permis/reglages/*/signataires/<int:signatory_id>/           GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/*/signataires/<int:signatory_id>/           GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/*/signataires/<int:signatory_id>/           GET,HEAD    mixed   302  403  403  403  403  404  404
permis/reglages/*/signataires/<int:signatory_id>/           POST        own     302  403  403  403  403  302  302
permis/reglages/*/signataires/<int:signatory_id>/           POST        other   302  404  404  404  404  404  302
permis/reglages/*/signataires/<int:signatory_id>/           POST        mixed   302  403  403  403  403  404  404
permis/reglages/<slug:slug>/mentions/<slug:note>/           GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/mentions/<slug:note>/           GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/mentions/<slug:note>/           POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/mentions/<slug:note>/           POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/equipes/                        POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/equipes/                        POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/equipes/<int:team_id>/          GET,HEAD    own     302  403  403  403  403  200  200
permis/reglages/<slug:slug>/equipes/<int:team_id>/          GET,HEAD    other   302  404  404  404  404  404  200
permis/reglages/<slug:slug>/equipes/<int:team_id>/          GET,HEAD    mixed   302  403  403  403  403  404  404
permis/reglages/<slug:slug>/equipes/<int:team_id>/          POST        own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/equipes/<int:team_id>/          POST        other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/equipes/<int:team_id>/          POST        mixed   302  403  403  403  403  404  404
permis/reglages/<slug:slug>/equipes/<int:team_id>/supprimer/ POST       own     302  403  403  403  403  302  302
permis/reglages/<slug:slug>/equipes/<int:team_id>/supprimer/ POST       other   302  404  404  404  404  404  302
permis/reglages/<slug:slug>/equipes/<int:team_id>/supprimer/ POST       mixed   302  403  403  403  403  404  404
permis/importer/fichier/                                    GET,HEAD,POST -       302  403  403  302  403  302  302
permis/echeances.json                                       GET,HEAD    -       401  200  200  200  200  200  200
permis/echeances.json                                       REST        -       405  405  405  405  405  405  405
permis/demandeurs/                                          GET,HEAD    -       302  200  200  200  200  200  200
permis/demandeurs/                                          POST        -       302  403  200  200  403  403  403
permis/journal/                                             GET,HEAD    -       302  403  403  403  403  200  200
permis/<str:permit>/                                        GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/                                        GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/consultations/                          GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/consultations/                          GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/consultations/                          POST        own     302  403  403  302  403  302  302
permis/<str:permit>/consultations/                          POST        other   302  404  404  404  404  404  302
permis/<str:permit>/consultations/<int:consultation>/       GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/consultations/<int:consultation>/       GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/consultations/<int:consultation>/       POST        own     302  403  403  302  403  302  302
permis/<str:permit>/consultations/<int:consultation>/       POST        other   302  404  404  404  404  404  302
permis/<str:permit>/consultations/<int:consultation>/envoi/ POST        own     302  403  403  409  403  409  409
permis/<str:permit>/consultations/<int:consultation>/envoi/ POST        other   302  404  404  404  404  404  409
permis/<str:permit>/consultations/<int:consultation>/reponses/<int:reply>/ POST own 302  403  403  302  403  302  302
permis/<str:permit>/consultations/<int:consultation>/reponses/<int:reply>/ POST other 302  404  404  404  404  404  302
permis/rappels/                                             GET,HEAD    -       302  200  200  200  200  200  200
permis/rappels/                                             POST        -       302  200  200  200  200  200  200
permis/agenda/<str:secret>.ics                              GET,HEAD    own     200  200  200  200  200  200  200
permis/agenda/<str:secret>.ics                              GET,HEAD    none    404  404  404  404  404  404  404
permis/deposer/                                             GET,HEAD    -       302  403  200  200  403  200  200
permis/deposer/                                             POST        -       302  403  302  302  403  302  302
permis/<str:permit>/modifier/                               GET,HEAD    own     302  403  200  200  403  200  200
permis/<str:permit>/modifier/                               GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/modifier/                               POST        own     302  403  302  302  403  302  302
permis/<str:permit>/modifier/                               POST        other   302  404  404  404  404  404  302
permis/<str:permit>/surfaces/                               GET,HEAD    own     302  403  200  200  403  200  200
permis/<str:permit>/surfaces/                               GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/surfaces/                               POST        own     302  403  302  302  403  302  302
permis/<str:permit>/surfaces/                               POST        other   302  404  404  404  404  404  302
permis/<str:permit>/fiche/                                  GET,HEAD    own     302  404  404  404  404  404  404
permis/<str:permit>/fiche/                                  GET,HEAD    other   302  404  404  404  404  404  404
permis/<str:permit>/fiche/                                  POST        own     302  403  302  302  403  302  302
permis/<str:permit>/fiche/                                  POST        other   302  404  404  404  404  404  302
permis/<str:permit>/evenements/<str:what>/                  GET,HEAD    own     302  403  200  200  403  200  200
permis/<str:permit>/evenements/<str:what>/                  GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/evenements/<str:what>/                  POST        own     302  403  302  302  403  302  302
permis/<str:permit>/evenements/<str:what>/                  POST        other   302  404  404  404  404  404  302
permis/<str:permit>/propositions/                           GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/propositions/                           GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/propositions/                           POST        own     302  403  403  302  403  302  302
permis/<str:permit>/propositions/                           POST        other   302  404  404  404  404  404  302
permis/<str:permit>/evenements/<int:event_id>/rayer/        GET,HEAD    own     302  403  403  200  403  200  200
permis/<str:permit>/evenements/<int:event_id>/rayer/        GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/evenements/<int:event_id>/rayer/        POST        own     302  403  403  302  403  302  302
permis/<str:permit>/evenements/<int:event_id>/rayer/        POST        other   302  404  404  404  404  404  302
permis/<str:permit>/courriers/                              GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/courriers/                              GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/courriers/                              POST        own     302  403  403  302  403  302  302
permis/<str:permit>/courriers/                              POST        other   302  404  404  404  404  404  302
permis/<str:permit>/courriers/<int:letter_id>/              GET,HEAD    own     302  404  404  200  404  200  200
permis/<str:permit>/courriers/<int:letter_id>/              GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/courriers/<int:letter_id>/              POST        own     302  404  404  302  404  302  302
permis/<str:permit>/courriers/<int:letter_id>/              POST        other   302  404  404  404  404  404  302
permis/<str:permit>/courriers/<int:letter_id>/signature/    POST        own     302  404  404  302  404  302  302
permis/<str:permit>/courriers/<int:letter_id>/signature/    POST        other   302  404  404  404  404  404  302
permis/<str:permit>/courriers/<int:letter_id>/apercu/       POST        own     302  404  404  200  404  200  200
permis/<str:permit>/courriers/<int:letter_id>/apercu/       POST        other   302  404  404  404  404  404  200
permis/<str:permit>/courriers/<int:letter_id>/<str:form>/   GET,HEAD    own     302  404  404  200  404  200  200
permis/<str:permit>/courriers/<int:letter_id>/<str:form>/   GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/pieces/                                 GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/pieces/                                 GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/pieces/                                 POST        own     302  403  302  302  403  302  302
permis/<str:permit>/pieces/                                 POST        other   302  404  404  404  404  404  302
permis/<str:permit>/demandeur/                              GET,HEAD    own     302  200  200  200  200  200  200
permis/<str:permit>/demandeur/                              GET,HEAD    other   302  404  404  404  404  404  200
permis/<str:permit>/demandeur/                              POST        own     302  403  302  302  403  403  403
permis/<str:permit>/demandeur/                              POST        other   302  404  404  404  404  404  403
permis/<str:permit>/pieces/<int:piece>/                     GET,HEAD    own     302  403  200  200  403  403  403
permis/<str:permit>/pieces/<int:piece>/                     GET,HEAD    other   302  404  404  404  404  404  403
permis/<str:permit>/pieces/<int:piece>/examiner/            POST        own     302  403  403  302  403  403  403
permis/<str:permit>/pieces/<int:piece>/examiner/            POST        other   302  404  404  404  404  404  403
permis/<str:permit>/pieces/<int:piece>/effacer/             POST        own     302  403  409  409  403  403  403
permis/<str:permit>/pieces/<int:piece>/effacer/             POST        other   302  404  404  404  404  404  403
permis/<str:permit>/pieces/<int:piece>/retirer/             POST        own     302  403  302  302  403  403  403
permis/<str:permit>/pieces/<int:piece>/retirer/             POST        other   302  404  404  404  404  404  403

api/schema/                                                 GET,HEAD    -       200  200  200  200  200  200  200
api/v1/me/                                                  GET,HEAD    -       401  200  200  200  200  200  200
api/v1/me/                                                  PATCH       -       401  200  200  200  200  200  200
api/v1/tokens/                                              GET,HEAD    -       401  200  200  200  200  200  200
api/v1/tokens/                                              POST        -       401  201  201  201  201  201  201
api/v1/tokens/<int:token_id>/                               DELETE      own     401  204  204  204  204  204  204
api/v1/tokens/<int:token_id>/                               DELETE      other   401  404  404  404  404  404  404
api/v1/members/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/members/<slug:slug>/                                 GET,HEAD    own     401  200  200  200  200  200  200
api/v1/members/<slug:slug>/                                 GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/                          GET,HEAD    own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/                          GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/                          POST        own     401  403  403  403  403  201  201
api/v1/members/<slug:slug>/people/                          POST        other   401  404  404  404  404  404  201
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    mixed   401  403  403  403  403  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       mixed   401  403  403  403  403  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      own     401  403  403  403  403  204  204
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      other   401  404  404  404  404  404  204
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      mixed   401  403  403  403  403  404  404
api/v1/jobs/                                                GET,HEAD    -       401  200  200  200  200  200  200
api/v1/jobs/<int:job_id>/                                   GET,HEAD    own     401  200  404  200  200  200  200
api/v1/jobs/<int:job_id>/                                   GET,HEAD    other   401  404  404  404  404  404  200
api/v1/jobs/<int:job_id>/stop/                              POST        own     401  403  404  403  403  202  202
api/v1/jobs/<int:job_id>/stop/                              POST        other   401  404  404  404  404  404  202
api/v1/jobs/<int:job_id>/report/                            GET,HEAD    own     401  200  404  200  200  200  200
api/v1/jobs/<int:job_id>/report/                            GET,HEAD    other   401  404  404  404  404  404  200
api/v1/imports/                                             POST        own     401  403  403  403  403  202  202
api/v1/imports/                                             POST        other   401  403  403  403  403  404  202
api/v1/imports/                                             POST        none    401  403  403  403  403  404  404
api/v1/imports/                                             REST        -       401  405  405  405  405  405  405
api/v1/owners/consultations/                                POST        own     401  403  403  200  403  200  403
api/v1/owners/consultations/                                POST        other   401  403  403  403  403  403  403
api/v1/owners/consultations/                                POST        none    401  403  403  403  403  403  403
api/v1/owners/consultations/export/                         POST        own     401  403  403  200  403  200  403
api/v1/owners/consultations/export/                         POST        other   401  403  403  403  403  403  403
api/v1/owners/consultations/export/                         POST        none    401  403  403  403  403  403  403
api/v1/owners/search/                                       POST        -       401  403  403  200  403  200  403
api/v1/owners/units/                                        POST        own     401  403  403  200  403  200  403
api/v1/owners/units/                                        POST        other   401  403  403  403  403  403  403
api/v1/owners/units/                                        POST        none    401  403  403  403  403  403  403
api/v1/owners/requests/                                     POST        own     401  403  403  200  403  200  403
api/v1/owners/requests/                                     POST        other   401  403  403  403  403  403  403
api/v1/owners/requests/                                     POST        none    401  403  403  403  403  403  403
api/v1/owners/journal/                                      GET,HEAD    -       401  403  403  403  403  200  200
api/v1/prints/                                              GET,HEAD    -       401  200  200  200  200  200  200
api/v1/prints/                                              POST        public  401  202  202  202  202  202  202
api/v1/prints/                                              POST        own     401  202  202  202  202  202  202
api/v1/prints/                                              POST        other   401  400  400  400  400  400  202
api/v1/prints/                                              POST        none    401  400  400  400  400  400  400
api/v1/prints/options/                                      GET,HEAD    -       401  200  200  200  200  200  200
api/v1/prints/<int:job_id>/file/                            GET,HEAD    own     401  200  200  200  200  200  200
api/v1/prints/<int:job_id>/file/                            GET,HEAD    other   401  404  404  404  404  404  404
api/v1/parcels/sections/                                    GET,HEAD    -       200  200  200  200  200  200  200
api/v1/parcels/select/                                      POST        -       200  200  200  200  200  200  200
api/v1/parcels/select.csv                                   POST        -       200  200  200  200  200  200  200
api/v1/parcels/sheet/                                       POST        -       200  200  200  200  200  200  200
api/v1/parcels/sheet/                                       POST        none    404  404  404  404  404  404  404
api/v1/parcels/sheet.pdf                                    POST        -       200  200  200  200  200  200  200
api/v1/parcels/sheet.pdf                                    POST        none    404  404  404  404  404  404  404
api/v1/parcels/sheets/                                      GET,HEAD    -       401  200  200  200  200  200  200
api/v1/parcels/sheets/                                      POST        -       401  201  201  201  201  201  201
api/v1/parcels/sheets/                                      POST        none    401  404  404  404  404  404  404
api/v1/parcels/sheets/<slug:sheet>/                         GET,HEAD    own     401  200  404  200  200  200  200
api/v1/parcels/sheets/<slug:sheet>/                         GET,HEAD    other   401  404  404  404  404  404  200
api/v1/parcels/sheets/<slug:sheet>.pdf                      GET,HEAD    own     401  200  404  200  200  200  200
api/v1/parcels/sheets/<slug:sheet>.pdf                      GET,HEAD    other   401  404  404  404  404  404  200
api/v1/parcels/<slug:idu>/sheet/                            GET,HEAD    -       200  200  200  200  200  200  200
api/v1/parcels/<slug:idu>/sheet/                            GET,HEAD    none    404  404  404  404  404  404  404
api/v1/parcels/<slug:idu>/sheet.pdf                         GET,HEAD    -       200  200  200  200  200  200  200
api/v1/parcels/<slug:idu>/sheet.pdf                         GET,HEAD    none    404  404  404  404  404  404  404
api/v1/parcels/<slug:idu>/sides/                            GET,HEAD    -       401  200  200  200  200  200  200
api/v1/parcels/<slug:idu>/sides/                            GET,HEAD    none    401  404  404  404  404  404  404
api/v1/parcels/<slug:idu>/sides/                            POST        -       401  403  403  200  403  200  200
api/v1/parcels/<slug:idu>/sides/                            POST        none    401  404  404  404  404  404  404
api/v1/parcels/<slug:idu>/envelope/                         GET,HEAD    -       401  409  409  409  409  409  409
api/v1/parcels/<slug:idu>/envelope/                         GET,HEAD    none    401  404  404  404  404  404  404
api/v1/simulations/                                         GET,HEAD    -       401  200  200  200  200  200  200
api/v1/simulations/                                         POST        own     401  403  403  201  201  201  201
api/v1/simulations/                                         POST        other   401  403  403  400  400  400  201
api/v1/simulations/                                         POST        none    401  403  403  400  400  400  400
api/v1/simulations/<int:project_id>/                        GET,HEAD    own     401  200  200  200  200  200  200
api/v1/simulations/<int:project_id>/                        GET,HEAD    other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/                        PUT         own     401  403  403  200  200  200  200
api/v1/simulations/<int:project_id>/                        PUT         other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/                        DELETE      own     401  403  403  204  204  204  204
api/v1/simulations/<int:project_id>/                        DELETE      other   401  404  404  404  404  404  204
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ GET,HEAD    own     401  200  200  200  200  200  200
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ GET,HEAD    other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ PUT         own     401  403  403  200  200  200  200
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ PUT         other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ DELETE      own     401  403  403  400  400  400  400
api/v1/simulations/<int:project_id>/variants/<slug:letter>/ DELETE      other   401  404  404  404  404  404  400
api/v1/simulations/<int:project_id>/versions/               GET,HEAD    own     401  200  200  200  200  200  200
api/v1/simulations/<int:project_id>/versions/               GET,HEAD    other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/versions/<int:number>/restore/ POST        own     401  403  403  200  200  200  200
api/v1/simulations/<int:project_id>/versions/<int:number>/restore/ POST        other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/export                  GET,HEAD    own     401  200  200  200  200  200  200
api/v1/simulations/<int:project_id>/export                  GET,HEAD    other   401  404  404  404  404  404  200
api/v1/simulations/<int:project_id>/pictures                POST        own     401  403  403  201  201  201  201
api/v1/simulations/<int:project_id>/pictures                POST        other   401  404  404  404  404  404  201
api/v1/simulations/footprints                               POST        -       401  200  200  200  200  200  200
api/v1/simulations/check                                    POST        -       401  200  200  200  200  200  200
api/v1/simulations/check                                    POST        none    401  404  404  404  404  404  404
api/v1/simulations/check/                                   POST        -       401  200  200  200  200  200  200
api/v1/simulations/check/                                   POST        none    401  404  404  404  404  404  404
api/v1/simulations/nearby                                   POST        -       401  200  200  200  200  200  200
api/v1/simulations/nearby                                   POST        none    401  404  404  404  404  404  404
api/v1/simulations/shadow                                   POST        -       401  200  200  200  200  200  200
api/v1/simulations/shadow/                                  POST        -       401  200  200  200  200  200  200
api/v1/simulations/scene                                    POST        -       401  200  200  200  200  200  200
api/v1/simulations/sun                                      POST        -       401  200  200  200  200  200  200
api/v1/exports/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/exports/                                             POST        public  401  202  202  202  202  202  202
api/v1/exports/                                             POST        own     401  202  202  202  202  202  202
api/v1/exports/                                             POST        other   401  400  400  400  400  400  202
api/v1/exports/                                             POST        none    401  400  400  400  400  400  400
api/v1/exports/<int:job_id>/                                GET,HEAD    own     401  200  200  200  200  200  200
api/v1/exports/<int:job_id>/                                GET,HEAD    other   401  404  404  404  404  404  404
api/v1/exports/<int:job_id>/file/                           GET,HEAD    own     401  200  200  200  200  200  200
api/v1/exports/<int:job_id>/file/                           GET,HEAD    other   401  404  404  404  404  404  404
api/v1/permits/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/permits/                                             POST        own     401  403  201  201  403  201  201
api/v1/permits/                                             POST        other   401  400  400  400  400  400  403
api/v1/permits/                                             POST        none    401  400  400  400  400  400  400
api/v1/permits/<str:permit>/                                GET,HEAD    own     401  200  200  200  200  200  200
api/v1/permits/<str:permit>/                                GET,HEAD    other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/                                PATCH       own     401  403  200  200  403  200  200
api/v1/permits/<str:permit>/                                PATCH       other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/timeline                        GET,HEAD    own     401  200  200  200  200  200  200
api/v1/permits/<str:permit>/timeline                        GET,HEAD    other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/timeline/                       GET,HEAD    own     401  200  200  200  200  200  200
api/v1/permits/<str:permit>/timeline/                       GET,HEAD    other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/events/                         GET,HEAD    own     401  200  200  200  200  200  200
api/v1/permits/<str:permit>/events/                         GET,HEAD    other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/events/                         POST        own     401  403  201  201  403  201  201
api/v1/permits/<str:permit>/events/                         POST        other   401  404  404  404  404  404  201
api/v1/permits/<str:permit>/events/<int:event_id>/strike/   POST        own     401  403  403  200  403  200  200
api/v1/permits/<str:permit>/events/<int:event_id>/strike/   POST        other   401  404  404  404  404  404  200
api/v1/permits/<str:permit>/applicant/                      GET,HEAD    own     401  403  200  200  403  403  403
api/v1/permits/<str:permit>/applicant/                      GET,HEAD    other   401  404  404  404  404  404  403
api/v1/networks/<str:family>/anomalies/                     GET,HEAD    -       401  200  200  200  200  200  200
api/v1/networks/<str:family>/anomalies/                     GET,HEAD    none    401  404  404  404  404  404  404
api/v1/networks/<str:family>/anomalies/                     POST        -       401  403  403  403  202  202  202
api/v1/networks/<str:family>/anomalies/<int:anomaly_id>/    GET,HEAD    own     401  200  404  200  200  200  200
api/v1/networks/<str:family>/anomalies/<int:anomaly_id>/    GET,HEAD    other   401  404  404  404  404  404  200
api/v1/networks/<str:family>/anomalies/<int:anomaly_id>/    POST        own     401  403  404  403  200  200  200
api/v1/networks/<str:family>/anomalies/<int:anomaly_id>/    POST        other   401  404  404  404  404  404  200
api/v1/campaigns/                                           GET,HEAD    -       401  403  403  403  403  200  200
api/v1/campaigns/                                           POST        own     401  403  403  403  403  201  201
api/v1/campaigns/                                           POST        other   401  403  403  403  403  400  201
api/v1/campaigns/                                           POST        none    401  403  403  403  403  400  400
api/v1/campaigns/<slug:slug>/                               GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/                               GET,HEAD    other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/                               PATCH       own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/                               PATCH       other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/                               DELETE      own     401  403  403  403  403  204  204
api/v1/campaigns/<slug:slug>/                               DELETE      other   401  403  403  403  403  404  204
api/v1/campaigns/<slug:slug>/build/                         POST        own     401  403  403  403  403  202  202
api/v1/campaigns/<slug:slug>/build/                         POST        other   401  403  403  403  403  404  202
api/v1/campaigns/<slug:slug>/stop/                          POST        own     401  403  403  403  403  409  409
api/v1/campaigns/<slug:slug>/stop/                          POST        other   401  403  403  403  403  404  409
api/v1/campaigns/<slug:slug>/publish/                       POST        own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/publish/                       POST        other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/take-back/                     POST        own     401  403  403  403  403  409  409
api/v1/campaigns/<slug:slug>/take-back/                     POST        other   401  403  403  403  403  404  409
api/v1/campaigns/<slug:slug>/sheets/                        GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/sheets/                        GET,HEAD    other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/report/                        GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/report/                        GET,HEAD    other   401  403  403  403  403  404  200

openads/carte                                               GET,HEAD    -       302  302  302  302  302  302  302
openads/services/<str:project>/parcelles/<str:parcels>      GET,HEAD    -       401  200  200  200  200  200  200
openads/services/<str:project>/communes/<str:insee>/contraintes GET,HEAD    -       401  200  200  200  200  200  200
openads/services/<str:project>/dossiers/<str:dossier>/emprise POST        own     401  200  200  200  200  200  200
openads/services/<str:project>/dossiers/<str:dossier>/centroide POST        own     401  200  200  200  200  200  200
openads/services/<str:project>/dossiers/<str:dossier>/centroide POST        other   401  404  404  404  404  404  200
openads/services/<str:project>/dossiers/<str:dossier>/contraintes GET,HEAD    own     401  200  200  200  200  200  200
openads/services/<str:project>/dossiers/<str:dossier>/contraintes GET,HEAD    other   401  404  404  404  404  404  200

api/v1/layers/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    other   404  404  404  404  404  404  200
api/v1/heights/                                             GET,HEAD    -       400  400  400  400  400  400  400
api/v1/heights/legend/                                      GET,HEAD    -       404  404  404  404  404  404  404
api/v1/heights/profile/                                     GET,HEAD    -       400  400  400  400  400  400  400
api/v1/heights/grid                                         GET,HEAD    -       400  400  400  400  400  400  400
api/v1/photos/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    public  200  200  200  200  200  200  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    own     404  200  200  200  200  200  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    other   404  404  404  404  404  404  200
api/v1/planning/files/<str:folder>/<str:name>               GET,HEAD    public  200  200  200  200  200  200  200
api/v1/planning/files/<str:folder>/<str:name>               GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/                         GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/                         GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/                         GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/edits/                            POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/edits/                            POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/merge/                            POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/merge/                            POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ POST       own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ POST       other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ GET,HEAD   own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ GET,HEAD   other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/deleted/                          GET,HEAD    own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/deleted/                          GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/events/                           GET,HEAD    own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/events/                           GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/issues/                           GET,HEAD    own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/issues/                           GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/rules/                            GET,HEAD    own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/rules/                            GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/rules/                            PUT         own     401  403  403  403  403  202  202
api/v1/layers/<slug:slug>/rules/                            PUT         other   401  404  404  404  404  404  202
api/v1/layers/<slug:slug>/features/*/attachments/           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/*/attachments/           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/*/attachments/           POST        own     401  403  403  403  201  201  201
api/v1/layers/<slug:slug>/features/*/attachments/           POST        other   401  404  404  404  404  404  201
api/v1/layers/<slug:slug>/features/*/attachments/           REST        own     401  405  405  405  405  405  405
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ DELETE      own     401  403  403  403  204  204  204
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ DELETE      other   401  404  404  404  404  404  204
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ REST        own     401  405  405  405  405  405  405
api/v1/snap/                                                GET,HEAD    own     200  200  200  200  200  200  200
api/v1/snap/                                                GET,HEAD    other   200  200  200  200  200  200  200
api/v1/snap/                                                GET,HEAD    none    200  200  200  200  200  200  200
api/v1/snap/                                                REST        -       405  405  405  405  405  405  405
api/v1/notices/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/notices/<int:notice_id>/                             DELETE      own     401  204  204  204  204  204  204
api/v1/notices/<int:notice_id>/                             DELETE      other   401  404  404  404  404  404  404
api/v1/backgrounds/                                         GET,HEAD    -       200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/distribution/                     GET,HEAD    own     401  404  404  404  404  200  200
api/v1/layers/<slug:slug>/distribution/                     GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/style.qml                         POST        own     401  404  404  404  404  200  200
api/v1/layers/<slug:slug>/style.qml                         POST        other   401  404  404  404  404  404  200
api/v1/external-layers/                                     GET,HEAD    -       200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/tile-columns/                     POST        own     401  404  404  404  404  200  200
api/v1/layers/<slug:slug>/tile-columns/                     POST        other   401  404  404  404  404  404  200
api/v1/here/                                                GET,HEAD    own     200  200  200  200  200  200  200
api/v1/here/                                                GET,HEAD    other   200  200  200  200  200  200  200
api/v1/here/                                                GET,HEAD    none    200  200  200  200  200  200  200
api/v1/here/                                                REST        -       405  405  405  405  405  405  405
api/v1/search/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/measure/                                             POST        -       200  200  200  200  200  200  200
ogc                                                         GET,HEAD    -       200  200  200  200  200  200  200
ogc                                                         OPTIONS     -       200  200  200  200  200  200  200
ogc/                                                        GET,HEAD    -       200  200  200  200  200  200  200
ogc/                                                        OPTIONS     -       200  200  200  200  200  200  200
ogc/api                                                     GET,HEAD    -       200  200  200  200  200  200  200
ogc/api                                                     OPTIONS     -       200  200  200  200  200  200  200
ogc/conformance                                             GET,HEAD    -       200  200  200  200  200  200  200
ogc/conformance                                             OPTIONS     -       200  200  200  200  200  200  200
ogc/collections                                             GET,HEAD    -       200  200  200  200  200  200  200
ogc/collections                                             OPTIONS     -       200  200  200  200  200  200  200
ogc/<path:rest>/                                            GET,HEAD    -       302  302  302  302  302  302  302
ogc/<path:rest>/                                            OPTIONS     -       200  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>                                 OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/schema                          OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/geojson-schema                  GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/geojson-schema                  GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/geojson-schema                  GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/geojson-schema                  OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/geojson-schema                  OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/queryables                      OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items                           GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items                           OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items                           POST        public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items                           POST        own     404  403  403  403  201  201  201
ogc/collections/<slug:slug>/items                           POST        other   404  404  404  404  404  404  201
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items/<str:feature_id>          OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   own     404  403  403  403  204  204  204
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   other   404  404  404  404  404  404  204
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      own     404  403  403  403  204  204  204
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      other   404  404  404  404  404  404  204
ogc/tileMatrixSets                                          GET,HEAD    -       200  200  200  200  200  200  200
ogc/tileMatrixSets                                          OPTIONS     -       200  200  200  200  200  200  200
ogc/tileMatrixSets/<pyramid>                                GET,HEAD    -       200  200  200  200  200  200  200
ogc/tileMatrixSets/<pyramid>                                OPTIONS     -       200  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles                           GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles                           GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles                           GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/tiles                           OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles                           OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/tiles/<pyramid>                 GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>                 GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>                 GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/tiles/<pyramid>                 OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>                 OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>     GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>     GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>     GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>     OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/tiles/<pyramid>/<z>/<y>/<x>     OPTIONS     other   404  404  404  404  404  404  200
tiles/<slug:slug>.json                                      GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>.json                                      GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>.json                                      GET,HEAD    other   404  404  404  404  404  404  200
tiles/<slug:slug>/style.json                                GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>/style.json                                GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>/style.json                                GET,HEAD    other   404  404  404  404  404  404  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    other   404  404  404  404  404  404  200

administration/                                             GET,HEAD    -       302  403  403  403  403  403  200
administration/                                             REST        -       302  403  403  403  403  403  200
administration/login/                                       GET,HEAD    -       302  403  403  403  403  403  302
administration/login/                                       REST        -       302  403  403  403  403  403  302
administration/logout/                                      GET,HEAD    -       302  403  403  403  403  403  302
administration/logout/                                      REST        -       302  403  403  403  403  403  302
administration/password_change/                             GET,HEAD    -       302  403  403  403  403  403  302
administration/password_change/                             REST        -       302  403  403  403  403  403  302
administration/password_change/done/                        POST,PUT    -       302  403  403  403  403  403  405
administration/password_change/done/                        PATCH,DELETE -      302  403  403  403  403  403  405
administration/autocomplete/                                GET,HEAD    -       302  403  403  403  403  403  200
administration/autocomplete/                                OPTIONS     -       302  403  403  403  403  403  200
administration/autocomplete/                                REST        -       302  403  403  403  403  403  405
administration/jsi18n/                                      GET,HEAD    -       302  403  403  403  403  403  200
administration/jsi18n/                                      OPTIONS     -       302  403  403  403  403  403  200
administration/jsi18n/                                      REST        -       302  403  403  403  403  403  405
administration/<app_label>/                                 GET,HEAD    -       302  403  403  403  403  403  200
administration/<app_label>/                                 REST        -       302  403  403  403  403  403  200
administration/*/*/                                         GET,HEAD    -       302  403  403  403  403  403  200
administration/*/*/                                         REST        -       302  403  403  403  403  403  200
administration/catalogue/theme/                             POST        -       302  403  403  403  403  403  302
administration/catalogue/background/                        POST        -       302  403  403  403  403  403  302
administration/r/<path:content_type_id>/<path:object_id>/   GET,HEAD    none    302  403  403  403  403  403  404
administration/r/<path:content_type_id>/<path:object_id>/   REST        none    302  403  403  403  403  403  404
administration/*/<path:object_id>/                          GET,HEAD    own     302  403  403  403  403  403  302
administration/*/<path:object_id>/                          REST        own     302  403  403  403  403  403  302
administration/*/<path:object_id>/change/                   GET,HEAD    own     302  403  403  403  403  403  200
administration/*/<path:object_id>/change/                   GET,HEAD    none    302  403  403  403  403  403  302
administration/*/<path:object_id>/change/                   POST        none    302  403  403  403  403  403  302
administration/*/<path:object_id>/change/                   REST        own     302  403  403  403  403  403  200
administration/gis_core/member/<path:object_id>/change/     POST        own     302  403  403  403  403  403  302
administration/gis_core/user/<path:object_id>/change/       POST        own     302  403  403  403  403  403  302
administration/gis_core/commune/<path:object_id>/change/    POST        own     302  403  403  403  403  403  403
administration/gis_core/job/<path:object_id>/change/        POST        own     302  403  403  403  403  403  403
administration/procrastinate/*/<path:object_id>/change/     POST        own     302  403  403  403  403  403  403
administration/orthophoto/*/<path:object_id>/change/        POST        own     302  403  403  403  403  403  403
administration/catalogue/theme/<path:object_id>/change/     POST        own     302  403  403  403  403  403  302
administration/catalogue/layer/<path:object_id>/change/     POST        own     302  403  403  403  403  403  302
administration/catalogue/background/<path:object_id>/change/ POST       own     302  403  403  403  403  403  302
administration/*/<path:object_id>/history/                  GET,HEAD    own     302  403  403  403  403  403  200
administration/*/<path:object_id>/history/                  REST        own     302  403  403  403  403  403  200
administration/gis_core/*/<path:object_id>/delete/          GET,HEAD    own     302  403  403  403  403  403  403
administration/gis_core/member/<path:object_id>/delete/     POST        own     302  403  403  403  403  403  403
administration/gis_core/member/<path:object_id>/delete/     POST        unused  302  403  403  403  403  403  302
administration/gis_core/*/<path:object_id>/delete/          REST        own     302  403  403  403  403  403  403
administration/procrastinate/*/<path:object_id>/delete/     GET,HEAD    own     302  403  403  403  403  403  403
administration/procrastinate/*/<path:object_id>/delete/     REST        own     302  403  403  403  403  403  403
administration/orthophoto/*/<path:object_id>/delete/        GET,HEAD    own     302  403  403  403  403  403  403
administration/orthophoto/*/<path:object_id>/delete/        REST        own     302  403  403  403  403  403  403
administration/catalogue/layer/<path:object_id>/delete/     GET,HEAD    own     302  403  403  403  403  403  403
administration/catalogue/layer/<path:object_id>/delete/     REST        own     302  403  403  403  403  403  403
administration/catalogue/theme/<path:object_id>/delete/     GET,HEAD    own     302  403  403  403  403  403  200
administration/catalogue/theme/<path:object_id>/delete/     POST        own     302  403  403  403  403  403  200
administration/catalogue/theme/<path:object_id>/delete/     POST        unused  302  403  403  403  403  403  302
administration/catalogue/theme/<path:object_id>/delete/     REST        own     302  403  403  403  403  403  200
administration/catalogue/background/<path:object_id>/delete/ GET,HEAD   own     302  403  403  403  403  403  200
administration/catalogue/background/<path:object_id>/delete/ POST       own     302  403  403  403  403  403  302
administration/catalogue/background/<path:object_id>/delete/ REST       own     302  403  403  403  403  403  200
administration/gis_core/member/add/                         GET,HEAD    -       302  403  403  403  403  403  200
administration/gis_core/member/add/                         POST        -       302  403  403  403  403  403  302
administration/gis_core/member/add/                         REST        -       302  403  403  403  403  403  200
administration/catalogue/theme/add/                         GET,HEAD    -       302  403  403  403  403  403  200
administration/catalogue/theme/add/                         POST        -       302  403  403  403  403  403  302
administration/catalogue/theme/add/                         REST        -       302  403  403  403  403  403  200
administration/catalogue/background/add/                    GET,HEAD    -       302  403  403  403  403  403  200
administration/catalogue/background/add/                    POST        -       302  403  403  403  403  403  302
administration/catalogue/background/add/                    REST        -       302  403  403  403  403  403  200
administration/gis_core/[!m]*/add/                          GET,HEAD    -       302  403  403  403  403  403  403
administration/gis_core/[!m]*/add/                          REST        -       302  403  403  403  403  403  403
administration/procrastinate/*/add/                         GET,HEAD    -       302  403  403  403  403  403  403
administration/procrastinate/*/add/                         REST        -       302  403  403  403  403  403  403
administration/orthophoto/*/add/                            GET,HEAD    -       302  403  403  403  403  403  403
administration/orthophoto/*/add/                            REST        -       302  403  403  403  403  403  403
administration/catalogue/layer/add/                         GET,HEAD    -       302  403  403  403  403  403  403
administration/catalogue/layer/add/                         REST        -       302  403  403  403  403  403  403
"""


@dataclass(frozen=True)
class Line:
    """A line of the table: the statuses in the order of ROLES."""

    route: str
    methods: tuple[str, ...]
    scope: str
    statuses: tuple[str, ...]

    def names(self, route: str) -> bool:
        """Whether the line speaks of this route; `*` never spans an object of an address."""
        if "*" not in self.route and "[" not in self.route:
            return self.route == route
        return (
            fnmatchcase(route, self.route)
            and self.route.count("/") <= route.count("/")
            and depth_agrees(self.route, route)
        )


def depth_agrees(pattern: str, route: str) -> bool:
    """`administration/*/*/` is a list of rows, not one of the pages below it."""
    if pattern.endswith("*/"):
        return route.count("/") == pattern.count("/") and not route.endswith(("/add/", ">/"))
    if pattern.endswith("<path:object_id>/"):
        return route.endswith("<path:object_id>/") and "content_type_id" not in route
    return True


def lines() -> list[Line]:
    """The whole table: what is written, what is of the kit, and for each route what follows from it."""
    written = [parsed(text) for text in POLICY.splitlines() if text.strip() and not text.startswith("#")]
    named = {line.route for line in written}
    made = [*lines_of_lists(LISTINGS.all()), *lines_of_imports()]
    written += [line for line in made if line.route not in named]
    return [line for route in dict.fromkeys(line.route for line in written) for line in completed(route, written)]


def lines_of_lists(lists: Sequence[DeskList]) -> Iterator[Line]:
    """Those of the pages and APIs that the kit makes: for whoever signed in. A desk writes only what is otherwise."""
    everybody = ["200"] * (len(ROLES) - 1)
    for one in lists:
        yield Line(one.path, ("GET", "HEAD"), "-", ("302", *everybody))
        if one.api:
            yield Line(f"api/v1/{one.api}/", ("GET", "HEAD"), "-", ("401", *everybody))


def lines_of_imports() -> Iterator[Line]:
    """Those of the pages of imports: for the roles that a source names. A desk writes only what is otherwise."""
    for route, methods, scope, statuses in imports.rows(ROLES):
        yield Line(route, tuple(methods.split(",")), scope, tuple(statuses))


def completed(route: str, written: list[Line]) -> Iterator[Line]:
    """The lines of a route: `none` after its `other`, where the address holds the object, and at last REST."""
    given = [line for line in written if line.route == route]
    for line in given:
        yield line
        if line.scope == "other" and "<" in route and not any(is_missing_twin(one, line) for one in given):
            yield missing_twin(line)
    if not route.startswith("administration/") and all(line.methods != ("REST",) for line in given):
        yield refused_rest(given)


def is_missing_twin(line: Line, other: Line) -> bool:
    return line.scope == "none" and line.methods == other.methods


def missing_twin(other: Line) -> Line:
    """What does not exist answers as another member's object; the agency is answered as the role before it."""
    *below, _agency = other.statuses
    return replace(other, scope="none", statuses=(*below, "404" if below[-1] == "403" else below[-1]))


def refused_rest(given: list[Line]) -> Line:
    """Methods that a route does not take: 405, after 401 where the API asks first who it is."""
    scopes = [line.scope for line in given]
    scope = next((one for one in ("-", "own") if one in scopes), scopes[0])
    visitor = "401" if given[0].statuses[0] == "401" else "405"
    return Line(given[0].route, ("REST",), scope, (visitor, *["405"] * (len(ROLES) - 1)))


def parsed(text: str) -> Line:
    route, rest = ("", text.split()) if text.startswith(" ") else (text.split()[0], text.split()[1:])
    methods, scope, *statuses = rest
    assert len(statuses) == len(ROLES), text
    return Line(route, tuple(methods.split(",")), scope, tuple(statuses))
