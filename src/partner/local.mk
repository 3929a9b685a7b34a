libcrossdock_a_SOURCES += %reldir%/partner.c %reldir%/partner.h
