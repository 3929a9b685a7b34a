libcrossdock_a_SOURCES += %reldir%/options.c %reldir%/options.h
libcrossdock_a_SOURCES += %reldir%/output.c %reldir%/output.h
libcrossdock_a_SOURCES += %reldir%/process.c %reldir%/process.h
libcrossdock_a_SOURCES += %reldir%/input.c %reldir%/input.h
libcrossdock_a_SOURCES += %reldir%/lines.c %reldir%/lines.h
libcrossdock_a_SOURCES += %reldir%/records.c %reldir%/records.h
libcrossdock_a_SOURCES += %reldir%/ledger_archive.c %reldir%/ledger_care.c %reldir%/ledger_flow.c %reldir%/ledger_look.c %reldir%/ledger_verbs.h
libcrossdock_a_SOURCES += %reldir%/ledger_replay.c
