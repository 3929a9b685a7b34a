libcrossdock_a_SOURCES += %reldir%/dictionary.c %reldir%/dictionary_build.c %reldir%/dictionary_build.h \
	%reldir%/dictionary_codes.c %reldir%/dictionary.h %reldir%/image.h
