#include "partner/send.h"

#include "conf/settings.h"

struct send_values {
    const char *from, *to, *app_from, *app_to, *release, *interchange_version, *agency, *delimiters, *in_data;
    int line_end;
    bool test, ack_requested, expects_ack;
    const struct yaml_node *sets, *files;
};

static const char *const line_ends[] = {"", "\n", "\r\n"};
static const char *const line_end_words[] = {"none", "LF", "CRLF", NULL};

#define ROW(member, row_kind) .offset = offsetof(struct send_values, member), .kind = row_kind

static const struct settings_row send_rows[] = {
    {.key = "from",
     ROW(from, SETTINGS_TEXT),
     .most = 18,
     .argument = "QUALIFIER:ID",
     .sentence = "ISA05 and ISA06."},
    {.key = "to",
     ROW(to, SETTINGS_TEXT),
     .most = 18,
     .argument = "QUALIFIER:ID",
     .sentence = "ISA07 and ISA08."},
    {.key = "gs_from", ROW(app_from, SETTINGS_TEXT), .most = 15, .argument = "ID", .sentence = "GS02."},
    {.key = "gs_to", ROW(app_to, SETTINGS_TEXT), .most = 15, .argument = "ID", .sentence = "GS03."},
    {.key = "release",
     ROW(release, SETTINGS_TEXT),
     .least = 6,
     .most = 12,
     .argument = "RELEASE",
     .sentence = "GS08."},
    {.key = "isa_version",
     ROW(interchange_version, SETTINGS_TEXT),
     .least = 5,
     .most = 5,
     .argument = "VERSION",
     .sentence = "ISA12."},
    {.key = "agency", ROW(agency, SETTINGS_TEXT), .most = 2, .argument = "CODE", .sentence = "GS07."},
    {.key = "delimiters",
     ROW(delimiters, SETTINGS_TEXT),
     .least = 3,
     .most = 4,
     .argument = "CHARACTERS",
     .sentence = "Element, component and segment, and repetition."},
    {.key = "line_end",
     ROW(line_end, SETTINGS_WORD),
     .words = line_end_words,
     .sentence = "What stands behind each segment's terminator."},
    {.key = "delimiter_in_data",
     ROW(in_data, SETTINGS_TEXT),
     .argument = "error | CHARACTER",
     .sentence = "What to do with delimiters in texts."},
    {.key = "test", ROW(test, SETTINGS_FLAG), .sentence = "ISA15."},
    {.key = "ack_requested", ROW(ack_requested, SETTINGS_FLAG), .sentence = "ISA14."},
    {.key = "expect_ack",
     ROW(expects_ack, SETTINGS_FLAG),
     .sentence = "Whether a 997 or 999 is expected for each group."},
    {.key = "sets",
     ROW(sets, SETTINGS_ANY),
     .argument = "{KIND: SET, ...}",
     .sentence = "Which transaction set a kind of record is sent as."},
    {.key = "files",
     ROW(files, SETTINGS_ANY),
     .argument = "{KIND: MAP, ...}",
     .sentence = "Which kinds of record are sent as files that are no X12, and by which map."},
};
static const struct settings send_settings = {SETTINGS_ROWS(send_rows)};

void partner_send_defaults(struct partner_send *send)
{
    *send = (struct partner_send){
        .release = BYTES("004010"), .agency = BYTES("X"), .expects_ack = true, .style = x12_style_default};
}

static void take(struct bytes *into, const char *text)
{
    if (text != NULL)
        *into = bytes_of(text);
}

static bool take_style(struct partner_send *send, const struct send_values *values,
                       const struct yaml_node *node, struct report *report)
{
    struct x12_style *style = &send->style;
    const struct yaml_node *at = yaml_get(node, "delimiters");
    const char *why;

    if (values->delimiters != NULL)
        style->delimiters = (struct x12_delimiters){.element = values->delimiters[0],
                                                    .component = values->delimiters[1],
                                                    .terminator = values->delimiters[2],
                                                    .repetition = values->delimiters[3]};
    memcpy(style->suffix, line_ends[values->line_end], strlen(line_ends[values->line_end]) + 1);
    if (values->in_data != NULL) {
        style->replacement = strcmp(values->in_data, "error") == 0 ? '\0' : values->in_data[0];
        if (style->replacement != '\0' && values->in_data[1] != '\0') {
            yaml_complain(report, yaml_get(node, "delimiter_in_data"), false, SETTING_VALUE, NULL,
                          "delimiter_in_data is error or one character");
            return false;
        }
    }
    why = x12_style_fault(style);
    if (why != NULL)
        yaml_complain(report, at != NULL ? at : node, false, SETTING_VALUE, NULL, "%s", why);
    return why == NULL;
}

/* A mapping of kinds to words. */
static bool take_words(const struct yaml_node **into, const struct yaml_node *node, const char *example,
                       struct report *report)
{
    if (node == NULL)
        return true;
    if (node->kind != YAML_MAP) {
        yaml_complain(report, node, true, SETTING_TYPE, NULL, "a mapping is expected here: %s", example);
        return false;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        if (child->kind != YAML_SCALAR || child->text.len == 0) {
            yaml_complain(report, child, true, SETTING_TYPE, NULL, "a word is expected here, as in %s",
                          example);
            return false;
        }
    *into = node;
    return true;
}

static int line_end_of(const struct x12_style *style)
{
    int i = 0;

    while (strcmp(line_ends[i], style->suffix) != 0)
        i++;
    return i;
}

bool partner_send_read(struct partner_send *send, const struct yaml_node *node, struct arena *arena,
                       struct report *report)
{
    struct send_values values = {.test = send->test,
                                 .ack_requested = send->ack_requested,
                                 .expects_ack = send->expects_ack,
                                 .line_end = line_end_of(&send->style)};

    if (node == NULL)
        return true;
    if (!settings_read(&send_settings, node, &values, arena, report))
        return false;
    take(&send->from, values.from);
    take(&send->to, values.to);
    take(&send->app_from, values.app_from);
    take(&send->app_to, values.app_to);
    take(&send->release, values.release);
    take(&send->interchange_version, values.interchange_version);
    take(&send->agency, values.agency);
    send->test = values.test;
    send->ack_requested = values.ack_requested;
    send->expects_ack = values.expects_ack;
    if (!take_words(&send->sets, values.sets, "{shipment: \"945\"}", report) ||
        !take_words(&send->files, values.files, "{shipment_order: 3pl/carlisle-orders}", report))
        return false;
    return take_style(send, &values, node, report);
}

static struct bytes word_of(const struct yaml_node *words, const char *kind)
{
    for (const struct yaml_node *child = words != NULL ? words->first : NULL; child != NULL;
         child = child->next)
        if (bytes_are(child->key, kind))
            return child->text;
    return (struct bytes){NULL, 0};
}

struct bytes partner_send_set(const struct partner_send *send, const char *kind)
{
    /* Where a kind goes out as one of several sets, the one that trading partners (not warehouses) get. */
    static const struct {
        const char *kind, *set;
    } usual[] = {
        {"order", "850"},    {"order_change", "860"}, {"order_ack", "855"},
        {"shipment", "856"}, {"invoice", "810"},      {"shipment_order", "940"},
        {"receipt", "944"},  {"inventory", "846"},    {"status_event", "214"},
    };

    struct bytes word = word_of(send->sets, kind);

    if (word.at != NULL)
        return word;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (strcmp(usual[i].kind, kind) == 0)
            return bytes_of(usual[i].set);
    return (struct bytes){NULL, 0};
}

const char *partner_send_file(const struct partner_send *send, const char *kind)
{
    return word_of(send->files, kind).at; /* NUL-terminated, as all texts of a tree */
}
