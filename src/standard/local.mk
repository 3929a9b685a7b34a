libcrossdock_a_SOURCES += %reldir%/dictionary.c %reldir%/dictionary_build.c %reldir%/dictionary_build.h \
	%reldir%/dictionary_codes.c %reldir%/dictionary.h %reldir%/image.h
libcrossdock_a_SOURCES += %reldir%/rules.c %reldir%/rules.h %reldir%/view.h
libcrossdock_a_SOURCES += %reldir%/fault.c %reldir%/fault.h %reldir%/fault_text.c %reldir%/ack_codes.c
libcrossdock_a_SOURCES += %reldir%/walk.c %reldir%/walk.h %reldir%/walk_slow.c %reldir%/walk_search.h %reldir%/walk_owed.c %reldir%/walk_owed.h
libcrossdock_a_SOURCES += %reldir%/types.c %reldir%/types.h
libcrossdock_a_SOURCES += %reldir%/check.c %reldir%/check.h %reldir%/check_slow.c %reldir%/check_plan.h
libcrossdock_a_SOURCES += %reldir%/guide.c %reldir%/guide.h %reldir%/guide_read.c %reldir%/guide_element.c
libcrossdock_a_SOURCES += %reldir%/guide_settings.c %reldir%/guide_settings.h
libcrossdock_a_SOURCES += %reldir%/guide_overlay.c %reldir%/guide_overlay.h
libcrossdock_a_SOURCES += %reldir%/verdict.c %reldir%/verdict.h
libcrossdock_a_SOURCES += %reldir%/codes.c %reldir%/codes.h
libcrossdock_a_SOURCES += %reldir%/envelope.c %reldir%/envelope.h
libcrossdock_a_SOURCES += %reldir%/keymap.c %reldir%/keymap.h
libcrossdock_a_SOURCES += %reldir%/balance.c %reldir%/balance.h %reldir%/levels.c %reldir%/levels.h
