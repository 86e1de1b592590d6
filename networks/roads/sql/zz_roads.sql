select arpent.install_roads();
