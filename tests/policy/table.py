"""Who gets what: every route x method x role x whose object it is, with the status answered. Written by hand.

Scope: `own` is the asker's member's object (or the asker's), `other` another member's (or another person's), `none`
does not exist, `mixed` another member's object under one's own member's address, `public` is open, `remote` asks from
another machine, `unused` is a row of the platform that nothing refers to, `-` has no object. `REST` stands for every
method of GET HEAD POST PUT PATCH DELETE OPTIONS that the route's other lines do not name. A route may be a pattern.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

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
                                                            REST        -       405  405  405  405  405  405  405
langue/                                                     POST        -       302  302  302  302  302  302  302
langue/                                                     REST        -       405  405  405  405  405  405  405
health/live                                                 GET,HEAD    -       200  200  200  200  200  200  200
health/live                                                 REST        -       405  405  405  405  405  405  405
health/ready                                                GET,HEAD    -       200  200  200  200  200  200  200
health/ready                                                REST        -       405  405  405  405  405  405  405
metrics                                                     GET,HEAD    -       200  200  200  200  200  200  200
metrics                                                     GET,HEAD    remote  401  403  403  403  403  403  200
metrics                                                     REST        -       405  405  405  405  405  405  405

compte/                                                     GET,HEAD    -       302  200  200  200  200  200  200
compte/                                                     REST        -       405  405  405  405  405  405  405
compte/invitations/<int:membership_id>/accepter/            POST        own     302  302  302  302  302  302  302
compte/invitations/<int:membership_id>/accepter/            POST        other   302  404  404  404  404  404  404
compte/invitations/<int:membership_id>/accepter/            POST        none    302  404  404  404  404  404  404
compte/invitations/<int:membership_id>/accepter/            REST        own     405  405  405  405  405  405  405
compte/jetons/                                              POST        -       302  200  200  200  200  200  200
compte/jetons/                                              REST        -       405  405  405  405  405  405  405
compte/jetons/<int:token_id>/revoquer/                      POST        own     302  302  302  302  302  302  302
compte/jetons/<int:token_id>/revoquer/                      POST        other   302  404  404  404  404  404  404
compte/jetons/<int:token_id>/revoquer/                      POST        none    302  404  404  404  404  404  404
compte/jetons/<int:token_id>/revoquer/                      REST        own     405  405  405  405  405  405  405
compte/connexion/                                           GET,HEAD    -       200  302  302  302  302  302  302
compte/connexion/                                           POST        -       302  302  302  302  302  302  302
compte/connexion/                                           PUT,OPTIONS -       200  302  302  302  302  302  302
compte/connexion/                                           REST        -       405  302  302  302  302  302  302
compte/deconnexion/                                         GET,HEAD    -       302  200  200  200  200  200  200
compte/deconnexion/                                         POST        -       302  302  302  302  302  302  302
compte/deconnexion/                                         OPTIONS     -       200  200  200  200  200  200  200
compte/deconnexion/                                         REST        -       405  405  405  405  405  405  405
compte/ferme/                                               GET,HEAD    -       200  200  200  200  200  200  200
compte/ferme/                                               OPTIONS     -       200  200  200  200  200  200  200
compte/ferme/                                               REST        -       405  405  405  405  405  405  405
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
compte/mot-de-passe/oublie/                                 REST        -       405  405  405  405  405  405  405
compte/mot-de-passe/oublie/envoye/                          GET,HEAD    -       200  200  200  200  200  200  200
compte/mot-de-passe/oublie/envoye/                          OPTIONS     -       200  200  200  200  200  200  200
compte/mot-de-passe/oublie/envoye/                          REST        -       405  405  405  405  405  405  405
compte/mot-de-passe/nouveau/fait/                           GET,HEAD    -       200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/fait/                           OPTIONS     -       200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/fait/                           REST        -       405  405  405  405  405  405  405
compte/mot-de-passe/nouveau/<uidb36>-<key>/                 GET,HEAD    none    200  200  200  200  200  200  200
compte/mot-de-passe/nouveau/<uidb36>-<key>/                 REST        none    200  200  200  200  200  200  200

membres/                                                    GET,HEAD    -       302  403  403  403  403  200  200
membres/                                                    REST        -       405  405  405  405  405  405  405
membres/<slug:slug>/                                        GET,HEAD    own     302  403  403  403  403  200  200
membres/<slug:slug>/                                        GET,HEAD    other   302  404  404  404  404  404  200
membres/<slug:slug>/                                        GET,HEAD    none    302  404  404  404  404  404  404
membres/<slug:slug>/                                        POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/                                        POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/                                        POST        none    302  404  404  404  404  404  404
membres/<slug:slug>/                                        REST        own     405  405  405  405  405  405  405
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    own     302  403  403  403  403  200  200
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    other   302  404  404  404  404  404  200
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    mixed   302  403  403  403  403  404  404
membres/<slug:slug>/<int:membership_id>/                    GET,HEAD    none    302  404  404  404  404  404  404
membres/<slug:slug>/<int:membership_id>/                    POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/<int:membership_id>/                    POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/<int:membership_id>/                    POST        mixed   302  403  403  403  403  404  404
membres/<slug:slug>/<int:membership_id>/                    POST        none    302  404  404  404  404  404  404
membres/<slug:slug>/<int:membership_id>/                    REST        own     405  405  405  405  405  405  405
membres/<slug:slug>/<int:membership_id>/retirer/            POST        own     302  403  403  403  403  302  302
membres/<slug:slug>/<int:membership_id>/retirer/            POST        other   302  404  404  404  404  404  302
membres/<slug:slug>/<int:membership_id>/retirer/            POST        mixed   302  403  403  403  403  404  404
membres/<slug:slug>/<int:membership_id>/retirer/            POST        none    302  404  404  404  404  404  404
membres/<slug:slug>/<int:membership_id>/retirer/            REST        own     405  405  405  405  405  405  405
couches/                                                    GET,HEAD    -       302  403  403  403  403  200  200
couches/                                                    REST        -       405  405  405  405  405  405  405
couches/<slug:slug>/                                        GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/                                        GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/                                        GET,HEAD    none    302  403  403  403  403  404  404
couches/<slug:slug>/                                        POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/                                        POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/                                        POST        none    302  403  403  403  403  404  404
couches/<slug:slug>/                                        REST        own     405  405  405  405  405  405  405
couches/<slug:slug>/style/                                  GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/style/                                  GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/style/                                  GET,HEAD    none    302  403  403  403  403  404  404
couches/<slug:slug>/style/                                  POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/style/                                  POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/style/                                  POST        none    302  403  403  403  403  404  404
couches/<slug:slug>/style/                                  REST        own     405  405  405  405  405  405  405
couches/<slug:slug>/champs/                                 GET,HEAD    own     302  403  403  403  403  200  200
couches/<slug:slug>/champs/                                 GET,HEAD    other   302  403  403  403  403  404  200
couches/<slug:slug>/champs/                                 GET,HEAD    none    302  403  403  403  403  404  404
couches/<slug:slug>/champs/                                 POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/champs/                                 POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/champs/                                 POST        none    302  403  403  403  403  404  404
couches/<slug:slug>/champs/                                 REST        own     405  405  405  405  405  405  405
couches/<slug:slug>/regles/                                 POST        own     302  403  403  403  403  302  302
couches/<slug:slug>/regles/                                 POST        other   302  403  403  403  403  404  302
couches/<slug:slug>/regles/                                 POST        none    302  403  403  403  403  404  404
couches/<slug:slug>/regles/                                 REST        own     405  405  405  405  405  405  405
couches-externes/                                           GET,HEAD    -       302  403  403  403  403  200  200
couches-externes/                                           REST        -       405  405  405  405  405  405  405
couches-externes/nouvelle/                                  GET,HEAD    -       302  403  403  403  403  200  200
couches-externes/nouvelle/                                  REST        -       405  405  405  405  405  405  405
couches-externes/ajouter/                                   POST        -       302  403  403  403  403  400  400
couches-externes/ajouter/                                   REST        -       405  405  405  405  405  405  405
couches-externes/serveurs/                                  POST        -       302  403  403  403  403  403  302
couches-externes/serveurs/                                  REST        -       405  405  405  405  405  405  405
couches-externes/serveurs/<int:host_id>/retirer/            POST        own     302  403  403  403  403  403  302
couches-externes/serveurs/<int:host_id>/retirer/            POST        none    302  403  403  403  403  403  404
couches-externes/serveurs/<int:host_id>/retirer/            REST        own     405  405  405  405  405  405  405
couches-externes/<slug:slug>/                               GET,HEAD    own     302  403  403  403  403  200  200
couches-externes/<slug:slug>/                               GET,HEAD    other   302  403  403  403  403  404  200
couches-externes/<slug:slug>/                               GET,HEAD    none    302  403  403  403  403  404  404
couches-externes/<slug:slug>/                               POST        own     302  403  403  403  403  302  302
couches-externes/<slug:slug>/                               POST        other   302  403  403  403  403  404  302
couches-externes/<slug:slug>/                               POST        none    302  403  403  403  403  404  404
couches-externes/<slug:slug>/                               REST        own     405  405  405  405  405  405  405
couches-externes/<slug:slug>/retirer/                       POST        own     302  403  403  403  403  302  302
couches-externes/<slug:slug>/retirer/                       POST        other   302  403  403  403  403  404  302
couches-externes/<slug:slug>/retirer/                       POST        none    302  403  403  403  403  404  404
couches-externes/<slug:slug>/retirer/                       REST        own     405  405  405  405  405  405  405
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    public  400  400  400  400  400  400  400
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    own     404  400  400  400  400  400  400
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    other   404  404  404  404  404  404  400
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 GET,HEAD    none    404  404  404  404  404  404  404
externe/<slug:slug>/<str:z>/<str:x>/<str:y>                 REST        own     405  405  405  405  405  405  405
externe/<slug:slug>/legende                                 GET,HEAD    public  400  400  400  400  400  400  400
externe/<slug:slug>/legende                                 GET,HEAD    own     404  400  400  400  400  400  400
externe/<slug:slug>/legende                                 GET,HEAD    other   404  404  404  404  404  404  400
externe/<slug:slug>/legende                                 GET,HEAD    none    404  404  404  404  404  404  404
externe/<slug:slug>/legende                                 REST        own     405  405  405  405  405  405  405
imports/                                                    GET,HEAD    -       302  403  403  403  403  200  200
imports/                                                    POST        own     302  403  403  403  403  302  302
imports/                                                    POST        other   302  403  403  403  403  404  302
imports/                                                    POST        none    302  403  403  403  403  404  404
imports/                                                    REST        -       302  405  405  405  405  405  405
imports/<int:job_id>/                                       GET,HEAD    own     302  403  403  403  403  200  200
imports/<int:job_id>/                                       GET,HEAD    other   302  403  403  403  403  404  200
imports/<int:job_id>/                                       GET,HEAD    none    302  403  403  403  403  404  404
imports/<int:job_id>/                                       REST        own     405  405  405  405  405  405  405
imports/fichiers/                                           POST        own     302  403  403  403  403  302  302
imports/fichiers/                                           POST        other   302  403  403  403  403  404  302
imports/fichiers/                                           REST        -       405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/                         GET,HEAD    own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/                         GET,HEAD    other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/                         GET,HEAD    none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/                         REST        own     405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/<int:number>/            GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/            GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/            GET,HEAD    none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/            POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/<int:number>/            POST        other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/<int:number>/            POST        none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/            REST        own     405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   GET,HEAD    none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   POST        other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   POST        none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/nouvelle/   REST        own     405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/<int:number>/existante/  GET,HEAD    own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  GET,HEAD    other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  GET,HEAD    none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/existante/  POST        own     302  403  403  403  403  200  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  POST        other   302  403  403  403  403  404  200
imports/fichiers/<int:delivery_id>/<int:number>/existante/  POST        none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/<int:number>/existante/  REST        own     405  405  405  405  405  405  405
imports/fichiers/<int:delivery_id>/oublier/                 POST        own     302  403  403  403  403  302  302
imports/fichiers/<int:delivery_id>/oublier/                 POST        other   302  403  403  403  403  404  302
imports/fichiers/<int:delivery_id>/oublier/                 POST        none    302  403  403  403  403  404  404
imports/fichiers/<int:delivery_id>/oublier/                 REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/appliquer/                  POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/appliquer/                  POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/appliquer/                  POST        none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/appliquer/                  REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/verifier/                   POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/verifier/                   POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/verifier/                   POST        none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/verifier/                   REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/                            GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/                            GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/                            GET,HEAD    none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/                            REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/reprendre/                  GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/reprendre/                  GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/reprendre/                  GET,HEAD    none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/reprendre/                  POST        own     302  403  403  403  403  302  302
imports/couches/<int:import_id>/reprendre/                  POST        other   302  403  403  403  403  404  302
imports/couches/<int:import_id>/reprendre/                  POST        none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/reprendre/                  REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/rapport.json                GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/rapport.json                GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/rapport.json                GET,HEAD    none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/rapport.json                REST        own     405  405  405  405  405  405  405
imports/couches/<int:import_id>/rapport.csv                 GET,HEAD    own     302  403  403  403  403  200  200
imports/couches/<int:import_id>/rapport.csv                 GET,HEAD    other   302  403  403  403  403  404  200
imports/couches/<int:import_id>/rapport.csv                 GET,HEAD    none    302  403  403  403  403  404  404
imports/couches/<int:import_id>/rapport.csv                 REST        own     405  405  405  405  405  405  405
campagnes/                                                  GET,HEAD    -       302  403  403  403  403  200  200
campagnes/                                                  REST        -       405  405  405  405  405  405  405
campagnes/nouvelle/                                         GET,HEAD    -       302  403  403  403  403  200  200
campagnes/nouvelle/                                         POST        own     302  403  403  403  403  302  302
campagnes/nouvelle/                                         POST        other   302  403  403  403  403  400  302
campagnes/nouvelle/                                         POST        none    302  403  403  403  403  400  400
campagnes/nouvelle/                                         REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/                                      GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/                                      GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/                                      GET,HEAD    none    302  403  403  403  403  404  404
campagnes/<slug:slug>/                                      REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/recommencer/                          GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/recommencer/                          GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/recommencer/                          GET,HEAD    none    302  403  403  403  403  404  404
campagnes/<slug:slug>/recommencer/                          POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/recommencer/                          POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/recommencer/                          POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/recommencer/                          REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/supprimer/                            GET,HEAD    own     302  403  403  403  403  200  200
campagnes/<slug:slug>/supprimer/                            GET,HEAD    other   302  403  403  403  403  404  200
campagnes/<slug:slug>/supprimer/                            GET,HEAD    none    302  403  403  403  403  404  404
campagnes/<slug:slug>/supprimer/                            POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/supprimer/                            POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/supprimer/                            POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/supprimer/                            REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/construire/                           POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/construire/                           POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/construire/                           POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/construire/                           REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/arreter/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/arreter/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/arreter/                              POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/arreter/                              REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/publier/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/publier/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/publier/                              POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/publier/                              REST        own     405  405  405  405  405  405  405
campagnes/<slug:slug>/retirer/                              POST        own     302  403  403  403  403  302  302
campagnes/<slug:slug>/retirer/                              POST        other   302  403  403  403  403  404  302
campagnes/<slug:slug>/retirer/                              POST        none    302  403  403  403  403  404  404
campagnes/<slug:slug>/retirer/                              REST        own     405  405  405  405  405  405  405

api/schema/                                                 GET,HEAD    -       200  200  200  200  200  200  200
api/schema/                                                 REST        -       405  405  405  405  405  405  405
api/v1/me/                                                  GET,HEAD    -       401  200  200  200  200  200  200
api/v1/me/                                                  PATCH       -       401  200  200  200  200  200  200
api/v1/me/                                                  REST        -       401  405  405  405  405  405  405
api/v1/tokens/                                              GET,HEAD    -       401  200  200  200  200  200  200
api/v1/tokens/                                              POST        -       401  201  201  201  201  201  201
api/v1/tokens/                                              REST        -       401  405  405  405  405  405  405
api/v1/tokens/<int:token_id>/                               DELETE      own     401  204  204  204  204  204  204
api/v1/tokens/<int:token_id>/                               DELETE      other   401  404  404  404  404  404  404
api/v1/tokens/<int:token_id>/                               DELETE      none    401  404  404  404  404  404  404
api/v1/tokens/<int:token_id>/                               REST        own     401  405  405  405  405  405  405
api/v1/members/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/members/                                             REST        -       401  405  405  405  405  405  405
api/v1/members/<slug:slug>/                                 GET,HEAD    own     401  200  200  200  200  200  200
api/v1/members/<slug:slug>/                                 GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/                                 GET,HEAD    none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/                                 REST        own     401  405  405  405  405  405  405
api/v1/members/<slug:slug>/people/                          GET,HEAD    own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/                          GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/                          GET,HEAD    none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/people/                          POST        own     401  403  403  403  403  201  201
api/v1/members/<slug:slug>/people/                          POST        other   401  404  404  404  404  404  201
api/v1/members/<slug:slug>/people/                          POST        none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/people/                          REST        own     401  405  405  405  405  405  405
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    mixed   401  403  403  403  403  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      GET,HEAD    none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       own     401  403  403  403  403  200  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       other   401  404  404  404  404  404  200
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       mixed   401  403  403  403  403  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      PATCH       none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      own     401  403  403  403  403  204  204
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      other   401  404  404  404  404  404  204
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      mixed   401  403  403  403  403  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      DELETE      none    401  404  404  404  404  404  404
api/v1/members/<slug:slug>/people/<int:membership_id>/      REST        own     401  405  405  405  405  405  405
api/v1/jobs/                                                GET,HEAD    -       401  200  200  200  200  200  200
api/v1/jobs/                                                REST        -       401  405  405  405  405  405  405
api/v1/jobs/<int:job_id>/                                   GET,HEAD    own     401  200  404  200  200  200  200
api/v1/jobs/<int:job_id>/                                   GET,HEAD    other   401  404  404  404  404  404  200
api/v1/jobs/<int:job_id>/                                   GET,HEAD    none    401  404  404  404  404  404  404
api/v1/jobs/<int:job_id>/                                   REST        own     401  405  405  405  405  405  405
api/v1/jobs/<int:job_id>/report/                            GET,HEAD    own     401  200  404  200  200  200  200
api/v1/jobs/<int:job_id>/report/                            GET,HEAD    other   401  404  404  404  404  404  200
api/v1/jobs/<int:job_id>/report/                            GET,HEAD    none    401  404  404  404  404  404  404
api/v1/jobs/<int:job_id>/report/                            REST        own     401  405  405  405  405  405  405
api/v1/imports/                                             POST        own     401  403  403  403  403  202  202
api/v1/imports/                                             POST        other   401  403  403  403  403  404  202
api/v1/imports/                                             POST        none    401  403  403  403  403  404  404
api/v1/imports/                                             REST        -       401  405  405  405  405  405  405
api/v1/prints/                                              GET,HEAD    -       401  200  200  200  200  200  200
api/v1/prints/                                              POST        public  401  202  202  202  202  202  202
api/v1/prints/                                              POST        own     401  202  202  202  202  202  202
api/v1/prints/                                              POST        other   401  400  400  400  400  400  202
api/v1/prints/                                              POST        none    401  400  400  400  400  400  400
api/v1/prints/                                              REST        -       401  405  405  405  405  405  405
api/v1/prints/options/                                      GET,HEAD    -       401  200  200  200  200  200  200
api/v1/prints/options/                                      REST        -       401  405  405  405  405  405  405
api/v1/prints/<int:job_id>/file/                            GET,HEAD    own     401  200  200  200  200  200  200
api/v1/prints/<int:job_id>/file/                            GET,HEAD    other   401  404  404  404  404  404  404
api/v1/prints/<int:job_id>/file/                            GET,HEAD    none    401  404  404  404  404  404  404
api/v1/prints/<int:job_id>/file/                            REST        own     401  405  405  405  405  405  405
api/v1/exports/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/exports/                                             POST        public  401  202  202  202  202  202  202
api/v1/exports/                                             POST        own     401  202  202  202  202  202  202
api/v1/exports/                                             POST        other   401  400  400  400  400  400  202
api/v1/exports/                                             POST        none    401  400  400  400  400  400  400
api/v1/exports/                                             REST        -       401  405  405  405  405  405  405
api/v1/exports/<int:job_id>/                                GET,HEAD    own     401  200  200  200  200  200  200
api/v1/exports/<int:job_id>/                                GET,HEAD    other   401  404  404  404  404  404  404
api/v1/exports/<int:job_id>/                                GET,HEAD    none    401  404  404  404  404  404  404
api/v1/exports/<int:job_id>/                                REST        own     401  405  405  405  405  405  405
api/v1/exports/<int:job_id>/file/                           GET,HEAD    own     401  200  200  200  200  200  200
api/v1/exports/<int:job_id>/file/                           GET,HEAD    other   401  404  404  404  404  404  404
api/v1/exports/<int:job_id>/file/                           GET,HEAD    none    401  404  404  404  404  404  404
api/v1/exports/<int:job_id>/file/                           REST        own     401  405  405  405  405  405  405
api/v1/campaigns/                                           GET,HEAD    -       401  403  403  403  403  200  200
api/v1/campaigns/                                           POST        own     401  403  403  403  403  201  201
api/v1/campaigns/                                           POST        other   401  403  403  403  403  400  201
api/v1/campaigns/                                           POST        none    401  403  403  403  403  400  400
api/v1/campaigns/                                           REST        -       401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/                               GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/                               GET,HEAD    other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/                               GET,HEAD    none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/                               DELETE      own     401  403  403  403  403  204  204
api/v1/campaigns/<slug:slug>/                               DELETE      other   401  403  403  403  403  404  204
api/v1/campaigns/<slug:slug>/                               DELETE      none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/                               REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/build/                         POST        own     401  403  403  403  403  202  202
api/v1/campaigns/<slug:slug>/build/                         POST        other   401  403  403  403  403  404  202
api/v1/campaigns/<slug:slug>/build/                         POST        none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/build/                         REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/stop/                          POST        own     401  403  403  403  403  409  409
api/v1/campaigns/<slug:slug>/stop/                          POST        other   401  403  403  403  403  404  409
api/v1/campaigns/<slug:slug>/stop/                          POST        none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/stop/                          REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/publish/                       POST        own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/publish/                       POST        other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/publish/                       POST        none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/publish/                       REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/take-back/                     POST        own     401  403  403  403  403  409  409
api/v1/campaigns/<slug:slug>/take-back/                     POST        other   401  403  403  403  403  404  409
api/v1/campaigns/<slug:slug>/take-back/                     POST        none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/take-back/                     REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/sheets/                        GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/sheets/                        GET,HEAD    other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/sheets/                        GET,HEAD    none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/sheets/                        REST        own     401  405  405  405  405  405  405
api/v1/campaigns/<slug:slug>/report/                        GET,HEAD    own     401  403  403  403  403  200  200
api/v1/campaigns/<slug:slug>/report/                        GET,HEAD    other   401  403  403  403  403  404  200
api/v1/campaigns/<slug:slug>/report/                        GET,HEAD    none    401  403  403  403  403  404  404
api/v1/campaigns/<slug:slug>/report/                        REST        own     401  405  405  405  405  405  405

api/v1/layers/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/layers/                                              REST        -       405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/                                  GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/                                  GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/                                  REST        own     405  405  405  405  405  405  405
api/v1/photos/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/photos/                                              REST        -       405  405  405  405  405  405  405
api/v1/photos/<slug:slug>/                                  GET,HEAD    public  200  200  200  200  200  200  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    own     404  200  200  200  200  200  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    other   404  404  404  404  404  404  200
api/v1/photos/<slug:slug>/                                  GET,HEAD    none    404  404  404  404  404  404  404
api/v1/photos/<slug:slug>/                                  REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/                         GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/                         GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/                         GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/                         GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/                         REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/        GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/<int:feature_id>/        REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/export/                           GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/export/                           GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/export/                           REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/export.*                          GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/export.*                          REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/edits/                            POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/edits/                            POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/edits/                            POST        none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/edits/                            REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/merge/                            POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/merge/                            POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/merge/                            POST        none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/merge/                            REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  POST        own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  POST        none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/<int:feature_id>/split/  REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ POST       own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ POST       other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ POST       none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/<int:feature_id>/restore/ REST       own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ GET,HEAD   own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ GET,HEAD   other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ GET,HEAD   none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/<int:feature_id>/history/ REST       own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/deleted/                          GET,HEAD    own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/deleted/                          GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/deleted/                          GET,HEAD    none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/deleted/                          REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/events/                           GET,HEAD    own     401  200  403  200  200  200  200
api/v1/layers/<slug:slug>/events/                           GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/events/                           GET,HEAD    none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/events/                           REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/schema/                           GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/schema/                           REST        own     405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/issues/                           GET,HEAD    own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/issues/                           GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/issues/                           GET,HEAD    none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/issues/                           REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/rules/                            GET,HEAD    own     401  403  403  403  200  200  200
api/v1/layers/<slug:slug>/rules/                            GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/rules/                            GET,HEAD    none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/rules/                            PUT         own     401  403  403  403  403  202  202
api/v1/layers/<slug:slug>/rules/                            PUT         other   401  404  404  404  404  404  202
api/v1/layers/<slug:slug>/rules/                            PUT         none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/rules/                            REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/features/*/attachments/           GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/features/*/attachments/           GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/features/*/attachments/           GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/*/attachments/           POST        own     401  403  403  403  201  201  201
api/v1/layers/<slug:slug>/features/*/attachments/           POST        other   401  404  404  404  404  404  201
api/v1/layers/<slug:slug>/features/*/attachments/           POST        none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/features/*/attachments/           REST        own     401  405  405  405  405  405  405
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ DELETE      own     401  403  403  403  204  204  204
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ DELETE      other   401  404  404  404  404  404  204
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ DELETE      none    401  404  404  404  404  404  404
api/v1/layers/*/features/*/attachments/<int:attachment_id>/ REST        own     401  405  405  405  405  405  405
api/v1/snap/                                                GET,HEAD    own     200  200  200  200  200  200  200
api/v1/snap/                                                GET,HEAD    other   200  200  200  200  200  200  200
api/v1/snap/                                                GET,HEAD    none    200  200  200  200  200  200  200
api/v1/snap/                                                REST        -       405  405  405  405  405  405  405
api/v1/notices/                                             GET,HEAD    -       401  200  200  200  200  200  200
api/v1/notices/                                             REST        -       401  405  405  405  405  405  405
api/v1/notices/<int:notice_id>/                             DELETE      own     401  204  204  204  204  204  204
api/v1/notices/<int:notice_id>/                             DELETE      other   401  404  404  404  404  404  404
api/v1/notices/<int:notice_id>/                             DELETE      none    401  404  404  404  404  404  404
api/v1/notices/<int:notice_id>/                             REST        own     401  405  405  405  405  405  405
api/v1/backgrounds/                                         GET,HEAD    -       200  200  200  200  200  200  200
api/v1/backgrounds/                                         REST        -       405  405  405  405  405  405  405
api/v1/layers/<slug:slug>/distribution/                     GET,HEAD    own     401  404  404  404  404  200  200
api/v1/layers/<slug:slug>/distribution/                     GET,HEAD    other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/distribution/                     GET,HEAD    none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/distribution/                     REST        own     401  405  405  405  405  405  405
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    public  200  200  200  200  200  200  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    own     404  200  200  200  200  200  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    other   404  404  404  404  404  404  200
api/v1/layers/<slug:slug>/style.qml                         GET,HEAD    none    404  404  404  404  404  404  404
api/v1/layers/<slug:slug>/style.qml                         POST        own     401  404  404  404  404  200  200
api/v1/layers/<slug:slug>/style.qml                         POST        other   401  404  404  404  404  404  200
api/v1/layers/<slug:slug>/style.qml                         POST        none    401  404  404  404  404  404  404
api/v1/layers/<slug:slug>/style.qml                         REST        own     405  405  405  405  405  405  405
api/v1/external-layers/                                     GET,HEAD    -       200  200  200  200  200  200  200
api/v1/external-layers/                                     REST        -       405  405  405  405  405  405  405
api/v1/here/                                                GET,HEAD    own     200  200  200  200  200  200  200
api/v1/here/                                                GET,HEAD    other   200  200  200  200  200  200  200
api/v1/here/                                                GET,HEAD    none    200  200  200  200  200  200  200
api/v1/here/                                                REST        -       405  405  405  405  405  405  405
api/v1/search/                                              GET,HEAD    -       200  200  200  200  200  200  200
api/v1/search/                                              REST        -       405  405  405  405  405  405  405
api/v1/measure/                                             POST        -       200  200  200  200  200  200  200
api/v1/measure/                                             REST        -       405  405  405  405  405  405  405
ogc                                                         GET,HEAD    -       200  200  200  200  200  200  200
ogc                                                         OPTIONS     -       200  200  200  200  200  200  200
ogc                                                         REST        -       405  405  405  405  405  405  405
ogc/                                                        GET,HEAD    -       200  200  200  200  200  200  200
ogc/                                                        OPTIONS     -       200  200  200  200  200  200  200
ogc/                                                        REST        -       405  405  405  405  405  405  405
ogc/api                                                     GET,HEAD    -       200  200  200  200  200  200  200
ogc/api                                                     OPTIONS     -       200  200  200  200  200  200  200
ogc/api                                                     REST        -       405  405  405  405  405  405  405
ogc/conformance                                             GET,HEAD    -       200  200  200  200  200  200  200
ogc/conformance                                             OPTIONS     -       200  200  200  200  200  200  200
ogc/conformance                                             REST        -       405  405  405  405  405  405  405
ogc/collections                                             GET,HEAD    -       200  200  200  200  200  200  200
ogc/collections                                             OPTIONS     -       200  200  200  200  200  200  200
ogc/collections                                             REST        -       405  405  405  405  405  405  405
ogc/<path:rest>/                                            GET,HEAD    -       302  302  302  302  302  302  302
ogc/<path:rest>/                                            OPTIONS     -       200  200  200  200  200  200  200
ogc/<path:rest>/                                            REST        -       405  405  405  405  405  405  405
ogc/collections/<slug:slug>                                 GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>                                 GET,HEAD    none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>                                 OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>                                 OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>                                 OPTIONS     none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>                                 REST        own     405  405  405  405  405  405  405
ogc/collections/<slug:slug>/schema                          GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/schema                          GET,HEAD    none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/schema                          OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/schema                          OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/schema                          OPTIONS     none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/schema                          REST        own     405  405  405  405  405  405  405
ogc/collections/<slug:slug>/queryables                      GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/queryables                      GET,HEAD    none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/queryables                      OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/queryables                      OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/queryables                      OPTIONS     none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/queryables                      REST        own     405  405  405  405  405  405  405
ogc/collections/<slug:slug>/items                           GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items                           GET,HEAD    none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items                           OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items                           OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items                           OPTIONS     none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items                           POST        public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items                           POST        own     404  403  403  403  201  201  201
ogc/collections/<slug:slug>/items                           POST        other   404  404  404  404  404  404  201
ogc/collections/<slug:slug>/items                           POST        none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items                           REST        own     405  405  405  405  405  405  405
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    public  200  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items/<str:feature_id>          GET,HEAD    none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items/<str:feature_id>          OPTIONS     own     404  200  200  200  200  200  200
ogc/collections/<slug:slug>/items/<str:feature_id>          OPTIONS     other   404  404  404  404  404  404  200
ogc/collections/<slug:slug>/items/<str:feature_id>          OPTIONS     none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   own     404  403  403  403  204  204  204
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   other   404  404  404  404  404  404  204
ogc/collections/<slug:slug>/items/<str:feature_id>          PUT,PATCH   none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      public  401  403  403  403  403  403  403
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      own     404  403  403  403  204  204  204
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      other   404  404  404  404  404  404  204
ogc/collections/<slug:slug>/items/<str:feature_id>          DELETE      none    404  404  404  404  404  404  404
ogc/collections/<slug:slug>/items/<str:feature_id>          REST        own     405  405  405  405  405  405  405
tiles/<slug:slug>.json                                      GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>.json                                      GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>.json                                      GET,HEAD    other   404  404  404  404  404  404  200
tiles/<slug:slug>.json                                      GET,HEAD    none    404  404  404  404  404  404  404
tiles/<slug:slug>.json                                      REST        own     405  405  405  405  405  405  405
tiles/<slug:slug>/style.json                                GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>/style.json                                GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>/style.json                                GET,HEAD    other   404  404  404  404  404  404  200
tiles/<slug:slug>/style.json                                GET,HEAD    none    404  404  404  404  404  404  404
tiles/<slug:slug>/style.json                                REST        own     405  405  405  405  405  405  405
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    public  200  200  200  200  200  200  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    own     404  200  200  200  200  200  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    other   404  404  404  404  404  404  200
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               GET,HEAD    none    404  404  404  404  404  404  404
tiles/<slug:slug>/<str:z>/<str:x>/<str:y>.mvt               REST        own     405  405  405  405  405  405  405

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
    return [parsed(text) for text in POLICY.splitlines() if text.strip() and not text.startswith("#")]


def parsed(text: str) -> Line:
    route, rest = ("", text.split()) if text.startswith(" ") else (text.split()[0], text.split()[1:])
    methods, scope, *statuses = rest
    assert len(statuses) == len(ROLES), text
    return Line(route, tuple(methods.split(",")), scope, tuple(statuses))
