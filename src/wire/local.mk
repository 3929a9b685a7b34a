libcrossdock_a_SOURCES += %reldir%/x12.c %reldir%/x12.h
libcrossdock_a_SOURCES += %reldir%/x12_scan.c %reldir%/x12_scan.h
libcrossdock_a_SOURCES += %reldir%/unit_writer.h
libcrossdock_a_SOURCES += %reldir%/number_form.c %reldir%/number_form.h
libcrossdock_a_SOURCES += %reldir%/date_form.c %reldir%/date_form.h
libcrossdock_a_SOURCES += %reldir%/flat.c %reldir%/flat.h
libcrossdock_a_SOURCES += %reldir%/delimited_write.c %reldir%/delimited_write.h
libcrossdock_a_SOURCES += %reldir%/fixed_write.c %reldir%/fixed_write.h
