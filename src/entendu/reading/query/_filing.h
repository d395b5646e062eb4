/* Queries coming and going: checking and translating their programs, filing them under their terms. */
#ifndef ENTENDU_FILING_H
#define ENTENDU_FILING_H

#include "_interning.h"

/* Files a program under a term; -1: an exception is set. */
static int file_under(Kernel *k, uint32_t term, Filing filing)
{
    Term *t = &k->r.terms[term];
    Filing *filed = &k->r.filed[term];
    if (!filed->program) {
        *filed = filing;
        if (t->kind != FIELD_TERM)
            entry_of(table_of(&k->r, t->kind), hash_of(t))->filed = 1;
        return 0;
    }
    Filings *many = filed->many ? (Filings *)(void *)filed->program : NULL;
    if (!many || many->count == many->room) {
        uint32_t room = many ? many->room + many->room / 2 : 4;
        Filings *grown = realloc(many, sizeof *many + (size_t)room * sizeof *many->rows);
        if (!grown) {
            PyErr_NoMemory();
            return -1;
        }
        if (!many)
            grown->count = 1, grown->rows[0] = *filed;
        grown->room = room;
        many = grown;
        *filed = (Filing){(Program *)(void *)many, {0}, 1};
    }
    many->rows[many->count++] = filing;
    return 0;
}

static void unfile_under(Kernel *k, uint32_t term, const Program *program)
{
    Term *t = &k->r.terms[term];
    Filing *filed = &k->r.filed[term];
    Filings *many = filed->many ? (Filings *)(void *)filed->program : NULL;
    if (!many) {
        *filed = (Filing){0};
    } else {
        for (uint32_t i = 0; i < many->count; i++)
            if (many->rows[i].program == program) {
                many->rows[i] = many->rows[--many->count];
                break;
            }
        if (many->count)
            return;
        free(many);
        *filed = (Filing){0};
    }
    if (t->kind != FIELD_TERM)
        entry_of(table_of(&k->r, t->kind), hash_of(t))->filed = 0;
}

/* Programs without an anchor are filed under no term: they see every document. */
static int file_unanchored(Kernel *k, Program *program)
{
    if (grow(&k->unfiled, k->unfiled_count, &k->unfiled_room, sizeof *k->unfiled) < 0)
        return -1;
    k->unfiled[k->unfiled_count++] = program;
    return 0;
}

static void unfile_unanchored(Kernel *k, const Program *program)
{
    for (uint32_t i = 0; i < k->unfiled_count; i++)
        if (k->unfiled[i] == program) {
            k->unfiled[i] = k->unfiled[--k->unfiled_count];
            return;
        }
}

/* The clause that a document must satisfy beside the anchor, from indices of keys; -1 when it is none. */
static int clause_of(const Slot *slot, PyObject *also, Filing *filing)
{
    Py_ssize_t count = PyList_GET_SIZE(also);
    filing->also[0] = ANY_DOCUMENT;
    if (count > ALSO)
        return -1;
    for (Py_ssize_t i = 0; count && i < ALSO; i++) {
        long index = PyLong_AsLong(PyList_GET_ITEM(also, i % count));
        if (index < 0 || index >= (long)slot->term_count)
            return -1;
        filing->also[i] = (uint16_t)(slot->terms[index] % FILTER);
    }
    return 0;
}

/* Makes the indices of a phrase terms; where it ends, or NULL when it is not a phrase. */
static int32_t *translate_phrase(Kernel *k, const Slot *slot, int32_t *at, const int32_t *end)
{
    if (end - at < 3 || at[0] < 1 || end - at - 2 < at[0] || (at[1] & ~1))
        return NULL;
    for (int32_t i = 0; i < at[0]; i++) {
        uint32_t index = (uint32_t)at[2 + i];
        if (index >= slot->term_count)
            return NULL;
        at[2 + i] = (int32_t)slot->terms[index];
        uint8_t wanted = at[1] && i == at[0] - 1 ? PREFIX_TERM : WORD_TERM;
        if (k->r.terms[at[2 + i]].kind != wanted)
            return NULL;
    }
    return at + 2 + at[0];
}

/* Where an outcome leads, as 16 bits: only forward, so that no program goes round in circles; 0 when it does not. */
static uint16_t outcome(int32_t next, int32_t here, int32_t count)
{
    return next == -1 ? ACCEPT : next == -2 ? REJECT : next > here && next < count ? (uint16_t)next : 0;
}

/* Makes the indices of a program terms, and checks that it stays within its bounds; -1 when it does not. */
static int translate(Kernel *k, const Slot *slot, const int32_t *source)
{
    Program *program = slot->program;
    int32_t *data = data_of(program);
    const int32_t *end = data + program->data_count;
    memcpy(data, source + 3 * program->step_count, program->data_count * sizeof *data);
    for (uint32_t i = 0; i < program->step_count; i++, source += 3) {
        int32_t argument = source[0] >> 2, operation = source[0] & 3;
        uint16_t yes = outcome(source[1], (int32_t)i, (int32_t)program->step_count);
        uint16_t no = outcome(source[2], (int32_t)i, (int32_t)program->step_count);
        if (!yes || !no || argument < 0 || argument >= (operation == HAS_TERM ? (int32_t)slot->term_count : end - data))
            return -1;
        int32_t *at = data + argument;
        if (operation == HAS_TERM)
            argument = (int32_t)slot->terms[argument];
        else if (operation == HAS_PHRASE ? !translate_phrase(k, slot, at, end)
                 : operation == FOLLOWERS ? end - at < 3
                 : end - at < 7 || !(at = translate_phrase(k, slot, at + 1, end)) || !translate_phrase(k, slot, at, end))
            return -1;
        program->steps[i] = (Step){(uint32_t)argument * 4 + (uint32_t)operation, yes, no};
    }
    return 0;
}

/* Takes out all that a slot holds, however far filling it went: it is filed under `filed` of its anchors. */
static void empty_slot(Kernel *k, uint32_t number, uint32_t filed)
{
    Slot *slot = &k->slots[number];
    for (uint32_t i = 0; i < filed; i++)
        unfile_under(k, slot->terms[i], slot->program);
    for (uint32_t i = 0; i < slot->term_count; i++)
        release(k, slot->terms[i]);
    free(slot->terms);
    free(slot->program);
    PyObject *id = slot->id;
    memset(slot, 0, sizeof *slot);
    slot->next_free = k->free_slot;
    k->free_slot = number;
    Py_XDECREF(id);
}

/* Puts the terms of the anchors first; -1 when an index is not one of the keys. */
static int anchors_first(Slot *slot, PyObject *anchors)
{
    uint32_t *sorted = malloc((slot->term_count + 1) * sizeof *sorted);
    uint8_t *is_anchor = calloc(slot->term_count + 1, 1);
    int failed = !sorted || !is_anchor;
    if (failed)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(anchors); i++) {
        long index = PyLong_AsLong(PyList_GET_ITEM(anchors, i));
        if (index < 0 || index >= (long)slot->term_count)
            failed = 1;
        else
            is_anchor[index] = 1;
    }
    if (!failed) {
        uint32_t at = 0;
        for (uint32_t i = 0; i < slot->term_count; i++)
            if (is_anchor[i])
                sorted[at++] = slot->terms[i];
        slot->anchors = at;
        for (uint32_t i = 0; i < slot->term_count; i++)
            if (!is_anchor[i])
                sorted[at++] = slot->terms[i];
        memcpy(slot->terms, sorted, at * sizeof *sorted);
    }
    free(sorted);
    free(is_anchor);
    return failed ? -1 : 0;
}

/* The program of a slot from its integers {steps, {code, yes, no} ..., data ...}; -1: not a program, or no memory. */
static int make_program(Kernel *k, uint32_t number, PyObject *code)
{
    Slot *slot = &k->slots[number];
    Py_ssize_t size = PyBytes_GET_SIZE(code);
    const int32_t *source = (const int32_t *)PyBytes_AS_STRING(code);
    if (size < 4 || size % 4 || size > 1 << 24 || source[0] < 0 || source[0] >= REJECT || source[0] > (size / 4 - 1) / 3)
        return -1;
    uint32_t steps = (uint32_t)source[0], data = (uint32_t)(size / 4) - 1 - 3 * steps;
    slot->program = malloc(sizeof(Program) + steps * sizeof(Step) + data * sizeof(int32_t));
    if (!slot->program) {
        PyErr_NoMemory();
        return -1;
    }
    *slot->program = (Program){0, number, data, steps};
    return translate(k, slot, source + 1);
}

/* Fills a free slot; -1 with an exception, the slot then free again. */
static int fill_slot(Kernel *k, uint32_t number, PyObject *id, PyObject *keys, PyObject *code, PyObject *anchors,
                     PyObject *also)
{
    Py_ssize_t count = PyList_GET_SIZE(keys);
    Slot *slot = &k->slots[number];
    Filing filing = {0};
    uint32_t filed = 0;
    slot->id = Py_NewRef(id);
    slot->terms = malloc(((size_t)count + 1) * sizeof *slot->terms);
    if (!slot->terms) {
        PyErr_NoMemory();
        goto failed;
    }
    for (; slot->term_count < count; slot->term_count++) {
        int32_t term = intern(k, PyList_GET_ITEM(keys, slot->term_count));
        if (term < 0)
            goto failed;
        slot->terms[slot->term_count] = (uint32_t)term;
    }
    if (make_program(k, number, code) < 0 || clause_of(slot, also, &filing) < 0 || anchors_first(slot, anchors) < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "not a program");
        goto failed;
    }
    filing.program = slot->program;
    for (; filed < slot->anchors; filed++)
        if (file_under(k, slot->terms[filed], filing) < 0)
            goto failed;
    if (!slot->anchors && file_unanchored(k, slot->program) < 0)
        goto failed;
    slot->order = k->order++;
    return 0;
failed:
    empty_slot(k, number, filed);
    return -1;
}

#endif
