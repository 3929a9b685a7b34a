# What is installed in pkgdatadir/maps, a line each:  nobase_dist_pkgdata_DATA += %reldir%/x12-850.yaml
include maps/x12/local.mk
include maps/canon/local.mk
nobase_dist_pkgdata_DATA += \
	%reldir%/README \
	%reldir%/x12-850.yaml \
	%reldir%/acme/850.yaml \
	%reldir%/zenith/850.yaml \
	%reldir%/tables/x12-uom.tsv
