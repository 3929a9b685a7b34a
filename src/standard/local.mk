libcrossdock_a_SOURCES += %reldir%/dictionary.c %reldir%/dictionary.h %reldir%/image.h
