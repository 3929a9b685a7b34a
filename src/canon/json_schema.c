/* json_schema: a kind of record as JSON Schema (2020-12); see json_schema.h. */
#include "canon/json_schema.h"

/* Blocks a kind uses, directly or not, each once and in the order they are met. */
enum { MAX_BLOCKS = 256 };

struct blocks {
    const struct canon_block *at[MAX_BLOCKS];
    unsigned n;
};

static const char decimal[] = "^(?!-0(\\\\.0+)?$)-?(0|[1-9][0-9]*)(\\\\.[0-9]+)?$";
static const char date[] = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
static const char time_of_day[] = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\\\.[0-9]{1,9})?)?$";
static const char date_and_time[] = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
                                    "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\\\.[0-9]{1,9})?)?"
                                    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$";

static void indent(struct buffer *into, unsigned depth)
{
    buffer_add_byte(into, '\n');
    for (unsigned i = 0; i < depth; i++)
        buffer_add_string(into, "  ");
}

/* A text of ours (from a table) as a JSON string. */
static void add_string(struct buffer *into, const char *text)
{
    buffer_add_byte(into, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buffer_add_byte(into, '\\');
        if ((unsigned char)*text >= 0x20)
            buffer_add_byte(into, *text);
    }
    buffer_add_byte(into, '"');
}

static void add_pattern(struct buffer *into, const char *pattern)
{
    buffer_add_format(into, "\"type\": \"string\", \"pattern\": \"%s\"", pattern);
}

/* The members that say what one value is, without braces. */
static void add_type(struct buffer *into, const struct canon_field *field)
{
    switch ((enum canon_type)field->type) {
    case CANON_STRING:
    case CANON_CODE: buffer_add_string(into, "\"type\": \"string\""); break;
    case CANON_DECIMAL: add_pattern(into, decimal); break;
    case CANON_INTEGER: buffer_add_string(into, "\"type\": \"integer\""); break;
    case CANON_BOOLEAN: buffer_add_string(into, "\"type\": \"boolean\""); break;
    case CANON_DATE: add_pattern(into, date); break;
    case CANON_TIME: add_pattern(into, time_of_day); break;
    case CANON_DATETIME: add_pattern(into, date_and_time); break;
    case CANON_OBJECT: buffer_add_format(into, "\"$ref\": \"#/$defs/%s\"", field->block->name); break;
    }
}

static void add_property(struct buffer *into, const struct canon_field *field, unsigned depth)
{
    indent(into, depth);
    buffer_add_format(into, "\"%s\": {", field->name);
    if (field->is_list) {
        buffer_add_string(into, "\"type\": \"array\", \"items\": {");
        add_type(into, field);
        buffer_add_byte(into, '}');
    } else {
        add_type(into, field);
    }
    if (field->meaning[0] != '\0') {
        buffer_add_string(into, ", \"description\": ");
        add_string(into, field->meaning);
    }
    buffer_add_byte(into, '}');
}

/* "required": the envelope's names first, when they are to be there. */
static void add_required(struct buffer *into, const struct canon_block *block, bool envelope, unsigned depth)
{
    const char *comma = "";

    indent(into, depth);
    buffer_add_string(into, "\"required\": [");
    if (envelope) {
        buffer_add_string(into, "\"canon\", \"kind\"");
        comma = ", ";
    }
    for (unsigned i = 0; i < block->n_fields; i++)
        if (block->fields[i].need == CANON_REQUIRED) {
            buffer_add_format(into, "%s\"%s\"", comma, block->fields[i].name);
            comma = ", ";
        }
    buffer_add_string(into, "],");
}

static void add_envelope(struct buffer *into, const struct canon_kind *kind, unsigned depth)
{
    static const char *const texts[] = {"format",       "file",        "sender", "receiver", "app_sender",
                                        "app_receiver", "interchange", "group",  "set",      "type",
                                        "release",      "created",     "map"};

    indent(into, depth);
    buffer_add_string(into, "\"canon\": {\"const\": 1, \"description\": \"version of the records\"},");
    indent(into, depth);
    buffer_add_format(into, "\"kind\": {\"const\": \"%s\"},", kind->name);
    indent(into, depth);
    buffer_add_string(into, "\"id\": {\"type\": \"string\", \"pattern\": \"^[0-9a-f]{32}$\", "
                            "\"description\": \"hash of what it is: partner, direction, kind, bytes\"},");
    indent(into, depth);
    buffer_add_string(into, "\"partner\": {\"type\": \"string\"},");
    indent(into, depth);
    buffer_add_string(into, "\"direction\": {\"enum\": [\"in\", \"out\"]},");
    indent(into, depth);
    buffer_add_string(into, "\"keys\": {\"type\": \"object\", \"description\": "
                            "\"what ties a journey's documents together, copied from the body\",");
    indent(into, depth + 1);
    buffer_add_string(into, "\"properties\": {");
    for (unsigned i = 0; i < kind->n_keys; i++) {
        indent(into, depth + 2);
        buffer_add_format(into, "\"%s\": %s%s", kind->keys[i].name,
                          kind->keys[i].is_list ? "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"
                                                : "{\"type\": \"string\"}",
                          i + 1 < kind->n_keys ? "," : "");
    }
    buffer_add_string(into, "}, \"additionalProperties\": false},");
    indent(into, depth);
    buffer_add_string(into, "\"source\": {\"type\": \"object\", \"description\": \"where it came from\",");
    indent(into, depth + 1);
    buffer_add_string(into, "\"properties\": {");
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        indent(into, depth + 2);
        buffer_add_format(into, "\"%s\": {\"type\": \"string\"},", texts[i]);
    }
    indent(into, depth + 2);
    buffer_add_string(into, "\"offset\": {\"type\": \"integer\", \"minimum\": 0},");
    indent(into, depth + 2);
    buffer_add_string(into, "\"length\": {\"type\": \"integer\", \"minimum\": 0},");
    indent(into, depth + 2);
    buffer_add_string(into, "\"test\": {\"type\": \"boolean\"}}, \"additionalProperties\": false},");
}

static void add_properties(struct buffer *into, const struct canon_block *block, unsigned depth)
{
    for (unsigned i = 0; i < block->n_fields; i++) {
        add_property(into, &block->fields[i], depth);
        if (i + 1 < block->n_fields)
            buffer_add_byte(into, ',');
    }
    buffer_add_byte(into, '}');
}

/* As deep as blocks nest. */
static void collect(struct blocks *blocks, const struct canon_block *block)
{
    for (unsigned i = 0; i < block->n_fields; i++) {
        const struct canon_block *used = block->fields[i].block;
        unsigned j = 0;

        while (used != NULL && j < blocks->n && blocks->at[j] != used)
            j++;
        if (used == NULL || j < blocks->n || blocks->n == MAX_BLOCKS)
            continue;
        blocks->at[blocks->n++] = used;
        collect(blocks, used);
    }
}

static void add_block(struct buffer *into, const struct canon_block *block, unsigned depth)
{
    indent(into, depth);
    buffer_add_format(into, "\"%s\": {\"type\": \"object\", \"description\": ", block->name);
    add_string(into, block->meaning);
    buffer_add_byte(into, ',');
    add_required(into, block, false, depth + 1);
    indent(into, depth + 1);
    buffer_add_string(into, "\"properties\": {");
    add_properties(into, block, depth + 2);
    buffer_add_string(into, ", \"additionalProperties\": false}");
}

void canon_json_schema(struct buffer *into, const struct canon_kind *kind)
{
    struct blocks blocks;

    blocks.n = 0;
    collect(&blocks, kind->body);
    buffer_add_string(into, "{");
    indent(into, 1);
    buffer_add_string(into, "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",");
    indent(into, 1);
    buffer_add_format(into, "\"title\": \"crossdock canonical record: %s\",", kind->name);
    indent(into, 1);
    buffer_add_string(into, "\"description\": ");
    add_string(into, kind->body->meaning);
    buffer_add_byte(into, ',');
    indent(into, 1);
    buffer_add_string(into, "\"type\": \"object\",");
    add_required(into, kind->body, true, 1);
    indent(into, 1);
    buffer_add_string(into, "\"properties\": {");
    add_envelope(into, kind, 2);
    add_properties(into, kind->body, 2);
    buffer_add_byte(into, ',');
    indent(into, 1);
    buffer_add_string(into, "\"additionalProperties\": false,");
    indent(into, 1);
    buffer_add_string(into, "\"$defs\": {");
    for (unsigned i = 0; i < blocks.n; i++) {
        add_block(into, blocks.at[i], 2);
        if (i + 1 < blocks.n)
            buffer_add_byte(into, ',');
    }
    buffer_add_string(into, "}\n}\n");
}
