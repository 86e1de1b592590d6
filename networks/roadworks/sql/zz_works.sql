select arpent.install_works();
