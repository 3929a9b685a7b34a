# What "make bench" measures with; bench/run says how. None of them leans on a room.
noinst_PROGRAMS += %reldir%/baseline %reldir%/generate %reldir%/measure
bench_baseline_SOURCES = %reldir%/baseline.c
bench_baseline_LDADD =
bench_generate_SOURCES = %reldir%/generate.c
bench_generate_LDADD =
bench_measure_SOURCES = %reldir%/measure.c
bench_measure_LDADD =
EXTRA_DIST += %reldir%/run %reldir%/profiled %reldir%/README
# The canonical codec beside jansson. Not built by "make": jansson is for checks.
EXTRA_PROGRAMS += %reldir%/canon
bench_canon_SOURCES = %reldir%/canon.c
bench_canon_LDADD = libcrossdock.a $(JANSSON_LIBS) $(room_libs)
# What canon2edi is held against: the canonical codec alone.
noinst_PROGRAMS += %reldir%/rewrite
bench_rewrite_SOURCES = %reldir%/rewrite.c
bench_rewrite_LDADD = libcrossdock.a $(room_libs)
# What erp2canon is held against: rows and records, split and nothing more.
noinst_PROGRAMS += %reldir%/split
bench_split_SOURCES = %reldir%/split.c
bench_split_LDADD =
# What a ledger costs, and what it is filled with.
EXTRA_DIST += %reldir%/ledger %reldir%/sftp
noinst_PROGRAMS += %reldir%/documents
bench_documents_SOURCES = %reldir%/documents.c
bench_documents_LDADD =
# The same for XML.
noinst_PROGRAMS += %reldir%/xmlread
bench_xmlread_SOURCES = %reldir%/xmlread.c
bench_xmlread_LDADD = $(XML_LIBS)
# A month of orders, with disagreements planted, for reconcile.
noinst_PROGRAMS += %reldir%/month
bench_month_SOURCES = %reldir%/month.c
bench_month_LDADD = libcrossdock.a $(room_libs)
EXTRA_DIST += %reldir%/reconcile %reldir%/month-ledger %reldir%/month-sources %reldir%/month.yaml
