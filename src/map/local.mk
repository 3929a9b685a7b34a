libcrossdock_a_SOURCES += %reldir%/map.c %reldir%/map.h
libcrossdock_a_SOURCES += %reldir%/draft.c %reldir%/draft.h
libcrossdock_a_SOURCES += %reldir%/table.c %reldir%/table.h
libcrossdock_a_SOURCES += %reldir%/layout.c %reldir%/layout.h
libcrossdock_a_SOURCES += %reldir%/layout_keys.c %reldir%/layout_keys.h
libcrossdock_a_SOURCES += %reldir%/write.c %reldir%/write.h %reldir%/write_bound.h
libcrossdock_a_SOURCES += %reldir%/write_bind.c %reldir%/write_cover.c %reldir%/write_value.c
libcrossdock_a_SOURCES += %reldir%/x12_read.c %reldir%/x12_read.h
