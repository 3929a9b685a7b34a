# What is installed in pkgdatadir/partners, a line each:  nobase_dist_pkgdata_DATA += %reldir%/acme.yaml
nobase_dist_pkgdata_DATA += \
	%reldir%/README \
	%reldir%/acme.yaml \
	%reldir%/carlisle.yaml \
	%reldir%/easypost.yaml \
	%reldir%/glacier.yaml \
	%reldir%/nordwind.yaml \
	%reldir%/harbor.yaml \
	%reldir%/northern.yaml \
	%reldir%/polar.yaml \
	%reldir%/tundra.yaml \
	%reldir%/vega.yaml \
	%reldir%/zenith.yaml
