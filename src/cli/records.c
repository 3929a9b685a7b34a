#include "cli/records.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/lines.h"

/* False: the run must stop. */
static bool feed_input(const struct records_taker *taker, const struct input *input, struct report *report)
{
    struct outbound_place place = {.file = input->name};
    struct lines lines;
    struct bytes line;
    bool going;

    if (!lines_init(&lines, input->fd, taker->max_record)) {
        report_say(report, TECHNICAL_MEMORY, input->name, "no memory to read it");
        return false;
    }
    for (going = true; going;) {
        enum lines_event event = lines_next(&lines, &line);

        place.line = lines.number;
        place.offset = lines.offset;
        place.is_open = lines.open;
        if (event == LINES_LINE) {
            going = taker->line(taker->whom, &place, line);
        } else if (event == LINES_TOO_LONG) {
            taker->too_long(taker->whom, &place, line, lines.length, taker->max_record);
        } else {
            if (event == LINES_FAILED)
                input_complain(input, lines.offset, lines.error, report);
            else if (event == LINES_NO_MEMORY)
                report_say(report, TECHNICAL_MEMORY, input->name, "no memory for line %" PRIu64,
                           lines.number);
            going = event == LINES_NO_MEMORY ? false : going;
            break;
        }
    }
    lines_release(&lines);
    return going;
}

void records_feed(const struct records_taker *taker, struct input_list *inputs, struct report *report)
{
    struct input input;
    bool going = true;

    while (going && input_next(inputs, &input, report)) {
        going = feed_input(taker, &input, report);
        input_close(&input);
    }
}

void records_tell_counts(const struct outbound_counts *counts, struct report *report)
{
    char failed[64] = "";

    if (counts->failed > 0)
        snprintf(failed, sizeof(failed), " + failed %" PRIu64, counts->failed);
    report_say(report, COUNTS, NULL,
               "read %" PRIu64 " = written %" PRIu64 " + refused %" PRIu64 " + ignored %" PRIu64 "%s",
               counts->read, counts->written, counts->refused, counts->ignored, failed);
}
