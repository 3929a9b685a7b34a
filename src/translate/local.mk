libcrossdock_a_SOURCES += %reldir%/fill.c %reldir%/fill.h
libcrossdock_a_SOURCES += %reldir%/ack.c %reldir%/ack.h %reldir%/ack_segments.c %reldir%/ack_segments.h
libcrossdock_a_SOURCES += %reldir%/reject.c %reldir%/reject.h
libcrossdock_a_SOURCES += %reldir%/batch.c %reldir%/batch.h
libcrossdock_a_SOURCES += %reldir%/outbound.c %reldir%/outbound.h
libcrossdock_a_SOURCES += %reldir%/delivery.c %reldir%/delivery.h
libcrossdock_a_SOURCES += %reldir%/inbound.c %reldir%/inbound.h %reldir%/inbound_nest.h \
	%reldir%/inbound_set.c %reldir%/inbound_envelope.c
libcrossdock_a_SOURCES += %reldir%/work.c %reldir%/work.h
libcrossdock_a_SOURCES += %reldir%/tell.c %reldir%/tell.h
libcrossdock_a_SOURCES += %reldir%/receipt.c %reldir%/receipt.h
libcrossdock_a_SOURCES += %reldir%/control.c %reldir%/control.h %reldir%/edi_journal.h
libcrossdock_a_SOURCES += %reldir%/edi_batch.c %reldir%/edi_batch.h %reldir%/edi_address.c \
	%reldir%/edi_address.h
libcrossdock_a_SOURCES += %reldir%/edi_files.c %reldir%/edi_files.h
libcrossdock_a_SOURCES += %reldir%/edi_out.c %reldir%/edi_out.h %reldir%/edi_out_parts.h
libcrossdock_a_SOURCES += %reldir%/edi_out_set.c %reldir%/edi_out_open.c %reldir%/edi_check.c %reldir%/edi_check.h
libcrossdock_a_SOURCES += %reldir%/flat_in.c %reldir%/flat_in.h %reldir%/flat_in_parts.h
libcrossdock_a_SOURCES += %reldir%/flat_in_totals.c
libcrossdock_a_SOURCES += %reldir%/flat_in_document.c %reldir%/flat_in_whose.c
libcrossdock_a_SOURCES += %reldir%/flat_document.c %reldir%/flat_document.h
libcrossdock_a_SOURCES += %reldir%/incoming.c %reldir%/incoming.h
libcrossdock_a_SOURCES += %reldir%/coverage.c %reldir%/coverage.h %reldir%/coverage_xref.c %reldir%/coverage_xref.h
libcrossdock_a_SOURCES += %reldir%/inspect.c %reldir%/inspect.h
libcrossdock_a_SOURCES += %reldir%/laws.c %reldir%/laws.h %reldir%/laws_trial.c %reldir%/laws_trial.h
libcrossdock_a_SOURCES += %reldir%/laws_tell.c %reldir%/laws_segments.c %reldir%/laws_compare.h
libcrossdock_a_SOURCES += %reldir%/set_cut.c %reldir%/set_cut.h
libcrossdock_a_SOURCES += %reldir%/flat_in_tree.c
