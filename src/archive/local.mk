libcrossdock_a_SOURCES += %reldir%/store.c %reldir%/store.h %reldir%/store_parts.h
libcrossdock_a_SOURCES += %reldir%/unpack.c
