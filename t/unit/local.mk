# Check programs, cmocka printing TAP. Three lines each would be two too many; LDADD is right by itself:
#   check_PROGRAMS += %reldir%/arena
#   t_unit_arena_SOURCES = %reldir%/arena.c

check_PROGRAMS += %reldir%/dictionary
t_unit_dictionary_SOURCES = %reldir%/dictionary.c
check_PROGRAMS += %reldir%/report
t_unit_report_SOURCES = %reldir%/report.c
check_PROGRAMS += %reldir%/hash
t_unit_hash_SOURCES = %reldir%/hash.c
check_PROGRAMS += %reldir%/decimal
t_unit_decimal_SOURCES = %reldir%/decimal.c
check_PROGRAMS += %reldir%/walk
t_unit_walk_SOURCES = %reldir%/walk.c %reldir%/standard_fixture.c %reldir%/standard_fixture.h
check_PROGRAMS += %reldir%/date
t_unit_date_SOURCES = %reldir%/date.c
check_PROGRAMS += %reldir%/charset
t_unit_charset_SOURCES = %reldir%/charset.c
check_PROGRAMS += %reldir%/check
t_unit_check_SOURCES = %reldir%/check.c %reldir%/standard_fixture.c %reldir%/standard_fixture.h
check_PROGRAMS += %reldir%/publish
t_unit_publish_SOURCES = %reldir%/publish.c
check_PROGRAMS += %reldir%/envelope
t_unit_envelope_SOURCES = %reldir%/envelope.c %reldir%/standard_fixture.c %reldir%/standard_fixture.h
check_PROGRAMS += %reldir%/ack
t_unit_ack_SOURCES = %reldir%/ack.c
check_PROGRAMS += %reldir%/verdict
t_unit_verdict_SOURCES = %reldir%/verdict.c %reldir%/standard_fixture.c %reldir%/standard_fixture.h
