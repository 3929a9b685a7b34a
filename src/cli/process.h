/*
 * process: what every tool asks of the system before it does anything.
 */
#ifndef CROSSDOCK_CLI_PROCESS_H
#define CROSSDOCK_CLI_PROCESS_H

#include <sys/types.h>

/* Standard descriptors that the caller left closed are made to fail when used, so that no file of ours gets
 * their number; writing to a closed pipe or beyond a limit gives an error instead of a signal; new files are
 * for us alone. */
void process_begin(void);

/* A process that runs serve(socket, what) and ends with it, and with this one, whatever ends it.  Of all that
 * is open here it has the standard files and its end of the socket, whose messages keep their bounds.  Its
 * number, or -1 (errno); *socket is the other end, the caller's to close. */
pid_t process_launch(void (*serve)(int socket, const void *what), const void *what, int *socket);

/* The folder for temporary files: $TMPDIR, or /tmp. */
const char *process_temporary(void);

#endif
