# Fuzz targets; README says more. Here they are check programs that replay their seeds; in the build that
# "make fuzz" makes (configure --enable-fuzzing), libFuzzer is their main.
if FUZZING
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -Wl,--wrap=read -fsanitize=fuzzer
else
fuzz_main = %reldir%/replay.c
fuzz_ldflags = $(AM_LDFLAGS) -Wl,--wrap=read
endif
fuzz_common = %reldir%/fuzz.c %reldir%/fuzz.h $(fuzz_main)

fuzz_targets = %reldir%/x12_read %reldir%/x12_round %reldir%/inbound %reldir%/canon_read %reldir%/settings \
	%reldir%/map %reldir%/partner %reldir%/guide %reldir%/outbound \
	%reldir%/xml_read %reldir%/json_read %reldir%/idoc
check_PROGRAMS += $(fuzz_targets)
t_fuzz_x12_read_SOURCES = %reldir%/x12_read.c $(fuzz_common)
t_fuzz_x12_read_LDFLAGS = $(fuzz_ldflags)
t_fuzz_x12_round_SOURCES = %reldir%/x12_round.c $(fuzz_common)
t_fuzz_x12_round_LDFLAGS = $(fuzz_ldflags)
t_fuzz_inbound_SOURCES = %reldir%/inbound.c $(fuzz_common)
t_fuzz_inbound_LDFLAGS = $(fuzz_ldflags)
t_fuzz_canon_read_SOURCES = %reldir%/canon_read.c $(fuzz_common)
t_fuzz_canon_read_LDFLAGS = $(fuzz_ldflags)
t_fuzz_settings_SOURCES = %reldir%/settings.c $(fuzz_common)
t_fuzz_settings_LDFLAGS = $(fuzz_ldflags)
t_fuzz_map_SOURCES = %reldir%/map.c $(fuzz_common)
t_fuzz_map_LDFLAGS = $(fuzz_ldflags)
t_fuzz_partner_SOURCES = %reldir%/partner.c $(fuzz_common)
t_fuzz_partner_LDFLAGS = $(fuzz_ldflags)
t_fuzz_guide_SOURCES = %reldir%/guide.c $(fuzz_common)
t_fuzz_guide_LDFLAGS = $(fuzz_ldflags)
t_fuzz_outbound_SOURCES = %reldir%/outbound.c $(fuzz_common)
t_fuzz_outbound_LDFLAGS = $(fuzz_ldflags)
t_fuzz_xml_read_SOURCES = %reldir%/xml_read.c %reldir%/fuzz_tree.c %reldir%/fuzz_tree.h $(fuzz_common)
t_fuzz_xml_read_LDFLAGS = $(fuzz_ldflags)
t_fuzz_json_read_SOURCES = %reldir%/json_read.c %reldir%/fuzz_tree.c %reldir%/fuzz_tree.h $(fuzz_common)
t_fuzz_json_read_LDFLAGS = $(fuzz_ldflags)
t_fuzz_idoc_SOURCES = %reldir%/idoc.c $(fuzz_common)
t_fuzz_idoc_LDFLAGS = $(fuzz_ldflags)

EXTRA_DIST += %reldir%/README %reldir%/run %reldir%/seeds %reldir%/replay.c
EXTRA_DIST += %reldir%/canon.dict %reldir%/guide.dict %reldir%/json.dict %reldir%/map.dict %reldir%/partner.dict \
	%reldir%/settings.dict %reldir%/x12.dict %reldir%/xml.dict

fuzz-targets: $(fuzz_targets)
