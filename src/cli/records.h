/*
 * records: the lines of inputs, one after the other, to whoever writes records.
 */
#ifndef CROSSDOCK_CLI_RECORDS_H
#define CROSSDOCK_CLI_RECORDS_H

#include "cli/input.h"
#include "translate/outbound.h"

struct records_taker {
    void *whom;
    size_t max_record; /* bytes of a line */
    /* False: the run must stop. */
    bool (*line)(void *whom, const struct outbound_place *place, struct bytes line);
    void (*too_long)(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                     uint64_t most);
};

/* All lines of all inputs.  What cannot be read is told. */
void records_feed(const struct records_taker *taker, struct input_list *inputs, struct report *report);

/* "read 4 = written 3 + refused 0 + ignored 1". */
void records_tell_counts(const struct outbound_counts *counts, struct report *report);

#endif
