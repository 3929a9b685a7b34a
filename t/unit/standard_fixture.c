#include "standard_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "standard/codes.h"

void fixture_set_make(struct fixture_set *made, const char *text)
{
    uint16_t loops[16], n = 0;
    unsigned depth = 0;
    bool opens = false;

    memset(made, 0, sizeof(*made));
    while (*text != '\0') {
        struct standard_position *position = &made->positions[n];
        size_t len;

        if (*text == ' ') {
            text++;
            continue;
        }
        if (*text == '(') {
            opens = true;
            text++;
            continue;
        }
        if (*text == ')') {
            made->positions[loops[--depth]].last = (uint16_t)(n - 1);
            text++;
            continue;
        }
        len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (len == 0 || len > 3 || n == FIXTURE_POSITIONS)
            abort();
        memcpy(made->ids[n], text, len);
        text += len;
        made->segments[n] = (struct standard_segment){
            .id = made->ids[n], .name = made->ids[n], .key = bytes_key(made->ids[n], len)};
        position->segment = &made->segments[n];
        position->index = n;
        position->last = n;
        position->need = STANDARD_MANDATORY;
        position->max_use = 1;
        position->parent = depth > 0 ? loops[depth - 1] : STANDARD_NO_LOOP;
        position->starts_loop = opens;
        if (*text == '?') {
            position->need = STANDARD_OPTIONAL;
            text++;
        }
        if (*text == '*') {
            position->max_use = 0;
            text++;
        } else if (*text == ':') {
            char *end;

            position->max_use = (uint32_t)strtoul(text + 1, &end, 10);
            text = end;
        }
        position->loop = depth > 0 ? made->ids[loops[depth - 1]] : "";
        position->path = depth > 0 ? made->paths[loops[depth - 1]] : "";
        if (opens) {
            char path[64];

            snprintf(path, sizeof(path), "%s%s%s", position->path, depth > 0 ? "/" : "", made->ids[n]);
            memcpy(made->paths[n], path, sizeof(path));
            position->path = made->paths[n];
            position->loop = made->ids[n];
            loops[depth++] = n;
        }
        position->depth = (uint8_t)depth;
        opens = false;
        n++;
    }
    made->set = (struct standard_set){.id = "999",
                                      .release = "004010",
                                      .group = "ZZ",
                                      .name = "test",
                                      .n_positions = n,
                                      .positions = made->positions};
}

static unsigned number(const char **text)
{
    unsigned n = 0;

    while (**text >= '0' && **text <= '9')
        n = n * 10 + (unsigned)(*(*text)++ - '0');
    return n;
}

static unsigned make_conditions(struct standard_condition *made, const char **text)
{
    unsigned n = 0;

    while (**text != '\0' && **text != ')') {
        struct standard_condition *condition = &made[n];

        if (**text == ' ' || **text == '/') {
            (*text)++;
            continue;
        }
        snprintf(condition->note, sizeof(condition->note), "%.*s", (int)strcspn(*text, " )"), *text);
        condition->kind = *(*text)++;
        while (**text >= '0' && **text <= '9') {
            uint64_t bit = UINT64_C(1)
                           << ((unsigned)((*text)[0] - '0') * 10 + (unsigned)((*text)[1] - '0') - 1);

            if (condition->fields == 0 && (condition->kind == 'C' || condition->kind == 'L'))
                condition->first = bit;
            condition->fields |= bit;
            *text += 2;
        }
        n++;
    }
    return n;
}

static void make_field(struct fixture_segment *made, struct arena *arena, struct standard_field *field,
                       const char **text, unsigned *n_elements)
{
    static const struct codes_entry list[] = {{BYTES("EA"), BYTES("each")},
                                              {BYTES("CA"), BYTES("case")},
                                              {BYTES("LB"), BYTES("pound")},
                                              {BYTES("01"), BYTES("")},
                                              {BYTES("001"), BYTES("")}};
    struct standard_element *element = &made->elements[*n_elements];

    snprintf(made->ids[*n_elements], sizeof(made->ids[0]), "%u", 100 + *n_elements);
    element->id = made->ids[(*n_elements)++];
    element->name = "Test Element";
    switch (**text) {
    case 'A': element->type = STANDARD_AN; break;
    case 'I':
        element->type = STANDARD_ID;
        element->codes = codes_make(arena, list, sizeof(list) / sizeof(list[0]));
        break;
    case 'D': element->type = STANDARD_DT; break;
    case 'T': element->type = STANDARD_TM; break;
    case 'R': element->type = STANDARD_R; break;
    case 'N': element->type = STANDARD_N; break;
    default: abort();
    }
    while ((**text >= 'A' && **text <= 'Z') || **text == ':')
        (*text)++;
    if (element->type == STANDARD_N) {
        element->decimals = (uint8_t)number(text);
        (*text)++; /* ':' */
    }
    element->min = element->max = (uint16_t)number(text);
    if (**text == '-') {
        (*text)++;
        element->max = (uint16_t)number(text);
    }
    field->element = element;
    field->repeat_max = 1;
    if (**text == '!') {
        field->need = STANDARD_MANDATORY;
        (*text)++;
    }
}

void fixture_segment_make(struct fixture_segment *made, struct arena *arena, const char *id,
                          const char *fields, const char *conditions)
{
    unsigned n_elements = 0, n_components = 0, n_composites = 0;

    memset(made, 0, sizeof(*made));
    while (*fields != '\0') {
        struct standard_field *field = &made->fields[made->segment.n_fields];

        if (*fields == ' ') {
            fields++;
            continue;
        }
        if (*fields == '(') {
            struct standard_composite *composite = &made->composites[n_composites++];

            *composite = (struct standard_composite){.id = "C001",
                                                     .name = "Test Composite",
                                                     .fields = &made->components[n_components],
                                                     .conditions = made->within};
            for (fields++; *fields != ')' && *fields != '/';) {
                if (*fields == ' ') {
                    fields++;
                    continue;
                }
                make_field(made, arena, &made->components[n_components], &fields, &n_elements);
                if (made->components[n_components].need == STANDARD_MANDATORY)
                    composite->mandatory |= UINT64_C(1) << composite->n_fields;
                n_components++;
                composite->n_fields++;
            }
            composite->n_conditions = (uint8_t)make_conditions(made->within, &fields);
            fields++;
            field->composite = composite;
            field->repeat_max = 1;
            if (*fields == '!') {
                field->need = STANDARD_MANDATORY;
                fields++;
            }
        } else {
            make_field(made, arena, field, &fields, &n_elements);
        }
        if (*fields == '^') {
            fields++;
            field->repeat_max = (uint16_t)number(&fields);
        }
        if (field->need == STANDARD_MANDATORY)
            made->segment.mandatory |= UINT64_C(1) << made->segment.n_fields;
        made->segment.n_fields++;
    }
    made->segment.id = made->segment.name = id;
    made->segment.key = bytes_key(id, strlen(id));
    made->segment.fields = made->fields;
    made->segment.conditions = made->conditions;
    made->segment.n_conditions = (uint8_t)make_conditions(made->conditions, &conditions);
}

void fixture_view_make(struct fixture_view *made, const char *text, size_t len, uint32_t ordinal)
{
    struct bytes rest = {text, len}, part;
    struct segment_view *view = &made->view;

    memset(made, 0, sizeof(*made));
    view->component = ':';
    view->repetition = '^';
    view->element = made->elements;
    view->ordinal = ordinal;
    bytes_split(&rest, '*', &part);
    view->id = part;
    view->key = part.len <= 8 ? bytes_key(part.at, part.len) : 0;
    while (bytes_split(&rest, '*', &part)) {
        uint64_t bit = UINT64_C(1) << (view->n_elements & 63);

        if (view->n_elements < 64) {
            made->elements[view->n_elements] = part;
            if (part.len > 0)
                view->present |= bit;
            if (part.len > 0 &&
                (memchr(part.at, ':', part.len) != NULL || memchr(part.at, '^', part.len) != NULL))
                view->compound |= bit;
        }
        view->n_elements++;
    }
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7e)
            view->odd = true;
}

struct dictionary *fixture_dictionary(void)
{
    const char *build = getenv("CROSSDOCK_BUILD"), *why = "";
    struct dictionary *dictionary;
    char path[4096];

    snprintf(path, sizeof(path), "%s/maps/x12.image", build != NULL ? build : ".");
    dictionary = dictionary_open(path, &why);
    if (dictionary == NULL)
        fail_msg("%s: %s", path, why);
    return dictionary;
}

void fixture_checks_init(struct fixture_checks *checks, struct dictionary *dictionary, const char *release,
                         const char *id)
{
    const struct standard_set *set = dictionary_set(dictionary, release, bytes_of(id));

    assert_non_null(set);
    fixture_checks_init_set(checks, dictionary, set);
}

void fixture_checks_init_set(struct fixture_checks *checks, struct dictionary *dictionary,
                             const struct standard_set *set)
{
    memset(checks, 0, sizeof(*checks));
    checks->dictionary = dictionary;
    arena_init(&checks->arena, 65536, 1 << 24);
    arena_init(&checks->arena_of_faults, 65536, 1 << 24);
    rules_init(&checks->rules);
    faults_init(&checks->faults, &checks->arena_of_faults, &checks->rules);
    assert_true(walk_init(&checks->walk, set, dictionary, &checks->arena));
    assert_true(check_init(&checks->check, set, &checks->rules, &checks->arena));
    assert_true(balance_init(&checks->balance, set, &checks->arena));
}

void fixture_checks_release(struct fixture_checks *checks)
{
    arena_release(&checks->arena);
    arena_release(&checks->arena_of_faults);
}

const char *fixture_checks_run(struct fixture_checks *checks, const char *text, size_t len)
{
    struct bytes rest = {text, len}, part;
    uint32_t ordinal = 0;

    arena_reset(&checks->arena_of_faults);
    faults_begin(&checks->faults, &checks->walk, checks->guide);
    walk_begin(&checks->walk);
    balance_begin(&checks->balance);
    while (bytes_split(&rest, '~', &part)) {
        struct segment_view *view = &checks->view.view;
        uint16_t place = 0;

        while (part.len > 0 && strchr(" \r\n", part.at[0]) != NULL)
            part = (struct bytes){part.at + 1, part.len - 1};
        if (part.len == 0 && rest.at == NULL)
            break;
        fixture_view_make(&checks->view, part.at, part.len, ++ordinal);
        if (ordinal > 1)
            place = walk_step(&checks->walk, view, &checks->faults);
        if (place == WALK_LOST)
            continue;
        check_segment(&checks->check, place, view, &checks->faults);
        balance_feed(&checks->balance, place, view, &checks->faults);
    }
    balance_end(&checks->balance, &checks->faults);
    return fixture_faults(&checks->faults, checks->found, sizeof(checks->found));
}

const char *fixture_faults(const struct faults *faults, char *into, size_t size)
{
    size_t len = 0;

    into[0] = '\0';
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        int more = snprintf(into + len, size - len, "%s%s %.*s %u", len > 0 ? "; " : "",
                            complaint_info((enum complaint)fault->complaint)->code, BYTES_ARG(fault->segment),
                            fault->ordinal);

        if (more < 0 || (len += (size_t)more) >= size)
            return into;
        if (fault->element != 0)
            len += (size_t)snprintf(into + len, size - len, ".%u", fault->element);
        if (len < size && fault->component != 0)
            len += (size_t)snprintf(into + len, size - len, "-%u", fault->component);
        if (len < size && fault->repeat != 0)
            len += (size_t)snprintf(into + len, size - len, "^%u", fault->repeat);
        if (len < size && fault->more != 0)
            len += (size_t)snprintf(into + len, size - len, " +%u", fault->more);
        if (len >= size)
            break;
    }
    return into;
}
