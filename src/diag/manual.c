#include "diag/manual.h"

#include "diag/complaint.h"

struct family {
    char letter;
    const char *title;
    const char *about; /* lines of mdoc */
};

static const struct family families[] = {
    {'X', "X1xxx: interchanges, groups and sets",
     "What encloses the documents: ISA and IEA, GS and GE, ST and SE, and the bytes between them.\n"},
    {'S', "S2xxx: the standard",
     "Segments, elements, conditions and totals inside a transaction set, held to the X12 dictionary and\n"
     "to the partner's guide.\n"},
    {'M', "M3xxx: maps", "Values that do not become fields, and maps that cannot be used.\n"},
    {'C', "C4xxx: configuration",
     "Partner files, maps and tables as files: YAML, keys, values, names.\n"
     "The place is file, line and column.\n"},
    {'L', "L5xxx: the ledger", "Documents, deliveries and control numbers in the ledger.\n"},
    {'P', "P0xxx: mailboxes",
     "Partners' servers and folders, and the files on their way to and from them.\n"
     "The place is partner, folder and file there.\n"},
    {'R', "R6xxx: reconciling", "What was ordered, shipped, invoiced and received does not agree.\n"},
    {'T', "T7xxx: technical failures",
     "Files, disks and memory.\n"
     "The data is not to blame, and running again is safe.\n"},
    {'U', "U8xxx: usage", "The command line asks for what the tool cannot do.\n"},
    {'J', "J9xxx: canonical records", "Lines that are no records, and records that break their schema.\n"},
};

static const char head[] =
    ".\\\" Made from src/diag/catalogue.def: \"make bless\" writes it anew. Do not edit.\n"
    ".Dd November 24, 2026\n"
    ".Dt CROSSDOCK-MESSAGES 7\n"
    ".Os crossdock\n"
    ".Sh NAME\n"
    ".Nm crossdock-messages\n"
    ".Nd what the tools of crossdock say, and what to do about it\n"
    ".Sh DESCRIPTION\n"
    "Every finding has a code that never changes its meaning, a name, a severity and a class.\n"
    "The option\n"
    ".Fl -explain Ns = Ns Ar CODE\n"
    "of each tool prints what is said here about one of them.\n"
    ".Pp\n"
    "The severity is\n"
    ".Cm error , warn\n"
    "or\n"
    ".Cm info ;\n"
    "the name is what a partner file writes under\n"
    ".Ic rules\n"
    "to change it for that partner, or to turn it\n"
    ".Cm off\n"
    ".Pq see Xr crossdock-partner 5 .\n"
    "That goes for findings about data alone.\n"
    ".Pp\n"
    "The class says who must act:\n"
    ".Bl -tag -width technical -compact\n"
    ".It Sy business\n"
    "the partner, or whoever knows the business: data was refused, the exit status is 1.\n"
    ".It Sy usage\n"
    "whoever called the tool or wrote the configuration: nothing was done, the exit status is 2.\n"
    ".It Sy technical\n"
    "whoever runs the machine: the exit status is 3, and running again is safe.\n"
    ".El\n"
    ".Pp\n"
    "Findings go to standard error, from warnings up;\n"
    ".Fl v\n"
    "adds the severity\n"
    ".Cm info ,\n"
    ".Fl q\n"
    "leaves errors alone.\n"
    "After a hundred business findings of a run the others are counted only; see\n"
    ".Fl -max-findings .\n"
    ".Ss As text\n"
    "A finding about a document is two or three lines: where, what, and what follows from it.\n"
    "The first begins with the code, the others with two blanks.\n"
    "A finding without such a place is one line that begins with the name of the tool.\n"
    "Parts that are not known are left out.\n"
    ".Bd -literal\n"
    "S2209 error po.edi:18 (byte 1042) acme ISA 000004711 GS 1187 ST 850 0003 PO 4500123\n"
    "  PO1[3] segment 14: PO103 Unit or Basis for Measurement Code (DE 355) is \"CS\": the code\n"
    "    is not in the element's list; expected one of CA EA PK (acme-850.yaml:41)\n"
    "  the set is rejected; hint: map CS in the partner's table\n"
    ".Ed\n"
    ".Pp\n"
    "(The second line is broken here for the page.)\n"
    "Text that comes from a file is shown with its control characters, and whatever else is not seen, as\n"
    ".Ql \\exNN ;\n"
    "a value is cut after 200 bytes.\n"
    ".Ss As JSON\n"
    "With\n"
    ".Fl -diagnostics Ns = Ns Cm json\n"
    "each finding is an object on a line of its own.\n"
    "Members that are not known are left out.\n"
    ".Bl -tag -width \"code, rule, severity, class\"\n"
    ".It Va tool\n"
    "the tool that speaks\n"
    ".It Va code , rule , severity , class\n"
    "as listed below; the severity is the one in force\n"
    ".It Va file , offset , line , column\n"
    "where in the file; the offset is in bytes from 0, lines and columns count from 1\n"
    ".It Va partner\n"
    "the partner's name\n"
    ".It Va interchange , group , set , set_id\n"
    "ISA13, GS06, ST02, ST01\n"
    ".It Va key\n"
    "the document's business key once it was read, such as\n"
    ".Ql PO 4500123\n"
    ".It Va ordinal , segment , loop\n"
    "the segment's number in its set (ST is 1), its identifier, and the loops it stands in\n"
    ".It Va element , component , repeat , reference\n"
    "numbers, from 1; and all in one as the standard writes it, such as\n"
    ".Ql PO103\n"
    ".It Va element_id , element_name\n"
    "the data element's number and name in the standard\n"
    ".It Va summary , detail\n"
    "what is wrong, in general and here\n"
    ".It Va value , value_length , value_hex\n"
    "what was found, and how many bytes it has; the bytes in hexadecimal only if they are no UTF-8\n"
    ".It Va expected , origin\n"
    "what would be right, and who says so\n"
    ".It Va consequence , hint\n"
    "what the tool did about it, and how it could be mended\n"
    ".It Va more\n"
    "how many more of the same cause are not told one by one\n"
    ".El\n"
    ".Pp\n"
    "Findings that were only counted make a last object with the members\n"
    ".Va tool\n"
    "and\n"
    ".Va not_printed .\n"
    ".Sh MESSAGES\n";

static const char foot[] = ".Sh EXIT STATUS\n"
                           "The worst that happened:\n"
                           ".Bl -tag -width 1 -compact\n"
                           ".It 0\n"
                           "all was accepted, or there was nothing to do\n"
                           ".It 1\n"
                           "the work was done, and there are business findings of severity error\n"
                           ".It 2\n"
                           "usage or configuration is wrong\n"
                           ".It 3\n"
                           "a technical failure\n"
                           ".El\n"
                           ".Sh SEE ALSO\n"
                           ".Xr canon2erp 1 ,\n"
                           ".Xr edi2canon 1 ,\n"
                           ".Xr crossdock-map 5 ,\n"
                           ".Xr crossdock-partner 5 ,\n"
                           ".Xr crossdock 7\n";

/* A text of the catalogue as a sentence. */
static void add_sentence(struct buffer *into, const char *text)
{
    struct bytes rest = bytes_of(text);

    if (rest.len > 0 && rest.at[0] >= 'a' && rest.at[0] <= 'z') {
        buffer_add_byte(into, (char)(rest.at[0] - 'a' + 'A'));
        rest.at++;
        rest.len--;
    } else if (rest.len > 0 && (rest.at[0] == '.' || rest.at[0] == '\'')) {
        buffer_add_string(into, "\\&"); /* else it were a request of roff */
    }
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.at[i] == '\\')
            buffer_add_string(into, "\\e");
        else
            buffer_add_byte(into, rest.at[i]);
    }
    buffer_add_string(into, ".\n");
}

static void add_complaint(struct buffer *into, const struct complaint_info *info)
{
    buffer_add_format(into, ".It Sy %s Ic %s Pq %s , %s\n", info->code, info->rule,
                      severity_name(info->severity), complaint_class_name(info->class));
    add_sentence(into, info->summary);
    buffer_add_string(into, ".Bl -tag -width consequence -compact\n.It cause\n");
    add_sentence(into, info->cause);
    buffer_add_string(into, ".It consequence\n");
    add_sentence(into, info->consequence);
    buffer_add_string(into, ".It action\n");
    add_sentence(into, info->action);
    buffer_add_string(into, ".El\n");
}

static void add_family(struct buffer *into, const struct family *family)
{
    bool any = false;

    for (unsigned i = 0; i < COMPLAINTS; i++) {
        const struct complaint_info *info = complaint_info((enum complaint)i);

        if (info->code[0] != family->letter)
            continue;
        if (!any)
            buffer_add_format(into, ".Ss %s\n%s.Bl -tag -width Ds\n", family->title, family->about);
        any = true;
        add_complaint(into, info);
    }
    if (any)
        buffer_add_string(into, ".El\n");
}

void manual_messages(struct buffer *into)
{
    buffer_add_string(into, head);
    for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        add_family(into, &families[i]);
    buffer_add_string(into, foot);
}
