/* The matcher in C. native.py drives it, reference.py says what it must answer, program.py what a program is.

   A document is read once (_reading.h); the terms it has (_terms.h) lead to the few queries filed under them, whose
   programs are run. Everything is kept in plain arrays that change as queries come and go; nothing is rebuilt.
   The ids of queries are not visible to the cyclic collector: they are numbers or strings. */
#define PY_SSIZE_T_CLEAN
#include "_reading.h"

enum { LANG, AUTHOR, SITE, CHANNEL, KIND, NAMED_FIELDS, REPLY = NAMED_FIELDS, IMAGE, LINK, FIELDS };
static const char *const FIELD_PREFIXES[FIELDS] = {"lang:", "author:", "site:", "channel:", "kind:",
                                                   "is:reply", "has:image", "has:link"};
static const char *const ATTRIBUTES[FIELDS + 2] = {"lang",      "author",    "site",     "channel", "kind",
                                                   "is_reply",  "has_image", "has_link", "text",    "followers"};
static PyObject *attributes[FIELDS + 2]; /* the same, interned */
enum { TEXT = FIELDS, FOLLOWERS_FIELD };
static PyObject *compose; /* analyser.compose */

typedef struct {
    Program *program; /* NULL: free, then `next_free` */
    PyObject *id;
    uint64_t order;
    uint32_t *terms; /* every term of the program, once each; the first `anchors` are those it is filed under */
    uint32_t term_count, anchors, next_free;
} Slot;

typedef struct {
    PyObject_HEAD
    Reader r;
    Slot *slots;
    uint32_t slot_count, slot_room, free_slot;
    Program **unfiled; /* programs without anchor: they see every document */
    uint32_t unfiled_count, unfiled_room;
    uint32_t *found; /* slots that match the document being read */
    uint64_t *rank;  /* their orders and numbers, to be sorted */
    uint64_t order;
    int busy; /* reading attributes may run Python code, which must not change what is being walked */
    PyObject *values[NAMED_FIELDS]; /* value -> term */
    int32_t flags[FIELDS];          /* terms of the flags, -1 when no query uses them */
} Kernel;

#define NONE 0xFFFFFFFFu

#include "_filing.h"

#include "_document.h"

/* Runs a program: 1 accepted, 0 rejected, -1 an exception is set. */
static int satisfies(Kernel *k, Program *program, PyObject *document)
{
    const int32_t *data = data_of(program);
    uint32_t next = program->step_count ? 0 : ACCEPT;
    while (next < REJECT) {
        const Step *step = &program->steps[next];
        const uint32_t argument = step->code >> 2;
        int holds;
        switch (step->code & 3) {
        case HAS_TERM: holds = has_term(&k->r, argument); break;
        case HAS_PHRASE: holds = has_phrase(&k->r, data + argument); break;
        case ARE_NEAR: holds = are_near(&k->r, data + argument); break;
        default: holds = followers_hold(k, document, data + argument);
        }
        if (holds < 0)
            return -1;
        next = holds ? step->yes : step->no;
    }
    return next == ACCEPT;
}

static int by_order(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* A list of the ids of the found slots, in the order in which they were added. */
static PyObject *ids_of(Kernel *k, uint32_t count)
{
    PyObject *ids = PyList_New(count);
    if (!ids)
        return NULL;
    uint64_t *rank = k->rank;
    for (uint32_t i = 0; i < count; i++) {
        const Slot *slot = &k->slots[k->found[i]];
        __builtin_prefetch(slot->id);
        rank[2 * i] = slot->order;
        rank[2 * i + 1] = k->found[i];
    }
    if (count > 1 && count < 12) {
        for (uint32_t i = 1; i < count; i++)
            for (uint32_t j = i; j && rank[2 * j] < rank[2 * j - 2]; j--) {
                uint64_t order = rank[2 * j], slot = rank[2 * j + 1];
                rank[2 * j] = rank[2 * j - 2], rank[2 * j + 1] = rank[2 * j - 1];
                rank[2 * j - 2] = order, rank[2 * j - 1] = slot;
            }
    } else if (count > 1) {
        qsort(rank, count, 2 * sizeof *rank, by_order);
    }
    for (uint32_t i = 0; i < count; i++) {
        PyObject *id = k->slots[rank[2 * i + 1]].id;
        Py_INCREF(id);
        PyList_SET_ITEM(ids, i, id);
    }
    return ids;
}

/* Runs programs on the document, those not run on it yet; adds the slots of the satisfied to `found`. */
static int run_all(Kernel *k, Program *const *programs, uint32_t count, PyObject *document, uint32_t *found_count)
{
    for (uint32_t i = 0; i < count; i++) {
        Program *program = programs[i];
        if (program->stamp == k->r.epoch)
            continue;
        program->stamp = k->r.epoch;
        int holds = satisfies(k, program, document);
        if (holds < 0)
            return -1;
        if (holds) {
            __builtin_prefetch(&k->slots[program->slot]);
            k->found[(*found_count)++] = program->slot;
        }
    }
    return 0;
}

#define CANDIDATES 256 /* programs that are asked for together, before any of them is run */

typedef struct {
    Program *programs[CANDIDATES];
    uint32_t count, found;
} Candidates;

/* Takes in what is filed under a term, but for what the document cannot satisfy; runs them when the room is full. */
static int consider(Kernel *k, const Filing *filings, uint32_t count, PyObject *document, Candidates *c)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!clause_may_hold(&k->r, &filings[i]))
            continue;
        Program *program = filings[i].program;
        __builtin_prefetch(program);
        __builtin_prefetch((const char *)program + 64);
        c->programs[c->count++] = program;
        if (c->count == CANDIDATES) {
            if (run_all(k, c->programs, c->count, document, &c->found) < 0)
                return -1;
            c->count = 0;
        }
    }
    return 0;
}

static PyObject *match_one(Kernel *k, PyObject *document)
{
    if (read_document(k, document) < 0)
        return NULL;
    const Reader *r = &k->r;
    Candidates c;
    c.count = c.found = 0;
    /* What will be walked is asked for in rounds, so that the memory answers many questions at once. */
    for (uint32_t i = 0; i < r->met_count; i++) {
        const Filing *filed = &r->filed[r->met[i]];
        if (filed->many) {
            __builtin_prefetch(filed->program);
            __builtin_prefetch((const char *)filed->program + 64);
        }
    }
    for (uint32_t i = 0; i < r->met_count; i++) {
        const Filing *filed = &r->filed[r->met[i]];
        const Filings *many = filed->many ? (const Filings *)(const void *)filed->program : NULL;
        if (filed->program && consider(k, many ? many->rows : filed, many ? many->count : 1, document, &c) < 0)
            return NULL;
    }
    if (run_all(k, c.programs, c.count, document, &c.found) < 0 ||
        run_all(k, k->unfiled, k->unfiled_count, document, &c.found) < 0)
        return NULL;
    return ids_of(k, c.found);
}

static int occupy(Kernel *k)
{
    if (!folds)
        PyErr_SetString(PyExc_RuntimeError, "set_folds was not called");
    else if (k->busy)
        PyErr_SetString(PyExc_RuntimeError, "the matcher is at work: use it from one thread");
    else
        k->busy = 1;
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *kernel_match(PyObject *self, PyObject *document)
{
    Kernel *k = (Kernel *)self;
    if (occupy(k) < 0)
        return NULL;
    PyObject *ids = match_one(k, document);
    k->busy = 0;
    return ids;
}

static PyObject *kernel_match_many(PyObject *self, PyObject *documents)
{
    Kernel *k = (Kernel *)self;
    PyObject *all = PySequence_Tuple(documents); /* our own: nobody else changes it meanwhile */
    if (!all || occupy(k) < 0) {
        Py_XDECREF(all);
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(all);
    PyObject *results = PyList_New(count);
    for (Py_ssize_t i = 0; results && i < count; i++) {
        PyObject *ids = match_one(k, PyTuple_GET_ITEM(all, i));
        if (!ids)
            Py_CLEAR(results);
        else
            PyList_SET_ITEM(results, i, ids);
    }
    k->busy = 0;
    Py_DECREF(all);
    return results;
}

static PyObject *kernel_add(PyObject *self, PyObject *args)
{
    Kernel *k = (Kernel *)self;
    PyObject *id, *keys, *code, *anchors, *also, *number = NULL;
    if (!PyArg_ParseTuple(args, "OO!O!O!O!", &id, &PyList_Type, &keys, &PyBytes_Type, &code, &PyList_Type, &anchors,
                          &PyList_Type, &also) ||
        occupy(k) < 0)
        return NULL;
    uint32_t slot = k->free_slot, found_room = k->slot_room, rank_room = k->slot_room;
    if (slot == NONE) {
        if (grow(&k->found, k->slot_count, &found_room, sizeof *k->found) < 0 ||
            grow(&k->rank, k->slot_count, &rank_room, 2 * sizeof *k->rank) < 0 ||
            grow(&k->slots, k->slot_count, &k->slot_room, sizeof *k->slots) < 0)
            goto done;
        slot = k->slot_count++;
    } else {
        k->free_slot = k->slots[slot].next_free;
    }
    if (fill_slot(k, slot, id, keys, code, anchors, also) == 0)
        number = PyLong_FromUnsignedLong(slot);
done:
    k->busy = 0;
    return number;
}

static PyObject *kernel_remove(PyObject *self, PyObject *number)
{
    Kernel *k = (Kernel *)self;
    unsigned long slot = PyLong_AsUnsignedLong(number);
    if (PyErr_Occurred() || occupy(k) < 0)
        return NULL;
    if (slot < k->slot_count && k->slots[slot].program) {
        if (!k->slots[slot].anchors)
            unfile_unanchored(k, k->slots[slot].program);
        empty_slot(k, (uint32_t)slot, k->slots[slot].anchors);
    } else {
        PyErr_SetString(PyExc_KeyError, "no query has this slot");
    }
    k->busy = 0;
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* Memory of the arrays; what malloc adds to each piece is counted as 16 bytes. */
static PyObject *kernel_bytes_used(PyObject *self, PyObject *none)
{
    Kernel *k = (Kernel *)self;
    Reader *r = &k->r;
    size_t bytes = sizeof *k + k->slot_room * (sizeof(Slot) + 4 + 16) + k->unfiled_room * sizeof(Program *) +
                   r->term_room * (sizeof(Term) + 8ULL) + r->filed_room * sizeof(Filing) + r->folded_room * 4;
    bytes += table_bytes(&r->words) + table_bytes(&r->prefixes) + table_bytes(&r->suffixes);
    for (uint32_t i = 0; i < k->slot_count; i++) {
        const Program *program = k->slots[i].program;
        bytes += program ? 32 + sizeof *program + program->step_count * sizeof(Step) + program->data_count * 4ULL +
                               k->slots[i].term_count * 4ULL
                         : 0;
    }
    for (uint32_t i = 0; i < r->term_count; i++) {
        const Term *term = &r->terms[i];
        bytes += term->kind == FREE_TERM ? 0 : 16 + 4ULL * term->length;
        if (r->filed[i].many)
            bytes += 16 + sizeof(Filings) + ((const Filings *)(const void *)r->filed[i].program)->room * sizeof(Filing);
    }
    (void)none;
    return PyLong_FromSize_t(bytes);
}

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) || kwargs) {
        PyErr_SetString(PyExc_TypeError, "Kernel takes no arguments");
        return NULL;
    }
    Kernel *k = (Kernel *)type->tp_alloc(type, 0);
    if (!k)
        return NULL;
    k->free_slot = k->r.free_term = NONE;
    for (int field = 0; field < FIELDS; field++) {
        k->flags[field] = -1;
        if (field < NAMED_FIELDS && !(k->values[field] = PyDict_New())) {
            Py_DECREF(k);
            return NULL;
        }
    }
    return (PyObject *)k;
}

static void kernel_dealloc(PyObject *self)
{
    Kernel *k = (Kernel *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (uint32_t i = 0; i < k->slot_count; i++) {
        free(k->slots[i].program);
        free(k->slots[i].terms);
        Py_XDECREF(k->slots[i].id);
    }
    for (uint32_t i = 0; i < k->r.term_count; i++) {
        Term *term = &k->r.terms[i];
        if (term->kind == FIELD_TERM)
            Py_XDECREF(term->is.value);
        else
            free(term->is.text);
        if (k->r.filed[i].many)
            free(k->r.filed[i].program);
    }
    for (int field = 0; field < NAMED_FIELDS; field++)
        Py_XDECREF(k->values[field]);
    table_free(&k->r.words);
    table_free(&k->r.prefixes);
    table_free(&k->r.suffixes);
    free(k->r.terms);
    free(k->r.filed_memory);
    free(k->r.seen);
    free(k->r.met);
    free(k->r.folded);
    free(k->slots);
    free(k->unfiled);
    free(k->found);
    free(k->rank);
    type->tp_free(self);
    Py_DECREF(type);
}

#include "_module.h"
