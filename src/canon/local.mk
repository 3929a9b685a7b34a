libcrossdock_a_SOURCES += %reldir%/schema.c %reldir%/schema.h
libcrossdock_a_SOURCES += %reldir%/table.c %reldir%/table.h
libcrossdock_a_SOURCES += %reldir%/block.c
libcrossdock_a_SOURCES += %reldir%/type.c
libcrossdock_a_SOURCES += %reldir%/record.c %reldir%/record.h
