# What is installed in pkgdatadir/maps, a line each:  nobase_dist_pkgdata_DATA += %reldir%/x12-850.yaml
include maps/x12/local.mk
