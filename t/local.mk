# Test scripts, in order: t/NNNN-name.t. What they share is tap.sh. Check programs are listed in t/unit/local.mk.
dist_check_SCRIPTS += %reldir%/0000-tap.t
dist_check_SCRIPTS += %reldir%/0001-rooms.t
dist_check_SCRIPTS += %reldir%/0002-house.t
dist_check_SCRIPTS += %reldir%/0003-manuals.t
dist_check_SCRIPTS += %reldir%/0100-dictionary.t
EXTRA_DIST += %reldir%/tap.sh %reldir%/lint %reldir%/tally %reldir%/installed
EXTRA_DIST += %reldir%/absent/cmocka.h %reldir%/absent/jansson.h
dist_check_SCRIPTS += %reldir%/0200-canon2erp.t
dist_check_SCRIPTS += %reldir%/0201-canon2erp-files.t
dist_check_SCRIPTS += %reldir%/0202-layouts.t
dist_check_SCRIPTS += %reldir%/0900-manual.t
EXTRA_DIST += %reldir%/0200-canon2erp
dist_check_SCRIPTS += %reldir%/0203-write-engine.t
dist_check_SCRIPTS += %reldir%/0400-corpus-acks.t
EXTRA_DIST += %reldir%/0400-corpus-acks.tsv
dist_check_SCRIPTS += %reldir%/0310-order-map.t
EXTRA_DIST += %reldir%/0310-order-map
