#include "standard/fault.h"

#include "standard/guide.h"
#include "standard/walk.h"

/* How far back fault_again looks: faults of one cause stand close together, and hostile input must not make
 * each fault search them all. */
enum { AGAIN_REACH = 8 };

void faults_init(struct faults *faults, struct arena *arena, const struct rules *rules)
{
    *faults = (struct faults){.arena = arena, .rules = rules, .limit = FAULTS_LIMIT};
}

void faults_begin(struct faults *faults, const struct walk *walk, const struct guide *guide)
{
    faults->first = faults->last = NULL;
    faults->n = 0;
    faults->dropped = 0;
    memset(faults->counts, 0, sizeof(faults->counts));
    faults->walk = walk;
    faults->guide = guide;
}

struct fault *fault_add(struct faults *faults, enum complaint complaint, const struct segment_view *view)
{
    enum severity severity = rules_of(faults->rules, complaint);
    struct fault *fault;

    if (severity == SEVERITY_OFF)
        return NULL;
    faults->counts[severity]++;
    fault = faults->n < faults->limit ? arena_zalloc(faults->arena, 1, sizeof(*fault)) : NULL;
    if (fault == NULL) {
        faults->dropped++;
        return NULL;
    }
    fault->complaint = (uint16_t)complaint;
    fault->severity = (uint8_t)severity;
    fault->loop = "";
    if (view != NULL) {
        fault->ordinal = view->ordinal;
        fault->line = view->line;
        fault->offset = view->offset;
        fault->segment = view->id;
    }
    if (faults->last != NULL)
        faults->last->next = fault;
    else
        faults->first = fault;
    fault->before = faults->last;
    faults->last = fault;
    faults->n++;
    return fault;
}

struct fault *fault_add_element(struct faults *faults, enum complaint complaint,
                                const struct segment_view *view, unsigned element)
{
    struct fault *fault = fault_add(faults, complaint, view);

    if (fault == NULL)
        return NULL;
    fault->element = (uint8_t)element;
    if (element >= 1 && element <= view->n_elements && element <= 64 && view->element[element - 1].len > 0)
        fault->value = view->element[element - 1];
    return fault;
}

void fault_place(struct faults *faults, struct fault *fault, const struct standard_position *position)
{
    char path[256];

    fault->position = position;
    if (position == NULL || faults->walk == NULL)
        return;
    fault->standard = position->segment;
    if (walk_path(faults->walk, position->index, path, sizeof(path)) > 0) {
        struct bytes copy = arena_copy(faults->arena, bytes_of(path));

        if (copy.at != NULL)
            fault->loop = copy.at;
    }
}

void fault_blame(struct faults *faults, struct fault *fault, const void *rule)
{
    if (faults->guide != NULL && guide_origin(faults->guide, rule, (enum complaint)fault->complaint) != NULL)
        fault->rule = rule;
}

void fault_change(struct faults *faults, struct fault *fault, enum complaint complaint)
{
    faults->counts[fault->severity]--;
    fault->severity = (uint8_t)rules_of(faults->rules, complaint);
    faults->counts[fault->severity]++;
    fault->complaint = (uint16_t)complaint;
}

void fault_drop(struct faults *faults, struct fault *fault)
{
    if (fault->before != NULL)
        fault->before->next = fault->next;
    else
        faults->first = fault->next;
    if (fault->next != NULL)
        fault->next->before = fault->before;
    else
        faults->last = fault->before;
    faults->counts[fault->severity]--;
    faults->n--;
}

bool fault_again(struct faults *faults, enum complaint complaint, const struct standard_position *position)
{
    struct fault *fault = faults->last;

    for (unsigned i = 0; i < AGAIN_REACH && fault != NULL; i++, fault = fault->before)
        if (fault->complaint == complaint && fault->position == position) {
            fault->more++;
            return true;
        }
    return false;
}
