# What tests of mailboxes stand on: a server, one that does harm, a bad connection.
EXTRA_DIST += %reldir%/server.sh
noinst_PROGRAMS += %reldir%/mischief %reldir%/proxy
t_remote_mischief_SOURCES = %reldir%/mischief.c
t_remote_mischief_LDADD =
t_remote_proxy_SOURCES = %reldir%/proxy.c
t_remote_proxy_LDADD =
