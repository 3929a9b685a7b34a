libcrossdock_a_SOURCES += %reldir%/trace.c %reldir%/trace.h %reldir%/trace_lines.c %reldir%/trace_events.c \
	%reldir%/trace_missing.c
libcrossdock_a_SOURCES += %reldir%/trace_show.c %reldir%/trace_show.h %reldir%/trace_text.c %reldir%/trace_json.c \
	%reldir%/trace_page.c %reldir%/trace_svg.c
