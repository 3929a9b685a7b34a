/*
 * dictionary_build: from rows of the image to the structs that the rest of the house sees.
 *
 * Private to dictionary.c and dictionary_build.c.  What is built belongs to the dictionary's arena and is
 * built once.  The image is trusted in nothing but that it is as long as it says: sections are checked on
 * opening, rows when they are used.  What a damaged row names outside its section becomes "" or an unknown
 * element; a set whose structure is broken is not there.
 */
#ifndef CROSSDOCK_STANDARD_DICTIONARY_BUILD_H
#define CROSSDOCK_STANDARD_DICTIONARY_BUILD_H

#include "base/arena.h"
#include "standard/image.h"

/* What was built of a release, by row; NULL: not yet. */
struct dictionary_built {
    struct standard_set **sets;
    struct standard_segment **segments;
    struct standard_composite **composites;
    struct standard_element **elements;
};

struct dictionary {
    const void *image;
    size_t size;   /* bytes */
    void *mapping; /* to give back; NULL: the image is the caller's */
    const char *strings;
    uint32_t strings_size;
    const void *at[IMAGE_SECTIONS];
    uint32_t rows[IMAGE_SECTIONS];
    const struct image_release *releases;
    unsigned n_releases;
    struct dictionary_built built[IMAGE_RELEASES_MAX];
    struct arena arena;
};

static inline bool image_span_within(struct image_span span, uint32_t rows)
{
    return span.first <= rows && span.count <= rows - span.first;
}

static inline const char *dictionary_string(const struct dictionary *d, uint32_t offset)
{
    return offset < d->strings_size ? d->strings + offset : "";
}

/* Row n of release r.  NULL (of an element: the unknown one) when there is no such row, it is damaged, or
 * memory is short. */
const struct standard_set *dictionary_build_set(struct dictionary *d, unsigned r, uint32_t n);
const struct standard_segment *dictionary_build_segment(struct dictionary *d, unsigned r, uint32_t n);
const struct standard_element *dictionary_build_element(struct dictionary *d, unsigned r, uint32_t n);

#endif
