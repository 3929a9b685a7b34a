/*
 * fill: fields of a record by their names, for the records that are made here and not by a map.
 *
 * A field the schema does not have, a text that is empty and an arena that failed are passed over: whoever
 * writes the record asks arena->failed once.  Texts must live as long as the record, unless they are no
 * UTF-8: then a copy is made with U+FFFD for what is none.
 */
#ifndef CROSSDOCK_TRANSLATE_FILL_H
#define CROSSDOCK_TRANSLATE_FILL_H

#include "canon/record.h"

void fill_text(struct arena *arena, struct canon_object *object, const char *name, struct bytes text);
/* `word` may be NULL. */
void fill_word(struct arena *arena, struct canon_object *object, const char *name, const char *word);
void fill_letter(struct arena *arena, struct canon_object *object, const char *name, char letter);
void fill_count(struct arena *arena, struct canon_object *object, const char *name, uint64_t count);
void fill_flag(struct arena *arena, struct canon_object *object, const char *name, bool flag);

/* Digits as they came, to an integer of JSON (no leading zeros); anything else is left out. */
void fill_digits(struct arena *arena, struct canon_object *object, const char *name, struct bytes digits);

/* A new last element of a list: of objects (NULL: there is none), of texts. */
struct canon_object *fill_append(struct arena *arena, struct canon_object *object, const char *name);
void fill_append_word(struct arena *arena, struct canon_object *object, const char *name, const char *word);

/* Text as it may stand in a record: itself, or the copy.  The same for all texts of a source. */
struct bytes fill_utf8(struct arena *arena, struct bytes text);
void fill_source_utf8(struct arena *arena, struct canon_source *source);

#endif
