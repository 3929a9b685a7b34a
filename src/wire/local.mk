libcrossdock_a_SOURCES += %reldir%/x12.c %reldir%/x12.h
libcrossdock_a_SOURCES += %reldir%/x12_scan.c %reldir%/x12_scan.h
