libcrossdock_a_SOURCES += %reldir%/map.c %reldir%/map.h
libcrossdock_a_SOURCES += %reldir%/draft.c %reldir%/draft.h
libcrossdock_a_SOURCES += %reldir%/table.c %reldir%/table.h
