libcrossdock_a_SOURCES += %reldir%/yaml.c %reldir%/yaml.h
libcrossdock_a_SOURCES += %reldir%/search.c %reldir%/search.h
libcrossdock_a_SOURCES += %reldir%/settings.c %reldir%/settings.h
