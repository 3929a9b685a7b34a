# The tools, one thin file each.

bin_PROGRAMS += %reldir%/edi2canon
src_tools_edi2canon_SOURCES = %reldir%/edi2canon.c
src_tools_edi2canon_LDADD = $(tool_ldadd)

bin_PROGRAMS += %reldir%/canon2erp
src_tools_canon2erp_SOURCES = %reldir%/canon2erp.c
src_tools_canon2erp_LDADD = $(tool_ldadd)

bin_PROGRAMS += %reldir%/canon2edi
src_tools_canon2edi_SOURCES = %reldir%/canon2edi.c
src_tools_canon2edi_LDADD = $(tool_ldadd)

bin_PROGRAMS += %reldir%/erp2canon
src_tools_erp2canon_SOURCES = %reldir%/erp2canon.c
src_tools_erp2canon_LDADD = $(tool_ldadd)
bin_PROGRAMS += %reldir%/map-check
src_tools_map_check_SOURCES = %reldir%/map-check.c
src_tools_map_check_LDADD = $(tool_ldadd)
bin_PROGRAMS += %reldir%/sftp-poll
src_tools_sftp_poll_SOURCES = %reldir%/sftp-poll.c
src_tools_sftp_poll_LDADD = $(tool_ldadd)
bin_PROGRAMS += %reldir%/canon-ledger
src_tools_canon_ledger_SOURCES = %reldir%/canon-ledger.c
src_tools_canon_ledger_LDADD = $(tool_ldadd)
bin_PROGRAMS += %reldir%/order-trace
src_tools_order_trace_SOURCES = %reldir%/order-trace.c
src_tools_order_trace_LDADD = $(tool_ldadd)
bin_PROGRAMS += %reldir%/reconcile
src_tools_reconcile_SOURCES = %reldir%/reconcile.c
src_tools_reconcile_LDADD = $(tool_ldadd)
