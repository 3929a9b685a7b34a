#include "wire/flat_once.h"

#include <stdlib.h>

#include "wire/flat_keys.h"

enum { KEY_CEILING = 1024 * 1024 };

struct flat_once {
    const struct flat_layout *layout;
    struct flat_keys *keys;
    struct buffer key; /* of the document's first row: cells, a NUL behind each */
    bool whole;        /* that row is over */
    bool some;         /* one of the cells holds something */
    bool remembers;    /* there is memory for the keys of the file */
};

bool flat_once_open(struct flat_once **once, const struct flat_layout *layout)
{
    *once = NULL;
    if (layout->n_key == 0)
        return true;
    *once = calloc(1, sizeof(**once));
    if (*once == NULL)
        return false;
    (*once)->layout = layout;
    (*once)->keys = flat_keys_open();
    buffer_init(&(*once)->key, KEY_CEILING);
    if ((*once)->keys != NULL)
        return true;
    flat_once_close(*once);
    *once = NULL;
    return false;
}

void flat_once_close(struct flat_once *once)
{
    if (once == NULL)
        return;
    flat_keys_close(once->keys);
    buffer_release(&once->key);
    free(once);
}

void flat_once_begin_file(struct flat_once *once)
{
    if (once != NULL)
        once->remembers = flat_keys_begin(once->keys);
}

void flat_once_begin_document(struct flat_once *once)
{
    if (once == NULL)
        return;
    buffer_clear(&once->key);
    once->whole = once->some = false;
}

void flat_once_cell(struct flat_once *once, unsigned slot, struct bytes text)
{
    if (once == NULL || once->whole)
        return;
    for (unsigned i = 0; i < once->layout->n_key; i++)
        if (once->layout->key[i] == slot) {
            text = bytes_trim(text);
            once->some |= text.len > 0;
            buffer_add_bytes(&once->key, text);
            buffer_add_byte(&once->key, '\0');
        }
}

void flat_once_end_row(struct flat_once *once)
{
    if (once != NULL)
        once->whole = true;
}

static bool refuse(const struct flat_once *once, struct unit_writer *writer, const char *what,
                   const char *expected)
{
    const struct flat_column *column = &once->layout->records[0].columns[once->layout->key[0]];
    struct unit_fault fault = {.slot = -1, .column = column->heading, .what = what, .expected = expected};

    writer->fault(writer->to, &fault);
    return false;
}

bool flat_once_end_document(struct flat_once *once, struct unit_writer *writer)
{
    if (once == NULL || !once->whole)
        return true;
    if (!once->some)
        return refuse(once, writer, "nothing would tell its rows from those of other documents",
                      "a value in the columns of the layout's key");
    if (once->remembers && !flat_keys_add(once->keys, buffer_view(&once->key)))
        return refuse(once, writer, "its rows would be taken for those of another document of the file",
                      "another key than that one's, or a file of its own");
    return true;
}
