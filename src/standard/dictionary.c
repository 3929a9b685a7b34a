#include "standard/dictionary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standard/dictionary_build.h"

#define CHUNK ((size_t)64 << 10)
/* Everything of every release, built, is 2 MB; much more would be a damaged image. */
#define CEILING ((size_t)64 << 20)

static const uint32_t row_sizes[IMAGE_SECTIONS] = {
    [IMAGE_STRINGS] = 1,
    [IMAGE_RELEASES] = sizeof(struct image_release),
    [IMAGE_SETS] = sizeof(struct image_set),
    [IMAGE_POSITIONS] = sizeof(struct image_position),
    [IMAGE_SEGMENTS] = sizeof(struct image_unit),
    [IMAGE_COMPOSITES] = sizeof(struct image_unit),
    [IMAGE_FIELDS] = sizeof(struct image_field),
    [IMAGE_CONDITIONS] = sizeof(struct image_condition),
    [IMAGE_ELEMENTS] = sizeof(struct image_element),
    [IMAGE_LISTS] = sizeof(struct image_list),
    [IMAGE_SLOTS] = sizeof(struct standard_code_slot),
    [IMAGE_ORDERS] = sizeof(uint16_t),
};

/* --- opening -------------------------------------------------------------------------------------- */

/* NULL, or what is wrong. */
static const char *sections_read(struct dictionary *d)
{
    const struct image_header *header = d->image;

    if (d->size < sizeof(*header) || memcmp(header->magic, IMAGE_MAGIC, sizeof(header->magic)) != 0)
        return "not an X12 dictionary image";
    if (header->order != IMAGE_ORDER)
        return "an X12 dictionary image of a machine of another byte order";
    if (header->layout != IMAGE_LAYOUT)
        return "an X12 dictionary image of another version of crossdock";
    if (header->size != d->size)
        return "an X12 dictionary image that is not whole";
    for (unsigned i = 0; i < IMAGE_SECTIONS; i++) {
        uint64_t offset = header->sections[i].offset, rows = header->sections[i].rows;

        if (header->sections[i].row_size != row_sizes[i] || offset % 8 != 0 || offset > d->size ||
            rows * row_sizes[i] > d->size - offset)
            return "a damaged X12 dictionary image";
        d->at[i] = (const char *)d->image + offset;
        d->rows[i] = (uint32_t)rows;
    }
    d->strings = d->at[IMAGE_STRINGS];
    d->strings_size = d->rows[IMAGE_STRINGS];
    d->releases = d->at[IMAGE_RELEASES];
    d->n_releases = d->rows[IMAGE_RELEASES];
    if (d->strings_size == 0 || d->strings[0] != '\0' || d->strings[d->strings_size - 1] != '\0' ||
        d->n_releases == 0 || d->n_releases > IMAGE_RELEASES_MAX)
        return "a damaged X12 dictionary image";
    for (unsigned i = 0; i < d->n_releases; i++) {
        const struct image_release *release = &d->releases[i];

        if (!image_span_within(release->sets, d->rows[IMAGE_SETS]) ||
            !image_span_within(release->segments, d->rows[IMAGE_SEGMENTS]) ||
            !image_span_within(release->composites, d->rows[IMAGE_COMPOSITES]) ||
            !image_span_within(release->elements, d->rows[IMAGE_ELEMENTS]))
            return "a damaged X12 dictionary image";
    }
    return NULL;
}

/* The file's bytes, read only.  NULL, or what is wrong. */
static const char *image_map(struct dictionary *d, const char *path)
{
    struct stat status;
    const char *wrong = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return strerror(errno);
    if (fstat(fd, &status) != 0) {
        wrong = strerror(errno);
    } else if (!S_ISREG(status.st_mode)) {
        wrong = "not a file";
    } else if (status.st_size < (off_t)sizeof(struct image_header) || status.st_size > (off_t)UINT32_MAX) {
        wrong = "not an X12 dictionary image";
    } else {
        void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (map == MAP_FAILED) {
            wrong = strerror(errno);
        } else {
            d->image = d->mapping = map;
            d->size = (size_t)status.st_size;
        }
    }
    close(fd);
    return wrong;
}

static struct dictionary *open_either(const char *path, const void *image, size_t size, const char **why)
{
    struct dictionary *d = calloc(1, sizeof(*d));
    const char *wrong = NULL;

    if (d == NULL) {
        *why = strerror(ENOMEM);
        return NULL;
    }
    arena_init(&d->arena, CHUNK, CEILING);
    d->image = image;
    d->size = size;
    if (path != NULL)
        wrong = image_map(d, path);
    if (wrong == NULL)
        wrong = sections_read(d);
    if (wrong != NULL) {
        *why = wrong;
        dictionary_close(d);
        return NULL;
    }
    return d;
}

struct dictionary *dictionary_open(const char *path, const char **why)
{
    return open_either(path, NULL, 0, why);
}

struct dictionary *dictionary_open_image(const void *image, size_t size, const char **why)
{
    return open_either(NULL, image, size, why);
}

void dictionary_close(struct dictionary *d)
{
    if (d == NULL)
        return;
    if (d->mapping != NULL)
        munmap(d->mapping, d->size);
    arena_release(&d->arena);
    free(d);
}

/* --- releases ------------------------------------------------------------------------------------- */

const char *dictionary_release_at(const struct dictionary *d, unsigned n)
{
    return n < d->n_releases ? dictionary_string(d, d->releases[n].name) : NULL;
}

/* Six digits of `text`: of ISA12's five ("00401"), and of a careless "4010", the missing ones are added. */
static bool release_digits(struct bytes text, char digits[7])
{
    size_t n = 0;

    text = bytes_trim(text);
    while (n < text.len && n < 6 && text.at[n] >= '0' && text.at[n] <= '9')
        n++;
    if (n == 6)
        memcpy(digits, text.at, 6);
    else if (n == 5)
        snprintf(digits, 7, "%.5s0", text.at);
    else if (n == 4)
        snprintf(digits, 7, "00%.4s", text.at);
    else
        return false;
    digits[6] = '\0';
    return true;
}

const char *dictionary_release(const struct dictionary *d, struct bytes text, bool *exact)
{
    char digits[7];
    const char *best = NULL;

    *exact = false;
    if (!release_digits(text, digits))
        return NULL;
    for (unsigned i = 0; i < d->n_releases; i++) {
        const char *name = dictionary_release_at(d, i);
        int order = strcmp(name, digits);

        if (best == NULL || order <= 0)
            best = name;
        if (order == 0)
            *exact = true;
    }
    return best;
}

/* n_releases when we do not have it. */
static unsigned release_index(const struct dictionary *d, const char *release)
{
    unsigned i;

    if (release == NULL)
        return d->n_releases;
    /* Nearly always it is the very string that dictionary_release gave. */
    for (i = 0; i < d->n_releases; i++) {
        if (dictionary_string(d, d->releases[i].name) == release)
            return i;
    }
    for (i = 0; i < d->n_releases; i++) {
        if (strcmp(dictionary_string(d, d->releases[i].name), release) == 0)
            break;
    }
    return i;
}

/* --- finding -------------------------------------------------------------------------------------- */

/* Where within the rows of `span` the one of `id` is; span.count when there is none.  Rows are `size` bytes
 * apart, and begin with their key. */
static uint32_t row_find(const void *rows, struct image_span span, size_t size, struct bytes id)
{
    const char *first = (const char *)rows + span.first * size;
    uint32_t low = 0, high = span.count;
    uint64_t rank;

    if (id.len == 0 || id.len > 8)
        return span.count;
    rank = image_rank(bytes_key(id.at, id.len));
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t key;

        memcpy(&key, first + middle * size, sizeof(key));
        if (image_rank(key) < rank)
            low = middle + 1;
        else if (image_rank(key) > rank)
            high = middle;
        else
            return middle;
    }
    return span.count;
}

const struct standard_set *dictionary_set(struct dictionary *d, const char *release, struct bytes set)
{
    unsigned r = release_index(d, release);

    if (r == d->n_releases)
        return NULL;
    return dictionary_build_set(
        d, r, row_find(d->at[IMAGE_SETS], d->releases[r].sets, sizeof(struct image_set), set));
}

const struct standard_segment *dictionary_segment(struct dictionary *d, const char *release,
                                                  struct bytes segment)
{
    unsigned r = release_index(d, release);

    if (r == d->n_releases)
        return NULL;
    return dictionary_build_segment(
        d, r, row_find(d->at[IMAGE_SEGMENTS], d->releases[r].segments, sizeof(struct image_unit), segment));
}

const struct standard_element *dictionary_element(struct dictionary *d, const char *release,
                                                  struct bytes element)
{
    unsigned r = release_index(d, release);
    uint32_t n;

    if (r == d->n_releases)
        return NULL;
    n = row_find(d->at[IMAGE_ELEMENTS], d->releases[r].elements, sizeof(struct image_element), element);
    return n < d->releases[r].elements.count ? dictionary_build_element(d, r, n) : NULL;
}

const char *dictionary_set_at(const struct dictionary *d, const char *release, unsigned n)
{
    unsigned r = release_index(d, release);
    const struct image_set *rows;

    if (r == d->n_releases || n >= d->releases[r].sets.count)
        return NULL;
    rows = d->at[IMAGE_SETS];
    return dictionary_string(d, rows[d->releases[r].sets.first + n].id);
}

const char *dictionary_segment_at(const struct dictionary *d, const char *release, unsigned n)
{
    unsigned r = release_index(d, release);
    const struct image_unit *rows;

    if (r == d->n_releases || n >= d->releases[r].segments.count)
        return NULL;
    rows = d->at[IMAGE_SEGMENTS];
    return dictionary_string(d, rows[d->releases[r].segments.first + n].id);
}
