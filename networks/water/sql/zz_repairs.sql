-- Repairs follow the pipes of both networks.
select arpent.install_repairs();
