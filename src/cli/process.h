/*
 * process: what every tool asks of the system before it does anything.
 */
#ifndef CROSSDOCK_CLI_PROCESS_H
#define CROSSDOCK_CLI_PROCESS_H

/* Standard descriptors that the caller left closed are made to fail when used, so that no file of ours gets
 * their number; writing to a closed pipe or beyond a limit gives an error instead of a signal; new files are
 * for us alone. */
void process_begin(void);

/* The folder for temporary files: $TMPDIR, or /tmp. */
const char *process_temporary(void);

#endif
