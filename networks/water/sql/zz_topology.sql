-- Both families of tables are networks.
select arpent.install_topology('water'), arpent.install_topology('sewer');
