libcrossdock_a_SOURCES += %reldir%/catalogue.def
libcrossdock_a_SOURCES += %reldir%/complaint.c %reldir%/complaint.h
libcrossdock_a_SOURCES += %reldir%/report.c %reldir%/report.h
libcrossdock_a_SOURCES += %reldir%/report_text.c %reldir%/report_json.c %reldir%/report_form.h
libcrossdock_a_SOURCES += %reldir%/manual.c %reldir%/manual.h
