/*
 * The codes of acknowledgments: lists 720, 723, 718, 716 and I18 of X12, and 620, 621, 618 of the 999.
 * Where an early list lacks a code, the nearest one it has.
 */
#include "standard/fault.h"

enum ack_form ack_form_of(struct bytes release, bool prefer_999)
{
    if (release.len >= 6 && memcmp(release.at, "005010", 6) >= 0 && prefer_999)
        return ACK_999;
    /* Lists 720 and 723 grew with the repetition separator (00402). */
    if (release.len >= 6 && memcmp(release.at, "004020", 6) >= 0)
        return ACK_997;
    return ACK_997_EARLY;
}

const char *fault_element_code(const struct fault *fault, enum ack_form form)
{
    bool by_guide = form == ACK_999 && fault->rule != NULL;

    if (fault->element == 0)
        return NULL;
    switch (fault->complaint) {
    case ELEMENT_MISSING: return "1";
    case CONDITION_PAIRED:
    case CONDITION_REQUIRED:
    case CONDITION_CONDITIONAL:
    case CONDITION_LIST: return "2";
    case ELEMENT_TOO_MANY: return "3";
    case ELEMENT_TOO_SHORT: return "4";
    case ELEMENT_TOO_LONG: return "5";
    case ELEMENT_CHARACTER:
    case ELEMENT_NUMBER:
    case ELEMENT_BLANK:
    case POLICY_LEADING_BLANKS:
    case POLICY_TRAILING_BLANKS:
    case POLICY_LEADING_ZEROS:
    case POLICY_TRAILING_ZEROS:
    case POLICY_BLANKS_IN_NUMBER:
    case POLICY_EXTENDED_SET:
    case POLICY_NOT_ASCII: return "6";
    case ELEMENT_CODE: return by_guide ? "I6" : "7";
    case ELEMENT_DATE: return "8";
    case ELEMENT_TIME: return "9";
    case CONDITION_EXCLUSION: return "10";
    case ELEMENT_UNUSED: return form == ACK_999 ? "I10" : "10";
    case REPEAT_TOO_MANY: return form == ACK_997_EARLY ? "3" : "12";
    case COMPONENT_TOO_MANY:
    case SEPARATOR_IN_ELEMENT: return form == ACK_997_EARLY ? "3" : "13";
    default: return NULL;
    }
}

const char *fault_segment_code(const struct fault *fault, enum ack_form form)
{
    bool by_guide = form == ACK_999 && fault->rule != NULL;

    switch (fault->complaint) {
    case SEGMENT_UNKNOWN:
    case SEGMENT_MALFORMED: return "1";
    case SEGMENT_UNUSED: return form == ACK_999 ? "I4" : "2";
    case SEGMENT_MISSING: return by_guide ? "I8" : "3";
    case LOOP_MISSING: return by_guide ? "I7" : "3";
    case LOOP_TOO_MANY: return "4";
    case SEGMENT_TOO_MANY: return "5";
    case SEGMENT_NOT_IN_SET: return "6";
    case SEGMENT_OUT_OF_ORDER: return "7";
    case SEGMENT_EMPTY:
    case POLICY_TRAILING_SEPARATORS: /* 10 exists in later lists only */ return "8";
    default: return fault_element_code(fault, form) != NULL ? "8" : NULL;
    }
}

const char *fault_set_code(const struct fault *fault, enum ack_form form)
{
    switch (fault->complaint) {
    case SET_UNKNOWN: return "1";
    case SE_MISSING: return "2";
    case SE_CONTROL: return "3";
    case SE_COUNT: return "4";
    case ST_ID: return "6";
    case ST_CONTROL: return "7";
    case ST_GROUP: return form == ACK_997_EARLY ? "1" : "18";
    case ST_CONVENTION: return form == ACK_999 && fault->rule != NULL ? "I6" : "19";
    case ST_DUPLICATE: return "23";
    case X12_SEGMENT_TOO_LONG: /* not read, so not accepted */
    case X12_SET_TOO_LARGE: return "5";
    default:
        if (fault_segment_code(fault, form) == NULL)
            return NULL;
        return form == ACK_999 && fault->rule != NULL ? "I5" : "5";
    }
}

const char *fault_group_code(const struct fault *fault, enum ack_form form)
{
    (void)form; /* one list for 997 and 999 */
    switch (fault->complaint) {
    case GROUP_UNKNOWN: return "1";
    case GROUP_RELEASE: return "2";
    case GE_MISSING: return "3";
    case GE_CONTROL: return "4";
    case GE_COUNT: return "5";
    case GS_DUPLICATE: return "19";
    case GS_ELEMENT:
        /* 7, 8, 9, 30 and 31 (GS02, GS03, GS07, GS04, GS05) stand in later lists only */
        return fault->element == 6 ? "6" : fault->element == 8 ? "2" : "1";
    default: return NULL;
    }
}

const char *fault_interchange_code(const struct fault *fault)
{
    static const char *const by_element[] = {"024", "010", "011", "012", "013", "005", "006", "007", "008",
                                             "014", "015", "016", "017", "018", "019", "020", "027"};

    switch (fault->complaint) {
    case ISA_ELEMENT:
        return fault->element < sizeof(by_element) / sizeof(by_element[0]) ? by_element[fault->element]
                                                                           : "024";
    case ISA_SEPARATOR:
        switch (fault->element) {
        case 0: return "026";
        case 11: /* 032 stands in later lists only */ return "016";
        case 16: return "027";
        default: return "004";
        }
    case ISA_VERSION: return "003";
    case ISA_DUPLICATE: return "025";
    case ISA_RECEIVER: return "009";
    case IEA_MISSING: return "023";
    case IEA_CONTROL: return "001";
    case IEA_COUNT: return "021";
    case ENVELOPE_STRUCTURE: return bytes_are(fault->segment, "GS") ? "024" : "022";
    default: return NULL;
    }
}
