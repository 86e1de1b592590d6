-- What the layers of planning show: the rows of the documents in force (services.versions), easements and risks with what they are of.
-- `ctid` is the place of the row behind, which pages of OGC API go by; a view may have a column of that name.

create or replace view planning_zones_in_force as
select z.ctid, z.id, z.libelle, z.libelong, z.typezone, z.formdomi, z.nomfic, z.urlfic, z.datvalid, d.idurba, d.kind as typedoc, d.approved_date, z.geom, z.geom_3857
from planning_zone z
join planning_document d on d.id = z.document_id
where d.published;

create or replace view planning_prescriptions_surf as
select p.ctid, p.id, p.libelle, p.txt, p.typepsc, p.stypepsc, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_prescription p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'surface';

create or replace view planning_prescriptions_lin as
select p.ctid, p.id, p.libelle, p.txt, p.typepsc, p.stypepsc, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_prescription p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'line';

create or replace view planning_prescriptions_pct as
select p.ctid, p.id, p.libelle, p.txt, p.typepsc, p.stypepsc, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_prescription p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'point';

create or replace view planning_informations_surf as
select p.ctid, p.id, p.libelle, p.txt, p.typeinf, p.stypeinf, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_information p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'surface';

create or replace view planning_informations_lin as
select p.ctid, p.id, p.libelle, p.txt, p.typeinf, p.stypeinf, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_information p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'line';

create or replace view planning_informations_pct as
select p.ctid, p.id, p.libelle, p.txt, p.typeinf, p.stypeinf, p.nature, p.nomfic, p.urlfic, p.datvalid, d.idurba, d.approved_date, p.geom, p.geom_3857
from planning_information p
join planning_document d on d.id = p.document_id
where d.published and p.kind = 'point';

create or replace view planning_assiettes_surf as
select p.ctid, p.id, p.idass, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementfootprint p
join planning_easement e on e.id = p.easement_id
where p.kind = 'surface';

create or replace view planning_assiettes_lin as
select p.ctid, p.id, p.idass, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementfootprint p
join planning_easement e on e.id = p.easement_id
where p.kind = 'line';

create or replace view planning_assiettes_pct as
select p.ctid, p.id, p.idass, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementfootprint p
join planning_easement e on e.id = p.easement_id
where p.kind = 'point';

create or replace view planning_generateurs_surf as
select p.ctid, p.id, p.idgen, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementgenerator p
join planning_easement e on e.id = p.easement_id
where p.kind = 'surface';

create or replace view planning_generateurs_lin as
select p.ctid, p.id, p.idgen, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementgenerator p
join planning_easement e on e.id = p.easement_id
where p.kind = 'line';

create or replace view planning_generateurs_pct as
select p.ctid, p.id, p.idgen, p.category, p.name, p.type, e.idsup, e.long_name as easement, e.manager, e.since_date, p.geom, p.geom_3857
from planning_easementgenerator p
join planning_easement e on e.id = p.easement_id
where p.kind = 'point';

create or replace view planning_risk_zones as
select z.ctid, z.id, z.idzone, z.code, z.name, z.typereglement, z.nature, p.code as procedure, p.name as plan, p.type, p.state, p.state_date, z.geom, z.geom_3857
from planning_riskzone z
join planning_riskplan p on p.id = z.plan_id;

grant select on planning_zones_in_force,
    planning_prescriptions_surf,
    planning_prescriptions_lin,
    planning_prescriptions_pct,
    planning_informations_surf,
    planning_informations_lin,
    planning_informations_pct,
    planning_assiettes_surf,
    planning_assiettes_lin,
    planning_assiettes_pct,
    planning_generateurs_surf,
    planning_generateurs_lin,
    planning_generateurs_pct,
    planning_risk_zones
to arpent_web, arpent_worker;
