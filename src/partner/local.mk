libcrossdock_a_SOURCES += %reldir%/partner.c %reldir%/partner.h
libcrossdock_a_SOURCES += %reldir%/partner_file.c %reldir%/partner_file.h
libcrossdock_a_SOURCES += %reldir%/feed.c %reldir%/feed.h
libcrossdock_a_SOURCES += %reldir%/mailbox.c %reldir%/mailbox.h
libcrossdock_a_SOURCES += %reldir%/send.c %reldir%/send.h
libcrossdock_a_SOURCES += %reldir%/limit.c %reldir%/limit.h %reldir%/limit_words.c %reldir%/limit_words.h
