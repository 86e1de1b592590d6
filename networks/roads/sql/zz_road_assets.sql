select arpent.install_road_assets();
