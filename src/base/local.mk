libcrossdock_a_SOURCES += %reldir%/bytes.c %reldir%/bytes.h
libcrossdock_a_SOURCES += %reldir%/arena.c %reldir%/arena.h
libcrossdock_a_SOURCES += %reldir%/buffer.c %reldir%/buffer.h
libcrossdock_a_SOURCES += %reldir%/utf8.c %reldir%/utf8.h
libcrossdock_a_SOURCES += %reldir%/decimal.c %reldir%/decimal.h
libcrossdock_a_SOURCES += %reldir%/date.c %reldir%/date.h
libcrossdock_a_SOURCES += %reldir%/hash.c %reldir%/sha256.c %reldir%/hash.h
libcrossdock_a_SOURCES += %reldir%/banned.h
