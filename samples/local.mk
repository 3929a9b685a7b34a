# Installed beside the maps: files to try the tools on.
nobase_dist_pkgdata_DATA += \
	%reldir%/x12/810-tundra.edi \
	%reldir%/x12/850-acme-batch.edi \
	%reldir%/x12/850-acme-control-delimiters.edi \
	%reldir%/x12/850-acme-full.edi \
	%reldir%/x12/850-acme-one-bad.edi \
	%reldir%/x12/850-acme-plain.edi \
	%reldir%/x12/850-acme-stores.edi \
	%reldir%/x12/850-acme-typical.edi \
	%reldir%/x12/850-acme-wrapped.edi \
	%reldir%/x12/850-many-delimiters.edi \
	%reldir%/x12/850-nordwind-bulk.edi \
	%reldir%/x12/850-nordwind-dropship.edi \
	%reldir%/x12/850-zenith-extras.edi \
	%reldir%/x12/850-zenith-full.edi \
	%reldir%/x12/850-zenith-plain.edi \
	%reldir%/x12/850-zenith-release.edi \
	%reldir%/x12/855-glacier-split.edi \
	%reldir%/x12/855-tundra-full.edi \
	%reldir%/x12/855-tundra-plain.edi \
	%reldir%/x12/855-tundra.edi \
	%reldir%/x12/856-glacier-full.edi \
	%reldir%/x12/856-glacier-item-pack.edi \
	%reldir%/x12/856-glacier-items.edi \
	%reldir%/x12/856-tundra-consolidated.edi \
	%reldir%/x12/856-tundra-pallets.edi \
	%reldir%/x12/856-tundra.edi \
	%reldir%/x12/860-acme-full.edi \
	%reldir%/x12/860-acme-plain.edi \
	%reldir%/x12/860-zenith-full.edi \
	%reldir%/x12/865-glacier-asks.edi \
	%reldir%/x12/865-tundra-full.edi \
	%reldir%/x12/865-tundra-plain.edi \
	%reldir%/x12/940-polar.edi \
	%reldir%/x12/945-polar.edi \
	%reldir%/x12/997-acme.edi \
	%reldir%/x12/997-zenith.edi \
	%reldir%/x12/999-zenith.edi \
	%reldir%/x12/ta1-acme.edi \
	%reldir%/x12/ta1-zenith.edi
EXTRA_DIST += %reldir%/README %reldir%/demo.sh %reldir%/.gitattributes
