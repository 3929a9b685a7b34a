/* The lines of an order, and how much of each was ordered, answered, shipped, received and billed. */
#include <stdlib.h>

#include "report/trace.h"

static const char *const item_fields[5] = {"gtin", "buyer_item_id", "seller_item_id", "sku", "upc"};

/* --- amounts */

static void clear(struct trace_amount *amount)
{
    *amount = (struct trace_amount){.n = 0};
}

static void add_amount(struct trace_amount *amount, struct bytes quantity, struct bytes uom)
{
    struct decimal more;
    unsigned i = 0;

    if (quantity.at == NULL)
        return;
    while (i < amount->n && !bytes_equal(amount->by_unit[i].uom, uom))
        i++;
    if (i == TRACE_UNITS || !decimal_parse(quantity, &more)) {
        amount->inexact = true;
        return;
    }
    if (i == amount->n) {
        amount->by_unit[i].sum = more;
        amount->by_unit[i].uom = uom;
        amount->n++;
    } else if (!decimal_add(amount->by_unit[i].sum, more, &amount->by_unit[i].sum)) {
        amount->inexact = true;
    }
}

const char *trace_amount_text(struct arena *arena, const struct trace_amount *amount)
{
    const char *text = "";
    char digits[DECIMAL_TEXT];

    for (unsigned i = 0; i < amount->n; i++) {
        (void)decimal_print(amount->by_unit[i].sum, digits);
        text = arena_format(arena, "%s%s%s%s%.*s", text, i > 0 ? " + " : "", digits,
                            amount->by_unit[i].uom.len > 0 ? " " : "", BYTES_ARG(amount->by_unit[i].uom));
        if (text == NULL)
            return "";
    }
    return amount->inexact ? arena_format(arena, "%s%s...", text, amount->n > 0 ? " + " : "") : text;
}

/* --- lines, and the one that is meant */

static struct trace_line *add_line(struct trace *trace)
{
    /* Room is doubled at powers of two. */
    if ((trace->n_lines & (trace->n_lines - 1)) == 0) {
        size_t room = trace->n_lines == 0 ? 1 : trace->n_lines * 2;
        struct trace_line *more = arena_zalloc(trace->arena, room, sizeof(*more));

        if (more == NULL)
            return NULL;
        if (trace->n_lines > 0)
            memcpy(more, trace->lines, trace->n_lines * sizeof(*more));
        trace->lines = more;
    }
    return &trace->lines[trace->n_lines++];
}

static bool same_release(const struct trace_line *line, struct bytes release)
{
    return release.at == NULL || line->release.at == NULL || bytes_equal(line->release, release);
}

static bool same_item(const struct trace_line *line, const struct canon_object *object)
{
    for (unsigned i = 0; i < sizeof(item_fields) / sizeof(item_fields[0]); i++) {
        struct bytes id = trace_text(object, item_fields[i]);

        if (id.at != NULL && bytes_equal(id, line->item_ids[i]))
            return true;
    }
    return false;
}

static struct trace_line *find_by_number(struct trace *trace, struct bytes number, struct bytes release)
{
    for (size_t i = 0; i < trace->n_lines; i++)
        if (number.at != NULL && bytes_equal(trace->lines[i].number, number) &&
            same_release(&trace->lines[i], release))
            return &trace->lines[i];
    return NULL;
}

static struct trace_line *find_by_item(struct trace *trace, const struct canon_object *object,
                                       struct bytes release)
{
    for (size_t i = 0; i < trace->n_lines; i++)
        if (same_item(&trace->lines[i], object) && same_release(&trace->lines[i], release))
            return &trace->lines[i];
    return NULL;
}

static void tell_item(struct trace_line *line, const struct canon_object *object)
{
    for (unsigned i = 0; i < sizeof(item_fields) / sizeof(item_fields[0]); i++) {
        if (line->item_ids[i].at == NULL)
            line->item_ids[i] = trace_text(object, item_fields[i]);
        if (line->item.at == NULL)
            line->item = line->item_ids[i];
    }
    if (line->item.at == NULL)
        line->item = trace_text(object, "manufacturer_item_id");
    if (line->description.at == NULL)
        line->description = trace_text(object, "description");
}

/* By the order's number of it; else by the item; else by its own number.  `own_number`: its own number is the
 * order's. */
struct trace_line *trace_find_line(struct trace *trace, const struct trace_document *document,
                                   const struct canon_object *object, bool own_number)
{
    struct bytes number = trace_text(object, "order_line_number"), own = trace_text(object, "line_number");
    struct bytes release = trace_text(object, "release_number");
    struct trace_line *line;

    if (release.at == NULL)
        release = trace_text(document->record.body, "release_number");
    if (number.at == NULL && own_number)
        number = own;
    line = find_by_number(trace, number, release);
    if (line == NULL)
        line = find_by_item(trace, object, release);
    if (line == NULL && number.at == NULL)
        line = find_by_number(trace, own, release);
    return line;
}

/* The same; a new one when there is none. */
static struct trace_line *line_of(struct trace *trace, const struct trace_document *document,
                                  const struct canon_object *object, bool own_number)
{
    struct trace_line *line = trace_find_line(trace, document, object, own_number);

    if (line == NULL) {
        struct bytes number = trace_text(object, "order_line_number"),
                     own = trace_text(object, "line_number"), release = trace_text(object, "release_number");

        if (release.at == NULL)
            release = trace_text(document->record.body, "release_number");
        if (number.at == NULL && own_number)
            number = own;
        line = add_line(trace);
        if (line == NULL)
            return NULL;
        line->number = number.at != NULL ? number : own;
        line->release = release;
    }
    tell_item(line, object);
    return line;
}

/* A unit that is a piece, and not a pack of them. */
static bool is_piece(struct bytes uom)
{
    return bytes_are(uom, "EA") || bytes_are(uom, "PCE") || bytes_are(uom, "C62") || bytes_are(uom, "H87");
}

/* Quantities of packs in pieces: as the document says itself, or by what is in one, as this or another one
 * says. */
static void count_pieces(struct trace *trace, struct trace_line *line, enum trace_stage stage,
                         const struct canon_object *object, struct bytes quantity, struct bytes uom)
{
    struct bytes base = trace_text(object, "base_quantity"), pack = trace_text(object, "pack_quantity");
    char digits[DECIMAL_TEXT];
    struct decimal pieces;

    if (pack.at != NULL && line->pack_uom.at == NULL && uom.at != NULL && !is_piece(uom) &&
        decimal_parse(pack, &line->pack) && decimal_sign(line->pack) > 0)
        line->pack_uom = uom;
    if (base.at != NULL && trace_text(object, "base_uom").at != NULL)
        add_amount(&line->at[stage], base, trace_text(object, "base_uom"));
    else if (!is_piece(uom) && line->pack_uom.at != NULL && bytes_equal(line->pack_uom, uom) &&
             quantity.at != NULL && decimal_parse(quantity, &pieces) &&
             decimal_multiply(pieces, line->pack, &pieces))
        add_amount(&line->at[stage],
                   arena_copy(trace->arena, (struct bytes){digits, decimal_print(pieces, digits)}),
                   BYTES("EA"));
    else
        add_amount(&line->at[stage], quantity, uom);
}

static void count(struct trace *trace, struct trace_line *line, enum trace_stage stage,
                  const struct canon_object *object, const char *quantity, const char *uom)
{
    if (line != NULL && trace->in_pieces)
        count_pieces(trace, line, stage, object, trace_text(object, quantity), trace_text(object, uom));
    else if (line != NULL)
        add_amount(&line->at[stage], trace_text(object, quantity), trace_text(object, uom));
}

/* --- documents of each kind */

static void count_order(struct trace *trace, const struct trace_document *document)
{
    if (document->is_cancel)
        return;
    for (const struct canon_object *at = trace_first(document->record.body, "lines"); at != NULL;
         at = at->next) {
        struct trace_line *line = add_line(trace);

        if (line == NULL)
            return;
        line->number = trace_text(at, "line_number");
        line->release = trace_text(document->record.body, "release_number");
        line->unit_price = trace_text(at, "unit_price");
        line->currency = trace_text(document->record.body, "currency");
        line->ordered = true;
        tell_item(line, at);
        count(trace, line, TRACE_ORDERED, at, "quantity", "uom");
    }
}

/* A change says the quantity that holds from now on. */
static void count_change(struct trace *trace, const struct trace_document *document)
{
    if (bytes_are(trace_text(document->record.body, "purpose_code"), "cancel")) {
        for (size_t i = 0; i < trace->n_lines; i++)
            for (unsigned j = 0; j < trace->lines[i].at[TRACE_ORDERED].n; j++)
                trace->lines[i].at[TRACE_ORDERED].by_unit[j].sum = decimal_of_count(0);
        return;
    }
    for (const struct canon_object *at = trace_first(document->record.body, "lines"); at != NULL;
         at = at->next) {
        struct trace_line *line = line_of(trace, document, at, true);
        struct bytes price = trace_text(at, "unit_price");

        if (line == NULL)
            return;
        line->ordered = true;
        if (price.at != NULL)
            line->unit_price = price;
        if (bytes_are(trace_text(at, "change_code"), "DI")) {
            clear(&line->at[TRACE_ORDERED]);
            add_amount(&line->at[TRACE_ORDERED], BYTES("0"), trace_text(at, "uom"));
        } else if (trace_text(at, "quantity").at != NULL) {
            clear(&line->at[TRACE_ORDERED]);
            count(trace, line, TRACE_ORDERED, at, "quantity", "uom");
        }
    }
}

static void count_answer(struct trace *trace, const struct trace_document *document)
{
    static const char *const rejected[] = {"IR", "ID", "R1", "R2", "R3", "R4", "R5", "R6"};
    static const char *const later[] = {"IB", "IH", "BP"};

    for (const struct canon_object *at = trace_first(document->record.body, "lines"); at != NULL;
         at = at->next) {
        struct trace_line *line = line_of(trace, document, at, true);

        for (int stage = TRACE_ACCEPTED; stage <= TRACE_REJECTED && line != NULL; stage++)
            if (trace_answers_change(document))
                clear(&line->at[stage]);
        for (const struct canon_object *ack = trace_first(at, "acks"); ack != NULL; ack = ack->next) {
            struct bytes code = trace_text(ack, "line_status_code");
            enum trace_stage stage = TRACE_ACCEPTED;
            bool said = trace_text(ack, "ack_quantity").at != NULL;

            for (unsigned i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++)
                if (bytes_are(code, rejected[i]))
                    stage = TRACE_REJECTED;
            for (unsigned i = 0; i < sizeof(later) / sizeof(later[0]); i++)
                if (bytes_are(code, later[i]))
                    stage = TRACE_BACKORDERED;
            /* Without a quantity of its own it speaks of the line's. */
            count(trace, line, stage, said ? ack : at, said ? "ack_quantity" : "quantity",
                  said && trace_text(ack, "ack_uom").at != NULL ? "ack_uom" : "uom");
        }
    }
}

/* The tree of a notice, as far as it says whose a line is. */
struct level {
    struct bytes id, parent, order;
};

struct tree {
    struct level *levels;
    size_t n;
};

static int by_id(const void *a, const void *b)
{
    const struct level *left = a, *right = b;

    return bytes_compare(left->id, right->id);
}

static size_t length_of(const struct canon_object *first)
{
    size_t n = 0;

    for (; first != NULL; first = first->next)
        n++;
    return n;
}

static struct tree read_tree(struct arena *arena, const struct canon_object *body)
{
    static const char *const lists[][2] = {
        {"orders", "level_id"}, {"packages", "package_id"}, {"levels", "level_id"}, {"lines", "level_id"}};
    struct tree tree = {NULL, 0};
    size_t room = 1;

    for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        room += length_of(trace_first(body, lists[i][0]));
    tree.levels = arena_zalloc(arena, room, sizeof(*tree.levels));
    for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]) && tree.levels != NULL; i++)
        for (const struct canon_object *at = trace_first(body, lists[i][0]); at != NULL; at = at->next) {
            struct level *level = &tree.levels[tree.n];

            level->id = trace_text(at, lists[i][1]);
            level->parent = trace_text(at, "parent_level_id");
            level->order = trace_text(at, "order_number");
            tree.n += level->id.at != NULL;
        }
    if (tree.n > 1)
        qsort(tree.levels, tree.n, sizeof(*tree.levels), by_id);
    return tree;
}

/* The order of what lies below a level: its own or that of a level above it.  At NULL: nobody says. */
static struct bytes order_above(const struct tree *tree, struct bytes level)
{
    enum { MAX_DEPTH = 32 };

    for (unsigned depth = 0; depth < MAX_DEPTH && level.at != NULL && tree->n > 0; depth++) {
        struct level key = {.id = level};
        const struct level *found = bsearch(&key, tree->levels, tree->n, sizeof(key), by_id);

        if (found == NULL || found->order.at != NULL)
            return found != NULL ? found->order : (struct bytes){NULL, 0};
        level = found->parent;
    }
    return (struct bytes){NULL, 0};
}

static void count_shipment(struct trace *trace, const struct trace_document *document)
{
    const struct canon_object *body = document->record.body, *orders = trace_first(body, "orders");
    enum trace_stage stage = trace_is_warehouse(document) ? TRACE_PICKED : TRACE_SHIPPED;
    bool several = orders != NULL && orders->next != NULL;
    struct tree tree = read_tree(trace->arena, body);

    if (document->is_cancel)
        return;
    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next) {
        struct bytes order = trace_text(at, "order_number");

        if (order.at == NULL && (several || trace_text(at, "parent_level_id").at != NULL))
            order = order_above(&tree, trace_text(at, "parent_level_id"));
        if (order.at != NULL ? !bytes_equal(order, trace->order.number) : several)
            continue;
        count(trace, line_of(trace, document, at, false), stage, at, "shipped_quantity", "uom");
    }
}

/* Lines that say their order, or stand below a head that does. */
static void count_lines(struct trace *trace, const struct trace_document *document, enum trace_stage stage,
                        const char *quantity)
{
    struct bytes head = trace_text(document->record.body, "order_number");

    if (document->is_cancel)
        return;
    for (const struct canon_object *at = trace_first(document->record.body, "lines"); at != NULL;
         at = at->next) {
        struct bytes order = trace_text(at, "order_number");

        if (order.at == NULL)
            order = head;
        if (order.at == NULL || bytes_equal(order, trace->order.number))
            count(trace, line_of(trace, document, at, false), stage, at, quantity, "uom");
    }
}

static void count_return(struct trace *trace, const struct trace_document *document)
{
    struct bytes stage = trace_text(document->record.body, "return_stage");

    if (!bytes_are(stage, "denied"))
        count_lines(trace, document, TRACE_RETURNED, "return_quantity");
}

void trace_lines(struct trace *trace)
{
    /* Documents stand in the order of an order's life: lines are known before they are spoken of. */
    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];

        if (!document->counts)
            continue;
        if (trace_is(document, "order"))
            count_order(trace, document);
        else if (trace_is(document, "order_change"))
            count_change(trace, document);
        else if (trace_is(document, "order_ack"))
            count_answer(trace, document);
        else if (trace_is(document, "shipment_order"))
            count_lines(trace, document, TRACE_REQUESTED, "quantity");
        else if (trace_is(document, "shipment"))
            count_shipment(trace, document);
        else if (trace_is(document, "receipt"))
            count_lines(trace, document, TRACE_RECEIVED, "received_quantity");
        else if (trace_is(document, "invoice"))
            count_lines(trace, document,
                        strcmp(document->title, "credit") == 0 ? TRACE_CREDITED : TRACE_INVOICED,
                        "invoiced_quantity");
        else if (trace_is(document, "return"))
            count_return(trace, document);
    }
    for (size_t i = 0; i < trace->n_lines; i++)
        for (unsigned j = 0; j < TRACE_STAGES; j++)
            trace->has[j] = trace->has[j] || trace->lines[i].at[j].n > 0;
}
