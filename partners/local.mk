# What is installed in pkgdatadir/partners, a line each:  nobase_dist_pkgdata_DATA += %reldir%/acme.yaml
