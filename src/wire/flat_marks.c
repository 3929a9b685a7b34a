#include "wire/flat_marks.h"

#include <stdlib.h>

bool flat_marks_init(struct flat_marks *marks, char field, char quote, size_t window)
{
    const char wanted[4] = {field, quote != '\0' ? quote : '\n', '\n', '\n'};

    *marks = (struct flat_marks){.scan = x12_scan_best()};
    x12_scan_want(&marks->wanted, wanted);
    return flat_marks_grow(marks, window);
}

void flat_marks_release(struct flat_marks *marks)
{
    free(marks->fields);
    free(marks->stops);
}

bool flat_marks_grow(struct flat_marks *marks, size_t window)
{
    size_t n_words = window / 64 + 2; /* two may be looked at together */
    uint64_t *fields = realloc(marks->fields, n_words * sizeof(*fields)), *stops;

    if (fields == NULL)
        return false;
    marks->fields = fields;
    stops = realloc(marks->stops, n_words * sizeof(*stops));
    if (stops == NULL)
        return false;
    marks->stops = stops;
    return true;
}

void flat_marks_look(struct flat_marks *marks, const char *window, size_t from, size_t end)
{
    from &= ~(size_t)63;
    if (from < end)
        marks->scan(window + from, end - from, &marks->wanted, marks->fields + from / 64,
                    marks->stops + from / 64);
}
