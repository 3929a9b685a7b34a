#include "report/rule.h"

#include <strings.h>

static const struct rule_info infos[RULES] = {
#define RULE(id, code, comparison, class, severity, limit, question, answer, amount, action) \
    {code, comparison, class, severity, limit, question, answer, amount, action},
#include "report/rule.def"
#undef RULE
};

const struct rule_info *rule_info(enum rule rule)
{
    return &infos[rule];
}

enum rule rule_find(struct bytes code)
{
    for (enum rule rule = 0; rule < RULES; rule++)
        if (code.len == strlen(infos[rule].code) && strncasecmp(code.at, infos[rule].code, code.len) == 0)
            return rule;
    return RULES;
}

bool rule_explain(struct buffer *into, const char *code)
{
    enum rule rule = rule_find(bytes_of(code));
    const struct rule_info *info;

    if (rule == RULES)
        return false;
    info = &infos[rule];
    buffer_add_format(into, "%s (%s, %s, %s)\n  %s\n\n  A finding says\n    %s\n", info->code,
                      info->comparison, severity_name(info->severity), complaint_class_name(info->class),
                      info->question, info->answer);
    if (info->limit != LIMITS)
        buffer_add_format(
            into, "\n  Limit\n    %s, built in: %s\n", limit_names[info->limit],
            limits_find(limits_built_in(), info->limit, (struct bytes){NULL, 0}, (struct bytes){NULL, 0})
                ->text);
    if (info->amount[0] != '\0')
        buffer_add_format(into, "\n  At risk\n    %s\n", info->amount);
    buffer_add_format(into, "\n  What to do\n    %s\n", info->action);
    return true;
}

/* --- the manual */

static const char head[] =
    ".\\\" Made from src/report/rule.def: \"make bless\" writes it anew. Do not edit.\n"
    ".Dd November 24, 2026\n"
    ".Dt RECONCILE-CODES 7\n"
    ".Os crossdock\n"
    ".Sh NAME\n"
    ".Nm reconcile-codes\n"
    ".Nd what reconcile compares, and what its findings mean\n"
    ".Sh DESCRIPTION\n"
    ".Xr reconcile 1\n"
    "holds documents against each other, against what our own systems say, and against the clock.\n"
    "Each finding has one of the codes below, which never changes its meaning;\n"
    ".Ql reconcile --explain CODE\n"
    "prints what is said here about one.\n"
    ".Pp\n"
    "Behind the code stand the comparison it belongs to, its severity and its class:\n"
    ".Sy technical\n"
    "is for whoever runs the tools,\n"
    ".Sy business\n"
    "for the buyer, the planner, the warehouse or accounting.\n"
    "An\n"
    ".Cm error\n"
    "is about money or a document that was refused, a\n"
    ".Cm warn\n"
    "wants a look before it becomes one;\n"
    "a partner's file can have it otherwise.\n"
    "A limit is what a finding is held to; see\n"
    ".Sx Reconciling\n"
    "in\n"
    ".Xr crossdock-partner 5\n"
    "for how it is set, and severities.\n"
    ".Ss Codes\n"
    ".Bl -tag -width Ds\n";

static const char tail[] = ".El\n"
                           ".Sh SEE ALSO\n"
                           ".Xr reconcile 1 ,\n"
                           ".Xr crossdock-partner 5 ,\n"
                           ".Xr crossdock-messages 7\n";

/* A sentence begins with a capital. */
static void add_sentence(struct buffer *into, const char *text)
{
    if (text[0] >= 'a' && text[0] <= 'z')
        buffer_add_byte(into, (char)(text[0] - 'a' + 'A'));
    else
        buffer_add_byte(into, text[0]);
    buffer_add_string(into, text + 1);
}

/* mandoc wants a new sentence on a new line. */
static void add_lines(struct buffer *into, const char *text)
{
    add_sentence(into, text);
    buffer_add_string(into, ".\n");
}

void rule_manual(struct buffer *into)
{
    buffer_add_string(into, head);
    for (enum rule rule = 0; rule < RULES; rule++) {
        const struct rule_info *info = &infos[rule];

        buffer_add_format(into, ".It Sy %s Pq %s, %s, %s\n%s\n", info->code, info->comparison,
                          severity_name(info->severity), complaint_class_name(info->class), info->question);
        buffer_add_string(into, ".br\n");
        add_lines(into, info->answer);
        if (info->limit != LIMITS)
            buffer_add_format(into, ".br\nLimit:\n.Cm %s .\n", limit_names[info->limit]);
        if (info->amount[0] != '\0')
            buffer_add_format(into, ".br\nAt risk: %s.\n", info->amount);
        buffer_add_string(into, ".br\nWhat to do: ");
        buffer_add_string(into, info->action);
        buffer_add_string(into, ".\n");
    }
    buffer_add_string(into, tail);
}
