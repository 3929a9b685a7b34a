/* The transaction sets: sets.tsv and a file for each set under sets/. */
#include <dirent.h>
#include <stdlib.h>

#include "compile/model.h"

enum { AREA, POSITION, SEGMENT, NEED, MAX_USE, LOOP_REPEAT, LOOP, PATH };

#define DEPTH_MAX 16

/* The loops that are open while the positions of a set are read. */
struct nesting {
    unsigned depth;
    uint16_t starts[DEPTH_MAX];
};

static int set_compare(const void *a, const void *b)
{
    const struct model_set *x = a, *y = b;

    if (x->key != y->key)
        return image_rank(x->key) < image_rank(y->key) ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* ">1" is without limit: 0. */
static bool limit_read(struct bytes text, uint32_t *limit)
{
    uint64_t number;

    if (bytes_are(text, ">1")) {
        *limit = 0;
        return true;
    }
    if (!bytes_to_count(text, UINT32_MAX, &number) || number == 0)
        return false;
    *limit = (uint32_t)number;
    return true;
}

/* Is `outer` the path `inner`, or a loop around it?  "" is around everything. */
static bool path_encloses(struct bytes outer, struct bytes inner)
{
    return outer.len == 0 ||
           (outer.len <= inner.len && memcmp(outer.at, inner.at, outer.len) == 0 &&
            (outer.len == inner.len || inner.at[outer.len] == '/'));
}

/* The path without its last loop; and that loop's name without "#2". */
static struct bytes path_parent(struct bytes path, struct bytes *name)
{
    size_t slash = path.len;

    while (slash > 0 && path.at[slash - 1] != '/')
        slash--;
    *name = (struct bytes){path.at + slash, path.len - slash};
    for (size_t i = 0; i < name->len; i++) {
        if (name->at[i] == '#')
            name->len = i;
    }
    return (struct bytes){path.at, slash > 0 ? slash - 1 : 0};
}

/* Leaves the loops that do not enclose `path`. */
static void nesting_leave(struct nesting *nesting, const struct model_set *set, struct bytes path)
{
    while (nesting->depth > 0 &&
           !path_encloses(set->positions[nesting->starts[nesting->depth - 1]].path, path))
        nesting->depth--;
}

static bool path_was_used(const struct model_set *set, size_t n, struct bytes path)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes_equal(set->positions[i].path, path))
            return true;
    }
    return false;
}

/* Places position n by its path: a path not seen before starts a loop, within the loop that its parent names;
 * a path seen before must be that of the loop we are in or of one around it.  NULL, or what is wrong. */
static const char *position_place(struct nesting *nesting, struct model_set *set, size_t n,
                                  struct bytes segment)
{
    struct model_position *position = &set->positions[n];
    struct bytes name, parent = path_parent(position->path, &name), within = {"", 0};

    position->parent = STANDARD_NO_LOOP;
    position->last = (uint16_t)n;
    nesting_leave(nesting, set, position->path);
    if (nesting->depth > 0) {
        position->parent = nesting->starts[nesting->depth - 1];
        within = set->positions[position->parent].path;
    }
    position->starts_loop = !bytes_equal(position->path, within);
    if (position->starts_loop) {
        if (path_was_used(set, n, position->path))
            return "the loop of this path has ended before";
        if (!bytes_equal(parent, within))
            return "the path leads into a loop that is not open here";
        if (!bytes_equal(name, segment))
            return "the first segment of a loop gives the path its name";
        if (nesting->depth == DEPTH_MAX)
            return "loops too deep";
        nesting->starts[nesting->depth++] = (uint16_t)n;
    }
    for (unsigned i = 0; i < nesting->depth; i++)
        set->positions[nesting->starts[i]].last = (uint16_t)n;
    return NULL;
}

static const char *position_read(const struct model_release *release, const struct table_row *row,
                                 struct nesting *nesting, struct model_set *set, size_t n)
{
    struct model_position *position = &set->positions[n];
    struct bytes segment = row->cells[SEGMENT];
    size_t found = model_find(release->segments, release->n_segments, sizeof(*release->segments),
                              offsetof(struct model_unit, key), segment);
    const char *wrong;
    uint64_t number;

    *position = (struct model_position){.loop = row->cells[LOOP], .path = row->cells[PATH]};
    if (found == release->n_segments)
        return "the segment is not in segments.tsv (if its elements are not known, write each as ? there)";
    position->segment = (uint16_t)found;
    if (!bytes_to_count(row->cells[AREA], 3, &number) || number == 0)
        return "the area must be 1 (heading), 2 (detail) or 3 (summary)";
    position->area = (uint8_t)number;
    if (n > 0 && position->area < position[-1].area)
        return "the area must not go back";
    if (row->cells[POSITION].len > 0 && !bytes_to_count(row->cells[POSITION], 9999, &number))
        return "the position must be a number, or empty";
    if (bytes_are(row->cells[NEED], "M"))
        position->need = STANDARD_MANDATORY;
    else if (!bytes_are(row->cells[NEED], "O"))
        return "need must be M or O";
    wrong = position_place(nesting, set, n, segment);
    if (wrong != NULL)
        return wrong;
    if (row->cells[position->starts_loop ? MAX_USE : LOOP_REPEAT].len > 0)
        return position->starts_loop ? "the first segment of a loop has a loop_repeat, and no max_use"
                                     : "only the first segment of a loop has a loop_repeat";
    if (!limit_read(row->cells[position->starts_loop ? LOOP_REPEAT : MAX_USE], &position->max_use))
        return "max_use or loop_repeat must be a number from 1, or >1 for no limit";
    if (!position->starts_loop && position->loop.len > 0)
        return "the loop's id stands on its first segment only";
    if (position->parent != STANDARD_NO_LOOP && !position->starts_loop)
        position->loop = set->positions[position->parent].loop;
    if (position->starts_loop && position->loop.len == 0)
        position->loop = segment;
    return NULL;
}

static bool is_segment(const struct table *table, size_t n, const char *id)
{
    return n < table->n_rows && bytes_are(table->rows[n].cells[SEGMENT], id);
}

static void set_read(const struct model_release *release, struct arena *arena, struct problems *problems,
                     const char *folder, struct model_set *set)
{
    struct table table;
    struct nesting nesting = {0};
    const char *name = arena_format(arena, "sets/%.*s.tsv", BYTES_ARG(set->id));

    if (name == NULL || !table_read_columns(&table, arena, problems, folder, name,
                                            "area position segment need max_use loop_repeat loop path"))
        return;
    if (table.n_rows >= STANDARD_NO_LOOP) {
        problem_add(problems, table.path, 0, "more than %d positions", STANDARD_NO_LOOP - 1);
        return;
    }
    if (!is_segment(&table, 0, "ST") || !is_segment(&table, table.n_rows - 1, "SE"))
        problem_add(problems, table.path, 0, "a set begins with ST and ends with SE");
    set->positions = arena_zalloc(arena, table.n_rows + 1, sizeof(*set->positions));
    if (set->positions == NULL)
        return;
    for (size_t i = 0; i < table.n_rows; i++) {
        const char *wrong = position_read(release, &table.rows[i], &nesting, set, i);

        if (wrong == NULL)
            continue;
        /* What follows would be judged by a structure that is not there. */
        problem_add(problems, table.path, table.rows[i].line, "%.*s: %s",
                    BYTES_ARG(table.rows[i].cells[SEGMENT]), wrong);
        return;
    }
    set->n_positions = table.n_rows;
}

/* Files under sets/ that sets.tsv does not name. */
static void sets_check(const struct model_release *release, struct arena *arena, struct problems *problems,
                       const char *folder)
{
    const char *below = arena_format(arena, "%s/sets", folder);
    DIR *dir = below != NULL ? opendir(below) : NULL;
    struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        struct bytes name = bytes_of(entry->d_name);

        if (name.len < 4 || memcmp(name.at + name.len - 4, ".tsv", 4) != 0)
            continue;
        name.len -= 4;
        if (model_find(release->sets, release->n_sets, sizeof(*release->sets),
                       offsetof(struct model_set, key), name) == release->n_sets)
            problem_add(problems, below, 0, "%s: the set is not in sets.tsv", entry->d_name);
    }
    closedir(dir);
}

static struct bytes set_name(const struct model *model, struct bytes id)
{
    size_t list = model_find(model->lists, model->n_lists, sizeof(*model->lists),
                             offsetof(struct model_list, key), BYTES("143"));
    size_t code;

    if (list == model->n_lists)
        return BYTES("");
    code = model_find(model->lists[list].codes, model->lists[list].n_codes, sizeof(struct model_code),
                      offsetof(struct model_code, key), id);
    return code < model->lists[list].n_codes ? model->lists[list].codes[code].meaning : BYTES("");
}

void model_read_sets(struct model *model, struct model_release *release, struct arena *arena,
                     struct problems *problems, const char *folder)
{
    struct table table;

    if (!table_read_columns(&table, arena, problems, folder, "sets.tsv", "set group"))
        return;
    release->sets = arena_zalloc(arena, table.n_rows + 1, sizeof(*release->sets));
    if (release->sets == NULL)
        return;
    for (size_t i = 0; i < table.n_rows; i++) {
        const struct table_row *row = &table.rows[i];

        if (!model_is_id(row->cells[0]) || (row->cells[1].len > 0 && !model_is_id(row->cells[1]))) {
            problem_add(problems, table.path, row->line, "'%.*s' or '%.*s' is no id",
                        BYTES_ARG(row->cells[0]), BYTES_ARG(row->cells[1]));
            continue;
        }
        release->sets[release->n_sets++] = (struct model_set){
            .id = row->cells[0],
            .group = row->cells[1],
            .name = set_name(model, row->cells[0]),
            .key = bytes_key(row->cells[0].at, row->cells[0].len),
            .line = row->line,
        };
    }
    qsort(release->sets, release->n_sets, sizeof(*release->sets), set_compare);
    for (size_t i = 0; i < release->n_sets; i++) {
        if (i > 0 && release->sets[i].key == release->sets[i - 1].key)
            problem_add(problems, table.path, release->sets[i].line, "set %.*s again: see line %u",
                        BYTES_ARG(release->sets[i].id), release->sets[i - 1].line);
        else
            set_read(release, arena, problems, folder, &release->sets[i]);
    }
    sets_check(release, arena, problems, folder);
}
