# What is installed in pkgdatadir/xrefs, a line each.
nobase_dist_pkgdata_DATA += \
	%reldir%/README \
	%reldir%/harbor-items.tsv \
	%reldir%/harbor-packs.csv \
	%reldir%/harbor-stores.csv
