/* Queries coming and going: interning their terms, checking and translating their programs, filing them. */
#ifndef ENTENDU_FILING_H
#define ENTENDU_FILING_H

/* Room for one more in an array that grows by half; the old array stays when there is no memory. */
static int grow(void *array, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return 0;
    if (*room > 0x20000000u) {
        PyErr_NoMemory();
        return -1;
    }
    uint32_t wanted = *room < 4 ? 4 : *room + *room / 2;
    void *grown = realloc(*(void **)array, wanted * size);
    if (!grown) {
        PyErr_NoMemory();
        return -1;
    }
    memset((char *)grown + *room * size, 0, (wanted - *room) * size);
    *(void **)array = grown;
    *room = wanted;
    return 0;
}

static int32_t new_term(Kernel *k)
{
    Reader *r = &k->r;
    if (r->free_term != NONE) {
        uint32_t term = r->free_term;
        r->free_term = r->terms[term].refs;
        memset(&r->terms[term], 0, sizeof(Term));
        return (int32_t)term;
    }
    uint32_t seen_room = r->term_room, met_room = r->term_room;
    if (grow(&r->seen, r->term_count, &seen_room, sizeof *r->seen) < 0 ||
        grow(&r->met, r->term_count, &met_room, sizeof *r->met) < 0 ||
        grow(&r->terms, r->term_count, &r->term_room, sizeof *r->terms) < 0)
        return -1;
    return (int32_t)r->term_count++;
}

static void free_term(Kernel *k, uint32_t term)
{
    Term *t = &k->r.terms[term];
    if (t->kind == FIELD_TERM)
        Py_CLEAR(t->is.value);
    else
        free(t->is.text);
    if (t->filed_room)
        free(t->filed.many);
    memset(t, 0, sizeof *t);
    t->kind = FREE_TERM;
    t->refs = k->r.free_term;
    k->r.free_term = term;
}

static Table *table_of(Reader *r, uint8_t kind)
{
    return kind == WORD_TERM ? &r->words : kind == PREFIX_TERM ? &r->prefixes : &r->suffixes;
}

static uint64_t hash_of(const Term *term) { return hash_text(term->is.text, term->length, term->kind == SUFFIX_TERM); }

static void release(Kernel *k, uint32_t term)
{
    Term *t = &k->r.terms[term];
    if (--t->refs)
        return;
    if (t->kind != FIELD_TERM)
        table_remove(table_of(&k->r, t->kind), hash_of(t), t->length);
    else if (t->is.value && PyDict_DelItem(k->values[t->field], t->is.value) < 0)
        PyErr_Clear();
    else if (!t->is.value)
        k->flags[t->field] = -1;
    free_term(k, term);
}

/* Files a program under a term; -1: an exception is set. */
static int file_under(Kernel *k, uint32_t term, Program *program)
{
    Term *t = &k->r.terms[term];
    if (!t->filed_count && !t->filed_room) {
        t->filed.one = program;
    } else {
        if (!t->filed_room) {
            Program **many = malloc(4 * sizeof *many);
            if (!many) {
                PyErr_NoMemory();
                return -1;
            }
            many[0] = t->filed.one;
            t->filed.many = many;
            t->filed_room = 4;
        } else if (grow(&t->filed.many, t->filed_count, &t->filed_room, sizeof *t->filed.many) < 0) {
            return -1;
        }
        t->filed.many[t->filed_count] = program;
    }
    if (!t->filed_count++ && t->kind != FIELD_TERM)
        entry_of(table_of(&k->r, t->kind), hash_of(t))->filed = 1;
    return 0;
}

static void unfile(Program **array, uint32_t *count, const Program *program)
{
    for (uint32_t i = 0; i < *count; i++)
        if (array[i] == program) {
            array[i] = array[--*count];
            return;
        }
}

static void unfile_under(Kernel *k, uint32_t term, const Program *program)
{
    Term *t = &k->r.terms[term];
    unfile(t->filed_room ? t->filed.many : &t->filed.one, &t->filed_count, program);
    if (!t->filed_count && t->kind != FIELD_TERM)
        entry_of(table_of(&k->r, t->kind), hash_of(t))->filed = 0;
}

static int32_t intern_field(Kernel *k, PyObject *key)
{
    int field = 0;
    for (; field < FIELDS; field++) {
        PyObject *prefix = PyUnicode_FromString(FIELD_PREFIXES[field]);
        if (!prefix)
            return -1;
        Py_ssize_t fits = field < NAMED_FIELDS ? PyUnicode_Tailmatch(key, prefix, 0, PY_SSIZE_T_MAX, -1)
                                               : PyUnicode_Compare(key, prefix) == 0;
        Py_DECREF(prefix);
        if (fits)
            break;
    }
    if (field == FIELDS) {
        PyErr_Format(PyExc_ValueError, "no such field: %R", key);
        return -1;
    }
    if (field >= NAMED_FIELDS && k->flags[field] >= 0)
        return k->flags[field];
    PyObject *value = NULL;
    if (field < NAMED_FIELDS) {
        value = PyUnicode_Substring(key, (Py_ssize_t)strlen(FIELD_PREFIXES[field]), PY_SSIZE_T_MAX);
        PyObject *known = value ? PyDict_GetItemWithError(k->values[field], value) : NULL;
        if (known || !value || PyErr_Occurred()) {
            Py_XDECREF(value);
            return known ? (int32_t)PyLong_AsLong(known) : -1;
        }
    }
    int32_t term = new_term(k);
    PyObject *number = term >= 0 && value ? PyLong_FromLong(term) : NULL;
    if (term < 0 || (value && (!number || PyDict_SetItem(k->values[field], value, number) < 0))) {
        if (term >= 0)
            free_term(k, (uint32_t)term);
        Py_XDECREF(number);
        Py_XDECREF(value);
        return -1;
    }
    Py_XDECREF(number);
    k->r.terms[term].kind = FIELD_TERM;
    k->r.terms[term].field = (uint8_t)field;
    k->r.terms[term].is.value = value;
    if (!value)
        k->flags[field] = term;
    return term;
}

static int32_t intern_text(Kernel *k, PyObject *key)
{
    uint32_t buffer[MAX_KEY + 2], *text = buffer, length = (uint32_t)PyUnicode_GET_LENGTH(key);
    if (PyUnicode_GET_LENGTH(key) > MAX_KEY + 1 || !PyUnicode_AsUCS4(key, buffer, MAX_KEY + 2, 0)) {
        PyErr_Format(PyExc_ValueError, "not a key: %R", key);
        return -1;
    }
    uint8_t kind = WORD_TERM;
    if (length > 1 && text[0] == '*')
        kind = SUFFIX_TERM, text++, length--;
    else if (length > 1 && text[length - 1] == '*')
        kind = PREFIX_TERM, length--;
    if (!length || length > MAX_KEY) {
        PyErr_Format(PyExc_ValueError, "not a key: %R", key);
        return -1;
    }
    Table *table = table_of(&k->r, kind);
    uint64_t hash = hash_text(text, length, kind == SUFFIX_TERM);
    const Entry *known = table->count ? entry_of(table, hash) : NULL;
    if (known && known->hash)
        return (int32_t)known->term;
    int32_t term = new_term(k);
    if (term < 0)
        return -1;
    Term *t = &k->r.terms[term];
    t->kind = kind;
    t->length = (uint8_t)length;
    t->is.text = malloc(length * sizeof *text);
    if (!t->is.text || table_add(table, hash, (uint32_t)term, length) < 0) {
        free_term(k, (uint32_t)term);
        PyErr_NoMemory();
        return -1;
    }
    memcpy(t->is.text, text, length * sizeof *text);
    return term;
}

/* The term of a key ("word", "#tag", "begin*", "*end", "lang:fr"), used once more; -1: an exception is set. */
static int32_t intern(Kernel *k, PyObject *key)
{
    if (!PyUnicode_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "keys must be str");
        return -1;
    }
    Py_ssize_t colon = PyUnicode_FindChar(key, ':', 0, PyUnicode_GET_LENGTH(key), 1);
    int32_t term = colon == -2 ? -1 : colon >= 0 ? intern_field(k, key) : intern_text(k, key);
    if (term >= 0)
        k->r.terms[term].refs++;
    return term;
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
static int fill_slot(Kernel *k, uint32_t number, PyObject *id, PyObject *keys, PyObject *code, PyObject *anchors)
{
    Py_ssize_t count = PyList_GET_SIZE(keys);
    Slot *slot = &k->slots[number];
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
    if (make_program(k, number, code) < 0 || anchors_first(slot, anchors) < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "not a program");
        goto failed;
    }
    for (; filed < slot->anchors; filed++)
        if (file_under(k, slot->terms[filed], slot->program) < 0)
            goto failed;
    if (!slot->anchors) {
        if (grow(&k->unfiled, k->unfiled_count, &k->unfiled_room, sizeof *k->unfiled) < 0)
            goto failed;
        k->unfiled[k->unfiled_count++] = slot->program;
    }
    slot->order = k->order++;
    return 0;
failed:
    empty_slot(k, number, filed);
    return -1;
}

#endif
