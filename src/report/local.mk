libcrossdock_a_SOURCES += %reldir%/trace.c %reldir%/trace.h %reldir%/trace_lines.c %reldir%/trace_events.c \
	%reldir%/trace_missing.c
libcrossdock_a_SOURCES += %reldir%/trace_show.c %reldir%/trace_show.h %reldir%/trace_text.c %reldir%/trace_json.c \
	%reldir%/trace_page.c %reldir%/trace_svg.c
libcrossdock_a_SOURCES += %reldir%/rule.c %reldir%/rule.h %reldir%/rule.def
libcrossdock_a_SOURCES += %reldir%/review.c %reldir%/review.h %reldir%/review_made.c %reldir%/review_made.h \
	%reldir%/review_look.c %reldir%/review_look.h %reldir%/review_risk.c %reldir%/review_risk.h \
	%reldir%/review_control.c %reldir%/review_control.h
libcrossdock_a_SOURCES += %reldir%/review_show.h %reldir%/review_text.c %reldir%/review_table.c
libcrossdock_a_SOURCES += %reldir%/compare.c %reldir%/compare.h %reldir%/compare_case.c %reldir%/compare_case.h
libcrossdock_a_SOURCES += %reldir%/compare_order.c %reldir%/compare_shipping.c %reldir%/compare_billing.c \
	%reldir%/compare_files.c %reldir%/compare_invoice.c %reldir%/compare_answer.c %reldir%/compare_warehouse.c \
	%reldir%/compare_window.c %reldir%/compare_terms.c %reldir%/compare_receipt.c
libcrossdock_a_SOURCES += %reldir%/compare_system.c %reldir%/compare_system.h %reldir%/compare_stock.c \
	%reldir%/stock.c %reldir%/stock.h \
	%reldir%/compare_control.c %reldir%/compare_acks.c %reldir%/compare_volume.c
libcrossdock_a_SOURCES += %reldir%/review_page.c %reldir%/review_page.h %reldir%/review_chart.c %reldir%/review_folder.c

# What pages hold beside their text, as strings: review_css and review_js.
page_parts = %reldir%/review.css %reldir%/review.js
EXTRA_DIST += $(page_parts)
nodist_libcrossdock_a_SOURCES = %reldir%/page_parts.h
BUILT_SOURCES += %reldir%/page_parts.h
CLEANFILES += %reldir%/page_parts.h
%reldir%/page_parts.h: $(page_parts) %reldir%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %reldir% && for part in $(page_parts); do \
	    echo "static const char $$(basename $$part | tr . _)[] ="; \
	    sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/    "&\\n"/' $(srcdir)/$$part; echo ';'; \
	done > $@.new && mv $@.new $@
